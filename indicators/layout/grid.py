"""The computed table: cells with spans and roles, laid out once and walked by every renderer."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise


class Role(StrEnum):
    """What a cell is, so that a renderer can set it without knowing which field it holds."""

    TITLE = "title"
    LINE_START = "line-start"
    LINE_END = "line-end"
    LABEL = "label"
    TIER = "tier"
    TEXT = "text"
    SHORT = "short"
    CODE = "code"
    MONEY = "money"
    PERCENT = "percent"
    COUNT = "count"


class RowKind(StrEnum):
    """Where a row belongs: lines stand outside the ruled table, a header is repeated on every page."""

    TITLE = "title"
    LINE = "line"
    BODY = "body"
    HEADER = "header"
    FOOT = "foot"


_UNRULED = frozenset({RowKind.TITLE, RowKind.LINE, RowKind.FOOT})
CONTINUED = "（续）"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``text`` is what is printed; ``number`` the same for a spreadsheet (万元, fraction)."""

    text: str
    role: Role
    columns: int = 1
    rows: int = 1
    number: Decimal | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: only the cells that begin in it, as in HTML. A long text may break over pages, others not."""

    cells: tuple[Cell, ...]
    kind: RowKind = RowKind.BODY
    may_break: bool = False
    starts_page: bool = False

    @property
    def is_ruled(self) -> bool:
        return self.kind not in _UNRULED


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell with the row and column (both from 0) of its upper left corner."""

    row: int
    column: int
    cell: Cell


@dataclass(frozen=True, slots=True)
class Section:
    """Numbered rows that one element of a flowing format holds: unruled lines, or a ruled table."""

    is_ruled: bool
    header: tuple[tuple[int, Row], ...]
    body: tuple[tuple[int, Row], ...]

    @property
    def groups(self) -> list[tuple[str, tuple[tuple[int, Row], ...]]]:
        """The rows by HTML row group; the header is what is repeated on every page."""
        return [(tag, rows) for tag, rows in (("thead", self.header), ("tbody", self.body)) if rows]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table on paper: ``widths`` of the base columns in millimetres, rows from top to bottom."""

    name: str
    widths: tuple[float, ...]
    rows: tuple[Row, ...]
    landscape: bool = False

    def placed(self) -> Iterator[Placed]:
        """Yield every cell with its place, spans of the rows above taken into account."""
        free_from = [0] * len(self.widths)
        for number, row in enumerate(self.rows):
            column = 0
            for cell in row.cells:
                while free_from[column] > number:
                    column += 1
                yield Placed(number, column, cell)
                free_from[column : column + cell.columns] = [number + cell.rows] * cell.columns
                column += cell.columns

    def sections(self) -> list[Section]:
        """Return the rows, numbered from 0, as sections: a header row begins a new table."""
        numbered = list(enumerate(self.rows))
        starts = [
            number
            for number, row in numbered
            if number == 0
            or row.is_ruled != self.rows[number - 1].is_ruled
            or (row.kind == RowKind.HEADER and self.rows[number - 1].kind != RowKind.HEADER)
        ]
        return [_section(numbered[start:end]) for start, end in pairwise([*starts, len(numbered)])]

    def lines(self) -> Iterator[list[Cell]]:
        """Yield every row as a reader of plain text meets it: a covered cell is a blank one."""
        covered: dict[int, list[tuple[int, Cell]]] = {}
        for place in self.placed():
            for below in range(place.row + 1, place.row + place.cell.rows):
                blank = Cell("", place.cell.role, columns=place.cell.columns)
                covered.setdefault(below, []).append((place.column, blank))
            covered.setdefault(place.row, []).append((place.column, place.cell))
        for number in range(len(self.rows)):
            yield [cell for _, cell in sorted(covered.get(number, ()), key=lambda pair: pair[0])]

    def broken_before(self, starts: frozenset[int]) -> "Grid":
        """Return the grid with its merged cells cut at the rows that start a page.

        The lower piece repeats the label with （续）, so that no page shows rows without their tier.
        """
        cells: list[list[tuple[int, Cell]]] = [[] for _ in self.rows]
        for place in self.placed():
            cuts = sorted(start for start in starts if place.row < start < place.row + place.cell.rows)
            edges = [place.row, *cuts, place.row + place.cell.rows]
            for piece, (first, last) in enumerate(pairwise(edges)):
                text = place.cell.text + (CONTINUED if piece and place.cell.text else "")
                cut = dataclasses.replace(place.cell, text=text, rows=last - first)
                cells[first].append((place.column, cut))
        rows = (
            dataclasses.replace(
                row,
                cells=tuple(cell for _, cell in sorted(cells[number], key=lambda pair: pair[0])),
                starts_page=number in starts,
            )
            for number, row in enumerate(self.rows)
        )
        return dataclasses.replace(self, rows=tuple(rows))


def _section(numbered: list[tuple[int, Row]]) -> Section:
    header = tuple(pair for pair in numbered if pair[1].kind == RowKind.HEADER)
    body = tuple(pair for pair in numbered if pair[1].kind != RowKind.HEADER)
    return Section(numbered[0][1].is_ruled, header, body)
