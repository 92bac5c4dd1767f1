"""The auditor's workbook: the declarations of a list, their plans and their indicators, a row each."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import BinaryIO

from django.db.models import Prefetch, QuerySet

from indicators.models import Indicator
from indicators.values import ValueKind, canonical_unit
from perfbudget.lib.money import in_wan
from projects.models import Declaration, FundingMilestone
from reports.audit import Totals, totals
from reports.flat_workbook import MOST_ROWS, Column, FlatSheet, FlatWorkbook, Style, Value

TITLE = "项目支出绩效目标审计导出"
KIND_LABELS = {
    ValueKind.NUMBER: "数值",
    ValueKind.RANGE: "区间",
    ValueKind.DATE: "日期",
    ValueKind.QUALITATIVE: "定性",
    ValueKind.TEXT: "文字",
}
_PER_FETCH = 500
_WAN = "单位：万元；空白表示未填，不等于0"
_BLANK_CODE = "文本；编码未定的为空白，此时用申报编号连接"


class TooManyRowsError(ValueError):
    """A worksheet cannot hold the rows; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose list it is: the person, the departments they may see, the filters by name, the time (aware)."""

    person: str
    departments: str
    filters: Sequence[tuple[str, str]]
    at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of the three worksheets."""

    projects: int
    milestones: int
    indicators: int

    def named(self) -> tuple[tuple[str, int], ...]:
        return (("项目", self.projects), ("资金支出计划", self.milestones), ("指标", self.indicators))


def _wan(name: str):
    """Return a function that takes the amount ``name`` of a declaration in 万元, None where it is blank."""

    def value(declaration: Declaration) -> Value:
        amount = getattr(declaration, name)
        return None if amount is None else in_wan(amount)

    return value


# They stand first in each worksheet and join them.
KEYS = (
    Column("年度", 7, attrgetter("department_year.fiscal_year.year"), Style.SERIAL, "预算年度"),
    Column(
        "单位编码", 10, attrgetter("department_year.department.code"), Style.CODE, "文本，前三位是主管部门"
    ),
    Column("项目编码", 25, attrgetter("project.code"), Style.CODE, _BLANK_CODE),
    Column(
        "申报编号", 10, attrgetter("pk"), Style.SERIAL, "一个项目一个年度一个编号，三张表用它连接，各不相同"
    ),
    Column("单位名称", 30, attrgetter("department_year.name"), meaning="单位在该年度的名称"),
    Column("项目名称", 40, attrgetter("name")),
)
PROJECT_COLUMNS = (
    Column("项目类别", 12, lambda row: row.project.get_category_display(), meaning="空白表示未定"),
    Column("项目属性", 10, lambda row: row.project.get_nature_display(), meaning="空白表示未定"),
    Column("预算数（万元）", 16, _wan("budget"), Style.AMOUNT, _WAN),
    Column("财政资金（万元）", 16, _wan("fiscal_funding"), Style.AMOUNT, _WAN),
    Column("其他资金（万元）", 16, _wan("other_funding"), Style.AMOUNT, _WAN),
    Column("资金用途", 40, attrgetter("purpose")),
    Column("绩效目标", 60, attrgetter("goal")),
    Column("有无服务对象", 14, lambda row: row.get_beneficiaries_display()),
    Column("指标数", 9, lambda row: len(row.rows), Style.NUMBER, "“指标”表中该项目的行数"),
    Column("指标框架", 10, attrgetter("department_year.fiscal_year.frame"), Style.CODE, "一、二级指标的版本"),
    Column("状态", 10, lambda row: row.get_status_display(), meaning="已取消的不计入合计"),
    Column("版本", 7, attrgetter("version"), Style.SERIAL, "从1起，每次调整另开一版；导出的是现稿"),
    Column("修订号", 9, attrgetter("revision"), Style.SERIAL, "每保存一次加1"),
    Column("填报人", 12, attrgetter("preparer")),
    Column("联系电话", 16, attrgetter("preparer_phone"), Style.CODE, "文本"),
    Column("填报日期", 12, attrgetter("prepared_on"), Style.DATE),
)
MILESTONE_COLUMNS = (
    Column("月份", 7, attrgetter("month"), Style.SERIAL, "截至该月底"),
    Column(
        "累计支出（%）",
        15,
        attrgetter("percent"),
        Style.NUMBER,
        "占预算数的累计百分比，25表示25%；空白表示未填，不等于0",
    ),
)
_ROW_NUMBER = Column("序号", 7, int, Style.SERIAL, "指标在该项目表中的行号，从1起")
INDICATOR_COLUMNS = (
    Column("一级指标", 14, attrgetter("first_tier")),
    Column("二级指标", 20, attrgetter("second_tier")),
    Column("三级指标", 30, attrgetter("name")),
    Column("绩效指标描述", 40, attrgetter("description")),
    Column("指标值", 18, attrgetter("value"), meaning="填报的原文，一字不改；右边各列由它读出"),
    Column(
        "值类型",
        9,
        lambda row: KIND_LABELS.get(row.value_kind, row.value_kind),
        meaning="数值、区间、日期、定性；读不出的为文字",
    ),
    Column("计算符号", 10, attrgetter("comparator"), Style.CODE, "≥、＞、＝、＜、≤；没有写明的为空白"),
    Column("数值", 14, attrgetter("number"), Style.NUMBER, "指标值中的数；区间的下限；百分数95%写作95"),
    Column("上限", 14, attrgetter("upper"), Style.NUMBER, "区间的上限"),
    Column("日期", 12, attrgetter("date"), Style.DATE, "写明年、月的时间节点；只写月的在指标值中"),
    Column("计量单位", 12, attrgetter("unit"), meaning="指标值中的原文"),
    Column(
        "统一计量单位",
        14,
        lambda row: canonical_unit(row.unit),
        meaning="同义的写法归为一种，例如百分比、％都是%",
    ),
    Column("指标值确定依据", 30, attrgetter("basis")),
    Column("权重", 9, attrgetter("weight"), Style.NUMBER, "分；空白表示未填"),
)
PROJECTS = (*KEYS, *PROJECT_COLUMNS)
MILESTONES = (*KEYS, *MILESTONE_COLUMNS)
INDICATORS = (*KEYS, _ROW_NUMBER, *INDICATOR_COLUMNS)
_EXPLAINED = (
    ("三张表", KEYS),
    ("项目", PROJECT_COLUMNS),
    ("资金支出计划", MILESTONE_COLUMNS),
    ("指标", (_ROW_NUMBER, *INDICATOR_COLUMNS)),
)
ABOUT = (
    Column("类别", 18, str, Style.WRAPPED),
    Column("项", 34, str, Style.WRAPPED),
    Column("内容", 90, str, Style.WRAPPED),
)


def write_audit_workbook(
    file: BinaryIO, declarations: QuerySet[Declaration], scope: Scope, *, most_rows: int | None = None
) -> Counts:
    """Write the declarations, in their order, to ``file``; return the rows written.

    Raises TooManyRowsError, before anything is written, where a worksheet could not hold its rows, or where
    there are more than ``most_rows`` altogether.
    """
    refuse_too_many(count_rows(declarations), most_rows)
    with FlatWorkbook(file, title=TITLE, creator=scope.person, created=scope.at) as book:
        sheets = (
            book.add_sheet("项目", PROJECTS),
            book.add_sheet("资金支出计划", MILESTONES),
            book.add_sheet("指标", INDICATORS),
        )
        _write_declarations(*sheets, declarations)
        counts = Counts(*(sheet.rows for sheet in sheets))
        cut = sum(sheet.cut_texts for sheet in sheets)
        about = book.add_sheet("说明", ABOUT)
        for row in _about(scope, counts, totals(declarations), cut):
            about.write(row)
    return counts


def count_rows(declarations: QuerySet[Declaration]) -> Counts:
    """Return how many rows the worksheets of these declarations have."""
    chosen = declarations.order_by()
    return Counts(
        chosen.count(),
        FundingMilestone.objects.filter(declaration__in=chosen).count(),
        Indicator.objects.filter(declaration__in=chosen).count(),
    )


def refuse_too_many(counts: Counts, most_rows: int | None = None) -> None:
    """Raise TooManyRowsError where a worksheet would be longer than Excel allows, or all of them too long."""
    for name, rows in counts.named():
        if rows > MOST_ROWS:
            raise TooManyRowsError(
                f"“{name}”有{rows}行，超出Excel工作表{MOST_ROWS}行的上限，没有导出；"
                "按年度、部门缩小范围，分几次导出。"
            )
    rows = sum(rows for _, rows in counts.named())
    if most_rows is not None and rows > most_rows:
        raise TooManyRowsError(
            f"共有{rows}行，超出网页一次导出{most_rows}行的上限，没有导出；"
            "按年度、部门缩小范围，或由系统管理员在服务器上用 export_audit 命令导出。"
        )


def _write_declarations(
    projects: FlatSheet,
    milestones: FlatSheet,
    indicators: FlatSheet,
    declarations: QuerySet[Declaration],
) -> None:
    """Write all three sheets in one pass, so that what joins was read together."""
    fetched = declarations.select_related(
        "project", "department_year__department", "department_year__fiscal_year"
    ).prefetch_related(Prefetch("milestones", to_attr="plan"), Prefetch("indicators", to_attr="rows"))
    for declaration in fetched.iterator(chunk_size=_PER_FETCH):
        keys = _values(KEYS, declaration)
        projects.write((*keys, *_values(PROJECT_COLUMNS, declaration)))
        for milestone in declaration.plan:
            milestones.write((*keys, *_values(MILESTONE_COLUMNS, milestone)))
        for number, indicator in enumerate(declaration.rows, start=1):
            indicators.write((*keys, number, *_values(INDICATOR_COLUMNS, indicator)))


def _values(columns: Iterable[Column], record) -> list[Value]:
    return [column.value(record) for column in columns]


def _about(scope: Scope, counts: Counts, sums: Totals, cut: int) -> Iterator[tuple[str, str, Value]]:
    """Yield the rows of 说明."""
    yield "来源", "内容", TITLE
    yield "来源", "导出人", scope.person
    yield "来源", "导出时间", f"{scope.at:%Y-%m-%d %H:%M:%S}"
    yield "范围", "可以查看的部门", scope.departments
    for name, value in scope.filters:
        yield "筛选", name, value
    for name, rows in counts.named():
        yield "行数", name, rows
    yield "合计", "预算数（万元）", in_wan(sums.budget)
    yield "合计", "财政资金（万元）", in_wan(sums.fiscal_funding)
    yield "合计", "其他资金（万元）", in_wan(sums.other_funding)
    yield "说明", "连接", "三张表按“申报编号”连接，也可按“年度、单位编码、项目编码”连接；“指标”表再加“序号”。"
    yield "说明", "单位", "金额为万元；百分比为百分数，25表示25%。"
    yield "说明", "空白", "空白表示没有填写，不等于0。"
    yield "说明", "截断的文字", cut
    yield "说明", "截断的原因", "Excel单元格最多32767字；超出的在该处截断并注明，全文见系统中的绩效目标表。"
    for name, columns in _EXPLAINED:
        for column in columns:
            if column.meaning:
                yield f"列：{name}", column.title, column.meaning
