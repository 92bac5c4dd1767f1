"""What is asked for, when, and what was decided about it."""

from projects.models.decisions import Adjustment, Approval, Publication, PublishedFile
from projects.models.filing import (
    EXEMPT,
    Category,
    Declaration,
    DepartmentYear,
    FundingMilestone,
    Nature,
    OfDepartmentQuerySet,
    Ordered,
    OverallGoal,
    Project,
    SafeguardItem,
    SafeguardSection,
    SubGoal,
    WithheldReason,
)
from projects.models.imports import ColumnMapping, PendingImport
from projects.models.years import Extension, FiscalYear, Round

__all__ = [
    "EXEMPT",
    "Adjustment",
    "Approval",
    "Category",
    "ColumnMapping",
    "Declaration",
    "DepartmentYear",
    "Extension",
    "FiscalYear",
    "FundingMilestone",
    "Nature",
    "OfDepartmentQuerySet",
    "Ordered",
    "OverallGoal",
    "PendingImport",
    "Project",
    "Publication",
    "PublishedFile",
    "Round",
    "SafeguardItem",
    "SafeguardSection",
    "SubGoal",
    "WithheldReason",
]
