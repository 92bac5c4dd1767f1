"""领导一页: the figures of a department's year against the year before, its open matters, on one A4."""

import subprocess
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.demo_data.generator import generate_booklets
from indicators.document import new_uid
from indicators.findings import open_obligations
from indicators.leader_pages import leader_page
from indicators.review_papers import last_year_of
from indicators.rows import load_table
from indicators.services import create_declaration, explain, import_booklet, refresh_department_findings
from projects.models import Declaration, DepartmentYear
from tests.approved_tables import approve, moved
from tests.sample_documents import seed_booklet, team_table
from workflow.models import Status
from workflow.transitions import ADJUST

TEXT = "经与财政部门业务股室核对，按批复的口径填报，保留现有写法。"


@pytest.fixture
def sheet(department_year, leader):
    """Return a function that makes the sheet as the leader sees it."""

    def make(user=leader):
        department_year.refresh_from_db()
        refresh_department_findings(department_year=department_year)
        return leader_page(department_year, user)

    return make


@pytest.fixture
def year_before(department_year):
    """Return 2023 of the same unit: the first project cheaper, with one indicator less, and another one."""
    booklet = seed_booklet()
    first = booklet.tables[0]
    kept = replace(
        first,
        year=2023,
        uid=new_uid(),
        budget=Decimal("15000.00"),
        fiscal_funding=Decimal("15000.00"),
        indicators=tuple(replace(row, uid=new_uid()) for row in first.indicators[1:]),
    )
    gone = replace(kept, uid=new_uid(), project_code="", name="档案数字化", indicators=())
    import_booklet(
        booklet=replace(
            booklet, year=2023, overall_goals=(), sub_goals=(), safeguards=(), tables=(kept, gone)
        ),
        actor=None,
    )
    return DepartmentYear.objects.get(fiscal_year__year=2023)


def test_number_and_money_against_the_year_before(sheet, year_before):
    found = sheet()
    assert (found.figures.projects, found.figures.budget) == (2, Decimal("315300.00"))
    assert (found.before.projects, found.before.budget) == (2, Decimal("30000.00"))
    assert (found.more_projects, found.more_budget) == (0, Decimal("285300.00"))


def test_without_a_year_before_there_is_nothing_to_compare(sheet):
    found = sheet()
    assert (found.before, found.more_budget, found.new_ones) == (None, None, 0)


def test_against_the_control_figure(sheet, department_year):
    assert sheet().remaining is None
    DepartmentYear.objects.filter(pk=department_year.pk).update(control_figure=Decimal("300000.00"))
    assert (sheet().remaining, sheet().excess) == (Decimal("-15300.00"), Decimal("15300.00"))


def test_what_is_cancelled_is_left_out(sheet, declaration):
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.CANCELLED)
    assert (sheet().figures.projects, sheet().figures.budget) == (1, Decimal("297300.00"))


def test_what_changed_is_told_in_one_line(sheet, year_before):
    changed, new = sheet().lines
    assert changed.change == "预算有改动；指标增1处"
    assert changed.difference == Decimal("3000.00")
    assert (new.before, new.change) == (None, "")
    assert [each.name for each in sheet().gone] == ["档案数字化"]


def test_last_year_is_what_is_in_force_and_not_what_is_being_adjusted(
    sheet, year_before, preparer, leader, reviewer, approver
):
    first, gone = year_before.declarations.order_by("position")
    people = {"preparer": preparer, "leader": leader, "reviewer": reviewer, "approver": approver}
    for each in (first, gone):
        approve(each, **people)
        moved(each, ADJUST, preparer, "核减预算。")
        Declaration.objects.filter(pk=each.pk).update(budget="99990000.00", name="改写中")
    found = sheet()
    assert found.before.budget == Decimal("30000.00")
    assert (found.lines[0].before.budget, found.lines[0].difference) == (Decimal("15000"), Decimal("3000"))
    assert [each.name for each in found.gone] == ["档案数字化"]
    last_year = last_year_of(found.lines[0].declaration, load_table(found.lines[0].declaration))
    assert (last_year.budget, last_year.growth) == (Decimal("15000.00"), Decimal("20"))


def test_a_year_that_moved_on_is_no_change(sheet, year_before, declaration):
    before = year_before.declarations.get(project=declaration.project)
    Declaration.objects.filter(pk=declaration.pk).update(name="2024年度机关团工作活动经费")
    Declaration.objects.filter(pk=before.pk).update(name="2023年度机关团工作活动经费")
    assert "项目名称" not in sheet().lines[0].change


def test_what_asks_for_a_reason_stands_with_it_and_those_without_come_first(sheet, declaration, preparer):
    sheet()
    for item in open_obligations(declaration):
        explain(rule=item.rule.code, declarations=[declaration], text=TEXT, actor=preparer)
    reasons = sheet().reasons
    assert {reason.text for reason in reasons if declaration in reason.declarations} == {TEXT}
    texts = [bool(reason.text) for reason in reasons]
    assert texts == sorted(texts)
    line = sheet().lines[0]
    assert (line.errors, line.open, line.explained > 0) == (0, 0, True)


def test_projects_of_one_reason_are_one_line_and_each_is_counted(sheet, department_year, preparer, signed_in):
    refresh_department_findings(department_year=department_year)
    both = list(department_year.declarations.all())
    explain(rule="R25", declarations=both, text=TEXT, actor=preparer)
    page = sheet()
    (shared,) = [each for each in page.reasons if each.item.rule.code == "R25"]
    assert (list(shared.declarations), shared.text) == (both, TEXT)
    assert page.matters == page.unexplained + 2


def test_the_text_of_the_department_is_passed_from_the_sheet(signed_in, department_year, leader, auditor):
    DepartmentYear.objects.update(status=Status.SUBMITTED)
    address = reverse("leader-page", args=(2024, "286001"))
    page = signed_in(leader).get(address).text
    assert f'name="narrative" value="{department_year.pk}"' in page
    assert "通过所选" in page
    assert 'name="narrative"' not in signed_in(auditor).get(address).text


def test_what_waits_is_opened_where_it_is_reviewed(signed_in, declaration, leader, auditor):
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.SUBMITTED)
    address = reverse("leader-page", args=(2024, "286001"))
    review = f'href="{reverse("review-table", args=(declaration.pk,))}"'
    assert review in signed_in(leader).get(address).text
    assert review not in signed_in(auditor).get(address).text


def test_a_long_reason_takes_more_lines_of_the_sheet(sheet, declaration, preparer):
    refresh_department_findings(department_year=declaration.department_year)
    for item in open_obligations(declaration):
        explain(rule=item.rule.code, declarations=[declaration], text="核对" * 50, actor=preparer)
    reasons = [each for each in sheet().reasons if declaration in each.declarations and each.text]
    assert {each.printed_lines for each in reasons} == {3}


def test_only_what_waits_for_the_reader_can_be_ticked(signed_in, declaration, leader, auditor):
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.SUBMITTED)
    address = reverse("leader-page", args=(2024, "286001"))
    assert f'name="selected" value="{declaration.pk}"' in signed_in(leader).get(address).text
    page = signed_in(auditor).get(address).text
    assert 'name="selected"' not in page
    assert "通过所选" not in page


def test_the_number_of_queries_does_not_grow(department_year, year_before, leader):
    def queries():
        refresh_department_findings(department_year=department_year)
        with CaptureQueriesContext(connection) as captured:
            leader_page(department_year, leader)
        return len(captured)

    few = queries()
    add_projects(department_year, 28)
    assert queries() == few


def test_names_are_text(signed_in, declaration, leader):
    Declaration.objects.filter(pk=declaration.pk).update(name="<script>alert(1)</script>")
    page = signed_in(leader).get(reverse("leader-page", args=(2024, "286001"))).text
    assert "<script>alert" not in page


# on paper


@pytest.fixture
def forty(db, leader):
    """Return the year of a unit with forty made-up tables and long names."""
    (booklet,) = generate_booklets(1, 40, seed=5)
    import_booklet(booklet=booklet, actor=None)
    filed = DepartmentYear.objects.select_related("department").get(department__code=booklet.department_code)
    first = filed.declarations.first()
    Declaration.objects.filter(pk=first.pk).update(name="很长的项目名称" * 20)
    return filed


def printed(page, file):
    """Return the pages of a print and the text on them."""
    page.pdf(path=file, prefer_css_page_size=True)
    info = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    text = subprocess.run(
        ["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True
    ).stdout
    return int(info.split("Pages:")[1].split()[0]), text


@pytest.mark.django_db(transaction=True)
def test_forty_projects_print_on_one_sheet(page, sign_in, auditor, forty, tmp_path):
    sign_in(auditor)
    page.goto(reverse("leader-page", args=(2024, forty.department.code)))
    pages, text = printed(page, tmp_path / "sheet.pdf")
    assert pages == 1
    assert "绩效目标送审情况" in text
    last = forty.declarations.last()
    assert last.name[:8] in text


@pytest.mark.django_db(transaction=True)
def test_amounts_are_never_cut_on_paper(page, sign_in, auditor, forty, tmp_path):
    amount = Decimal("98765432109.87")
    Declaration.objects.filter(pk=forty.declarations.first().pk).update(budget=amount)
    sign_in(auditor)
    page.goto(reverse("leader-page", args=(2024, forty.department.code)))
    pages, text = printed(page, tmp_path / "sheet.pdf")
    assert pages == 1
    assert text.count("9,876,543.210987") == 1  # its row; the sum is another amount


def add_projects(filed, number):
    for _ in range(number):
        table = replace(team_table(), uid=new_uid(), project_code="")
        create_declaration(department_year=filed, table=table, actor=None)


@pytest.mark.django_db(transaction=True)
def test_more_than_a_sheet_holds_is_counted(page, sign_in, auditor, forty, tmp_path):
    add_projects(forty, 20)
    sign_in(auditor)
    page.goto(reverse("leader-page", args=(2024, forty.department.code)))
    number = forty.declarations.count()
    assert number == 60
    assert page.locator(".leader tbody tr").count() == number
    pages, text = printed(page, tmp_path / "sheet.pdf")
    assert pages == 1
    assert f"其余{number - 40}个项目见系统" in text
