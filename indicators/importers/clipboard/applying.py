"""What was chosen in the preview, carried out on the table as it is by then."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from indicators.document import Change, Indicator, TargetTable
from indicators.document.arrange import Tier, insert_rows, remove_rows
from indicators.document.fields import NoSuchFieldError, field_text, read_field, with_field
from indicators.importers.outcome import shown

Applied: TypeAlias = tuple[TargetTable, tuple[str, ...]]  # the table, and why parts of it stay as they were


@dataclass(frozen=True, slots=True)
class Paste:
    """New rows, and cells to write over, each with the text it held in the preview."""

    added: tuple[Indicator, ...] = ()
    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changes)


def apply_paste(table: TargetTable, paste: Paste, *, tiers: Sequence[Tier]) -> Applied:
    """Return the table with the paste; what somebody changed since the preview is not written over.

    Applied twice it changes nothing more. Raises ArrangeError where the rows are too many.
    """
    table = insert_rows(table, paste.added, tiers=tiers)
    return _with_changes(table, paste.changes, "在预览之后已被他人修改，没有覆盖")


def revert_paste(table: TargetTable, paste: Paste) -> Applied:
    """Return the table without the paste; what somebody changed since stays."""
    stored = {row.uid: row for row in table.indicators}
    untouched = [row.uid for row in paste.added if stored.get(row.uid) == row]
    refused = [
        f"新增的{shown(row.name)}在粘贴之后已被修改，没有删除。"
        for row in paste.added
        if row.uid in stored and row.uid not in untouched
    ]
    back = [replace(change, before=change.after, after=change.before) for change in paste.changes]
    table, kept = _with_changes(remove_rows(table, untouched), back, "在粘贴之后已被修改，没有还原")
    return table, (*refused, *kept)


def _with_changes(table: TargetTable, changes: Sequence[Change], reason: str) -> Applied:
    refused = []
    for change in changes:
        try:
            stored = field_text(table, change.path)
        except NoSuchFieldError:
            refused.append(f"{change.place}所在的行已被删除。")
            continue
        if stored == change.before:
            table = with_field(table, change.path, read_field(change.path, change.after))
        elif stored != change.after:
            refused.append(f"{change.place}{reason}，现为{shown(stored)}。")
    return table, tuple(refused)
