"""Flat worksheets: a row for each record, nothing merged, written straight as XML to disk.

A person waits for these in the browser, and XlsxWriter takes three times as long to write 150 000 rows.
Memory does not grow with the rows, and rows of several sheets may be written in turn.
"""

import datetime
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from html import escape
from typing import BinaryIO, Self

from xlsxwriter.utility import xl_col_to_name

from reports import flat_workbook_parts as parts
from reports.office_text import printable
from reports.workbook.book import LONGEST_TEXT

MOST_ROWS = 1_048_576 - 1  # of a worksheet, below its header
CUT = "……（此处截断：超出Excel单元格32767字的上限）"

Value = str | int | Decimal | datetime.date | None

_COMPRESSION = 1  # in a third of the time of the usual 6, for a file a quarter larger
_EPOCH = datetime.date(1899, 12, 30)
_FIRST_DATE = datetime.date(1900, 3, 1)  # before it Excel counts a day that never was
_NOT_PLAIN = re.compile(r"[&<>\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]|_x")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # Excel reads _x0041_ as the letter A


class Style(IntEnum):
    """How a cell looks, as its place among the cell styles of parts."""

    HEADER = 1
    TEXT = 2  # stays text when it is edited, whatever it begins with
    CODE = 3
    SERIAL = 4  # a number that names or counts, not to be summed
    NUMBER = 5
    AMOUNT = 6  # 万元: two to six decimals, thousands separated
    DATE = 7
    WRAPPED = 8


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how to take its value from a record, and what the value means to the reader."""

    title: str
    width: int  # in digits
    value: Callable[..., Value]
    style: Style = Style.TEXT
    meaning: str = ""


class FlatSheet:
    """A worksheet that is being written: a frozen header with filters, then rows of values."""

    def __init__(self, name: str, columns: Sequence[Column]):
        self.name, self.columns = name, columns
        self.rows = 0
        self.cut_texts = 0
        self.file = tempfile.NamedTemporaryFile(suffix=".xml")  # noqa: SIM115 - closed by the workbook
        self._cells = [(xl_col_to_name(place), column.style.value) for place, column in enumerate(columns)]
        self._write(parts.sheet_head([column.width for column in columns], self._is_wrapped))
        header = [(letter, Style.HEADER.value) for letter, _ in self._cells]
        self._write_row(header, self._titles, ' ht="30" customHeight="1"')

    def write(self, values: Iterable[Value]) -> None:
        """Add a row. Blank and None leave the cell empty; text is never a formula or a link."""
        self.rows += 1
        self._write_row(self._cells, values)

    @property
    def range(self) -> str:
        return f"$A$1:${self._cells[-1][0]}${self.rows + 1}"

    def finish(self) -> None:
        self._write(parts.sheet_tail(self.range.replace("$", "")))
        self.file.flush()

    @property
    def _titles(self) -> list[str]:
        return [column.title for column in self.columns]

    @property
    def _is_wrapped(self) -> bool:
        return any(column.style == Style.WRAPPED for column in self.columns)

    def _write_row(
        self, cells: Iterable[tuple[str, int]], values: Iterable[Value], attributes: str = ""
    ) -> None:
        number = self.rows + 1
        row = [f'<row r="{number}"{attributes}>']
        row += [
            f'<c r="{letter}{number}" s="{style}"{self._content(value)}</c>'
            for (letter, style), value in zip(cells, values, strict=True)
            if value is not None and value != ""
        ]
        row.append("</row>")
        self._write("".join(row))

    def _write(self, xml: str) -> None:
        self.file.write(xml.encode())

    def _content(self, value: Value) -> str:
        """Return what stands between the start tag of a cell, still open, and its end tag."""
        if isinstance(value, datetime.date):
            value = (value - _EPOCH).days if value >= _FIRST_DATE else value.isoformat()
        if isinstance(value, str):
            return f' t="inlineStr"><is><t xml:space="preserve">{self._text(value)}</t></is>'
        return f"><v>{value:f}</v>" if isinstance(value, Decimal) else f"><v>{value}</v>"

    def _text(self, text: str) -> str:
        """Return the text as XML, without what a workbook cannot hold, cut where a cell is full."""
        if len(text) > LONGEST_TEXT // 2:  # characters beyond the basic plane count twice
            text = self._within_limit(printable(text))
        if not _NOT_PLAIN.search(text):
            return text
        return escape(_LOOKS_ESCAPED.sub("_x005F_", printable(text)), quote=False)

    def _within_limit(self, text: str) -> str:
        units = text.encode("utf-16-le")
        if len(units) <= LONGEST_TEXT * 2:
            return text
        self.cut_texts += 1
        return units[: (LONGEST_TEXT - len(CUT)) * 2].decode("utf-16-le", errors="ignore") + CUT


class FlatWorkbook:
    """A context manager that writes an XLSX file to ``file`` when the block ends without an error."""

    def __init__(self, file: BinaryIO, *, title: str, creator: str, created: datetime.datetime):
        self.file = file
        self.properties = parts.properties(printable(title), printable(creator), created)
        self.sheets: list[FlatSheet] = []

    def add_sheet(self, name: str, columns: Sequence[Column]) -> FlatSheet:
        sheet = FlatSheet(name, columns)
        self.sheets.append(sheet)
        return sheet

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error, *_) -> None:
        try:
            if error is None:
                self._assemble()
        finally:
            for sheet in self.sheets:
                sheet.file.close()

    def _assemble(self) -> None:
        names = [(sheet.name, sheet.range) for sheet in self.sheets]
        with zipfile.ZipFile(self.file, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive:
            for path, xml in parts.fixed_parts(names, self.properties).items():
                archive.writestr(path, xml)
            for number, sheet in enumerate(self.sheets, start=1):
                sheet.finish()
                archive.write(sheet.file.name, parts.sheet_path(number))
