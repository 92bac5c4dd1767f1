"""送审, for one table or for many at once: what can go and what stays is shown before anything happens."""

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from indicators.forms.lists import ticked
from indicators.listings import sums_of
from indicators.services.findings import refresh_department_findings
from indicators.services.submission import (
    Candidates,
    candidates_in,
    submit_declarations,
    withdraw_declaration,
)
from indicators.views.access import require_preparer, visible_declaration, visible_department_year
from indicators.views.pages import address_of, table_page
from projects.models import DepartmentYear
from workflow.services import RevisionConflictError, TransitionError

MOST_AT_ONCE = 500
MOST_IN_A_LINK = 40
_LONGEST_NUMBER = 18  # digits


@require_http_methods(["GET", "HEAD", "POST"])
def submit_tables(request, year, code):
    """Show which of the ticked tables can be submitted and what blocks the others; submit when confirmed."""
    filed = visible_department_year(request.user, year, code)
    require_preparer(request.user, filed.department)
    if request.method == "POST" and "confirmed" in request.POST:
        return _submit(request, filed)
    chosen = ticked(request.POST or request.GET, request.user).filter(department_year=filed)
    number = chosen.count()
    if not 0 < number <= MOST_AT_ONCE:
        messages.error(request, _wrong_number(number))
        return redirect(address_of(filed))
    refresh_department_findings(department_year=filed)
    return _confirmation(request, filed, candidates_in(chosen))


@require_POST
def withdraw_table(request, pk):
    """Take a submitted table back, to work on it."""
    declaration = visible_declaration(request.user, pk)
    require_preparer(request.user, declaration.department_year.department)
    try:
        withdraw_declaration(
            declaration=declaration,
            revision=_number(request.POST.get("revision", "")),
            reason=request.POST.get("reason", ""),
            actor=request.user,
        )
    except (TransitionError, RevisionConflictError) as refusal:
        messages.error(request, _said(refusal))
        declaration.refresh_from_db()
        return table_page(request, declaration, status=409)
    messages.success(request, f"已撤回“{declaration}”，可以修改；改好后重新送审。")
    return redirect("table", pk=pk)


def _submit(request, filed: DepartmentYear):
    revisions = _revisions(request.POST)
    try:
        done = submit_declarations(department_year=filed, revisions=revisions, actor=request.user)
    except (TransitionError, RevisionConflictError) as refusal:
        messages.error(request, _said(refusal))
        chosen = filed.declarations.filter(pk__in=revisions)
        return _confirmation(request, filed, candidates_in(chosen), status=409)
    if done.ready:
        messages.success(request, f"已送审{len(done.ready)}个项目，等待单位负责人审核。")
    for candidate in done.held:
        reasons = "".join(f"{obstacle.message.rstrip('。')}。" for obstacle in candidate.obstacles)
        messages.warning(request, f"“{candidate.declaration}”没有送审：{reasons}")
    if not revisions:
        messages.error(request, _wrong_number(0))
    return redirect(address_of(filed))


def _confirmation(request, filed: DepartmentYear, candidates: Candidates, *, status: int = 200):
    ready = filed.declarations.filter(pk__in=[each.declaration.pk for each in candidates.ready])
    context = {
        "filed": filed,
        "ready": candidates.ready,
        "held": candidates.held,
        "sums": sums_of(ready),
        "back": address_of(filed),
        "here": _address_of(filed, candidates),
    }
    return render(request, "indicators/submit.html", context, status=status)


def _address_of(filed: DepartmentYear, candidates: Candidates) -> str:
    """Return the address that shows the same tables again, "" for more than a link can well name."""
    chosen = [each.declaration.pk for each in (*candidates.ready, *candidates.held)]
    if len(chosen) > MOST_IN_A_LINK:
        return ""
    page = reverse("submit-tables", args=(filed.fiscal_year.year, filed.department.code))
    return f"{page}?{urlencode({'selected': chosen}, doseq=True)}"


def _revisions(data: QueryDict) -> dict[int, int]:
    """Return revision by primary key, from fields such as ``table=12:3``; what is neither is left out."""
    pairs = (text.partition(":") for text in data.getlist("table")[:MOST_AT_ONCE])
    return {_number(pk): _number(revision) for pk, _, revision in pairs if _number(pk) >= 0}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= _LONGEST_NUMBER else -1


def _wrong_number(number: int) -> str:
    if number:
        return f"选择了{number}个项目，一次最多送审{MOST_AT_ONCE}个，筛选后分几次送审。"
    return "没有选择任何项目，在列表中勾选要送审的项目。"


def _said(refusal: Exception) -> str:
    if isinstance(refusal, RevisionConflictError):
        return "列出之后内容又被修改，本次没有办理；核对后重新提交。"
    return str(refusal)
