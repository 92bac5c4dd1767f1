"""How tall the rows of a worksheet must be, in points, and which of them begin a page.

Excel shows what a row has room for and no more, and puts the edge of the page through merged cells. So both
are decided here.
"""

import math
from collections.abc import Sequence

from indicators.layout.grid import Grid, Placed, Role, RowKind
from reports.office_text import MILLIMETRES_PER_POINT, count_lines, printable

BODY_SIZE = 10.5
TITLE_SIZE = 16
TALLEST_ROW = 409.0  # Excel's limit
# Noto Serif SC, which LibreOffice takes where there is no 宋体, sets lines 1.44 em apart; 宋体 less.
_LINE_SPACING = 1.48
_LEAST_HEIGHT = 21.0
_PADDING_WIDTH = 2.0  # millimetres, left and right together
_PADDING_HEIGHT = 5.0
_TRIES = 4


def text_height(text: str, width: float, size: float = BODY_SIZE) -> float:
    """Return the height of ``text`` in a cell ``width`` millimetres wide, set at ``size`` points."""
    lines = count_lines(printable(text), (width - _PADDING_WIDTH) / (size * MILLIMETRES_PER_POINT))
    return max(_LEAST_HEIGHT, lines * size * _LINE_SPACING + _PADDING_HEIGHT)


def row_heights(grid: Grid) -> list[float]:
    """Return the height each row of the grid needs, however tall."""
    heights = [_LEAST_HEIGHT] * len(grid.rows)
    for place in sorted(grid.placed(), key=lambda place: place.cell.rows):
        rows = range(place.row, place.row + place.cell.rows)
        lacking = _needed(place, grid.widths) - sum(heights[row] for row in rows)
        if lacking > 0:
            for row in rows:
                heights[row] += lacking / len(rows)
    return heights


def split_height(height: float) -> list[float]:
    """Return ``height`` in equal pieces, none taller than a row of a worksheet may be."""
    pieces = math.ceil(height / TALLEST_ROW)
    return [height / pieces] * pieces


def broken_into_pages(grid: Grid, room: float) -> Grid:
    """Return the grid cut where pages of ``room`` points end, so that no merged cell crosses a page.

    Rows stay where they are, for a worksheet repeats its header by itself, and labels as they are: people
    import the workbook again, and the tier is not called 产出指标（续）.
    """
    starts: frozenset[int] = frozenset()
    for _ in range(_TRIES):  # a label that is cut may make its rows taller
        found = _page_starts(grid, row_heights(grid.cut(starts)), room)
        if found == starts:
            break
        starts = found
    return grid.cut(starts)


def _page_starts(grid: Grid, heights: Sequence[float], room: float) -> frozenset[int]:
    """Return the rows that begin a page, rows that belong together kept together."""
    starts, used, repeated = set(), 0.0, 0.0
    for rows in _inseparable(grid):
        pieces = [piece for row in rows for piece in split_height(heights[row])]
        if used and used + sum(pieces) > room >= repeated + sum(pieces):
            starts.add(rows[0])
            used = repeated
        for piece in pieces:  # what is taller than a page is broken by the program that prints it
            used = used + piece if used + piece <= room else repeated + piece
        repeated += sum(heights[row] for row in rows if grid.rows[row].kind == RowKind.HEADER)
    return frozenset(starts)


def _inseparable(grid: Grid) -> list[list[int]]:
    """Return the row numbers in groups: titles and headers with what follows, and all that a label spans.

    Foot lines stay with what is above them. So only tiers are ever cut.
    """
    spanned = {
        row
        for place in grid.placed()
        if place.cell.role == Role.LABEL
        for row in range(place.row + 1, place.row + place.cell.rows)
    }
    groups: list[list[int]] = []
    for number, row in enumerate(grid.rows):
        above = grid.rows[number - 1].kind if number else None
        is_led = above in (RowKind.TITLE, RowKind.LINE, RowKind.HEADER)
        if number and (is_led or number in spanned or row.kind == RowKind.FOOT):
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _needed(place: Placed, widths: Sequence[float]) -> float:
    cell = place.cell
    if cell.number is not None:
        return _LEAST_HEIGHT  # numbers do not wrap
    width = sum(widths[place.column : place.column + cell.columns])
    return text_height(cell.text, width, TITLE_SIZE if cell.role == Role.TITLE else BODY_SIZE)
