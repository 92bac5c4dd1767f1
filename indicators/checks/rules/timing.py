"""时效 indicators against the project's time (R27, R28)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from indicators.checks.facts import RowFacts, TableFacts
from indicators.checks.model import Hit, Parameter, Quality, Severity
from indicators.checks.registry import parameter, rule
from indicators.checks.rules.frame import without_rows
from indicators.values import Comparator, IndicatorValue

SPANS_OF_THEIR_OWN = parameter(
    "R27.exempt",
    (
        *("平均", "每", "单个", "单件", "单项", "工期", "周期", "施工期", "建设期", "质保", "保修"),
        *("审理", "办案", "培养", "租赁", "租用", "服务期", "服务时", "运维", "合同", "保存", "保管"),
        *("轮换", "响应", "整改", "有效期"),
    ),
    "时效指标名称或描述含这些词的，时长不按“当年完成”理解",
)
EARLIER_WORK = parameter(
    "R28.earlier",
    (
        "先建后补",
        "以奖代补",
        "奖补",
        "上年",
        "结转",
        "清算",
        "尾款",
        "以前年度",
        "补发",
        "追溯",
        "质保金",
        "欠",
    ),
    "表中含这些词的，早于预算年度的日期不作为错误",
)
MULTI_YEAR = parameter(
    "R27.multi_year",
    ("跨年", "分年", "续建", "滚动", "两年", "三年", "四年", "五年", "多年"),
    "名称、用途或目标含这些词的，视为跨年实施的项目",
)
AFTERWARDS = parameter(
    "R28.afterwards",
    ("次年", "下年", "质保", "决算", "自评", "结余"),
    "时效指标名称或描述含这些词的，可以晚于预算年度",
)
_WHOLE_YEAR = {
    **dict.fromkeys(("年", "年度", "个年度"), (1,)),
    **dict.fromkeys(("月", "个月"), (12,)),
    **dict.fromkeys(("季度", "个季度"), (4,)),
    **dict.fromkeys(("天", "日", "日历天"), (360, 365, 366)),
    "周": (52,),
}
_BOUNDED = (Comparator.AT_MOST, Comparator.LESS_THAN)
_FINISHING = re.compile("完成|及时|按期|按时|准时|如期|完工|竣工|到位|支付|拨付")
_NODE = re.compile(
    r"[0-9一二三四]季度|[上下]半年|[0-9一二十]+月(?:份|底|末|前|中|上|下|[0-9])|年[底末]|汛前|开学前|春节前|节前"
)
_YEAR_NAMED = re.compile(r"(?<![0-9])20[0-9]{2}(?=\s*(?:学?年|[-—–~～至/]))")
_DAY = r"(20[0-9]{2})年([0-9]{1,2})月(?:([0-9]{1,2})日)?"
_FROM_TO = re.compile(rf"{_DAY}\s*(?:至|到|[-—–~～]+)\s*{_DAY}")
# 三年后保存率 is measured later, 三年级 and 多年生 are no spans: the project need not take years.
_NO_SPAN = re.compile("[两三四五]年(?:之后|以后|后)[^，。；、,;\n]{0,6}率|[两三四五]年级|多年生")
_START, _END = re.compile("开工|开始|启动"), re.compile("完工|竣工|结束|完成")


@lru_cache(maxsize=8192)
def _years_in(text: str) -> tuple[int, ...]:
    return tuple(int(year) for year in _YEAR_NAMED.findall(text))


def _years_named(facts: TableFacts) -> list[int]:
    """Return the years that name, purpose and goal speak of."""
    table = facts.table
    return [year for text in (table.name, table.purpose, table.goal) for year in _years_in(text)]


def _tells(facts: TableFacts, words: Parameter) -> bool:
    table = facts.table
    text = f"{table.name}\n{table.purpose}\n{table.goal}"
    return any(word in text for word in facts.policy.value(words))


def _takes_years(facts: TableFacts) -> bool:
    """True where name, purpose or goal tell of a project of several years."""
    table = facts.table
    text = _NO_SPAN.sub("", f"{table.name}\n{table.purpose}\n{table.goal}")
    return any(word in text for word in facts.policy.value(MULTI_YEAR))


def _row_tells(facts: TableFacts, row: RowFacts, words: Parameter) -> bool:
    text = row.indicator.name + row.indicator.description
    return any(word in text for word in facts.policy.value(words))


def is_whole_year(row: RowFacts) -> bool:
    """True where a 时效 indicator only says that the work is done within a year: ≤1年, ≤12个月, 365天内."""
    if not row.is_under("时效") or row.value.number not in _WHOLE_YEAR.get(row.unit, ()):
        return False
    name = row.indicator.name
    if row.value.comparator not in _BOUNDED:
        # 运维服务 ＝12个月 is a quantity; 完成时间 1年 is not.
        return row.value.comparator in (Comparator.NONE, Comparator.EQUAL) and bool(_FINISHING.search(name))
    return True


def always_kept(facts: TableFacts, row: RowFacts) -> bool:
    """True where a time limit cannot be missed, since the project ends with the year anyway."""
    if not is_whole_year(row) or _NODE.search(row.indicator.name + row.indicator.description):
        return False
    if _row_tells(facts, row, SPANS_OF_THEIR_OWN) or _takes_years(facts):
        return False
    return not any(year > facts.table.year for year in _years_named(facts))


@rule(
    "R27",
    "时效指标必然达到",
    Severity.WARNING,
    Quality.APPROPRIATENESS,
    basis="财预〔2021〕101号：时效指标反映总体完成时间和关键节点；绩效评价通报的常见问题",
    advice="写明完成的时间节点，如“培训任务完成时间：某月底前”，或用按期完成率（%）并写明计划节点。",
    example="任务完成时限 ≤1年",
    blocked=without_rows,
)
def trivially_true_time(facts: TableFacts) -> Iterator[Hit]:
    """≤1年 or ≤12个月 in a project of one year, without a date or node."""
    for row in facts.rows_under("时效"):
        if always_kept(facts, row):
            said = f"第{row.number}行“{row.indicator.name}”的指标值“{row.indicator.value}”"
            yield row.hit(
                "value", f"{said}就是整个预算年度，必然达到，没有写明时间节点。", row.indicator.value
            )


# R28


def _dated_rows(facts: TableFacts) -> list[RowFacts]:
    return [
        row
        for row in facts.rows_under("时效")
        if row.value.date or _FROM_TO.search(row.indicator.value[:200])
    ]


def _no_dates(facts: TableFacts) -> str:
    return "" if _dated_rows(facts) else "时效指标没有写明年月的日期，无法与项目起止时间核对。"


@rule(
    "R28",
    "时效日期与项目时间矛盾",
    Severity.ERROR,
    Quality.FEASIBILITY,
    basis="本系统规则：完成时间应在项目期内，结束不得早于开始；表上未写明跨年实施的，项目期为预算年度",
    advice="核对年份；跨年实施的项目，在绩效目标中写明实施年度。",
    example="2024年度的项目，工程完工时间 2025年9月底前",
    blocked=_no_dates,
)
def date_outside_the_project(facts: TableFacts) -> Iterator[Hit]:
    rows = _dated_rows(facts)
    starts: dict[str, RowFacts] = {}
    for row in rows:
        if row.value.date and _START.search(row.indicator.name):
            starts[_START.sub("", row.indicator.name)] = row
    for row in rows:
        if reason := _ends_before_start(row.indicator.value) or _outside(facts, row) or _before(starts, row):
            said = f"第{row.number}行“{row.indicator.name}”的指标值“{row.indicator.value}”"
            yield row.hit("value", f"{said}{reason}。", row.indicator.value)


def _outside(facts: TableFacts, row: RowFacts) -> str:
    """Return what is wrong with a date outside the fiscal year, '' where the table tells of such a year."""
    day, year = row.value.date, facts.table.year
    if day is None or day.year == year or not _is_deadline(row.value):
        return ""
    named = (*_years_named(facts), *_years_in(row.indicator.description))
    if day.year > year:
        known = any(day.year <= other for other in named) or _takes_years(facts)
        known = known or _row_tells(facts, row, AFTERWARDS)
        return "" if known else f"晚于预算年度（{year}年），表中没有写明跨年实施"
    known = day.year in named or _tells(facts, EARLIER_WORK)
    known = known or _row_tells(facts, row, EARLIER_WORK)
    return "" if known else f"早于预算年度（{year}年）"


def _is_deadline(value: IndicatorValue) -> bool:
    return value.comparator in (Comparator.NONE, Comparator.EQUAL, *_BOUNDED)


def _before(starts: dict[str, RowFacts], row: RowFacts) -> str:
    """Return what is wrong where the same thing ends before it starts (开工时间, 完工时间)."""
    start = starts.get(_END.sub("", row.indicator.name)) if _END.search(row.indicator.name) else None
    if start is None or start is row or row.value.date is None or row.value.date >= start.value.date:
        return ""
    return f"早于第{start.number}行的开始时间“{start.indicator.value}”"


def _ends_before_start(text: str) -> str:
    found = _FROM_TO.search(text[:200])
    if not found:
        return ""
    numbers = [int(part or 0) for part in found.groups()]
    first, last = numbers[:3], numbers[3:]
    if not (first[2] and last[2]):  # a month alone: days do not count
        first, last = first[:2], last[:2]
    return "结束早于开始" if last < first else ""
