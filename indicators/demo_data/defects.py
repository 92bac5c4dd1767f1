"""Defects as real tables have them, planted one at a time; each names the rule it breaks (domain.md §4)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from indicators.demo_data.drawing import Draw
from indicators.demo_data.tables import money
from indicators.document import Indicator, Milestone, TargetTable

Plant = Callable[[TargetTable, Draw], TargetTable]

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect by name, the rule it breaks, the parts of a table it touches, and how it is planted."""

    name: str
    rule: str
    parts: frozenset[str]
    plant: Plant


_registered: list[Defect] = []


def _defect(rule: str, parts: str) -> Callable[[Plant], Plant]:
    def register(plant: Plant) -> Plant:
        _registered.append(Defect(plant.__name__, rule, frozenset(parts.split()), plant))
        return plant

    return register


# Head and money


@_defect("R05", "name")
def stray_bracket(table: TargetTable, draw: Draw) -> TargetTable:
    return replace(table, name=draw.one_of(("]{}", "{}）", "“{}", "《{}")).format(table.name))


@_defect("R06", "name")
def year_of_the_year_before(table: TargetTable, draw: Draw) -> TargetTable:
    bare = re.sub(r"^20\d\d年度?", "", table.name)
    return replace(table, name=f"{table.year - 1}年{bare}")


@_defect("R04", "code")
def mistyped_code(table: TargetTable, draw: Draw) -> TargetTable:
    last = "1" if table.project_code[-1] != "1" else "7"
    return replace(table, project_code=table.project_code[:-1] + last)


@_defect("R02", "money")
def sum_does_not_add_up(table: TargetTable, draw: Draw) -> TargetTable:
    return replace(table, fiscal_funding=table.fiscal_funding - draw.one_of((100, 1000, 10_000)))


@_defect("R10", "money")
def yuan_typed_as_wan(table: TargetTable, draw: Draw) -> TargetTable:
    amounts = ("budget", "fiscal_funding", "other_funding")
    known = {name: value * 10_000 for name in amounts if (value := getattr(table, name)) is not None}
    return replace(table, **known)


@_defect("R51", "purpose")
def purpose_names_no_use(table: TargetTable, draw: Draw) -> TargetTable:
    since = f"{table.department_name}于{draw.between(1986, 2019)}年成立，负责全区有关工作的组织实施和日常管理"
    return replace(table, purpose=since)


@_defect("R09", "purpose")
def placeholder(table: TargetTable, draw: Draw) -> TargetTable:
    return replace(table, purpose=draw.one_of(("待定", "无", "XX", "*")))


@_defect("R59", "purpose")
def mobile_number(table: TargetTable, draw: Draw) -> TargetTable:
    # No operator has 1999 0000.
    return replace(table, purpose=f"{table.purpose}联系人{table.preparer}，19990000{draw.between(100, 999)}")


# Plan


def _with_plan(table: TargetTable, *percents: int) -> TargetTable:
    milestones = (
        Milestone(milestone.month, Decimal(percent))
        for milestone, percent in zip(table.milestones, percents, strict=True)
    )
    return replace(table, milestones=tuple(milestones))


@_defect("R11", "plan")
def plan_ends_below_100(table: TargetTable, draw: Draw) -> TargetTable:
    return _with_plan(table, 25, 50, 80, draw.one_of((90, 95, 98)))


@_defect("R11", "plan")
def plan_falls(table: TargetTable, draw: Draw) -> TargetTable:
    return _with_plan(table, 30, draw.one_of((20, 25)), 80, 100)


@_defect("R12", "plan")
def plan_not_cumulative(table: TargetTable, draw: Draw) -> TargetTable:
    return _with_plan(table, *draw.one_of(((25, 25, 25, 25), (20, 30, 30, 20), (10, 30, 40, 20))))


@_defect("R13", "plan")
def plan_leaves_it_to_december(table: TargetTable, draw: Draw) -> TargetTable:
    return _with_plan(table, *draw.one_of(((25, 60, 75, 100), (0, 10, 30, 100), (5, 30, 60, 100))))


# Goal


@_defect("R33", "goal")
def vague_number(table: TargetTable, draw: Draw) -> TargetTable:
    form = draw.one_of(("{0}-{1}", "约{0}", "若干"))
    return _with_number(table, lambda number: form.format(number, number + 1))


@_defect("R49", "goal")
def goal_says_another_number(table: TargetTable, draw: Draw) -> TargetTable:
    return _with_number(table, lambda number: str(number + draw.between(1, 9)))


def _with_number(table: TargetTable, change: Callable[[int], str]) -> TargetTable:
    """Return the table with the number of the first 数量指标 changed in the goal alone."""
    for row in table.indicators:
        number = _DIGITS.search(row.value)
        if row.second_tier == "数量指标" and number:
            goal = re.sub(rf"(?<!\d){number[0]}(?![\d、.])", change(int(number[0])), table.goal, count=1)
            return replace(table, goal=goal)
    return table


@_defect("R09", "goal")
def doubled_punctuation(table: TargetTable, draw: Draw) -> TargetTable:
    return replace(table, goal=table.goal.rstrip("。") + draw.one_of(("。。", "；。", "          。")))


# Indicators


def _rows(table: TargetTable, *tiers: str) -> list[int]:
    """Return the places of the indicators whose first or second tier is one of ``tiers``."""
    return [
        place
        for place, row in enumerate(table.indicators)
        if row.first_tier in tiers or row.second_tier in tiers
    ]


def _with_row(table: TargetTable, places: list[int], **values: str) -> TargetTable:
    """Return the table with values of the first of the rows changed; with no row it stays as it is."""
    rows = list(table.indicators)
    for place in places[:1]:
        rows[place] = replace(rows[place], **values)
    return replace(table, indicators=tuple(rows))


def _without(table: TargetTable, tier: str) -> TargetTable:
    left_out = _rows(table, tier)
    kept = (row for place, row in enumerate(table.indicators) if place not in left_out)
    return replace(table, indicators=tuple(kept))


@_defect("R55", "count quality time cost effect satisfaction value basis")
def boilerplate(table: TargetTable, draw: Draw) -> TargetTable:
    """All indicators as the seed has them: they fit any project and say nothing about this one."""
    costs = _rows(table, "成本指标")
    cost_tier = table.indicators[costs[0]] if costs else None
    rows = (
        ("产出指标", "数量指标", "组织业务活动", "组织开展各项业务活动", f"≥{draw.between(1, 4)}次"),
        ("产出指标", "质量指标", "正常运转率", "提高工作质量保障正常运转", "≥95百分比"),
        ("产出指标", "时效指标", "按期完成率", "按期完成各项工作", "≤1年"),
        (
            cost_tier.first_tier if cost_tier else "产出指标",
            cost_tier.second_tier if cost_tier else "成本指标",
            "资金成本",
            "降低资金成本、节约预算资金",
            f"≤{money(table.budget)}",
        ),
        ("效益指标", "社会效益指标", "提供优质服务", "提供优质服务、提高工作绩效", "≥95百分比"),
        ("满意度指标", "服务对象满意度指标", "服务对象满意度", "提高服务对象满意度", "≥90百分比"),
    )
    return replace(table, indicators=tuple(Indicator(*row, "预算编制") for row in rows))


@_defect("R16", "effect")
def effect_missing(table: TargetTable, draw: Draw) -> TargetTable:
    return _without(table, "效益指标")


@_defect("R17", "quality")
def quality_missing(table: TargetTable, draw: Draw) -> TargetTable:
    return _without(table, "质量指标")


@_defect("R19", "cost")
def tier_of_the_other_frame(table: TargetTable, draw: Draw) -> TargetTable:
    first, second = ("成本指标", "经济成本指标") if table.frame == "2015" else ("产出指标", "成本指标")
    rows = list(table.indicators)
    for place in _rows(table, "成本指标"):
        rows[place] = replace(rows[place], first_tier=first, second_tier=second)
    return replace(table, indicators=tuple(rows))


@_defect("R21", "count quality time cost effect satisfaction value basis")
def hardly_any_indicators(table: TargetTable, draw: Draw) -> TargetTable:
    kept = (*_rows(table, "数量指标")[:1], *_rows(table, "效益指标")[:1])
    return replace(table, indicators=tuple(table.indicators[place] for place in kept))


@_defect("R22", "count quality time cost effect satisfaction value basis")
def duplicate_row(table: TargetTable, draw: Draw) -> TargetTable:
    rows = list(table.indicators)
    place = draw.between(0, len(rows) - 1)
    row = rows[place]
    again = Indicator(row.first_tier, row.second_tier, row.name, row.description, row.value, row.basis)
    return replace(table, indicators=(*rows[: place + 1], again, *rows[place + 1 :]))


@_defect("R24", "quality")
def value_empty(table: TargetTable, draw: Draw) -> TargetTable:
    return _with_row(table, _rows(table, "质量指标"), value=draw.one_of(("", "≥")))


@_defect("R25", "value")
def percent_spelled_out(table: TargetTable, draw: Draw) -> TargetTable:
    rows = (replace(row, value=row.value.replace("%", "百分比")) for row in table.indicators)
    return replace(table, indicators=tuple(rows))


@_defect("R26", "count")
def times_counted_in_persons(table: TargetTable, draw: Draw) -> TargetTable:
    name = draw.one_of(("组织学习培训次数", "开展业务活动次数", "召开工作会议次数"))
    value = f"≥{draw.between(12, 60) * 10}人次"
    return _with_row(table, _rows(table, "数量指标"), name=name, value=value)


@_defect("R27", "time")
def trivially_true_time(table: TargetTable, draw: Draw) -> TargetTable:
    name = draw.one_of(("按期完成率", "任务完成及时率", "项目完成时间"))
    value = draw.one_of(("≤1年", "≤12个月"))
    return _with_row(table, _rows(table, "时效指标"), name=name, description="按期完成各项工作", value=value)


@_defect("R29", "satisfaction")
def wrong_direction(table: TargetTable, draw: Draw) -> TargetTable:
    return _with_row(table, _rows(table, "满意度指标"), value=f"≤{draw.between(85, 95)}%")


@_defect("R30", "quality")
def more_than_all(table: TargetTable, draw: Draw) -> TargetTable:
    name = draw.one_of(("质量达标率", "检查合格率"))
    return _with_row(table, _rows(table, "质量指标"), name=name, value=f"≥{draw.between(101, 120)}%")


@_defect("R36", "cost")
def cost_over_budget(table: TargetTable, draw: Draw) -> TargetTable:
    value = f"≤{money(table.budget * draw.between(2, 4))}"
    return _with_row(table, _rows(table, "成本指标"), name="项目总成本", value=value)


@_defect("R37", "cost")
def whole_budget_as_cost(table: TargetTable, draw: Draw) -> TargetTable:
    """Also R38: it speaks of saving while the value is the whole budget."""
    description = "降低资金成本、节约预算资金"
    value = f"≤{money(table.budget)}"
    return _with_row(table, _rows(table, "成本指标"), name="资金成本", description=description, value=value)


@_defect("R41", "effect")
def process_as_effect(table: TargetTable, draw: Draw) -> TargetTable:
    name = draw.one_of(("提供优质服务", "开展各项工作", "完成上级交办任务"))
    return _with_row(
        table, _rows(table, "效益指标"), name=name, description=f"{name}、提高工作绩效", value="≥95%"
    )


@_defect("R42", "effect")
def vague_effect(table: TargetTable, draw: Draw) -> TargetTable:
    name = draw.one_of(("进一步提高工作水平", "有效改善工作条件", "显著增强服务能力"))
    return _with_row(table, _rows(table, "效益指标"), name=name, description=name + "情况", value="≥90%")


@_defect("R44", "satisfaction")
def satisfaction_of_nobody(table: TargetTable, draw: Draw) -> TargetTable:
    """Also R45: the description repeats the name."""
    description = draw.one_of(("服务对象满意度", "提高服务对象满意度"))
    return _with_row(table, _rows(table, "满意度指标"), name="服务对象满意度", description=description)


@_defect("R01", "count")
def description_empty(table: TargetTable, draw: Draw) -> TargetTable:
    return _with_row(table, _rows(table, "数量指标"), description="")


@_defect("R57", "basis")
def same_empty_basis(table: TargetTable, draw: Draw) -> TargetTable:
    basis = draw.one_of(("预算编制", "工作要求", "实际情况", ""))
    return replace(table, indicators=tuple(replace(row, basis=basis) for row in table.indicators))


DEFECTS = tuple(_registered)


def plant_defects(table: TargetTable, draw: Draw) -> tuple[TargetTable, tuple[Defect, ...]]:
    """Return the table with one to three defects that touch different parts, and which they are."""
    wanted = draw.one_of((1, 1, 1, 2, 2, 3))
    planted: list[Defect] = []
    for defect in draw.shuffled(DEFECTS):
        touched = any(defect.parts & other.parts for other in planted)
        if not touched and (spoilt := defect.plant(table, draw)) != table:
            table = spoilt
            planted.append(defect)
            if len(planted) == wanted:
                break
    return table, tuple(planted)
