"""回填导出: filed tables written into a copy of the site's own template, so that nothing is typed again.

openpyxl keeps what the template looks like: styles, widths, validations. The first row below the heads is
the pattern of all rows; what stood below the heads in a filled column gives way.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from indicators.file_types import WORKBOOK, FileTypeError, type_of
from indicators.importers.heads import guess_amount_unit, guess_head_row, heads_of
from indicators.importers.outcome import ImportRefused, refused
from indicators.importers.sheets import Sheet, read_sheets
from indicators.importers.workbook_guard import BROKEN, damaged
from indicators.rows import load_tables
from projects.models import EXEMPT, ColumnMapping, Declaration
from reports.backfill_fields import (
    BY_NAME,
    FIELDS,
    BackfillField,
    Value,
    guess_template_columns,
    is_by_indicator,
    records_of,
    values_of,
)
from reports.office_text import printable
from workflow.models import Status

LARGEST_TEMPLATE = 2 * 1024 * 1024
MOST_ROWS = 10_000
PREVIEWED_ROWS = 10
LONGEST_TEXT = 32_767  # UTF-16 units in a cell
_FILED = (*Status.UNDER_REVIEW, *Status.IN_FORCE)


class BackfillError(ValueError):
    """The file cannot be made as asked; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class TemplateLayout:
    """Where a template is filled: sheet, row of the heads (from 1), column (from 0) of each field."""

    sheet: str
    head_row: int
    columns: Mapping[str, int]
    amount_unit: str = "wan"


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as they will stand in the file, under the heads of the template."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    number: int


def read_template(name: str, data: bytes) -> tuple[Sheet, ...]:
    """Return the sheets of an uploaded template. Raises ImportRefused where it is none."""
    if len(data) > LARGEST_TEMPLATE:
        limit = LARGEST_TEMPLATE // 1024 // 1024
        raise refused(
            "全文", f"模板有{len(data) / 1024 / 1024:.1f}MB，超过{limit}MB的上限，删去示例数据后再上传。"
        )
    try:
        if data.strip() and type_of(name, data) != WORKBOOK:
            raise refused("全文", "模板应为Excel工作簿（xlsx），另存为xlsx后再上传。")
    except FileTypeError as error:
        raise refused("全文", f"模板{error}") from error
    sheets = read_sheets(data)
    _open(data)
    return sheets


def guess_template_layout(sheet: Sheet, head_row: int | None = None) -> TemplateLayout:
    """Return how a sheet of a template is most likely filled."""
    row = head_row or guess_head_row(sheet, FIELDS)
    heads = heads_of(sheet, row)
    columns = guess_template_columns(heads)
    amounts = [heads[column] for name, column in columns.items() if BY_NAME[name].is_amount]
    above = [cell.text for cells in sheet.rows[: row - 1] for cell in cells if "单位" in cell.text]
    unit = guess_amount_unit(amounts) or guess_amount_unit(above)
    return TemplateLayout(sheet.name, row, columns, unit or "wan")


def likely_layout(sheets: Iterable[Sheet]) -> TemplateLayout:
    """Return the layout of the sheet whose heads name most fields."""
    return max(map(guess_template_layout, sheets), key=lambda layout: len(layout.columns))


def saved_layout(mapping: ColumnMapping, sheets: Sequence[Sheet]) -> TemplateLayout | None:
    """Return the layout that was saved for a template; None where its sheet is not to be found."""
    sheet = next((sheet for sheet in sheets if sheet.name == mapping.sheet), None)
    if sheet is None:
        return None
    places: dict[str, int] = {}
    for column, head in enumerate(heads_of(sheet, mapping.head_row)):
        places.setdefault(head, column)
    columns = {
        name: places[head] for name, head in mapping.columns.items() if name in BY_NAME and head in places
    }
    return TemplateLayout(mapping.sheet, mapping.head_row, columns, mapping.amount_unit or "wan")


def rows_below_heads(sheet: Sheet, head_row: int) -> int:
    """Return how many rows of a template hold anything below its heads: they give way."""
    return sum(1 for cells in sheet.rows[head_row:] if any(cell.text for cell in cells))


def to_backfill(declarations: QuerySet[Declaration], *, only_filed: bool) -> QuerySet[Declaration]:
    """Return the declarations whose tables are written: not those of exempt categories."""
    due = declarations.counted().exclude(project__category__in=EXEMPT)
    if only_filed:
        due = due.filter(status__in=_FILED)
    return due.order_by("department_year__department__code", "position")


def count_rows(declarations: QuerySet[Declaration], columns: Iterable[str]) -> int:
    """Return how many rows the file will have, in one query."""
    if not is_by_indicator(columns):
        return declarations.count()
    numbers = declarations.order_by().annotate(rows=Count("indicators")).values_list("rows", flat=True)
    return sum(max(1, number) for number in numbers)


def preview_backfill(
    declarations: QuerySet[Declaration], layout: TemplateLayout, heads: Mapping[str, str]
) -> Preview:
    """Return the first rows of the file, in the order of the template's columns."""
    order = sorted(layout.columns, key=layout.columns.__getitem__)
    number = count_rows(declarations, order)
    tables = load_tables(declarations[:PREVIEWED_ROWS])
    rows = []
    for record in list(records_of(tables, order))[:PREVIEWED_ROWS]:
        values = values_of(record, layout.columns, layout.amount_unit)
        rows.append(tuple(_shown(values[name]) for name in order))
    return Preview(tuple(heads[name] for name in order), tuple(rows), number)


def fill_template(data: bytes, layout: TemplateLayout, declarations: QuerySet[Declaration]) -> bytes:
    """Return a copy of the template with the tables in it. Raises BackfillError, ImportRefused."""
    number = count_rows(declarations, layout.columns)
    if number > MOST_ROWS:
        raise BackfillError(f"要写入{number}行，一次最多{MOST_ROWS}行，选择部门后分几次导出。")
    if not number:
        raise BackfillError("所选范围内没有可以导出的绩效目标表，换一个部门或年度。")
    book = _open(data)
    if layout.sheet not in book.sheetnames:
        raise BackfillError(f"模板中没有工作表“{layout.sheet}”，由财政审核人重新核对模板的列对应关系。")
    _Filling(book[layout.sheet], layout).write(declarations)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _open(data: bytes) -> Workbook:
    try:
        return load_workbook(io.BytesIO(data), keep_links=False)
    except BROKEN as error:
        raise damaged() from error


class _Filling:
    """Writes records below the heads of a sheet."""

    def __init__(self, sheet: Worksheet, layout: TemplateLayout) -> None:
        self._sheet, self._layout = sheet, layout
        ends = (span.max_row for span in sheet.merged_cells.ranges if span.min_row <= layout.head_row)
        self._first = max((layout.head_row, *ends)) + 1
        self._fields = [(BY_NAME[name], column + 1) for name, column in layout.columns.items()]

    def write(self, declarations: QuerySet[Declaration]) -> None:
        self._make_room()
        pattern = [
            copy(self._sheet.cell(self._first, column)._style)
            for column in range(1, self._sheet.max_column + 1)
        ]
        row = self._first
        for record in records_of(load_tables(declarations), self._layout.columns):
            if row > self._first:
                for column, style in enumerate(pattern, start=1):
                    self._sheet.cell(row, column)._style = copy(style)
            values = values_of(record, self._layout.columns, self._layout.amount_unit)
            for field, column in self._fields:
                _put(self._sheet.cell(row, column), values[field.name], field)
            row += 1

    def _make_room(self) -> None:
        """Undo merges and clear the filled columns below the heads."""
        for span in list(self._sheet.merged_cells.ranges):
            if span.min_row >= self._first:
                self._sheet.unmerge_cells(str(span))
        for row in range(self._first, self._sheet.max_row + 1):
            for _, column in self._fields:
                self._sheet.cell(row, column).value = None


def _put(cell: Cell, value: Value, field: BackfillField) -> None:
    """Write a value; a text stays a text, whatever it begins with."""
    if value is None or value == "":
        return
    if field.is_percent and "%" in cell.number_format:
        value = value / 100
    if isinstance(value, str):
        cell.value = _within_limit(printable(value))
        cell.data_type = "s"
        cell.quotePrefix = True
        if field.is_code:
            cell.number_format = "@"
    else:
        cell.value = value


def _within_limit(text: str) -> str:
    if len(text) * 2 <= LONGEST_TEXT:
        return text
    return text.encode("utf-16-le")[: LONGEST_TEXT * 2].decode("utf-16-le", errors="ignore")


def _shown(value: Value) -> str:
    if value is None:
        return ""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def template_bytes(mapping: ColumnMapping) -> bytes:
    """Return the stored template. Raises BackfillError where the file is gone."""
    try:
        with mapping.template.open("rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise BackfillError(f"模板“{mapping.name}”的文件已不在，由财政审核人重新上传。") from error


def layout_of(mapping: ColumnMapping) -> tuple[bytes, tuple[Sheet, ...], TemplateLayout]:
    """Return a stored template's bytes, sheets and layout. Raises BackfillError."""
    data: Any = template_bytes(mapping)
    try:
        sheets = read_sheets(data)
    except ImportRefused as error:
        raise BackfillError(f"模板“{mapping.name}”无法读取，由财政审核人重新上传。") from error
    layout = saved_layout(mapping, sheets)
    if layout is None or not layout.columns:
        raise BackfillError(f"模板“{mapping.name}”还没有对应各列，由财政审核人对应后再导出。")
    return data, sheets, layout
