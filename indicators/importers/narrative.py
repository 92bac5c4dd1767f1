"""Lines of text → 第一部分: overall goals, sub-goals, safeguards (domain.md §2.2)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from indicators.document.model import NarrativeItem, NoteKind, SafeguardSection, SubGoal
from indicators.importers.headings import (
    PART_ONE_NUMBER,
    PART_ONE_TITLE,
    SECTIONS,
    opens_part_one,
    section_title,
)
from indicators.importers.numbering import Numbered, split_number
from indicators.importers.outcome import Journal, shown
from indicators.importers.rows import TextLine, label, typed_text
from indicators.layout.booklet import OVERALL_GOALS, SAFEGUARDS, SUB_GOALS

_GOAL = re.compile(r"\s*绩\s?效\s?目\s?标\s{0,4}[：:]")
_INDICATORS = re.compile(r"\s*绩\s?效\s?指\s?标\s{0,4}[：:]")
_TITLE_ENDING = "分项绩效目标、绩效指标"


@dataclass(frozen=True, slots=True)
class Narrative:
    """第一部分 as read. Project links are made later, when the tables are known."""

    overall_goals: tuple[NarrativeItem, ...] = ()
    sub_goals: tuple[SubGoal, ...] = ()
    safeguards: tuple[SafeguardSection, ...] = ()
    preface: tuple[TextLine, ...] = ()


def read_narrative(lines: Sequence[TextLine], journal: Journal) -> Narrative:
    """Return the narrative that the lines before the tables hold."""
    sections, preface = _divide(lines, journal)
    return Narrative(
        _read_overall_goals(sections.get(OVERALL_GOALS, ()), journal),
        _read_sub_goals(sections.get(SUB_GOALS, ()), journal),
        _read_safeguards(sections.get(SAFEGUARDS, ()), journal),
        preface,
    )


# Sections


def _divide(
    lines: Sequence[TextLine], journal: Journal
) -> tuple[dict[str, list[TextLine]], tuple[TextLine, ...]]:
    """Return the lines of each section, and those before the first one."""
    sections: dict[str, list[TextLine]] = {}
    preface: list[TextLine] = []
    current, part_titles = preface, set()
    for line in lines:
        title = section_title(line.text)
        if title:
            current = _open_section(title, line, sections, current, journal)
        elif opens_part_one(line.text) and not sections:
            _note_part_title(line, part_titles, journal)
        elif opens_part_one(line.text):
            journal.problem(line.place, twice(line.text))
        else:
            current.append(line)
    _judge_preface(preface, bool(sections), journal)
    _note_missing(lines, part_titles, sections, journal)
    return sections, tuple(preface)


def twice(text: str) -> str:
    """Say that a title of the booklet comes again where it cannot."""
    return f"标题{shown(text)}再次出现，一个文件只能有一本绩效目标文本，请删去重复的部分。"


def _open_section(
    title: str,
    line: TextLine,
    sections: dict[str, list[TextLine]],
    current: list[TextLine],
    journal: Journal,
) -> list[TextLine]:
    if title not in sections:
        journal.note(NoteKind.HEADING, line.place, line.text.strip())
        sections[title] = []
    elif sections[title] is current and not current:
        journal.note(NoteKind.DOUBLED_TITLE, line.place, line.text.strip())
    else:
        journal.problem(line.place, twice(line.text))
    return sections[title]


def _note_part_title(line: TextLine, seen: set[str], journal: Journal) -> None:
    title = label(line.text)
    kind = NoteKind.DOUBLED_TITLE if title in seen else NoteKind.HEADING
    seen.add(title)
    journal.note(kind, line.place, line.text.strip())


def _judge_preface(preface: Sequence[TextLine], has_sections: bool, journal: Journal) -> None:
    """Keep what stands before the narrative, such as a cover, as headings; without sections it is lost."""
    if preface and not has_sections:
        titles = "、".join(f"“{title}”" for title in SECTIONS)
        journal.problem(
            preface[0].place,
            f"从{shown(preface[0].text)}起的{len(preface)}行文字不在任何一节之下，"
            f"请在它们之前写明所属的标题（{titles}）。",
        )
        return
    for line in preface:
        journal.note(NoteKind.HEADING, line.place, line.text.strip())


def _note_missing(
    lines: Sequence[TextLine], part_titles: set[str], sections: dict[str, list[TextLine]], journal: Journal
) -> None:
    place = lines[0].place if lines else "全文"
    if not part_titles & {PART_ONE_NUMBER, PART_ONE_NUMBER + PART_ONE_TITLE}:
        journal.note(NoteKind.MISSING_HEADING, place, PART_ONE_NUMBER)
    for title in SECTIONS:
        if title not in sections:
            journal.note(NoteKind.MISSING_HEADING, place, title)


# Items


@dataclass(slots=True)
class _Text:
    """A text of one or several lines on its way to the document."""

    place: str = ""
    lines: list[str] = field(default_factory=list)

    def add(self, line: str, place: str) -> None:
        self.place = self.place or place
        self.lines.append(line)

    def typed(self, journal: Journal) -> str:
        return typed_text("\n".join(self.lines).strip("\n"), self.place, journal)


@dataclass(slots=True)
class _Item:
    """An item with its first line; ``below`` are the lines up to the next item of its level."""

    text: _Text
    below: list[TextLine] = field(default_factory=list)


def _text_of(line: TextLine, number: Numbered | None, journal: Journal) -> _Text:
    """Begin a text with a line; its number is noted and not kept."""
    if number:
        journal.note(NoteKind.NUMBERING, line.place, number.typed)
    return _Text(line.place, [number.rest if number else line.text])


def _items(lines: Iterable[TextLine], journal: Journal, other_style: str = "") -> list[_Text]:
    """Return the numbered items of one level.

    The first number fixes the style of the level; other numbers belong to the text. A line without a number
    goes on with the item above it.
    """
    items: list[_Text] = []
    style = ""
    for line in lines:
        number = split_number(line.text)
        if number and not style and number.style != other_style:
            style = number.style
        if number and number.style == style:
            items.append(_text_of(line, number, journal))
        elif items:
            items[-1].add(line.text, line.place)
        else:
            items.append(_text_of(line, None, journal))
    return items


def _narrative_items(texts: Iterable[_Text], journal: Journal) -> tuple[NarrativeItem, ...]:
    return tuple(NarrativeItem(text.typed(journal)) for text in texts)


def _read_overall_goals(lines: Iterable[TextLine], journal: Journal) -> tuple[NarrativeItem, ...]:
    return _narrative_items(_items(lines, journal), journal)


def _read_safeguards(lines: Sequence[TextLine], journal: Journal) -> tuple[SafeguardSection, ...]:
    """Return the sections: a numbered title of one line, then its measures with numbers of another style."""
    style = next((number.style for number in map(_number_of, lines) if number), "")
    sections: list[_Item] = []
    for line in lines:
        number = split_number(line.text)
        if number and number.style == style:
            sections.append(_Item(_text_of(line, number, journal)))
        elif sections:
            sections[-1].below.append(line)
        else:
            sections.append(_Item(_Text(line.place), [line]))
    return tuple(
        SafeguardSection(
            section.text.typed(journal), _narrative_items(_items(section.below, journal, style), journal)
        )
        for section in sections
    )


def _number_of(line: TextLine) -> Numbered | None:
    return split_number(line.text)


# Sub-goals


@dataclass(slots=True)
class _SubGoal:
    title: _Text
    has_goal_line: bool
    goal: _Text = field(default_factory=_Text)
    indicators: _Text = field(default_factory=_Text)

    @property
    def last(self) -> _Text:
        """The part that a line without a label goes on with."""
        if self.indicators.lines:
            return self.indicators
        return self.title if self.has_goal_line and not self.goal.lines else self.goal


def _read_sub_goals(lines: Sequence[TextLine], journal: Journal) -> tuple[SubGoal, ...]:
    titles = _title_positions(lines)
    found: list[_SubGoal] = []
    for position, line in enumerate(lines):
        if position in titles:
            title = _text_of(line, split_number(line.text), journal)
            found.append(_SubGoal(title, has_goal_line=titles[position]))
            continue
        if not found:
            found.append(_SubGoal(_Text(line.place), has_goal_line=True))
        _read_below_title(found[-1], line, journal)
    return tuple(
        SubGoal(part.title.typed(journal), part.goal.typed(journal), part.indicators.typed(journal))
        for part in found
    )


def _read_below_title(sub_goal: _SubGoal, line: TextLine, journal: Journal) -> None:
    for pattern, part in ((_GOAL, sub_goal.goal), (_INDICATORS, sub_goal.indicators)):
        match = pattern.match(line.text)
        if match and part.lines:
            journal.problem(
                line.place,
                f"同一项分项绩效目标中又出现{shown(match.group())}，请检查是否缺少下一项的标题，或删去重复的部分。",
            )
        if match:
            part.add(line.text[match.end() :], line.place)
            return
    sub_goal.last.add(line.text, line.place)


def _title_positions(lines: Sequence[TextLine]) -> dict[int, bool]:
    """Return which lines are titles of sub-goals, and whether a line 绩效目标： belongs to them.

    A title ends with 分项绩效目标、绩效指标, or bears a number of the style of the first one and has a line
    绩效目标： of its own below it: other numbers belong to the texts. The first line is one unless labelled.
    """
    numbers = [split_number(line.text) for line in lines]
    style = next((number.style for number in numbers if number), "")
    any_goal = any(_GOAL.match(line.text) for line in lines)
    titles, has_goal = {}, False
    for position in reversed(range(len(lines))):
        text, number = lines[position].text, numbers[position]
        if _GOAL.match(text):
            has_goal = True
        ends_as_title = label(text).endswith(_TITLE_ENDING)
        if ends_as_title or (number and number.style == style):
            if ends_as_title or has_goal or not any_goal:
                titles[position] = has_goal
            has_goal = False
        if position == 0 and not _GOAL.match(text) and not _INDICATORS.match(text):
            titles.setdefault(0, has_goal)
    return titles
