"""调整, 取消, 恢复: a preparer opens the next version of what is approved, or drops it; a year's 对照表."""

from collections.abc import Callable

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indicators.adjustments import comparison_of_year
from indicators.forms.adjustment import AdjustmentForm, ReasonForm
from indicators.forms.problems import form_problems
from indicators.layout.comparison import lay_out_comparison
from indicators.layout.html import publication_html
from indicators.services.adjustment import (
    AdjustmentError,
    abandon_adjustment,
    cancel_declaration,
    open_adjustment,
    restore_declaration,
)
from indicators.services.reviewing import filed_of
from indicators.views.access import (
    require_preparer,
    visible_declaration,
    visible_department_year,
    window_of,
)
from indicators.views.pages import table_page
from projects.models import Adjustment, Declaration
from workflow.services import RevisionConflictError, TransitionError
from workflow.steps import steps
from workflow.transitions import ABANDON, ADJUST, CANCEL, Act

_REFUSALS = (AdjustmentError, TransitionError, RevisionConflictError)
_CHANGED = "打开之后内容又被修改，本次没有办理；核对后重新提交。"
FILE_FORMATS = (("pdf", "PDF"), ("xlsx", "Excel"), ("docx", "Word"), ("html", "网页"))


@require_http_methods(["GET", "HEAD", "POST"])
def open_table_adjustment(request, pk):
    """Ask for the sorts and the reason of an adjustment, and open it."""
    declaration = _prepared(request, pk)
    form = AdjustmentForm(_typed(request), declaration=declaration)
    if refusal := _refusal(declaration, ADJUST, request.user):
        return _refused(request, declaration, refusal)
    if not form.is_valid():
        return _form_page(request, declaration, form, "adjust")
    try:
        adjustment = open_adjustment(declaration=declaration, actor=request.user, **form.cleaned_data)
    except _REFUSALS as refusal:
        return _form_page(request, declaration, form, "adjust", refusal=refusal)
    if Adjustment.Sort.CANCEL in adjustment.sorts:
        messages.success(request, f"已发起取消“{declaration}”，核对后送审；批复之前原版本仍然有效。")
        return redirect("table", pk=pk)
    messages.success(request, f"已发起调整，第{adjustment.version}版可以修改；批复之前原版本仍然有效。")
    return redirect("edit-table", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def abandon_table_adjustment(request, pk):
    """Ask why an adjustment is dropped, and drop it."""
    return _with_reason(
        request, pk, ABANDON, "abandon", abandon_adjustment, "已撤销调整，恢复为现行版本的内容。"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_table(request, pk):
    """Ask why a project that was never approved is cancelled, and cancel it."""
    done = "已取消项目，不计入合计，仍可打印；需要时可以恢复。"
    return _with_reason(request, pk, CANCEL, "cancel", cancel_declaration, done)


@require_POST
def restore_table(request, pk):
    """Make a project that was cancelled before any approval a draft again."""
    declaration = _prepared(request, pk)
    form = ReasonForm({**request.POST.dict(), "reason": "恢复"}, revision=declaration.revision)
    try:
        revision = form.cleaned_data["revision"] if form.is_valid() else -1
        restore_declaration(declaration=declaration, revision=revision, actor=request.user)
    except _REFUSALS as refusal:
        return _refused(request, declaration, refusal)
    messages.success(request, f"已恢复“{declaration}”，可以修改和送审。")
    return redirect("table", pk=pk)


@require_safe
def year_adjustments(request, year, code):
    """Show the 调整对照表 of a department's year."""
    filed = visible_department_year(request.user, year, code)
    comparison = comparison_of_year(filed)
    context = {
        "filed": filed,
        "comparison": comparison,
        "formats": FILE_FORMATS,
        "paper": publication_html(lay_out_comparison(comparison)),
    }
    return render(request, "indicators/adjustments.html", context)


def _prepared(request, pk: int) -> Declaration:
    declaration = visible_declaration(request.user, pk)
    require_preparer(request.user, declaration.department_year.department)
    return declaration


def _typed(request):
    return request.POST if request.method == "POST" else None


def _with_reason(request, pk: int, act: Act, kind: str, service: Callable, done: str):
    declaration = _prepared(request, pk)
    if refusal := _refusal(declaration, act, request.user):
        return _refused(request, declaration, refusal)
    form = ReasonForm(_typed(request), revision=declaration.revision)
    if not form.is_valid():
        return _form_page(request, declaration, form, kind)
    try:
        service(declaration=declaration, actor=request.user, **form.cleaned_data)
    except _REFUSALS as refusal:
        return _form_page(request, declaration, form, kind, refusal=refusal)
    messages.success(request, done)
    return redirect("table", pk=pk)


def _refusal(declaration: Declaration, act: Act, user) -> TransitionError | AdjustmentError | None:
    """Return why the act is not open now, before anybody types a reason."""
    (step,) = steps([filed_of(declaration)], act, user)
    if isinstance(step, TransitionError):
        return step
    window = window_of(declaration)
    return AdjustmentError(window.message) if act == ADJUST and not window.is_open else None


def _form_page(request, declaration: Declaration, form: ReasonForm, kind: str, *, refusal=None):
    status = 200
    if refusal is not None:
        status = 422 if isinstance(refusal, AdjustmentError) else 409
        refusal = _CHANGED if isinstance(refusal, RevisionConflictError) else refusal
    elif form.is_bound:
        status = 422
    context = {
        "declaration": declaration,
        "filed": declaration.department_year,
        "form": form,
        "kind": kind,
        "refusal": refusal,
        "problems": form_problems(form) if form.is_bound and refusal is None else (),
    }
    return render(request, "indicators/adjust.html", context, status=status)


def _refused(request, declaration: Declaration, refusal: Exception):
    messages.error(request, _CHANGED if isinstance(refusal, RevisionConflictError) else str(refusal))
    return table_page(request, declaration, status=409)
