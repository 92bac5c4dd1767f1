"""Rows of cells → one 预算项目绩效目标表 (domain.md §2.1)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from indicators.document.model import Milestone, NoteKind, TargetTable
from indicators.importers.foot_line import is_foot_row, read_foot_row
from indicators.importers.headings import TABLE_ENDING, ends_as_table_heading, is_table_heading
from indicators.importers.indicator_rows import IndicatorRows, opens_indicators
from indicators.importers.outcome import Journal, shown
from indicators.importers.rows import CellRow, SourceCell, TextLine, short, typed_text
from perfbudget.lib.money import AmountError, parse_wan
from perfbudget.lib.ratios import PercentError, parse_percent

PROJECT, MONEY, PLAN, GOAL = "项目编码", "预算规模及资金用途", "资金支出计划(%)", "绩效目标"
DEPARTMENT, INDICATORS = "单位编码名称", "绩效指标"
_BLOCKS = (DEPARTMENT, PROJECT, MONEY, PLAN, GOAL, INDICATORS)
_LABELS = frozenset({PROJECT, MONEY, PLAN, "资金支出计划", GOAL})
_AMOUNTS = (
    ("budget", ("预算数",)),
    ("fiscal_funding", ("其中:财政资金", "财政资金")),
    ("other_funding", ("其他资金",)),
)
LONGEST_DEPARTMENT_NAME = 200  # what the database holds
MOST_MILESTONES = 10  # the columns of the form beside its labels
_UNIT = re.compile(r"(?:金额|计量)?单位:(.*)", re.DOTALL)
_PROJECT_CODE = re.compile(r"[0-9A-Za-z]{21}")
_DEPARTMENT = re.compile(r"([0-9]*)(.*)", re.DOTALL)
_MONTH = re.compile(r"(1[0-2]|[1-9])月[底末]?")

Reader: TypeAlias = Callable[[CellRow], None]


@dataclass(slots=True)
class TableReading:
    """A table as read. ``values`` are the fields of TargetTable, without the year, which is found later."""

    place: str
    journal: Journal
    heading: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def table(self, year: int) -> TargetTable:
        """Return the document, to be called when no problem is left."""
        return TargetTable(year=year, **self.values, notes=tuple(self.journal.notes))


def is_department_line(row: CellRow) -> bool:
    """Return whether the row is “286001曹妃甸区直机关工委 | 单位：万元”, which begins a table."""
    if len(row.cells) != 2 or not row.cells[0].label or row.cells[0].label in _LABELS:
        return False
    return _UNIT.fullmatch(row.cells[1].label) is not None


def is_project_row(row: CellRow) -> bool:
    """Return whether the row is “项目编码 | … | 项目名称 | …”, no indicator that begins like it."""
    return row.cells[0].label == PROJECT and len(row.cells) <= 4


def report_strays(lines: Sequence[TextLine], journal: Journal) -> None:
    """Report lines between, inside or after tables that no cell and no heading takes."""
    for line in lines:
        journal.problem(
            line.place,
            f"文字{shown(line.text)}不属于任何单元格或标题；"
            "如果它是单元格中的一段，请删去它前面的空行，否则请删去它。",
        )


@dataclass(frozen=True, slots=True)
class _Continuation:
    """A row that must follow: its first cell is blank, being covered by the label above."""

    what: str
    read: Reader


class TableReader:
    """Takes the rows of one table one by one and knows them by their labels."""

    def __init__(self, number: int, heading: Sequence[TextLine], place: str, journal: Journal) -> None:
        """``number`` is the table's place in the booklet, ``heading`` are the lines above it."""
        self._number = number
        self._heading = heading
        self._reading = TableReading(place, journal.beside())
        self._journal = self._reading.journal
        self._seen: dict[str, str] = {}
        self._awaited: _Continuation | None = None
        self._indicators: IndicatorRows | None = None
        self._months: list[int] = []

    @property
    def has_project(self) -> bool:
        """Whether the row with the project code was met: another one begins another table."""
        return PROJECT in self._seen

    def read(self, row: CellRow) -> None:
        awaited, self._awaited = self._awaited, None
        if awaited and not row.cells[0].label:
            awaited.read(row)
            return
        if awaited:
            self._journal.problem(row.place, f"这一行之前缺少{awaited.what}一行，请补全。")
        if is_foot_row(row):
            self._reading.values |= read_foot_row(row, self._journal)
        elif self._indicators:
            self._indicators.read(row)
        else:
            self._read_block(row)

    def finish(self) -> TableReading:
        """Return the table; what it lacks goes to the journal."""
        missing = [f"“{block}”" for block in _BLOCKS if block not in self._seen]
        if self._awaited:
            missing.append(self._awaited.what)
        if missing:
            self._journal.problem(
                self._reading.place,
                f"从这里开始的表格缺少{'、'.join(missing)}部分，文件可能不完整，请补全。",
            )
        if self._indicators:
            self._reading.values["indicators"] = self._indicators.finish()
        self._read_heading()
        return self._reading

    def _read_heading(self) -> None:
        """Note the heading as found or missing; lines above the heading belong nowhere."""
        lines, name = self._heading, self._reading.values.get("name", "")
        if not lines:
            missing = f"{self._number}.{name}{TABLE_ENDING}"
            self._journal.note(NoteKind.MISSING_HEADING, self._reading.place, missing)
            return
        heading = "\n".join(line.text for line in lines).strip()
        if not is_table_heading(heading, name):
            is_heading = ends_as_table_heading(lines[-1].text)
            report_strays(lines[:-1] if is_heading else lines, self._journal)
            heading = lines[-1].text.strip()
        self._reading.heading = heading
        self._journal.note(NoteKind.HEADING, lines[0].place, heading)

    def _read_block(self, row: CellRow) -> None:
        block, read = self._block_of(row)
        if not read:
            message = f"以{_beginning(row)}开头的一行无法识别，请对照官方表式核对。"
        elif block in self._seen:
            message = f"同一张表格中又出现“{block}”，前一处在{self._seen[block]}，请删去重复的一处。"
        else:
            self._seen[block] = row.place
            read(row)
            return
        self._journal.problem(row.place, message)

    def _block_of(self, row: CellRow) -> tuple[str, Reader | None]:
        if is_department_line(row):
            return DEPARTMENT, self._read_department
        if opens_indicators(row):
            return INDICATORS, self._read_header
        match row.cells[0].label:
            case "项目编码":
                return PROJECT, self._read_project
            case "预算规模及资金用途":
                return MONEY, self._read_money
            case "资金支出计划(%)" | "资金支出计划":
                return PLAN, self._read_months
            case "绩效目标":
                return GOAL, self._read_goal
        return "", None

    def _has_cells(self, row: CellRow, count: int) -> bool:
        if len(row.cells) == count:
            return True
        self._journal.problem(
            row.place,
            f"以{_beginning(row)}开头的一行应有{count}格，实有{len(row.cells)}格，请补全或删去多余的单元格。",
        )
        return False

    def _expect_label(self, cell: SourceCell, *labels: str) -> None:
        if cell.label not in labels:
            self._journal.problem(cell.place, f"此格应为“{labels[0]}”，现为{shown(cell.text)}，请改正。")

    def _keep_text(self, name: str, cell: SourceCell) -> None:
        self._reading.values[name] = typed_text(cell.text, cell.place, self._journal)
        self._reading.places[name] = cell.place

    # The rows of the form, from top to bottom

    def _read_department(self, row: CellRow) -> None:
        cell, unit = row.cells
        code, name = _DEPARTMENT.fullmatch(cell.text.strip()).groups()
        if len(code) != 6:
            self._journal.problem(
                cell.place,
                f"{shown(cell.text)}开头的单位编码应为6位数字，现为{len(code)}位，请改正；"
                "单位名称以数字开头的，请在编码与名称之间加一个空格。",
            )
        elif not name.strip():
            self._journal.problem(cell.place, f"单位编码“{code}”之后没有单位名称，请补上。")
        if len(name.strip()) > LONGEST_DEPARTMENT_NAME:
            message = f"单位名称{shown(name)}过长，最多{LONGEST_DEPARTMENT_NAME}个字，请核对。"
            self._journal.problem(cell.place, message)
        measure = _UNIT.fullmatch(unit.label)[1]
        if measure != "万元":
            self._journal.problem(
                unit.place, f"金额单位应为“万元”，现为{shown(measure)}，本系统不作换算，请改正后再导入。"
            )
        self._reading.values |= {"department_code": code, "department_name": name.strip()}
        self._reading.places["department"] = cell.place

    def _read_project(self, row: CellRow) -> None:
        if not self._has_cells(row, 4):
            return
        _, code, name_label, name = row.cells
        self._expect_label(name_label, "项目名称")
        self._keep_text("project_code", code)
        self._keep_text("name", name)
        text = self._reading.values["project_code"]
        if not _PROJECT_CODE.fullmatch(text):
            self._journal.problem(
                code.place, f"项目编码{shown(text)}有{len(text)}个字符，应为21位数字和字母，请核对后改正。"
            )

    def _read_money(self, row: CellRow) -> None:
        self._awaited = _Continuation("资金用途", self._read_purpose)
        if not self._has_cells(row, 7):
            return
        for position, (name, labels) in enumerate(_AMOUNTS):
            title, amount = row.cells[2 * position + 1 : 2 * position + 3]
            self._expect_label(title, *labels)
            try:
                self._reading.values[name] = parse_wan(short(amount.text))
            except AmountError as error:
                self._journal.problem(amount.place, f"{labels[-1]}{error}")

    def _read_purpose(self, row: CellRow) -> None:
        if self._has_cells(row, 2):
            self._keep_text("purpose", row.cells[1])

    def _read_months(self, row: CellRow) -> None:
        self._awaited = _Continuation("资金支出计划的比例", self._read_percents)
        _, *cells = row.cells
        # A plan without any month is printed as one blank cell.
        self._months = [] if len(cells) == 1 and not cells[0].label else [self._month(cell) for cell in cells]
        if len(self._months) > MOST_MILESTONES:
            self._journal.problem(
                row.place,
                f"资金支出计划有{len(self._months)}个节点，表格最多容纳{MOST_MILESTONES}个，请合并后再导入。",
            )
        known = [month for month in self._months if month]
        if known != sorted(set(known)):
            self._journal.problem(row.place, "资金支出计划的月份应由小到大且不重复，请改正。")

    def _month(self, cell: SourceCell) -> int:
        match = _MONTH.fullmatch(cell.label)
        if match:
            return int(match[1])
        self._journal.problem(
            cell.place, f"{shown(cell.text)}不是支出计划的月份，应为1至12月的月底，例如“3月底”。"
        )
        return 0

    def _read_percents(self, row: CellRow) -> None:
        if not self._has_cells(row, max(len(self._months), 1) + 1):
            return
        milestones = []
        for month, cell in zip(self._months or [0], row.cells[1:], strict=True):
            try:
                milestones.append(Milestone(month, parse_percent(short(cell.text))))
            except PercentError as error:
                self._journal.problem(cell.place, f"资金支出计划{error}")
        if not self._months and any(cell.label for cell in row.cells):
            self._journal.problem(row.place, "资金支出计划的比例上方没有月份，请补上。")
        self._reading.values["milestones"] = tuple(milestones) if self._months else ()

    def _read_goal(self, row: CellRow) -> None:
        if self._has_cells(row, 2):
            self._keep_text("goal", row.cells[1])

    def _read_header(self, row: CellRow) -> None:
        self._indicators = IndicatorRows(row, self._journal)


def _beginning(row: CellRow) -> str:
    return shown(row.cells[0].text) if row.cells[0].label else "空格"
