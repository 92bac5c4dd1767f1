"""送审, for one table or for many at once: what can go and what stays is shown before anything happens."""

from collections.abc import Collection

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from indicators.document import NARRATIVE_NAME
from indicators.forms.lists import ticked
from indicators.forms.ticked import means_all, number_in, revisions_in
from indicators.listings import sums_of
from indicators.services.findings import refresh_department_findings
from indicators.services.submission import (
    Candidates,
    candidates_in,
    goes_with,
    narrative_candidate,
    submit_declarations,
    withdraw_declaration,
    withdraw_narrative,
)
from indicators.views.access import require_preparer, visible_declaration, visible_department_year
from indicators.views.editing import refused
from indicators.views.locks import lock_of
from indicators.views.pages import address_of, table_page
from indicators.views.refusals import said_of
from projects.models import DepartmentYear
from workflow.services import RevisionConflictError, TransitionError

MOST_AT_ONCE = 500
MOST_IN_A_LINK = 100  # keys: an address of some 2,000 signs
CHANGED = "列出之后内容又被修改，本次没有办理；核对后重新提交。"


@require_http_methods(["GET", "HEAD", "POST"])
def submit_tables(request, year, code):
    """Show which of the ticked tables can be submitted and what blocks the others; submit when confirmed."""
    filed = visible_department_year(request.user, year, code)
    require_preparer(request.user, filed.department)
    if request.method == "POST" and "confirmed" in request.POST:
        return _submit(request, filed)
    asked = request.POST or request.GET
    chosen = ticked(asked, request.user).filter(department_year=filed)
    number, is_asked = chosen.count(), "narrative" in asked
    if number > MOST_AT_ONCE or not (number or is_asked):
        messages.error(request, _wrong_number(number))
        return redirect(address_of(filed))
    refresh_department_findings(department_year=filed)
    return _confirmation(
        request, filed, candidates_in(chosen), is_asked=is_asked, here=_address_of(filed, asked)
    )


@require_POST
def withdraw_table(request, pk):
    """Take a submitted table back, to work on it."""
    declaration = visible_declaration(request.user, pk)
    require_preparer(request.user, declaration.department_year.department)
    try:
        withdraw_declaration(
            declaration=declaration,
            revision=number_in(request.POST.get("revision", "")),
            reason=request.POST.get("reason", ""),
            actor=request.user,
        )
    except (TransitionError, RevisionConflictError) as refusal:
        messages.error(request, said_of(refusal, CHANGED))
        declaration.refresh_from_db()
        return table_page(request, declaration, status=409)
    messages.success(request, f"已撤回“{declaration}”，可以修改；改好后重新送审。")
    return redirect("table", pk=pk)


@require_POST
def withdraw_text(request, year, code):
    """Take a submitted 部门整体绩效目标 back, to work on it."""
    filed = visible_department_year(request.user, year, code)
    require_preparer(request.user, filed.department)
    try:
        withdraw_narrative(
            department_year=filed,
            revision=number_in(request.POST.get("revision", "")),
            reason=request.POST.get("reason", ""),
            actor=request.user,
        )
    except (TransitionError, RevisionConflictError) as refusal:
        filed.refresh_from_db()
        said = {"refusal": said_of(refusal, CHANGED), "lock": lock_of(filed, request.user)}
        return refused(request, filed, address_of(filed), title="不能撤回", **said)
    messages.success(request, "已撤回部门整体绩效目标，可以修改；改好后重新送审。")
    return redirect(address_of(filed))  # at the top of the page, where the message stands


def _submit(request, filed: DepartmentYear):
    revisions = revisions_in(request.POST.getlist("table")[:MOST_AT_ONCE])
    narrative = number_in(request.POST["narrative"]) if "narrative" in request.POST else None
    try:
        done = submit_declarations(
            department_year=filed, revisions=revisions, narrative=narrative, actor=request.user
        )
    except (TransitionError, RevisionConflictError) as refusal:
        messages.error(request, said_of(refusal, CHANGED))
        candidates = candidates_in(filed.declarations.filter(pk__in=revisions))
        is_asked = narrative is not None
        here = _address_of_tables(filed, revisions, is_asked=is_asked)
        return _confirmation(request, filed, candidates, is_asked=is_asked, here=here, status=409)
    _tell(request, done)
    if not revisions and narrative is None:
        messages.error(request, _wrong_number(0))
    return redirect(address_of(filed))


def _tell(request, done: Candidates) -> None:
    went = [f"{len(done.ready)}个项目"] if done.ready else []
    held = [(f"“{candidate.declaration}”", candidate) for candidate in done.held]
    if done.narrative and done.narrative.obstacles:
        held.append((NARRATIVE_NAME, done.narrative))
    elif done.narrative:
        went.append(NARRATIVE_NAME)
    if went:
        messages.success(request, f"已送审{'和'.join(went)}，等待单位负责人审核。")
    for name, candidate in held:
        reasons = "".join(f"{obstacle.message.rstrip('。')}。" for obstacle in candidate.obstacles)
        messages.warning(request, f"{name}没有送审：{reasons}")


def _confirmation(
    request, filed: DepartmentYear, candidates: Candidates, *, is_asked: bool, here: str, status: int = 200
):
    """Show what can go; ``is_asked`` says that the department's text was asked for too.

    ``here`` is the address that shows the same again, for who comes back from a 情况说明.
    """
    ready = filed.declarations.filter(pk__in=[each.declaration.pk for each in candidates.ready])
    goes = is_asked or goes_with(candidates, filed)
    may_go = is_asked or (candidates.ready and filed.is_editable)
    narrative = narrative_candidate(filed) if may_go else None
    context = {
        "filed": filed,
        "ready": candidates.ready,
        "held": candidates.held,
        "narrative": narrative if narrative and (goes or not narrative.obstacles) else None,
        "narrative_goes": goes,
        "sums": sums_of(ready),
        "back": address_of(filed),
        "here": here,
    }
    return render(request, "indicators/submit.html", context, status=status)


def _address_of(filed: DepartmentYear, asked: QueryDict) -> str:
    """Return the address that shows the same again: all that a filter finds, or each ticked table."""
    if not means_all(asked):
        return _address_of_tables(filed, asked.getlist("selected"), is_asked="narrative" in asked)
    wanted = {name: asked[name] for name in ("scope", "filed", "filter", "narrative") if name in asked}
    return f"{_page_of(filed)}?{urlencode(wanted)}"


def _address_of_tables(filed: DepartmentYear, keys: Collection[int | str], *, is_asked: bool) -> str:
    """Return the address that shows these, "" for more of them than a link can well name."""
    if len(keys) > MOST_IN_A_LINK:
        return ""
    asked = {"selected": list(keys), **({"narrative": 1} if is_asked else {})}
    return f"{_page_of(filed)}?{urlencode(asked, doseq=True)}"


def _page_of(filed: DepartmentYear) -> str:
    return reverse("submit-tables", args=(filed.fiscal_year.year, filed.department.code))


def _wrong_number(number: int) -> str:
    if number:
        return f"选择了{number}个项目，一次最多送审{MOST_AT_ONCE}个，筛选后分几次送审。"
    return "没有选择任何项目，在列表中勾选要送审的项目。"
