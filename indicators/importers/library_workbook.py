"""A workbook → rows of the indicator library. Formulas and merged rows are refused: each row says all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indicators.importers.library_rows import REQUIRED, LibraryCell, LibraryReader, is_head
from indicators.importers.outcome import Journal, refused
from indicators.importers.rows import CellRow, SourceRow, TextLine
from indicators.importers.workbook_guard import inspect_workbook
from indicators.importers.workbook_source import workbook_rows
from indicators.library_tiers import Tier

_COLUMN = re.compile(r"([A-Z]+)\d+$")


@dataclass(frozen=True, slots=True)
class LibraryReading:
    """The rows of a file (field → text), and what was seen on the way, in Chinese sentences."""

    rows: tuple[dict[str, str], ...]
    messages: tuple[str, ...] = ()


def read_library_workbook(data: bytes, *, tiers: Sequence[Tier]) -> LibraryReading:
    """Read all visible sheets that have the heads of the library. Raises ImportRefused with all problems."""
    _refuse_merged_rows(data)
    journal = Journal()
    reader = LibraryReader(tiers, journal.problems)
    sheet, is_below_head = "", False
    for row in workbook_rows(data, journal):
        if _sheet_of(row) != sheet:
            sheet, is_below_head = _sheet_of(row), False
        if isinstance(row, CellRow) and is_head([cell.text for cell in row.cells]):
            reader.read_head(_cells(row))
            is_below_head = True
        elif isinstance(row, TextLine) and is_below_head:
            journal.tell(f"{row.place}：该行只有一格有内容，没有读取。")
        elif isinstance(row, CellRow) and is_below_head:
            reader.read_row(_cells(row), row.place)
    journal.problems.refuse_if_any()
    if not reader.rows:
        raise refused(
            "全文", f"没有找到指标。表头须有{'、'.join(REQUIRED)}各列，指标写在表头以下，每行一条。"
        )
    return LibraryReading(tuple(reader.rows), (*journal.messages, *reader.unread))


def _refuse_merged_rows(data: bytes) -> None:
    merges = [merge for part in inspect_workbook(data).values() for merge in part]
    tall = [merge for merge in merges if merge[3] > merge[1]]
    if tall:
        rows = f"第{tall[0][1]}至{tall[0][3]}行"
        raise refused(
            "全文", f"有{len(tall)}处跨行合并的单元格（如{rows}）。取消合并，把每行填写完整再导入。"
        )


def _sheet_of(row: SourceRow) -> str:
    return row.place[: row.place.rindex("”")]


def _cells(row: CellRow) -> dict[object, LibraryCell]:
    """Return the cells by the letters of their column."""
    return {_COLUMN.search(cell.place)[1]: LibraryCell(cell.text, cell.place) for cell in row.cells}
