"""What everybody may read of what departments published: no login, no session, nothing but frozen booklets.

Off unless the site opens them (settings.PUBLIC_PAGES). Nothing here reads a declaration: pages and files come
from publications alone, so that no later edit shows.
"""

import dataclasses
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from indicators.layout.html import publication_html
from indicators.layout.publication import Contents, Cover, identity_words
from perfbudget.lib.text import clean_text
from projects.models import Publication, PublishedFile
from reports.files import FORMATS
from reports.publication_views import answer_with
from reports.published_files import laid_out

ROWS_PER_PAGE = 50
SECONDS_KEPT = 300  # by browsers and proxies; a new publication shows after that


def _open_to_everybody(view: Callable) -> Callable:
    """Serve a view without login where the site has public pages, for a while from any cache."""

    @login_not_required
    @require_safe
    @cache_control(public=True, max_age=SECONDS_KEPT)
    @wraps(view)
    def opened(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not settings.PUBLIC_PAGES:
            raise Http404
        return view(request, *args, **kwargs)

    return opened


@_open_to_everybody
def public_list(request: HttpRequest) -> HttpResponse:
    """List what was published, the newest years first; find a department by name or code."""
    wanted = clean_text(request.GET.get("q", ""))[:100]
    year = request.GET.get("year", "")
    found = _in_force().order_by("-department_year__fiscal_year__year", "department_year__department__code")
    years = list(
        _in_force().order_by().values_list("department_year__fiscal_year__year", flat=True).distinct()
    )
    if year.isdecimal() and len(year) == len("2024"):
        found = found.filter(department_year__fiscal_year__year=year)
    if wanted:
        named = Q(department_name__icontains=wanted)
        found = found.filter(named | Q(department_year__department__code__startswith=wanted))
    context = {
        "page": Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page")),
        "wanted": wanted,
        "year": year,
        "years": sorted(years, reverse=True),
        "asked": request.GET,
    }
    return HttpResponse(render_to_string("public/list.html", context))


@_open_to_everybody
def public_booklet(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Show a department's booklet as it was published."""
    publication = _publication(year, code)
    whole = laid_out(publication)
    blocks = tuple(block for block in whole.blocks if not isinstance(block, Cover | Contents))
    context = {
        "publication": publication,
        "year": year,
        "code": code,
        "title": whole.title,
        "identity": identity_words(whole),
        "entries": list(whole.entries()),
        "files": [(file, FORMATS[file.extension].label) for file in publication.files.all()],
        "booklet": publication_html(dataclasses.replace(whole, blocks=blocks)),
    }
    return HttpResponse(render_to_string("public/booklet.html", context))


@_open_to_everybody
def public_file(request: HttpRequest, year: int, code: str, extension: str) -> HttpResponse:
    """Hand out a file of the publication in force."""
    files = PublishedFile.objects.filter(publication=_publication(year, code))
    return answer_with(get_object_or_404(files.select_related("publication__document"), extension=extension))


def _in_force() -> QuerySet[Publication]:
    newest = Publication.objects.order_by().values("department_year").annotate(newest=Max("pk"))
    return Publication.objects.filter(pk__in=newest.values("newest")).select_related(
        "department_year__department", "department_year__fiscal_year"
    )


def _publication(year: int, code: str) -> Publication:
    found = _in_force().select_related("document", "department_year__department").prefetch_related("files")
    return get_object_or_404(
        found, department_year__fiscal_year__year=year, department_year__department__code=code
    )
