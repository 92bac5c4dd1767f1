"""The acts on a 批注: answering, 销号, opening it again."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from indicators.reviewed import TABLE, Reviewed, filed_of
from indicators.views.access import visible_declaration
from indicators.views.addresses import page_address
from indicators.views.answers import way_back
from projects.models import DepartmentYear
from workflow.comments import voice_of
from workflow.models import Comment
from workflow.services.comments import CommentError, answer_comment, reopen_comment, resolve_comment

_DONE = {resolve_comment: "批注已销号。", reopen_comment: "批注已恢复为未销号。"}


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a 批注; people who wrote in its thread are told."""
    comment, reviewed = _visible_comment(request.user, pk)
    _require_voice(request.user, reviewed)
    address = f"{page_address(reviewed, 'review')}#comment-{comment.pk}"
    try:
        answer_comment(
            comment=comment,
            filed=filed_of(reviewed),
            text=request.POST.get("text", ""),
            actor=request.user,
            address=address,
        )
    except CommentError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "已答复批注。")
    return redirect(way_back(request) or address)


@require_POST
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a 批注 (销号)."""
    return _turn(request, pk, resolve_comment)


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed 批注 again."""
    return _turn(request, pk, reopen_comment)


def _turn(request: HttpRequest, pk: int, act: Callable[..., None]) -> HttpResponse:
    comment, reviewed = _visible_comment(request.user, pk)
    try:
        act(comment=comment, filed=filed_of(reviewed), actor=request.user)
    except CommentError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _DONE[act])
    return redirect(way_back(request) or f"{page_address(reviewed, 'review')}#comment-{comment.pk}")


def _visible_comment(user, pk: int) -> tuple[Comment, Reviewed]:
    """Return a 批注 and what it is about, or raise Http404 where ``user`` may not see that."""
    comment = get_object_or_404(Comment, pk=pk)
    if comment.kind == TABLE:
        return comment, visible_declaration(user, comment.object_id)
    years = DepartmentYear.objects.visible_to(user).select_related("department", "fiscal_year")
    filed = years.filter(pk=comment.object_id).first()
    if filed is None:
        raise Http404
    return comment, filed


def _require_voice(user, reviewed: Reviewed) -> None:
    if not voice_of(user, filed_of(reviewed)):
        raise PermissionDenied("批注由填报人和审核人填写，本人可以查看，不能填写。")
