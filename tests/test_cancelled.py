"""取消: out of every sum, booklet and check; still in the lists, struck, with its reason, and printable."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from indicators.contexts import case_of
from indicators.finding_lists import FindingFilter, find
from indicators.listings import sums_of, year_sums
from indicators.models import Finding
from indicators.rows import load_booklet
from indicators.services import import_booklet, refresh_department_findings
from indicators.services.adjustment import cancel_declaration, restore_declaration
from indicators.services.carrying import plan_of
from projects.listings import rows_of, totals_of
from projects.models import Declaration, DepartmentYear
from projects.services import NoProjectsError, confirm_no_projects
from reports.audit import totals
from reports.backfill import to_backfill
from tests.sample_documents import seed_booklet
from workflow.models import Status

REASON = "资金来源<未落实>，不再实施。"


@pytest.fixture
def cancelled(department_year, preparer) -> Declaration:
    """Return the second table, 29.73 万元, cancelled as a draft; the first, 1.80, stays."""
    declaration = department_year.declarations.last()
    refresh_department_findings(department_year=department_year)
    cancel_declaration(declaration=declaration, reason=REASON, revision=0, actor=preparer)
    declaration.refresh_from_db()
    return declaration


# sums and counts


def test_the_sums_of_a_list_leave_it_out_and_say_so(cancelled, department_year):
    sums = sums_of(department_year.declarations.all())
    assert (sums.projects, sums.cancelled, sums.listed) == (1, 1, 2)
    assert sums.budget == Decimal("18000")


def test_the_figures_of_the_year_leave_it_out(cancelled, department_year):
    department_year.control_figure = Decimal("20000")
    sums = year_sums(department_year)
    assert (sums.all.projects, sums.all.budget, sums.due.cancelled) == (1, Decimal("18000"), 1)
    assert sums.remaining == Decimal("2000")
    assert ("cancelled", "已取消", 1) in sums.standings


def test_my_departments_leave_it_out(cancelled, department_year, auditor):
    department, year = department_year.department, department_year.fiscal_year
    (row,) = rows_of(auditor, year, [department])
    assert (row.filed.projects, row.filed.drafts, row.filed.budget) == (1, 1, Decimal("18000"))
    departments = type(department).objects.filter(pk=department.pk)
    found = totals_of(departments, year)
    assert (found["projects"], found["budget"]) == (1, Decimal("18000"))


def test_the_auditors_totals_leave_it_out(cancelled):
    found = totals(Declaration.objects.all())
    assert (found.projects, found.cancelled, found.budget) == (1, 1, Decimal("18000"))


def test_it_comes_back_into_every_sum(cancelled, department_year, preparer):
    restore_declaration(declaration=cancelled, revision=cancelled.revision, actor=preparer)
    assert sums_of(department_year.declarations.all()).budget == Decimal("315300")
    assert len(load_booklet(department_year).tables) == 2


def test_a_unit_whose_projects_are_all_cancelled_has_none(cancelled, declaration, department_year, preparer):
    with pytest.raises(NoProjectsError):
        confirm_no_projects(department_year=department_year, actor=preparer)
    cancel_declaration(declaration=declaration, reason=REASON, revision=0, actor=preparer)
    confirm_no_projects(department_year=department_year, actor=preparer)
    department_year.refresh_from_db()
    assert department_year.no_projects_confirmed_at is not None
    declaration.refresh_from_db()
    restore_declaration(declaration=declaration, revision=declaration.revision, actor=preparer)
    department_year.refresh_from_db()
    assert department_year.no_projects_confirmed_at is None


# booklets, checks, what is taken over


def test_the_booklet_leaves_it_out(cancelled, department_year, auditor, signed_in):
    assert [table.uid for table in load_booklet(department_year).tables] == [
        department_year.declarations.first().uid
    ]
    for name in ("booklet-file", "summary-file"):
        text = signed_in(auditor).get(reverse(name, args=(2024, "286001", "html"))).text
        assert cancelled.name not in text


def test_a_file_that_still_has_it_neither_doubles_nor_changes_it(cancelled):
    result = import_booklet(booklet=seed_booklet(), actor=None)
    assert not result.changes
    assert Declaration.objects.count() == 2


def test_no_rule_reads_it(cancelled, department_year):
    case = case_of(department_year)
    assert [table.uid for table, _ in case.tables] == [department_year.declarations.first().uid]
    assert case.tables[0][1].siblings == ()
    assert [table.uid for table in case.booklet.tables] == [case.tables[0][0].uid]


def test_cancelling_makes_the_others_be_checked_again_once(cancelled, department_year):
    assert refresh_department_findings(department_year=department_year) > 0
    assert refresh_department_findings(department_year=department_year) == 0


def test_its_findings_are_not_listed(cancelled, department_year):
    refresh_department_findings(department_year=department_year)
    own = Finding.objects.filter(run__declaration=cancelled).found()
    assert own.exists()
    listed = find(Finding.objects.all(), FindingFilter())
    assert not listed.filter(run__declaration=cancelled).exists()
    assert listed.exists()


def test_next_year_does_not_copy_it(cancelled, department_year, next_year):
    following = DepartmentYear.objects.create(
        department=department_year.department, fiscal_year=next_year, name=department_year.name
    )
    plan = plan_of(following, department_year)
    assert [pair.source.pk for pair in plan.pairs] == [department_year.declarations.first().pk]


def test_templates_are_not_filled_with_it(cancelled):
    assert cancelled not in to_backfill(Declaration.objects.all(), only_filed=False)


# it stays in lists, and printable


def test_it_stays_in_the_list_struck_with_its_reason(cancelled, auditor, signed_in):
    text = signed_in(auditor).get(reverse("department-year", args=(2024, "286001"))).text
    assert text.count('<tr class="cancelled">') == 1
    assert "取消原因：资金来源&lt;未落实&gt;，不再实施。" in text
    assert "另有已取消1个不计" in text


def test_it_is_printed_singly_with_its_mark(cancelled, auditor, signed_in):
    client = signed_in(auditor)
    text = client.get(reverse("table-file", args=(cancelled.pk, "html"))).text
    assert "<span>已取消</span>" in text
    assert "草稿" not in text
    page = client.get(reverse("table", args=(cancelled.pk,))).text
    assert "资金来源&lt;未落实&gt;" in page


def test_the_audit_export_keeps_it_with_state_and_version(cancelled, auditor, signed_in):
    response = signed_in(auditor).get(reverse("audit-workbook"))
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(response.streaming_content) if response.streaming else response.content)
    )
    rows = list(book["项目"].iter_rows(values_only=True))
    heads = next(row for row in rows if row and "状态" in row)
    states = {row[heads.index("状态")] for row in rows[rows.index(heads) + 1 :]}
    assert states == {"草稿", "已取消"}
    assert {row[heads.index("版本")] for row in rows[rows.index(heads) + 1 :]} == {1}
    about = {(row[1], row[2]) for row in book["说明"].iter_rows(values_only=True)}
    assert ("预算数（万元）", 1.8) in about


def test_a_restored_project_can_be_edited_again(cancelled, preparer, signed_in):
    client = signed_in(preparer)
    response = client.post(reverse("restore-table", args=(cancelled.pk,)), {"revision": cancelled.revision})
    assert response.status_code == 302
    cancelled.refresh_from_db()
    assert cancelled.status == Status.DRAFT


def test_cancelling_on_the_page_wants_a_reason(declaration, preparer, signed_in):
    client = signed_in(preparer)
    address = reverse("cancel-table", args=(declaration.pk,))
    response = client.post(address, {"revision": 0, "reason": " "})
    assert response.status_code == 422
    assert "写明原因" in response.text
    declaration.refresh_from_db()
    assert declaration.status == Status.DRAFT
    assert client.post(address, {"revision": 0, "reason": REASON}).status_code == 302
    declaration.refresh_from_db()
    assert declaration.status == Status.CANCELLED
