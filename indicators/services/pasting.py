"""Pasting a copied block into a table, and taking that back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from indicators.document import Change
from indicators.document.arrange import Tier
from indicators.document.model import TargetTable
from indicators.importers.clipboard import Applied, Paste, apply_paste, revert_paste
from indicators.services.tables import change_table
from projects.models import Declaration


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was written, the revision after it, and sentences about what was not written and why."""

    changes: tuple[Change, ...]
    revision: int
    refused: tuple[str, ...]


def paste_into_table(*, declaration: Declaration, paste: Paste, tiers: Sequence[Tier], actor) -> Pasted:
    """Write what was chosen in the preview, whatever others changed elsewhere in the table since.

    A cell that no longer holds what the preview showed stays as it is and is named. Raises NotEditableError
    after submission, ArrangeError where the rows are too many; then nothing was written.
    """
    return _change(declaration, lambda table: apply_paste(table, paste, tiers=tiers), "paste", actor)


def undo_paste(*, declaration: Declaration, paste: Paste, actor) -> Pasted:
    """Remove the pasted rows and restore the cells written over, but for what was changed since."""
    return _change(declaration, lambda table: revert_paste(table, paste), "undo_paste", actor)


def _change(declaration: Declaration, change: Callable[[TargetTable], Applied], action: str, actor) -> Pasted:
    refused: tuple[str, ...] = ()

    def applied(table: TargetTable) -> TargetTable:
        nonlocal refused
        changed, refused = change(table)
        return changed

    saved = change_table(declaration=declaration, change=applied, actor=actor, action=action)
    return Pasted(saved.changes, saved.revision, refused)
