"""Downloads: every file is made from what the person may see, when it is asked for."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from indicators.forms.lists import ticked
from indicators.services.exports import record_export
from indicators.views.answers import way_back
from projects.models import Declaration, DepartmentYear
from reports import files
from reports.pdf import PdfEngineMissingError

MOST_SELECTED = 500


@require_safe
def table_file(request: HttpRequest, pk: int, extension: str) -> HttpResponse:
    related = ("project", "department_year__department", "department_year__fiscal_year")
    declarations = Declaration.objects.visible_to(request.user).select_related(*related)
    return download(request, files.table_file, get_object_or_404(declarations, pk=pk), extension)


@require_safe
def booklet_file(request: HttpRequest, year: int, code: str, extension: str) -> HttpResponse:
    filed = _department_year(request, year, code)
    return download(request, _edition(request, files.booklet_file), filed, extension)


@require_safe
def summary_file(request: HttpRequest, year: int, code: str, extension: str) -> HttpResponse:
    filed = _department_year(request, year, code)
    return download(request, _edition(request, files.summary_file), filed, extension)


@require_POST
def selected_files(request: HttpRequest) -> HttpResponse:
    """Tables ticked in a list, or all of it, as one PDF or as a zip of the chosen ``extension``."""
    chosen = ticked(request.POST, request.user)
    number = max(chosen.count(), len(request.POST.getlist("selected")))
    if number > MOST_SELECTED:
        messages.error(request, f"选择了{number}个项目，一次最多{MOST_SELECTED}个，请分几次导出。")
        return redirect(_way_back(request))
    related = ("project", "department_year__department", "department_year__fiscal_year")
    declarations = list(chosen.select_related(*related))
    if not declarations:
        messages.error(request, "没有选择任何项目，请先在列表中勾选要打印或导出的项目。")
        return redirect(_way_back(request))
    return download(request, files.selected_tables, declarations, request.POST.get("extension", "pdf"))


def _edition(request: HttpRequest, make: Callable) -> Callable[[Any, str], files.File]:
    """Return what makes the file of the edition that is asked for: 现稿, else what is in force."""
    return partial(make, working=request.GET.get("edition") == "working")


def _way_back(request: HttpRequest) -> str:
    return way_back(request) or "home"


def _department_year(request: HttpRequest, year: int, code: str) -> DepartmentYear:
    years = DepartmentYear.objects.visible_to(request.user).select_related("department", "fiscal_year")
    return get_object_or_404(years, fiscal_year__year=year, department__code=code)


def download(
    request: HttpRequest,
    make: Callable[[Any, str], files.File],
    subject: Any,
    extension: str,
    formats: Collection[str] = files.ALL_FORMATS,
) -> HttpResponse:
    """Answer with the file ``make`` makes; a PDF may be looked at in the browser (``?preview``). Recorded."""
    if extension not in formats:
        raise Http404
    try:
        file = make(subject, extension)
    except PdfEngineMissingError as error:
        messages.error(request, str(error))
        return redirect(_way_back(request))
    is_preview = "preview" in request.GET and file.content_type == files.FORMATS["pdf"].content_type
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(not is_preview, file.name)
    if request.method != "HEAD":
        record_export(
            actor=request.user, subject=subject, what=file.name, format=extension, is_print=is_preview
        )
    return response
