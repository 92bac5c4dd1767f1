"""The computed table: cells with spans and roles, laid out once and walked by every renderer."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate, pairwise
from operator import itemgetter


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
MOST_REPEATED = 60  # characters of a merged text that the next page says again


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


@dataclass(frozen=True, slots=True, order=True)
class Break:
    """Where a page begins: before a row, or inside its text before the character ``offset``."""

    row: int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its number from 0; ``is_covered`` where a cell from above takes its first column."""

    number: int
    row: Row
    is_covered: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that one element of a flowing format holds: unruled lines, or a ruled table."""

    is_ruled: bool
    header: tuple[Line, ...]
    body: tuple[Line, ...]

    @property
    def starts_page(self) -> bool:
        return any(line.row.starts_page for line in (*self.header, *self.body))

    @property
    def groups(self) -> list[tuple[str, tuple[Line, ...]]]:
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
        """Return the rows, numbered from 0, as sections: a new page or a header row begins a new table."""
        open_rows = {place.row for place in self.placed() if place.column == 0}
        lines = [Line(number, row, number not in open_rows) for number, row in enumerate(self.rows)]
        starts = [
            number
            for number, row in enumerate(self.rows)
            if number == 0
            or row.starts_page
            or row.is_ruled != self.rows[number - 1].is_ruled
            or (row.kind == RowKind.HEADER and self.rows[number - 1].kind != RowKind.HEADER)
        ]
        return [_section(lines[start:end]) for start, end in pairwise([*starts, len(lines)])]

    def lines(self) -> Iterator[list[Cell]]:
        """Yield every row as a reader of plain text meets it: a covered cell is a blank one."""
        covered: dict[int, list[tuple[int, Cell]]] = {}
        for place in self.placed():
            for below in range(place.row + 1, place.row + place.cell.rows):
                blank = Cell("", place.cell.role, columns=place.cell.columns)
                covered.setdefault(below, []).append((place.column, blank))
            covered.setdefault(place.row, []).append((place.column, place.cell))
        for number in range(len(self.rows)):
            yield [cell for _, cell in sorted(covered.get(number, ()), key=itemgetter(0))]

    def broken(self, breaks: Iterable[Break]) -> "Grid":
        """Return the grid as it is printed when pages begin at ``breaks``.

        A text in which a page begins becomes several rows, a merged cell is cut, its lower piece marked
        （续）, and the header is put again, so that no page shows rows without their tier and columns.
        """
        offsets: dict[int, list[int]] = {}
        for place in sorted(breaks):
            offsets.setdefault(place.row, []).append(place.offset)
        grid, starts = self._with_texts_cut(offsets)
        cut = grid.cut(starts, CONTINUED)
        return replace(cut, rows=tuple(_with_headers_repeated(cut.rows)))

    def cut(self, starts: Collection[int], continued: str = "") -> "Grid":
        """Return the grid with merged cells cut before the rows ``starts``, which begin pages.

        The lower piece of a cell repeats its text with ``continued``, a running number without it; an amount
        is said once, or it would be added up twice, and a long text fills no page twice. Every row stays.
        """
        cells: list[list[tuple[int, Cell]]] = [[] for _ in self.rows]
        for place in self.placed():
            cuts = sorted(start for start in starts if place.row < start < place.row + place.cell.rows)
            for piece, (first, last) in enumerate(pairwise([place.row, *cuts, place.row + place.cell.rows])):
                held = _continued(place.cell, continued) if piece else place.cell
                cells[first].append((place.column, replace(held, rows=last - first)))
        rows = (
            replace(row, cells=_in_order(cells[number]), starts_page=number in starts)
            for number, row in enumerate(self.rows)
        )
        return replace(self, rows=tuple(rows))

    def without_merged_texts(self) -> "Grid":
        """Return the grid with no merged cell: labels in each of their rows, texts in none."""
        rows = (replace(row, cells=tuple(map(_without_merged_text, row.cells))) for row in self.rows)
        return replace(self, rows=tuple(rows)).cut(range(len(self.rows)))

    def _with_texts_cut(self, offsets: dict[int, list[int]]) -> tuple["Grid", set[int]]:
        """Return the grid with a row for each piece of a cut text, and which rows start a page."""
        cuts = {number: [offset for offset in found if offset] for number, found in offsets.items()}
        first_of = list(
            accumulate((1 + len(cuts.get(number, ())) for number in range(len(self.rows))), initial=0)
        )
        cells: list[list[tuple[int, Cell]]] = [[] for _ in range(first_of[-1])]
        for place in self.placed():
            first, cell = first_of[place.row], place.cell
            if cell.role == Role.TEXT and cell.rows == 1 and self.rows[place.row].may_break:
                for piece, (start, end) in enumerate(pairwise([0, *cuts.get(place.row, ()), None])):
                    text = cell.text[start:end].rstrip("\n")
                    cells[first + piece].append((place.column, replace(cell, text=text)))
            else:
                rows = first_of[place.row + cell.rows] - first
                cells[first].append((place.column, replace(cell, rows=rows)))
        kinds = (row for number, row in enumerate(self.rows) for _ in range(1 + len(cuts.get(number, ()))))
        rows = tuple(replace(row, cells=_in_order(found)) for row, found in zip(kinds, cells, strict=True))
        starts = {first_of[number] for number, found in offsets.items() if 0 in found}
        starts |= {
            first_of[number] + 1 + piece for number, found in cuts.items() for piece in range(len(found))
        }
        return replace(self, rows=rows), starts


def _without_merged_text(cell: Cell) -> Cell:
    return replace(cell, text="") if cell.rows > 1 and cell.role == Role.TEXT else cell


def _continued(cell: Cell, continued: str) -> Cell:
    """Return what the next page says of a merged cell that began on the one before."""
    if cell.role == Role.MONEY:
        return replace(cell, text="", number=None)
    if cell.role == Role.COUNT or not cell.text:
        return cell
    if continued and cell.role == Role.TEXT and len(cell.text) > MOST_REPEATED:
        return replace(cell, text=continued)
    return replace(cell, text=cell.text + continued)


def _with_headers_repeated(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows with the header above them put again before each that starts a page.

    Engines repeat a header too, but PlutoPrint writes its text behind the rows of the page.
    """
    header: list[Row] = []
    previous = None
    for row in rows:
        if row.kind == RowKind.HEADER:
            header = [*header, row] if previous == RowKind.HEADER else [row]
        elif row.starts_page and header and row.kind == RowKind.BODY:
            yield replace(header[0], starts_page=True)
            yield from header[1:]
            row = replace(row, starts_page=False)
        previous = row.kind
        yield row


def _in_order(cells: list[tuple[int, Cell]]) -> tuple[Cell, ...]:
    return tuple(cell for _, cell in sorted(cells, key=itemgetter(0)))


def _section(lines: list[Line]) -> Section:
    header = tuple(line for line in lines if line.row.kind == RowKind.HEADER)
    body = tuple(line for line in lines if line.row.kind != RowKind.HEADER)
    return Section(lines[0].row.is_ruled, header, body)
