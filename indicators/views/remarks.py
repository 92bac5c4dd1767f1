"""批注 on pages: how they stand beside a paper, and the acts on them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from indicators.layout.tracked import first_within
from indicators.services.reviewing import TABLE, Reviewed, filed_of
from indicators.views.access import visible_declaration
from indicators.views.answers import way_back
from indicators.views.marking import cell_id
from projects.models import Declaration, DepartmentYear
from workflow.comments import Thread, Voice, threads_of, voice_of
from workflow.models import Comment
from workflow.services.comments import CommentError, answer_comment, reopen_comment, resolve_comment

_CHANGED = "原文已修改"
_GONE = "该行已删除"
_DONE = {resolve_comment: "批注已销号。", reopen_comment: "批注已恢复为未销号。"}


@dataclass(frozen=True, slots=True)
class Remark:
    """A thread beside its paper: ``anchor`` is the id of its cell, ``standing`` what became of its place."""

    thread: Thread
    anchor: str
    standing: str

    @property
    def comment(self) -> Comment:
        return self.thread.comment


@dataclass(frozen=True, slots=True)
class Remarks:
    """All 批注 on a document; ``may_answer`` is False for who reads only."""

    threads: tuple[Remark, ...]
    may_answer: bool

    @property
    def number_open(self) -> int:
        return sum(remark.thread.is_open for remark in self.threads)

    @property
    def number_blocking(self) -> int:
        return sum(remark.thread.blocks for remark in self.threads)


def remarks_of(reviewed: Reviewed, voice: Voice, texts: Mapping[str, str]) -> Remarks:
    """Return the 批注 on a document; ``texts`` is what is printed at each path now."""
    threads = threads_of(filed_of(reviewed), voice)
    return Remarks(tuple(_remark(thread, texts) for thread in threads), bool(voice))


def remarks_for(user, reviewed: Reviewed, texts: Mapping[str, str]) -> Remarks:
    """Return the 批注 as ``user`` sees them on a page that is not the review's."""
    return remarks_of(reviewed, voice_of(user, filed_of(reviewed)), texts)


def text_at(texts: Mapping[str, str], path: str) -> str | None:
    """Return what a field says, or a row with all its fields; None for what is not there (any more)."""
    if path in texts:
        return texts[path]
    parts = [text for each, text in texts.items() if path and each.startswith(f"{path}/")]
    return " ".join(filter(None, parts)) if parts else None


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a 批注; people who wrote in its thread are told."""
    comment, reviewed = _visible_comment(request.user, pk)
    _require_voice(request.user, reviewed)
    address = f"{review_address(reviewed)}#comment-{comment.pk}"
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


def review_address(reviewed: Reviewed) -> str:
    """Return the page on which a table, or a department's text, is reviewed."""
    if isinstance(reviewed, Declaration):
        return reverse("review-table", args=(reviewed.pk,))
    return reverse("review-narrative", args=(reviewed.fiscal_year.year, reviewed.department.code))


def _turn(request: HttpRequest, pk: int, act: Callable[..., None]) -> HttpResponse:
    comment, reviewed = _visible_comment(request.user, pk)
    try:
        act(comment=comment, filed=filed_of(reviewed), actor=request.user)
    except CommentError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _DONE[act])
    return redirect(way_back(request) or f"{review_address(reviewed)}#comment-{comment.pk}")


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


def _remark(thread: Thread, texts: Mapping[str, str]) -> Remark:
    path = thread.comment.path
    if not path:
        return Remark(thread, "", "")
    now = text_at(texts, path)
    if now is None:
        return Remark(thread, "", _GONE)
    cell = cell_id(first_within(texts, path))
    return Remark(thread, cell, "" if now == thread.comment.quote else _CHANGED)
