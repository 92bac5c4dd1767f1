"""Rows → the whole booklet: what must agree between its parts, and what the reader is told."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from indicators.document.model import Booklet, ImportNote, NoteKind, SubGoal, TargetTable
from indicators.importers.links import linked_codes
from indicators.importers.narrative import Narrative, read_narrative
from indicators.importers.outcome import Journal, Reading, shown
from indicators.importers.parts import divide
from indicators.importers.rows import SourceRow
from indicators.importers.table import TableReading
from indicators.importers.years import fiscal_year, stated_years
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
    lines, tables = divide(rows, journal)
    narrative = read_narrative(lines, journal)
    _judge_department(tables, journal)
    _judge_codes(tables, journal)
    texts = [text for table in tables for text in (table.heading, table.values.get("name", ""))]
    found_year = year or (fiscal_year(texts, journal) if tables else 0)
    journal.problems.refuse_if_any()
    booklet = _booklet(narrative, [table.table(found_year) for table in tables], journal.notes)
    return Reading(booklet, (*_messages(booklet), *_other_years(texts, found_year), *journal.messages))


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
