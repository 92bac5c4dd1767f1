"""Downloads of what was stored of a table, or of a department's text, and of its adjustments."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from indicators.services.reviewing import Reviewed
from indicators.views.access import visible_declaration, visible_department_year
from indicators.views.versions import kept_version
from reports.version_files import version_file
from reports.views import download


@require_safe
def table_version_file(request: HttpRequest, pk: int, version: int, extension: str) -> HttpResponse:
    return _file(request, visible_declaration(request.user, pk), version, extension)


@require_safe
def narrative_version_file(
    request: HttpRequest, year: int, code: str, version: int, extension: str
) -> HttpResponse:
    return _file(request, visible_department_year(request.user, year, code), version, extension)


def _file(request: HttpRequest, reviewed: Reviewed, version: int, extension: str) -> HttpResponse:
    kept = kept_version(reviewed, version)
    return download(request, lambda subject, wanted: version_file(subject, kept, wanted), reviewed, extension)
