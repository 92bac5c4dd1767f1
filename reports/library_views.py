"""The indicator library taken away: exactly the list of the same address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from indicators.forms.library import LibraryFilterForm
from indicators.views.library import listed_for
from reports.library_workbook import TITLE, write_library_workbook
from reports.list_workbooks import list_workbook


@require_safe
def library_workbook(request: HttpRequest) -> HttpResponse:
    """Answer with the list of the same address as a workbook; where that cannot be, the page says why."""
    form = LibraryFilterForm(request.GET)
    back = f"{reverse('library')}?{request.GET.urlencode()}"
    if not form.is_valid():
        return redirect(back)
    wanted = form.wanted()
    found = listed_for(request.user, wanted)
    return list_workbook(
        request,
        lambda file, scope: write_library_workbook(file, found, scope),
        name="library",
        title=TITLE,
        filters=wanted.described(),
        back=back,
        named=(wanted.sector, wanted.tier),
    )
