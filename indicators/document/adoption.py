"""Taking over what a newer document does not carry from the one that is stored."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from indicators.document.changes import (
    indicator_key,
    item_key,
    match_parts,
    table_key,
    title_key,
)
from indicators.document.model import Beneficiaries, Booklet, SafeguardSection, SubGoal, TargetTable

Part = TypeVar("Part")
# What the printed form does not show, and what only a form with a foot line shows.
_NOT_PRINTED = ("category", "nature", "preparer", "preparer_phone", "prepared_on")


def adopt_table(old: TargetTable, new: TargetTable) -> TargetTable:
    """Return ``new`` with the uids of what it matches in ``old``, and with what a print does not carry."""
    kept = {name: getattr(new, name) or getattr(old, name) for name in _NOT_PRINTED}
    if new.beneficiaries == Beneficiaries.UNDECIDED:
        kept["beneficiaries"] = old.beneficiaries
    return replace(
        new,
        **kept,
        frame=old.frame,
        indicators=_with_uids(old.indicators, new.indicators, indicator_key),
        uid=old.uid,
    )


def adopt_booklet(old: Booklet, new: Booklet) -> Booklet:
    """Return ``new`` with uids and unprinted fields of ``old`` wherever their parts match."""
    tables = match_parts(old.tables, new.tables, table_key, by_order=False)
    return replace(
        new,
        overall_goals=_with_uids(old.overall_goals, new.overall_goals, item_key),
        sub_goals=_adopt_sub_goals(old.sub_goals, new.sub_goals),
        safeguards=_adopt_safeguards(old.safeguards, new.safeguards),
        tables=tuple(
            after if before is None else adopt_table(before, after)
            for before, after in tables
            if after is not None
        ),
    )


def _with_uids(old: Sequence[Part], new: Sequence[Part], key: Callable[[Part], object]) -> tuple[Part, ...]:
    return tuple(
        after if before is None else replace(after, uid=before.uid)
        for before, after in match_parts(old, new, key)
        if after is not None
    )


def _adopt_sub_goals(old: Sequence[SubGoal], new: Sequence[SubGoal]) -> tuple[SubGoal, ...]:
    """A print shows no links to projects: those people made stay, else those found by name are taken."""
    return tuple(
        after
        if before is None
        else replace(after, project_codes=before.project_codes or after.project_codes, uid=before.uid)
        for before, after in match_parts(old, new, title_key)
        if after is not None
    )


def _adopt_safeguards(
    old: Sequence[SafeguardSection], new: Sequence[SafeguardSection]
) -> tuple[SafeguardSection, ...]:
    return tuple(
        after
        if before is None
        else replace(after, items=_with_uids(before.items, after.items, item_key), uid=before.uid)
        for before, after in match_parts(old, new, title_key)
        if after is not None
    )
