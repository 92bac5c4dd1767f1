"""R16–R23: the frame of tiers, the number of indicators, their weights."""

from dataclasses import replace
from decimal import Decimal
from importlib import import_module

import pytest
from hypothesis import given, settings

from indicators.checks import RULES, Context, Severity, State, TableFacts, check_table
from indicators.demo_data.generator import generate
from indicators.document.model import Beneficiaries, Indicator
from indicators.frames import FRAMES
from tests.documents import target_tables
from tests.sample_documents import party_table, team_table

E, W, H = Severity.ERROR, Severity.WARNING, Severity.HINT
CODES = tuple(f"R{number}" for number in range(16, 24))
OUTPUT, EFFECT, SATISFACTION = "产出指标", "效益指标", "满意度指标"
TASKS = "1、改造道路。2、维修路灯。3、栽植行道树。"


def _outcome(code, table, context=None):
    return next(found for found in check_table(table, context) if found.rule.code == code)


def _hits(code, table, context=None):
    """Return (row, severity, evidence) of every hit."""
    outcome = _outcome(code, table, context)
    return [(hit.row, hit.severity or outcome.rule.severity, hit.evidence) for hit in outcome.hits]


def _table(*tiers, **fields):
    """Return the team's table with a differently named indicator for each pair of tiers."""
    rows = tuple(
        Indicator(first, second, f"指标{number}", f"描述{number}", f"≥{number}项", "计划标准")
        for number, (first, second) in enumerate(tiers, start=1)
    )
    return replace(team_table(), indicators=rows, **fields)


OLD_FRAME = (
    *((OUTPUT, "数量指标"), (OUTPUT, "质量指标"), (OUTPUT, "时效指标"), (OUTPUT, "成本指标")),
    *((EFFECT, "社会效益指标"), (SATISFACTION, "服务对象满意度指标")),
)
NEW_FRAME = (
    *(("成本指标", "经济成本指标"), (OUTPUT, "数量指标"), (OUTPUT, "质量指标"), (OUTPUT, "时效指标")),
    *((EFFECT, "社会效益指标"), (SATISFACTION, "服务对象满意度指标")),
)
SHORT_NAMES = (
    *(("成本", "经济成本"), ("产出", "数量"), ("产出\n", "质量 "), ("产出", "时效")),
    *(("效益", "社会效益"), ("满意度", "社会公众满意度")),
)


def test_pure_frames_are_those_of_the_database():
    migration = import_module("indicators.migrations.0002_frames")
    assert {code: tiers for (code, _), tiers in migration.FRAMES.items()} == FRAMES


# What is missing


def _without(tiers, *left_out):
    return tuple(pair for pair in tiers if not set(pair) & set(left_out))


@pytest.mark.parametrize(
    ("tiers", "found"),
    [
        (_without(OLD_FRAME, EFFECT), [(None, E, "效益指标")]),
        (_without(NEW_FRAME, OUTPUT), [(None, E, "产出指标")]),
        (_without(OLD_FRAME, SATISFACTION), [(None, W, "满意度指标")]),
        ((), [(None, E, "产出指标"), (None, E, "效益指标"), (None, W, "满意度指标")]),
        (OLD_FRAME, []),
        (SHORT_NAMES, []),
        ((("", "数量指标"), ("", "社会效益指标"), ("", "满意度指标")), []),
    ],
)
def test_r16_asks_for_output_effect_and_satisfaction(tiers, found):
    assert _hits("R16", _table(*tiers)) == found


def test_r16_asks_no_satisfaction_where_nobody_is_served():
    table = _table(*_without(OLD_FRAME, SATISFACTION))
    assert _hits("R16", replace(table, beneficiaries=Beneficiaries.NO)) == []
    assert _hits("R16", replace(table, beneficiaries=Beneficiaries.YES)) == [(None, W, "满意度指标")]


@pytest.mark.parametrize(
    ("tiers", "found"),
    [
        (_without(OLD_FRAME, "数量指标"), [(None, W, "数量指标")]),
        (_without(NEW_FRAME, "质量指标"), [(None, W, "质量指标")]),
        (_without(OLD_FRAME, "时效指标"), []),  # 时效 is set as needed
        (SHORT_NAMES, []),
    ],
)
def test_r17_asks_for_count_and_quality(tiers, found):
    assert _hits("R17", _table(*tiers)) == found


@pytest.mark.parametrize(
    ("frame", "name", "found"),
    [
        ("2015", "2024年度宣传经费", [(None, W, "成本指标")]),
        ("2021", "2024年度宣传经费", [(None, H, "成本指标")]),
        ("", "2024年度宣传经费", [(None, H, "成本指标")]),
        ("2021", "第一中学校舍维修工程", [(None, W, "工程")]),
        ("2021", "公安局执法记录仪购置项目", [(None, W, "购置")]),
    ],
)
def test_r18_asks_for_cost_and_urges_works_and_purchases(frame, name, found):
    tiers = _without(NEW_FRAME, "成本指标")
    assert _hits("R18", _table(*tiers, frame=frame, name=name)) == found


@pytest.mark.parametrize("tiers", [OLD_FRAME, NEW_FRAME, ((OUTPUT, "数量"), ("成本", "生态环境成本"))])
def test_r18_is_content_with_any_cost(tiers):
    assert _hits("R18", _table(*tiers, frame="", name="校舍维修工程")) == []


# Places


@pytest.mark.parametrize(
    ("frame", "tiers", "found"),
    [
        ("2021", OLD_FRAME, [(4, E, "产出指标—成本指标")]),
        ("2015", NEW_FRAME, [(1, E, "成本指标—经济成本指标")]),
        ("", (*OLD_FRAME, (EFFECT, "数量指标")), [(7, E, "效益指标—数量指标")]),
        ("", (*NEW_FRAME, (OUTPUT, "社会效益指标")), [(7, E, "产出指标—社会效益指标")]),
        ("2021", (*NEW_FRAME, (EFFECT, "可持续影响指标")), [(7, E, "效益指标—可持续影响指标")]),
        ("2015", OLD_FRAME, []),
        ("2021", NEW_FRAME, []),
        ("", OLD_FRAME, []),
        ("", SHORT_NAMES, []),
        ("", (*NEW_FRAME, (EFFECT, "可持续影响指标")), []),  # kept by many forms with 成本 in front
        ("2015", (*OLD_FRAME, (EFFECT, "生态环境质量指标"), (EFFECT, ""), ("", "数量指标")), []),
        ("2015", (*OLD_FRAME, ("过程指标", "管理指标")), []),
    ],
)
def test_r19_knows_where_a_second_tier_belongs(frame, tiers, found):
    assert _hits("R19", _table(*tiers, frame=frame)) == found


def test_r19_points_to_the_cell():
    table = _table(*OLD_FRAME, frame="2021")
    (hit,) = _outcome("R19", table).hits
    assert hit.path == f"indicators/{table.indicators[3].uid}/second_tier"
    assert hit.fix is None
    assert "应列在成本指标下" in hit.message


@pytest.mark.parametrize(
    ("frame", "tiers"),
    [
        ("", _without(OLD_FRAME, "成本指标")),
        ("", (*OLD_FRAME, *NEW_FRAME)),
        ("1999", OLD_FRAME),
    ],
)
def test_r19_is_not_run_where_the_frame_is_unknown(frame, tiers):
    outcome = _outcome("R19", _table(*tiers, frame=frame))
    assert (outcome.state, outcome.reason[-1]) == (State.NOT_RUN, "。")


# Numbers


@pytest.mark.parametrize(
    ("goal", "tiers", "hits"),
    [
        (TASKS, OLD_FRAME, 1),
        ("改善出行条件。\n" + TASKS, NEW_FRAME, 1),
        ("改善出行条件。\n1、改造道路。2、维修路灯。", OLD_FRAME, 0),  # the opening is no task
        ("1、改造道路。2、维修路灯。", OLD_FRAME, 0),
        ("改造道路。维修路灯。栽植行道树。", OLD_FRAME, 0),  # not numbered
        (TASKS, (*OLD_FRAME, (OUTPUT, "数量指标")), 0),
        (TASKS, (*OLD_FRAME, ("产出", "数量")), 0),
        ("道路改造2.5公里。路灯3.5万元。树4.5亩。", OLD_FRAME, 0),
    ],
)
def test_r20_counts_tasks_against_indicators(goal, tiers, hits):
    found = _hits("R20", _table(*tiers, goal=goal))
    assert len(found) == hits
    assert all(severity == W and "维修路灯" in evidence for _, severity, evidence in found)


@pytest.mark.parametrize(
    ("budget", "rows", "found"),
    [
        ("50000000.00", 5, [(None, H, "5项")]),
        ("18000.00", 16, [(None, H, "16项")]),
        ("18000.00", 3, [(None, H, "3项")]),
        ("50000000.00", 6, []),
        ("50000000.00", 30, []),
        ("18000.00", 5, []),
        ("18000.00", 15, []),
    ],
)
def test_r21_weighs_the_number_of_indicators_with_the_budget(budget, rows, found):
    assert _hits("R21", _table(*[(OUTPUT, "数量指标")] * rows, budget=Decimal(budget))) == found


def _row(name, description, value):
    return Indicator(OUTPUT, "数量指标", name, description, value)


@pytest.mark.parametrize(
    ("second", "found"),
    [
        (_row("验收合格率", "合格数占总数", "≥95%"), [(2, E, "验收合格率")]),
        (_row("验收 合格率", "合格数\n占总数", "≥ 95%"), [(2, E, "验收合格率")]),
        (_row("验收合格率", "路灯合格数占总数", "≥95%"), [(2, H, "验收合格率")]),
        (_row("验收合格率", "合格数占总数", "≥98%"), [(2, H, "验收合格率")]),
        (_row("一次验收合格率", "合格数占总数", "≥95%"), []),
        (_row("", "合格数占总数", "≥95%"), []),
    ],
)
def test_r22_tells_a_repeated_row_from_a_repeated_name(second, found):
    rows = (_row("验收合格率", "合格数占总数", "≥95%"), second)
    assert _hits("R22", replace(team_table(), indicators=rows)) == found


def test_r22_leaves_blank_rows_to_the_rule_about_blanks():
    assert _hits("R22", replace(team_table(), indicators=(_row("", "", ""),) * 3)) == []


def test_r22_takes_the_same_subsidy_for_three_groups_as_a_hint():
    groups = ("城市低保对象", "农村低保对象", "特困人员")
    rows = tuple(_row("补助标准", group, "＝600元/月") for group in groups)
    assert _hits("R22", replace(team_table(), indicators=rows)) == [(2, H, "补助标准"), (3, H, "补助标准")]


# Weights

WEIGHED = Context(has_weights=True)


def _weighed(tiers, *weights):
    table = _table(*tiers)
    rows = zip(table.indicators, weights, strict=True)
    indicators = (replace(row, weight=None if weight is None else Decimal(weight)) for row, weight in rows)
    return replace(table, indicators=tuple(indicators))


@pytest.mark.parametrize(
    ("tiers", "weights", "found"),
    [
        (NEW_FRAME, (20, 20, 10, 10, 20, 5), [(None, E, "85")]),
        (NEW_FRAME, (20, 20, 10, 10, 30, 0), [(6, E, "0")]),
        (NEW_FRAME, (20, 20, 10, -5, 35, 10), [(4, E, "-5")]),
        (NEW_FRAME, (20, 20, 10, None, 20, 10), [(4, E, ""), (None, E, "80")]),
        (NEW_FRAME, (10, 20, 20, 10, 20, 10), [(None, W, "成本指标10"), (None, W, "产出指标50")]),
        (NEW_FRAME, ("20.0", "20.5", "9.5", 10, 20, 10), []),
        (OLD_FRAME, (20, 10, 10, 10, 30, 10), []),
        (OLD_FRAME[:5], (20, 10, 10, 10, 40), []),  # without satisfaction its points go to the effects
        (NEW_FRAME[:5], (20, 20, 10, 10, 30), []),
    ],
)
def test_r23_sums_the_weights(tiers, weights, found):
    assert _hits("R23", _weighed(tiers, *weights), WEIGHED) == found


def test_r23_takes_the_total_of_the_year():
    hundred = Context(has_weights=True, weight_total=Decimal(100))
    table = _weighed(NEW_FRAME, 20, 20, 15, 15, 20, 10)
    assert _hits("R23", table, hundred) == []
    assert _hits("R23", table, WEIGHED) == [(None, E, "100")]


def test_r23_is_not_run_without_weights():
    assert _outcome("R23", _weighed(NEW_FRAME, 1, 1, 1, 1, 1, 1)).state == State.NOT_RUN


# All of them


@pytest.mark.parametrize("code", [code for code in CODES if code != "R16"])
def test_a_table_without_indicators_is_not_passed(code):
    outcome = _outcome(code, replace(team_table(), indicators=()), WEIGHED)
    assert (outcome.state, outcome.reason) == (State.NOT_RUN, "表中还没有绩效指标。")


def test_r21_is_not_run_without_a_budget():
    assert _outcome("R21", replace(team_table(), budget=None)).reason == "预算数为空。"


@pytest.mark.parametrize("code", CODES)
def test_the_real_tables_have_the_one_known_fault(code):
    states = {_outcome(code, table).state for table in (team_table(), party_table())}
    if code == "R20":
        assert _hits("R20", team_table()) == []
        ((row, severity, evidence),) = _hits("R20", party_table())
        assert (row, severity, evidence.count("；")) == (None, W, 4)
    else:
        assert states == {State.NOT_RUN if code == "R23" else State.PASSED}


def test_careful_tables_pass_and_planted_defects_are_found():
    """Over made-up tables of all kinds, for these rules and for those about values (R24–R35)."""
    codes = {*CODES, *(f"R{number}" for number in range(24, 36) if number != 33)}
    made = [
        pair
        for demo in generate(12, 8, seed=3)
        for pair in zip(demo.booklet.tables, demo.planted, strict=True)
    ]
    for table, defects in made:
        found = {outcome.rule.code: outcome for outcome in check_table(table) if outcome.rule.code in codes}
        missed = {defect.rule for defect in defects if defect.rule in codes} - {
            code for code, outcome in found.items() if outcome.state == State.FOUND
        }
        assert missed == set()
        if not defects:
            assert [outcome for outcome in found.values() if outcome.hits and outcome.severity != H] == []


@given(target_tables())
@settings(max_examples=60, deadline=None)
def test_no_table_breaks_a_rule(table):
    facts = TableFacts(table, WEIGHED)
    found = [hit for code in CODES if not RULES[code].blocked(facts) for hit in RULES[code].check(facts)]
    assert all(hit.message.endswith("。") for hit in found)
