"""调整 after approval, 取消 and 恢复 (domain.md §2.9, §3.5).

A version of a table, or of a department's text, is opened, and replaces the one in force when it is approved,
or is dropped. What is cancelled and restored is a project.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from indicators import storage
from indicators.document import (
    Booklet,
    Change,
    TargetTable,
    booklet_from_json,
    narrative_changes,
    table_changes,
    table_from_json,
)
from indicators.reviewed import Reviewed, filed_of, owner_of
from indicators.rows import load_narrative
from indicators.services.findings import (
    expire_department_findings,
    lock_findings,
    refresh_table_findings,
)
from indicators.services.narrative import lock_narrative
from indicators.services.reviewing import move_one, move_tables
from indicators.services.tables import lock_declaration, lock_table
from projects.calendar import window_for
from projects.models import Adjustment, Declaration, DepartmentYear
from projects.services import end_no_projects
from trail.services import record
from workflow.history import highest_number, last_settled
from workflow.models import Status, Version
from workflow.roles import preparing_capacity
from workflow.services import RevisionConflictError
from workflow.steps import TransitionError, steps
from workflow.transitions import ABANDON, ADJUST, CANCEL, RESTORE, Act

Sort = Adjustment.Sort
SORTS_OF_TEXT = (Sort.GOAL,)  # a department's text has neither money nor indicators of its own


class AdjustmentError(ValueError):
    """An adjustment was refused; the message is a Chinese sentence that says why. Nothing was changed."""


def adjustment_of(reviewed: Reviewed) -> Adjustment | None:
    """Return the adjustment under way of a table, or of a department's text; None where there is none."""
    under_way = Adjustment.objects.filter(**owner_of(reviewed), outcome=Adjustment.Outcome.OPEN)
    return under_way.select_related("opened_by").first()


def is_cancelling(adjustment: Adjustment | None) -> bool:
    """True where an adjustment takes its project out: it is approved by APPROVE_CANCELLATION."""
    return adjustment is not None and Sort.CANCEL in adjustment.sorts


@transaction.atomic
def open_adjustment(
    *, reviewed: Reviewed, sorts: Sequence[str], reason: str, revision: int, actor
) -> Adjustment:
    """Open the next version of what is approved, published or cancelled; what is in force stays meanwhile.

    ``revision`` is what the person saw. Raises AdjustmentError where the sorts do not fit or no window
    is open for it, TransitionError and RevisionConflictError as every move does.
    """
    held, _ = _lock(reviewed)
    if held.revision != revision:
        raise RevisionConflictError
    _require_step(held, ADJUST, actor)
    _require_fitting(held, sorts)
    chosen = [sort for sort in Sort if sort in sorts]
    adjustment = Adjustment.objects.create(
        **owner_of(held),
        version=highest_number(filed_of(held).kind, held.pk) + 1,
        sorts=[sort.value for sort in chosen],
        reason=reason.strip(),
        opened_by=actor,
        opened_at=timezone.now(),
    )
    if held.status == Status.CANCELLED:
        expire_department_findings(department_year=held.department_year)
    move_one(held, revision=revision, act=ADJUST, actor=actor, reason=reason)
    # An entry of its own, which counts as preparing: who opens an adjustment cannot approve it.
    told = Change("adjustment", "调整类型", "", "、".join(sort.label for sort in chosen))
    _record(held, "open_adjustment", [told], actor, adjustment.reason)
    return adjustment


@transaction.atomic
def abandon_adjustment(*, reviewed: Reviewed, reason: str, revision: int, actor) -> tuple[Change, ...]:
    """Drop the version under way; return what went back to what is in force.

    Raises TransitionError, RevisionConflictError; then nothing changed.
    """
    held, working = _lock(reviewed)
    if held.revision != revision:
        raise RevisionConflictError
    _require_step(held, ABANDON, actor)
    settled = last_settled(filed_of(held).kind, held.pk, held.version)
    changes = _put_back(held, working, settled.document.text)
    under_way = Adjustment.objects.filter(**owner_of(held), outcome=Adjustment.Outcome.OPEN)
    under_way.update(outcome=Adjustment.Outcome.ABANDONED, closed_at=timezone.now())
    move_one(held, revision=revision, act=ABANDON, actor=actor, reason=reason)
    if changes:
        _record(held, "put_back", changes, actor, reason.strip())
    return changes


@transaction.atomic
def cancel_declaration(*, declaration: Declaration, reason: str, revision: int, actor) -> Version:
    """Take a project that was never approved out of the sums (取消项目); it stays in lists, and printable.

    Raises TransitionError, RevisionConflictError.
    """
    return _move_out_or_in(declaration, revision, CANCEL, actor, reason)


@transaction.atomic
def restore_declaration(*, declaration: Declaration, reason: str = "", revision: int, actor) -> Version:
    """Make a project that was cancelled before any approval a draft again. Raises as ``move_tables``."""
    return _move_out_or_in(declaration, revision, RESTORE, actor, reason)


def _move_out_or_in(declaration: Declaration, revision: int, act: Act, actor, reason: str) -> Version:
    department_year = declaration.department_year
    lock_declaration(declaration)
    lock_findings(department_year)  # in the order of saving, before anything is written
    expire_department_findings(department_year=department_year)
    (version,) = move_tables(revisions={declaration.pk: revision}, act=act, actor=actor, reason=reason)
    if act == RESTORE:
        end_no_projects(department_year=department_year, actor=actor)
    return version


def _lock(reviewed: Reviewed) -> tuple[Reviewed, TargetTable | Booklet]:
    """Return something with its document as they are once nobody else is changing them, or the findings."""
    if isinstance(reviewed, DepartmentYear):
        return lock_narrative(reviewed)
    held, table = lock_table(reviewed)
    lock_findings(held.department_year)
    return held, table


def _put_back(held: Reviewed, working: TargetTable | Booklet, in_force: str) -> tuple[Change, ...]:
    """Make the rows, which say ``working``, say what is in force (canonical JSON); return what changed."""
    if isinstance(held, Declaration):
        table = table_from_json(in_force)
        storage.write_table(held, table, working)
        refresh_table_findings(declarations=[held])
        return table_changes(working, table)
    storage.write_narrative(held, booklet_from_json(in_force))
    expire_department_findings(department_year=held)
    return narrative_changes(working, load_narrative(held))  # neither names nor lost links are put back


def _record(held: Reviewed, action: str, changes: Sequence[Change], actor, reason: str) -> None:
    filed = filed_of(held)
    record(
        actor=actor,
        capacity=preparing_capacity(actor, filed.department),
        action=action,
        kind=filed.kind,
        object_id=held.pk,
        label=filed.label,
        changes=changes,
        department_code=filed.department.code,
        reason=reason,
    )


def _require_step(reviewed: Reviewed, act: Act, actor) -> None:
    """Raise before anything is written what ``move`` would raise after it."""
    (step,) = steps([filed_of(reviewed)], act, actor)
    if isinstance(step, TransitionError):
        raise step


def _require_fitting(reviewed: Reviewed, sorts: Sequence[str]) -> None:
    """取消 changes nothing else, 恢复 is of what is cancelled; everything else goes together."""
    chosen = [sort for sort in Sort if sort in sorts]
    window = window_for(reviewed)
    if not window.is_open:
        raise AdjustmentError(window.message)
    if not chosen:
        raise AdjustmentError("没有选择调整类型，至少选择一项。")
    if isinstance(reviewed, DepartmentYear) and set(chosen) - set(SORTS_OF_TEXT):
        raise AdjustmentError(
            "部门整体绩效目标只能办理“目标调整”；预算和指标值的调整在项目的绩效目标表上发起。"
        )
    was_cancelled = reviewed.status == Status.CANCELLED
    if Sort.CANCEL in chosen and len(chosen) > 1:
        raise AdjustmentError("取消项目不能与其他调整一并办理，只选择“取消”，或不选“取消”。")
    if was_cancelled and Sort.RESTORE not in chosen:
        raise AdjustmentError("该项目已取消，只能办理“恢复”，可以同时选择其他调整。")
    if Sort.RESTORE in chosen and not was_cancelled:
        raise AdjustmentError("该项目没有取消，不能选择“恢复”。")
