"""操作日志 and 安全日志 as flat workbooks: a row for each changed field, a row for each refused attempt."""

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import BinaryIO

from django.db.models import Model, QuerySet
from django.utils import timezone

from reports.audit_workbook import ABOUT, Scope, TooManyRowsError
from reports.flat_workbook import Column, FlatWorkbook, Style
from trail.labels import kind_of, label_of
from trail.models import Entry, SecurityEvent

TRAIL_TITLE, SECURITY_TITLE = "操作日志", "安全日志"
_PER_FETCH = 500
_NOTHING = {"place": "", "before": "", "after": ""}


def _time(row: Entry | SecurityEvent) -> str:
    return f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}"


ENTRY_COLUMNS = (
    Column("序号", 10, attrgetter("sequence"), Style.SERIAL, "日志中的序号，连续不断"),
    Column("时间", 20, _time),
    Column("操作人", 14, attrgetter("actor_name"), meaning="代理的写作甲（代乙）"),
    Column("身份", 14, attrgetter("capacity")),
    Column("操作", 14, lambda entry: label_of(entry.action, entry.kind)),
    Column("对象类别", 14, lambda entry: kind_of(entry.kind)),
    Column("对象", 40, attrgetter("label")),
    Column("部门编码", 10, attrgetter("department_code"), Style.CODE),
)
CHANGE_COLUMNS = (
    Column("字段", 26, lambda change: change["place"], meaning="一次操作改动几个字段就有几行"),
    Column("原值", 36, lambda change: change["before"]),
    Column("新值", 36, lambda change: change["after"]),
)
LAST_COLUMNS = (
    Column("原因", 30, attrgetter("reason")),
    Column("批次", 20, attrgetter("batch"), Style.CODE),
    Column("网络地址", 16, attrgetter("address"), Style.CODE),
    Column("校验值", 40, attrgetter("hash"), Style.CODE, "该条日志的校验值，与核验结果对照"),
)
EVENT_COLUMNS = (
    Column("时间", 20, _time),
    Column("类别", 12, lambda event: event.get_sort_display()),
    Column("用户名", 16, attrgetter("actor_name"), meaning="登录失败的为所输入的用户名"),
    Column("请求方式", 10, attrgetter("method"), Style.CODE),
    Column("页面", 40, attrgetter("path"), Style.CODE),
    Column("说明", 60, attrgetter("detail")),
    Column("网络地址", 16, attrgetter("address"), Style.CODE),
)


def write_trail_workbook(file: BinaryIO, entries: QuerySet[Entry], scope: Scope, *, most_entries: int) -> int:
    """Write the entries, newest first, to ``file``; return how many.

    Raises TooManyRowsError, before anything is written, where there are more than ``most_entries``.
    """
    number = _counted(entries, most_entries)
    columns = (*ENTRY_COLUMNS, *CHANGE_COLUMNS, *LAST_COLUMNS)
    _write(file, TRAIL_TITLE, columns, _entry_rows(entries), scope, number)
    return number


def write_security_workbook(
    file: BinaryIO, events: QuerySet[SecurityEvent], scope: Scope, *, most_entries: int
) -> int:
    """Write the refused attempts, newest first, to ``file``; return how many. Raises TooManyRowsError."""
    number = _counted(events, most_entries)
    rows = ([column.value(event) for column in EVENT_COLUMNS] for event in _streamed(events))
    _write(file, SECURITY_TITLE, EVENT_COLUMNS, rows, scope, number)
    return number


def _counted(rows: QuerySet, most: int) -> int:
    number = rows[: most + 1].count()
    if number > most:
        raise TooManyRowsError(
            f"超过一次导出{most}条的上限，没有导出；按日期、部门、操作缩小范围，分几次导出。"
        )
    return number


def _streamed(rows: QuerySet) -> Iterator[Model]:
    return rows.iterator(chunk_size=_PER_FETCH)


def _entry_rows(entries: QuerySet[Entry]) -> Iterator[list]:
    for entry in _streamed(entries):
        first = [column.value(entry) for column in ENTRY_COLUMNS]
        last = [column.value(entry) for column in LAST_COLUMNS]
        for change in entry.changes or (_NOTHING,):
            yield [*first, *(column.value(change) for column in CHANGE_COLUMNS), *last]


def _write(
    file: BinaryIO, title: str, columns: tuple[Column, ...], rows: Iterable[list], scope: Scope, number: int
) -> None:
    with FlatWorkbook(file, title=title, creator=scope.person, created=scope.at) as book:
        sheet = book.add_sheet(title, columns)
        for row in rows:
            sheet.write(row)
        about = book.add_sheet("说明", ABOUT)
        about.write(("来源", "导出人", scope.person))
        about.write(("来源", "导出时间", f"{scope.at:%Y-%m-%d %H:%M:%S}"))
        about.write(("范围", "可以查看的部门", scope.departments))
        for name, value in scope.filters:
            about.write(("筛选", name, value))
        about.write(("行数", "记录", number))
        about.write(("行数", "行", sheet.rows))
        about.write(("说明", "截断的文字", sheet.cut_texts))
        for column in columns:
            if column.meaning:
                about.write(("列", column.title, column.meaning))
