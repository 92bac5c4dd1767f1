"""R55 and R56, and the index that finds tables alike."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.checks import Context, Policy, Severity, State, check_table
from indicators.checks.signatures import COMMON, Alike, AlikeIndex, entry_of, signature_of
from indicators.document import Indicator
from tests.documents import target_tables
from tests.sample_documents import blank_table, party_table, team_table


def _table(*rows: tuple[str, str], name="甲项目", **fields):
    indicators = tuple(Indicator("产出指标", "数量指标", title, "", value) for title, value in rows)
    return replace(team_table(), name=name, indicators=indicators, **fields)


def _rows(*numbers: int):
    return [(f"第{number}项工程完成里程", f"≥{number}公里") for number in numbers]


def _outcome(code, table, context):
    return next(found for found in check_table(table, context) if found.rule.code == code)


# R55


@pytest.mark.parametrize(("table", "other"), [(team_table(), party_table()), (party_table(), team_table())])
def test_the_real_tables_share_two_of_six(table, other):
    outcome = _outcome("R55", table, Context(siblings=(other,)))
    (hit,) = outcome.hits
    assert (hit.path, outcome.severity) == ("indicators", Severity.HINT)
    assert hit.evidence == "提供优质服务≥95百分比；服务对象满意度≥90百分比"
    assert "6项指标中有2项" in hit.message
    assert other.name in hit.message


@pytest.mark.parametrize(
    ("own", "other", "severity"),
    [
        ((1, 2, 3, 4, 5), (1, 2, 3, 4, 9), Severity.WARNING),  # 80 %
        ((1, 2, 3), (1, 2, 3), Severity.WARNING),
        ((1, 2, 3, 4, 5), (1, 2, 3, 8, 9), Severity.HINT),
        ((1, 2), (1, 2), Severity.HINT),  # two rows are no template
        ((1, 2, 3, 4, 5, 6, 7), (1, 2, 8, 9), None),  # 28 %
        ((1, 2, 3), (1, 8, 9), None),  # one in common
        ((1, 2, 3), (4, 5, 6), None),
    ],
)
def test_how_many_indicators_may_be_the_same(own, other, severity):
    outcome = _outcome(
        "R55", _table(*_rows(*own)), Context(siblings=(_table(*_rows(*other), name="乙项目"),))
    )
    found = outcome.severity if outcome.state == State.FOUND else None
    assert found == severity


def test_the_likest_of_several_is_named():
    own = _table(*_rows(1, 2, 3, 4))
    siblings = (_table(*_rows(1, 2), name="远"), _table(*_rows(1, 2, 3), name="近"))
    (hit,) = _outcome("R55", own, Context(siblings=siblings)).hits
    assert "“近”" in hit.message


def test_spellings_of_one_value_are_the_same():
    own, other = (
        _table(("满意度", "≥95百分比"), ("合格率", ">=90%")),
        _table(("满意度 ", "≥95％"), ("合格率", "≥ 90%")),
    )
    assert signature_of(own) == signature_of(other)
    assert entry_of(own.indicators[0]) != entry_of(own.indicators[1])


def test_another_value_is_another_indicator():
    own, other = _table(("补助人数", "≥30人")), _table(("补助人数", "≥31人"))
    assert signature_of(own) != signature_of(other)


def test_the_bureau_may_set_the_share():
    policy = Policy({}, {"alike_copy_percent": 30})
    own, other = _table(*_rows(1, 2, 3, 4, 5)), _table(*_rows(1, 2, 3, 8, 9))
    assert _outcome("R55", own, Context(policy=policy, siblings=(other,))).severity == Severity.WARNING


def test_tables_found_by_a_batch_stand_in_for_siblings():
    own = _table(*_rows(1, 2, 3, 4))
    elsewhere = Alike.of(_table(*_rows(1, 2, 3, 4), name="乙项目", department_name="教育局"))
    (hit,) = _outcome("R55", own, Context(siblings=(party_table(),), alike=(elsewhere,))).hits
    assert "教育局项目“乙项目”" in hit.message
    assert _outcome("R55", own, Context(siblings=(own,), alike=())).state == State.PASSED
    assert _outcome("R55", own, Context(siblings=(own,))).state == State.PASSED  # itself


def test_a_table_alone_cannot_be_compared():
    outcome = _outcome("R55", team_table(), Context())
    assert (outcome.state, outcome.reason) == (State.NOT_RUN, "没有其他项目的绩效目标表，无法比对。")
    assert _outcome("R55", blank_table(), Context(siblings=(team_table(),))).state == State.NOT_RUN
    assert _outcome("R55", team_table(), Context(siblings=(blank_table(),))).state == State.PASSED


# The index


def _most_alike(signatures, number, least):
    """Return how many entries the likest other signature shares, found by looking at all of them."""
    own = set(signatures[number])
    shared = max((len(own & set(other)) for at, other in enumerate(signatures) if at != number), default=0)
    return shared if shared and shared >= least * len(own) else 0


small_sets = st.lists(st.sets(st.integers(0, 30), max_size=6).map(sorted).map(tuple), max_size=COMMON)


@given(small_sets, st.sampled_from([0.3, 0.5, 0.8]))
def test_among_few_tables_the_index_is_exact(signatures, least):
    index = AlikeIndex(signatures)
    for number, signature in enumerate(signatures):
        found = index.alike(signature, number=number, least=least)
        assert (found[0].shared if found else 0) == _most_alike(signatures, number, least)


def test_templates_that_hundreds_share_are_found():
    template = tuple(range(1, 7))
    signatures = [(*template[1:], 1000 + number) for number in range(300)] + [(7, 8, 9)]
    index = AlikeIndex(signatures)
    assert [index.alike(signatures[at], number=at, least=0.8)[0].shared for at in (0, 150, 299)] == [5, 5, 5]
    assert index.alike(signatures[300], number=300) == []
    assert index.alike(template, least=0.8)[0].shared == 5
    assert len(index.alike(signatures[0], number=0, most=3)) == 3
    assert len(index) == 301


def test_looking_up_takes_a_share_of_the_index_that_does_not_grow():
    rng = random.Random(1)
    common = list(range(100))
    signatures = [
        tuple(sorted({*rng.sample(common, 3), *(rng.getrandbits(40) for _ in range(5))}))
        for _ in range(20_000)
    ]
    copied = (*signatures[77][:-1], 5)
    index = AlikeIndex([*signatures, copied])
    (neighbour,) = index.alike(copied, number=20_000, least=0.5)
    assert neighbour.number == 77
    assert neighbour.shared == len(signatures[77]) - 1


# R56

GOAL = (
    "1、培训党务干部500人次。2、举办入党积极分子培训班2期。"
    "3、开展“两优一先”评选活动，组织新党员集体入党宣誓。"
)


def _years(goal, before):
    table = replace(party_table(), goal=goal)
    return table, Context(last_year=replace(table, year=2023, goal=before))


@pytest.mark.parametrize(
    ("goal", "before", "found"),
    [
        (GOAL, GOAL, True),
        ("2024年，" + GOAL, "2023年度，" + GOAL, True),
        (GOAL, GOAL.replace("500", "450"), False),  # the year's own number
        (GOAL, GOAL.replace("2期", "3期"), False),
        (GOAL + "4、购置图书，建设党员活动室。", GOAL, False),
        (GOAL, "改造农村公路，改善沿线群众出行条件。", False),
    ],
)
def test_a_goal_copied_from_last_year(goal, before, found):
    outcome = _outcome("R56", *_years(goal, before))
    assert [hit.path for hit in outcome.hits] == (["goal"] if found else [])
    assert outcome.severity == Severity.HINT


def test_without_last_year_nothing_is_compared():
    outcome = _outcome("R56", team_table(), Context())
    assert (outcome.state, outcome.reason) == (State.NOT_RUN, "没有上年的绩效目标表，无法比对。")
    assert _outcome("R56", *_years("", GOAL)).reason == "本年或上年的绩效目标为空或过短，无法比对。"


@given(target_tables(), target_tables())
def test_no_text_crashes_the_comparison(table, other):
    context = Context(siblings=(other,), last_year=other, project_spending=Decimal(0))
    assert {outcome.rule.code for outcome in check_table(table, context)} >= {"R55", "R56"}
