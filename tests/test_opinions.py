"""绩效目标审核表: what the outcomes propose, and what a reviewer keeps."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from indicators.checks import (
    RULES,
    Context,
    Outcome,
    Quality,
    Severity,
    State,
    check_table,
)
from indicators.checks.model import Hit
from indicators.checks.opinion import Grade, PointOpinion, draft_opinion, lowest, quality_grades
from indicators.checks.review_points import REVIEW_POINTS, point_of, points_of
from indicators.document import content_hash
from indicators.findings import outcomes_of
from indicators.importers import read_booklet
from indicators.models import Opinion
from indicators.rows import load_table
from indicators.services import OpinionError, refresh_department_findings, save_opinion, save_table
from indicators.services.opinions import grades_of, is_open_to
from indicators.views.opinion_panel import opinion_form
from projects.models import Declaration
from tests.sample_documents import SEED
from trail.models import Entry
from workflow.models import Status
from workflow.services import RevisionConflictError, TransitionError

E, W, H = Severity.ERROR, Severity.WARNING, Severity.HINT
ALL_GOOD = {point.name: PointOpinion(Grade.GOOD) for point in REVIEW_POINTS}


def found(quality, *severities, state=State.FOUND):
    """Return outcomes of as many different rules under the 审核要点 of a quality that most rules speak to."""
    wanted = next(point for point in points_of(quality) if point.takes_rest)
    rules = (rule for code, rule in sorted(RULES.items()) if point_of(rule) == wanted)
    return [
        Outcome(replace(rule, title=f"标题{rule.code}"), state, severity, (Hit("goal", "话"),))
        for rule, severity in zip(rules, severities, strict=False)
    ]


def test_every_rule_speaks_to_a_point_of_its_quality():
    assert [point_of(rule).quality for rule in RULES.values()] == [rule.quality for rule in RULES.values()]
    claimed = [code for point in REVIEW_POINTS for code in point.rules]
    assert len(claimed) == len(set(claimed))
    assert set(claimed) <= set(RULES)
    assert all(RULES[code].quality == point.quality for point in REVIEW_POINTS for code in point.rules)


def test_the_points_are_those_of_the_official_form():
    labels = [[point.label for point in points_of(quality)] for quality in Quality]
    assert labels == [
        ["规范完整性", "明确清晰性"],
        ["目标相关性", "指标科学性"],
        ["绩效合理性", "资金匹配性"],
        ["实现可能性", "条件充分性"],
    ]


def test_a_quality_has_the_lowest_grade_of_its_points():
    grades = dict.fromkeys((point.name for point in REVIEW_POINTS), Grade.EXCELLENT)
    assert quality_grades(grades | {"clarity": Grade.POOR, "funding": Grade.FAIR}) == {
        Quality.COMPLETENESS: Grade.POOR,
        Quality.RELEVANCE: Grade.EXCELLENT,
        Quality.APPROPRIATENESS: Grade.FAIR,
        Quality.FEASIBILITY: Grade.EXCELLENT,
    }


@pytest.mark.parametrize(
    ("severities", "grade"),
    [
        ((), Grade.EXCELLENT),
        ((H, H, H), Grade.EXCELLENT),
        ((W,), Grade.GOOD),
        ((W, W, W), Grade.GOOD),
        ((E,), Grade.GOOD),
        ((E, W), Grade.FAIR),
        ((W, W, W, W), Grade.FAIR),
        ((E, E, E), Grade.FAIR),
        ((E, E, E, W), Grade.POOR),
    ],
)
def test_a_grade_follows_the_weight_of_what_was_found(severities, grade):
    opinion = draft_opinion(found(Quality.COMPLETENESS, *severities))
    assert opinion.grades[Quality.COMPLETENESS] == grade
    assert opinion.overall == grade


def test_a_heading_is_graded_by_its_own_findings():
    opinion = draft_opinion([*found(Quality.RELEVANCE, W, W, W, W), *found(Quality.COMPLETENESS, W)])
    assert [opinion.grades[quality] for quality in Quality] == [
        Grade.GOOD,
        Grade.FAIR,
        Grade.EXCELLENT,
        Grade.EXCELLENT,
    ]
    assert opinion.overall == Grade.FAIR


def test_tables_taken_together_are_graded_by_their_mean():
    one = found(Quality.RELEVANCE, W, W, W, W)
    clean = [replace(outcome, state=State.PASSED, hits=()) for outcome in one]
    assert draft_opinion(one).overall == Grade.FAIR
    assert draft_opinion([*one, *clean]).overall == Grade.GOOD


def test_what_passed_is_off_or_was_not_run_weighs_nothing():
    for state in (State.PASSED, State.OFF, State.NOT_RUN):
        outcomes = found(Quality.RELEVANCE, E, E, E, E, state=state)
        assert draft_opinion(outcomes).overall == Grade.EXCELLENT


def test_a_point_names_the_gravest_first_and_counts_the_others():
    first, second, third, fourth, fifth = found(Quality.COMPLETENESS, W, W, E, H, W)
    twice = replace(fifth, hits=fifth.hits * 2)
    draft = draft_opinion([first, second, third, fourth, twice])
    assert draft.points["form"] == PointOpinion(
        Grade.FAIR,
        f"{third.rule.title}（须改正，1处）；{twice.rule.title}（须说明，2处）；"
        f"{first.rule.title}（须说明，1处）；另有2项其他提示。",
    )
    assert draft.points["clarity"] == PointOpinion(Grade.EXCELLENT)
    assert draft.text.splitlines()[1].startswith("修改意见：1.")


def test_the_text_says_the_qualities_and_what_follows():
    assert draft_opinion([]).text.splitlines() == [
        "完整性为优，相关性为优，适当性为优，可行性为优。",
        "综合评定：优，可纳入预算。",
    ]


def test_the_overall_grade_is_the_lowest():
    assert lowest([Grade.GOOD, Grade.POOR, Grade.EXCELLENT]) == Grade.POOR


@pytest.mark.django_db
def test_the_form_begins_with_the_grades_of_the_draft(reviewed):
    refresh_department_findings(department_year=reviewed.department_year)
    draft, form = draft_opinion(outcomes_of(reviewed)), opinion_form(reviewed)
    assert draft.grades[Quality.APPROPRIATENESS] == Grade.FAIR
    assert form["appropriateness"].initial == Grade.FAIR
    assert form["relevance"].initial is None  # the lowest of its points


def test_the_real_booklet_is_to_be_revised_and_filed_again():
    booklet = read_booklet(SEED).booklet
    first, second = booklet.tables
    outcomes = [
        *check_table(first, Context(booklet=booklet, siblings=(second,), region_code="130209")),
        *check_table(second, Context(booklet=booklet, siblings=(first,), region_code="130209")),
    ]
    opinion = draft_opinion(outcomes)
    assert [opinion.grades[quality].label for quality in Quality] == ["良", "中", "中", "良"]
    assert (opinion.overall.label, opinion.overall.consequence) == ("中", "修改完善后重报")
    assert "综合评定：中，修改完善后重报。" in opinion.text


def test_a_quality_is_graded_by_what_all_its_points_have_together():
    codes = ("R27", "R57", "R37", "R38")
    opinion = draft_opinion([Outcome(RULES[code], State.FOUND, W, (Hit("goal", "话"),)) for code in codes])
    assert [opinion.points[name].grade for name in ("level", "funding")] == [Grade.GOOD, Grade.GOOD]
    assert opinion.grades[Quality.APPROPRIATENESS] == Grade.FAIR


# What a reviewer keeps


@pytest.fixture
def reviewed(declaration):
    """Return the first table where the finance bureau has it."""
    Declaration.objects.update(status=Status.FINANCE_FIRST)
    declaration.refresh_from_db()
    return declaration


def keep(declaration, actor, **other):
    given = {"revision": declaration.revision, "points": ALL_GOOD, "text": "同意，完善指标值。", **other}
    return save_opinion(declaration=declaration, actor=actor, **given)


@pytest.mark.django_db
def test_the_stored_outcomes_draft_an_opinion(department_year, reviewed, reviewer):
    refresh_department_findings(department_year=department_year)
    draft = draft_opinion(outcomes_of(reviewed))
    opinion = keep(reviewed, reviewer, points=draft.points, grades=draft.grades, text=draft.text)
    assert grades_of(opinion) == draft.grades
    assert (opinion.overall, opinion.text) == (draft.overall, draft.text)
    assert opinion.points["clarity"] == {"grade": "good", "text": draft.points["clarity"].text}


@pytest.mark.django_db
def test_an_opinion_is_kept_with_the_hash_of_what_was_read(reviewed, reviewer):
    keep(reviewed, reviewer)
    opinion = Opinion.objects.get()
    assert (opinion.overall, opinion.author) == (Grade.GOOD, reviewer)
    assert opinion.document_hash == content_hash(load_table(reviewed))
    Declaration.objects.update(status=Status.RETURNED)
    reviewed.refresh_from_db()
    table = replace(load_table(reviewed), goal="改")
    save_table(declaration=reviewed, table=table, revision=reviewed.revision, actor=None)
    assert opinion.document_hash != content_hash(load_table(reviewed))


@pytest.mark.django_db
def test_a_grade_of_its_own_stands_against_the_lowest_of_the_points(reviewed, reviewer):
    points = ALL_GOOD | {"clarity": PointOpinion(Grade.POOR, "目标不能衡量。")}
    assert keep(reviewed, reviewer, points=points).overall == Grade.POOR
    opinion = keep(reviewed, reviewer, points=points, grades={Quality.COMPLETENESS: Grade.FAIR})
    assert (opinion.completeness, opinion.overall) == (Grade.FAIR, Grade.FAIR)
    assert keep(reviewed, reviewer, points=points, overall=Grade.GOOD).overall == Grade.GOOD


@pytest.mark.django_db
def test_the_trail_holds_what_changed_in_an_opinion(reviewed, reviewer):
    keep(reviewed, reviewer)
    keep(reviewed, reviewer, points=ALL_GOOD | {"goal": PointOpinion(Grade.FAIR, "与职责不符。")})
    entry = Entry.objects.last()
    assert (entry.action, entry.kind, entry.object_id) == ("save_opinion", "declaration", str(reviewed.pk))
    assert entry.capacity == "财政审核人"
    assert [(change["place"], change["before"], change["after"]) for change in entry.changes] == [
        ("审核意见 相关性", "良", "中"),
        ("审核意见 综合评定等级", "良", "中"),
        ("审核意见 目标相关性", "良", "中 与职责不符。"),
    ]


@pytest.mark.django_db
def test_the_same_opinion_again_writes_nothing(reviewed, reviewer):
    keep(reviewed, reviewer)
    entries = Entry.objects.count()
    keep(reviewed, reviewer)
    assert Entry.objects.count() == entries


def refused(declaration, user, error, **other):
    """Assert that a person's opinion is refused, and that it leaves nothing behind."""
    left = (Opinion.objects.count(), Entry.objects.count())
    with pytest.raises(error) as refusal:
        keep(declaration, user, **other)
    assert (Opinion.objects.count(), Entry.objects.count()) == left
    return refusal.value


@pytest.mark.django_db
@pytest.mark.parametrize("persona", ["preparer", "leader", "auditor", "administrator", "outsider"])
def test_only_supervisor_and_finance_keep_an_opinion(reviewed, persona, request):
    refused(reviewed, request.getfixturevalue(persona), PermissionDenied)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "persona"),
    [
        *((status, "reviewer") for status in Status if status not in ("finance_first",)),
        *((status, "supervisor") for status in Status if status != Status.AT_SUPERVISOR),
    ],
)
def test_an_opinion_is_kept_only_by_whose_turn_it_is(declaration, status, persona, request):
    user = request.getfixturevalue(persona)
    Declaration.objects.update(status=status)
    declaration.refresh_from_db()
    if persona == "reviewer" and status in (Status.FINANCE_SECOND, Status.FINANCE_THIRD):
        keep(declaration, user)
        return
    assert not is_open_to(user, declaration)
    refused(declaration, user, TransitionError)


@pytest.mark.django_db
def test_the_supervisor_keeps_one_at_its_level(declaration, supervisor):
    Declaration.objects.update(status=Status.AT_SUPERVISOR)
    declaration = Declaration.objects.get(pk=declaration.pk)
    assert keep(declaration, supervisor).author == supervisor


@pytest.mark.django_db
def test_nobody_reviews_what_they_prepared(declaration, reviewer):
    table = replace(load_table(declaration), goal="一年内办成两件事。")
    save_table(declaration=declaration, table=table, revision=declaration.revision, actor=reviewer)
    Declaration.objects.update(status=Status.FINANCE_FIRST)
    declaration.refresh_from_db()
    assert "不相容职务分离" in str(refused(declaration, reviewer, TransitionError))


@pytest.mark.django_db
def test_an_opinion_on_what_changed_meanwhile_is_refused(reviewed, reviewer):
    refused(reviewed, reviewer, RevisionConflictError, revision=reviewed.revision + 1)


@pytest.mark.django_db
def test_an_opinion_needs_all_grades_and_a_text(reviewed, reviewer):
    points = {name: said for name, said in ALL_GOOD.items() if name != "goal"}
    refusal = refused(reviewed, reviewer, OpinionError, points=points, text=" ")
    assert refusal.messages == ("选择目标相关性的等级。", "填写总体意见。")
