"""指标库: its list, one indicator, and what the finance bureau does with it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from departments.permissions import may_keep_library, preparable_by
from indicators import library
from indicators.forms.library import IndicatorForm, LibraryFilterForm, ReasonForm
from indicators.forms.problems import Problem
from indicators.library import LibraryFilter
from indicators.library_columns import STANDARDS
from indicators.models import LibraryIndicator
from indicators.services.library import (
    LibraryError,
    approve_proposal,
    change_indicator,
    reject_proposal,
    restore_indicator,
    retire_indicator,
    values_of,
)

ROWS_PER_PAGE = 50
Standing = LibraryIndicator.Standing
# What a person gives a reason for: act → (service, what the page says afterwards).
_ACTS = {
    "reject": (reject_proposal, "未采纳“{name}”，理由已告知提出人。"),
    "retire": (retire_indicator, "已停用“{name}”，填报时不再提供。"),
    "restore": (restore_indicator, "已恢复“{name}”。"),
}


@require_safe
def library_list(request: HttpRequest) -> HttpResponse:
    """List the indicators that the filters in the address ask for, those used most first."""
    form = LibraryFilterForm(request.GET)
    wanted = form.wanted() if form.is_valid() else None
    page = Paginator(listed_for(request.user, wanted), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "wanted": wanted,
        "page": page,
        "total": page.paginator.count,
        **frame_of(request.user),
    }
    return render(request, "indicators/library.html", context)


@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """List the proposals a person has to decide on, or those of the departments he prepares for."""
    waiting = library.waiting() & library.visible_to(request.user)
    decided = library.decided_proposals() & library.visible_to(request.user)
    context = {
        "waiting": waiting.select_related("proposed_by", "proposed_for"),
        "page": Paginator(decided, ROWS_PER_PAGE).get_page(request.GET.get("page")),
        **frame_of(request.user),
    }
    return render(request, "indicators/library_proposals.html", context)


@require_safe
def indicator(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all the library says of an indicator."""
    return _details(request, _visible(request, pk))


def edit_indicator(request: HttpRequest, pk: int) -> HttpResponse:
    """Word an indicator otherwise; a proposal is taken into the library with that."""
    kept = _visible(request, pk)
    _require_keeper(request.user)
    if kept.standing not in (Standing.PROPOSED, Standing.APPROVED):
        return redirect("library-indicator", pk=pk)
    decides = kept.standing == Standing.PROPOSED
    typed = request.POST if request.method == "POST" else None
    form = IndicatorForm(typed, initial=values_of(kept), has_remark=decides)
    problems = []
    if form.is_valid():
        try:
            return _saved(request, kept, form)
        except LibraryError as refusal:
            problems = [Problem("id_name", "", message) for message in refusal.messages]
    name = form.values()["name"] if form.is_valid() else kept.name
    context = {
        "indicator": kept,
        "form": form,
        "problems": [*form.problems(), *problems],
        "decides": decides,
        "reason_form": ReasonForm(),
        "alike": library.alike(name, request.user, besides=pk),
        "sectors": library.sectors(),
    }
    return render(request, "indicators/library_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
def move_indicator(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a proposal, retire an indicator or restore it, with a reason."""
    kept = _visible(request, pk)
    _require_keeper(request.user)
    form = ReasonForm(request.POST)
    act, said = _ACTS.get(request.POST.get("act", ""), (None, ""))
    if act is None:
        return _details(request, kept, form, ["浏览器发来的内容不完整，刷新页面后重试。"])
    if not form.is_valid():
        return _details(request, kept, form, form.errors["reason"])
    try:
        act(indicator=kept, reason=form.cleaned_data["reason"], actor=request.user)
    except LibraryError as refusal:
        return _details(request, kept, form, refusal.messages)
    messages.success(request, said.format(name=kept.name))
    return redirect("library-indicator", pk=pk)


def listed_for(user, wanted: LibraryFilter | None):
    """Return what is wanted in the order of the list; nothing where that could not be understood."""
    visible = library.visible_to(user)
    found = library.find(visible, wanted) if wanted else visible.none()
    text = wanted.text if wanted else ""
    return library.most_used_first(found, departments=preparable_by(user), text=text)


def frame_of(user) -> dict:
    """Return what stands around every list of the library."""
    return {
        "may_keep": may_keep_library(user),
        "waiting_count": (library.waiting() & library.visible_to(user)).count(),
    }


def _details(request: HttpRequest, kept: LibraryIndicator, form=None, refusals=()) -> HttpResponse:
    context = {
        "indicator": kept,
        "standards": [(column.title, getattr(kept, column.field)) for column in STANDARDS],
        "uses": library.uses_by_department(kept, request.user)[:ROWS_PER_PAGE],
        "may_keep": may_keep_library(request.user),
        "reason_form": form or ReasonForm(),
        "refusals": refusals,
    }
    return render(request, "indicators/library_indicator.html", context, status=422 if refusals else 200)


def _saved(request: HttpRequest, kept: LibraryIndicator, form: IndicatorForm) -> HttpResponse:
    if kept.standing == Standing.PROPOSED:
        remark = form.cleaned_data["remark"]
        approve_proposal(indicator=kept, values=form.values(), actor=request.user, remark=remark)
        messages.success(request, f"“{form.values()['name']}”已入库。")
        return redirect("library-proposals")
    changes = change_indicator(indicator=kept, values=form.values(), actor=request.user)
    messages.success(request, f"已保存，共{len(changes)}处变动。" if changes else "内容没有变动。")
    return redirect("library-indicator", pk=kept.pk)


def _visible(request: HttpRequest, pk: int) -> LibraryIndicator:
    kept = library.visible_to(request.user).select_related("proposed_by", "proposed_for", "decided_by")
    return get_object_or_404(kept, pk=pk)


def _require_keeper(user) -> None:
    if not may_keep_library(user):
        raise PermissionDenied("指标库由负责全部单位的财政审核人和系统管理员审定和维护，可以查看，不能修改。")
