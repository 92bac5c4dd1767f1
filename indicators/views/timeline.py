"""历史: everything that was done to a table, or to a department's year, in one list."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from indicators.reviewed import TABLE, Reviewed, name_of, year_of
from indicators.timeline import Event, entries_of, entries_of_year, events_of, of_sort
from indicators.views.access import visible_declaration, visible_department_year
from indicators.views.addresses import page_address
from projects.models import Declaration, DepartmentYear
from trail.labels import Sort
from trail.models import Entry

ENTRIES_PER_PAGE = 100
SORTS = {sort.key: sort for sort in (Sort.EDIT, Sort.COMMENT, Sort.MOVE, Sort.EXPORT)}


@require_safe
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was done to one table."""
    return _own(request, visible_declaration(request.user, pk))


@require_safe
def narrative_timeline(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Show what was done to a department's text, without its tables."""
    return _own(request, visible_department_year(request.user, year, code))


@require_safe
def year_timeline(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Show what was done to a department's year and its tables."""
    filed = visible_department_year(request.user, year, code)
    return _page(request, entries_of_year(filed), {"filed": filed, "title": filed.name})


def _own(request: HttpRequest, reviewed: Reviewed) -> HttpResponse:
    context = {
        "filed": year_of(reviewed),
        "declaration": reviewed if isinstance(reviewed, Declaration) else None,
        "title": name_of(reviewed),
        "is_of_one": True,
    }
    return _page(request, entries_of(reviewed), context)


def _page(request: HttpRequest, entries: QuerySet[Entry], context: dict) -> HttpResponse:
    chosen = request.GET.get("sort", "")
    page = Paginator(of_sort(entries, SORTS.get(chosen)), ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    events = events_of(page.object_list)
    context |= {
        "page": page,
        "events": [(event, _version_address(event, context["filed"])) for event in events],
        "sorts": [("", "全部"), *((key, sort.value) for key, sort in SORTS.items())],
        "chosen": chosen if chosen in SORTS else "",
    }
    return render(request, "indicators/timeline.html", context)


def _version_address(event: Event, filed: DepartmentYear) -> str:
    """Return where the version is that a move stored, '' of what stored none."""
    if event.version is None:
        return ""
    if event.version.kind == TABLE:
        return reverse("version", args=(event.version.object_id, event.version.pk))
    return page_address(filed, "version", event.version.pk)
