"""Adding, removing and ordering the parts of the narrative. Pure: a booklet in, a booklet out.

A list is named by its path (overall_goals, sub_goals, safeguards, safeguards/<uid>/items), a part by that of
its list and its uid. Numbers are drawn by the layout, so order is all there is to say.
"""

import dataclasses
from collections.abc import Callable, Iterable
from typing import TypeAlias

from indicators.document.model import Booklet, NarrativeItem, SafeguardSection, SubGoal

Part: TypeAlias = NarrativeItem | SubGoal | SafeguardSection
Parts: TypeAlias = tuple[Part, ...]
MOST_PARTS = 200  # of one list

_BLANK: dict[str, Callable[[str], Part]] = {
    "overall_goals": lambda uid: NarrativeItem("", uid=uid),
    "items": lambda uid: NarrativeItem("", uid=uid),
    "sub_goals": lambda uid: SubGoal("", uid=uid),
    "safeguards": lambda uid: SafeguardSection("", uid=uid),
}


class NoSuchPartError(LookupError):
    """The path names no list or part of the narrative, or none any more."""


class TooManyPartsError(ValueError):
    """The list is full; the message is a Chinese sentence."""

    def __init__(self):
        super().__init__(f"一个列表最多{MOST_PARTS}项，合并相近的内容后再增加。")


def parts_at(booklet: Booklet, path: str) -> Parts:
    """Return the parts of a list. Raises NoSuchPartError."""
    match path.split("/"):
        case [("overall_goals" | "sub_goals" | "safeguards") as name]:
            return getattr(booklet, name)
        case ["safeguards", uid, "items"]:
            return _part(booklet.safeguards, uid).items
    raise NoSuchPartError(path)


def add_part(booklet: Booklet, path: str, uid: str, after: str = "") -> Booklet:
    """Return the booklet with a blank part after ``after``, or last; one that is there already stays.

    Raises NoSuchPartError, TooManyPartsError.
    """
    parts = parts_at(booklet, path)
    if any(part.uid == uid for part in parts):
        return booklet
    place = next((number for number, part in enumerate(parts, start=1) if part.uid == after), len(parts))
    return put_part(booklet, path, _blank(path, uid), place)


def put_part(booklet: Booklet, path: str, part: Part, position: int) -> Booklet:
    """Return the booklet with a part put at a position from 0: what was removed comes back as it was."""
    parts = parts_at(booklet, path)
    if any(other.uid == part.uid for other in parts):
        return booklet
    if type(part) is not type(_blank(path, part.uid)):
        raise NoSuchPartError(path)
    if len(parts) >= MOST_PARTS:
        raise TooManyPartsError
    return _with_parts(booklet, path, (*parts[:position], part, *parts[position:]))


def remove_part(booklet: Booklet, path: str, uid: str) -> Booklet:
    """Return the booklet without a part and what it holds. Raises NoSuchPartError."""
    parts = parts_at(booklet, path)
    _part(parts, uid)
    return _with_parts(booklet, path, (part for part in parts if part.uid != uid))


def move_part(booklet: Booklet, path: str, uid: str, before: str = "") -> Booklet:
    """Return the booklet with a part moved before another of its list, or last. Raises NoSuchPartError."""
    parts = parts_at(booklet, path)
    moved = _part(parts, uid)
    if uid == before:
        return booklet
    others = [part for part in parts if part.uid != uid]
    place = next((number for number, part in enumerate(others) if part.uid == before), len(others))
    return _with_parts(booklet, path, (*others[:place], moved, *others[place:]))


def link_projects(booklet: Booklet, uid: str, codes: Iterable[str]) -> Booklet:
    """Return the booklet with a 分项 linked to the projects of these codes. Raises NoSuchPartError.

    Links to projects without a code cannot be chosen by it, so they stay.
    """
    part, chosen = _part(booklet.sub_goals, uid), dict.fromkeys(codes)
    kept = tuple(code for code in part.project_codes if code in chosen or not code)
    linked = dataclasses.replace(part, project_codes=(*kept, *(code for code in chosen if code not in kept)))
    parts = (linked if other.uid == uid else other for other in booklet.sub_goals)
    return _with_parts(booklet, "sub_goals", parts)


def _blank(path: str, uid: str) -> Part:
    return _BLANK[path.rpartition("/")[2]](uid)


def _part(parts: Iterable[Part], uid: str) -> Part:
    found = next((part for part in parts if part.uid == uid), None)
    if found is None:
        raise NoSuchPartError(uid)
    return found


def _with_parts(booklet: Booklet, path: str, parts: Iterable[Part]) -> Booklet:
    match path.split("/"):
        case [name]:
            return dataclasses.replace(booklet, **{name: tuple(parts)})
        case [_, uid, _]:
            section = dataclasses.replace(_part(booklet.safeguards, uid), items=tuple(parts))
            sections = (section if part.uid == uid else part for part in booklet.safeguards)
            return dataclasses.replace(booklet, safeguards=tuple(sections))
    raise NoSuchPartError(path)
