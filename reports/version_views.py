"""Downloads of what was stored of a table, or of a department's text, and of its adjustments."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from indicators.adjustments import comparison_of, comparison_of_year
from indicators.layout.comparison import Comparison
from indicators.reviewed import Reviewed
from indicators.views.access import visible_declaration, visible_department_year
from indicators.views.versions import kept_version
from reports.adjustment_files import comparison_file
from reports.files import FORMATS
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


@require_safe
def adjustment_file(request: HttpRequest, pk: int, extension: str) -> HttpResponse:
    """Answer with the 调整对照表 of a table's newest adjustment."""
    declaration = visible_declaration(request.user, pk)
    return _sheet(request, declaration, comparison_of(declaration), extension)


@require_safe
def narrative_adjustment_file(request: HttpRequest, year: int, code: str, extension: str) -> HttpResponse:
    """Answer with the 调整对照表 of the newest adjustment of a department's text."""
    filed = visible_department_year(request.user, year, code)
    return _sheet(request, filed, comparison_of(filed), extension)


@require_safe
def adjustments_file(request: HttpRequest, year: int, code: str, extension: str) -> HttpResponse:
    """Answer with the 调整对照表 of a department's year."""
    filed = visible_department_year(request.user, year, code)
    return _sheet(request, filed, comparison_of_year(filed), extension)


def _sheet(
    request: HttpRequest, reviewed: Reviewed, comparison: Comparison | None, extension: str
) -> HttpResponse:
    if comparison is None or not comparison.adjusted:
        raise Http404
    return download(
        request, lambda _, wanted: comparison_file(comparison, wanted), reviewed, extension, FORMATS
    )
