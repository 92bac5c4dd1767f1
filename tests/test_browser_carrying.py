"""Copying and uploading in a browser: forty projects go over, a booklet is looked at and stored."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from indicators.layout.booklet import lay_out_booklet
from indicators.layout.table import PrintOptions
from indicators.rows import load_booklet, load_table
from projects.models import DepartmentYear, FiscalYear
from reports.word import write_word
from tests.test_booklet_upload import last_year
from tests.test_carrying_pages import many

pytestmark = pytest.mark.django_db(transaction=True)
YEAR = "/years/2025/departments/286001/"


@pytest.fixture
def this_year(transactional_db, department_year) -> DepartmentYear:
    year = FiscalYear.objects.create(year=2025, milestone_months=[3, 6, 10, 12], frame="2015")
    return DepartmentYear.objects.create(
        department=department_year.department, fiscal_year=year, name=department_year.name
    )


def faults(page) -> list[str]:
    """Return the serious faults of accessibility of a page, and sideways scrolling."""
    violations = Axe().run(page).response["violations"]
    found = [each["id"] for each in violations if each["impact"] in ("serious", "critical")]
    is_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*found, *(["wide"] if is_wide else [])]


def test_forty_projects_go_over_at_once(page, sign_in, preparer, this_year, department_year):
    many(department_year, 38)
    sign_in(preparer)
    page.goto(f"{YEAR}copy/")
    assert page.locator("input[name=projects]:checked").count() == 40
    page.get_by_label("全部项目").uncheck()
    assert page.locator("input[name=projects]:checked").count() == 0
    page.get_by_label("全部项目").check()
    page.get_by_label("2024年第3项工作经费").uncheck()
    assert faults(page) == []

    page.get_by_role("button", name="下一步：核对年份").click()
    goal = page.locator("tr", has_text="完成第0项工作")
    goal.get_by_role("checkbox").uncheck()
    assert faults(page) == []
    page.get_by_role("button", name="复制 39 个项目").click()

    page.get_by_role("heading", name="复制结果").wait_for()
    assert "新建项目 39" in page.locator(".facts").inner_text()
    assert faults(page) == []
    tables = {table.name: table for table in load_booklet(this_year).tables}
    assert len(tables) == 39
    assert tables["2025年第0项工作经费"].goal.startswith("2024年1月底前")
    assert tables["2025年第1项工作经费"].goal.startswith("2025年2月底前")


def test_one_table_takes_another_projects_indicators(page, sign_in, preparer, this_year, declaration):
    sign_in(preparer)
    target = declaration.department_year.declarations.last()
    before = load_table(target)
    page.goto(f"/tables/{target.pk}/copy/")
    assert faults(page) == []
    page.get_by_role("link", name=f"复制 2024年度 {declaration.name}").click()
    for part in ("项目信息", "预算规模", "资金用途", "资金支出计划", "绩效目标"):
        page.get_by_label(part, exact=True).uncheck()
    page.locator("input[name=overwrite][value=indicators]").check()
    assert faults(page) == []
    page.get_by_role("button", name="复制到本表").click()
    page.get_by_role("link", name="继续填写").wait_for()
    after = load_table(target)
    assert after.indicators == load_table(declaration).indicators
    assert (after.name, after.goal, after.purpose) == (before.name, before.goal, before.purpose)


def test_the_editor_leads_to_the_choice_of_a_source(page, sign_in, preparer, declaration):
    sign_in(preparer)
    page.goto(f"/tables/{declaration.pk}/edit/")
    page.get_by_role("link", name="从上年复制").click()
    page.wait_for_url(f"**/tables/{declaration.pk}/copy/")


def test_last_years_word_file_is_stored_and_copied_on(page, sign_in, preparer, this_year, tmp_path):
    file = tmp_path / "2023年文本.docx"
    file.write_bytes(write_word(lay_out_booklet(last_year(), PrintOptions())))
    sign_in(preparer)
    page.goto("/booklets/upload/?year=2025&department=286001")
    assert faults(page) == []
    page.get_by_label("文件").set_input_files(file)
    page.get_by_label("预算年度").fill("2023")
    page.get_by_role("button", name="读取并核对").click()
    page.get_by_role("heading", name="核对上传的文本").wait_for()
    assert faults(page) == []
    page.get_by_role("button", name="写入，接着复制到2025年度").click()
    page.wait_for_url(f"**{YEAR}copy/")
    assert DepartmentYear.objects.filter(fiscal_year__year=2023).exists()
