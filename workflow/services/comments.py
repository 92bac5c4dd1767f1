"""批注: writing, answering, resolving (销号) and reopening them."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from departments.models import Role, User
from departments.services.changes import FieldChange
from perfbudget.lib.text import clean_text
from trail.services import record
from workflow.comments import Voice, voice_of
from workflow.models import Comment, Notification, Status
from workflow.recipients import people_at, preparers_of
from workflow.services.notifications import notify, notify_joined
from workflow.steps import Filed
from workflow.transitions import ROLE_AT

LONGEST = 2000  # characters of one comment
_OPEN, _RESOLVED = "未销号", "已销号"


class CommentError(ValueError):
    """The comment cannot be taken; the message is a Chinese sentence. Nothing was changed."""


@transaction.atomic
def add_comment(
    *,
    filed: Filed,
    sort: str,
    text: str,
    path: str = "",
    place: str = "",
    quote: str = "",
    actor,
    address: str = "",
) -> Comment:
    """Leave a remark on a field, a row or, with ``path`` "", on the whole of something filed.

    ``place`` is what people call it, ``quote`` what it says now; ``address`` is the page to open. Who has to
    do something about it is told: of 须整改 and 询问 who fills in, of a 询问 of theirs who reviews now.
    Raises PermissionDenied for who neither reviews nor fills in for the department, and for a 须整改 of who
    does not review; CommentError.
    """
    voice = _voice(filed, actor)
    if sort not in voice.sorts:
        raise PermissionDenied("须整改的批注由审核人提出。")
    comment = _write(filed, voice, sort=sort, text=text, path=path, place=place, quote=quote)
    change = FieldChange(path, _named(comment), "", comment.text)
    _tell_of(comment, filed, voice, address)
    _record(filed, voice, "comment", change)
    return comment


@transaction.atomic
def answer_comment(*, comment: Comment, filed: Filed, text: str, actor, address: str = "") -> Comment:
    """Answer a comment, and tell everybody else who wrote in its thread; ``address`` is the page to open.

    Raises PermissionDenied, CommentError.
    """
    voice = _voice(filed, actor)
    _require_its_own(comment, filed)
    if comment.parent_id is not None:
        raise CommentError("只能答复批注本身，答复之后不再分层。")
    answer = _write(filed, voice, sort=comment.sort, text=text, path=comment.path, parent=comment)
    _tell(comment, answer, filed, voice, address)
    change = FieldChange(comment.path, f"{_named(comment)} 答复", "", answer.text)
    _record(filed, voice, "answer_comment", change)
    return answer


@transaction.atomic
def resolve_comment(*, comment: Comment, filed: Filed, actor) -> None:
    """Close a comment (销号). Raises PermissionDenied, and CommentError where it is closed already."""
    voice = _resolving(comment, filed, actor)
    unresolved = Comment.objects.filter(pk=comment.pk, resolved_at=None)
    principal = voice.capacity.principal
    if not unresolved.update(resolved_by=actor, resolved_for=principal, resolved_at=timezone.now()):
        raise CommentError("该批注已经销号。")
    comment.refresh_from_db()
    _record(filed, voice, "resolve_comment", _turned(comment, _OPEN, _RESOLVED))


@transaction.atomic
def reopen_comment(*, comment: Comment, filed: Filed, actor) -> None:
    """Open a closed comment again. Raises PermissionDenied, and CommentError where it is open."""
    voice = _resolving(comment, filed, actor)
    resolved = Comment.objects.filter(pk=comment.pk, resolved_at__isnull=False)
    if not resolved.update(resolved_by=None, resolved_for=None, resolved_at=None):
        raise CommentError("该批注没有销号。")
    comment.refresh_from_db()
    _record(filed, voice, "reopen_comment", _turned(comment, _RESOLVED, _OPEN))


def _voice(filed: Filed, actor) -> Voice:
    voice = voice_of(actor, filed)
    if not voice:
        raise PermissionDenied(
            f"批注由“{filed.department.name}”的填报人和审核人填写，本人可以查看，不能填写。"
        )
    return voice


def _resolving(comment: Comment, filed: Filed, actor) -> Voice:
    voice = _voice(filed, actor)
    _require_its_own(comment, filed)
    if not voice.may_resolve(comment):
        raise PermissionDenied("批注由批注人或同级以上的审核人销号，填报人改好后答复。")
    return voice


def _require_its_own(comment: Comment, filed: Filed) -> None:
    if (comment.kind, comment.object_id) != (filed.kind, filed.reviewable.pk):
        raise CommentError(f"该批注不是“{filed.label}”的批注。")


def _write(filed: Filed, voice: Voice, *, text: str, **fields) -> Comment:
    text = clean_text(text)
    if not text:
        raise CommentError("写明批注的内容。")
    if len(text) > LONGEST:
        raise CommentError(f"批注有{len(text)}个字，最多{LONGEST}个字，缩短后再提交。")
    return Comment.objects.create(
        kind=filed.kind,
        object_id=filed.reviewable.pk,
        version=filed.reviewable.version,
        text=text,
        author=voice.user,
        capacity=voice.label,
        at=timezone.now(),
        **fields,
    )


def _tell_of(comment: Comment, filed: Filed, voice: Voice, address: str) -> None:
    """Tell who has to do something about a comment; a 一般意见 asks for nothing."""
    if comment.sort == Comment.Sort.GENERAL:
        return
    people = _preparers(filed) if voice.role in Role.REVIEWING else _reviewers(filed)
    sort = comment.get_sort_display()
    notify_joined(
        recipients=_others(people, voice),
        sort=Notification.Sort.COMMENT,
        text=f"{voice.by}对“{filed.label}”提出批注（{sort}）：{comment.text}",
        joined=lambda number: (
            f"“{filed.label}”有{number}条新批注（{sort}），最近一条由{voice.by}提出：{comment.text}"
        ),
        group=f"comment:{comment.kind}:{comment.object_id}:{comment.sort}",
        address=f"{address}#comment-{comment.pk}" if address else "",
    )


def _preparers(filed: Filed) -> set[int]:
    (people,) = preparers_of([filed])
    return people


def _reviewers(filed: Filed) -> set[int]:
    """Return who can act on it where it stands now; nobody while it is with its preparer."""
    status = filed.reviewable.status
    return people_at(Status(status), [filed.department])[filed.department.pk] if status in ROLE_AT else set()


def _tell(comment: Comment, answer: Comment, filed: Filed, voice: Voice, address: str) -> None:
    written = Comment.objects.filter(parent=comment).values_list("author", flat=True)
    text = f"{voice.by}答复了“{filed.label}”的批注：{answer.text}"
    people = _others({comment.author_id, *written}, voice)
    notify(recipients=people, sort=Notification.Sort.COMMENT, text=text, address=address)


def _others(people: set[int], voice: Voice) -> Iterable[User]:
    return User.objects.filter(pk__in=people - {voice.user.pk}, is_active=True)


def _named(comment: Comment) -> str:
    return f"批注（{comment.get_sort_display()}）{comment.place}".rstrip()


def _turned(comment: Comment, before: str, after: str) -> FieldChange:
    return FieldChange(comment.path, f"{_named(comment)}“{comment.text}”", before, after)


def _record(filed: Filed, voice: Voice, action: str, change: FieldChange) -> None:
    record(
        actor=voice.user,
        principal=voice.capacity.principal,
        capacity=voice.capacity.label,
        action=action,
        kind=filed.kind,
        object_id=filed.reviewable.pk,
        label=filed.label,
        changes=[change],
        department_code=filed.department.code,
    )
