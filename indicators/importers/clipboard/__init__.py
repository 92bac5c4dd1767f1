"""What was copied in Excel, Word or WPS → what it would put into a table. Nothing here knows a database.

``read_block`` makes a matrix of texts of the clipboard's HTML or plain text; ``propose_rows``,
``propose_plan`` and ``propose_cells`` say what goes where before anything is written.
"""

from indicators.importers.clipboard.applying import Applied, Paste, apply_paste, revert_paste
from indicators.importers.clipboard.block import (
    MOST_COLUMNS,
    MOST_ROWS,
    Block,
    PasteRefusedError,
    place,
    read_block,
)
from indicators.importers.clipboard.cells import propose_cells
from indicators.importers.clipboard.columns import Column, recognise_columns
from indicators.importers.clipboard.layouts import PasteKind, recognise_kind
from indicators.importers.clipboard.plan import propose_plan
from indicators.importers.clipboard.proposals import Act, PastePreview, Proposal
from indicators.importers.clipboard.rows import propose_rows
from indicators.importers.clipboard.tiers import FrameTiers

__all__ = [
    "MOST_COLUMNS",
    "MOST_ROWS",
    "Act",
    "Applied",
    "Block",
    "Column",
    "FrameTiers",
    "Paste",
    "PasteKind",
    "PastePreview",
    "PasteRefusedError",
    "Proposal",
    "apply_paste",
    "place",
    "propose_cells",
    "propose_plan",
    "propose_rows",
    "read_block",
    "recognise_columns",
    "recognise_kind",
    "revert_paste",
]
