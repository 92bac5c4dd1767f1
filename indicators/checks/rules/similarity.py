"""Tables that repeat each other or last year's (R55, R56)."""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from indicators.checks.clauses import pairs
from indicators.checks.facts import TableFacts
from indicators.checks.model import Hit, Quality, Scope, Severity
from indicators.checks.registry import parameter, rule
from indicators.checks.signatures import Alike, entry_of
from indicators.checks.texts import quantities, shown
from indicators.document import TargetTable

COPY_SHARE = parameter("alike_copy_percent", 80, "与另一项目相同的指标达到多少（%）须说明")
ALIKE_SHARE = parameter("alike_hint_percent", 30, "与另一项目相同的指标达到多少（%）提示")
UNCHANGED_SHARE = parameter("unchanged_goal_percent", 95, "绩效目标与上年相似超过多少（%）提示")

_LEAST_ALIKE = 2  # one indicator in common, such as 服务对象满意度, proves nothing
_LEAST_COPIED = 3
_YEAR = re.compile(r"20\d\d\s*(?:[-—–~至]\s*20\d\d\s*)?年?度?")
_SHORTEST_GOAL = 8


def _without_others(facts: TableFacts) -> str:
    context = facts.context
    if context.alike is None and not context.siblings:
        return "没有其他项目的绩效目标表，无法比对。"
    return "" if facts.table.indicators else "没有绩效指标，无法比对。"


@rule(
    "R55",
    "指标与其他项目雷同",
    Severity.WARNING,
    Quality.RELEVANCE,
    basis="财预〔2021〕101号：指标应突出项目特点、反映核心产出和效果，不套用模板",
    advice="请按本项目的任务和服务对象改写相同的指标，写明具体事项和口径；确属同类项目的，说明理由。",
    example="两个项目均为“提供优质服务≥95%”“服务对象满意度≥90%”",
    scopes=(Scope.ACROSS,),
    blocked=_without_others,
)
def indicators_repeat_another_project(facts: TableFacts) -> Iterator[Hit]:
    """R55: indicators with the name and value of another project's, that project being the likest.

    须说明 from 80 %, 提示 from 30 % of this table's indicators (both are parameters).
    """
    entries = {entry: row for row in facts.rows if (entry := entry_of(row.indicator)) is not None}
    other, shared = _likest(facts, set(entries))
    share = Decimal(100 * shared) / max(len(entries), 1)
    if other is None or shared < _LEAST_ALIKE or share < facts.policy.value(ALIKE_SHARE):
        return
    same = [row for entry, row in entries.items() if entry in other.signature]
    copied = shared >= _LEAST_COPIED and share >= facts.policy.value(COPY_SHARE)
    message = (
        f"{len(entries)}项指标中有{shared}项（名称和指标值）与{_called(other, facts)}相同，占{int(share)}%。"
    )
    evidence = "；".join(f"{row.indicator.name}{row.indicator.value}" for row in same)
    yield Hit("indicators", message, evidence, severity=None if copied else Severity.HINT)


def _likest(facts: TableFacts, own: set[int]) -> tuple[Alike | None, int]:
    """Return the other table that shares most entries, the first of several, and how many it shares."""
    others = facts.context.alike
    if others is None:
        others = [Alike.of(table) for table in facts.context.siblings if not _is_itself(table, facts.table)]
    best, most = None, 0
    for other in others:
        if (shared := len(own & other.signature)) > most:
            best, most = other, shared
    return best, most


def _is_itself(table: TargetTable, own: TargetTable) -> bool:
    """True for the table itself among its siblings; a copy keeps its uid and gets another name or code."""
    return (table.uid, table.project_code, table.name) == (own.uid, own.project_code, own.name)


def _called(other: Alike, facts: TableFacts) -> str:
    unit = "" if other.department_name == facts.table.department_name else other.department_name
    code = f"（{other.project_code}）" if other.project_code else ""
    return f"{unit}项目{shown(other.name)}{code}"


def _without_last_year(facts: TableFacts) -> str:
    last_year = facts.context.last_year
    if last_year is None:
        return "没有上年的绩效目标表，无法比对。"
    if len(pairs(facts.table.goal)) < _SHORTEST_GOAL or len(pairs(last_year.goal)) < _SHORTEST_GOAL:
        return "本年或上年的绩效目标为空或过短，无法比对。"
    return ""


@rule(
    "R56",
    "绩效目标照抄上年",
    Severity.HINT,
    Quality.APPROPRIATENESS,
    basis="《项目支出绩效评价管理办法》（财预〔2020〕10号）：绩效目标应结合年度任务合理设定",
    advice="请按本年度的任务和资金重新写明目标；任务确无变化的，说明理由。",
    example="除年份外与上年绩效目标完全相同",
    scopes=(Scope.ACROSS,),
    blocked=_without_last_year,
)
def goal_copied_from_last_year(facts: TableFacts) -> Iterator[Hit]:
    """R56: the goal is more than 95 % last year's, years aside, and no number in it has changed."""
    goal, before = (_YEAR.sub("", table.goal) for table in (facts.table, facts.context.last_year))
    share = _likeness(goal, before)
    numbers, numbers_before = (sorted(each.number for each in quantities(text)) for text in (goal, before))
    if share > facts.policy.value(UNCHANGED_SHARE) and numbers == numbers_before:
        year = facts.context.last_year.year
        message = f"绩效目标与{year}年的相似度为{int(share)}%，数字没有变化，未体现本年度的任务。"
        yield Hit("goal", message, shown(facts.table.goal))


def _likeness(one: str, other: str) -> Decimal:
    """Return the share of pairs of letters both texts have, in percent; how often they occur counts."""
    first, second = Counter(pairs(one)), Counter(pairs(other))
    total = first.total() + second.total()
    return Decimal(200 * (first & second).total()) / max(total, 1)
