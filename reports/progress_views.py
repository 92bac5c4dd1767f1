"""The 进度 page taken away: exactly the list of the same address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from indicators import progress
from indicators.forms.progress import ProgressFilterForm
from projects.models import FiscalYear
from reports.list_workbooks import list_workbook
from reports.progress_workbook import TITLE, write_progress_workbook


@require_safe
def progress_workbook(request: HttpRequest, year: int) -> HttpResponse:
    """Answer with the units of the same address as a workbook; where that cannot be, the page says why."""
    fiscal_year = get_object_or_404(FiscalYear, year=year)
    form = ProgressFilterForm(request.GET)
    back = f"{reverse('progress', args=(year,))}?{request.GET.urlencode()}"
    if not form.is_valid():
        return redirect(back)
    wanted = form.wanted()
    rows = progress.complete(progress.rows_of(request.user, fiscal_year, wanted))
    return list_workbook(
        request,
        lambda file, scope: write_progress_workbook(file, rows, fiscal_year, scope),
        name="progress",
        title=f"{fiscal_year}{TITLE}",
        filters=wanted.described(),
        back=back,
    )
