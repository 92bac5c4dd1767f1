"""The 审核提示清单 taken away: exactly the list of the same address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from indicators.forms.findings import FindingFilterForm
from indicators.views.findings import found_for
from reports.findings_workbook import TITLE, write_findings_workbook
from reports.list_workbooks import list_workbook, year_and_department

MOST_ROWS = 100_000  # what a web server writes in half a minute


@require_safe
def findings_workbook(request: HttpRequest) -> HttpResponse:
    """Answer with the list of the same address as a workbook; where that cannot be, the page says why."""
    form = FindingFilterForm(request.GET, user=request.user)
    back = f"{reverse('findings')}?{request.GET.urlencode()}"
    if not form.is_valid():
        return redirect(back)
    wanted = form.wanted()
    found = found_for(request.user, wanted)
    return list_workbook(
        request,
        lambda file, scope: write_findings_workbook(file, found, scope, most_rows=MOST_ROWS),
        name="findings",
        title=TITLE,
        filters=wanted.described(),
        back=back,
        named=year_and_department(wanted),
    )
