"""Acts on indicator rows as a request names them, and what undoes one.

The arguments of each act are listed beside it. Rows travel as JSON objects of their texts.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from indicators.document import Indicator, TargetTable
from indicators.document.arrange import (
    ArrangeError,
    Tier,
    add_row,
    arrange_rows,
    duplicate_row,
    insert_rows,
    move_row,
    remove_rows,
    restore_row,
    set_tier,
)
from indicators.document.fields import FieldError, read_field

Change: TypeAlias = Callable[[TargetTable], TargetTable]
TIER_MARK = "›"  # between a first tier and a second one where both are one text
_TEXTS = ("first_tier", "second_tier", "name", "description", "value", "basis")
_LONGEST_PLACE = 6  # digits
_INCOMPLETE = "浏览器发来的内容不完整，刷新页面后重试。"


@dataclass(frozen=True, slots=True)
class RowAct:
    """An act on the rows of a table, and the path of the field where one goes on ('': where one was)."""

    change: Change
    focus: str = ""


def row_act(data: Mapping[str, str], tiers: Sequence[Tier]) -> RowAct:
    """Return the act that a request of the editor asks for. Raises ArrangeError."""
    try:
        return _ACTS[data.get("act", "")](data, tiers)
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, ArrangeError):
            raise
        raise ArrangeError(_INCOMPLETE) from error


def plain_row_act(data: Mapping[str, str], tiers: Sequence[Tier], new: str) -> RowAct:
    """Return the act of a button of the plain form: ``act``, ``row`` (a uid), ``tier`` (一级›二级).

    ``new`` is the uid of a row that is made; ``restore`` stands for all, a removed row of ``plain_rows``.
    Raises ArrangeError.
    """
    if removed := data.get("restore"):
        return row_act({"act": "restore", "row": removed}, tiers)
    first, _, second = data.get("tier", "").partition(TIER_MARK)
    uid, act = data.get("row", ""), data.get("act", "")
    given = {"act": act, "uid": new if act == "add" else uid, "uids": uid, "new": new}
    if act in ("up", "down"):
        return RowAct(lambda table: _shifted(table, uid, -1 if act == "up" else 1))
    return row_act({**given, "first_tier": first, "second_tier": second}, tiers)


def undo_of(before: TargetTable, after: TargetTable) -> dict[str, Any] | None:
    """Return the act that undoes what led from one table to another; None where nothing did."""
    old, new = ({row.uid for row in table.indicators} for table in (before, after))
    if new - old:
        return {"act": "remove", "uids": ",".join(row.uid for row in after.indicators if row.uid not in old)}
    if old - new:
        return {"act": "restore", "rows": [row for row in plain_rows(before) if row["uid"] not in new]}
    if _places(before) != _places(after):
        return {"act": "arrange", "places": _places(before)}
    return None


def _add(data: Mapping[str, str], tiers: Sequence[Tier]) -> RowAct:
    """``uid`` of the new row, ``first_tier``, ``second_tier``, and ``after``, a uid or ''."""
    uid, after = data["uid"], data.get("after", "")
    return RowAct(
        lambda table: add_row(table, uid=uid, tier=_tier(data), tiers=tiers, after=after), _name_of(uid)
    )


def _duplicate(data: Mapping[str, str], tiers: Sequence[Tier]) -> RowAct:
    """``uid``, and ``new``, the uid of the copy."""
    return RowAct(lambda table: duplicate_row(table, uid=data["uid"], new=data["new"]), _name_of(data["new"]))


def _remove(data: Mapping[str, str], tiers: Sequence[Tier]) -> RowAct:
    """``uid``, or ``uids`` with commas between."""
    uids = _uids(data)
    return RowAct(lambda table: remove_rows(table, uids))


def _restore(data: Mapping[str, str], tiers: Sequence[Tier]) -> RowAct:
    """``rows``: each with its ``position`` from 1; or one ``row`` and its ``position``."""
    given = json.loads(data["rows"]) if "rows" in data else [json.loads(data["row"])]
    rows = [(_row(plain), _position(plain.get("position") or data["position"])) for plain in given]

    def restore(table: TargetTable) -> TargetTable:
        for row, position in rows:
            table = restore_row(table, row, position=position, tiers=tiers)
        return table

    return RowAct(restore, _name_of(rows[0][0].uid) if rows else "")


def _move(data: Mapping[str, str], tiers: Sequence[Tier]) -> RowAct:
    """``uid``, and ``before``, a uid or '' for the end."""
    return RowAct(lambda table: move_row(table, uid=data["uid"], before=data["before"]))


def _set_tier(data: Mapping[str, str], tiers: Sequence[Tier]) -> RowAct:
    """``uids`` with commas between, ``first_tier``, ``second_tier``."""
    return RowAct(lambda table: set_tier(table, _uids(data), tier=_tier(data), tiers=tiers))


def _insert(data: Mapping[str, str], tiers: Sequence[Tier]) -> RowAct:
    """``rows`` with their uids and texts, and ``after``, a uid or ''."""
    rows = [_row(plain) for plain in json.loads(data["rows"])]
    focus = _name_of(rows[0].uid) if rows else ""
    return RowAct(lambda table: insert_rows(table, rows, tiers=tiers, after=data.get("after", "")), focus)


def _arrange(data: Mapping[str, str], tiers: Sequence[Tier]) -> RowAct:
    """``places``: [uid, first tier, second tier] of every row in order; what undoes a move."""
    places = [
        (str(uid), _read_tier(first), _read_tier(second)) for uid, first, second in json.loads(data["places"])
    ]
    return RowAct(lambda table: arrange_rows(table, places))


_ACTS: dict[str, Callable[[Mapping[str, str], Sequence[Tier]], RowAct]] = {
    "add": _add,
    "duplicate": _duplicate,
    "remove": _remove,
    "restore": _restore,
    "move": _move,
    "tier": _set_tier,
    "insert": _insert,
    "arrange": _arrange,
}


def _position(given: object) -> int:
    """Return a place from 1, as a script counts or a plain form writes it."""
    if isinstance(given, int):
        return given
    text = given if isinstance(given, str) else ""
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_PLACE):
        raise ArrangeError(_INCOMPLETE)
    return int(text)


def _tier(data: Mapping[str, str]) -> Tier:
    return data.get("first_tier", ""), data.get("second_tier", "")


def _uids(data: Mapping[str, str]) -> list[str]:
    return (data.get("uids") or data["uid"]).split(",")


def _name_of(uid: str) -> str:
    return f"indicators/{uid}/name"


def _read_tier(name: str) -> str:
    return read_field("indicators/_/first_tier", name)


def _row(plain: dict[str, Any]) -> Indicator:
    """Return the row of a JSON object, its texts read as if they were typed."""
    if not isinstance(plain["uid"], str):
        raise ArrangeError(_INCOMPLETE)
    try:
        texts = {name: read_field(f"indicators/_/{name}", plain.get(name) or "") for name in _TEXTS}
        weight = read_field("indicators/_/weight", plain.get("weight") or "")
    except FieldError as error:
        raise ArrangeError(str(error)) from error
    return Indicator(**texts, weight=weight, uid=plain["uid"])


def plain_rows(table: TargetTable) -> list[dict[str, Any]]:
    """Return the rows of a table as ``restore`` takes them, each with its position from 1."""
    return [
        {
            "position": position,
            "uid": row.uid,
            **{name: getattr(row, name) for name in _TEXTS},
            "weight": "" if row.weight is None else str(row.weight),
        }
        for position, row in enumerate(table.indicators, start=1)
    ]


def _places(table: TargetTable) -> list[tuple[str, str, str]]:
    return [(row.uid, row.first_tier, row.second_tier) for row in table.indicators]


def _shifted(table: TargetTable, uid: str, step: int) -> TargetTable:
    """Return the table with a row moved one place up (-1) or down (1); at the end of the table it stays."""
    uids = [row.uid for row in table.indicators]
    place = uids.index(uid) if uid in uids else 0
    if not 0 <= place + step < len(uids):
        return table
    return move_row(table, uid=uid, before=[*uids, ""][place - 1 if step < 0 else place + 2])
