"""四性 opinions: what the outcomes propose, and what a reviewer keeps."""

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
from indicators.checks.opinion import Grade, draft_opinion, lowest
from indicators.document import content_hash
from indicators.findings import outcomes_of
from indicators.importers import read_booklet
from indicators.models import Opinion
from indicators.rows import load_table
from indicators.services import OpinionError, refresh_department_findings, save_opinion, save_table
from indicators.services.opinions import grades_of, is_of_today
from tests.sample_documents import SEED
from trail.models import Entry

E, W, H = Severity.ERROR, Severity.WARNING, Severity.HINT
ALL_GOOD = dict.fromkeys(Quality, Grade.GOOD)


def found(quality, *severities, state=State.FOUND):
    """Return outcomes of as many different rules under a quality."""
    rules = (rule for code, rule in sorted(RULES.items()) if rule.quality == quality)
    return [
        Outcome(replace(rule, title=f"标题{rule.code}"), state, severity, (Hit("goal", "话"),))
        for rule, severity in zip(rules, severities, strict=False)
    ]


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


def test_the_text_names_the_gravest_first_and_counts_the_others():
    first, second, third, fourth, fifth = found(Quality.COMPLETENESS, W, W, E, H, W)
    twice = replace(fifth, hits=fifth.hits * 2)
    line = draft_opinion([first, second, third, fourth, twice]).text.splitlines()[0]
    assert line.startswith(
        f"完整性：中。{third.rule.title}（须改正，1处）；{twice.rule.title}（须说明，2处）；"
        f"{first.rule.title}（须说明，1处），另有2项其他提示。"
    )


def test_the_text_says_what_was_not_run_and_what_follows():
    outcomes = found(Quality.COMPLETENESS, W, W, state=State.NOT_RUN)
    codes = "、".join(outcome.rule.code for outcome in outcomes)
    assert draft_opinion(outcomes).text.splitlines() == [
        *(f"{quality}：优。未见须改正、须说明的情形。" for quality in Quality),
        f"综合评定：优，可纳入预算。另有2条规则因缺少数据未运行（{codes}）。",
    ]


def test_the_overall_grade_is_the_lowest():
    assert lowest([Grade.GOOD, Grade.POOR, Grade.EXCELLENT]) == Grade.POOR


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


# What a reviewer keeps


def keep(declaration, actor, **other):
    given = {"grades": ALL_GOOD, "text": "同意，完善指标值。", **other}
    return save_opinion(declaration=declaration, actor=actor, **given)


@pytest.mark.django_db
def test_the_stored_outcomes_draft_an_opinion(department_year, declaration, reviewer):
    refresh_department_findings(department_year=department_year)
    draft = draft_opinion(outcomes_of(declaration))
    opinion = keep(declaration, reviewer, grades=draft.grades, overall=draft.overall, text=draft.text)
    assert grades_of(opinion) == draft.grades
    assert (opinion.overall, opinion.text) == (draft.overall, draft.text)


@pytest.mark.django_db
def test_an_opinion_is_kept_with_the_hash_of_what_was_read(declaration, reviewer):
    keep(declaration, reviewer)
    opinion = Opinion.objects.get()
    assert (opinion.overall, opinion.author) == (Grade.GOOD, reviewer)
    assert opinion.document_hash == content_hash(load_table(declaration))
    assert is_of_today(opinion)
    table = replace(load_table(declaration), goal="改")
    save_table(declaration=declaration, table=table, revision=declaration.revision, actor=None)
    assert not is_of_today(opinion)


@pytest.mark.django_db
def test_the_trail_holds_what_changed_in_an_opinion(declaration, reviewer):
    keep(declaration, reviewer)
    keep(declaration, reviewer, grades=ALL_GOOD | {Quality.RELEVANCE: Grade.FAIR})
    entry = Entry.objects.last()
    assert (entry.action, entry.kind, entry.object_id) == ("save_opinion", "declaration", str(declaration.pk))
    assert [(change["place"], change["before"], change["after"]) for change in entry.changes] == [
        ("审核意见 相关性", "良", "中"),
        ("审核意见 综合评定等级", "良", "中"),
    ]


@pytest.mark.django_db
def test_the_same_opinion_again_writes_nothing(declaration, reviewer):
    keep(declaration, reviewer)
    entries = Entry.objects.count()
    keep(declaration, reviewer)
    assert Entry.objects.count() == entries


@pytest.mark.django_db
@pytest.mark.parametrize("persona", ["preparer", "auditor", "administrator", "outsider"])
def test_only_reviewers_keep_an_opinion(declaration, persona, request):
    user = request.getfixturevalue(persona)
    entries = Entry.objects.count()
    with pytest.raises(PermissionDenied):
        keep(declaration, user)
    assert (Opinion.objects.count(), Entry.objects.count()) == (0, entries)


@pytest.mark.django_db
def test_an_opinion_needs_all_grades_and_a_text(declaration, reviewer):
    entries = Entry.objects.count()
    with pytest.raises(OpinionError) as refused:
        keep(declaration, reviewer, grades={Quality.RELEVANCE: Grade.GOOD}, text=" ")
    assert refused.value.messages == (
        "请选择完整性的等级。",
        "请选择适当性的等级。",
        "请选择可行性的等级。",
        "请填写总体意见。",
    )
    assert (Opinion.objects.count(), Entry.objects.count()) == (0, entries)
