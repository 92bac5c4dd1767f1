"""The auditor's page: projects of all departments they may see, and exactly that list as a workbook."""

import dataclasses
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from departments.permissions import sees_across_departments
from projects.models import Declaration
from reports import audit
from reports.audit import AuditFilter
from reports.audit_workbook import TITLE, write_audit_workbook
from reports.forms import AuditFilterForm
from reports.list_workbooks import list_workbook, year_and_department

ROWS_PER_PAGE = 50
# The web server gives up on an answer that takes two minutes (bin/run); this many rows take half a minute.
MOST_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class SortLink:
    """The order a click on the head of a column asks for; ``state`` is its aria-sort now, if any."""

    order: str
    state: str


@require_safe
def audit_search(request: HttpRequest) -> HttpResponse:
    """List the projects that the filters in the address ask for, with the sums of all of them."""
    _require_reader(request.user)
    form = AuditFilterForm(request.GET, user=request.user)
    wanted = form.wanted() if form.is_valid() else None
    found = _found(request.user, wanted)
    sums = audit.totals(found)
    paginator = Paginator(audit.for_list(found), ROWS_PER_PAGE)
    paginator.count = sums.listed  # searching the texts once more would take as long again
    context = {
        "form": form,
        "wanted": wanted,
        "sums": sums,
        "page": paginator.get_page(request.GET.get("page")),
        "sort": {column: _sort_link(column, wanted) for column in ("code", "name", "budget")},
    }
    return render(request, "reports/audit_search.html", context)


@require_safe
def audit_workbook(request: HttpRequest) -> HttpResponse:
    """Answer with the list of the same address as a workbook; where that cannot be, the page says why."""
    _require_reader(request.user)
    form = AuditFilterForm(request.GET, user=request.user)
    if not form.is_valid():
        return redirect(_list_address(request))
    wanted = form.wanted()
    found = _found(request.user, wanted)

    def write(file, scope) -> int:
        return sum(dataclasses.astuple(write_audit_workbook(file, found, scope, most_rows=MOST_ROWS)))

    return list_workbook(
        request,
        write,
        name="audit",
        title=TITLE,
        filters=wanted.described(),
        back=_list_address(request),
        named=year_and_department(wanted),
    )


def _require_reader(user) -> None:
    if not sees_across_departments(user):
        raise PermissionDenied("查询和审计导出由审计、财政审核人和主管部门审核人使用，本人没有这些角色。")


def _found(user, wanted: AuditFilter | None):
    """Return what ``user`` may see of what is wanted; nothing where that could not be understood."""
    visible = Declaration.objects.visible_to(user)
    return audit.find(visible, wanted) if wanted else visible.none()


def _sort_link(column: str, wanted: AuditFilter | None) -> SortLink:
    """Return the other direction of a sorted column; else the largest amounts or the first texts first."""
    order = wanted.order if wanted else ""
    falling = f"-{column}"
    if order == column:
        return SortLink(falling, "ascending")
    if order == falling:
        return SortLink(column, "descending")
    return SortLink(falling if column == "budget" else column, "")


def _list_address(request: HttpRequest) -> str:
    return f"{reverse('audit-search')}?{request.GET.urlencode()}"
