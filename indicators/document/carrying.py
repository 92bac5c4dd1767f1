"""One table, or a narrative, carried into another: what is taken over, and a report of what was not.

Nothing that is filled in already is written over unless it was asked for; years move only where a proposal
was ticked (year_shift.py); indicators and items of the narrative get uids of their own.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from indicators.document import labels
from indicators.document.changes import printed_value
from indicators.document.model import (
    Beneficiaries,
    Booklet,
    Milestone,
    SafeguardSection,
    SubGoal,
    TargetTable,
    new_uid,
)
from indicators.document.year_shift import (
    Proposal,
    narrative_shifts,
    shift_narrative,
    shift_table,
    table_shifts,
    titles_of_year,
)
from perfbudget.lib.ratios import format_percent


class Part(StrEnum):
    """A part of a table that is carried as a whole."""

    FACTS = "facts"
    MONEY = "money"
    PURPOSE = "purpose"
    PLAN = "plan"
    GOAL = "goal"
    INDICATORS = "indicators"


PARTS = {
    Part.FACTS: "项目信息",
    Part.MONEY: "预算规模",
    Part.PURPOSE: "资金用途",
    Part.PLAN: "资金支出计划",
    Part.GOAL: "绩效目标",
    Part.INDICATORS: "绩效指标",
}
SECTIONS = {"overall_goals": "总体绩效目标", "sub_goals": "分项绩效目标", "safeguards": "工作保障措施"}
_FIELDS = {
    Part.FACTS: ("name", "category", "nature", "beneficiaries", "preparer", "preparer_phone"),
    Part.MONEY: ("budget", "fiscal_funding", "other_funding"),
    Part.PURPOSE: ("purpose",),
    Part.GOAL: ("goal",),
}
_OF_THIS_PROJECT = frozenset({"name", "preparer", "preparer_phone"})  # never those of another one
_LISTED = frozenset({"name", *_FIELDS[Part.MONEY]})
_BLANK = ("", None, Beneficiaries.UNDECIDED)
_MOST_NAMED = 5


class Kind(StrEnum):
    """What a line of the report says happened."""

    CARRIED = "carried"
    SHIFTED = "shifted"
    KEPT = "kept"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report: what happened, where, and a Chinese sentence or the text itself."""

    kind: Kind
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What to carry. ``is_listed``: name and amounts of the target are the project list's.

    ``shifts`` are the keys of the ticked proposals; ``same_project`` is False where the source is another
    project, whose name and people are not carried.
    """

    parts: Collection[str] = frozenset(Part)
    overwrite: Collection[str] = frozenset()
    shifts: Collection[str] = frozenset()
    is_listed: bool = False
    same_project: bool = True


@dataclass(frozen=True, slots=True)
class Carried:
    """The table as it is to be, and what is to be told of it."""

    table: TargetTable
    report: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CarriedNarrative:
    """The narrative as it is to be, and what is to be told of it."""

    booklet: Booklet
    report: tuple[Line, ...]


# One table


def carry(source: TargetTable, target: TargetTable, choices: Choices) -> Carried:
    """Return ``target`` with the chosen parts of ``source``, and the report."""
    carrying = _Carrying(source, target, choices)
    values: dict[str, Any] = {}
    for part in Part:
        if part in choices.parts:
            values |= carrying.values_of(part)
    table = replace(target, **values)
    return Carried(table, (*carrying.lines, *_open_lines(source, table, values, carrying)))


def proposals_for(source: TargetTable, target_year: int, choices: Choices) -> tuple[Proposal, ...]:
    """Return the year shifts that concern what is carried: none in a name that stays as it is."""
    return tuple(
        proposal
        for proposal in table_shifts(source, target_year)
        if _part_of(proposal.path) in choices.parts
        and not (proposal.path == "name" and (choices.is_listed or not choices.same_project))
    )


def is_filled(table: TargetTable, part: Part) -> bool:
    """Return whether anything is filled in of a part."""
    match part:
        case Part.PLAN:
            return any(milestone.percent is not None for milestone in table.milestones)
        case Part.INDICATORS:
            return bool(table.indicators)
    return any(getattr(table, name) not in _BLANK for name in _FIELDS[part])


@dataclass
class _Carrying:
    """Carries part by part; ``lines`` grow on the way."""

    source: TargetTable
    target: TargetTable
    choices: Choices
    lines: list[Line] = field(default_factory=list)
    moved: TargetTable = field(init=False)
    proposals: tuple[Proposal, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.proposals = proposals_for(self.source, self.target.year, self.choices)
        ticked = [proposal for proposal in self.proposals if proposal.key in self.choices.shifts]
        self.moved = shift_table(self.source, ticked)

    def values_of(self, part: Part) -> dict[str, Any]:
        """Return the fields of the target that the part changes."""
        match part:
            case Part.PLAN:
                values = self._plan()
            case Part.INDICATORS:
                values = self._indicators()
            case _:
                values = self._fields(part)
        if values:
            self._tell_shifts(part, values)
        return values

    def _fields(self, part: Part) -> dict[str, Any]:
        values = {name: value for name in _FIELDS[part] if (value := self._value(part, name)) is not None}
        if values:
            words = "、".join(
                f"{labels.TABLE[name]}{_shown(printed_value(name, value))}" for name, value in values.items()
            )
            self.lines.append(Line(Kind.CARRIED, PARTS[part], words))
        elif not is_filled(self.source, part):
            self.lines.append(Line(Kind.KEPT, PARTS[part], "来源没有填写。"))
        return values

    def _value(self, part: Part, name: str) -> Any:
        """Return the value a field takes, None where it stays as it is."""
        new, old = getattr(self.moved, name), getattr(self.target, name)
        if new in _BLANK or new == old or (name in _OF_THIS_PROJECT and not self.choices.same_project):
            return None
        if self.choices.is_listed and name in _LISTED and old not in _BLANK:
            self.lines.append(Line(Kind.KEPT, labels.TABLE[name], "来自项目清单，没有改动。"))
            return None
        if old not in _BLANK and part not in self.choices.overwrite:
            self.lines.append(Line(Kind.KEPT, labels.TABLE[name], "本表已经填写，没有覆盖。"))
            return None
        return new

    def _plan(self) -> dict[str, Any]:
        percents = {each.month: each.percent for each in self.source.milestones if each.percent is not None}
        months = [each.month for each in self.target.milestones] or list(percents)
        plan = tuple(Milestone(month, percents.get(month)) for month in months)
        if not percents:
            return self._kept(Part.PLAN, "来源没有填写。")
        if plan == self.target.milestones:
            return {}
        if is_filled(self.target, Part.PLAN) and Part.PLAN not in self.choices.overwrite:
            return self._kept(Part.PLAN, "本表已经填写，没有覆盖。")
        words = "、".join(
            f"{each.month}月底{format_percent(each.percent)}" for each in plan if each.percent is not None
        )
        self.lines.append(Line(Kind.CARRIED, PARTS[Part.PLAN], words or "节点不同，没有可以复制的比例。"))
        return {"milestones": plan}

    def _indicators(self) -> dict[str, Any]:
        if not self.moved.indicators:
            return self._kept(Part.INDICATORS, "来源没有填写。")
        if self.target.indicators and Part.INDICATORS not in self.choices.overwrite:
            return self._kept(Part.INDICATORS, f"本表已有{len(self.target.indicators)}项，没有覆盖。")
        rows = tuple(replace(row, uid=new_uid()) for row in self.moved.indicators)
        self.lines.append(Line(Kind.CARRIED, PARTS[Part.INDICATORS], f"{len(rows)}项"))
        return {"indicators": rows}

    def _kept(self, part: Part, words: str) -> dict[str, Any]:
        self.lines.append(Line(Kind.KEPT, PARTS[part], words))
        return {}

    def _tell_shifts(self, part: Part, values: dict[str, Any]) -> None:
        for proposal in self.proposals:
            if _part_of(proposal.path) == part and proposal.path.partition("/")[0] in values:
                if proposal.key in self.choices.shifts:
                    shift = proposal.shift
                    self.lines.append(Line(Kind.SHIFTED, proposal.place, f"{shift.before} → {shift.after}"))
                else:
                    words = (
                        f"“{proposal.shift.before}”没有改动（{proposal.shift.reason}），核对是否仍然适用。"
                    )
                    self.lines.append(Line(Kind.OPEN, proposal.place, words))


def _part_of(path: str) -> Part:
    return {"name": Part.FACTS, "purpose": Part.PURPOSE, "goal": Part.GOAL}.get(path, Part.INDICATORS)


# What must still be decided


def _open_lines(
    source: TargetTable, table: TargetTable, values: dict[str, Any], carrying: _Carrying
) -> Iterator[Line]:
    """Yield what a person has to look at: what was carried is now equal to the source."""
    origin = "上年" if carrying.choices.same_project and source.year < table.year else "来源项目"
    yield from _open_facts(values, origin, carrying)
    if amounts := [name for name in _FIELDS[Part.MONEY] if name in values]:
        words = "、".join(f"{labels.TABLE[name]}{printed_value(name, values[name])}" for name in amounts)
        yield Line(Kind.OPEN, PARTS[Part.MONEY], f"{words}与{origin}相同，按本年安排核对。")
    if "milestones" in values and (
        missing := [each.month for each in table.milestones if each.percent is None]
    ):
        months = "、".join(f"{month}月底" for month in missing)
        yield Line(Kind.OPEN, PARTS[Part.PLAN], f"{months}在来源中没有，补填比例。")
    if "goal" in values and values["goal"] == source.goal:
        yield Line(Kind.OPEN, PARTS[Part.GOAL], f"与{origin}完全相同，按本年任务改写（R56）。")
    if "indicators" in values:
        yield from _open_indicators(source, table, origin)
    yield from _open_titles(source, values)


def _open_facts(values: dict[str, Any], origin: str, carrying: _Carrying) -> Iterator[Line]:
    source, target = carrying.source, carrying.target
    if origin == "上年" and (values.get("nature") or target.nature) == "新增":
        yield Line(Kind.OPEN, "项目属性", "上年为新增，本年继续实施的应改为延续。")
    if Part.INDICATORS in carrying.choices.parts and source.frame and target.frame not in ("", source.frame):
        words = f"来源用{source.frame}年框架，本年用{target.frame}年框架，核对一、二级指标的归类。"
        yield Line(Kind.OPEN, "指标框架", words)


def _open_indicators(source: TargetTable, table: TargetTable, origin: str) -> Iterator[Line]:
    before = [row.value for row in source.indicators]
    same = [
        f"{row.name}{_shown(row.value)}"
        for row, value in zip(table.indicators, before, strict=True)
        if row.value and row.value == value
    ]
    if same:
        words = f"{len(same)}项指标值与{origin}相同：{_named(same)}，逐项核对，不提高的说明理由（R35）。"
        yield Line(Kind.OPEN, PARTS[Part.INDICATORS], words)


def _open_titles(source: TargetTable, values: dict[str, Any]) -> Iterator[Line]:
    texts = [values[name] for name in ("purpose", "goal") if name in values]
    for row in values.get("indicators", ()):
        texts += [row.name, row.description, row.basis]
    titles = dict.fromkeys(title for text in texts for title in titles_of_year(text, source.year))
    if titles:
        yield Line(
            Kind.OPEN, "文件名称", f"书名号内的年份没有改动：{_named(list(titles))}，核对文件是否已更新。"
        )


def _named(texts: Sequence[str]) -> str:
    more = f"等{len(texts)}处" if len(texts) > _MOST_NAMED else ""
    return "、".join(texts[:_MOST_NAMED]) + more


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line if len(line) <= 24 else line[:24] + '…'}”"


# The narrative


def carry_narrative(
    source: Booklet,
    target: Booklet,
    *,
    sections: Collection[str],
    overwrite: bool,
    shifts: Collection[str],
    codes: Collection[str],
) -> CarriedNarrative:
    """Return ``target`` with the chosen sections of ``source``; links lead to projects of ``codes`` alone."""
    proposals = narrative_proposals(source, target.year, sections)
    moved = shift_narrative(source, [proposal for proposal in proposals if proposal.key in shifts])
    values, lines = {}, []
    for name, title in SECTIONS.items():
        if name not in sections:
            continue
        parts = getattr(moved, name)
        if not parts:
            lines.append(Line(Kind.KEPT, title, "来源没有填写。"))
        elif getattr(target, name) and not overwrite:
            lines.append(Line(Kind.KEPT, title, "本年已经填写，没有覆盖。"))
        else:
            values[name] = tuple(_renewed(part, frozenset(codes)) for part in parts)
            lines.append(Line(Kind.CARRIED, title, f"{len(parts)}项"))
    lines += _narrative_shift_lines(proposals, values, shifts)
    lines += _lost_links(moved, values)
    return CarriedNarrative(replace(target, **values), tuple(lines))


def narrative_proposals(source: Booklet, year: int, sections: Collection[str]) -> tuple[Proposal, ...]:
    """Return the year shifts in the chosen sections of a narrative."""
    return tuple(
        proposal for proposal in narrative_shifts(source, year) if proposal.path.partition("/")[0] in sections
    )


def _renewed(part: Any, codes: Collection[str]) -> Any:
    """Return an item, sub-goal or section with uids of its own, linked to projects that are there."""
    match part:
        case SubGoal():
            links = tuple(code for code in part.project_codes if code in codes)
            return replace(part, project_codes=links, uid=new_uid())
        case SafeguardSection():
            items = tuple(replace(item, uid=new_uid()) for item in part.items)
            return replace(part, items=items, uid=new_uid())
    return replace(part, uid=new_uid())


def _narrative_shift_lines(
    proposals: Iterable[Proposal], values: dict[str, Any], shifts: Collection[str]
) -> Iterator[Line]:
    for proposal in proposals:
        if proposal.path.partition("/")[0] not in values:
            continue
        shift = proposal.shift
        if proposal.key in shifts:
            yield Line(Kind.SHIFTED, proposal.place, f"{shift.before} → {shift.after}")
        else:
            words = f"“{shift.before}”没有改动（{shift.reason}），核对是否仍然适用。"
            yield Line(Kind.OPEN, proposal.place, words)


def _lost_links(source: Booklet, values: dict[str, Any]) -> Iterator[Line]:
    for before, after in zip(source.sub_goals, values.get("sub_goals", ()), strict=False):
        lost = [code for code in before.project_codes if code not in after.project_codes]
        if lost:
            words = f"{_shown(before.title)}对应的项目{_named(lost)}本年没有申报，重新选择对应项目。"
            yield Line(Kind.OPEN, SECTIONS["sub_goals"], words)
