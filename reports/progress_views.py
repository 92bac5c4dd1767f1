"""The 进度 page taken away: exactly the list of the same address."""

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from indicators import progress
from indicators.forms.progress import ProgressFilterForm
from indicators.services.exports import record_list_export
from perfbudget.lib.text import file_name
from projects.models import FiscalYear
from reports.audit_views import scope_of
from reports.files import FORMATS
from reports.progress_workbook import TITLE, write_progress_workbook


@require_safe
def progress_workbook(request: HttpRequest, year: int) -> HttpResponse:
    """Answer with the units of the same address as a workbook; where that cannot be, the page says why."""
    fiscal_year = get_object_or_404(FiscalYear, year=year)
    form = ProgressFilterForm(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('progress', args=(year,))}?{request.GET.urlencode()}")
    wanted = form.wanted()
    rows = progress.complete(progress.rows_of(request.user, fiscal_year, wanted))
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    filters = wanted.described()
    number = write_progress_workbook(file, rows, fiscal_year, scope_of(request.user, filters))
    file.seek(0)
    name = file_name(f"{fiscal_year}{TITLE}", f"{timezone.localdate():%Y%m%d}", extension="xlsx")
    if request.method != "HEAD":
        record_list_export(actor=request.user, name="progress", what=name, filters=filters, rows=number)
    return FileResponse(file, as_attachment=True, filename=name, content_type=FORMATS["xlsx"].content_type)
