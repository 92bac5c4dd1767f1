"""Reviewing a table, or a department's text: its page, passing, returning and recalling it, comments."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from indicators.forms.review import ActForm, CommentForm
from indicators.queues import place_in_queue
from indicators.review_papers import review_paper
from indicators.reviewed import Reviewed, filed_of, name_of, year_of
from indicators.services.findings import refresh_department_findings
from indicators.services.reviewing import move_one
from indicators.views.access import require_reviewer, visible_declaration, visible_department_year
from indicators.views.addresses import page_address, turn_address
from indicators.views.refusals import said_of
from indicators.views.remark_lists import text_at
from indicators.views.review_page import review_page
from projects.routes import status_label
from workflow.comments import voice_of
from workflow.models import Version
from workflow.services import RevisionConflictError, TransitionError
from workflow.services.comments import CommentError, add_comment
from workflow.transitions import RECALL, Act

CHANGED = "打开之后内容或状态又有变动，本次没有办理；核对现在的内容后再办理。"


@require_safe
def review_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a table to whoever reviews it, and to read to everybody else who sees it."""
    declaration = visible_declaration(request.user, pk)
    refresh_department_findings(department_year=declaration.department_year)
    return review_page(request, declaration)


@require_safe
def review_narrative(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Show a department's text likewise."""
    filed = visible_department_year(request.user, year, code)
    refresh_department_findings(department_year=filed)
    return review_page(request, filed)


@require_POST
def act_on_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass, return or recall a table, then go on to the next in the queue."""
    declaration = visible_declaration(request.user, pk)
    return _act(request, declaration)


@require_POST
def act_on_narrative(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Pass, return or recall a department's text likewise."""
    return _act(request, visible_department_year(request.user, year, code))


@require_POST
def comment_on_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a 批注 on a table."""
    return _comment(request, visible_declaration(request.user, pk))


@require_POST
def comment_on_narrative(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Leave a 批注 on a department's text."""
    return _comment(request, visible_department_year(request.user, year, code))


def _act(request: HttpRequest, reviewed: Reviewed) -> HttpResponse:
    require_reviewer(request.user, year_of(reviewed).department)
    form = ActForm(request.POST)
    if not form.is_valid():
        return review_page(request, reviewed, act_form=form, status=422)
    following = turn_address(place_in_queue(request.user, reviewed).following)
    refresh_department_findings(department_year=year_of(reviewed))
    try:
        done = _move(reviewed, form, request.user)
    except (TransitionError, RevisionConflictError) as refusal:
        messages.error(request, said_of(refusal, CHANGED))
        reviewed.refresh_from_db()
        return review_page(request, reviewed, act_form=form, status=409)
    messages.success(request, _told(reviewed, form.chosen, done))
    if form.chosen == RECALL:
        return redirect(page_address(reviewed, "review"))
    return redirect(following or reverse("queue", args=("todo",)))


def _move(reviewed: Reviewed, form: ActForm, actor) -> Version:
    act, revision = form.chosen, form.cleaned_data["revision"]
    reason = form.full_reason() if act.needs_reason else ""
    return move_one(reviewed, revision=revision, act=act, actor=actor, reason=reason)


def _comment(request: HttpRequest, reviewed: Reviewed) -> HttpResponse:
    filed = filed_of(reviewed)
    voice = voice_of(request.user, filed)
    if not voice:
        raise PermissionDenied("批注由填报人和审核人填写，本人可以查看，不能填写。")
    paper = review_paper(reviewed)
    form = CommentForm(request.POST, places=paper.places, sorts=voice.sorts)
    if not form.is_valid():
        return review_page(request, reviewed, comment_form=form, status=422)
    try:
        comment = add_comment(
            filed=filed,
            sort=form.cleaned_data["sort"],
            text=form.cleaned_data["text"],
            path=form.place,
            place=paper.places.get(form.place, ""),
            quote=text_at(paper.texts, form.place) or "",
            actor=request.user,
            address=page_address(reviewed, "review"),
        )
    except CommentError as refusal:
        form.add_error("text", str(refusal))
        return review_page(request, reviewed, comment_form=form, status=422)
    messages.success(request, "已写批注。")
    return redirect(f"{page_address(reviewed, 'review')}#comment-{comment.pk}")


def _told(reviewed: Reviewed, act: Act, done: Version) -> str:
    label = status_label(done.target, year_of(reviewed).fiscal_year)
    return f"“{name_of(reviewed)}”已{act.label}，现在{label}。"
