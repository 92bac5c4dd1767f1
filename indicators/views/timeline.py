"""历史: everything that was done to a table, or to a department's year, in one list."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indicators.timeline import entries_of_table, entries_of_year, events_of, of_sort
from indicators.views.access import visible_declaration, visible_department_year
from trail.labels import Sort
from trail.models import Entry

ENTRIES_PER_PAGE = 100
SORTS = {sort.key: sort for sort in (Sort.EDIT, Sort.COMMENT, Sort.MOVE, Sort.EXPORT)}


@require_safe
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was done to one table."""
    declaration = visible_declaration(request.user, pk)
    context = {
        "filed": declaration.department_year,
        "declaration": declaration,
        "title": str(declaration),
    }
    return _page(request, entries_of_table(declaration), context)


@require_safe
def year_timeline(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Show what was done to a department's year and its tables."""
    filed = visible_department_year(request.user, year, code)
    return _page(request, entries_of_year(filed), {"filed": filed, "title": filed.name})


def _page(request: HttpRequest, entries: QuerySet[Entry], context: dict) -> HttpResponse:
    chosen = request.GET.get("sort", "")
    page = Paginator(of_sort(entries, SORTS.get(chosen)), ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    context |= {
        "page": page,
        "events": events_of(page.object_list),
        "sorts": [("", "全部"), *((key, sort.value) for key, sort in SORTS.items())],
        "chosen": chosen if chosen in SORTS else "",
    }
    return render(request, "indicators/timeline.html", context)
