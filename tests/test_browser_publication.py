"""公开 in the browser: a project is withheld, the year published, and read without signing in."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from indicators.disclosure import disclosure_of
from projects.models import Publication
from tests.approved_tables import approve
from tests.published import approve_narrative, fresh, issue_approval

YEAR = (2024, "286001")


@pytest.fixture
def year(transactional_db, department_year, people, settings, tmp_path):
    """Return an approved year on a site with public pages."""
    settings.MEDIA_ROOT, settings.PUBLIC_PAGES = tmp_path / "files", True
    for declaration in department_year.declarations.all():
        approve(declaration, **people)
    approve_narrative(department_year, people)
    issue_approval(department_year, people["approver"])
    return fresh(department_year)


def test_a_year_is_published_and_read_by_anybody(year, people, sign_in, console_errors):
    page = sign_in(people["preparer"])
    page.goto(reverse("department-year", args=YEAR))
    page.get_by_role("link", name="公开", exact=True).click()
    page.get_by_label("2024年度机关团工作活动经费：公开或不公开的原因").select_option(
        "不公开：其他依法不公开"
    )
    page.get_by_role("button", name="保存公开选择").click()
    expect(page.get_by_role("alert")).to_contain_text("须在说明中写明依据")
    assert [error for error in console_errors if "422" not in error] == []
    console_errors.clear()
    page.get_by_label("2024年度机关团工作活动经费：不公开的说明").fill("合同约定的商务条款")
    page.get_by_role("button", name="保存公开选择").click()
    expect(page.get_by_role("status")).to_have_text("已保存1个项目的公开选择。")

    page = sign_in(people["leader"])
    page.goto(reverse("publication", args=YEAR))
    page.get_by_role("link", name="办理公开").click()
    expect(page.get_by_role("heading", name="不公开的1个项目")).to_be_visible()
    page.get_by_role("button", name="公开", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已公开，共3个文件")
    page.get_by_label("公开网址").fill("http://www.caofeidian.gov.cn/2024.html")
    page.get_by_role("button", name="保存网址").click()
    expect(page.get_by_role("status")).to_have_text("已保存公开网址。")

    page.context.clear_cookies()
    page.goto(reverse("public-list"))
    page.get_by_role("link", name="曹妃甸区直机关工委").click()
    page.get_by_role("navigation", name="目录").get_by_role("link", name="机关党组织活动经费").click()
    expect(page.locator(".sheet").first).to_be_in_viewport()
    expect(page.get_by_text("机关团工作活动经费绩效目标表")).to_have_count(0)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载PDF").click()
    assert waiting.value.suggested_filename == "286001_曹妃甸区直机关工委_2024年部门预算绩效目标.pdf"
    assert page.context.cookies() == []
    assert Publication.objects.get().number_withheld == 1
    assert disclosure_of(fresh(year)).is_up_to_date
