"""R36–R40: cost indicators against the budget."""

from dataclasses import replace
from decimal import Decimal

import pytest

from indicators.checks import RULES, Context, Policy, Severity, State, check_table
from indicators.checks.facts import TableFacts
from indicators.checks.rules.cost import amount_in_yuan, unit_cost_references
from indicators.document import Indicator
from tests.sample_documents import blank_table, hostile_table, long_table, party_table, team_table


def _table(*costs: tuple[str, str], budget="297300", tiers=("产出指标", "成本指标"), **fields):
    """Return a table with these cost rows (name or name|description, value)."""
    rows = tuple(
        Indicator(*tiers, *(name.split("|") if "|" in name else (name, "")), value) for name, value in costs
    )
    amount = None if budget is None else Decimal(budget)
    return replace(
        party_table(), name="2024年度培训经费", goal="", purpose="", budget=amount, indicators=rows, **fields
    )


def _outcome(code, table, context=None):
    return next(found for found in check_table(table, context) if found.rule.code == code)


def _rows(code, table, context=None):
    return [hit.row for hit in _outcome(code, table, context).hits]


FOUND = [
    # rule, budget in 元, cost rows, rows found
    ("R36", "18000", [("项目总成本", "≤18万元")], [1]),
    ("R36", "18000", [("项目总成本", "≤1.81万元")], [1]),
    ("R36", "18000", [("设备购置成本", "≤0.5万元"), ("租赁成本", "=2万元")], [2]),
    ("R36", "297300", [("培训成本", "0.01亿元")], [1]),
    ("R36", "18000", [("资金成本", "≤18001元")], [1]),
    ("R36", "2860000", [("改造安装费用|设备就位和调试合同金额", "≤1900万元")], [1]),
    ("R37", "297300", [("资金成本", "≤29.73万元")], [1]),
    ("R37", "297300", [("资金成本", "297300元")], [1]),
    ("R37", "3082145.43", [("项目成本", "≤308.21万元")], [1]),
    ("R37", "297300", [("成本控制数", "＝29.73万元"), ("成本节约率", "≥5%")], [1]),
    ("R38", "297300", [("资金成本|降低资金成本、节约预算资金", "≤29.73万元")], [1]),
    ("R38", "297300", [("节约办公经费", "≤29.73万元")], [1]),
    ("R39", "100000", [("设备购置成本", "≤8万元"), ("安装调试成本", "≤4万元")], [1, 2]),
    ("R39", "100000", [("设备购置成本|按合同金额", "≤8万元"), ("安装成本|中标价", "≤4万元")], [1, 2]),
    ("R39", "100000", [("场租", "≤5万元"), ("师资", "≤4万元"), ("餐费", "≤30000元")], [1, 2, 3]),
]

SILENT = [
    # equal is not more; the budget rounded up to the decimals typed is not more
    ("R36", "18000", [("资金成本", "≤1.8万元")]),
    ("R36", "3082145.43", [("项目成本", "≤308.22万元")]),
    # a unit cost, a range, a share and a saving are no totals
    ("R36", "18000", [("人均成本", "≤2万元/人")]),
    ("R36", "18000", [("项目成本", "1-5万元")]),
    ("R36", "18000", [("预算控制率", "≤100%")]),
    ("R36", "18000", [("带动社会投入", "≥50万元")]),
    # the total beside a unit cost or an item
    ("R37", "297300", [("资金成本", "≤29.73万元"), ("培训人均成本", "≤594元/人次")]),
    ("R37", "297300", [("项目总成本", "≤29.73万元"), ("图书购置成本", "≤3万元")]),
    ("R37", "297300", [("培训成本", "≤25万元")]),
    ("R37", "44000", [("培训成本", "≤4万元")]),
    # saving is true, or nothing is said of saving
    ("R38", "297300", [("资金成本|比上年降低", "≤25万元")]),
    ("R38", "297300", [("资金成本|控制在预算以内，不降低培训标准", "≤29.73万元")]),
    # items within the budget, a total and its items, prices of one unit, 其中, rounding
    ("R39", "120000", [("设备购置成本", "≤8万元"), ("安装调试成本", "≤4万元")]),
    ("R39", "100000", [("项目总成本", "≤9.5万元"), ("设备购置成本", "≤6万元"), ("安装成本", "≤3.5万元")]),
    ("R39", "100000", [("培训费用", "≤9.5万元"), ("场租", "≤5.5万元"), ("师资", "≤4万元")]),
    ("R39", "100000", [("教室改造成本", "≤9万元"), ("单台设备购置单价", "≤2万元")]),
    ("R39", "100000", [("设备费", "≤8万元"), ("其中：服务器", "≤5万元")]),
    ("R39", "100000", [("设备费", "≤3.34万元"), ("材料费", "≤3.33万元"), ("人工费", "≤3.34万元")]),
]


@pytest.mark.parametrize(("code", "budget", "costs", "rows"), FOUND)
def test_the_cost_rows_are_found(code, budget, costs, rows):
    outcome = _outcome(code, _table(*costs, budget=budget))
    assert (outcome.state, outcome.severity) == (State.FOUND, Severity.WARNING)
    assert [hit.row for hit in outcome.hits] == rows


@pytest.mark.parametrize(("code", "budget", "costs"), SILENT)
def test_what_is_close_but_right_is_silent(code, budget, costs):
    assert _outcome(code, _table(*costs, budget=budget)).state == State.PASSED


def test_a_hit_names_place_value_and_budget():
    table = _table(("资金成本|降低资金成本", "≤29.73万元"))
    [whole] = _outcome("R37", table).hits
    uid = table.indicators[0].uid
    assert (whole.path, whole.evidence, whole.fix) == (f"indicators/{uid}/value", "≤29.73万元", None)
    assert whole.message == "成本指标值“≤29.73万元”等于全部预算数，没有单位成本或分项成本。"
    [saving] = _outcome("R38", table).hits
    assert (saving.path, saving.evidence) == (f"indicators/{uid}/description", "降低")
    [over] = _outcome("R36", replace(table, budget=Decimal(18000))).hits
    assert over.message == "成本指标值“≤29.73万元”大于本年预算数1.80万元。"
    items = _outcome("R39", _table(("设备费", "≤8万元"), ("材料费", "≤4万元"), budget="100000"))
    assert items.hits[0].message == "第1、2行的分项成本合计12.00万元，大于预算数10.00万元。"


def test_the_first_tier_of_the_newer_frame_counts_but_costs_of_others_do_not():
    cost = ("项目成本", "≤29.73万元")
    assert _rows("R37", _table(cost, tiers=("成本指标", "经济成本指标"))) == [1]
    assert _rows("R37", _table(cost, tiers=("成本指标", "社会成本指标"))) == []
    assert _rows("R37", _table(cost, tiers=("效益指标", "经济效益指标"))) == []


@pytest.mark.parametrize("budget", [None, "0", "-1"])
@pytest.mark.parametrize("code", ["R36", "R37", "R38", "R39"])
def test_without_a_budget_nothing_is_compared(code, budget):
    outcome = _outcome(code, _table(("资金成本", "≤29.73万元"), budget=budget))
    assert (outcome.state, outcome.reason) == (State.NOT_RUN, "没有预算数，无法与成本指标比较。")


@pytest.mark.parametrize(
    "table",
    [
        _table(("工程总投资", "≤500万元"), budget="1000000"),
        _table(("建设成本|按初步设计概算", "≤500万元"), budget="1000000"),
        replace(_table(("建设成本", "≤500万元"), budget="1000000"), purpose="总投资500万元，分年度实施。"),
        replace(_table(("建设成本", "≤500万元"), budget="1000000"), name="2023-2025年县道改造"),
    ],
)
def test_totals_of_several_years_are_not_compared_with_one_budget(table):
    outcome = _outcome("R36", table)
    assert outcome.state == State.NOT_RUN
    assert outcome.reason == "成本指标为总投资、概算或跨年度金额，不与本年预算比较。"


def test_items_of_several_years_are_not_summed():
    table = _table(("土建成本", "≤8万元"), ("设备成本", "≤9万元"), budget="100000")
    assert _outcome("R39", table).state == State.FOUND
    assert _outcome("R39", replace(table, goal="项目跨年度实施。")).state == State.NOT_RUN


# R40


def _with_standards(*standards):
    return Context(policy=Policy({}, {"cost_standards": standards}))


def test_a_price_above_the_configured_standard_is_hinted():
    context = _with_standards("培训 ≤550元/人天", "会议 不超过0.04万元/人·天")
    table = _table(("培训人均成本", "≤800元/人·天"), ("会议人均成本", "≤500元/人/天"))
    outcome = _outcome("R40", table, context)
    assert (outcome.severity, [hit.row for hit in outcome.hits]) == (Severity.HINT, [1, 2])
    assert outcome.hits[0].message == "成本指标值“≤800元/人·天”高于预算支出标准“培训 ≤550元/人天”。"


@pytest.mark.parametrize(
    "cost",
    [
        ("培训人均成本", "≤550元/人天"),
        ("培训人均成本", "≤0.05万元/人天"),
        ("培训班单位成本", "≤20000元/期"),
        ("会议人均成本", "≤800元/人天"),
        ("培训成本", "≤20万元"),
    ],
)
def test_within_the_standard_or_of_another_object_or_unit_is_silent(cost):
    assert _outcome("R40", _table(cost), _with_standards("培训 ≤550元/人天")).state == State.PASSED


def test_without_a_standard_that_can_be_read_it_is_not_run():
    table = _table(("培训人均成本", "≤800元/人天"))
    assert _outcome("R40", table).reason == "没有配置预算支出标准。"
    unread = _outcome("R40", table, _with_standards("培训按文件", "", "550元/人天", "培训 ≤550元"))
    assert unread.state == State.NOT_RUN
    assert unread.reason == "已配置的预算支出标准无法识别，应写成“对象 ≤金额/单位”。"


# Amounts and references


@pytest.mark.parametrize(
    ("value", "yuan"),
    [
        ("≤1.8万元", "18000"),
        ("≤300元", "300"),
        ("0.5亿元", "50000000"),
        ("≤2千元", "2000"),
        ("≤300元/人", None),
        ("1-2万元", None),
        ("≤95%", None),
        ("2万", None),
        ("节约", None),
        ("", None),
    ],
)
def test_only_one_amount_of_money_is_read_in_yuan(value, yuan):
    [row] = TableFacts(_table(("成本", value))).rows
    assert amount_in_yuan(row) == (None if yuan is None else Decimal(yuan))


def test_the_budget_for_each_unit_is_told_for_quantity_rows():
    assert unit_cost_references(team_table()) == [(1, "1.8万元 ÷ 2次 = 9000元/次")]
    assert unit_cost_references(party_table()) == [(1, "29.73万元 ÷ 500人次 = 594.6元/人次")]


@pytest.mark.parametrize(
    ("value", "references"),
    [
        ("≥3万人次", [(1, "29.73万元 ÷ 3万人次 = 9.91元/人次")]),
        ("≥7期", [(1, "29.73万元 ÷ 7期 ≈ 42471.43元/期")]),
        *((value, []) for value in ("≥95%", "0次", "1-2期", "500", "若干次", "≥20万元", "≤5/10万", "")),
    ],
)
def test_only_counted_things_have_a_reference(value, references):
    assert unit_cost_references(_table(("数量", value), tiers=("产出指标", "数量指标"))) == references


def test_no_table_without_a_budget_has_references():
    assert unit_cost_references(replace(party_table(), budget=None)) == []
    assert unit_cost_references(blank_table()) == unit_cost_references(hostile_table()) == []


# The real booklet


@pytest.mark.parametrize("table", [team_table(), party_table()])
def test_the_real_tables(table):
    found = {code: _rows(code, table) for code in ("R36", "R37", "R38", "R39", "R40")}
    assert found == {"R36": [], "R37": [4], "R38": [4], "R39": [], "R40": []}
    assert _outcome("R36", table).state == State.PASSED
    assert _outcome("R40", table).state == State.NOT_RUN


def test_a_long_table_with_other_costs_is_silent():
    assert not any(_rows(code, long_table()) for code in ("R36", "R37", "R38", "R39"))


@pytest.mark.parametrize("code", ["R36", "R37", "R38", "R39", "R40"])
def test_each_rule_tells_basis_advice_and_example(code):
    rule = RULES[code]
    assert all((rule.title, rule.basis, rule.advice, rule.example))
    assert rule.advice.endswith("。")
