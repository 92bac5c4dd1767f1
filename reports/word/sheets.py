"""A grid → paragraphs for its unruled lines and tables for its ruled rows, with real merged cells."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from indicators.layout.grid import Cell, Grid, Role, Row, RowKind, Section
from reports.word import template
from reports.word.markup import TAB, paragraph, run, tabs, twips

_ROW_HEIGHT = 7  # millimetres, at least
_LINE_STYLES: Mapping[RowKind, str] = {
    RowKind.TITLE: template.SHEET_TITLE,
    RowKind.LINE: template.SHEET_LINE,
    RowKind.FOOT: template.SHEET_FOOT,
}
_CELL_STYLES: Mapping[Role, str] = {
    Role.TEXT: template.CELL_TEXT,
    Role.LINE_START: template.CELL_TEXT,
    Role.MONEY: template.CELL_NUMBER,
    Role.LINE_END: template.CELL_NUMBER,
}
# Word joins tables that touch, and wants a paragraph after the last one.
_JOINT = paragraph(template.SHEET_GAP, properties="<w:keepNext/>")
_END = paragraph(template.SHEET_GAP)
_OPEN_BELOW = '<w:tcBorders><w:bottom w:val="nil"/></w:tcBorders>'


@dataclass(frozen=True, slots=True)
class _Slot:
    """What a row holds at a column: a cell that begins here, or one that covers the row from above."""

    column: int
    cell: Cell
    begins: bool


def sheet_markup(grid: Grid) -> str:
    """Return the grid; a header row begins a table of its own, for Word repeats only a table's first rows."""
    edges = [twips(edge) for edge in accumulate(grid.widths, initial=0)]
    slots = _slots(grid)
    sections = grid.sections()
    parts = []
    for section, following in zip(sections, [*sections[1:], None], strict=True):
        if section.is_ruled:
            is_followed = following is not None and following.is_ruled
            parts.append(_table(section, slots, edges, is_followed))
            if is_followed:
                parts.append(_JOINT)
            elif following is None:
                parts.append(_END)
        else:
            parts.extend(_line(line.row, slots[line.number], edges) for line in section.body)
    return "".join(parts)


def _slots(grid: Grid) -> list[list[_Slot]]:
    """Return for each row what it holds from left to right."""
    slots: list[list[_Slot]] = [[] for _ in grid.rows]
    for place in grid.placed():
        for row in range(place.row, place.row + place.cell.rows):
            slots[row].append(_Slot(place.column, place.cell, row == place.row))
    return [sorted(row, key=lambda slot: slot.column) for row in slots]


def _line(row: Row, slots: Sequence[_Slot], edges: Sequence[int]) -> str:
    """Return an unruled row: its cells at tab stops, the first at the margin."""
    stops = [
        ("right", edges[slot.column + slot.cell.columns])
        if slot.cell.role == Role.LINE_END
        else ("left", edges[slot.column])
        for slot in slots[1:]
    ]
    content = TAB.join(run(slot.cell.text) for slot in slots)
    return paragraph(_LINE_STYLES[row.kind], content, tabs(stops) if stops else "")


def _table(
    section: Section, slots: Sequence[Sequence[_Slot]], edges: Sequence[int], is_followed: bool
) -> str:
    """Return the rows as a table; where one follows, its first line serves as this one's last."""
    columns = "".join(f'<w:gridCol w:w="{right - left}"/>' for left, right in pairwise(edges))
    lines = (*section.header, *section.body)
    rows = "".join(
        _row(line.row, slots[line.number], edges, is_followed and line is lines[-1]) for line in lines
    )
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{template.TABLE}"/><w:tblW w:w="{edges[-1]}" w:type="dxa"/>'
        '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
    )


def _row(row: Row, slots: Sequence[_Slot], edges: Sequence[int], is_open_below: bool) -> str:
    properties = "" if row.may_break else "<w:cantSplit/>"
    properties += f'<w:trHeight w:val="{twips(_ROW_HEIGHT)}" w:hRule="atLeast"/>'
    if row.kind == RowKind.HEADER:
        properties += "<w:tblHeader/>"
    cells = "".join(_cell(slot, row.kind, edges, _OPEN_BELOW if is_open_below else "") for slot in slots)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr>"


def _cell(slot: _Slot, kind: RowKind, edges: Sequence[int], borders: str) -> str:
    cell = slot.cell
    properties = f'<w:tcW w:w="{edges[slot.column + cell.columns] - edges[slot.column]}" w:type="dxa"/>'
    if cell.columns > 1:
        properties += f'<w:gridSpan w:val="{cell.columns}"/>'
    if cell.rows > 1:
        properties += '<w:vMerge w:val="restart"/>' if slot.begins else "<w:vMerge/>"
    properties += f'{borders}<w:vAlign w:val="center"/>'
    paragraphs = "".join(_cell_paragraphs(cell.text if slot.begins else "", _cell_style(cell, kind)))
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraphs}</w:tc>"


def _cell_style(cell: Cell, kind: RowKind) -> str:
    if kind == RowKind.HEADER:
        return template.CELL_HEADER
    return _CELL_STYLES.get(cell.role, template.CELL_CENTRED)


def _cell_paragraphs(text: str, style: str) -> Iterator[str]:
    """Yield a paragraph for each line, as a person would type them."""
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        yield paragraph(style, run(line))
