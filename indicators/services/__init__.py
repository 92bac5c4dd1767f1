"""The acts on tables and booklets. Every act is one transaction and ends in the trail."""

from indicators.services.booklets import DepartmentMismatchError, ImportResult, import_booklet
from indicators.services.cells import CellConflictError, CellGoneError, save_field
from indicators.services.derived import rederive_values
from indicators.services.explanations import (
    ExplanationError,
    explain,
    explain_narrative,
    judge_explanation,
)
from indicators.services.findings import refresh_department_findings
from indicators.services.fixes import FixError, apply_fix, apply_narrative_fix
from indicators.services.opinions import OpinionError, save_opinion
from indicators.services.policy import (
    PolicyError,
    PolicyTrial,
    change_policy,
    open_year,
    policy_with,
    try_policy,
)
from indicators.services.tables import (
    ListedNameError,
    NotEditableError,
    Saved,
    WindowClosedError,
    change_table,
    create_declaration,
    save_narrative,
    save_table,
)

__all__ = [
    "CellConflictError",
    "CellGoneError",
    "DepartmentMismatchError",
    "ExplanationError",
    "FixError",
    "ImportResult",
    "ListedNameError",
    "NotEditableError",
    "OpinionError",
    "PolicyError",
    "PolicyTrial",
    "Saved",
    "WindowClosedError",
    "apply_fix",
    "apply_narrative_fix",
    "change_policy",
    "change_table",
    "create_declaration",
    "explain",
    "explain_narrative",
    "import_booklet",
    "judge_explanation",
    "open_year",
    "policy_with",
    "rederive_values",
    "refresh_department_findings",
    "save_field",
    "save_narrative",
    "save_opinion",
    "save_table",
    "try_policy",
]
