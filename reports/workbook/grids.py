"""A grid → a worksheet that prints it: the same cells, merges and borders, rows tall enough for their text.

Cell (row, column) of the grid is cell (row, column) of the worksheet. Where a table is long, two things
differ: a row taller than Excel allows takes several worksheet rows, merged into one, and merged tiers are cut
where a page ends, the label repeated.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import accumulate

from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from indicators.layout.grid import Cell, Grid, Placed, Role, RowKind
from reports.office_text import HEI, MILLIMETRES_PER_POINT
from reports.workbook.book import CENTRE, LEFT, PAGE_HEIGHT, PAGE_WIDTH, RIGHT, Book, set_columns, write_text
from reports.workbook.rows import TITLE_SIZE, broken_into_pages, row_heights, split_height

_SMALLEST_SCALE = 0.85  # below it a sheet is printed on several pages rather than shrunk onto one
# Excel ignores page breaks on a sheet that is fitted to the page, so several pages want a scale. A little
# less than 1 leaves room for programs that draw columns wider.
_PAGES_SCALE = 0.96
_ROOM_USED = 0.98  # of a page's height, since programs round the heights of rows each in its way
_MOST_DIGITS = 15  # what Excel keeps of a number

_NUMBER = {"text_wrap": False, "shrink": True}  # a number that is too wide would be printed as ####
_STYLES: Mapping[Role, dict] = {
    Role.TITLE: {**CENTRE, "font_name": HEI, "font_size": TITLE_SIZE, "bold": True},
    Role.LINE_START: LEFT,
    Role.LINE_END: RIGHT,
    Role.LABEL: CENTRE,
    Role.TIER: CENTRE,
    Role.TEXT: LEFT,
    Role.SHORT: CENTRE,
    Role.CODE: {**CENTRE, "num_format": "@"},
    Role.MONEY: RIGHT,
    Role.PERCENT: CENTRE,
    Role.COUNT: CENTRE,
}


def write_grid(book: Book, sheet: Worksheet, grid: Grid) -> None:
    """Write the grid, on one page if it nearly fits, else on several with its header row repeated."""
    room = (PAGE_WIDTH if grid.landscape else PAGE_HEIGHT) / MILLIMETRES_PER_POINT
    fits = sum(row_heights(grid)) * _SMALLEST_SCALE <= room
    if not fits:
        grid = broken_into_pages(grid, room * _ROOM_USED / _PAGES_SCALE)
    pieces = [split_height(height) for height in row_heights(grid)]
    firsts = list(accumulate(map(len, pieces), initial=0))  # the worksheet row where each row begins
    set_columns(sheet, grid.widths)
    for row, height in enumerate(height for parts in pieces for height in parts):
        sheet.set_row(row, height)
    for place in grid.placed():
        _write_cell(book, sheet, grid, place, firsts)
    used = (0, 0, firsts[-1] - 1, len(grid.widths) - 1)
    sheet.print_area(*used)
    sheet.ignore_errors({"number_stored_as_text": xl_range(*used)})
    if fits:
        sheet.fit_to_pages(1, 1)
    else:
        _set_pages(sheet, grid, firsts)


def _set_pages(sheet: Worksheet, grid: Grid, firsts: Sequence[int]) -> None:
    """Break the pages where the grid was cut, and repeat its header row on each."""
    sheet.set_print_scale(int(_PAGES_SCALE * 100))
    sheet.set_h_pagebreaks([firsts[number] for number, row in enumerate(grid.rows) if row.starts_page])
    headers = [number for number, row in enumerate(grid.rows) if row.kind == RowKind.HEADER]
    if headers:
        sheet.repeat_rows(firsts[headers[0]], firsts[headers[-1] + 1] - 1)


def _write_cell(book: Book, sheet: Worksheet, grid: Grid, place: Placed, firsts: Sequence[int]) -> None:
    cell = place.cell
    first, after = firsts[place.row], firsts[place.row + cell.rows]
    last_column = place.column + cell.columns - 1
    number_format = _number_format(cell)
    styles, row = [_STYLES[cell.role]], grid.rows[place.row]
    if row.is_ruled:
        styles.append({"border": 1})
    if row.kind == RowKind.HEADER:
        styles.append({"font_name": HEI})
    if after - first > cell.rows:
        styles.append({"valign": "top"})
    if number_format:
        styles += [_NUMBER, {"num_format": number_format}]
    style = book.format(*styles)
    if (after - first, cell.columns) != (1, 1):
        sheet.merge_range(first, place.column, after - 1, last_column, "", style)
    if number_format:
        sheet.write_number(first, place.column, float(cell.number), style)
    else:
        write_text(sheet, first, place.column, cell.text, style)


def _number_format(cell: Cell) -> str:
    """Return the format that shows the cell's number as its text does, or '': write the text."""
    if cell.number is None or not _is_exact(cell.number):
        return ""
    match cell.role:
        case Role.MONEY:
            return "0.00####_ "  # a blank between the number and the line
        case Role.PERCENT:
            decimals = len(cell.text.rstrip("%").partition(".")[2])
            return f"0.{'0' * decimals}%" if decimals else "0%"
        case Role.COUNT:
            return "0"
    return ""


def _is_exact(number: Decimal) -> bool:
    """Return whether Excel keeps every digit of the number."""
    return len(number.normalize().as_tuple().digits) <= _MOST_DIGITS
