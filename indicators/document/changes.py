"""Document × document → changes: what review, import preview, version comparison and the trail show."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from indicators.document import labels
from indicators.document.model import (
    Booklet,
    Indicator,
    NarrativeItem,
    SafeguardSection,
    SubGoal,
    TargetTable,
)
from perfbudget.lib.money import format_wan
from perfbudget.lib.ratios import format_percent


class _Marked(Protocol):
    uid: str


Part = TypeVar("Part", bound=_Marked)


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: where (path for programs, place for people), and both values as printed."""

    path: str
    place: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.place}：“{self.before}” → “{self.after}”"


def table_changes(old: TargetTable | None, new: TargetTable | None) -> tuple[Change, ...]:
    """Return what differs between two tables; None stands for a table that is not there."""
    if old is None and new is None:
        return ()
    if old is None or new is None:
        return (_whole(old, new, "", "绩效目标表", _table_name),)
    return (
        *_field_changes(old, new, labels.TABLE, path="", place=""),
        *_milestone_changes(old, new),
        *_indicator_changes(old.indicators, new.indicators),
    )


def booklet_changes(old: Booklet | None, new: Booklet) -> tuple[Change, ...]:
    """Return what differs between two booklets: the narrative, then the tables matched by project code."""
    changes = list(narrative_changes(old, new))
    for before, after in match_parts(old.tables if old else (), new.tables, table_key, by_order=False):
        table = after or before
        prefix, place = f"tables/{table.project_code}/", f"{table.name or table.project_code} "
        changes += (
            Change(prefix + change.path, place + change.place, change.before, change.after)
            for change in table_changes(before, after)
        )
    return tuple(changes)


def narrative_changes(old: Booklet | None, new: Booklet) -> tuple[Change, ...]:
    """Return what differs between the narratives (第一部分) of two booklets, and in the department's name."""
    old = old or Booklet(new.year, new.department_code, new.department_name)
    changes = list(_field_changes(old, new, {"department_name": "单位名称"}, path="", place=""))
    changes += _list_changes(
        old.overall_goals, new.overall_goals, "overall_goals", "总体绩效目标", item_key, _item_changes
    )
    changes += _list_changes(
        old.sub_goals, new.sub_goals, "sub_goals", "分项绩效目标", title_key, _sub_goal_changes
    )
    changes += _list_changes(
        old.safeguards, new.safeguards, "safeguards", "工作保障措施", title_key, _safeguard_changes
    )
    return tuple(changes)


def match_parts(
    old: Sequence[Part], new: Sequence[Part], key: Callable[[Part], Any], *, by_order: bool = True
) -> list[tuple[Part | None, Part | None]]:
    """Pair the parts of two lists: by uid, else by ``key``, else by order; what is left stands alone.

    Pairs come in the order of ``new``, followed by what is only in ``old``.
    """
    partner: dict[int, Part] = {}
    left = list(old)
    for same in (
        lambda before, after: before.uid == after.uid,
        lambda before, after: key(before) == key(after),
    ):
        for position, after in enumerate(new):
            found = None if position in partner else next((part for part in left if same(part, after)), None)
            if found is not None:
                partner[position] = found
                left.remove(found)
    for position in range(len(new)):
        if by_order and left and position not in partner:
            partner[position] = left.pop(0)
    return [(partner.get(position), after) for position, after in enumerate(new)] + [
        (before, None) for before in left
    ]


def indicator_key(indicator: Indicator) -> tuple[str, str]:
    """What an indicator is recognised by where its uid is new: (second tier, name)."""
    return indicator.second_tier, indicator.name


def table_key(table: TargetTable) -> str:
    """What a table is recognised by where its uid is new: the code in capitals, a blank one nothing."""
    return table.project_code.upper() or table.uid


def item_key(item: NarrativeItem) -> str:
    """What a numbered paragraph is recognised by where its uid is new: its text."""
    return item.text


def title_key(part: SubGoal | SafeguardSection) -> str:
    """What a titled part of the narrative is recognised by where its uid is new: its title."""
    return part.title


def printed_value(name: str, value: Any) -> str:
    """Return a field's value as people read it: 元 as 万元, codes as words, a blank as nothing."""
    if value is None:
        return ""
    if name in labels.MONEY_FIELDS:
        return f"{format_wan(value)}万元"
    if name == "beneficiaries":
        return labels.BENEFICIARIES[value]
    if isinstance(value, tuple):
        return "、".join(value)
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _field_changes(old: Any, new: Any, names: dict[str, str], path: str, place: str) -> Iterator[Change]:
    for name, label in names.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Change(path + name, place + label, printed_value(name, before), printed_value(name, after))


def _milestone_changes(old: TargetTable, new: TargetTable) -> Iterator[Change]:
    before = {milestone.month: milestone.percent for milestone in old.milestones}
    after = {milestone.month: milestone.percent for milestone in new.milestones}
    for month in sorted(before.keys() | after.keys()):
        if before.get(month) != after.get(month):
            yield Change(
                f"milestones/{month}",
                f"资金支出计划 {month}月底",
                format_percent(before.get(month)),
                format_percent(after.get(month)),
            )


def _indicator_changes(old: Sequence[Indicator], new: Sequence[Indicator]) -> Iterator[Change]:
    return _list_changes(old, new, "indicators", "绩效指标", indicator_key, _row_changes)


def _list_changes(
    old: Sequence[Part],
    new: Sequence[Part],
    path: str,
    place: str,
    key: Callable[[Part], Any],
    compare: Callable[[Part, Part, str, str], Iterable[Change]],
) -> Iterator[Change]:
    old_rows = {part.uid: number for number, part in enumerate(old, start=1)}
    new_rows = {part.uid: number for number, part in enumerate(new, start=1)}
    order = []
    # Two states of the same rows: what has no partner came or went. Only strangers are paired by their order.
    are_strangers = not old_rows.keys() & new_rows.keys()
    for before, after in match_parts(old, new, key, by_order=are_strangers):
        if after is None:
            yield _whole(
                before, after, f"{path}/{before.uid}", f"{place}第{old_rows[before.uid]}项", _summary
            )
            continue
        where, row = f"{path}/{after.uid}", f"{place}第{new_rows[after.uid]}项"
        if before is None:
            yield _whole(before, after, where, row, _summary)
        else:
            order.append(old_rows[before.uid])
            yield from compare(before, after, where, row)
    if order != sorted(order):
        yield Change(
            f"{path}/order",
            f"{place}顺序",
            "、".join(_summary(part) for part in old),
            "、".join(_summary(part) for part in new),
        )


def _whole(before: Any, after: Any, path: str, place: str, text: Callable[[Any], str]) -> Change:
    return Change(path, place, text(before) if before else "", text(after) if after else "")


def _table_name(table: TargetTable) -> str:
    return f"{table.project_code} {table.name}".strip()


def _summary(part: Any) -> str:
    """Return a part in full as one line, so that a removed part can be read in the trail."""
    match part:
        case Indicator():
            return " ".join(filter(None, (getattr(part, name) for name in _INDICATOR_TEXTS)))
        case SubGoal():
            return " ".join(filter(None, (part.title, part.goal, part.indicators)))
        case SafeguardSection():
            return " ".join((part.title, *(item.text for item in part.items)))
    return part.text


_INDICATOR_TEXTS = ("first_tier", "second_tier", "name", "description", "value", "basis")


def _row_changes(old: Indicator, new: Indicator, path: str, place: str) -> Iterator[Change]:
    return _field_changes(old, new, labels.INDICATOR, f"{path}/", f"{place} ")


def _item_changes(old: Any, new: Any, path: str, place: str) -> Iterator[Change]:
    return _field_changes(old, new, {"text": ""}, f"{path}/", place)


def _sub_goal_changes(old: SubGoal, new: SubGoal, path: str, place: str) -> Iterator[Change]:
    return _field_changes(old, new, labels.SUB_GOAL, f"{path}/", f"{place} ")


def _safeguard_changes(
    old: SafeguardSection, new: SafeguardSection, path: str, place: str
) -> Iterator[Change]:
    yield from _field_changes(old, new, {"title": "标题"}, f"{path}/", f"{place} ")
    yield from _list_changes(old.items, new.items, f"{path}/items", f"{place} 措施", item_key, _item_changes)
