"""What the pages let through: out of sight is 404, seen but not allowed is 403."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from departments.models import Department
from departments.permissions import may_prepare, may_review
from projects.models import Declaration, DepartmentYear


def visible_department_year(user, year: int, code: str) -> DepartmentYear:
    """Return the department's year, or raise Http404 where ``user`` may not see it."""
    years = DepartmentYear.objects.visible_to(user).select_related("department", "fiscal_year")
    return get_object_or_404(years, fiscal_year__year=year, department__code=code)


def visible_declaration(user, pk: int) -> Declaration:
    """Return the declaration, or raise Http404 where ``user`` may not see it."""
    declarations = Declaration.objects.visible_to(user).select_related(
        "project", "department_year__department", "department_year__fiscal_year"
    )
    return get_object_or_404(declarations, pk=pk)


def may_edit(user, reviewable: Declaration | DepartmentYear) -> bool:
    """True where it is still in the preparer's hands and ``user`` is one."""
    filed = reviewable.department_year if isinstance(reviewable, Declaration) else reviewable
    return reviewable.is_editable and may_prepare(user, filed.department)


def require_preparer(user, department: Department) -> None:
    """Raise PermissionDenied where ``user`` fills in nothing for the department."""
    if not may_prepare(user, department):
        raise PermissionDenied(f"本人不是“{department.name}”的填报人，可以查看，不能修改。")


def require_reviewer(user, department: Department) -> None:
    """Raise PermissionDenied where ``user`` reviews nothing of the department."""
    if not may_review(user, department):
        raise PermissionDenied(f"本人不审核“{department.name}”的绩效目标，可以查看，不能审定。")
