"""What is reviewed: a table, or a department's text without its tables; how the workflow knows it."""

from indicators.document import NARRATIVE_NAME
from projects.models import Declaration, DepartmentYear
from projects.routes import route_of
from workflow.steps import Filed

TABLE = "declaration"  # the kinds under which versions, remarks and the trail keep them
NARRATIVE = "department_year"
Reviewed = Declaration | DepartmentYear


def year_of(reviewed: Reviewed) -> DepartmentYear:
    """Return the department's year that a table belongs to; of a department's text, itself."""
    return reviewed.department_year if isinstance(reviewed, Declaration) else reviewed


def owner_of(reviewed: Reviewed) -> dict[str, Reviewed | None]:
    """Return the columns of rows that belong to a table, or (no declaration) to a department's own text."""
    is_table = isinstance(reviewed, Declaration)
    return {"department_year": year_of(reviewed), "declaration": reviewed if is_table else None}


def name_of(reviewed: Reviewed) -> str:
    """Return what people call it beside the department's name."""
    return str(reviewed) if isinstance(reviewed, Declaration) else NARRATIVE_NAME


def filed_of(reviewed: Reviewed) -> Filed:
    """Return a table, or a department's text, as the workflow knows it."""
    is_table = isinstance(reviewed, Declaration)
    filed = year_of(reviewed)
    department = filed.department
    label = f"{department.code} {reviewed.name or reviewed.project}" if is_table else str(filed)
    return Filed(reviewed, department, TABLE if is_table else NARRATIVE, label, route_of(filed))
