"""Acts on the parts of the narrative as a request names them, and what undoes one.

The editor sends ``act`` with: add (list, uid, after), remove (part), restore (list, part, position, as JSON),
move (part, before), link (part, codes). The plain form sends one text: add:<list>, remove:<part>, up:<part>,
down:<part>.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from indicators.document import Booklet, NarrativeItem, SafeguardSection, SubGoal
from indicators.document.fields import FieldError, read_field
from indicators.document.narrative_parts import (
    NoSuchPartError,
    Part,
    add_part,
    link_projects,
    move_part,
    parts_at,
    put_part,
    remove_part,
)

Change: TypeAlias = Callable[[Booklet], Booklet]
_UID = re.compile(r"[0-9a-f]{32}")


def part_act(data: Mapping[str, str]) -> Change:
    """Return the act that a request of the editor asks for. Raises KeyError, FieldError."""
    match data["act"]:
        case "add":
            listed, uid, after = data["list"], _new_uid(data["uid"]), data.get("after", "")
            return lambda booklet: add_part(booklet, listed, uid, after)
        case "remove":
            listed, uid = split_part(data["part"])
            return lambda booklet: remove_part(booklet, listed, uid)
        case "restore":
            listed, position, part = data["list"], _place(data["position"]), _read_part(data["row"])
            return lambda booklet: put_part(booklet, listed, part, position)
        case "move":
            listed, uid = split_part(data["part"])
            return lambda booklet: move_part(booklet, listed, uid, data.get("before", ""))
        case "link":
            uid = _linked(data["part"])
            codes = [code for code in data["codes"].split(",") if code]
            return lambda booklet: link_projects(booklet, uid, codes)
    raise KeyError("act")


def plain_part_act(text: str, new: str) -> Change:
    """Return the act of a button of the plain form; ``new`` is the uid of a part that is made."""
    act, _, path = text.partition(":")
    if act == "add":
        return lambda booklet: add_part(booklet, path, new)
    listed, uid = split_part(path)
    if act == "remove":
        return lambda booklet: remove_part(booklet, listed, uid)
    return lambda booklet: _shifted(booklet, listed, uid, -1 if act == "up" else 1)


def undo_of(data: Mapping[str, str], before: Booklet) -> dict[str, Any] | None:
    """Return the act that puts a removed part back; other acts are undone by their opposites."""
    if data["act"] != "remove":
        return None
    listed, uid = split_part(data["part"])
    parts = parts_at(before, listed)
    position = next((number for number, part in enumerate(parts) if part.uid == uid), None)
    if position is None:
        raise NoSuchPartError(uid)
    row = json.dumps(_plain_part(parts[position]), ensure_ascii=False)
    return {"act": "restore", "list": listed, "position": position, "row": row}


def split_part(path: str) -> tuple[str, str]:
    """Return the list and the uid of a part's path. Raises NoSuchPartError."""
    listed, _, uid = path.rpartition("/")
    if not listed:
        raise NoSuchPartError(path)
    return listed, uid


def _shifted(booklet: Booklet, listed: str, uid: str, step: int) -> Booklet:
    uids = [part.uid for part in parts_at(booklet, listed)]
    if uid not in uids:
        raise NoSuchPartError(uid)
    place = uids.index(uid)
    if not 0 <= place + step < len(uids):
        return booklet
    below = uids[place - 1 :] if step < 0 else uids[place + 2 :]
    return move_part(booklet, listed, uid, below[0] if below else "")


def _new_uid(text: str) -> str:
    if not _UID.fullmatch(text):
        raise KeyError("uid")
    return text


def _place(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise KeyError("position")
    return int(text)


def _linked(path: str) -> str:
    match path.split("/"):
        case ["sub_goals", uid, "project_codes"]:
            return uid
    raise NoSuchPartError(path)


def _plain_part(part: Part) -> dict[str, Any]:
    match part:
        case NarrativeItem(text):
            return {"uid": part.uid, "text": text}
        case SubGoal(title, goal, indicators, codes):
            texts = {"title": title, "goal": goal, "indicators": indicators}
            return {"uid": part.uid, **texts, "codes": list(codes)}
        case SafeguardSection(title, items):
            return {"uid": part.uid, "title": title, "items": [_plain_part(item) for item in items]}


def _read_part(text: str) -> Part:
    """Read what ``_plain_part`` wrote; it went through a browser, so nothing is taken for granted."""
    try:
        return _part(json.loads(text))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, FieldError):
            raise
        raise KeyError("row") from error


def _part(plain: dict[str, Any]) -> Part:
    uid = _new_uid(plain["uid"])
    if "text" in plain:
        return NarrativeItem(read_field("text", plain["text"]), uid=uid)
    title = read_field("title", plain["title"])
    if "items" in plain:
        items = tuple(
            NarrativeItem(read_field("text", item["text"]), uid=_new_uid(item["uid"]))
            for item in plain["items"]
        )
        return SafeguardSection(title, items, uid=uid)
    goal, indicators = (read_field(name, plain[name]) for name in ("goal", "indicators"))
    return SubGoal(title, goal, indicators, tuple(str(code) for code in plain["codes"]), uid=uid)
