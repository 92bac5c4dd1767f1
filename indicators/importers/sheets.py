"""The bytes of a foreign workbook → sheets of raw cells: xlsx, xls or csv, told from the content.

Nothing is interpreted: a cell keeps its text and how the file states it. Merged cells repeat their text in
every cell they cover, so that heads over several columns and units over several rows can be read.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from indicators.importers.outcome import ImportRefused, refused
from indicators.importers.workbook_guard import (
    BROKEN,
    MOST_COLUMNS,
    MOST_ELEMENTS,
    damaged,
    inspect_workbook,
    merged_cells,
)
from perfbudget.lib.text import clean_text

LARGEST_FILE = 10 * 1024 * 1024
MOST_ROWS = 5_000
MOST_CELLS = 200_000
MOST_SHEETS = 30
EXACT_DIGITS = 15  # what Excel keeps of a number
_LONGEST_TEXT = 2_000
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ADVICE = "在一体化系统中导出为Excel（xlsx、xls）或csv后再上传。"
_OTHERS = (
    (b"%PDF-", "PDF文件"),
    (b"{\\rtf", "RTF文件"),
    (b"Rar!", "RAR压缩文件"),
    (b"7z\xbc\xaf", "7z压缩文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
)


class CellKind(StrEnum):
    """How the file states a cell; only texts and numbers have a certain content."""

    TEXT = "text"
    NUMBER = "number"
    FORMULA = "formula"
    ERROR = "error"
    DATE = "date"
    BOOLEAN = "boolean"

    @property
    def label(self) -> str:
        labels = ("文本", "数值", "公式", "错误值", "日期", "逻辑值")
        return dict(zip(CellKind, labels, strict=True))[self]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as stated; a blank one is an empty text."""

    text: str = ""
    kind: CellKind = CellKind.TEXT

    @property
    def has_lost_digits(self) -> bool:
        """True for a number of more digits than a workbook keeps: its last ones are not what was typed."""
        return self.kind == CellKind.NUMBER and Decimal(self.text).adjusted() >= EXACT_DIGITS


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet; ``rows`` are as long as their last cell that is not blank."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]

    def cell(self, row: int, column: int) -> Cell:
        """Return the cell of a row counted from 1 and a column counted from 0; blank outside the sheet."""
        if not 0 < row <= len(self.rows):
            return Cell()
        cells = self.rows[row - 1]
        return cells[column] if column < len(cells) else Cell()

    @property
    def width(self) -> int:
        return max(map(len, self.rows), default=0)

    def place(self, row: int, column: int | None = None) -> str:
        """Return where a cell, or a row, is: 工作表“清单”B7."""
        at = f"第{row}行" if column is None else f"{get_column_letter(column + 1)}{row}"
        return f"工作表“{self.name}”{at}"

    def plain(self) -> dict[str, Any]:
        """Return the sheet as JSON holds it: texts as they are, other cells with their kind."""
        return {"name": self.name, "rows": [[_plain(cell) for cell in row] for row in self.rows]}

    @staticmethod
    def from_plain(plain: dict[str, Any]) -> "Sheet":
        return Sheet(plain["name"], tuple(tuple(map(_from_plain, row)) for row in plain["rows"]))


def _plain(cell: Cell) -> str | list[str]:
    return cell.text if cell.kind == CellKind.TEXT else [cell.text, cell.kind.value]


def _from_plain(plain: str | list[str]) -> Cell:
    return Cell(plain) if isinstance(plain, str) else Cell(plain[0], CellKind(plain[1]))


def read_sheets(data: bytes) -> tuple[Sheet, ...]:
    """Return the visible sheets of a file that hold anything. Raises ImportRefused."""
    if len(data) > LARGEST_FILE:
        limit = LARGEST_FILE // 1024 // 1024
        raise refused(
            "全文", f"文件大小为{len(data) / 1024 / 1024:.1f}MB，超过上限{limit}MB，分单位导出后再上传。"
        )
    if not data.strip():
        raise refused("全文", f"文件是空的。{_ADVICE}")
    read = _reader(data)
    sheets = tuple(sheet for sheet in read(data) if sheet.rows)
    if not sheets:
        raise refused("全文", "文件中没有任何内容，或有内容的工作表都是隐藏的。核对所选文件。")
    if sum(len(row) for sheet in sheets for row in sheet.rows) > MOST_CELLS:
        raise refused("全文", f"文件的单元格超过{MOST_CELLS}个，只保留项目清单所在的工作表后再上传。")
    return sheets


def _reader(data: bytes) -> Callable[[bytes], Iterable[Sheet]]:
    if data.startswith(_ZIP):
        return _xlsx_sheets
    if data.startswith(_OLE):
        return _xls_sheets
    for start, name in _OTHERS:
        if data.startswith(start):
            raise refused("全文", f"这是{name}，不能读取。{_ADVICE}")
    if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        raise refused("全文", "这是以xls命名的网页或XML，不是工作簿，用Excel打开后另存为xlsx再上传。")
    return _csv_sheets


def _xlsx_sheets(data: bytes) -> Iterator[Sheet]:
    _require_workbook(data)
    merges = inspect_workbook(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        for sheet in book.worksheets[:MOST_SHEETS]:
            if sheet.sheet_state != "visible":
                continue
            sheet.reset_dimensions()
            rows = (list(map(_xlsx_cell, cells)) for cells in sheet.iter_rows())
            # The only name openpyxl gives to the part a sheet was read from.
            covered = merges.get(sheet._worksheet_path.lstrip("/"), [])
            spans = ((row, column, (merge[1], merge[0])) for row, column, merge in merged_cells(covered))
            yield _sheet(sheet.title, rows, spans)
    except BROKEN as error:
        raise damaged() from error


def _require_workbook(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise damaged() from error
    if "xl/workbook.xml" not in names:
        is_word = "word/document.xml" in names
        kind = "Word文档" if is_word else "压缩文件或其他格式的文件"
        raise refused("全文", f"这是{kind}，不是Excel工作簿。{_ADVICE}")


def _xlsx_cell(cell: Any) -> Cell:
    if cell.value is None:
        return Cell()
    kinds = {
        "f": CellKind.FORMULA,
        "e": CellKind.ERROR,
        "d": CellKind.DATE,
        "b": CellKind.BOOLEAN,
        "n": CellKind.NUMBER,
    }
    kind = kinds.get(cell.data_type, CellKind.TEXT)
    return Cell(_number(cell.value) if kind == CellKind.NUMBER else _text(str(cell.value)), kind)


def _xls_sheets(data: bytes) -> Iterator[Sheet]:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise refused("全文", "文件设有打开密码，取消密码后再上传。")
    if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        raise refused("全文", f"这是旧版Office文件，但不是Excel工作簿。{_ADVICE}")
    import xlrd  # only old workbooks need it

    broken = (*BROKEN, xlrd.XLRDError, xlrd.compdoc.CompDocError, AssertionError, MemoryError)
    try:
        with open_xls(data) as book:
            for sheet in book.sheets()[:MOST_SHEETS]:
                if not sheet.visibility:
                    yield _xls_sheet(sheet)
    except ImportRefused:
        raise
    except broken as error:
        raise damaged() from error


def open_xls(data: bytes) -> Any:
    """Return the xlrd book of the bytes: ragged rows, else one far cell would be millions of blank ones."""
    import xlrd

    return xlrd.open_workbook(
        file_contents=data, ragged_rows=True, formatting_info=True, logfile=io.StringIO()
    )


def _xls_sheet(sheet: Any) -> Sheet:
    area = sum((last - row) * (end - column) for row, last, column, end in sheet.merged_cells)
    if area > MOST_ELEMENTS:
        raise refused(f"工作表“{sheet.name}”", "合并单元格过多，取消不需要的合并后再上传。")
    rows = (
        [
            _xls_cell(value, kind)
            for value, kind in zip(sheet.row_values(number), sheet.row_types(number), strict=True)
        ]
        for number in range(sheet.nrows)
    )
    spans = (
        (row + 1, column + 1, (first + 1, begin + 1))
        for first, last, begin, end in sheet.merged_cells
        for row in range(first, min(last, MOST_ROWS))
        for column in range(begin, min(end, MOST_COLUMNS))
    )
    return _sheet(sheet.name, rows, spans)


def _xls_cell(value: Any, kind: int) -> Cell:
    """Return a cell by xlrd's number for its type; a formula of an xls file is stated as its last result."""
    kinds = {2: CellKind.NUMBER, 3: CellKind.DATE, 4: CellKind.BOOLEAN, 5: CellKind.ERROR}
    found = kinds.get(kind, CellKind.TEXT)
    return Cell(_number(value) if found == CellKind.NUMBER else _text(str(value)), found)


def _csv_sheets(data: bytes) -> Iterator[Sheet]:
    text = _decode(data)
    delimiter = "\t" if text.partition("\n")[0].count("\t") else ","
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        yield _sheet("csv", ([Cell(_text(value)) for value in line] for line in lines), ())
    except csv.Error as error:
        raise refused("全文", f"不是可以读取的表格。{_ADVICE}") from error


def _decode(data: bytes) -> str:
    if b"\x00" in data:
        raise refused("全文", f"这不是可以读取的表格文件。{_ADVICE}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError as error:
            raise refused("全文", f"文件的编码无法识别。{_ADVICE}") from error


def _sheet(
    name: str, rows: Iterable[Sequence[Cell]], spans: Iterable[tuple[int, int, tuple[int, int]]]
) -> Sheet:
    """Return the sheet with merged cells filled; ``spans`` are (row, column, first cell), from 1."""
    read = [
        _trimmed(name, number, cells) for number, cells in enumerate(rows, start=1) if _is_near(number, cells)
    ]
    for row, column, (first_row, first_column) in spans:
        if (row, column) != (first_row, first_column) and row <= len(read):
            cells = read[row - 1]
            origin = read[first_row - 1]
            filled = origin[first_column - 1] if first_column <= len(origin) else Cell()
            if filled.text and column <= MOST_COLUMNS:
                cells.extend([Cell()] * (column - len(cells)))
                cells[column - 1] = filled
    while read and not read[-1]:
        read.pop()
    return Sheet(name, tuple(map(tuple, read)))


def _is_near(number: int, cells: Sequence[Cell]) -> bool:
    """Blank rows far below the list, which styled sheets have by the million, are not kept."""
    return number <= MOST_ROWS or any(cell.text for cell in cells)


def _trimmed(name: str, number: int, cells: Sequence[Cell]) -> list[Cell]:
    kept = list(cells)
    while kept and not kept[-1].text:
        kept.pop()
    if number > MOST_ROWS:
        raise refused(f"工作表“{name}”第{number}行", f"内容超出{MOST_ROWS}行，分单位导出、分几次导入。")
    if len(kept) > MOST_COLUMNS:
        raise refused(
            f"工作表“{name}”第{number}行", f"内容超出{MOST_COLUMNS}列，删去表格以外的内容后再上传。"
        )
    return kept


def _number(value: int | float) -> str:
    """Return a number as text, with the digits that a workbook keeps of it."""
    number = Decimal(value) if isinstance(value, int) else Decimal(format(value, f".{EXACT_DIGITS}g"))
    if number.adjusted() >= EXACT_DIGITS:
        return format(number.normalize(), "E")
    return format(number, "f")


def _text(text: str) -> str:
    return clean_text(text[:_LONGEST_TEXT])
