"""情况说明: who may write and judge it, what is no reason, and that it lapses with the field."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from departments.models import Role
from departments.services import grant_role
from indicators.checks import DEFAULT_POLICY, Policy, RulePolicy, State
from indicators.checks.cells import NoSuchCellError, cell_text, with_cell_text
from indicators.checks.evidence import evidence_hash
from indicators.checks.model import Hit
from indicators.checks.reasons import EMPTY_WORDS, SHORTEST, reason_problem
from indicators.document import NarrativeItem
from indicators.findings import findings_of, open_obligations, phrases_of
from indicators.models import Explanation, Finding
from indicators.rows import load_narrative, load_table
from indicators.services import (
    ExplanationError,
    NotEditableError,
    change_policy,
    explain,
    explain_narrative,
    judge_explanation,
    refresh_department_findings,
    save_narrative,
    save_table,
)
from projects.models import Declaration
from tests.sample_documents import seed_booklet, team_table
from trail.models import Entry
from workflow.models import Status

pytestmark = pytest.mark.django_db
RULE = "R37"  # 成本指标就是全部预算: found in both tables at their fourth row
TEXT = "本项目只有活动经费一项支出，按预算总额控制。"
Verdict = Explanation.Verdict


@pytest.fixture
def tables(department_year) -> list[Declaration]:
    return list(department_year.declarations.select_related("department_year__department"))


@pytest.fixture
def explained(tables, preparer) -> Explanation:
    """Return the explanation of the first table."""
    return explain(rule=RULE, declarations=tables[:1], text=TEXT, actor=preparer)[0]


def item(declaration, code=RULE):
    return next((item for item in findings_of(declaration) if item.rule.code == code), None)


def blocking(document):
    return [item.rule.code for item in open_obligations(document)]


def edit(declaration, path, text):
    declaration.refresh_from_db()
    table = with_cell_text(load_table(declaration), path, text)
    save_table(declaration=declaration, table=table, revision=declaration.revision, actor=None)


def cost_row(declaration):
    return f"indicators/{load_table(declaration).indicators[3].uid}"


def refused(act, error, *, match=None):
    """Assert that an act is refused and leaves neither an explanation nor an entry of the trail."""
    before = list(Explanation.objects.order_by("pk").values()), Entry.objects.count()
    with pytest.raises(error, match=match):
        act()
    assert (list(Explanation.objects.order_by("pk").values()), Entry.objects.count()) == before


# Writing


def test_one_reason_answers_a_rule_in_several_tables(tables, preparer):
    assert all(RULE in blocking(table) for table in tables)
    written = explain(rule=RULE, declarations=tables, text=f"  {TEXT}\n", actor=preparer)
    assert [(answer.declaration, answer.text, answer.author) for answer in written] == [
        (table, TEXT, preparer) for table in tables
    ]
    assert not any(RULE in blocking(table) for table in tables)
    assert not Finding.objects.blocking().filter(rule=RULE).exists()


def test_a_table_submitted_since_it_was_read_is_not_answered_for(tables, preparer):
    Declaration.objects.filter(pk=tables[0].pk).update(status=Status.SUBMITTED)
    assert tables[0].is_editable  # as the page read it
    refused(lambda: explain(rule=RULE, declarations=tables, text=TEXT, actor=preparer), NotEditableError)


def test_a_table_chosen_twice_is_explained_once(tables, preparer):
    assert len(explain(rule=RULE, declarations=[tables[0], *tables], text=TEXT, actor=preparer)) == 2


def test_the_trail_has_an_entry_for_each_table(tables, preparer):
    explain(rule=RULE, declarations=tables, text=TEXT, actor=preparer)
    entries = list(Entry.objects.order_by("-sequence")[:2])
    assert {entry.object_id for entry in entries} == {str(table.pk) for table in tables}
    assert {(entry.action, entry.kind, entry.actor) for entry in entries} == {
        ("explain", "declaration", preparer)
    }
    assert len({entry.batch for entry in entries}) == 1
    assert [(change["path"], change["before"], change["after"]) for change in entries[0].changes] == [
        (f"explanations/{RULE}", "", TEXT)
    ]


def test_the_finding_carries_its_explanation(tables, explained):
    found = item(tables[0])
    assert (found.explanation, found.explanation_is_current, found.blocks) == (explained, True, False)
    assert item(tables[1]).explanation is None


def test_a_new_text_replaces_the_old_one_and_its_verdict(tables, explained, preparer, reviewer):
    judge_explanation(explanation=explained, accepted=False, remark="不具体", actor=reviewer)
    explain(rule=RULE, declarations=tables[:1], text="改写后的理由：只有一项支出。", actor=preparer)
    answer = Explanation.objects.get()
    assert (answer.text, answer.verdict, answer.remark, answer.judge) == (
        "改写后的理由：只有一项支出。",
        Verdict.OPEN,
        "",
        None,
    )
    assert Entry.objects.last().changes[0]["before"] == TEXT


def test_the_same_text_again_changes_nothing(tables, explained, preparer, reviewer):
    judge_explanation(explanation=explained, accepted=True, actor=reviewer)
    entries = Entry.objects.count()
    assert explain(rule=RULE, declarations=tables[:1], text=TEXT, actor=preparer) == []
    assert (Explanation.objects.get().verdict, Entry.objects.count()) == (Verdict.ACCEPTED, entries)


@pytest.mark.parametrize(
    "persona", ["leader", "supervisor", "reviewer", "auditor", "administrator", "outsider"]
)
def test_only_a_preparer_of_the_unit_explains(tables, persona, request):
    user = request.getfixturevalue(persona)
    refused(lambda: explain(rule=RULE, declarations=tables, text=TEXT, actor=user), PermissionDenied)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "无",
        "。。。。。。",
        "因工作",
        "已核实",
        "无。已核实！",
        "没有问题，情况属实。",
        "哈哈哈哈哈哈",
    ],
)
def test_what_gives_no_reason_is_refused(tables, preparer, text):
    refused(
        lambda: explain(rule=RULE, declarations=tables, text=text, actor=preparer),
        ExplanationError,
        match="情况说明",
    )


def test_a_short_reason_in_five_letters_stands():
    assert reason_problem("单价由上级定", DEFAULT_POLICY) == ""
    assert reason_problem("上级定价。。", DEFAULT_POLICY) != ""


def test_what_is_no_reason_is_a_parameter():
    policy = Policy({}, {EMPTY_WORDS.name: ("按惯例",), SHORTEST.name: 2})
    assert reason_problem("按惯例，按惯例", policy)
    assert not reason_problem("属实", policy)
    assert not reason_problem("属实", Policy({}, {EMPTY_WORDS.name: (), SHORTEST.name: 1}))


@pytest.mark.parametrize("rule", ["R03", "R05", "R02", "R23", "R99"])
def test_only_what_needs_a_reason_is_explained(tables, preparer, rule):
    refused(
        lambda: explain(rule=rule, declarations=tables[:1], text=TEXT, actor=preparer),
        ExplanationError,
        match="现在没有需要说明的",
    )


def test_everything_wrong_is_said_at_once(tables, preparer):
    with pytest.raises(ExplanationError) as error:
        explain(rule="R20", declarations=tables, text="无", actor=preparer)
    assert len(error.value.messages) == 2
    assert f"“{tables[0].name}”现在没有需要说明的" in error.value.messages[1]


def test_where_the_policy_asks_for_no_reason_none_is_taken(tables, preparer, reviewer):
    year = tables[0].department_year.fiscal_year
    rules = {RULE: RulePolicy(reason_required=False)}
    change_policy(fiscal_year=year, rules=rules, parameters={}, actor=reviewer)
    refresh_department_findings(department_year=tables[0].department_year)
    assert item(tables[0]).state == State.FOUND
    assert RULE not in blocking(tables[0])
    refused(lambda: explain(rule=RULE, declarations=tables[:1], text=TEXT, actor=preparer), ExplanationError)


def test_an_approved_table_is_not_explained(tables, preparer):
    Declaration.objects.filter(pk=tables[1].pk).update(status=Status.APPROVED)
    tables[1].refresh_from_db()
    refused(lambda: explain(rule=RULE, declarations=tables, text=TEXT, actor=preparer), NotEditableError)


def test_tables_of_two_units_are_refused_together(tables, other_department_year, preparer):
    grant_role(user=preparer, role=Role.PREPARER, department=other_department_year.department, actor=None)
    both = [tables[0], other_department_year.declarations.first()]
    refused(
        lambda: explain(rule=RULE, declarations=both, text=TEXT, actor=preparer),
        ExplanationError,
        match="同一单位",
    )


def test_no_table_is_no_explanation(preparer):
    refused(lambda: explain(rule=RULE, declarations=[], text=TEXT, actor=preparer), ExplanationError)


def test_the_departments_own_text_is_explained_like_a_table(department_year, preparer, reviewer):
    duties = replace(
        load_narrative(department_year), overall_goals=(NarrativeItem("负责统一领导机关工作。"),)
    )
    save_narrative(
        department_year=department_year, booklet=duties, revision=department_year.revision, actor=None
    )
    refresh_department_findings(department_year=department_year)
    assert "R53" in blocking(department_year)
    (answer,) = explain_narrative(rule="R53", department_year=department_year, text=TEXT, actor=preparer)
    assert (answer.declaration, answer.department_year) == (None, department_year)
    assert "R53" not in blocking(department_year)
    judge_explanation(explanation=answer, accepted=False, remark="应写成效", actor=reviewer)
    assert "R53" in blocking(department_year)
    assert Entry.objects.last().kind == "department_year"


# Lapsing


def test_an_explanation_lapses_when_its_field_changes(tables, explained):
    edit(tables[0], f"{cost_row(tables[0])}/value", "≤18000元")
    found = item(tables[0])
    assert (found.explanation, found.explanation_is_current, found.blocks) == (explained, False, True)
    assert Finding.objects.blocking().filter(rule=RULE, run__declaration=tables[0]).exists()


def test_a_lapsed_explanation_may_be_given_again_in_the_same_words(tables, explained, preparer):
    edit(tables[0], f"{cost_row(tables[0])}/value", "≤18000元")
    explain(rule=RULE, declarations=tables[:1], text=TEXT, actor=preparer)
    assert item(tables[0]).explanation_holds


def test_an_explanation_outlives_changes_elsewhere(tables, explained):
    table = load_table(tables[0])
    moved = (*table.indicators[1:], table.indicators[0])
    save_table(
        declaration=tables[0],
        table=replace(table, goal=table.goal + "再办一期。", indicators=moved),
        revision=tables[0].revision,
        actor=None,
    )
    assert item(tables[0]).hits[0].row == 3
    assert item(tables[0]).explanation_holds


def test_evidence_is_paths_words_and_cells_and_the_table():
    table = team_table()
    path = f"indicators/{table.indicators[0].uid}/value"
    hit = Hit(path, "甲", "据", row=1)
    digest = evidence_hash(table, [hit])
    assert evidence_hash(table, [replace(hit, message="乙", row=2)]) == digest
    others = [
        evidence_hash(table, [replace(hit, evidence="别的")]),
        evidence_hash(table, [replace(hit, path="goal")]),
        evidence_hash(with_cell_text(table, path, "≥9次"), [hit]),
        evidence_hash(replace(table, uid="another"), [hit]),
    ]
    assert digest not in others
    assert evidence_hash(with_cell_text(table, "goal", "别的"), [hit]) == digest


def test_cells_are_found_by_their_path():
    table, booklet = team_table(), seed_booklet()
    row, section = table.indicators[0], booklet.safeguards[0]
    assert cell_text(table, f"indicators/{row.uid}/value") == row.value
    assert row.name in cell_text(table, f"indicators/{row.uid}")
    assert (cell_text(table, "budget"), cell_text(table, "milestones/3")) == ("18000", "3\n25")
    assert (
        cell_text(booklet, f"safeguards/{section.uid}/items/{section.items[0].uid}") == section.items[0].text
    )
    for nowhere in ("", "indicators", "indicators/none/value", "nothing", "__class__", "goal/more"):
        assert cell_text(table, nowhere) == ""


def test_a_cell_is_replaced_by_its_path():
    booklet = seed_booklet()
    section = booklet.safeguards[0]
    changed = with_cell_text(booklet, f"safeguards/{section.uid}/items/{section.items[0].uid}", "改")
    assert changed.safeguards[0].items[0] == NarrativeItem("改")
    assert changed.safeguards[1:] == booklet.safeguards[1:]
    assert with_cell_text(team_table(), "goal", "改").goal == "改"


@pytest.mark.parametrize(
    "path", ["", "indicators", "indicators/none/value", "budget", "nothing", "goal/more"]
)
def test_what_is_no_text_cannot_be_replaced(path):
    with pytest.raises(NoSuchCellError):
        with_cell_text(team_table(), path, "改")


# Judging


@pytest.mark.parametrize("persona", ["leader", "supervisor", "reviewer"])
def test_reviewers_of_the_unit_judge(tables, explained, persona, request):
    user = request.getfixturevalue(persona)
    explained = Explanation.objects.get(pk=explained.pk)  # the supervisor's department came above it since
    judge_explanation(explanation=explained, accepted=True, actor=user)
    answer = Explanation.objects.get()
    assert (answer.verdict, answer.judge, item(tables[0]).blocks) == (Verdict.ACCEPTED, user, False)
    entry = Entry.objects.last()
    assert (entry.action, entry.actor) == ("judge_explanation", user)
    assert (entry.changes[0]["before"], entry.changes[0]["after"]) == ("待审", "采纳")


def test_a_rejected_explanation_blocks_again(tables, explained, reviewer):
    judge_explanation(explanation=explained, accepted=False, remark="请列明单价", actor=reviewer)
    assert item(tables[0]).blocks
    assert Finding.objects.blocking().filter(rule=RULE, run__declaration=tables[0]).exists()
    entry = Entry.objects.last()
    assert (entry.changes[0]["after"], entry.reason) == ("不采纳：请列明单价", "请列明单价")


@pytest.mark.parametrize("persona", ["preparer", "auditor", "administrator", "outsider"])
def test_others_do_not_judge(explained, persona, request):
    user = request.getfixturevalue(persona)
    refused(lambda: judge_explanation(explanation=explained, accepted=True, actor=user), PermissionDenied)


def test_nobody_judges_what_they_wrote(department_year, explained, preparer):
    grant_role(user=preparer, role=Role.LEADER, department=department_year.department, actor=None)
    refused(
        lambda: judge_explanation(explanation=explained, accepted=True, actor=preparer),
        PermissionDenied,
        match="自己写的",
    )


def test_a_rejection_says_why(explained, reviewer):
    refused(
        lambda: judge_explanation(explanation=explained, accepted=False, remark=" ", actor=reviewer),
        ExplanationError,
        match="写明意见",
    )


def test_a_lapsed_explanation_is_not_judged(tables, explained, reviewer):
    edit(tables[0], f"{cost_row(tables[0])}/value", "≤18000元")
    refused(
        lambda: judge_explanation(explanation=explained, accepted=True, actor=reviewer),
        ExplanationError,
        match="已有改动",
    )


def test_an_explanation_rewritten_since_it_was_read_is_not_judged(tables, explained, preparer, reviewer):
    explain(rule=RULE, declarations=tables[:1], text="改写后的理由：只有一项支出。", actor=preparer)
    refused(
        lambda: judge_explanation(explanation=explained, accepted=True, actor=reviewer),
        ExplanationError,
        match="已有改动",
    )


# Reuse


def test_phrases_of_the_unit_come_most_used_first(tables, department_year, other_department_year, preparer):
    explain(rule="R38", declarations=tables[:1], text="另一条说明的理由", actor=preparer)
    explain(rule=RULE, declarations=tables, text=TEXT, actor=preparer)
    assert phrases_of(department_year.department) == [TEXT, "另一条说明的理由"]
    assert phrases_of(department_year.department, rule="R38") == ["另一条说明的理由"]
    assert phrases_of(other_department_year.department) == []
