"""Keeping the stored findings true to the documents. Derived data: no act, so nothing enters the trail."""

from collections.abc import Sequence

from projects.models import Declaration, DepartmentYear


def refresh_table_findings(*, declarations: Sequence[Declaration]) -> None:
    """Run the single-table rules on tables just written; what depends on them waits (待重算).

    Called in the transaction that wrote them, before the trail; all of one department's year.
    """
    raise NotImplementedError


def refresh_department_findings(*, department_year: DepartmentYear) -> int:
    """Compute again whatever does not fit document, policy and context any more; return how many documents."""
    raise NotImplementedError
