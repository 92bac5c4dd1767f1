"""What a block is taken for, before a person says otherwise."""

from collections.abc import Sequence
from enum import StrEnum

from indicators.importers.clipboard.block import Block
from indicators.importers.clipboard.columns import Column
from indicators.importers.clipboard.plan import is_plan


class PasteKind(StrEnum):
    """What a block can be pasted as."""

    ROWS = "rows"
    PLAN = "plan"
    CELLS = "cells"


def recognise_kind(block: Block, columns: Sequence[Column], *, months: Sequence[int], path: str) -> PasteKind:
    """Return what the block most likely is; ``path`` is the cell that was selected, or ''.

    Four numbers copied into a column of indicators are no plan.
    """
    into_rows = path.startswith("indicators/")
    if not into_rows and is_plan(block, months):
        return PasteKind.PLAN
    if any(columns):
        return PasteKind.ROWS
    if path.startswith("milestones/"):
        return PasteKind.PLAN
    return PasteKind.CELLS if into_rows else PasteKind.ROWS
