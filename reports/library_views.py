"""The indicator library taken away: exactly the list of the same address."""

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from indicators.forms.library import LibraryFilterForm
from indicators.services.exports import record_list_export
from indicators.views.library import listed_for
from perfbudget.lib.text import file_name
from reports.audit_views import scope_of
from reports.files import FORMATS
from reports.library_workbook import TITLE, write_library_workbook


@require_safe
def library_workbook(request: HttpRequest) -> HttpResponse:
    """Answer with the list of the same address as a workbook; where that cannot be, the page says why."""
    form = LibraryFilterForm(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('library')}?{request.GET.urlencode()}")
    wanted = form.wanted()
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    scope = scope_of(request.user, wanted.described())
    rows = write_library_workbook(file, listed_for(request.user, wanted), scope)
    file.seek(0)
    record_list_export(actor=request.user, name="library", what=TITLE, filters=wanted.described(), rows=rows)
    name = file_name(TITLE, wanted.sector, wanted.tier, f"{timezone.localdate():%Y%m%d}", extension="xlsx")
    return FileResponse(file, as_attachment=True, filename=name, content_type=FORMATS["xlsx"].content_type)
