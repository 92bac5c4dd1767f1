"""Which levels of review a unit's filings pass through in a year."""

from projects.models import DepartmentYear, FiscalYear
from workflow.models import Status
from workflow.transitions import FINANCE_LEVELS, Route


def route_of(department_year: DepartmentYear) -> Route:
    """Return the way of what a unit files; without a 主管部门 above it that level is skipped."""
    year = department_year.fiscal_year
    supervision = (Status.AT_SUPERVISOR,) if year.has_supervisor_step else ()
    levels = (Status.SUBMITTED, *supervision, *FINANCE_LEVELS[: len(year.finance_steps)])
    has_parent = department_year.department.parent_id is not None
    return Route(levels, frozenset() if has_parent else frozenset(supervision))


def status_label(status: str, fiscal_year: FiscalYear) -> str:
    """Return what a status is called in a year: the steps of the finance review have names of their own."""
    steps = fiscal_year.finance_steps
    if status not in FINANCE_LEVELS or len(steps) == 1:
        return Status(status).label
    number = FINANCE_LEVELS.index(Status(status))
    return f"待{steps[number]}审核" if number < len(steps) else Status(status).label
