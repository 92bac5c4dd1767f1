"""The 进度 page as a workbook: a row for each unit."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from django.utils import timezone

from indicators.progress import Row
from perfbudget.lib.money import in_wan
from projects.models import FiscalYear
from reports.audit_workbook import ABOUT, Scope
from reports.flat_workbook import Column, FlatWorkbook, Style, Value

TITLE = "填报进度"
COLUMNS = (
    Column("单位编码", 10, lambda row: row.department.code, Style.CODE, "文本"),
    Column("单位名称", 30, lambda row: row.name, meaning="单位在该年度的名称"),
    Column("主管部门编码", 12, lambda row: row.department.parent and row.department.parent.code, Style.CODE),
    Column("进度", 10, lambda row: row.standing.label, meaning="进度最慢的项目所处的环节"),
    Column("应填报项目", 10, lambda row: row.tally.projects, Style.NUMBER, "不含人员类、公用经费和已取消的"),
    Column("预算数（万元）", 16, lambda row: in_wan(row.tally.budget), Style.AMOUNT),
    Column("填报中", 9, lambda row: row.tally.filling_in, Style.NUMBER),
    Column("被退回", 9, lambda row: row.tally.returned, Style.NUMBER),
    Column("待单位审核", 11, lambda row: row.tally.at_unit, Style.NUMBER),
    Column("待主管部门审核", 14, lambda row: row.tally.at_supervisor, Style.NUMBER),
    Column("待财政审核", 11, lambda row: row.tally.at_finance, Style.NUMBER),
    Column("待批复", 9, lambda row: row.tally.to_approve, Style.NUMBER),
    Column("已批复", 9, lambda row: row.tally.approved, Style.NUMBER),
    Column("已公开", 9, lambda row: row.tally.published, Style.NUMBER),
    Column("填报截止日期", 13, lambda row: row.closes_on, Style.DATE, "含延期；空白表示没有期限"),
    Column("逾期天数", 9, lambda row: row.overdue_days or None, Style.NUMBER, "截止后仍在填报单位手中"),
    Column(
        "填报人",
        18,
        lambda row: "、".join(str(each) for each in row.people),
        meaning="经办人，没有指定的为单位的填报人",
    ),
    Column(
        "联系电话",
        26,
        lambda row: "、".join(filter(None, (each.office_phone for each in row.people))),
        Style.CODE,
        "文本",
    ),
    Column(
        "最近改动", 18, lambda row: row.changed_at and f"{timezone.localtime(row.changed_at):%Y-%m-%d %H:%M}"
    ),
)


def write_progress_workbook(
    file: BinaryIO, rows: Sequence[Row], fiscal_year: FiscalYear, scope: Scope
) -> int:
    """Write the units in the order of the page to ``file``; return the rows written."""
    with FlatWorkbook(file, title=f"{fiscal_year}{TITLE}", creator=scope.person, created=scope.at) as book:
        sheet = book.add_sheet(TITLE, COLUMNS)
        for row in rows:
            sheet.write(column.value(row) for column in COLUMNS)
        about = book.add_sheet("说明", ABOUT)
        for line in _about(scope, fiscal_year, sheet.rows):
            about.write(line)
    return sheet.rows


def _about(scope: Scope, fiscal_year: FiscalYear, number: int) -> Iterator[tuple[str, str, Value]]:
    """Yield the rows of 说明."""
    yield "来源", "内容", f"{fiscal_year}{TITLE}"
    yield "来源", "导出人", scope.person
    yield "来源", "导出时间", f"{scope.at:%Y-%m-%d %H:%M:%S}"
    yield "范围", "可以查看的部门", scope.departments
    for name, value in scope.filters:
        yield "筛选", name, value
    yield "行数", "单位", number
    for column in COLUMNS:
        if column.meaning:
            yield f"列：{TITLE}", column.title, column.meaning
