"""A workbook → rows: our own XLSX booklet, or one made like it (docs/booklet-format.md).

A sheet row with a single cell is a line of text. Formulas are not evaluated.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from indicators.importers.outcome import Journal, refused, shown
from indicators.importers.rows import CellRow, SourceCell, SourceRow, TextLine
from indicators.importers.workbook_guard import (
    BROKEN,
    MOST_COLUMNS,
    MOST_ROWS,
    Merge,
    damaged,
    inspect_workbook,
    merged_cells,
)

_UNREAD_SHEETS = frozenset({"封面", "目录"})
_EXACT_DIGITS = 15  # what Excel keeps of a number
_CELL_TYPES = {"f": "公式", "e": "错误值", "d": "日期", "b": "逻辑值"}


def workbook_rows(data: bytes, journal: Journal) -> Iterator[SourceRow]:
    """Yield the lines and rows of all visible sheets but cover and contents. Raises ImportRefused."""
    merges = inspect_workbook(data)
    for sheet in _sheets(data):
        if sheet.title in _UNREAD_SHEETS:
            continue
        if sheet.sheet_state != "visible":
            journal.tell(f"工作表“{sheet.title}”是隐藏的，没有读取。")
            continue
        # The only name openpyxl gives to the part a sheet was read from; its own merges would cost far more.
        part = sheet._worksheet_path.lstrip("/")
        yield from _SheetReader(sheet.title, merges.get(part, []), journal).rows(_cells(sheet))


def _sheets(data: bytes) -> Sequence[Any]:
    try:
        return load_workbook(io.BytesIO(data), read_only=True, keep_links=False).worksheets
    except BROKEN as error:
        raise damaged() from error


@dataclass(frozen=True, slots=True)
class _Found:
    """A cell as the workbook states it; ``kind`` is openpyxl's letter for its type."""

    address: str
    value: Any
    kind: str
    number_format: str


def _cells(sheet: Any) -> Iterator[list[_Found | None]]:
    """Yield the rows of a sheet, refusing one that is stretched beyond any booklet."""
    sheet.reset_dimensions()
    try:
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
                raise refused(
                    f"工作表“{sheet.title}”第{number}行",
                    f"内容超出{MOST_ROWS}行、{MOST_COLUMNS}列的范围，请删去表格以外的内容。",
                )
            yield [_found(cell) for cell in cells]
    except BROKEN as error:
        raise damaged() from error


def _found(cell: Any) -> _Found | None:
    if cell.value is None:
        return None
    return _Found(cell.coordinate, cell.value, cell.data_type, cell.number_format)


class _SheetReader:
    """Undoes the merges of one sheet."""

    def __init__(self, title: str, merges: list[Merge], journal: Journal) -> None:
        self._title = title
        self._journal = journal
        self._merged = {(row, column): merge for row, column, merge in merged_cells(merges)}
        self._width = max((merge[2] for merge in merges), default=1)

    def rows(self, sheet_rows: Iterable[Sequence[_Found | None]]) -> Iterator[SourceRow]:
        """Yield a row for every sheet row in which a cell begins."""
        for number, cells in enumerate(sheet_rows, start=1):
            row = self._row(number, cells)
            if len(row) == 1 and row[0].text.strip():
                yield TextLine(row[0].text, row[0].place)
            elif len(row) > 1:
                yield CellRow(tuple(row), f"工作表“{self._title}”第{number}行")

    def _row(self, number: int, cells: Sequence[_Found | None]) -> list[SourceCell]:
        """Return the cells of a row; a merge from above is a blank one. None where none begins here."""
        texts = [self._text(cell) for cell in cells] + [""] * (self._width - len(cells))
        width = max([self._width, *(at for at, text in enumerate(texts, start=1) if text.strip())])
        found, begins, is_merged = [], False, False
        for column, text in enumerate(texts[:width], start=1):
            merge = self._merged.get((number, column))
            if merge and merge[0] != column:
                continue
            is_covered = merge is not None and merge[1] != number
            is_merged = is_merged or merge is not None
            begins = begins or not is_covered
            place = f"工作表“{self._title}”{get_column_letter(column)}{number}"
            found.append(SourceCell("" if is_covered else text, place))
        is_blank = not is_merged and not any(cell.text.strip() for cell in found)
        return found if begins and not is_blank else []

    def _text(self, cell: _Found | None) -> str:
        """Return what the form prints for the cell; what has no certain text is a problem."""
        if cell is None:
            return ""
        place = f"工作表“{self._title}”{cell.address}"
        if cell.kind in _CELL_TYPES:
            content, kind = shown(str(cell.value)), _CELL_TYPES[cell.kind]
            self._journal.problem(place, f"单元格的内容{content}是{kind}，请改为文本或数值再导入。")
            return ""
        if isinstance(cell.value, str):
            return cell.value.replace("\r\n", "\n").replace("\r", "\n")
        return self._number(cell.value, cell.number_format, place)

    def _number(self, value: int | float, number_format: str, place: str) -> str:
        number = Decimal(value if isinstance(value, int) else format(value, f".{_EXACT_DIGITS}g"))
        if number.adjusted() >= _EXACT_DIGITS:
            self._journal.problem(
                place, f"数值{shown(str(value))}超过15位，Excel未能保全，请在单元格中改为文本再导入。"
            )
        if "%" in number_format:
            return f"{format((number * 100).normalize(), 'f')}%"
        return format(number, "f")
