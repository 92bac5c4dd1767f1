"""Importing a project list: what it adds, changes, reopens and leaves alone."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models import Department
from indicators.document import Indicator, content_hash
from indicators.models import Finding
from indicators.project_list_changes import Group
from indicators.rows import load_table
from indicators.services import save_table
from indicators.services.project_lists import (
    ListOutdatedError,
    MappingNameError,
    choose_layout,
    import_project_list,
    keep_upload,
    read_pending,
    save_list_mapping,
)
from projects.models import ColumnMapping, Declaration, DepartmentYear, PendingImport, Project
from tests.project_list_files import (
    NEW,
    PARTY,
    TEAM,
    UNIT,
    comparison_of,
    list_workbook,
    project_rows,
    uploaded,
)
from trail.models import Entry
from workflow.history import prepared_by
from workflow.models import Notification, Status, Version

ALL = tuple(Group)


@pytest.fixture
def bring(preparer):
    """Return a function that imports rows as the preparer: bring(*rows) -> ListImported."""

    def bring(*rows, user=preparer, groups=ALL, year=2024):
        pending = uploaded(list_workbook(*rows), user, year)
        fingerprint = comparison_of(pending, user).fingerprint()
        return import_project_list(pending=pending, groups=groups, fingerprint=fingerprint, actor=user)

    return bring


@pytest.fixture
def compared(preparer):
    """Return a function that compares rows with what is stored: compared(*rows) -> Comparison."""

    def compared(*rows, user=preparer, year=2024):
        return comparison_of(uploaded(list_workbook(*rows), user, year), user)

    return compared


def with_budget(row, budget, control=""):
    return (*row[:5], budget, budget, "", control)


def stored(code) -> Declaration:
    return Declaration.objects.select_related("project").get(project__code=code)


def set_status(declaration, status):
    Declaration.objects.filter(pk=declaration.pk).update(status=status)


# Comparison


def test_groups_of_the_preview(compared, department_year):
    comparison = compared(with_budget(TEAM, 20000), NEW)
    assert [entry.name for entry in comparison.new] == ["工会活动经费"]
    (changed,) = comparison.amounts
    assert [(change.label, change.before, change.after) for change in changed.amount_changes] == [
        ("预算数", "1.80", "2.00"),
        ("财政资金", "1.80", "2.00"),
    ]
    assert [(change.before, change.after) for change in comparison.names[0].name_changes] == [
        (stored(TEAM[2]).name, TEAM[3])
    ]
    assert [declaration.project.code for declaration in comparison.absent] == [PARTY[2]]
    assert (comparison.unchanged, comparison.problems, comparison.controls) == (0, [], [])


def test_a_list_that_says_what_is_stored_changes_nothing(compared, department_year):
    comparison = compared((*TEAM[:3], stored(TEAM[2]).name, *TEAM[4:]), (*PARTY[:3], "", *PARTY[4:]))
    assert (comparison.unchanged, comparison.groups, comparison.absent) == (2, [], [])


def test_zero_of_other_funding_is_no_change_and_a_blank_never_is(compared, department_year):
    row = (*TEAM[:3], stored(TEAM[2]).name, "", "", "", 0, "")
    assert compared(row).unchanged == 1


def test_a_code_is_matched_in_either_case_and_a_blank_one_by_name(compared, department_year):
    name = stored(TEAM[2]).name
    assert compared((*TEAM[:2], TEAM[2].lower(), name, *TEAM[4:])).unchanged == 1
    assert compared((*TEAM[:2], "", name, *TEAM[4:])).unchanged == 1


def test_a_project_without_a_code_gets_the_code_of_the_list(bring, department_year):
    bring((*UNIT, "", "新建档案室", "特定目标类", 1000, 1000, "", ""))
    done = bring((*NEW[:3], "新建档案室", *NEW[4:]))
    assert (done.created, done.changed) == (0, 1)
    assert stored(NEW[2]).name == "新建档案室"


def test_other_peoples_units_are_told_and_not_touched(compared, preparer, other_department_year):
    comparison = compared(("387001", "", NEW[2], *NEW[3:]), NEW)
    assert comparison.foreign == {"387001曹妃甸区图书馆": 1}
    assert [entry.department.code for entry in comparison.new] == ["286001"]


def test_a_finance_reviewer_imports_for_all_units(compared, reviewer, other_department_year):
    comparison = compared(("387001", "", NEW[2], *NEW[3:]), NEW, user=reviewer)
    assert [entry.department.code for entry in comparison.new] == ["286001", "387001"]


def test_unknown_units_are_problems_with_their_cell(compared, department_year):
    comparison = compared(("999001", "", *NEW[2:]), ("", "没有这个局", TEAM[2], *TEAM[3:]))
    assert [(problem.place, problem.value) for problem in comparison.problems] == [
        ("工作表“项目清单”A3", "999001"),
        ("工作表“项目清单”B4", "没有这个局"),
    ]


def test_a_unit_is_found_by_its_name_of_the_year(compared, department_year):
    DepartmentYear.objects.filter(pk=department_year.pk).update(name="曹妃甸区直机关党工委")
    assert len(compared(("", "曹妃甸区直机关党工委", *NEW[2:])).new) == 1
    assert len(compared(("", UNIT[1], *NEW[2:])).new) == 1


def test_names_that_speak_of_secrets_are_told(compared, department_year):
    comparison = compared((*NEW[:3], "涉密载体销毁经费", *NEW[4:]))
    assert [entry.name for entry in comparison.secret] == ["涉密载体销毁经费"]


# Import


def test_a_new_project_is_filed_with_everything_the_list_says(bring, preparer, department_year):
    done = bring(NEW)
    declaration = stored(NEW[2])
    assert (done.created, done.changed) == (1, 0)
    assert (declaration.is_listed, declaration.position, declaration.status) == (True, 3, Status.DRAFT)
    assert (declaration.budget, declaration.control_figure) == (Decimal("50000.00"),) * 2
    assert declaration.project.category == "specific"
    assert [milestone.month for milestone in declaration.milestones.all()] == [3, 6, 10, 12]
    assert Finding.objects.filter(run__declaration=declaration).exists()


def test_one_batch_has_an_entry_for_each_table_and_one_for_the_list(bring, preparer, department_year):
    before = Entry.objects.count()
    bring(with_budget(TEAM, 20000), NEW)
    entries = list(Entry.objects.order_by("sequence")[before:])
    assert [(entry.kind, entry.action) for entry in entries] == [
        ("declaration", "import_list"),
        ("declaration", "import_list"),
        ("project_list", "import"),
    ]
    assert len({entry.batch for entry in entries}) == 1
    assert {entry.actor_id for entry in entries} == {preparer.pk}
    assert [change["after"] for change in entries[-1].changes] == ["1", "1", "0", "1", "0"]


def test_a_unit_that_has_not_begun_begins(bring, preparer, next_year):
    bring(NEW, year=2025)
    year = DepartmentYear.objects.get(fiscal_year=next_year)
    assert [declaration.name for declaration in year.declarations.all()] == [NEW[3]]
    assert Entry.objects.filter(kind="department_year", action="open", object_id=str(year.pk)).exists()


def test_importing_again_changes_nothing(bring, compared, preparer, department_year):
    bring(with_budget(TEAM, 20000), PARTY, NEW)
    comparison = compared(with_budget(TEAM, 20000), PARTY, NEW)
    assert (comparison.unchanged, comparison.has_work) == (3, False)


def test_only_the_chosen_groups_are_taken(bring, department_year):
    done = bring(with_budget(TEAM, 20000), NEW, groups=[Group.NAMES])
    declaration = stored(TEAM[2])
    assert (done.created, done.changed) == (0, 1)
    assert (declaration.name, declaration.budget) == (TEAM[3], Decimal("18000.00"))
    assert declaration.is_listed


def test_a_name_that_was_not_taken_does_not_make_a_declaration_the_lists(bring, department_year):
    bring(with_budget(TEAM, 20000), groups=[Group.AMOUNTS])
    declaration = stored(TEAM[2])
    assert (declaration.budget, declaration.is_listed) == (Decimal("20000.00"), False)


def test_what_the_list_lacks_stays(bring, department_year):
    bring(NEW)
    assert Declaration.objects.filter(project__code__in=[TEAM[2], PARTY[2]]).count() == 2


def test_texts_and_indicators_stay_when_an_amount_changes(bring, department_year):
    declaration = stored(TEAM[2])
    before = load_table(declaration)
    bring((*with_budget(TEAM, 20000)[:3], before.name, *with_budget(TEAM, 20000)[4:]))
    after = load_table(declaration)
    assert after == replace(before, budget=Decimal("20000.00"), fiscal_funding=Decimal("20000.00"))
    assert [row.uid for row in after.indicators] == [row.uid for row in before.indicators]


@pytest.mark.parametrize("row", [with_budget(TEAM, 20000), (*TEAM[:8], 18000)])
def test_a_submitted_table_it_touches_is_returned_with_a_reason(row, bring, department_year):
    declaration, other = stored(TEAM[2]), stored(PARTY[2])
    before = load_table(declaration)
    set_status(declaration, Status.SUBMITTED)
    set_status(other, Status.SUBMITTED)
    done = bring(row, (*PARTY[:3], other.name, *PARTY[4:]), groups=[Group.AMOUNTS])
    entries = Entry.objects.filter(kind="declaration", object_id=str(declaration.pk))
    reopened, imported = list(entries.order_by("sequence"))[-2:]
    assert done.reopened == 1
    assert (stored(TEAM[2]).status, stored(TEAM[2]).revision) == (Status.RETURNED, declaration.revision + 1)
    assert stored(PARTY[2]).status == Status.SUBMITTED
    assert (reopened.action, imported.action) == ("reopen", "import_list")
    assert reopened.reason.startswith("项目清单导入：")
    assert reopened.batch == imported.batch
    assert {"path": "status", "place": "状态", "before": "待单位审核", "after": "被退回"} in reopened.changes
    version = Version.objects.get(object_id=declaration.pk)
    assert (version.act, version.source, version.target) == ("reopen", "submitted", "returned")
    assert version.document.content_hash == content_hash(before)  # what it said when it was under review


def test_what_is_further_on_is_told_to_its_preparer_and_not_touched(bring, compared, department_year):
    set_status(stored(TEAM[2]), Status.FINANCE_FIRST)
    comparison = compared(with_budget(TEAM, 20000))
    assert [entry.declaration.pk for entry in comparison.beyond] == [stored(TEAM[2]).pk]
    assert comparison.groups == []
    before = stored(TEAM[2]).revision
    done = bring(with_budget(TEAM, 20000))
    assert (done.changed, done.reopened) == (0, 0)
    assert (stored(TEAM[2]).budget, stored(TEAM[2]).revision) == (Decimal("18000.00"), before)
    assert stored(TEAM[2]).status == Status.FINANCE_FIRST


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.FINANCE_FIRST, Status.TO_APPROVE])
def test_the_finance_bureau_brings_anything_under_review_back(status, bring, reviewer, department_year):
    set_status(stored(TEAM[2]), status)
    done = bring(with_budget(TEAM, 20000), user=reviewer)
    assert (done.reopened, stored(TEAM[2]).status) == (1, Status.RETURNED)
    assert Version.objects.get().capacity == "财政审核人"


def test_who_handed_the_figures_down_may_review_them(bring, reviewer, department_year):
    bring(with_budget(TEAM, 20000), user=reviewer)
    assert prepared_by([reviewer.pk], "declaration", [stored(TEAM[2]).pk]) == set()


def test_who_handed_control_figures_down_may_review_the_departments_text(bring, reviewer, department_year):
    bring(with_budget(TEAM, 18000, 20000), with_budget(PARTY, 297300, 300000), user=reviewer)
    assert Entry.objects.filter(kind="department_year", actor=reviewer).exists()
    assert prepared_by([reviewer.pk], "department_year", [department_year.pk]) == set()


def test_who_files_by_a_list_has_prepared(bring, preparer, department_year):
    bring(with_budget(TEAM, 20000), NEW)
    tables = [stored(TEAM[2]).pk, stored(NEW[2]).pk]
    assert prepared_by([preparer.pk], "declaration", tables) == set(tables)


def test_preparers_are_told_of_what_a_list_returned(bring, preparer, reviewer, department_year):
    set_status(stored(TEAM[2]), Status.FINANCE_FIRST)
    bring(with_budget(TEAM, 20000), user=reviewer)
    told = Notification.objects.get(sort=Notification.Sort.RETURNED)
    assert (told.recipient, told.address) == (preparer, f"/tables/{stored(TEAM[2]).pk}/")
    assert stored(TEAM[2]).name in told.text


def test_an_administrator_imports_no_list(compared, administrator, department_year):
    assert compared(NEW, user=administrator).entries == []


def test_an_approved_table_is_told_and_not_touched(bring, compared, department_year):
    set_status(stored(TEAM[2]), Status.APPROVED)
    comparison = compared(with_budget(TEAM, 20000))
    assert ([entry.declaration.pk for entry in comparison.approved], comparison.groups) == (
        [stored(TEAM[2]).pk],
        [],
    )
    before = stored(TEAM[2]).revision
    done = bring(with_budget(TEAM, 20000))
    assert (done.changed, done.marked) == (0, 0)
    assert (stored(TEAM[2]).budget, stored(TEAM[2]).revision) == (Decimal("18000.00"), before)


def test_exempt_categories_are_imported_and_told(bring, compared, department_year):
    row = (*NEW[:3], "在职人员工资", "人员类", *NEW[5:])
    assert compared(row).new[0].is_exempt
    bring(row)
    assert stored(NEW[2]).project.category == "staff"


def test_a_units_control_figure_is_the_sum_where_the_list_is_whole(bring, compared, department_year):
    rows = (with_budget(TEAM, 18000, 20000), with_budget(PARTY, 297300, 300000))
    (control,) = compared(*rows).controls
    assert (control.before, control.after) == (None, Decimal("320000.00"))
    bring(*rows)
    department_year.refresh_from_db()
    assert department_year.control_figure == Decimal("320000.00")


@pytest.mark.parametrize("rows", [[(*TEAM[:8], 20000)], [(*TEAM[:8], 20000), PARTY]])
def test_no_control_figure_of_a_unit_where_the_list_leaves_any_out(rows, compared, department_year):
    assert compared(*rows).controls == []


# Cost values of the old amount


def add_cost(declaration, preparer, value):
    table = load_table(declaration)
    row = Indicator("产出指标", "成本指标", "活动总成本", "各项支出之和", value, "预算编制")
    declaration.refresh_from_db()
    save_table(
        declaration=declaration,
        table=replace(table, indicators=(*table.indicators, row)),
        revision=declaration.revision,
        actor=preparer,
    )
    return row


def flagged(declaration):
    hits = Finding.objects.filter(run__declaration=declaration, rule="R40b", state="found")
    return [hit["path"] for finding in hits for hit in finding.hits]


def test_cost_values_of_the_old_amount_are_flagged_until_edited(bring, compared, preparer, department_year):
    declaration = stored(TEAM[2])
    table = load_table(declaration)
    costs = [row for row in table.indicators if row.second_tier == "成本指标"]
    row = costs[0] if costs else add_cost(declaration, preparer, "≤1.80万元")
    row = replace(row, value="≤1.80万元")
    declaration.refresh_from_db()
    others = tuple(each for each in load_table(declaration).indicators if each.uid != row.uid)
    save_table(
        declaration=declaration,
        table=replace(table, indicators=(*others, row)),
        revision=declaration.revision,
        actor=preparer,
    )
    assert flagged(declaration) == []
    assert compared(with_budget(TEAM, 20000)).amounts[0].cost_rows == 1

    bring(with_budget(TEAM, 20000))
    assert flagged(declaration) == [f"indicators/{row.uid}/value"]

    declaration.refresh_from_db()
    table = load_table(declaration)
    edited = tuple(
        replace(each, value="≤2.00万元") if each.uid == row.uid else each for each in table.indicators
    )
    save_table(
        declaration=declaration,
        table=replace(table, indicators=edited),
        revision=declaration.revision,
        actor=preparer,
    )
    assert flagged(declaration) == []


# What changed meanwhile, and whose it is


def test_what_was_not_shown_is_not_imported(preparer, department_year):
    pending = uploaded(list_workbook(with_budget(TEAM, 20000)), preparer)
    fingerprint = comparison_of(pending, preparer).fingerprint()
    Declaration.objects.filter(project__code=TEAM[2]).update(budget=Decimal(19000))
    entries = Entry.objects.count()
    with pytest.raises(ListOutdatedError, match="预览之后系统中的内容有变化"):
        import_project_list(pending=pending, groups=ALL, fingerprint=fingerprint, actor=preparer)
    assert stored(TEAM[2]).budget == Decimal(19000)
    assert Entry.objects.count() == entries
    assert PendingImport.objects.filter(pk=pending.pk).exists()


def test_an_edit_of_what_the_list_does_not_say_is_no_hindrance(preparer, department_year):
    pending = uploaded(list_workbook(with_budget(TEAM, 20000)), preparer)
    fingerprint = comparison_of(pending, preparer).fingerprint()
    declaration = stored(TEAM[2])
    save_table(
        declaration=declaration,
        table=replace(load_table(declaration), goal="新写的目标"),
        revision=declaration.revision,
        actor=preparer,
    )
    import_project_list(pending=pending, groups=ALL, fingerprint=fingerprint, actor=preparer)
    table = load_table(declaration)
    assert (table.goal, table.budget) == ("新写的目标", Decimal("20000.00"))


def test_a_preparer_who_lost_the_unit_imports_nothing(preparer, outsider, department_year):
    pending = uploaded(list_workbook(NEW), preparer)
    fingerprint = comparison_of(pending, preparer).fingerprint()
    preparer.memberships.all().delete()
    with pytest.raises(ListOutdatedError):
        import_project_list(pending=pending, groups=ALL, fingerprint=fingerprint, actor=preparer)
    assert not Project.objects.filter(code=NEW[2]).exists()


def test_uploads_of_yesterday_go_when_a_new_one_comes(preparer, department_year):
    old = uploaded(list_workbook(NEW), preparer)
    young = uploaded(list_workbook(NEW), preparer)
    PendingImport.objects.filter(pk=old.pk).update(created_at=old.created_at - timedelta(days=1, minutes=1))
    keep_upload(kind="project_list", file_name="又一份", payload={}, actor=preparer)
    assert not PendingImport.objects.filter(pk=old.pk).exists()
    assert PendingImport.objects.filter(pk=young.pk).exists()


def test_a_mapping_is_saved_once_under_a_name(preparer, department_year):
    pending = uploaded(list_workbook(NEW), preparer)
    layout = read_pending(pending)[1].layout
    heads = {"project_code": "项目编码"}
    mapping = save_list_mapping(name="一体化", layout=layout, heads=heads, actor=preparer)
    assert (mapping.head_row, mapping.amount_unit, mapping.columns) == (2, "yuan", heads)
    with pytest.raises(MappingNameError, match="已有名为“一体化”的列对应关系"):
        save_list_mapping(name="一体化", layout=layout, heads=heads, actor=preparer)
    assert ColumnMapping.objects.count() == 1


def test_a_finance_reviewer_puts_a_saved_mapping_right(preparer, reviewer, department_year):
    layout = read_pending(uploaded(list_workbook(NEW), preparer))[1].layout
    save_list_mapping(name="一体化", layout=layout, heads={"budget": "财政资金"}, actor=preparer)
    save_list_mapping(name="一体化", layout=layout, heads={"budget": "预算数"}, actor=reviewer)
    assert ColumnMapping.objects.get().columns == {"budget": "预算数"}
    assert Entry.objects.last().changes == [
        {"path": "columns/budget", "place": "预算数", "before": "财政资金", "after": "预算数"}
    ]


def test_nobody_chooses_columns_of_anothers_upload(preparer, outsider, department_year):
    pending = uploaded(list_workbook(NEW), preparer)
    layout = read_pending(pending)[1].layout
    choose_layout(pending=pending, layout=replace(layout, head_row=1), actor=outsider)
    pending.refresh_from_db()
    assert pending.payload["layout"]["head_row"] == 2


# Size


@pytest.mark.parametrize("user_name", ["preparer", "reviewer"])
def test_comparing_costs_the_same_queries_for_one_row_and_for_two_hundred(
    user_name, request, bring, department_year
):
    user = request.getfixturevalue(user_name)
    bring(*project_rows(200))
    dearer = [with_budget(row, 77) for row in project_rows(200)]

    def queries(rows):
        pending = uploaded(list_workbook(*rows), user)
        with CaptureQueriesContext(connection) as captured:
            comparison = comparison_of(pending, user)
        assert len(comparison.amounts) == len(rows)
        return len(captured)

    assert queries(dearer[:1]) == queries(dearer)


def test_departments_with_units_of_their_own_are_no_units(compared, preparer, supervisor, department_year):
    assert Department.objects.filter(code="286").exists()
    comparison = compared(("", "曹妃甸区委", *NEW[2:]))
    assert comparison.new == []
