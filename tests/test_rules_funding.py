"""R11–R15: 资金支出计划. A plan is written as the percents of the form's four nodes."""

from dataclasses import replace
from decimal import Decimal

import pytest

from indicators.checks import Context, Policy, Severity, State, check_table
from indicators.document import Milestone
from tests.sample_documents import party_table, team_table

E, W, H = Severity.ERROR, Severity.WARNING, Severity.HINT
MONTHS = (3, 6, 10, 12)


def planned(*percents, months=MONTHS, **values):
    milestones = tuple(
        Milestone(month, None if percent is None else Decimal(str(percent)))
        for month, percent in zip(months, percents, strict=True)
    )
    return replace(party_table(), milestones=milestones, **values)


def outcome(code, table, **context):
    return next(found for found in check_table(table, Context(**context)) if found.rule.code == code)


def paths(found):
    return [hit.path for hit in found.hits]


@pytest.mark.parametrize(
    ("percents", "path", "evidence"),
    [
        ((25, 50, 80, 95), "milestones/12", "95%"),
        ((30, 20, 80, 100), "milestones/6", "30%→20%"),
        ((-5, 50, 80, 100), "milestones/3", "-5%"),
        ((25, 50, 80, 260), "milestones/12", "260%"),
        ((25, 25, 25, 25), "milestones/12", "25%"),
        ((25, None, 20, 100), "milestones/10", "25%→20%"),
    ],
)
def test_r11_finds_plans_that_do_not_run_up_to_all(percents, path, evidence):
    found = outcome("R11", planned(*percents))
    assert [(hit.path, hit.evidence, hit.fix) for hit in found.hits] == [(path, evidence, None)]
    assert found.severity == E


@pytest.mark.parametrize(
    "table",
    [
        planned(25, 60, 75, 100),
        planned(0, 0, 0, 100),
        planned(100, 100, 100, 100),
        planned("16.67", 50, "83.33", 100),
        planned(25, 50, 80, None),
        planned(20, 40, 60, 80, 100, months=(2, 4, 6, 9, 12)),
    ],
)
def test_r11_passes_plans_that_run_up_to_all(table):
    assert outcome("R11", table).state == State.PASSED


@pytest.mark.parametrize("percents", [(25, 25, 25, 25), (0, 30, 30, 40), (33.33, 33.33, 33.33, 0)])
def test_r12_finds_shares_of_periods(percents):
    found = outcome("R12", planned(*percents))
    assert paths(found) == ["milestones"]
    assert found.severity == E


@pytest.mark.parametrize("percents", [(0, 0, 0, 100), (25, 60, 75, 100), (25, 60, 80, 100), (20, 30, 40, 50)])
def test_r12_passes_sums_that_are_cumulative_or_simply_wrong(percents):
    assert outcome("R12", planned(*percents)).state == State.PASSED


@pytest.mark.parametrize(
    ("table", "path"),
    [
        (planned(25, 60, 75, 100), "milestones/10"),
        (planned(25, 50, 68, 100), "milestones/10"),
        (planned(5, 50, 80, 100), "milestones/3"),
        (planned(25, 34, 80, 100), "milestones/6"),
        (planned(20, 40, 70, 100, months=(3, 5, 11, 12)), "milestones/11"),
    ],
)
def test_r13_finds_money_left_for_the_end_of_the_year(table, path):
    found = outcome("R13", table)
    assert paths(found) == [path]
    assert found.severity == W


def test_r13_says_how_far_behind_and_how_much_is_left():
    hit = outcome("R13", planned(25, 50, 60, 100)).hits[0]
    assert hit.message == ("10月底的支出计划为60%，比序时进度83.3%落后23.3个百分点，有40%留到最后2个月支出。")


@pytest.mark.parametrize(
    "table",
    [
        planned(25, 60, 80, 100),
        planned(10, 35, 76, 100),
        planned(100, 100, 100, 100),
        planned("10.00", "35.00", "75.01", 100),
        planned(20, 40, 60, 100, months=(3, 6, 9, 12)),
    ],
)
def test_r13_passes_plans_that_keep_pace_or_run_ahead(table):
    assert outcome("R13", table).state == State.PASSED


def test_r13_keeps_to_the_thresholds_of_the_year():
    lenient = Policy({}, {"behind_schedule": 30, "left_for_year_end": 50})
    assert outcome("R13", planned(25, 50, 60, 100), policy=lenient).state == State.PASSED
    strict = Policy({}, {"left_for_year_end": 20})
    assert paths(outcome("R13", planned(25, 60, 80, 100), policy=strict)) == ["milestones/10"]


@pytest.mark.parametrize(
    ("table", "path"),
    [
        (planned(25, 60, 80, 100), "milestones/6"),
        (planned(25, 50, 95, 100), "milestones/10"),
        (planned(25, 50, 70, 100), "milestones/12"),
        (planned(25, 60, 80, 100, purpose="工委于2018年12月成立，开展团的工作。"), "milestones/6"),
    ],
)
def test_r14_finds_jumps_without_a_word(table, path):
    found = outcome("R14", table)
    assert paths(found) == [path]
    assert found.severity == H


@pytest.mark.parametrize(
    "table",
    [
        planned(25, 59.99, 80, 100),
        planned(25, 50, 83.33, 100),
        planned(60, 80, 90, 100),
        planned(25, 60, 80, 100, goal="1、七一前完成“两优一先”评选表彰。"),
        planned(25, 60, 80, 100, purpose="设备到货后支付合同款的一半。"),
        planned(25, 60, 80, 100, goal="4月底前完成集中培训。"),
    ],
)
def test_r14_passes_even_plans_and_jumps_that_are_told(table):
    assert outcome("R14", table).state == State.PASSED


@pytest.mark.parametrize("code", ["R11", "R12", "R13", "R14"])
@pytest.mark.parametrize("table", [planned(months=()), planned(None, None, None, None)])
def test_a_blank_plan_is_not_judged(code, table):
    found = outcome(code, table)
    assert (found.state, found.reason) == (State.NOT_RUN, "没有填写资金支出计划。")


@pytest.mark.parametrize("code", ["R12", "R13", "R14"])
def test_a_plan_with_gaps_is_not_compared(code):
    found = outcome(code, planned(25, None, 80, 100))
    assert (found.state, found.reason) == (State.NOT_RUN, "资金支出计划没有填全。")


@pytest.mark.parametrize("code", ["R13", "R14"])
@pytest.mark.parametrize("percents", [(25, 25, 25, 25), (30, 20, 80, 100), (-5, 60, 80, 100)])
def test_the_pace_of_a_wrong_plan_is_not_judged(code, percents):
    found = outcome(code, planned(*percents))
    assert (found.state, found.reason) == (
        State.NOT_RUN,
        "资金支出计划不是逐期累计到100%（见R11），改正后再比较进度。",
    )


def others(*plans):
    return tuple(replace(planned(*plan), uid=f"{number}") for number, plan in enumerate(plans))


USUAL, OTHER, THIRD = (25, 50, 80, 100), (20, 45, 80, 100), (30, 60, 90, 100)


@pytest.mark.parametrize(
    ("siblings", "message"),
    [
        ((USUAL, OTHER), "本单位3个项目中有2个的支出计划同为25%、50%、80%、100%。"),
        ((USUAL, USUAL, OTHER, THIRD), "本单位5个项目中有3个的支出计划同为25%、50%、80%、100%。"),
    ],
)
def test_r15_finds_a_plan_most_projects_share(siblings, message):
    found = outcome("R15", planned(*USUAL), siblings=others(*siblings))
    assert [(hit.path, hit.message) for hit in found.hits] == [("milestones", message)]
    assert found.severity == H


@pytest.mark.parametrize("siblings", [(OTHER, THIRD), (USUAL, OTHER, THIRD), (OTHER, OTHER)])
def test_r15_passes_a_plan_that_few_share(siblings):
    assert outcome("R15", planned(*USUAL), siblings=others(*siblings)).state == State.PASSED


@pytest.mark.parametrize(
    ("table", "siblings", "reason"),
    [
        (planned(*USUAL), (), "本单位只有1个项目，不足3个。"),
        (planned(*USUAL), (USUAL,), "本单位只有2个项目，不足3个。"),
        (planned(months=()), (USUAL, USUAL), "没有填写资金支出计划。"),
    ],
)
def test_r15_is_not_run_with_too_little_to_compare(table, siblings, reason):
    found = outcome("R15", table, siblings=others(*siblings))
    assert (found.state, found.reason) == (State.NOT_RUN, reason)


def test_the_real_plans_have_what_a_reviewer_finds():
    team, party = team_table(), party_table()
    found = {code: [paths(outcome(code, table)) for table in (team, party)] for code in ("R11", "R12", "R13")}
    assert found == {"R11": [[], []], "R12": [[], []], "R13": [["milestones/10"], []]}
    for table, other in ((team, party), (party, team)):
        assert paths(outcome("R14", table)) == ["milestones/6"]
        assert outcome("R15", table, siblings=(other,)).state == State.NOT_RUN
