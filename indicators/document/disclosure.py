"""What of a department's year everybody may read (公开, domain.md §5): the public part of a booklet."""

import dataclasses
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from indicators.document.model import Booklet, SubGoal, TargetTable


@dataclass(frozen=True, slots=True)
class Withheld:
    """A project that is not published: what must be told nowhere."""

    name: str
    code: str


def public_booklet(
    narrative: Booklet, tables: Iterable[TargetTable], withheld: Iterable[Withheld]
) -> Booklet:
    """Return ``narrative`` with the tables, without what is no business of the public.

    That is who prepared a table and their telephone, import notes, and the sub-goals that speak of
    ``withheld`` projects alone.
    """
    hidden = {project.code for project in withheld if project.code}
    parts = (part for part in narrative.sub_goals if not _is_hidden(part, hidden))
    return dataclasses.replace(
        narrative,
        sub_goals=tuple(_without_codes(part, hidden) for part in parts),
        tables=tuple(_public_table(table) for table in tables),
        notes=(),
    )


def _is_hidden(part: SubGoal, hidden: Collection[str]) -> bool:
    return bool(part.project_codes) and set(part.project_codes) <= set(hidden)


def _without_codes(part: SubGoal, hidden: Collection[str]) -> SubGoal:
    codes = tuple(code for code in part.project_codes if code not in hidden)
    return dataclasses.replace(part, project_codes=codes)


def _public_table(table: TargetTable) -> TargetTable:
    return dataclasses.replace(table, preparer="", preparer_phone="", prepared_on=None, notes=())
