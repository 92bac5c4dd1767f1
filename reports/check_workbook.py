"""审核提示清单 as a flat workbook: a row for each place, what was not run and why, counts by rule."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from operator import attrgetter
from typing import BinaryIO, Self

from indicators.checks import RULES, Severity, State
from indicators.checks.model import Rule
from indicators.document import NARRATIVE_NAME
from reports.audit_workbook import ABOUT
from reports.check_lines import Line, Project, Tally, UnitLines
from reports.flat_workbook import MOST_ROWS, Column, FlatSheet, FlatWorkbook, Style, Value

TITLE = "审核提示清单"
_ALL = "全部"
_MOST_NAMED = 20


def _of_rule(name: str) -> Callable[[Line], Value]:
    """Return a function that takes a property of a line's rule."""
    return lambda line: getattr(RULES[line.rule], name)


def _name(line: Line) -> str:
    return NARRATIVE_NAME if line.project is None else line.project_name


def _fix(line: Line) -> str:
    return "" if line.fix is None else f"“{line.fix.before}” → “{line.fix.after}”"


UNIT = (
    Column("年度", 7, attrgetter("year"), Style.SERIAL, "预算年度"),
    Column("单位编码", 10, attrgetter("department"), Style.CODE, "文本，前三位是主管部门"),
    Column("单位名称", 28, attrgetter("department_name"), meaning="单位在该年度的名称"),
)
_RULE = (
    Column("规则编码", 10, attrgetter("rule"), Style.CODE),
    Column("规则", 28, _of_rule("title")),
)
PLACE_COLUMNS = (
    Column("项目编码", 25, attrgetter("project"), Style.CODE, f"文本；{NARRATIVE_NAME}为空白"),
    Column("项目名称", 36, _name),
    *_RULE,
    Column("程度", 9, lambda line: line.severity.label, meaning="须改正、须说明、提示"),
    Column("四性", 9, lambda line: RULES[line.rule].quality.value, meaning="绩效目标审核表中的类别"),
    Column(
        "指标行号", 9, attrgetter("row"), Style.SERIAL, "指标在该项目表中的行号，从1起；空白表示不在某一行"
    ),
    Column("提示", 60, attrgetter("message"), Style.WRAPPED),
    Column("建议", 50, attrgetter("advice"), Style.WRAPPED),
    Column("触发文字", 30, attrgetter("evidence"), Style.WRAPPED),
    Column("可一键修改", 30, _fix, Style.WRAPPED, "只改写法、单位和符号，不改数字"),
    Column("位置", 30, attrgetter("path"), Style.CODE, "供程序定位"),
)
LINE_COLUMNS = (*UNIT, *PLACE_COLUMNS)
NOT_RUN_COLUMNS = (
    *UNIT,
    *_RULE,
    Column("没有运行的原因", 60, str, Style.WRAPPED),
    Column("份数", 8, int, Style.NUMBER, "涉及的项目表和部门整体绩效目标"),
    Column("项目编码", 60, str, Style.WRAPPED, f"{_ALL}，或逐个列出，至多{_MOST_NAMED}个"),
)
COUNT_COLUMNS = (
    Column("规则编码", 10, str, Style.CODE),
    Column("规则", 30, str),
    *(Column(f"{severity.label}（处）", 13, int, Style.NUMBER) for severity in Severity),
    Column("合计（处）", 12, int, Style.NUMBER),
    Column("有提示（份）", 13, int, Style.NUMBER, "有提示的项目表和部门整体绩效目标"),
    Column("通过（份）", 12, int, Style.NUMBER, "运行了而没有提示的"),
    Column("未运行（份）", 13, int, Style.NUMBER, "缺少所需数据而没有运行的，不算通过，原因见“未运行”"),
    Column("停用（份）", 12, int, Style.NUMBER, "财政部门在该年度停用的"),
)
_SHEETS = (("提示", LINE_COLUMNS), ("未运行", NOT_RUN_COLUMNS), ("汇总", COUNT_COLUMNS))
_STATES = (State.FOUND, State.PASSED, State.NOT_RUN, State.OFF)


class CheckWorkbook:
    """A context manager that writes what is added to ``file``, unit by unit, and the sums at the end.

    ``scope`` names what was checked (for 说明), pair by pair. Where the places need more rows than a
    worksheet has, they go on in 提示（2） and so forth.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        person: str,
        at: datetime.datetime,
        scope: Sequence[tuple[str, str]] = (),
        most_rows: int = MOST_ROWS,
    ):
        self.book = FlatWorkbook(file, title=TITLE, creator=person, created=at)
        self.origin = (
            ("来源", "内容", TITLE),
            ("来源", "导出人", person),
            ("来源", "导出时间", f"{at:%Y-%m-%d %H:%M:%S}"),
        )
        self.scope, self.most_rows = scope, most_rows
        self.tally = Tally()
        self.parts = 1
        self.places = self.book.add_sheet("提示", LINE_COLUMNS)
        self.not_run = self.book.add_sheet("未运行", NOT_RUN_COLUMNS)
        self._stack = ExitStack()

    def add(self, unit: UnitLines) -> None:
        self.tally.add(unit)
        whose = [column.value(unit) for column in UNIT]
        for line in unit.lines:
            self._sheet_with_room().write((*whose, *(column.value(line) for column in PLACE_COLUMNS)))
        for (code, reason), projects in sorted(unit.not_run.items()):
            named = _named(projects, _documents(unit, RULES[code]))
            self.not_run.write((*whose, code, RULES[code].title, reason, len(projects), named))

    def __enter__(self) -> Self:
        self._stack.enter_context(self.book)
        return self

    def __exit__(self, error, *details) -> None:
        if error is None:
            counts = self.book.add_sheet("汇总", COUNT_COLUMNS)
            for row in count_rows(self.tally):
                counts.write(row)
            about = self.book.add_sheet("说明", ABOUT)
            for row in self._about():
                about.write(row)
        self._stack.__exit__(error, *details)

    def _sheet_with_room(self) -> FlatSheet:
        if self.places.rows == self.most_rows:
            self.parts += 1
            self.places = self.book.add_sheet(f"提示（{self.parts}）", LINE_COLUMNS)
        return self.places

    def _about(self) -> Iterator[tuple[str, str, Value]]:
        yield from self.origin
        for name, value in self.scope:
            yield "范围", name, value
        yield "数量", "单位年度", self.tally.units
        yield "数量", "绩效目标表", self.tally.tables
        for severity in Severity:
            yield "数量", f"{severity.label}（处）", _places_of(self.tally, severity)
        yield "程度", Severity.ERROR.label, "不改正不能提交。"
        yield "程度", Severity.WARNING.label, "改正，或者写明情况说明。"
        yield "程度", Severity.HINT.label, "供参考，不要求处理。"
        if self.parts > 1:
            yield "说明", "续表", f"Excel工作表至多{MOST_ROWS}行，“提示”分为{self.parts}张表。"
        for name, columns in _SHEETS:
            for column in columns:
                if column.meaning:
                    yield f"列：{name}", column.title, column.meaning


def count_rows(tally: Tally) -> Iterator[tuple[Value, ...]]:
    """Yield the rows of 汇总: places by severity and documents by state for each rule."""
    for code in tally.rules():
        places = [tally.places[code, severity] for severity in Severity]
        documents = [tally.states[code, state] for state in _STATES]
        yield code, RULES[code].title, *places, sum(places), *documents


def _places_of(tally: Tally, severity: Severity) -> int:
    return sum(count for (_, found), count in tally.places.items() if found == severity)


def _documents(unit: UnitLines, rule: Rule) -> int:
    """Return how many documents of the unit the rule is for."""
    return sum(unit.states[rule.code, state] for state in State)


def _named(projects: Sequence[Project], documents: int) -> str:
    if len(projects) == documents and documents > 1:
        return _ALL
    named = "、".join(
        NARRATIVE_NAME if code is None else code or "（编码未定）" for code in projects[:_MOST_NAMED]
    )
    return named + ("等" if len(projects) > _MOST_NAMED else "")
