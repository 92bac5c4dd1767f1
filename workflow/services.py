"""Changing what is under review: every save and move raises the revision, and only from the one it knew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from departments.models import Department, Membership
from trail.services import FieldChange, record
from workflow.models import Reviewable, Status
from workflow.transitions import Transition


class RevisionConflictError(Exception):
    """Somebody else saved in between; nothing was changed."""

    def __init__(self):
        super().__init__("该内容在打开之后已被他人修改，本次未保存。")


class TransitionError(Exception):
    """An act was refused; the message is a Chinese sentence that says why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is moved, with what this app cannot know of it.

    ``document_hash`` is the 校验码 of its canonical JSON; ``obstacles`` are sentences that say what the
    checks hold against the move. ``kind`` and ``label`` are those of its entries in the trail.
    """

    reviewable: Reviewable
    department: Department
    kind: str
    label: str
    document_hash: str
    obstacles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Change:
    path: str
    place: str
    before: str
    after: str


def claim_revision(reviewable, revision: int) -> None:
    """Raise the revision of ``reviewable`` from ``revision`` by one, or raise RevisionConflictError.

    The conditional UPDATE is guard and lock at once, on SQLite too; call it first inside the transaction.
    """
    current = type(reviewable).objects.filter(pk=reviewable.pk, revision=revision)
    if not current.update(revision=F("revision") + 1):
        raise RevisionConflictError
    reviewable.revision = revision + 1


@transaction.atomic
def move(
    *, subjects: Sequence[Subject], transition: Transition, actor, reason: str = "", batch: str = ""
) -> None:
    """Move all subjects, or none: role, reason, obstacles, one conditional UPDATE each, then the trail.

    A subject moves from the revision its ``reviewable`` was loaded with. Raises TransitionError where the
    role, the reason or the status is not right or something stands against it, RevisionConflictError where
    somebody saved since.
    """
    require_role([subject.department for subject in subjects], transition, actor)
    if transition.needs_reason and not reason.strip():
        raise TransitionError(f"{transition.label}须写明原因。")
    _require_no_obstacle(subjects, transition)
    changes = [_changes(subject, transition) for subject in subjects]
    for subject in sorted(subjects, key=lambda each: each.reviewable.pk):  # one order, so that none deadlocks
        _take_step(subject.reviewable, transition)
    for subject, changed in zip(subjects, changes, strict=True):
        record(
            actor=actor,
            action=transition.name,
            kind=subject.kind,
            object_id=subject.reviewable.pk,
            label=subject.label,
            changes=changed,
            department_code=subject.department.code,
            reason=reason.strip(),
            batch=batch,
        )


def may_move(user, department: Department, transition: Transition) -> bool:
    """True where ``user`` has the role for the transition in the department."""
    return _covered_by_role(user, transition).filter(pk=department.pk).exists()


def require_role(departments: Iterable[Department], transition: Transition, actor) -> None:
    """Raise TransitionError where ``actor`` lacks the role for the transition in one of the departments."""
    by_key = {department.pk: department for department in departments}
    covered = _covered_by_role(actor, transition).filter(pk__in=by_key)
    for pk in by_key.keys() - set(covered.values_list("pk", flat=True)):
        role = transition.role.label
        raise TransitionError(f"{transition.label}由{role}办理，本人不是“{by_key[pk].name}”的{role}。")


def _covered_by_role(user, transition: Transition):
    held = Membership.objects.filter(user=user and user.pk, role=transition.role)
    return Department.objects.covered_by(held)


def _require_no_obstacle(subjects: Iterable[Subject], transition: Transition) -> None:
    for subject in subjects:
        if subject.obstacles:
            raise TransitionError(f"“{subject.label}”不能{transition.label}：{subject.obstacles[0]}")


def _take_step(reviewable: Reviewable, transition: Transition) -> None:
    rows = type(reviewable).objects.filter(pk=reviewable.pk)
    now = rows.filter(revision=reviewable.revision, status__in=transition.sources)
    if now.update(status=transition.target, revision=F("revision") + 1):
        reviewable.status, reviewable.revision = transition.target, reviewable.revision + 1
        return
    status = Status(rows.values_list("status", flat=True).get())
    if status not in transition.sources:
        raise TransitionError(f"“{reviewable}”{status.label}，不能{transition.label}。")
    raise RevisionConflictError


def _changes(subject: Subject, transition: Transition) -> tuple[FieldChange, ...]:
    before = Status(subject.reviewable.status).label
    return (
        _Change("status", "状态", before, transition.target.label),
        _Change("document_hash", "校验码", "", subject.document_hash),
    )
