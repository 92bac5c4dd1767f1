"""Where the pages of a long sheet begin: it is drawn once on an endless page, measured, and cut."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.html import format_html_join

from indicators.layout.grid import Break, Cell, Grid, Role, Row, RowKind
from indicators.layout.html import publication_file
from indicators.layout.publication import Heading, Publication, SheetBlock
from reports.pdf.engines import render_pdf
from reports.pdf.pages import places_of_anchors

_POINTS_PER_MM = 72 / 25.4
# A4 without the margins of paper.css, in millimetres. One line is left free: a label may need it for （续）.
_MARGINS = 15 + 18
_SPARE = 6
_PADDING = 2.4
_END = "sheet-end"


@dataclass(frozen=True, slots=True)
class _Strip:
    """What stays in one piece: a row, or a line of a text that may break. ``top`` is in points, downwards."""

    place: Break
    top: float
    kind: RowKind


def broken_sheet(sheet: SheetBlock) -> SheetBlock:
    """Return the sheet with its grid cut where its pages begin."""
    grid = sheet.grid
    page_height = ((210 if grid.landscape else 297) - _MARGINS - _SPARE) * _POINTS_PER_MM
    return replace(sheet, grid=grid.broken(_page_starts(_strips(sheet), page_height)))


def _page_starts(strips: Sequence[_Strip], page_height: float) -> Iterator[Break]:
    """Yield where pages begin. A header stays with the row below it and is repeated on every later page.

    The last strip is no row: it says where the sheet ends.
    """
    page_top, header = strips[0].top, 0.0
    for number, strip in enumerate(strips[:-1]):
        is_header = strip.kind == RowKind.HEADER
        end = strips[min(number + 1 + is_header, len(strips) - 1)].top
        if (
            end - page_top > page_height
            and strip.top > page_top
            and strip.kind in (RowKind.BODY, RowKind.HEADER)
        ):
            yield strip.place
            page_top = strip.top - (_PADDING * _POINTS_PER_MM if strip.place.offset else header)
        if is_header:
            header = strips[number + 1].top - strip.top


def _strips(sheet: SheetBlock) -> list[_Strip]:
    """Return the strips of a sheet from top to bottom, and its end.

    It is drawn with no cell over several rows, since an engine keeps the rows of a merged cell
    together, and with an anchor at every character of a text that may break.
    """
    landmarks = list(_landmarks(sheet))
    measurable = replace(sheet, grid=_measurable(sheet))
    html = publication_file(
        Publication(sheet.title, (measurable, Heading(3, _END, _END))), extra_css=_endless_page(sheet.grid)
    )
    places = places_of_anchors(render_pdf(html, anchors=[*(name for name, *_ in landmarks), _END]))
    highest = max(place.top for place in places.values())
    strips: list[_Strip] = []
    for name, place, kind in landmarks:
        if name not in places:  # a line break takes no room
            continue
        top = highest - places[name].top
        if not place.offset or top > strips[-1].top:
            strips.append(_Strip(place, top, kind))
    return [*strips, _Strip(Break(len(sheet.grid.rows)), highest - places[_END].top, RowKind.FOOT)]


def _landmarks(sheet: SheetBlock) -> Iterator[tuple[str, Break, RowKind]]:
    """Yield the ids that are looked for, with what a page would begin with there."""
    for number, row in enumerate(sheet.grid.rows):
        name = f"{sheet.anchor}-row-{number}" if number else sheet.anchor
        yield name, Break(number), row.kind
        for cell in row.cells:
            if _may_break(row, cell):
                for offset in range(1, len(cell.text)):
                    yield _character_id(sheet, number, offset), Break(number, offset), row.kind


def _endless_page(grid: Grid) -> str:
    return f"@page {{ size: {297 if grid.landscape else 210}mm 100000mm; }}"


def _measurable(sheet: SheetBlock) -> Grid:
    split = sheet.grid.cut(range(len(sheet.grid.rows)))
    rows = (
        replace(
            row,
            starts_page=False,
            cells=tuple(_with_anchors(sheet, number, row, cell) for cell in row.cells),
        )
        for number, row in enumerate(split.rows)
    )
    return replace(split, rows=tuple(rows))


def _with_anchors(sheet: SheetBlock, number: int, row: Row, cell: Cell) -> Cell:
    if not _may_break(row, cell):
        return cell
    characters = ((_character_id(sheet, number, offset), letter) for offset, letter in enumerate(cell.text))
    return replace(cell, text=format_html_join("", '<span id="{}">{}</span>', characters))


def _may_break(row: Row, cell: Cell) -> bool:
    return row.may_break and cell.role == Role.TEXT


def _character_id(sheet: SheetBlock, row: int, offset: int) -> str:
    return f"{sheet.anchor}-row-{row}-{offset}"
