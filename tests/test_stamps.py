"""The stamp of a department's year: whatever the findings depend on changes it, and reading it is cheap."""

import dataclasses

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models import Department
from indicators.contexts import case_of
from indicators.document import NoteKind, TargetTable, new_uid
from indicators.models import CheckRun, Finding, RuleSetting
from indicators.rows import load_table
from indicators.services import create_declaration, refresh_department_findings
from indicators.stamps import stamp_of
from projects.models import Declaration, DepartmentYear, FiscalYear, Project
from tests.approved_tables import approve, moved
from tests.sample_documents import long_table
from workflow.transitions import ADJUST, APPROVE_CANCELLATION

pytestmark = pytest.mark.django_db


@pytest.fixture
def checked(department_year) -> DepartmentYear:
    refresh_department_findings(department_year=department_year)
    return department_year


def anew() -> DepartmentYear:
    return DepartmentYear.objects.select_related("department", "fiscal_year").get(department__code="286001")


def row_of(department_year):
    return department_year.declarations.first().indicators.first()


def change_row(field, value):
    def change(year):
        row = row_of(year)
        setattr(row, field, value)
        row.save()

    return change


def add_note(year, declaration=None):
    year.import_notes.create(declaration=declaration, kind=NoteKind.HEADING, place="第1行", text="标题")


CHANGES = {
    "a name": lambda year: Declaration.objects.filter(pk=year.declarations.first().pk).update(name="改"),
    "an amount": lambda year: Declaration.objects.update(other_funding=1),
    "the order": lambda year: Declaration.objects.filter(pk=year.declarations.first().pk).update(position=9),
    "a code": lambda year: Project.objects.filter(pk=year.declarations.first().project_id).update(code=""),
    "a category": lambda year: Project.objects.update(category="operation"),
    "a percentage": lambda year: year.declarations.first().milestones.update(percent=7),
    "a row's value": change_row("value", "≥96%"),
    "a row's tier": change_row("second_tier", "成本指标"),
    "a row's place": change_row("position", 99),
    "a row less": lambda year: row_of(year).delete(),
    "a note of a table": lambda year: add_note(year, year.declarations.first()),
    "a note of the narrative": add_note,
    "a goal": lambda year: year.overall_goals.update(text="改"),
    "a sub-goal": lambda year: year.sub_goals.update(goal="改"),
    "a link": lambda year: year.sub_goals.first().declarations.set(year.declarations.all()),
    "a safeguard": lambda year: year.safeguards.update(title="改"),
    "a measure": lambda year: year.safeguards.first().items.update(text="改"),
    "the unit's name": lambda year: DepartmentYear.objects.update(name="改"),
    "the region": lambda year: Department.objects.update(region_code="130203"),
    "weights": lambda year: FiscalYear.objects.update(has_weights=True),
    "a rule": lambda year: RuleSetting.objects.create(
        fiscal_year=year.fiscal_year, rule="R26", enabled=False
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_rules_read_changes_the_stamp_and_is_checked_anew(name, checked):
    before, moment = stamp_of(anew()), CheckRun.objects.latest("checked_at").checked_at
    CHANGES[name](checked)
    assert stamp_of(anew()) != before
    assert refresh_department_findings(department_year=anew()) > 0
    assert CheckRun.objects.latest("checked_at").checked_at > moment
    assert refresh_department_findings(department_year=anew()) == 0


def test_another_unit_with_the_same_code_changes_the_stamp(checked, other_department_year):
    before = stamp_of(checked)
    table = dataclasses.replace(
        long_table(indicators=1), project_code=checked.declarations.last().project.code, uid=new_uid()
    )
    create_declaration(department_year=other_department_year, table=table, actor=None)
    assert stamp_of(checked) != before
    assert refresh_department_findings(department_year=checked) > 0


@pytest.fixture
def following(checked, next_year) -> DepartmentYear:
    """Return the year after with the first table of ``checked`` filed again."""
    year = DepartmentYear.objects.create(
        department=checked.department, fiscal_year=next_year, name=checked.name
    )
    table = dataclasses.replace(load_table(checked.declarations.first()), year=2025, uid=new_uid())
    create_declaration(department_year=year, table=table, actor=None)
    refresh_department_findings(department_year=year)
    return year


def last_year_read(year) -> TargetTable:
    """Return what the rules compare the only table of ``year`` with."""
    ((_, context),) = case_of(year).tables
    return context.last_year


def test_last_years_table_changes_the_stamp(checked, following):
    before = stamp_of(following)
    row = row_of(checked)
    row.value = "≥1%"
    row.save()
    assert stamp_of(following) != before
    assert refresh_department_findings(department_year=following) == 1


def test_last_year_is_what_is_in_force_while_it_is_adjusted(
    checked, following, preparer, leader, reviewer, approver
):
    last, held = checked.declarations.first(), last_year_read(following)
    people = {"preparer": preparer, "leader": leader, "reviewer": reviewer}
    approve(last, **people, approver=approver)
    moved(last, ADJUST, preparer, "核减预算。")
    Declaration.objects.filter(pk=last.pk).update(goal="改写中的目标。")
    assert last_year_read(following) == held
    assert refresh_department_findings(department_year=following) == 0
    before = stamp_of(following)
    approve(last, **people, approver=approver)
    assert last_year_read(following).goal == "改写中的目标。"
    assert stamp_of(following) != before
    assert refresh_department_findings(department_year=following) == 1


def test_what_was_cancelled_last_year_stands_beside_nothing_while_it_is_restored(
    checked, following, preparer, leader, reviewer, approver
):
    last = checked.declarations.first()
    people = {"preparer": preparer, "leader": leader, "reviewer": reviewer, "approver": approver}
    approve(last, **people)
    moved(last, ADJUST, preparer, "不再实施。")
    assert last_year_read(following) is not None
    approve(last, **people, act=APPROVE_CANCELLATION)
    assert last_year_read(following) is None
    moved(last, ADJUST, preparer, "恢复实施。")
    assert last_year_read(following) is None


def test_comparing_with_adjusted_tables_takes_no_query_for_each(
    checked, following, preparer, leader, reviewer, approver
):
    people = {"preparer": preparer, "leader": leader, "reviewer": reviewer, "approver": approver}
    first, second = checked.declarations.all()
    create_declaration(
        department_year=following,
        table=dataclasses.replace(load_table(second), year=2025, uid=new_uid()),
        actor=None,
    )

    def queries():
        with CaptureQueriesContext(connection) as captured:
            tables = case_of(following).tables
        assert all(context.last_year for _, context in tables)
        return len(captured)

    for each in (first, second):
        approve(each, **people)
    moved(first, ADJUST, preparer, "核减预算。")
    one = queries()
    moved(second, ADJUST, preparer, "核减预算。")
    assert queries() < one  # none is read from rows any more


def test_what_no_rule_reads_leaves_the_stamp(checked):
    before = stamp_of(checked)
    Declaration.objects.update(revision=7, control_figure=5)
    DepartmentYear.objects.update(revision=7)
    assert stamp_of(anew()) == before


def test_nothing_counts_as_fresh_before_a_run_or_without_one(checked):
    assert refresh_department_findings(department_year=checked) == 0
    CheckRun.objects.filter(declaration=checked.declarations.first()).delete()
    assert refresh_department_findings(department_year=checked) == 1
    CheckRun.objects.all().delete()
    assert refresh_department_findings(department_year=checked) == 3
    assert Finding.objects.exists()


def test_reading_a_fresh_unit_takes_few_queries_and_none_that_grows(checked):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert refresh_department_findings(department_year=checked) == 0
        return len(captured)

    few = queries()
    for number in range(28):
        table = dataclasses.replace(long_table(indicators=4), project_code=f"{number:021}", uid=new_uid())
        create_declaration(department_year=checked, table=table, actor=None)
    refresh_department_findings(department_year=checked)
    assert queries() == few <= 24
