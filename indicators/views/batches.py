"""通过所选 and 退回所选: what goes and what stays is shown before anything happens."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from departments.permissions import reviews_somewhere
from indicators.forms.queues import BatchRequest, batch_request, picked, reason_problem, seen
from indicators.queue_lists import Found
from indicators.services.batches import Batch, Candidate, Seen, act_on_batch, batch_of
from indicators.views.answers import way_back
from indicators.views.refusals import said_of
from projects.models import Declaration, DepartmentYear
from projects.routes import status_label
from workflow.services import RevisionConflictError, TransitionError

MOST_AT_ONCE = 500
_NAMED = 10  # messages about what stayed; the others are counted
CHANGED = "列出之后内容又有改动，本次没有办理；核对后重新提交。"


@require_POST
def review_batch(request):
    """Show which of the ticked tables and texts can go and what blocks the others; act when confirmed."""
    if not reviews_somewhere(request.user):
        raise PermissionDenied("通过和退回由单位负责人、主管部门审核人和财政审核人办理。")
    wanted = batch_request(request.POST)
    if wanted.act is None:
        messages.error(request, "没有选择要办理的事项，点击“通过所选”或“退回所选”。")
        return redirect(_back(request))
    if wanted.is_confirmed:
        return _act(request, wanted)
    found = picked(request.POST, request.user)
    number = found.tables.order_by().count() + found.narratives.order_by().count()
    if not 0 < number <= MOST_AT_ONCE:
        messages.error(request, _wrong_number(number))
        return redirect(_back(request))
    return _confirmation(request, wanted, found)


def _act(request: HttpRequest, wanted: BatchRequest) -> HttpResponse:
    shown = seen(request.POST, request.user)
    number = len(shown.tables) + len(shown.narratives)
    if not 0 < number <= MOST_AT_ONCE:
        messages.error(request, _wrong_number(number))
        return redirect(_back(request))
    problem = reason_problem(wanted)
    if problem:
        return _confirmation(request, wanted, _found(shown), problem, status=422)
    try:
        done = act_on_batch(
            seen=shown,
            act=wanted.act,
            actor=request.user,
            reason=wanted.reason,
            adopts_drafts=wanted.adopts_drafts,
        )
    except (TransitionError, RevisionConflictError) as refusal:
        return _confirmation(request, wanted, _found(shown), said_of(refusal, CHANGED), status=409)
    _report(request, wanted, done)
    return redirect(_back(request))


def _report(request: HttpRequest, wanted: BatchRequest, done: Batch) -> None:
    if done.ready:
        messages.success(request, f"已{wanted.act.label}{len(done.ready)}项。")
    stayed = (*done.offered, *done.held)
    for each in stayed[:_NAMED]:
        reasons = "".join(f"{sentence.rstrip('。')}。" for sentence in each.obstacles)
        messages.warning(request, f"“{_name(each)}”没有{wanted.act.label}：{reasons}")
    if len(stayed) > _NAMED:
        messages.warning(request, f"另有{len(stayed) - _NAMED}项没有{wanted.act.label}，仍在待办中。")


def _confirmation(
    request: HttpRequest, wanted: BatchRequest, found: Found, problem: str = "", *, status: int = 200
) -> HttpResponse:
    batch = batch_of(found.tables, found.narratives, wanted.act, request.user)
    context = {
        "act": wanted.act,
        "reason": wanted.reason,
        "adopts": wanted.adopts_drafts,
        "problem": problem,
        "batch": batch,
        "may_return_one": any(each.has_level_before for each in batch.all),
        "ready": [(each, status_label(each.target, each.filed.fiscal_year)) for each in batch.ready],
        "budget": sum(each.declaration.budget or 0 for each in batch.ready if each.declaration),
        "back": _back(request),
    }
    return render(request, "indicators/review_batch.html", context, status=status)


def _found(shown: Seen) -> Found:
    return Found(
        Declaration.objects.filter(pk__in=shown.tables),
        DepartmentYear.objects.filter(pk__in=shown.narratives),
    )


def _back(request: HttpRequest) -> str:
    """Return the page to go back to: the one the form came from, else 待办."""
    return way_back(request) or reverse("queue", args=("todo",))


def _name(candidate: Candidate) -> str:
    return str(candidate.declaration or f"{candidate.filed.name}部门整体绩效目标")


def _wrong_number(number: int) -> str:
    if number:
        return f"选择了{number}项，一次最多办理{MOST_AT_ONCE}项，筛选后分几次办理。"
    return "没有选择任何项目，在列表中勾选要办理的项目。"
