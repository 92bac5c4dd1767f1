"""资金支出计划 (R11–R15)."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from indicators.checks.facts import TableFacts
from indicators.checks.model import Hit, Quality, Scope, Severity
from indicators.checks.registry import parameter, rule
from indicators.document import Milestone, TargetTable
from perfbudget.lib.ratios import format_percent

_YEAR_END = 12
_ALL = Decimal(100)
#: 序时进度 at the end of each month: 25, 50, 83.3 and 100 at the nodes of the form.
_ON_SCHEDULE = {month: round(Decimal(month) * 100 / 12, 1) for month in range(1, 13)}
_SHARE_OF_YEAR = tuple(Decimal(months) * 100 / 12 for months in range(13))
_ROUNDING = Decimal("0.05")  # three thirds of 33.33 make 99.99
_BASIS = "本系统规则：资金支出计划为截至各月底的累计比例，12月底为100%"


def _path(month: int) -> str:
    return f"milestones/{month}"


# R11 and R12: what a plan must be


def _no_plan(facts: TableFacts) -> str:
    return "" if facts.plan else "没有填写资金支出计划。"


def _incomplete(facts: TableFacts) -> str:
    reason = _no_plan(facts)
    if not reason and len(facts.plan) < len(facts.table.milestones):
        reason = "资金支出计划没有填全。"
    return reason


@rule(
    "R11",
    "资金支出计划不是逐期累计到100%",
    Severity.ERROR,
    Quality.COMPLETENESS,
    basis=_BASIS,
    advice="按累计数填写：各节点在0至100%之间，后一节点不小于前一节点，12月底为100%。",
    example="3月底30%，6月底20%，10月底80%，12月底95%",
    blocked=_no_plan,
)
def plan_is_cumulative(facts: TableFacts) -> Iterator[Hit]:
    plan = facts.plan
    for month, percent in plan:
        if not 0 <= percent <= _ALL:
            shown = format_percent(percent)
            yield Hit(_path(month), f"{month}月底的支出计划{shown}不在0至100%之间。", shown)
    for (earlier, before), (month, percent) in pairwise(plan):
        if percent < before:
            fall = f"{format_percent(before)}→{format_percent(percent)}"
            message = (
                f"{month}月底的支出计划{format_percent(percent)}小于{earlier}月底的{format_percent(before)}，"
            )
            yield Hit(_path(month), message + "累计比例不能减少。", fall)
    month, percent = plan[-1]
    is_last = facts.table.milestones and month == max(node.month for node in facts.table.milestones)
    if is_last and percent != _ALL and 0 <= percent < _ALL:
        yield Hit(
            _path(month),
            f"{month}月底的支出计划为{format_percent(percent)}，应为100%。",
            format_percent(percent),
        )


@rule(
    "R12",
    "资金支出计划像是分期数",
    Severity.ERROR,
    Quality.COMPLETENESS,
    basis=_BASIS,
    advice="改填累计数：每个节点写截至该月底的累计支出比例，而不是当期支出比例。",
    example="25%、25%、25%、25%",
    blocked=_incomplete,
)
def plan_by_period(facts: TableFacts) -> Iterator[Hit]:
    """The nodes sum to 100 while the last is not 100; 0, 0, 0, 100 is a right plan."""
    percents = [percent for _, percent in facts.plan]
    if len(percents) > 1 and percents[-1] != _ALL and abs(sum(percents) - _ALL) <= _ROUNDING:
        listed = "、".join(map(format_percent, percents))
        yield Hit(
            "milestones",
            f"资金支出计划{listed}相加为100%而12月底不是100%，像是各期的数，不是累计数。",
            listed,
        )


# R13 and R14: the pace


def _not_comparable(facts: TableFacts) -> str:
    if reason := _incomplete(facts):
        return reason
    plan = [percent for _, percent in facts.plan]
    if plan[-1] != _ALL or plan[0] < 0 or any(later < percent for percent, later in pairwise(plan)):
        return "资金支出计划不是逐期累计到100%（见R11），改正后再比较进度。"
    return ""


BEHIND_SCHEDULE = parameter("behind_schedule", 15, "支出计划可比序时进度落后的百分点")
LEFT_FOR_YEAR_END = parameter("left_for_year_end", 25, "留到最后两个月支出的百分点，达到即提示")


@rule(
    "R13",
    "支出计划落后于序时进度，年底集中支出",
    Severity.WARNING,
    Quality.FEASIBILITY,
    basis="本系统规则：序时进度3月底25%、6月底50%、10月底83.3%，防止年底突击花钱",
    advice="按项目实施和付款的实际安排提前支出；确需集中在年底支付的，说明原因。",
    example="10月底75%，12月底100%",
    blocked=_not_comparable,
)
def plan_falls_behind(facts: TableFacts) -> Iterator[Hit]:
    """A node may be ahead of the year as far as it likes."""
    most_behind = facts.policy.value(BEHIND_SCHEDULE)
    most_left = facts.policy.value(LEFT_FOR_YEAR_END)
    for month, percent in facts.plan:
        expected = _ON_SCHEDULE.get(month, _ALL)
        said = []
        if expected - percent > most_behind:
            said.append(f"比序时进度{expected}%落后{expected - percent:f}个百分点")
        if month in (10, 11) and _ALL - percent >= most_left:
            said.append(f"有{format_percent(_ALL - percent)}留到最后{_YEAR_END - month}个月支出")
        if said:
            shown = format_percent(percent)
            yield Hit(_path(month), f"{month}月底的支出计划为{shown}，{'，'.join(said)}。", shown)


SUDDEN_JUMP = parameter("sudden_jump", 10, "支出计划一期的增幅可超过时间占比的百分点，达到即提示")
PACE_WORDS = parameter(
    "pace_words",
    (
        *("一次性", "集中支付", "集中采购", "集中发放", "预付", "首付", "首期", "进度款", "按进度", "分期"),
        *("分批", "尾款", "结算", "招标", "中标", "合同签订", "签订合同", "到货", "验收后", "竣工验收"),
        *("上半年", "下半年", "季度", "年初", "年中", "年底", "汛", "春耕", "秋收", "采暖", "供暖", "取暖季"),
        *("开学", "学期", "春季", "夏季", "秋季", "冬季", "节前", "春节", "七一", "暑期", "寒假", "开工"),
    ),
    "用途或目标中说明支出节奏的词",
)
_PART_OF_THE_YEAR = re.compile(r"[\d一二三四五六七八九十]月(?:[底末前初份]|[上中下]旬|至|\d{1,2}日前)")


@rule(
    "R14",
    "支出计划某一期突增",
    Severity.HINT,
    Quality.FEASIBILITY,
    basis="本系统规则：一期支出明显超过该期时间占全年的比例时，应能从用途或目标看出原因",
    advice="在资金用途或绩效目标中写明该期集中支出的事项，或按实际安排调整计划。",
    example="3月底25%，6月底60%",
    blocked=_not_comparable,
)
def plan_jumps(facts: TableFacts) -> Iterator[Hit]:
    """Between two nodes, more than the interval's share of the year and ten points, without a word on it."""
    most = facts.policy.value(SUDDEN_JUMP)
    jumps = [
        (earlier, before, month, percent)
        for (earlier, before), (month, percent) in pairwise(facts.plan)
        if percent - before - _share(earlier, month) >= most
    ]
    if not jumps or _speaks_of_pace(facts):
        return
    for earlier, before, month, percent in jumps:
        share = round(_share(earlier, month), 1)
        rise = f"{month - earlier}个月增加{format_percent(percent - before)}"
        yield Hit(
            _path(month),
            f"支出计划从{earlier}月底的{format_percent(before)}到{month}月底的{format_percent(percent)}，"
            f"{rise}（时间占全年的{format_percent(share)}），用途和目标中没有说明。",
            f"{format_percent(before)}→{format_percent(percent)}",
        )


def _share(earlier: int, month: int) -> Decimal:
    """Return which part of the year, in percent, lies between the ends of two months."""
    return _SHARE_OF_YEAR[min(month - earlier, _YEAR_END)]


def _speaks_of_pace(facts: TableFacts) -> bool:
    text = f"{facts.table.purpose}\n{facts.table.goal}"
    words = _any_of(tuple(facts.policy.value(PACE_WORDS)))
    return bool(words.search(text) or _PART_OF_THE_YEAR.search(text))


@lru_cache(maxsize=16)
def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)) or r"(?!)")


# R15: beside the unit's other plans

LEAST_PROJECTS = parameter("least_projects_for_plans", 3, "比较支出计划所需的最少项目数")
SAME_PLANS = parameter("same_plans", 50, "同一支出计划占本单位项目的百分比，超过即提示")


def _others(facts: TableFacts) -> list[TargetTable]:
    return [other for other in facts.context.siblings if other.uid != facts.table.uid]


def _too_few(facts: TableFacts) -> str:
    count = len(_others(facts)) + 1
    least = facts.policy.value(LEAST_PROJECTS)
    if count < least:
        return f"本单位只有{count}个项目，不足{least}个。"
    return _incomplete(facts)


@rule(
    "R15",
    "多数项目的支出计划相同",
    Severity.HINT,
    Quality.FEASIBILITY,
    basis="本系统规则：支出计划应按各项目的实施进度分别编制",
    advice="按各项目的实施和付款安排分别填写支出计划。",
    example="本单位8个项目中6个为25%、50%、80%、100%",
    scopes=(Scope.ACROSS,),
    blocked=_too_few,
)
def plans_are_the_same(facts: TableFacts) -> Iterator[Hit]:
    others = _others(facts)
    own: tuple[Milestone, ...] = facts.table.milestones
    same = 1 + sum(other.milestones == own for other in others)
    total = len(others) + 1
    if same > 1 and same * 100 > total * facts.policy.value(SAME_PLANS):
        plan = "、".join(format_percent(percent) for _, percent in facts.plan)
        yield Hit("milestones", f"本单位{total}个项目中有{same}个的支出计划同为{plan}。", plan)
