"""Where the pages of long sheets begin: they are drawn once on endless pages, measured, and cut."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from django.utils.html import format_html_join

from indicators.layout.grid import MOST_REPEATED, Break, Cell, Grid, Placed, Role, Row, RowKind
from indicators.layout.html import publication_file
from indicators.layout.publication import Block, Heading, Publication, SheetBlock
from reports.pdf.engines import render_pdf
from reports.pdf.pages import Place, places_of_anchors

_POINTS_PER_MM = 72 / 25.4
# A4 without the margins of paper.css, in millimetres. One line is left free: a label may need it for （续）.
_MARGINS = 15 + 18
_SPARE = 6
_PADDING = 2.4


@dataclass(frozen=True, slots=True)
class _Strip:
    """What stays in one piece: a row, or a line of a text that may break. ``top`` is in points, downwards."""

    place: Break
    top: float
    kind: RowKind


@dataclass(frozen=True, slots=True)
class _Merged:
    """A text over the rows from ``first`` up to ``end``; ``height`` in points is what its text takes.

    A piece of it on a later page takes ``continued``.
    """

    first: int
    end: int
    height: float
    continued: float


@dataclass(frozen=True, slots=True)
class _Measured:
    """What was measured of a sheet: its strips without its merged texts, and those."""

    strips: Sequence[_Strip]
    merged: Sequence[_Merged]


@dataclass(frozen=True, slots=True)
class LongSheet:
    """A sheet of more than one page, and the heading that stands above it on its first page, if any."""

    sheet: SheetBlock
    heading: Heading | None = None

    @property
    def anchor(self) -> str:
        return self.sheet.anchor

    @property
    def end(self) -> str:
        return f"{self.sheet.anchor}-end"

    @property
    def merged(self) -> str:
        """The anchor of the texts of merged cells, each in a row of its own."""
        return f"{self.sheet.anchor}-merged"

    def merged_texts(self) -> list[Placed]:
        """Return the texts over several rows; a label is short enough to be measured as part of each."""
        placed = self.sheet.grid.placed()
        return [place for place in placed if place.cell.rows > 1 and place.cell.role == Role.TEXT]


def broken_sheets(sheets: Sequence[LongSheet]) -> dict[str, SheetBlock]:
    """Return the sheets, by anchor, with their grids cut where their pages begin.

    All are measured in one drawing. Only where a page begins inside a text are its lines looked for, in a
    second one, since that needs an anchor at every character.
    """
    by_rows = _measure(sheets, with_lines=False)
    crossed = [long for long in sheets if _text_crosses_page(long.sheet.grid, by_rows[long.anchor])]
    measured = by_rows | (_measure(crossed, with_lines=True) if crossed else {})
    return {long.anchor: _broken(long.sheet, measured[long.anchor]) for long in sheets}


def _broken(sheet: SheetBlock, measured: _Measured) -> SheetBlock:
    return replace(sheet, grid=sheet.grid.broken(_page_starts(measured, _page_height(sheet.grid))))


def _page_height(grid: Grid) -> float:
    return ((210 if grid.landscape else 297) - _MARGINS - _SPARE) * _POINTS_PER_MM


def _text_crosses_page(grid: Grid, measured: _Measured) -> bool:
    strips = measured.strips
    starts = [place.row for place in _page_starts(measured, _page_height(grid))]
    return any(grid.rows[row].may_break for row in starts) or any(
        row.may_break and strips[number + 1].top - strips[number].top > _page_height(grid)
        for number, row in enumerate(grid.rows)
    )


def _page_starts(measured: _Measured, page_height: float) -> Iterator[Break]:
    """Yield where pages begin. A header stays with the row below it and is repeated on every later page.

    The last strip is no row: it says where the sheet ends.
    """
    strips = measured.strips
    first, page_top, header = strips[0], 0.0, 0.0
    for number, strip in enumerate(strips[:-1]):
        is_header = strip.kind == RowKind.HEADER
        end = strips[min(number + 1 + is_header, len(strips) - 1)]
        is_ruled = strip.kind in (RowKind.BODY, RowKind.HEADER)
        taken = end.top - page_top + _stretch(measured, first, end)
        if is_ruled and taken > page_height and strip.top > page_top:
            yield strip.place
            first, page_top = strip, strip.top - (_PADDING * _POINTS_PER_MM if strip.place.offset else header)
        if is_header:
            header = strips[number + 1].top - strip.top


def _stretch(measured: _Measured, first: _Strip, end: _Strip) -> float:
    """Return by how much the strips from ``first`` up to ``end`` grow so that they hold the merged texts.

    The rows under the end of a text lie lower by what it needs more than its rows have.
    """
    tops = {strip.place.row: strip.top for strip in measured.strips if not strip.place.offset}
    tops |= {first.place.row: first.top, end.place.row: end.top}
    grown: dict[int, float] = {}
    for merged in measured.merged:
        begins, ends = max(merged.first, first.place.row), min(merged.end, end.place.row)
        if begins < ends:
            height = merged.height if begins == merged.first else merged.continued
            above = max((by for row, by in grown.items() if row <= begins), default=0.0)
            by = above + height - (tops[ends] - tops[begins])
            grown[ends] = max([0.0, by, *grown.values()])
    return max(grown.values(), default=0.0)


def _measure(sheets: Sequence[LongSheet], *, with_lines: bool) -> dict[str, _Measured]:
    """Return what is measured of each sheet: strips from top to bottom and its end, merged texts.

    They are drawn with no cell over several rows, since an engine keeps the rows of a merged cell together.
    A text over several rows would make each as tall as it is: those follow, each in a row of its own.
    """
    landmarks = {long.anchor: list(_landmarks(long.sheet, with_lines)) for long in sheets}
    blocks = chain.from_iterable(_measurable_blocks(long, with_lines) for long in sheets)
    width = 297 if any(long.sheet.grid.landscape for long in sheets) else 210
    endless = f"@page {{ size: {width}mm 100000mm; }}"
    html = publication_file(Publication("", tuple(blocks)), extra_css=endless)
    names = [name for found in landmarks.values() for name, *_ in found]
    names += [long.end for long in sheets] + [long.heading.anchor for long in sheets if long.heading]
    names += [
        f"{long.merged}-row-{row}"
        for long in sheets
        if long.merged_texts()
        for row in range(len(long.merged_texts()) + 1)
    ]
    places = places_of_anchors(render_pdf(html, anchors=names))
    measured = {}
    for long in sheets:
        strips = _strips(long, landmarks[long.anchor], places)
        measured[long.anchor] = _Measured(strips, _merged(long, strips, places))
    return measured


def _strips(
    long: LongSheet, landmarks: Sequence[tuple[str, Break, RowKind]], places: Mapping[str, Place]
) -> list[_Strip]:
    highest = places[long.heading.anchor if long.heading else long.anchor].top
    strips: list[_Strip] = []
    for name, place, kind in landmarks:
        if name not in places:  # a line break takes no room
            continue
        top = highest - places[name].top
        if not place.offset or top > strips[-1].top:
            strips.append(_Strip(place, top, kind))
    end = Break(len(long.sheet.grid.rows))
    return [*strips, _Strip(end, highest - places[long.end].top, RowKind.FOOT)]


def _merged(long: LongSheet, strips: Sequence[_Strip], places: Mapping[str, Place]) -> list[_Merged]:
    """Return the merged texts that are taller than some row of theirs, in the order in which they end."""
    heights = _row_heights(strips)
    found = []
    for number, placed in enumerate(long.merged_texts()):
        tops = [places[f"{long.merged}-row-{row}"].top for row in (number, number + 1)]
        first, end = placed.row, placed.row + placed.cell.rows
        height = tops[0] - tops[1]
        if height > min(heights[first:end]):
            continued = height if len(placed.cell.text) <= MOST_REPEATED else 0.0
            found.append(_Merged(first, end, height, continued))
    return sorted(found, key=lambda merged: merged.end)


def _row_heights(strips: Sequence[_Strip]) -> list[float]:
    tops = [strip.top for strip in strips if not strip.place.offset]
    return [below - top for top, below in pairwise(tops)]


def _measurable_blocks(long: LongSheet, with_lines: bool) -> Iterator[Block]:
    if long.heading:
        yield long.heading
    yield _measurable(long.sheet, with_lines)
    yield Heading(3, "end", long.end)
    if long.merged_texts():
        yield SheetBlock(_merged_texts(long), "", long.merged)


def _merged_texts(long: LongSheet) -> Grid:
    """Return a grid with each merged text in a row of its own, as wide as it is in the sheet."""
    columns = len(long.sheet.grid.widths)
    rows = []
    for placed in long.merged_texts():
        before, after = placed.column, columns - placed.column - placed.cell.columns
        cells = (_blank(before), replace(placed.cell, rows=1), _blank(after))
        rows.append(Row(tuple(cell for cell in cells if cell.columns)))
    return replace(long.sheet.grid, rows=(*rows, Row((_blank(columns),))))


def _blank(columns: int) -> Cell:
    return Cell("", Role.TEXT, columns=columns)


def _landmarks(sheet: SheetBlock, with_lines: bool) -> Iterator[tuple[str, Break, RowKind]]:
    """Yield the ids that are looked for, with what a page would begin with there."""
    for number, row in enumerate(sheet.grid.rows):
        name = f"{sheet.anchor}-row-{number}" if number else sheet.anchor
        yield name, Break(number), row.kind
        for cell in row.cells if with_lines else ():
            if _may_break(row, cell):
                for offset in range(1, len(cell.text)):
                    yield _character_id(sheet, number, offset), Break(number, offset), row.kind


def _measurable(sheet: SheetBlock, with_lines: bool) -> SheetBlock:
    split = sheet.grid.without_merged_texts()
    rows = (
        replace(
            row,
            starts_page=False,
            cells=tuple(
                _with_anchors(sheet, number, cell) if with_lines and _may_break(row, cell) else cell
                for cell in row.cells
            ),
        )
        for number, row in enumerate(split.rows)
    )
    return replace(sheet, grid=replace(split, rows=tuple(rows)))


def _with_anchors(sheet: SheetBlock, number: int, cell: Cell) -> Cell:
    characters = ((_character_id(sheet, number, offset), letter) for offset, letter in enumerate(cell.text))
    return replace(cell, text=format_html_join("", '<span id="{}">{}</span>', characters))


def _may_break(row: Row, cell: Cell) -> bool:
    return row.may_break and cell.role == Role.TEXT


def _character_id(sheet: SheetBlock, row: int, offset: int) -> str:
    return f"{sheet.anchor}-row-{row}-{offset}"
