"""The acts on departments' years. Every act is one transaction and ends in the trail."""

from django.db import transaction

from departments.models import Department
from projects.models import DepartmentYear, FiscalYear
from trail.services import record


@transaction.atomic
def open_department_year(*, department: Department, fiscal_year: FiscalYear, actor) -> DepartmentYear:
    """Start a department's filing for a fiscal year, under the name it has now.

    Where it was started before, that year is returned and nothing is written.
    """
    department_year, is_new = DepartmentYear.objects.get_or_create(
        department=department, fiscal_year=fiscal_year, defaults={"name": department.name}
    )
    if is_new:
        record(
            actor=actor,
            action="open",
            kind="department_year",
            object_id=department_year.pk,
            label=str(department_year),
            department_code=department.code,
        )
    return department_year
