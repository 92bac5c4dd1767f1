"""Changing what is under review: every save and move raises the revision, and only from the one it knew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from departments.services.changes import FieldChange
from perfbudget.lib.text import clean_text
from trail.models import SecurityEvent
from trail.services import note_refusal, record
from workflow.models import Reviewable, Status, StoredDocument, Version
from workflow.steps import Filed, NotEntitledError, Step, TransitionError, steps
from workflow.transitions import Act
from workflow.verification import DIGEST, digest_of

LONGEST_REASON = 5000  # characters: what was typed, and what was ticked of findings and remarks


class RevisionConflictError(Exception):
    """Somebody else saved in between; nothing was changed."""

    def __init__(self):
        super().__init__("该内容在打开之后已被他人修改，本次未保存。")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is moved, with what it says.

    ``text`` is its canonical JSON, ``sha256`` over its bytes, ``document_hash`` its 校验码; ``obstacles`` are
    sentences that say what the checks and the reviewers hold against the move.
    """

    filed: Filed
    text: str
    sha256: str
    document_hash: str
    obstacles: tuple[str, ...] = ()


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
    *, subjects: Sequence[Subject], act: Act, actor, reason: str = "", batch: str = ""
) -> tuple[Version, ...]:
    """Do an act to all subjects, or to none: role, reason, obstacles, conditional UPDATE, version, trail.

    A subject moves from the revision its ``reviewable`` was loaded with. Returns what was stored, in the
    order of the subjects. Raises TransitionError where the role, the reason, the status, a former act of the
    actor or an obstacle is against it; RevisionConflictError where somebody saved since.
    """
    reason = clean_text(reason)
    found = steps([subject.filed for subject in subjects], act, actor)
    for step in found:
        if isinstance(step, TransitionError):
            if isinstance(step, NotEntitledError):
                note_refusal(SecurityEvent.Sort.MOVE_REFUSED, str(step))
            raise step
    if act.needs_reason and not reason:
        raise TransitionError(f"{act.label}须写明原因。")
    if len(reason) > LONGEST_REASON:
        raise TransitionError(f"原因有{len(reason)}个字，最多{LONGEST_REASON}个字，缩短后再{act.label}。")
    _require_no_obstacle(subjects, act)
    now = timezone.now()
    moves = list(zip(subjects, found, strict=True))
    changes = [_changes(subject, step) for subject, step in moves]
    for subject, step in sorted(moves, key=lambda each: each[0].filed.reviewable.pk):  # none deadlocks
        _take(subject.filed.reviewable, step, now)
    versions = _store(moves, actor, reason, batch, now)
    for (subject, step), changed, version in zip(moves, changes, versions, strict=True):
        record(
            actor=actor,
            principal=step.capacity.principal,
            capacity=step.capacity.label,
            action=act.name,
            kind=subject.filed.kind,
            object_id=subject.filed.reviewable.pk,
            label=subject.filed.label,
            changes=(*changed, FieldChange(DIGEST, "版本登记值", "", digest_of(version))),
            department_code=subject.filed.department.code,
            reason=reason,
            batch=batch,
        )
    return versions


def _require_no_obstacle(subjects: Iterable[Subject], act: Act) -> None:
    for subject in subjects:
        if subject.obstacles:
            raise TransitionError(f"“{subject.filed.label}”不能{act.label}：{subject.obstacles[0]}")


def _take(reviewable: Reviewable, step: Step, now: datetime) -> None:
    rows = type(reviewable).objects.filter(pk=reviewable.pk)
    source = step.transition.source
    taken = rows.filter(revision=reviewable.revision, status=source).update(
        status=step.target, version=step.number, moved_at=now, revision=F("revision") + 1
    )
    if taken:
        reviewable.status, reviewable.version, reviewable.moved_at = step.target, step.number, now
        reviewable.revision += 1
        return
    status = Status(rows.values_list("status", flat=True).get())
    if status != source:
        raise TransitionError(f"“{reviewable}”{status.label}，不能{step.transition.act.label}。")
    raise RevisionConflictError


def _store(
    moves: Sequence[tuple[Subject, Step]], actor, reason: str, batch: str, now: datetime
) -> tuple[Version, ...]:
    documents = {
        subject.sha256: StoredDocument(
            sha256=subject.sha256, content_hash=subject.document_hash, text=subject.text
        )
        for subject, _ in moves
    }
    StoredDocument.objects.bulk_create(documents.values(), ignore_conflicts=True)
    versions = [
        Version(
            kind=subject.filed.kind,
            object_id=subject.filed.reviewable.pk,
            number=subject.filed.reviewable.version,
            revision=subject.filed.reviewable.revision,
            act=step.transition.act.name,
            source=step.transition.source,
            target=step.target,
            skipped=list(step.skipped),
            document_id=subject.sha256,
            actor=actor,
            principal=step.capacity.principal,
            capacity=step.capacity.label,
            reason=reason,
            at=now,
            batch=batch,
        )
        for subject, step in moves
    ]
    return tuple(Version.objects.bulk_create(versions))


def _changes(subject: Subject, step: Step) -> tuple[FieldChange, ...]:
    before = Status(subject.filed.reviewable.status).label
    number = subject.filed.reviewable.version
    changes = [FieldChange("status", "状态", before, step.target.label)]
    if step.number != number:
        changes.append(FieldChange("version", "版本", str(number), str(step.number)))
    if step.skipped:
        skipped = "、".join(status.label.removeprefix("待") for status in step.skipped)
        changes.append(FieldChange("skipped", "跳过的环节", "", skipped))
    return (*changes, FieldChange("document_hash", "校验码", "", subject.document_hash))
