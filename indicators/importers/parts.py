"""Which row belongs where: the lines of the narrative, then table after table."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from indicators.document.model import NoteKind
from indicators.importers.headings import (
    PART_TWO_NUMBER,
    ends_as_table_heading,
    opens_part_one,
    opens_part_two,
    section_title,
)
from indicators.importers.narrative import twice
from indicators.importers.outcome import Journal, shown
from indicators.importers.rows import CellRow, SourceRow, TextLine, label
from indicators.importers.table import (
    PROJECT,
    TableReader,
    TableReading,
    is_department_line,
    is_project_row,
    report_strays,
)
from indicators.layout.booklet import NO_PROJECTS


def divide(rows: Iterable[SourceRow], journal: Journal) -> tuple[list[TextLine], list[TableReading]]:
    """Return the lines of the narrative and the tables, read as their rows come."""
    divider = _Divider(journal)
    for row in rows:
        if isinstance(row, TextLine):
            divider.take_line(row)
        else:
            divider.take_row(row)
    divider.finish()
    return divider.narrative, divider.tables


@dataclass(slots=True)
class _Divider:
    """Hands out the rows. ``pending`` are lines that turn out to be a heading, or to belong nowhere."""

    journal: Journal
    narrative: list[TextLine] = field(default_factory=list)
    tables: list[TableReading] = field(default_factory=list)
    table: TableReader | None = None
    pending: list[TextLine] = field(default_factory=list)
    in_part_two: bool = False
    part_titles: set[str] = field(default_factory=set)
    part_place: str = "全文"
    said_twice: bool = False

    def take_line(self, line: TextLine) -> None:
        is_title = opens_part_two(line.text)
        if is_title and not self.table and not self.pending:
            self._note_part_title(line)
        elif not self.in_part_two:
            self.narrative.append(line)
        elif is_title or opens_part_one(line.text) or section_title(line.text):
            self._say_twice(line)
        elif not self.said_twice:
            self.pending.append(line)

    def take_row(self, row: CellRow) -> None:
        if self._begins_table(row):
            self._open_table(row)
        if not self.table:
            self._refuse_row(row)
            return
        report_strays(self.pending, self.journal)
        self.pending = []
        self.table.read(row)

    def finish(self) -> None:
        if not any(PART_TWO_NUMBER in title for title in self.part_titles):
            self.journal.note(NoteKind.MISSING_HEADING, self.part_place, PART_TWO_NUMBER)
        self._close_table()
        report_strays([line for line in self.pending if line.text.strip() != NO_PROJECTS], self.journal)
        if not self.tables:
            self.journal.problem(
                "全文",
                f"没有找到绩效目标表（以“单位编码单位名称、单位：万元”或“{PROJECT}”开头），无从得知单位；"
                "请确认这是完整的绩效目标文本。",
            )

    def _begins_table(self, row: CellRow) -> bool:
        """Return whether the row begins a table: where its first line is missing, the project row does."""
        if is_project_row(row):
            return self.table is None or self.table.has_project
        return is_department_line(row)

    def _open_table(self, row: CellRow) -> None:
        self._close_table()
        if not self.in_part_two:
            self._leave_narrative(row)
        self.table = TableReader(len(self.tables) + 1, self.pending, row.place, self.journal)
        self.pending, self.in_part_two = [], True

    def _close_table(self) -> None:
        if self.table:
            self.tables.append(self.table.finish())

    def _leave_narrative(self, row: CellRow) -> None:
        """Begin the tables where no title says so; a heading at the end of the narrative is the table's."""
        if self.narrative and ends_as_table_heading(self.narrative[-1].text):
            self.pending = [self.narrative.pop()]
        self.part_place = self.pending[0].place if self.pending else row.place

    def _note_part_title(self, line: TextLine) -> None:
        title = label(line.text)
        kind = NoteKind.DOUBLED_TITLE if title in self.part_titles else NoteKind.HEADING
        self.journal.note(kind, line.place, line.text.strip())
        self.part_place = line.place if not self.part_titles else self.part_place
        self.part_titles.add(title)
        self.in_part_two = True

    def _say_twice(self, line: TextLine) -> None:
        """Report the first title that comes again; what follows up to the next table is a copy."""
        if not self.said_twice:
            self.journal.problem(line.place, twice(line.text))
        self.said_twice = True
        self.pending = []

    def _refuse_row(self, row: CellRow) -> None:
        self.journal.problem(
            row.place,
            f"以{shown(row.cells[0].text)}开头的单元格不属于任何绩效目标表（表前应有“单位编码单位名称、"
            "单位：万元”一行）；如果是正文，请删去行首的制表符。",
        )
