"""What the pages let through: out of sight is 404, seen but not allowed is 403."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from departments.models import Department
from departments.permissions import may_prepare, may_review
from indicators.reviewed import year_of
from indicators.services.tables import NotEditableError, refusal_of
from projects.adjusting import leaving_among
from projects.calendar import Calendar, Window, calendar_of
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


def calendar_for_page(filed: DepartmentYear) -> Calendar:
    """Return the rounds of a unit's year; asked once for a row that a page loaded. Services ask anew."""
    if not hasattr(filed, "calendar_on_page"):
        filed.calendar_on_page = calendar_of(filed)
    return filed.calendar_on_page


def window_of(reviewable: Declaration | DepartmentYear) -> Window:
    """Return when something may be filed, for a page."""
    filed = year_of(reviewable)
    return calendar_for_page(filed).window(reviewable)


def refusal_to_edit(reviewable: Declaration | DepartmentYear) -> NotEditableError | None:
    """Return why something cannot be changed now, None where it can: its status first, then its window."""
    is_leaving = isinstance(reviewable, Declaration) and bool(leaving_among([reviewable]))
    return refusal_of(reviewable, window_of(reviewable), is_leaving=is_leaving)


def may_edit(user, reviewable: Declaration | DepartmentYear) -> bool:
    """True where it is in the preparer's hands, a window is open for it, and ``user`` is a preparer."""
    filed = year_of(reviewable)
    return refusal_to_edit(reviewable) is None and may_prepare(user, filed.department)


def may_submit(user, declaration: Declaration) -> bool:
    """True where ``user`` can send a table up now: also one that is being cancelled, and cannot be edited."""
    in_hands = declaration.is_editable and window_of(declaration).is_open
    return in_hands and may_prepare(user, declaration.department_year.department)


def may_add(user, filed: DepartmentYear) -> bool:
    """True where a project can be added to the year now and ``user`` prepares for the unit."""
    return calendar_for_page(filed).window_to_add.is_open and may_prepare(user, filed.department)


def require_preparer(user, department: Department) -> None:
    """Raise PermissionDenied where ``user`` fills in nothing for the department."""
    if not may_prepare(user, department):
        raise PermissionDenied(f"本人不是“{department.name}”的填报人，可以查看，不能修改。")


def require_reviewer(user, department: Department) -> None:
    """Raise PermissionDenied where ``user`` reviews nothing of the department."""
    if not may_review(user, department):
        raise PermissionDenied(f"本人不审核“{department.name}”的绩效目标，可以查看，不能审定。")
