"""调整, 取消, 恢复: a preparer opens the next version of what is approved, or drops it; a year's 对照表."""

from collections.abc import Callable
from functools import partial
from urllib.parse import urldefrag

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indicators.adjustments import comparison_of_year
from indicators.forms.adjustment import ReasonForm, adjustment_form
from indicators.forms.problems import form_problems
from indicators.layout.comparison import lay_out_comparison
from indicators.layout.html import publication_html
from indicators.reviewed import Reviewed, filed_of, name_of, year_of
from indicators.services.adjustment import (
    SORTS_OF_TEXT,
    AdjustmentError,
    abandon_adjustment,
    cancel_declaration,
    is_cancelling,
    open_adjustment,
    restore_declaration,
)
from indicators.views.access import (
    require_preparer,
    visible_declaration,
    visible_department_year,
    window_of,
)
from indicators.views.addresses import page_address
from indicators.views.editing import refused
from indicators.views.locks import lock_of
from indicators.views.pages import table_page
from indicators.views.refusals import said_of
from projects.models import Declaration, DepartmentYear
from workflow.services import RevisionConflictError, TransitionError
from workflow.steps import steps
from workflow.transitions import ABANDON, ADJUST, CANCEL, Act

_REFUSALS = (AdjustmentError, TransitionError, RevisionConflictError)
_CHANGED = "打开之后内容又被修改，本次没有办理；核对后重新提交。"
FILE_FORMATS = (("pdf", "PDF"), ("xlsx", "Excel"), ("docx", "Word"), ("html", "网页"))


@require_http_methods(["GET", "HEAD", "POST"])
def open_table_adjustment(request, pk):
    """Ask for the sorts and the reason of an adjustment, and open it."""
    return _open(request, _prepared(request, visible_declaration(request.user, pk)))


@require_http_methods(["GET", "HEAD", "POST"])
def open_narrative_adjustment(request, year, code):
    """Ask why a department's text is adjusted, and open the adjustment."""
    return _open(request, _prepared(request, visible_department_year(request.user, year, code)))


@require_http_methods(["GET", "HEAD", "POST"])
def abandon_table_adjustment(request, pk):
    """Ask why an adjustment is dropped, and drop it."""
    return _abandon(request, _prepared(request, visible_declaration(request.user, pk)))


@require_http_methods(["GET", "HEAD", "POST"])
def abandon_narrative_adjustment(request, year, code):
    """Ask why the adjustment of a department's text is dropped, and drop it."""
    return _abandon(request, _prepared(request, visible_department_year(request.user, year, code)))


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_table(request, pk):
    """Ask why a project that was never approved is cancelled, and cancel it."""
    declaration = _prepared(request, visible_declaration(request.user, pk))
    done = "已取消项目，不计入合计，仍可打印；需要时可以恢复。"
    service = partial(cancel_declaration, declaration=declaration)
    return _with_reason(request, declaration, CANCEL, service, done)


@require_POST
def restore_table(request, pk):
    """Make a project that was cancelled before any approval a draft again."""
    declaration = _prepared(request, visible_declaration(request.user, pk))
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


def _top_of(reviewed: Reviewed) -> str:
    """Return the page of a table or a text without its place there: messages stand at the top."""
    return urldefrag(page_address(reviewed, "own")).url


def _prepared(request, reviewed: Reviewed) -> Reviewed:
    require_preparer(request.user, year_of(reviewed).department)
    return reviewed


def _typed(request):
    return request.POST if request.method == "POST" else None


def _open(request, reviewed: Reviewed):
    form = adjustment_form(reviewed, _typed(request))
    if refusal := _refusal(reviewed, ADJUST, request.user):
        return _refused(request, reviewed, refusal)
    if not form.is_valid():
        return _form_page(request, reviewed, form, ADJUST)
    try:
        adjustment = open_adjustment(
            **{"sorts": SORTS_OF_TEXT, **form.cleaned_data}, reviewed=reviewed, actor=request.user
        )
    except _REFUSALS as refusal:
        return _form_page(request, reviewed, form, ADJUST, refusal=refusal)
    if is_cancelling(adjustment):
        messages.success(request, f"已发起取消“{reviewed}”，核对后送审；批复之前原版本仍然有效。")
        return redirect(_top_of(reviewed))
    messages.success(request, f"已发起调整，第{adjustment.version}版可以修改；批复之前原版本仍然有效。")
    return redirect(page_address(reviewed, "edit"))


def _abandon(request, reviewed: Reviewed):
    service = partial(abandon_adjustment, reviewed=reviewed)
    return _with_reason(request, reviewed, ABANDON, service, "已撤销调整，恢复为现行版本的内容。")


def _with_reason(request, reviewed: Reviewed, act: Act, service: Callable, done: str):
    if refusal := _refusal(reviewed, act, request.user):
        return _refused(request, reviewed, refusal)
    form = ReasonForm(_typed(request), revision=reviewed.revision)
    if not form.is_valid():
        return _form_page(request, reviewed, form, act)
    try:
        service(actor=request.user, **form.cleaned_data)
    except _REFUSALS as refusal:
        return _form_page(request, reviewed, form, act, refusal=refusal)
    messages.success(request, done)
    return redirect(_top_of(reviewed))


def _refusal(reviewed: Reviewed, act: Act, user) -> TransitionError | AdjustmentError | None:
    """Return why the act is not open now, before anybody types a reason."""
    (step,) = steps([filed_of(reviewed)], act, user)
    if isinstance(step, TransitionError):
        return step
    window = window_of(reviewed)
    return AdjustmentError(window.message) if act == ADJUST and not window.is_open else None


def _form_page(request, reviewed: Reviewed, form: ReasonForm, act: Act, *, refusal=None):
    status = 200
    if refusal is not None:
        status = 422 if isinstance(refusal, AdjustmentError) else 409
        refusal = said_of(refusal, _CHANGED)
    elif form.is_bound:
        status = 422
    is_table = isinstance(reviewed, Declaration)
    context = {
        "reviewed": reviewed,
        "declaration": reviewed if is_table else None,
        "filed": year_of(reviewed),
        "name": name_of(reviewed),
        "back": page_address(reviewed, "own"),
        "form": form,
        "act": act,
        "refusal": refusal,
        "problems": form_problems(form) if form.is_bound and refusal is None else (),
    }
    return render(request, "indicators/adjust.html", context, status=status)


def _refused(request, reviewed: Reviewed, refusal: Exception):
    if isinstance(reviewed, DepartmentYear):
        said = {"refusal": said_of(refusal, _CHANGED), "lock": lock_of(reviewed, request.user)}
        return refused(request, reviewed, page_address(reviewed, "own"), title="没有办理", **said)
    messages.error(request, said_of(refusal, _CHANGED))
    return table_page(request, reviewed, status=409)
