"""领导一页: what a leader needs to know of a department's year before signing it off, on one sheet."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from indicators.leader_pages import leader_page as sheet_of
from indicators.services.findings import refresh_department_findings
from indicators.views.access import visible_department_year


@require_safe
def leader_page(request, year, code):
    """Show a department's year on one sheet; what waits for the reader can be ticked and passed."""
    filed = visible_department_year(request.user, year, code)
    refresh_department_findings(department_year=filed)
    return render(
        request, "indicators/leader_page.html", {"filed": filed, "sheet": sheet_of(filed, request.user)}
    )
