"""My departments, and beginning a department's year."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from departments.models import Department
from departments.permissions import may_prepare
from projects import listings, services
from projects.forms import HomeFilter
from projects.models import FiscalYear

ROWS_PER_PAGE = 100


@require_safe
def home(request):
    """Show the departments of the person who asks, in one fiscal year."""
    years = listings.years_for(request.user)
    wanted = HomeFilter(request.GET)
    wanted.is_valid()
    chosen = wanted.chosen(years)
    context = {"years": _year_links(years, chosen), "year": chosen and chosen.year, "filter": wanted}
    if chosen is None:
        return render(request, "projects/home.html", context)
    departments = listings.departments_in(request.user, chosen, wanted.text)
    page = Paginator(departments, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context |= {
        "page": page,
        "rows": listings.rows_of(request.user, chosen, page.object_list),
        "totals": listings.totals_of(departments, chosen),
    }
    return render(request, "projects/home.html", context)


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


def _year_links(years, chosen):
    home = reverse("home")
    return [(year.year, f"{home}?year={year.year}", year == chosen) for year in years]
