"""The 审核提示清单 taken away: exactly the list of the same address."""

import tempfile

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from indicators.forms.findings import FindingFilterForm
from indicators.services.exports import record_list_export
from indicators.views.findings import found_for
from perfbudget.lib.text import file_name
from reports.audit_views import scope_of
from reports.audit_workbook import TooManyRowsError
from reports.files import FORMATS
from reports.findings_workbook import TITLE, write_findings_workbook

MOST_ROWS = 100_000  # what a web server writes in half a minute


@require_safe
def findings_workbook(request: HttpRequest) -> HttpResponse:
    """Answer with the list of the same address as a workbook; where that cannot be, the page says why."""
    form = FindingFilterForm(request.GET, user=request.user)
    if not form.is_valid():
        return _back_to_list(request)
    wanted = form.wanted()
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        found = found_for(request.user, wanted)
        scope = scope_of(request.user, wanted.described())
        rows = write_findings_workbook(file, found, scope, most_rows=MOST_ROWS)
    except TooManyRowsError as error:
        file.close()
        messages.error(request, str(error))
        return _back_to_list(request)
    file.seek(0)
    record_list_export(actor=request.user, name="findings", what=TITLE, filters=wanted.described(), rows=rows)
    year = f"{wanted.year}年度" if wanted.year else ""
    code = wanted.department.code if wanted.department else ""
    name = file_name(TITLE, year, code, f"{timezone.localdate():%Y%m%d}", extension="xlsx")
    return FileResponse(file, as_attachment=True, filename=name, content_type=FORMATS["xlsx"].content_type)


def _back_to_list(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('findings')}?{request.GET.urlencode()}")
