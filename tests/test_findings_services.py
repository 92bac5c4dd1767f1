"""Stored findings: what a save recomputes, what waits, and that nothing stays that is no longer so."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models import Department
from indicators.checks import RULES, Severity, State, check_narrative, check_table
from indicators.checks.evidence import hit_from_plain, plain_hit
from indicators.checks.model import Fix, Hit, Scope
from indicators.contexts import case_of, context_of
from indicators.document import Milestone, NarrativeItem, NoteKind, new_uid
from indicators.findings import findings_of, findings_of_all, ledger_of, open_obligations
from indicators.models import CheckRun, Finding, Pending
from indicators.rows import load_narrative, load_table
from indicators.services import (
    FixError,
    apply_fix,
    apply_narrative_fix,
    create_declaration,
    refresh_department_findings,
    save_narrative,
    save_table,
)
from projects.models import DepartmentYear, FiscalYear
from tests.sample_documents import long_table
from trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def checked(department_year) -> DepartmentYear:
    """Return the department's year with all its findings computed."""
    refresh_department_findings(department_year=department_year)
    return department_year


def save(declaration, **values):
    declaration.refresh_from_db()
    table = replace(load_table(declaration), **values)
    save_table(declaration=declaration, table=table, revision=declaration.revision, actor=None)


def pending(department_year):
    """Return what waits, the department's own text first."""
    runs = CheckRun.objects.filter(department_year=department_year)
    return [run.pending for run in sorted(runs, key=lambda run: run.declaration_id or 0)]


def queries(function):
    with CaptureQueriesContext(connection) as captured:
        function()
    return len(captured)


def item(document, code):
    return next(item for item in ledger_of(document) if item.rule.code == code)


def test_an_import_runs_the_single_table_rules_at_once(department_year):
    assert pending(department_year) == [Pending.ACROSS, Pending.ACROSS]
    first = department_year.declarations.first()
    assert item(first, "R37").state == State.FOUND
    assert not Finding.objects.filter(rule="R55").exists()


def test_what_is_stored_is_what_the_checks_say(checked):
    case = case_of(checked)
    for declaration, (table, context) in zip(checked.declarations.all(), case.tables, strict=True):
        stored = [
            (entry.rule.code, entry.state, entry.hits, entry.reason, entry.pending)
            for entry in ledger_of(declaration)
        ]
        assert stored == [
            (outcome.rule.code, outcome.state, outcome.hits, outcome.reason, False)
            for outcome in check_table(table, context)
        ]
    narrative = [(entry.rule.code, entry.state, entry.hits) for entry in ledger_of(checked)]
    assert narrative == [
        (outcome.rule.code, outcome.state, outcome.hits)
        for outcome in check_narrative(case.booklet, case.booklet_context)
    ]


def test_the_ledger_names_every_rule(checked):
    table_rules = [
        code for code, rule in sorted(RULES.items()) if set(rule.scopes) & {Scope.TABLE, Scope.ACROSS}
    ]
    for declaration in checked.declarations.all():
        assert [entry.rule.code for entry in ledger_of(declaration)] == table_rules


def test_before_any_run_nothing_counts_as_passed(checked):
    CheckRun.objects.all().delete()
    for document in (checked, checked.declarations.first()):
        ledger = ledger_of(document)
        assert ledger
        assert {(entry.state, entry.pending) for entry in ledger} == {(State.NOT_RUN, True)}


def test_a_waiting_rule_that_had_passed_is_not_shown_as_passed(checked):
    first, second = checked.declarations.all()
    assert item(first, "R04").state == State.PASSED
    save(second, goal="改")
    waiting = item(first, "R04")
    assert (waiting.state, waiting.pending) == (State.NOT_RUN, True)
    assert waiting.reason.startswith("待重算")
    assert item(first, "R02").state == State.PASSED


def test_a_save_recomputes_its_table_and_leaves_the_others_waiting(checked):
    first, second = checked.declarations.all()
    save(first, other_funding=Decimal(0))
    assert item(first, "R03").state == State.PASSED
    assert pending(checked) == [Pending.ALL, Pending.ACROSS, Pending.ACROSS]
    assert item(second, "R37").state == State.FOUND
    assert item(second, "R37").pending is False
    assert item(second, "R55").pending is True


def test_a_save_of_the_narrative_leaves_it_waiting(checked):
    narrative = load_narrative(checked)
    save_narrative(
        department_year=checked,
        booklet=replace(narrative, overall_goals=()),
        revision=checked.revision,
        actor=None,
    )
    assert pending(checked) == [Pending.ALL, Pending.ACROSS, Pending.ACROSS]


def test_a_save_that_changes_nothing_leaves_nothing_waiting(checked):
    save(checked.declarations.first())
    assert pending(checked) == [Pending.NOTHING] * 3


def test_nothing_is_computed_twice(checked):
    runs = list(CheckRun.objects.order_by("pk").values_list("pk", "checked_at"))
    assert refresh_department_findings(department_year=checked) == 0
    assert list(CheckRun.objects.order_by("pk").values_list("pk", "checked_at")) == runs


def test_a_refresh_computes_what_waits(checked):
    first, second = checked.declarations.all()
    copied = tuple(replace(row, uid=new_uid()) for row in load_table(first).indicators)
    save(second, indicators=copied)
    refresh_department_findings(department_year=checked)
    assert pending(checked) == [Pending.NOTHING] * 3
    alike = item(first, "R55")
    assert (alike.state, alike.severity, alike.pending) == (State.FOUND, Severity.WARNING, False)


def test_what_changed_behind_the_services_is_found_by_its_hash(checked):
    first = checked.declarations.first()
    type(first).objects.filter(pk=first.pk).update(other_funding=Decimal(0))
    assert item(first, "R03").state == State.FOUND
    assert refresh_department_findings(department_year=checked) == 3
    assert item(first, "R03").state == State.PASSED


def test_a_new_setting_of_the_year_is_found_by_its_hash(checked):
    FiscalYear.objects.update(has_weights=True)
    year = DepartmentYear.objects.get()
    refresh_department_findings(department_year=year)
    assert item(year.declarations.first(), "R23").state != State.NOT_RUN


def test_a_refresh_computes_what_import_notes_say(checked):
    second = checked.declarations.last()
    assert item(second, "R07").state == State.NOT_RUN
    second.import_notes.create(
        department_year=checked, kind=NoteKind.MISSING_HEADING, place="第30行", text="2.机关党组织活动经费"
    )
    refresh_department_findings(department_year=checked)
    assert item(second, "R07").state == State.FOUND


def file_next_year(department_year, next_year, table):
    following = DepartmentYear.objects.create(
        department=department_year.department, fiscal_year=next_year, name=department_year.name
    )
    repeated = replace(table, year=2025, uid=new_uid(), milestones=(Milestone(6, Decimal(50)),), frame="2021")
    return create_declaration(department_year=following, table=repeated, actor=None)


def test_last_years_table_stands_beside_this_years(checked, next_year):
    first = checked.declarations.first()
    declaration = file_next_year(checked, next_year, load_table(first))
    assert context_of(declaration).last_year == load_table(first)
    assert context_of(first).last_year is None


def test_a_save_of_last_years_table_leaves_this_years_waiting(checked, next_year):
    first = checked.declarations.first()
    following = file_next_year(checked, next_year, load_table(first)).department_year
    refresh_department_findings(department_year=following)
    assert pending(following) == [Pending.NOTHING] * 2
    save(first, goal="改")
    assert pending(following) == [Pending.NOTHING, Pending.ACROSS]


def test_a_code_in_another_department_is_known(checked, other_department_year):
    first = checked.declarations.first()
    context = context_of(first)
    assert context.codes_elsewhere == {first.project.code: ("曹妃甸区图书馆",)}
    assert [table.name for table in context.siblings] == [checked.declarations.last().name]


def test_the_region_of_the_department_is_known(checked):
    Department.objects.update(region_code="130209")
    checked.department.refresh_from_db()
    assert case_of(checked).booklet_context.region_code == "130209"


def test_rules_run_at_a_save_say_the_same_as_with_everything_at_hand(checked, next_year):
    """A rule that reads siblings, last year or the booklet must be declared ACROSS (or NARRATIVE)."""
    declaration = file_next_year(checked, next_year, load_table(checked.declarations.first()))
    saved = {
        entry.rule.code: entry for entry in ledger_of(declaration) if Scope.ACROSS not in entry.rule.scopes
    }
    CheckRun.objects.update(pending=Pending.ALL)
    refresh_department_findings(department_year=declaration.department_year)
    for entry in ledger_of(declaration):
        if entry.rule.code in saved:
            assert entry == saved[entry.rule.code], entry.rule.code


def many_tables(department_year, count):
    for number in range(count):
        table = replace(long_table(indicators=4), project_code=f"{number:021}", uid=new_uid())
        create_declaration(department_year=department_year, table=table, actor=None)


def test_reading_takes_the_same_queries_for_two_tables_and_for_twenty(checked):
    first = checked.declarations.first()
    few = queries(lambda: findings_of_all(list(checked.declarations.all())))
    contexts = queries(lambda: case_of(checked))
    many_tables(checked, 18)
    refresh_department_findings(department_year=checked)
    assert queries(lambda: findings_of_all(list(checked.declarations.all()))) == few
    assert queries(lambda: case_of(checked)) == contexts
    assert queries(lambda: ledger_of(first)) == 3


def test_opening_a_fresh_page_takes_the_same_queries_for_two_tables_and_for_twenty(checked):
    def refresh():
        return queries(lambda: refresh_department_findings(department_year=checked))

    few = refresh()
    many_tables(checked, 18)
    assert refresh() > few
    assert refresh() == few


def test_the_findings_of_several_tables_are_those_of_each(checked):
    declarations = list(checked.declarations.all())
    together = findings_of_all(declarations)
    assert together == {declaration.pk: findings_of(declaration) for declaration in declarations}
    weights = [entry.severity.weight for entry in together[declarations[1].pk]]
    assert weights == sorted(weights, reverse=True)


def test_lists_count_in_sql_what_blocks_submission(checked):
    for document in (checked, *checked.declarations.all()):
        declaration = None if document is checked else document
        blocking = Finding.objects.blocking().filter(
            run__department_year=checked, run__declaration=declaration
        )
        assert [entry.rule for entry in blocking] == sorted(
            entry.rule.code for entry in open_obligations(document)
        )
        assert blocking


def test_findings_are_seen_by_who_sees_the_department(checked, preparer, outsider, reviewer):
    visible = {
        user: Finding.objects.visible_to(user).filter(run__department_year=checked).exists()
        for user in (preparer, outsider, reviewer)
    }
    assert visible == {preparer: True, outsider: False, reviewer: True}


def test_a_hit_survives_json():
    hit = Hit("indicators/a/value", "话", "据", 3, "议", Fix("p", "百分比", "%"), Severity.HINT)
    bare = Hit("goal", "话")
    for one in (hit, bare):
        assert hit_from_plain(json.loads(json.dumps(plain_hit(one)))) == one


# One-click fixes


def proposed(document, code):
    return next(hit.fix for hit in item(document, code).hits if hit.fix)


def fix(declaration, proposal, actor, **other):
    declaration.refresh_from_db()
    given = {"path": proposal.path, "before": proposal.before, "after": proposal.after, **other}
    return apply_fix(declaration=declaration, revision=declaration.revision, actor=actor, **given)


def test_a_fix_changes_that_one_field_and_is_recorded(checked, declaration, preparer):
    proposal = proposed(declaration, "R25")
    changes = fix(declaration, proposal, preparer)
    assert [(change.path, change.before, change.after) for change in changes] == [
        (proposal.path, proposal.before, proposal.after)
    ]
    entry = Entry.objects.last()
    assert (entry.action, entry.actor, len(entry.changes)) == ("fix", preparer, 1)
    assert proposal not in [hit.fix for hit in item(declaration, "R25").hits]


def test_a_fix_is_refused_where_the_field_says_something_else_by_now(checked, declaration, preparer):
    proposal = proposed(declaration, "R25")
    uid = proposal.path.split("/")[1]
    row = declaration.indicators.get(uid=uid)
    row.value = "≥97百分比"
    row.save()
    with pytest.raises(FixError, match="该处现为“≥97百分比”"):
        fix(declaration, proposal, preparer)
    assert declaration.indicators.get(uid=uid).value == "≥97百分比"


def test_a_fix_nobody_proposed_is_refused(checked, declaration, preparer):
    table, entries = load_table(declaration), Entry.objects.count()
    with pytest.raises(FixError, match="没有把"):
        fix(declaration, Fix("goal", table.goal, "别的"), preparer)
    assert (load_table(declaration), Entry.objects.count()) == (table, entries)


def test_a_fix_that_touches_a_number_is_refused(checked, declaration, preparer):
    table = load_table(declaration)
    finding = Finding.objects.get(run__declaration=declaration, rule="R25")
    finding.hits[0]["fix"]["after"] = "≥5%"
    finding.save()
    with pytest.raises(FixError, match="会改动数字"):
        fix(declaration, proposed(declaration, "R25"), preparer)
    assert load_table(declaration) == table


@pytest.mark.parametrize("persona", ["leader", "reviewer", "outsider"])
def test_only_a_preparer_of_the_unit_applies_a_fix(checked, declaration, persona, request):
    user, table = request.getfixturevalue(persona), load_table(declaration)
    with pytest.raises(PermissionDenied):
        fix(declaration, proposed(declaration, "R25"), user)
    assert load_table(declaration) == table


def test_a_fix_in_the_departments_own_text(checked, preparer):
    untidy = NarrativeItem("组织培训6期。      。")
    save_narrative(
        department_year=checked,
        booklet=replace(load_narrative(checked), overall_goals=(untidy,)),
        revision=checked.revision,
        actor=preparer,
    )
    refresh_department_findings(department_year=checked)
    proposal = proposed(checked, "R09")
    apply_narrative_fix(
        department_year=checked,
        path=proposal.path,
        before=proposal.before,
        after=proposal.after,
        revision=checked.revision,
        actor=preparer,
    )
    assert [goal.text for goal in load_narrative(checked).overall_goals] == ["组织培训6期。"]
    refresh_department_findings(department_year=checked)
    assert item(checked, "R09").state == State.PASSED


def test_a_name_of_the_project_list_is_explained_and_not_corrected(department_year):
    second = department_year.declarations.last()  # ]2024年度机关党组织活动经费
    refresh_department_findings(department_year=department_year)
    severities = {item.rule.code: item.severity for item in findings_of(second)}
    assert severities["R05"] == Severity.ERROR

    department_year.declarations.filter(pk=second.pk).update(is_listed=True)
    refresh_department_findings(department_year=department_year)

    found = next(item for item in findings_of(second) if item.rule.code == "R05")
    assert (found.severity, found.needs_reason) == (Severity.WARNING, True)
