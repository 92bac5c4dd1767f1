"""The text form → rows: what Word saves as plain text (docs/booklet-format.md).

A line that begins with a tab is a cell; a blank line ends the row; a line without a tab directly below a cell
goes on with it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from indicators.document.model import NoteKind
from indicators.importers.outcome import Journal, refused
from indicators.importers.rows import CellRow, SourceCell, SourceRow, TextLine

MOST_CELLS = 100  # of one row; the form has seven
_MARK = re.compile(r"\[bookmark: [^\]\n]{0,80}\]")
_HEADING_ENDING = "绩效目标表"
_DEPARTMENT_CELL = re.compile(r"\t\s*[0-9]{6}")
_UNIT_CELL = re.compile(r"\t\s*(金额|计量)?单位\s*[:：]")


def text_rows(text: str, journal: Journal) -> Iterator[SourceRow]:
    """Yield the lines and rows of a text whose lines end in \\n; the marks of conversion are noted."""
    lines = text.split("\n")
    row = _OpenRow()
    for number, found in enumerate(lines, start=1):
        line = _without_marks(found, number, journal)
        before, tab, cell = line.partition("\t")
        if not line.strip() and not tab:
            yield from row.close()
        elif tab and not before.strip():
            if before:  # blanks that stand for an empty paragraph: the table after it is another one
                yield from row.close()
            row.begin_cell(cell, number)
        elif row.cells and line is found and not _is_table_heading(lines, number):
            row.cells[-1].lines.append(line)
        else:
            yield from row.close()
            yield TextLine(line, f"第{number}行")
    yield from row.close()


@dataclass(slots=True)
class _OpenCell:
    number: int
    lines: list[str]


@dataclass(slots=True)
class _OpenRow:
    cells: list[_OpenCell] = field(default_factory=list)

    def begin_cell(self, text: str, number: int) -> None:
        if len(self.cells) == MOST_CELLS:
            raise refused(
                f"第{self.cells[0].number}行",
                f"从这里开始的一行超过{MOST_CELLS}格，表格的行与行之间应有空行，请补上空行。",
            )
        self.cells.append(_OpenCell(number, [text]))

    def close(self) -> Iterator[CellRow]:
        """Yield the row, if one is open, and be empty again."""
        if self.cells:
            cells = tuple(
                SourceCell("\n".join(cell.lines), f"第{cell.number}行第{position}格")
                for position, cell in enumerate(self.cells, start=1)
            )
            yield CellRow(cells, f"第{self.cells[0].number}行")
            self.cells = []


def _without_marks(line: str, number: int, journal: Journal) -> str:
    """Return the line itself, or a new one without the marks that the conversion from Word left in it."""
    if "[bookmark: " not in line:
        return line
    for mark in _MARK.findall(line):
        journal.note(NoteKind.CONVERSION_MARK, f"第{number}行", mark)
    return _MARK.sub("", line)


def _is_table_heading(lines: list[str], number: int) -> bool:
    """Return whether the line of this number is a heading that no blank line parts from the table above."""
    below = lines[number : number + 2]
    return (
        lines[number - 1].rstrip().endswith(_HEADING_ENDING)
        and len(below) == 2
        and _DEPARTMENT_CELL.match(below[0]) is not None
        and _UNIT_CELL.match(below[1]) is not None
    )
