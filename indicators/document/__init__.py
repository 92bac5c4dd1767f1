"""The document: one immutable value for a project's 绩效目标表 and one for a department's whole booklet.

Nothing here imports Django. Rows, files and forms are turned into these values and back; layout, checks,
comparison and hashing work on nothing else.
"""

from indicators.document.adoption import adopt_booklet, adopt_table
from indicators.document.canonical import (
    DocumentError,
    booklet_from_json,
    canonical_json,
    content_hash,
    table_from_json,
)
from indicators.document.changes import Change, booklet_changes, narrative_changes, table_changes
from indicators.document.model import (
    NARRATIVE_NAME,
    Beneficiaries,
    Booklet,
    ImportNote,
    Indicator,
    Milestone,
    NarrativeItem,
    NoteKind,
    SafeguardSection,
    SubGoal,
    TargetTable,
    new_uid,
)

__all__ = [
    "NARRATIVE_NAME",
    "Beneficiaries",
    "Booklet",
    "Change",
    "DocumentError",
    "ImportNote",
    "Indicator",
    "Milestone",
    "NarrativeItem",
    "NoteKind",
    "SafeguardSection",
    "SubGoal",
    "TargetTable",
    "adopt_booklet",
    "adopt_table",
    "booklet_changes",
    "booklet_from_json",
    "canonical_json",
    "content_hash",
    "narrative_changes",
    "new_uid",
    "table_changes",
    "table_from_json",
]
