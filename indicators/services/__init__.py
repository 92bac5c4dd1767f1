"""The acts on tables and booklets. Every act is one transaction and ends in the trail."""

from indicators.services.booklets import ImportResult, import_booklet
from indicators.services.tables import (
    NotEditableError,
    create_declaration,
    save_narrative,
    save_table,
)

__all__ = [
    "ImportResult",
    "NotEditableError",
    "create_declaration",
    "import_booklet",
    "save_narrative",
    "save_table",
]
