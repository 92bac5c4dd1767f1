"""The acts on tables and booklets. Every act is one transaction and ends in the trail."""

from indicators.services.booklets import DepartmentMismatchError, ImportResult, import_booklet
from indicators.services.derived import rederive_values
from indicators.services.tables import (
    NotEditableError,
    create_declaration,
    save_narrative,
    save_table,
)

__all__ = [
    "DepartmentMismatchError",
    "ImportResult",
    "NotEditableError",
    "create_declaration",
    "import_booklet",
    "rederive_values",
    "save_narrative",
    "save_table",
]
