"""Rows → ``checks.Context``: what stands beside the documents of a department's year."""

from dataclasses import dataclass

from indicators.checks import Context, Policy
from indicators.document import Booklet, TargetTable
from projects.models import Declaration, DepartmentYear


@dataclass(frozen=True, slots=True)
class DepartmentCase:
    """A department's year ready for the checks: its booklet, and each table with its context."""

    booklet: Booklet
    booklet_context: Context
    tables: tuple[tuple[TargetTable, Context], ...]


def case_of(department_year: DepartmentYear, policy: Policy | None = None) -> DepartmentCase:
    """Return all documents of a department's year with their contexts, in a constant number of queries."""
    raise NotImplementedError


def context_of(declaration: Declaration) -> Context:
    """Return the context of one table."""
    raise NotImplementedError
