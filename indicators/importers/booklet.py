"""Rows → the whole booklet: which lines are the narrative, where each table begins, what must agree."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from indicators.document.model import Booklet, ImportNote, NoteKind, SubGoal, TargetTable
from indicators.importers.headings import (
    PART_TWO_NUMBER,
    ends_as_table_heading,
    opens_part_one,
    opens_part_two,
    section_title,
)
from indicators.importers.links import linked_codes
from indicators.importers.narrative import Narrative, read_narrative, twice
from indicators.importers.outcome import Journal, Reading, shown
from indicators.importers.rows import CellRow, SourceRow, TextLine, label
from indicators.importers.table import (
    PROJECT,
    TableReading,
    TableRows,
    is_department_line,
    is_project_row,
    read_table,
    report_strays,
)
from indicators.importers.years import fiscal_year, stated_years
from indicators.layout.booklet import NO_PROJECTS
from perfbudget.lib.money import format_wan

_NOTE_WORDS = {
    NoteKind.HEADING: "标题",
    NoteKind.MISSING_HEADING: "缺少的标题",
    NoteKind.DOUBLED_TITLE: "重复的标题",
    NoteKind.NUMBERING: "手写编号",
    NoteKind.CONVERSION_MARK: "转换残留的标记",
    NoteKind.OUTER_BLANKS: "首尾空白",
}


def read_rows(rows: Iterable[SourceRow], journal: Journal, year: int | None = None) -> Reading:
    """Return the booklet the rows hold. ``year`` overrides what headings and names say.

    Raises ImportRefused with every problem.
    """
    parts = _divide(rows, journal)
    narrative = read_narrative(parts.narrative, journal)
    tables = [read_table(part, number, journal) for number, part in enumerate(parts.tables, start=1)]
    _judge_department(tables, journal)
    _judge_codes(tables, journal)
    texts = [text for table in tables for text in (table.heading, table.values.get("name", ""))]
    found_year = year or (fiscal_year(texts, journal) if tables else 0)
    journal.problems.refuse_if_any()
    booklet = _booklet(narrative, [table.table(found_year) for table in tables], journal.notes)
    return Reading(booklet, (*_messages(booklet), *_other_years(texts, found_year), *journal.messages))


# Which row belongs where


@dataclass(slots=True)
class _Parts:
    narrative: list[TextLine] = field(default_factory=list)
    tables: list[TableRows] = field(default_factory=list)


@dataclass(slots=True)
class _Divider:
    """Hands out the rows. ``pending`` are lines that turn out to be a heading, or to belong nowhere."""

    journal: Journal
    parts: _Parts = field(default_factory=_Parts)
    pending: list[TextLine] = field(default_factory=list)
    in_part_two: bool = False
    part_titles: set[str] = field(default_factory=set)
    part_place: str = ""
    has_project: bool = False
    said_twice: bool = False

    def take_line(self, line: TextLine) -> None:
        is_title = opens_part_two(line.text)
        if is_title and not self.parts.tables and not self.pending:
            self._note_part_title(line)
        elif not self.in_part_two:
            self.parts.narrative.append(line)
        elif is_title or opens_part_one(line.text) or section_title(line.text):
            self._say_twice(line)
        elif not self.said_twice:
            self.pending.append(line)

    def take_row(self, row: CellRow) -> None:
        is_project = is_project_row(row)
        if is_department_line(row) or (is_project and (self.has_project or not self.parts.tables)):
            self._open_table(row)
        elif not self.parts.tables:
            self._refuse_row(row)
            return
        report_strays(self.pending, self.journal)
        self.pending = []
        self.parts.tables[-1].rows.append(row)
        self.has_project = self.has_project or is_project

    def finish(self) -> _Parts:
        if not any(PART_TWO_NUMBER in title for title in self.part_titles):
            self.journal.note(NoteKind.MISSING_HEADING, self.part_place or "全文", PART_TWO_NUMBER)
        if self.parts.tables:
            report_strays(self.pending, self.journal)
        else:
            self._refuse_without_tables()
        return self.parts

    def _note_part_title(self, line: TextLine) -> None:
        title = label(line.text)
        kind = NoteKind.DOUBLED_TITLE if title in self.part_titles else NoteKind.HEADING
        self.journal.note(kind, line.place, line.text.strip())
        self.part_titles.add(title)
        self.part_place = self.part_place or line.place
        self.in_part_two = True

    def _refuse_without_tables(self) -> None:
        report_strays([line for line in self.pending if line.text.strip() != NO_PROJECTS], self.journal)
        self.journal.problem(
            "全文",
            f"没有找到绩效目标表（以“单位编码单位名称、单位：万元”或“{PROJECT}”开头），无从得知单位；"
            "请确认这是完整的绩效目标文本。",
        )

    def _say_twice(self, line: TextLine) -> None:
        """Report the first title that comes again; what follows up to the next table is a copy."""
        if not self.said_twice:
            self.journal.problem(line.place, twice(line.text))
        self.said_twice = True
        self.pending = []

    def _open_table(self, row: CellRow) -> None:
        if not self.in_part_two:
            self._leave_narrative(row)
        self.parts.tables.append(TableRows(self.pending))
        self.pending, self.in_part_two, self.has_project = [], True, False

    def _leave_narrative(self, row: CellRow) -> None:
        """Begin the tables where no title says so; a heading at the end of the narrative is the table's."""
        narrative = self.parts.narrative
        self.part_place = row.place
        if narrative and ends_as_table_heading(narrative[-1].text):
            self.pending = [narrative.pop()]
            self.part_place = self.pending[0].place

    def _refuse_row(self, row: CellRow) -> None:
        self.journal.problem(
            row.place,
            f"以{shown(row.cells[0].text)}开头的单元格不属于任何绩效目标表（表前应有“单位编码单位名称、"
            "单位：万元”一行）；如果是正文，请删去行首的制表符。",
        )


def _divide(rows: Iterable[SourceRow], journal: Journal) -> _Parts:
    divider = _Divider(journal)
    for row in rows:
        if isinstance(row, TextLine):
            divider.take_line(row)
        else:
            divider.take_row(row)
    return divider.finish()


# What must agree


def _judge_department(tables: Sequence[TableReading], journal: Journal) -> None:
    """Report tables of another department than the first one's."""
    named = [table for table in tables if "department_code" in table.values]
    for table in named[1:]:
        first, other = (
            f"{part.values['department_code']}{part.values['department_name']}" for part in (named[0], table)
        )
        if first != other:
            journal.problem(
                table.places["department"],
                f"单位{shown(other)}与{named[0].places['department']}的{shown(first)}不一致，"
                "一个文件只能有一个单位，请改正或分开导入。",
            )


def _judge_codes(tables: Sequence[TableReading], journal: Journal) -> None:
    """Report project codes that more than one table bears."""
    first: dict[str, str] = {}
    for table in tables:
        code, place = table.values.get("project_code"), table.places.get("project_code", "")
        if code and code in first:
            journal.problem(
                place, f"项目编码{shown(code)}与{first[code]}重复，一个项目只能有一张表，请删去或改正。"
            )
        elif code:
            first[code] = place


def _booklet(narrative: Narrative, tables: Sequence[TargetTable], notes: Sequence[ImportNote]) -> Booklet:
    first = tables[0]
    return Booklet(
        first.year,
        first.department_code,
        first.department_name,
        overall_goals=narrative.overall_goals,
        sub_goals=link(narrative.sub_goals, tables),
        safeguards=narrative.safeguards,
        tables=tuple(tables),
        notes=tuple(notes),
    )


def link(sub_goals: Iterable[SubGoal], tables: Sequence[TargetTable]) -> tuple[SubGoal, ...]:
    """Return the sub-goals linked to the projects whose names equal their titles."""
    return tuple(
        dataclasses.replace(part, project_codes=linked_codes(part.title, tables)) for part in sub_goals
    )


# What is told


def _messages(booklet: Booklet) -> Iterator[str]:
    yield _summary(booklet)
    names = {table.project_code: table.name for table in booklet.tables}
    for part in booklet.sub_goals:
        if part.project_codes:
            projects = "、".join(f"{shown(names[code])}（{code}）" for code in part.project_codes)
            yield f"分项绩效目标{shown(part.title)}按名称对应项目{projects}。"
        else:
            yield f"分项绩效目标{shown(part.title)}没有名称相同的项目，未对应到项目。"
    for number, table in enumerate(booklet.tables, start=1):
        if any(note.kind == NoteKind.MISSING_HEADING for note in table.notes):
            yield f"第{number}张表{shown(table.name)}之前没有标题。"
    notes = [*booklet.notes, *(note for table in booklet.tables for note in table.notes)]
    counts = Counter(note.kind for note in notes)
    if counts:
        listed = "、".join(f"{words}{counts[kind]}处" for kind, words in _NOTE_WORDS.items() if counts[kind])
        yield f"以下内容不进入正文，已记入导入记录：{listed}。"


def _other_years(texts: Sequence[str], year: int) -> Iterator[str]:
    others = sorted(stated_years(texts) - {year})
    if others:
        yield f"标题和项目名称写的是{'、'.join(map(str, others))}年，已按指定的{year}年度读取。"


def _summary(booklet: Booklet) -> str:
    tables = booklet.tables
    measures = sum(len(section.items) for section in booklet.safeguards)
    total = sum((table.budget or Decimal(0) for table in tables), Decimal(0))
    return (
        f"读到{booklet.department_code}{booklet.department_name}{booklet.year}年度绩效目标文本："
        f"总体绩效目标{len(booklet.overall_goals)}项，分项绩效目标{len(booklet.sub_goals)}项，"
        f"工作保障措施{len(booklet.safeguards)}节{measures}项；绩效目标表{len(tables)}张，"
        f"资金支出计划{sum(len(table.milestones) for table in tables)}个节点，"
        f"绩效指标{sum(len(table.indicators) for table in tables)}项，预算数合计{format_wan(total)}万元。"
    )
