"""Acts on the indicator rows of a table, each (table, …) → table.

Rows stand grouped by tier, as the form prints them: a new row goes behind the last of its tier. A row is
known by its uid, which is given from outside, so that an act sent twice is done once. Tiers that no frame
knows stay as they are.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from indicators.document.model import Indicator, TargetTable

Tier: TypeAlias = tuple[str, str]  # the names of a first tier and of a second one under it
MOST_ROWS = 200
_UID = re.compile(r"[0-9a-f]{32}")


class ArrangeError(ValueError):
    """The act is refused; the message is a Chinese sentence."""


class RowGoneError(ArrangeError):
    """The row an act is about is not there any more."""

    def __init__(self, message: str = "该行已被删除，本次操作没有进行。"):
        super().__init__(message)


def add_row(
    table: TargetTable, *, uid: str, tier: Tier, tiers: Sequence[Tier], after: str = ""
) -> TargetTable:
    """Return the table with a blank row behind ``after``, or behind the last of its tier.

    ``tiers`` are those of the year's frame in their official order. Without a tier the row takes that of
    ``after``; where ``after`` is gone or of another tier, the row goes behind the last of its own.
    """
    if not any(tier):
        tier = _tier(_row(table, after)) if after else tier
    _require_known(table, tier, tiers)
    return insert_rows(table, [Indicator(*tier, "", uid=uid)], tiers=tiers, after=after)


def duplicate_row(table: TargetTable, *, uid: str, new: str) -> TargetTable:
    """Return the table with a copy of a row, its uid ``new``, right behind it."""
    copied = replace(_row(table, uid), uid=new)
    return insert_rows(table, [copied], tiers=(), after=uid)


def insert_rows(
    table: TargetTable, rows: Sequence[Indicator], *, tiers: Sequence[Tier], after: str = ""
) -> TargetTable:
    """Return the table with more rows, those of its tier behind ``after``, others behind their own."""
    known = {row.uid for row in table.indicators}
    new = [row for row in {row.uid: row for row in rows}.values() if row.uid not in known]
    if not new:
        return table
    _require_room(table, new)
    listed = list(table.indicators)
    behind: dict[Tier, str] = {_tier(row): after for row in listed if row.uid == after}
    for row in new:
        if not _UID.fullmatch(row.uid):
            raise ArrangeError("浏览器发来的内容不完整，刷新页面后重试。")
        listed.insert(_place(listed, _tier(row), tiers, behind.get(_tier(row), "")), row)
        if _tier(row) in behind:
            behind[_tier(row)] = row.uid
    return replace(table, indicators=tuple(listed))


def remove_rows(table: TargetTable, uids: Iterable[str]) -> TargetTable:
    """Return the table without these rows; one that is gone already is none to remove."""
    gone = set(uids)
    return replace(table, indicators=tuple(row for row in table.indicators if row.uid not in gone))


def restore_row(table: TargetTable, row: Indicator, *, position: int, tiers: Sequence[Tier]) -> TargetTable:
    """Return the table with a removed row again, at ``position`` (from 1) where its tier stays whole."""
    place = min(max(position - 1, 0), len(table.indicators))
    grown = insert_rows(table, [row], tiers=tiers)
    if grown is table or not _fits(table.indicators, place, _tier(row)):
        return grown
    return replace(table, indicators=(*table.indicators[:place], row, *table.indicators[place:]))


def move_row(table: TargetTable, *, uid: str, before: str) -> TargetTable:
    """Return the table with a row moved before another, '' being the end.

    It takes the tier of the place it lands in, as a reader of merged cells expects: that of the row above it
    when it moved down, of the row below when it moved up. It keeps its own where that leaves the tiers whole.
    """
    row, old_place = _row(table, uid), _index(table.indicators, uid)
    rest = [other for other in table.indicators if other.uid != uid]
    if before:
        _row(table, before, "要移到的那一行已被删除，没有移动。")
    place = old_place if before == uid else _index(rest, before)
    if place == old_place:
        return table
    if not _fits(rest, place, _tier(row)):
        row = _with_tier(row, _tier(rest[place - 1 if place > old_place else place]))
    rest.insert(place, row)
    return replace(table, indicators=tuple(rest))


def set_tier(table: TargetTable, uids: Iterable[str], *, tier: Tier, tiers: Sequence[Tier]) -> TargetTable:
    """Return the table with these rows in another tier, behind its last row; where they fit they stay."""
    _require_known(table, tier, tiers)
    wanted = set(uids)
    chosen = [_with_tier(row, tier) for row in table.indicators if row.uid in wanted]
    if not chosen:
        raise RowGoneError
    rest = [row for row in table.indicators if row.uid not in wanted]
    place = next(place for place, row in enumerate(table.indicators) if row.uid in wanted)
    if not _fits(rest, place, tier):
        place = _place(rest, tier, tiers)
    rest[place:place] = chosen
    return replace(table, indicators=tuple(rest))


def arrange_rows(table: TargetTable, places: Sequence[tuple[str, str, str]]) -> TargetTable:
    """Return the table with its rows in the order and the tiers of ``places``, (uid, first, second) each.

    That undoes a move: rows not named (somebody added them) stay behind the row they stood behind.
    """
    rows = {row.uid: row for row in table.indicators}
    named = {uid for uid, _, _ in places}
    listed = [_with_tier(rows[uid], (first, second)) for uid, first, second in places if uid in rows]
    above = ""
    for row in table.indicators:
        if row.uid not in named:
            listed.insert(_index(listed, above) + 1 if above else 0, row)
        above = row.uid
    return replace(table, indicators=tuple(listed))


def _index(rows: Sequence[Indicator], uid: str) -> int:
    """Return where the row is, behind the last where it is not; equal rows differ in their uid alone."""
    return next((place for place, row in enumerate(rows) if row.uid == uid), len(rows))


def _tier(row: Indicator) -> Tier:
    return row.first_tier, row.second_tier


def _with_tier(row: Indicator, tier: Tier) -> Indicator:
    return replace(row, first_tier=tier[0], second_tier=tier[1])


def _row(table: TargetTable, uid: str, *message: str) -> Indicator:
    found = next((row for row in table.indicators if row.uid == uid), None)
    if found is None:
        raise RowGoneError(*message)
    return found


def _require_known(table: TargetTable, tier: Tier, tiers: Sequence[Tier]) -> None:
    if tier not in tiers and tier not in map(_tier, table.indicators):
        named = "›".join(filter(None, tier))
        raise ArrangeError(
            f"“{named}”不在本年度的指标框架中，从列表中选择一级、二级指标。"
            if named
            else "选择该指标属于哪一级、二级指标。"
        )


def _require_room(table: TargetTable, new: Sequence[Indicator]) -> None:
    present = len(table.indicators)
    if present + len(new) > MOST_ROWS:
        raise ArrangeError(f"一张表最多{MOST_ROWS}行指标，现有{present}行，不能再加{len(new)}行。")


def _fits(rows: Sequence[Indicator], place: int, tier: Tier) -> bool:
    """True where a row of ``tier`` put at ``place`` leaves the rows of every tier together."""
    above = _tier(rows[place - 1]) if place else None
    below = _tier(rows[place]) if place < len(rows) else None
    return all(
        _is_whole(
            *(each and each[:depth] for each in (above, below)),
            tier[:depth],
            {_tier(row)[:depth] for row in rows},
        )
        for depth in (1, 2)
    )


def _is_whole(above: tuple | None, below: tuple | None, tier: tuple, present: set[tuple]) -> bool:
    return tier in (above, below) or (above != below and tier not in present)


def _place(rows: Sequence[Indicator], tier: Tier, tiers: Sequence[Tier], after: str = "") -> int:
    """Return where a row of ``tier`` goes: behind ``after``, else its tier's last, else as in the frame."""
    same = [place for place, row in enumerate(rows, start=1) if _tier(row) == tier]
    if same:
        return next((place for place in same if rows[place - 1].uid == after), same[-1])
    ranks = {known: rank for rank, known in enumerate(tiers)}
    rank = ranks.get(tier, len(ranks))
    first_tier = [place for place, row in enumerate(rows, start=1) if row.first_tier == tier[0]]
    earlier = [
        place
        for place in first_tier or range(1, len(rows) + 1)
        if ranks.get(_tier(rows[place - 1]), len(ranks)) <= rank
    ]
    place = max(earlier, default=first_tier[0] - 1 if first_tier else 0)
    while not first_tier and 0 < place < len(rows) and rows[place].first_tier == rows[place - 1].first_tier:
        place += 1
    return place
