"""移交: the drafts of one person, or those ticked in a list, go to a successor."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from departments.permissions import handover_departments_of
from indicators.forms.handover import HandoverForm
from indicators.forms.lists import ticked
from indicators.forms.problems import form_problems
from indicators.services.handover import Handover, HandoverError, hand_over
from indicators.views.submission import MOST_AT_ONCE
from workflow.services import RevisionConflictError

_MOST_NAMED = 5


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_drafts(request):
    """Ask who takes the drafts over and why; hand them over when it is said."""
    departments = handover_departments_of(request.user)
    if not departments.exists():
        raise PermissionDenied("移交由填报人、单位负责人或系统管理员办理，本人没有这些角色。")
    data = request.POST or request.GET
    chosen = ticked(data, request.user) if "selected" in data or "scope" in data else None
    if chosen is not None and not 0 < (number := chosen.count()) <= MOST_AT_ONCE:
        messages.error(request, f"选择了{number}个项目，一次移交1至{MOST_AT_ONCE}个；在列表中重新勾选。")
        return redirect("hand-over")
    is_typed = request.method == "POST" and "confirmed" in request.POST
    form = HandoverForm(request.POST if is_typed else None, departments=departments, chosen=chosen)
    if not form.is_valid():
        return _page(request, form, status=422 if form.is_bound else 200)
    try:
        done = hand_over(
            declarations=form.declarations(),
            successor=form.cleaned_data["successor"],
            reason=form.cleaned_data["reason"],
            reprints=form.cleaned_data["reprints"],
            actor=request.user,
        )
    except (HandoverError, RevisionConflictError) as refusal:
        messages.error(request, str(refusal))
        return _page(request, form, status=409)
    _report(request, done, form.cleaned_data["successor"])
    return redirect("home")


def _page(request, form: HandoverForm, *, status: int):
    chosen = form.chosen and list(
        form.chosen.select_related("project", "assignee", "department_year__department")
    )
    context = {"form": form, "chosen": chosen, "problems": form_problems(form) if form.is_bound else ()}
    return render(request, "indicators/hand_over.html", context, status=status)


def _report(request, done: Handover, successor) -> None:
    messages.success(request, f"已把{len(done.handed)}个项目移交给{successor}。")
    if done.kept:
        named = "、".join(f"“{declaration}”" for declaration in done.kept[:_MOST_NAMED])
        more = "等" if len(done.kept) > _MOST_NAMED else ""
        messages.warning(
            request,
            f"{named}{more}{len(done.kept)}个项目没有移交：已送审或已批复，或{successor}不是该单位的填报人。",
        )
