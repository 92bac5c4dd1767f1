"""The narrative as a form: the same blocks as on paper, and between them what adds to their lists.

As in editor_html a control lies over its printed text, which gives it its height. Numbers and labels are
drawn before it, and its first line is indented by as much (``Field.lead_width``).
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from indicators.document.labels import SUB_GOAL
from indicators.document.model import Booklet
from indicators.layout.booklet import lay_out_narrative
from indicators.layout.publication import Heading, Paragraph

_ADD = {
    "overall_goals": "增加一项总体绩效目标",
    "sub_goals": "增加一个分项",
    "safeguards": "增加一个方面",
    "items": "增加一条措施",
}
_NAMES = {"overall_goals": "总体绩效目标", "sub_goals": "分项绩效目标", "safeguards": "工作保障措施"}


@dataclass(frozen=True, slots=True)
class Field:
    """A text people type, with the lead drawn before it; ``part`` is what it begins and moves with it."""

    path: str
    lead: str
    text: str
    label: str
    is_title: bool
    part: str

    @property
    def lead_width(self) -> int:
        """Return how many half-width characters wide the lead is."""
        return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in self.lead)


@dataclass(frozen=True, slots=True)
class Title:
    """A heading nobody types; level 1 is the part, level 2 a section."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Adder:
    """What adds a part to the list at ``path``."""

    path: str
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A project that a 分项绩效目标 is linked to, or may be."""

    code: str
    name: str
    is_linked: bool


@dataclass(frozen=True, slots=True)
class Links:
    """The projects of a 分项绩效目标; those without a code are not among them, since codes are kept."""

    path: str
    ticks: tuple[Tick, ...]

    @property
    def linked_names(self) -> list[str]:
        return [tick.name for tick in self.ticks if tick.is_linked]


Piece: TypeAlias = Field | Title | Adder | Links


def narrative_pieces(booklet: Booklet, projects: Sequence[tuple[str, str]]) -> list[Piece]:
    """Return what the form of the narrative is made of; ``projects`` are (code, name) in booklet order."""
    linked = {part.uid: set(part.project_codes) for part in booklet.sub_goals}
    section, measures = "", ""  # the lists that are open: of a section, of measures under one block
    pieces: list[Piece] = []
    for block in lay_out_narrative(booklet).blocks:
        if isinstance(block, Heading) and not block.path:
            pieces += _adders(measures, section)
            section, measures = (block.anchor.replace("-", "_") if block.level == 2 else ""), ""
            pieces.append(Title(block.level, block.text, block.anchor))
        elif isinstance(block, Heading | Paragraph):
            field = _field(block)
            if field.is_title and section == "safeguards":
                pieces += _adders(measures)
                measures = f"{field.part}/items"
            pieces.append(field)
            match block.path.split("/"):
                case ["sub_goals", uid, "indicators"]:
                    pieces.append(_links(uid, linked[uid], projects))
    return [*pieces, *_adders(measures, section)]


def _adders(*paths: str) -> Iterator[Adder]:
    return (Adder(path, _ADD[path.rpartition("/")[2]]) for path in paths if path)


def _field(block: Heading | Paragraph) -> Field:
    is_title = isinstance(block, Heading)
    text = block.text[len(block.lead) :] if is_title else block.text
    return Field(block.path, block.lead, text, _label(block), is_title, _part_of(block.path))


def _part_of(path: str) -> str:
    """Return the path of the part that a field begins, '' for a later field of it."""
    match path.split("/"):
        case ["overall_goals", _] | ["safeguards", _, "items", _]:
            return path
        case [_, _, "title"]:
            return path.rpartition("/")[0]
    return ""


def _label(block: Heading | Paragraph) -> str:
    """Return how a field is called: 总体绩效目标（三）, 分项绩效目标 绩效指标, 工作保障措施 措施2、."""
    name, *rest = block.path.split("/")
    if name == "sub_goals" and rest[-1] != "title":
        return f"{_NAMES[name]} {SUB_GOAL[rest[-1]]}"
    return f"{_NAMES[name]}{' 措施' if 'items' in rest else ''}{block.lead}"


def _links(uid: str, codes: set[str], projects: Sequence[tuple[str, str]]) -> Links:
    ticks = (Tick(code, name, code in codes) for code, name in projects if code)
    return Links(f"sub_goals/{uid}/project_codes", tuple(ticks))
