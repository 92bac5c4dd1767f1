"""Flat worksheets: a row for each record, nothing merged, for people who analyse.

XlsxWriter in constant memory keeps only the row being written of each sheet, and rows of several sheets may
be written in turn.
"""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import BinaryIO, Self

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports.office_text import SONG, printable
from reports.workbook.book import is_too_long, write_text

MOST_ROWS = 1_048_576 - 1  # of a worksheet, below its header
Value = str | int | Decimal | datetime.date | None

_FIRST_DATE = datetime.date(1900, 3, 1)  # before it Excel counts a day that never was
_HEADER_HEIGHT = 30
_FONT = {"font_name": SONG, "font_size": 11}
_HEADER = {
    "bold": True,
    "bg_color": "#E6EAEF",
    "bottom": 1,
    "align": "center",
    "valign": "vcenter",
    "text_wrap": True,
}


class Style(Enum):
    """How the cells of a column look."""

    TEXT = auto()
    CODE = auto()
    SERIAL = auto()  # a number that names or counts, not to be summed
    NUMBER = auto()
    AMOUNT = auto()  # 万元
    DATE = auto()
    WRAPPED = auto()


_TEXT = {"quote_prefix": True}  # stays text when it is edited, whatever it begins with
_LOOKS = {
    Style.TEXT: _TEXT,
    Style.CODE: {**_TEXT, "num_format": "@"},
    Style.SERIAL: {"align": "center"},
    Style.NUMBER: {},
    Style.AMOUNT: {"num_format": "#,##0.00####"},
    Style.DATE: {"num_format": "yyyy-mm-dd"},
    Style.WRAPPED: {**_TEXT, "text_wrap": True, "valign": "top"},
}


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

    def __init__(
        self, sheet: Worksheet, columns: Sequence[Column], header: Format, formats: Sequence[Format]
    ):
        self.sheet, self.columns, self.formats = sheet, columns, formats
        self.rows = 0
        self.cut_texts = 0
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_row(0, _HEADER_HEIGHT)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.title, header)

    def write(self, values: Iterable[Value]) -> None:
        """Add a row. Blank and None leave the cell empty; text is never a formula or a link."""
        self.rows += 1
        for place, (value, style) in enumerate(zip(values, self.formats, strict=True)):
            if value is not None and value != "":
                self._write_cell(place, value, style)

    def finish(self) -> None:
        self.sheet.autofilter(0, 0, self.rows, len(self.columns) - 1)

    def _write_cell(self, place: int, value: Value, style: Format) -> None:
        if isinstance(value, datetime.date) and value >= _FIRST_DATE:
            self.sheet.write_datetime(self.rows, place, value, style)
        elif isinstance(value, str | datetime.date):
            text = str(value)
            self.cut_texts += is_too_long(text)
            write_text(self.sheet, self.rows, place, text, style)
        else:
            self.sheet.write_number(self.rows, place, value, style)


class FlatWorkbook:
    """A context manager that writes an XLSX file to ``file`` when the block ends without an error."""

    def __init__(self, file: BinaryIO, *, title: str, creator: str, created: datetime.datetime):
        self.workbook = Workbook(file, {"constant_memory": True})
        properties = {"title": printable(title), "author": printable(creator)}
        self.workbook.set_properties({**properties, "created": created.replace(tzinfo=None)})
        self.header = self.workbook.add_format({**_FONT, **_HEADER})
        self.formats = {style: self.workbook.add_format({**_FONT, **look}) for style, look in _LOOKS.items()}
        self.sheets: list[FlatSheet] = []

    def add_sheet(self, name: str, columns: Sequence[Column]) -> FlatSheet:
        formats = [self.formats[column.style] for column in columns]
        sheet = FlatSheet(self.workbook.add_worksheet(name), columns, self.header, formats)
        self.sheets.append(sheet)
        return sheet

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error, *_) -> None:
        if error is None:
            for sheet in self.sheets:
                sheet.finish()
            self.workbook.close()
        else:
            self.workbook.fileclosed = True  # else it would be written when it is collected
