"""Rows → document → rows: what services store, refuse and record."""

import datetime
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models import Department
from indicators.document import (
    Beneficiaries,
    Indicator,
    Milestone,
    NarrativeItem,
    TargetTable,
    content_hash,
    new_uid,
)
from indicators.importers import read_booklet
from indicators.models import Indicator as IndicatorRow
from indicators.rows import load_booklet, load_narrative, load_table, load_tables
from indicators.services import (
    NotEditableError,
    create_declaration,
    import_booklet,
    rederive_values,
    save_narrative,
    save_table,
)
from projects.models import Declaration, DepartmentYear, FiscalYear, Project
from tests.sample_documents import long_table
from trail.models import Entry
from workflow.models import Status
from workflow.services import RevisionConflictError

SEED = Path(__file__).parent.parent / "demo" / "286001_2024.txt"
pytestmark = pytest.mark.django_db


@pytest.fixture
def year(db):
    """The department year of the real booklet."""
    import_booklet(booklet=read_booklet(SEED).booklet, actor=None)
    return DepartmentYear.objects.get()


@pytest.fixture
def declaration(year):
    return year.declarations.first()


def save(declaration, table):
    return save_table(declaration=declaration, table=table, revision=declaration.revision, actor=None)


def test_what_was_read_is_what_is_stored(year):
    read, stored = read_booklet(SEED).booklet, load_booklet(year)
    assert stored == replace(read, tables=tuple(replace(table, frame="2015") for table in read.tables))
    assert [len(table.notes) for table in stored.tables] == [len(table.notes) for table in read.tables]
    assert len(stored.notes) == len(read.notes)


def test_every_field_of_a_table_is_stored(declaration):
    stored = load_table(declaration)
    changed = replace(
        stored,
        project_code="13020924P00077210003X",
        name="改名",
        category="特定目标类",
        nature="延续",
        budget=None,
        fiscal_funding=Decimal("0.01"),
        other_funding=Decimal(0),
        purpose="一\n二",
        milestones=(Milestone(3, None), Milestone(9, Decimal("260.50"))),
        goal="三\n\n四",
        beneficiaries=Beneficiaries.YES,
        preparer="王五",
        preparer_phone="8820000",
        prepared_on=datetime.date(2023, 11, 30),
        indicators=(
            replace(stored.indicators[1], value="≥95%", weight=Decimal("12.5")),
            Indicator("没有的一级", "没有的二级", "甲"),
            stored.indicators[0],
        ),
    )
    save(declaration, changed)
    again = load_table(declaration)
    assert again == changed
    assert [row.uid for row in again.indicators] == [row.uid for row in changed.indicators]


def test_a_tier_outside_the_frame_is_kept_as_text(declaration):
    row = Indicator("没有的一级", "数量指标", "甲")
    save(declaration, replace(load_table(declaration), indicators=(row,)))
    stored = declaration.indicators.get()
    assert (stored.first_tier, stored.second_tier, stored.category) == ("没有的一级", "数量指标", None)


def test_only_differences_are_recorded(declaration):
    table = load_table(declaration)
    save(declaration, replace(table, budget=Decimal(20000), goal="新"))
    entry = Entry.objects.last()
    assert [(change["place"], change["before"]) for change in entry.changes] == [
        ("预算数", "1.80万元"),
        ("绩效目标", table.goal),
    ]
    assert (entry.action, entry.department_code) == ("edit", "286001")


def test_saving_what_is_stored_writes_nothing(declaration):
    entries = Entry.objects.count()
    assert save(declaration, load_table(declaration)) == ()
    declaration.refresh_from_db()
    assert (declaration.revision, Entry.objects.count()) == (0, entries)


def test_a_stale_revision_is_refused_and_nothing_changes(declaration):
    table = load_table(declaration)
    save(declaration, replace(table, goal="先"))
    entries = Entry.objects.count()
    with pytest.raises(RevisionConflictError):
        save_table(declaration=declaration, table=replace(table, goal="后"), revision=0, actor=None)
    assert load_table(declaration).goal == "先"
    assert Entry.objects.count() == entries


def test_an_approved_table_is_refused(declaration):
    table = load_table(declaration)
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.APPROVED)
    declaration.refresh_from_db()
    with pytest.raises(NotEditableError, match="已批复，不能修改"):
        save(declaration, replace(table, goal="改"))
    assert load_table(declaration) == table


def test_the_narrative_is_stored_in_its_order(year):
    stored = load_narrative(year)
    added = NarrativeItem("新的一项")
    changed = replace(
        stored,
        overall_goals=(added, *reversed(stored.overall_goals)),
        sub_goals=(replace(stored.sub_goals[1], project_codes=()),),
        safeguards=(
            replace(stored.safeguards[2], title="改题", items=(added, *stored.safeguards[2].items[1:])),
        ),
    )
    save_narrative(department_year=year, booklet=changed, revision=year.revision, actor=None)
    assert load_narrative(year) == changed
    assert load_booklet(year).tables == tuple(load_tables(year.declarations.all()))


def test_a_stale_narrative_is_refused(year):
    stored, revision = load_narrative(year), year.revision
    shorter = replace(stored, overall_goals=())
    save_narrative(department_year=year, booklet=shorter, revision=revision, actor=None)
    with pytest.raises(RevisionConflictError):
        save_narrative(department_year=year, booklet=stored, revision=revision, actor=None)
    assert load_narrative(year).overall_goals == ()


def test_a_new_project_comes_last_with_the_months_of_the_year(year):
    table = TargetTable(2024, "286001", year.name, "", "新项目", budget=Decimal(10000))
    created = create_declaration(department_year=year, table=table, actor=None)
    assert created.position == 3
    assert [node.month for node in created.milestones.all()] == [3, 6, 10, 12]
    assert load_table(created).name == "新项目"
    assert Entry.objects.last().action == "create"


def test_two_projects_without_a_code_are_two_projects(year):
    for name in ("甲", "乙"):
        table = TargetTable(2024, "286001", year.name, "", name)
        create_declaration(department_year=year, table=table, actor=None)
    assert Project.objects.filter(code="").count() == 2


def test_a_project_goes_on_in_the_next_year(year):
    next_year = FiscalYear.objects.create(year=2025, milestone_months=[6, 12], frame="2021")
    following = DepartmentYear.objects.create(
        department=year.department, fiscal_year=next_year, name=year.name
    )
    table = replace(
        load_booklet(year).tables[0], year=2025, uid=new_uid(), milestones=(), indicators=(), frame="2021"
    )
    created = create_declaration(department_year=following, table=table, actor=None)
    assert created.project == year.declarations.first().project
    assert [node.month for node in created.milestones.all()] == [6, 12]


def _queries(function):
    with CaptureQueriesContext(connection) as captured:
        function()
    return len(captured)


def test_loading_takes_the_same_queries_for_one_table_and_for_thirty(year):
    one = _queries(lambda: load_tables(year.declarations.all()[:1]))
    booklet = _queries(lambda: load_booklet(year))
    for number in range(30):
        table = replace(long_table(indicators=8), project_code=f"{number:021}", uid=new_uid())
        create_declaration(department_year=year, table=table, actor=None)
    assert _queries(lambda: load_tables(year.declarations.all())) == one
    assert _queries(lambda: load_booklet(year)) == booklet


def test_saving_takes_the_same_queries_for_six_rows_and_for_forty(declaration):
    table = load_table(declaration)

    def edit(goal):
        declaration.refresh_from_db()
        return _queries(lambda: save(declaration, replace(load_table(declaration), goal=goal)))

    few = edit("甲")
    declaration.refresh_from_db()
    many = tuple(replace(row, uid=new_uid()) for _ in range(7) for row in table.indicators)
    save(declaration, replace(load_table(declaration), indicators=many))
    assert edit("乙") == few


def test_the_hash_of_stored_content_is_that_of_the_document(declaration):
    assert content_hash(load_table(declaration)) == content_hash(load_table(declaration))


def test_typed_columns_are_derived_again(declaration, capsys):
    IndicatorRow.objects.filter(declaration=declaration).update(
        number=None, unit="", comparator="", category=None
    )
    call_command("rederive_values")
    assert "共12条指标，6条的识别结果有变化" in capsys.readouterr().out
    row = declaration.indicators.first()
    assert (row.comparator, row.number, row.unit, row.category.name) == ("≥", 2, "次", "数量指标")
    assert Entry.objects.last().action == "rederive"
    assert rederive_values(actor=None) == (12, 0)


def test_an_import_adds_what_is_not_there_without_asking(year):
    booklet = read_booklet(SEED).booklet
    extra = replace(long_table(), project_code="13020924P00077310001A", department_name=year.name)
    result = import_booklet(booklet=replace(booklet, tables=(*booklet.tables, extra)), actor=None)
    assert result.changed
    assert [table.project_code for table in load_booklet(year).tables][2:] == ["13020924P00077310001A"]


def test_an_import_never_removes_a_table(year):
    booklet = read_booklet(SEED).booklet
    result = import_booklet(booklet=replace(booklet, tables=booklet.tables[:1]), actor=None, replace=True)
    assert not result.changed
    assert any("]2024年度机关党组织活动经费”，该项目保持不变" in message for message in result.messages)
    assert year.declarations.count() == 2


def test_an_import_over_an_approved_table_is_refused(year, declaration):
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.APPROVED)
    booklet = read_booklet(SEED).booklet
    tables = (replace(booklet.tables[0], goal="改"), *booklet.tables[1:])
    with pytest.raises(NotEditableError):
        import_booklet(booklet=replace(booklet, tables=tables), actor=None, replace=True)
    assert load_table(declaration).goal != "改"


def test_what_people_set_beyond_the_print_survives_an_import(declaration):
    save(
        declaration, replace(load_table(declaration), category="特定目标类", beneficiaries=Beneficiaries.YES)
    )
    result = import_booklet(booklet=read_booklet(SEED).booklet, actor=None)
    assert result.changes == ()
    assert load_table(declaration).category == "特定目标类"


def test_the_tree_is_two_levels(db):
    parent = Department.objects.create(code="286", name="主管")
    unit = Department.objects.create(code="286001", name="单位", parent=parent)
    assert list(parent.units.all()) == [unit]
