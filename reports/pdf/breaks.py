"""Where the pages of long sheets begin: they are drawn once on endless pages, measured, and cut."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from django.utils.html import format_html_join

from indicators.layout.grid import Break, Cell, Grid, Role, Row, RowKind
from indicators.layout.html import publication_file
from indicators.layout.publication import Heading, Publication, SheetBlock
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


def broken_sheets(sheets: Sequence[LongSheet]) -> dict[str, SheetBlock]:
    """Return the sheets, by anchor, with their grids cut where their pages begin.

    All are measured in one drawing. Only where a page begins inside a text are its lines looked for, in a
    second one, since that needs an anchor at every character.
    """
    by_rows = _measure(sheets, with_lines=False)
    crossed = [long for long in sheets if _text_crosses_page(long.sheet.grid, by_rows[long.anchor])]
    strips = by_rows | (_measure(crossed, with_lines=True) if crossed else {})
    return {long.anchor: _broken(long.sheet, strips[long.anchor]) for long in sheets}


def _broken(sheet: SheetBlock, strips: Sequence[_Strip]) -> SheetBlock:
    return replace(sheet, grid=sheet.grid.broken(_page_starts(strips, _page_height(sheet.grid))))


def _page_height(grid: Grid) -> float:
    return ((210 if grid.landscape else 297) - _MARGINS - _SPARE) * _POINTS_PER_MM


def _text_crosses_page(grid: Grid, strips: Sequence[_Strip]) -> bool:
    starts = [place.row for place in _page_starts(strips, _page_height(grid))]
    return any(grid.rows[row].may_break for row in starts) or any(
        row.may_break and strips[number + 1].top - strips[number].top > _page_height(grid)
        for number, row in enumerate(grid.rows)
    )


def _page_starts(strips: Sequence[_Strip], page_height: float) -> Iterator[Break]:
    """Yield where pages begin. A header stays with the row below it and is repeated on every later page.

    The last strip is no row: it says where the sheet ends.
    """
    page_top = header = 0.0
    for number, strip in enumerate(strips[:-1]):
        is_header = strip.kind == RowKind.HEADER
        end = strips[min(number + 1 + is_header, len(strips) - 1)].top
        is_ruled = strip.kind in (RowKind.BODY, RowKind.HEADER)
        if is_ruled and end - page_top > page_height and strip.top > page_top:
            yield strip.place
            page_top = strip.top - (_PADDING * _POINTS_PER_MM if strip.place.offset else header)
        if is_header:
            header = strips[number + 1].top - strip.top


def _measure(sheets: Sequence[LongSheet], *, with_lines: bool) -> dict[str, list[_Strip]]:
    """Return the strips of each sheet from top to bottom, and its end.

    They are drawn with no cell over several rows, since an engine keeps the rows of a merged cell together.
    """
    landmarks = {long.anchor: list(_landmarks(long.sheet, with_lines)) for long in sheets}
    blocks = chain.from_iterable(
        (
            *filter(None, [long.heading]),
            _measurable(long.sheet, with_lines),
            Heading(3, "end", long.end),
        )
        for long in sheets
    )
    width = 297 if any(long.sheet.grid.landscape for long in sheets) else 210
    endless = f"@page {{ size: {width}mm 100000mm; }}"
    html = publication_file(Publication("", tuple(blocks)), extra_css=endless)
    names = [name for found in landmarks.values() for name, *_ in found]
    names += [long.end for long in sheets] + [long.heading.anchor for long in sheets if long.heading]
    places = places_of_anchors(render_pdf(html, anchors=names))
    return {long.anchor: _strips(long, landmarks[long.anchor], places) for long in sheets}


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
    split = sheet.grid.cut(range(len(sheet.grid.rows)))
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
