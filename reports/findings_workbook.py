"""The 审核提示清单 as a workbook: a row for each place of each finding of a list."""

from collections.abc import Iterator
from operator import attrgetter, itemgetter
from typing import BinaryIO

from django.db.models import QuerySet

from indicators import finding_lists
from indicators.checks import RULES, Severity
from indicators.document import NARRATIVE_NAME
from indicators.finding_lists import Standing
from indicators.models import Finding, Pending
from reports.audit_workbook import ABOUT, Scope, TooManyRowsError
from reports.flat_workbook import MOST_ROWS, Column, FlatSheet, FlatWorkbook, Style, Value

TITLE = "审核提示清单"
_PER_FETCH = 500


def _project(name: str):
    """Return a function that takes ``name`` of a finding's declaration, None for the department's text."""

    def value(finding: Finding) -> Value:
        declaration = finding.run.declaration
        return attrgetter(name)(declaration) if declaration else None

    return value


# Of a finding, the same in the rows of all its places.
FINDING_COLUMNS = (
    Column("年度", 7, attrgetter("run.department_year.fiscal_year.year"), Style.SERIAL, "预算年度"),
    Column("单位编码", 10, attrgetter("run.department_year.department.code"), Style.CODE, "文本"),
    Column("单位名称", 28, attrgetter("run.department_year.name"), meaning="单位在该年度的名称"),
    Column("项目编码", 25, _project("project.code"), Style.CODE, "文本；部门整体绩效目标为空白"),
    Column("申报编号", 10, _project("pk"), Style.SERIAL, "与审计导出的“申报编号”相同"),
    Column("项目名称", 36, lambda row: str(row.run.declaration or NARRATIVE_NAME)),
    Column("规则编码", 10, attrgetter("rule"), Style.CODE),
    Column("规则", 28, lambda row: RULES[row.rule].title),
    Column("程度", 9, lambda row: Severity(row.severity).label, meaning="须改正、须说明、提示"),
    Column("四性", 9, lambda row: RULES[row.rule].quality.value),
)
PLACE_COLUMNS = (
    Column(
        "指标行号", 9, itemgetter("row"), Style.SERIAL, "指标在该项目表中的行号，从1起；空白表示不在指标行"
    ),
    Column("提示", 60, itemgetter("message")),
    Column("触发文字", 28, itemgetter("evidence")),
    Column("建议", 40, itemgetter("advice"), meaning="该处另有建议时列出，否则为规则的建议"),
)
ANSWER_COLUMNS = (
    Column(
        "说明状态",
        10,
        lambda row: Standing(row.standing).label,
        meaning="无说明、已说明、已失效、已采纳、不采纳",
    ),
    Column("情况说明", 40, attrgetter("explained")),
    Column(
        "待重算",
        9,
        lambda row: "" if row.run.pending == Pending.NOTHING else "是",
        meaning="内容改动之后尚未重算，打开该项目时重算",
    ),
    Column("规则依据", 36, lambda row: RULES[row.rule].basis),
)
COLUMNS = (*FINDING_COLUMNS, *PLACE_COLUMNS, *ANSWER_COLUMNS)


def write_findings_workbook(
    file: BinaryIO, findings: QuerySet[Finding], scope: Scope, *, most_rows: int = MOST_ROWS
) -> int:
    """Write the findings in the order of the list to ``file``; return the rows written.

    Raises TooManyRowsError, before anything is written, where there are more findings than ``most_rows``.
    """
    number = findings.order_by().count()
    if number > most_rows:
        raise TooManyRowsError(
            f"共有{number}项审核提示，超出一次导出{most_rows}项的上限，没有导出；按年度、部门缩小范围，分几次导出。"
        )
    with FlatWorkbook(file, title=TITLE, creator=scope.person, created=scope.at) as book:
        sheet = book.add_sheet("审核提示", COLUMNS)
        _write(sheet, findings)
        about = book.add_sheet("说明", ABOUT)
        for row in _about(scope, number, sheet):
            about.write(row)
    return sheet.rows


def _write(sheet: FlatSheet, findings: QuerySet[Finding]) -> None:
    for finding in finding_lists.for_list(findings).iterator(chunk_size=_PER_FETCH):
        own = [column.value(finding) for column in FINDING_COLUMNS]
        answer = [column.value(finding) for column in ANSWER_COLUMNS]
        for hit in finding.hits:
            place = {**hit, "advice": hit["advice"] or RULES[finding.rule].advice}
            sheet.write((*own, *(column.value(place) for column in PLACE_COLUMNS), *answer))


def _about(scope: Scope, number: int, sheet: FlatSheet) -> Iterator[tuple[str, str, Value]]:
    """Yield the rows of 说明."""
    yield "来源", "内容", TITLE
    yield "来源", "导出人", scope.person
    yield "来源", "导出时间", f"{scope.at:%Y-%m-%d %H:%M:%S}"
    yield "范围", "可以查看的部门", scope.departments
    for name, value in scope.filters:
        yield "筛选", name, value
    yield "行数", "提示", number
    yield "行数", "位置", sheet.rows
    yield "说明", "行", "一条规则在一张表中的提示是一项；同一项有几处位置就有几行。"
    yield "说明", "截断的文字", sheet.cut_texts
    for column in COLUMNS:
        if column.meaning:
            yield "列：审核提示", column.title, column.meaning
