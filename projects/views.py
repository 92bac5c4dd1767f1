"""My departments, and beginning a department's year."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from departments.models import Department
from departments.permissions import (
    handover_departments_of,
    may_open_years,
    may_prepare,
    preparable_by,
)
from projects import listings, services
from projects.calendar import deadlines_of
from projects.deadlines import countdowns_of_units
from projects.forms import HomeFilter
from projects.models import DepartmentYear, FiscalYear

ROWS_PER_PAGE = 100
_REMINDED_ON = "reminded_on"  # in the session: the day of the last look for deadlines


@require_safe
def home(request):
    """Show the departments of the person who asks, in one fiscal year."""
    opens_years = may_open_years(request.user)
    years = listings.years_for(request.user, opens_years=opens_years)
    _remind_once_a_day(request)
    wanted = HomeFilter(request.GET)
    wanted.is_valid()
    chosen = wanted.chosen(years)
    context = {"years": _year_links(years, chosen), "year": chosen and chosen.year, "filter": wanted}
    if chosen is None:
        return render(request, "projects/home.html", context)
    departments = listings.departments_in(request.user, chosen, wanted.text)
    page = Paginator(departments, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    rows = listings.rows_of(request.user, chosen, page.object_list)
    context |= {
        "page": page,
        "rows": rows,
        "totals": listings.totals_of(departments, chosen),
        "may_hand_over": handover_departments_of(request.user).exists(),
        "may_prepare": any(row.may_begin for row in rows),
        "opens_years": opens_years,
        "deadlines": deadlines_of(chosen.rounds.all()),
        "countdowns": countdowns_of_units(request.user, chosen),
        "year_to_open": listings.year_to_open(years) if opens_years else None,
    }
    return render(request, "projects/home.html", context)


def _remind_once_a_day(request) -> None:
    """Remind a preparer of what ends soon at the first look of a day: the command may not be set up."""
    today = timezone.localdate().isoformat()
    if request.session.get(_REMINDED_ON) == today:
        return
    request.session[_REMINDED_ON] = today
    if preparable_by(request.user).exists():
        services.remind_of_deadlines(people=[request.user.pk])


@require_POST
def start_department_year(request, year, code):
    """Begin a unit's filing for a fiscal year."""
    department = get_object_or_404(
        Department.objects.visible_to(request.user), code=code, code__regex=listings.UNIT_CODE
    )
    fiscal_year = get_object_or_404(FiscalYear, year=year)
    if not may_prepare(request.user, department):
        raise PermissionDenied
    services.open_department_year(department=department, fiscal_year=fiscal_year, actor=request.user)
    messages.success(request, f"已开始{year}年度填报。新建项目，或填写部门整体绩效目标。")
    return redirect("department-year", year=year, code=code)


@require_POST
def confirm_no_projects(request, year, code):
    """State that a unit files no projects this year."""
    filed = _preparable_year(request, year, code)
    try:
        services.confirm_no_projects(department_year=filed, actor=request.user)
    except services.NoProjectsError as refusal:
        messages.error(request, str(refusal))
    return redirect("department-year", year=year, code=code)


@require_POST
def take_back_no_projects(request, year, code):
    """Take the confirmation that a unit files no projects back."""
    filed = _preparable_year(request, year, code)
    try:
        services.take_back_no_projects(department_year=filed, actor=request.user)
        messages.success(request, "已撤销无项目申报确认，可以新建或导入项目。")
    except services.NoProjectsError as refusal:
        messages.error(request, str(refusal))
    return redirect("department-year", year=year, code=code)


def _preparable_year(request, year: int, code: str) -> DepartmentYear:
    years = DepartmentYear.objects.visible_to(request.user).select_related("department", "fiscal_year")
    filed = get_object_or_404(years, fiscal_year__year=year, department__code=code)
    if not may_prepare(request.user, filed.department):
        raise PermissionDenied(f"无项目申报由“{filed.name}”的填报人确认。")
    return filed


def _year_links(years, chosen):
    home = reverse("home")
    return [(year.year, f"{home}?year={year.year}", year == chosen) for year in years]
