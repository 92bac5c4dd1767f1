"""调整 after approval, 取消 and 恢复 (domain.md §2.9, §3.5).

A version is opened, and replaces the one in force when it is approved, or is dropped.
"""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from indicators import storage
from indicators.document import Change, table_changes, table_from_json
from indicators.services.findings import expire_department_findings, refresh_table_findings
from indicators.services.reviewing import TABLE, filed_of, move_tables
from indicators.services.tables import lock_table, record_table
from projects.calendar import window_for
from projects.models import Adjustment, Declaration
from projects.services import end_no_projects
from workflow.history import highest_number, last_settled
from workflow.models import Status, Version
from workflow.services import RevisionConflictError
from workflow.steps import TransitionError, steps
from workflow.transitions import ABANDON, ADJUST, CANCEL, RESTORE, Act

Sort = Adjustment.Sort


class AdjustmentError(ValueError):
    """An adjustment was refused; the message is a Chinese sentence that says why. Nothing was changed."""


def adjustment_of(declaration: Declaration) -> Adjustment | None:
    """Return the adjustment of a table that is under way, None where there is none."""
    return open_adjustments([declaration]).get(declaration.pk)


def open_adjustments(declarations: Collection[Declaration]) -> dict[int, Adjustment]:
    """Return the adjustments under way by the primary keys of their tables, in one query."""
    keys = [each.pk for each in declarations]
    found = Adjustment.objects.filter(declaration__in=keys, outcome=Adjustment.Outcome.OPEN)
    return {adjustment.declaration_id: adjustment for adjustment in found.select_related("opened_by")}


def is_cancelling(adjustment: Adjustment | None) -> bool:
    """True where an adjustment takes its project out: it is approved by APPROVE_CANCELLATION."""
    return adjustment is not None and Sort.CANCEL in adjustment.sorts


@transaction.atomic
def open_adjustment(
    *, declaration: Declaration, sorts: Sequence[str], reason: str, revision: int, actor
) -> Adjustment:
    """Open the next version of an approved, published or cancelled table; what is in force stays meanwhile.

    ``revision`` is what the person saw. Raises AdjustmentError where the sorts do not fit or no window
    is open for it, TransitionError and RevisionConflictError as every move does.
    """
    held, _ = lock_table(declaration)
    if held.revision != revision:
        raise RevisionConflictError
    _require_step(held, ADJUST, actor)
    _require_fitting(held, sorts)
    chosen = [sort for sort in Sort if sort in sorts]
    adjustment = Adjustment.objects.create(
        declaration=held,
        version=highest_number(TABLE, held.pk) + 1,
        sorts=[sort.value for sort in chosen],
        reason=reason.strip(),
        opened_by=actor,
        opened_at=timezone.now(),
    )
    if held.status == Status.CANCELLED:
        expire_department_findings(department_year=held.department_year)
    move_tables(revisions={held.pk: revision}, act=ADJUST, actor=actor, reason=reason)
    # An entry of its own, which counts as preparing: who opens an adjustment cannot approve it.
    record_table(
        held,
        actor=actor,
        action="open_adjustment",
        changes=[Change("adjustment", "调整类型", "", "、".join(sort.label for sort in chosen))],
        reason=adjustment.reason,
    )
    return adjustment


@transaction.atomic
def abandon_adjustment(*, declaration: Declaration, reason: str, revision: int, actor) -> tuple[Change, ...]:
    """Drop the version under way; return what went back to what is in force.

    Raises TransitionError, RevisionConflictError; then nothing changed.
    """
    held, working = lock_table(declaration)
    if held.revision != revision:
        raise RevisionConflictError
    _require_step(held, ABANDON, actor)
    settled = last_settled(TABLE, held.pk, held.version)
    in_force = table_from_json(settled.document.text)
    changes = table_changes(working, in_force)
    storage.write_table(held, in_force, working)
    under_way = Adjustment.objects.filter(declaration=held, outcome=Adjustment.Outcome.OPEN)
    under_way.update(outcome=Adjustment.Outcome.ABANDONED, closed_at=timezone.now())
    refresh_table_findings(declarations=[held])
    move_tables(revisions={held.pk: revision}, act=ABANDON, actor=actor, reason=reason)
    if changes:
        record_table(held, actor=actor, action="put_back", changes=changes, reason=reason.strip())
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
    expire_department_findings(department_year=department_year)
    (version,) = move_tables(revisions={declaration.pk: revision}, act=act, actor=actor, reason=reason)
    if act == RESTORE:
        end_no_projects(department_year=department_year, actor=actor)
    return version


def _require_step(declaration: Declaration, act: Act, actor) -> None:
    """Raise before anything is written what ``move`` would raise after it."""
    (step,) = steps([filed_of(declaration)], act, actor)
    if isinstance(step, TransitionError):
        raise step


def _require_fitting(declaration: Declaration, sorts: Sequence[str]) -> None:
    """取消 changes nothing else, 恢复 is of what is cancelled; everything else goes together."""
    chosen = [sort for sort in Sort if sort in sorts]
    was_cancelled = declaration.status == Status.CANCELLED
    window = window_for(declaration)
    if not window.is_open:
        raise AdjustmentError(window.message)
    if not chosen:
        raise AdjustmentError("没有选择调整类型，至少选择一项。")
    if Sort.CANCEL in chosen and len(chosen) > 1:
        raise AdjustmentError("取消项目不能与其他调整一并办理，只选择“取消”，或不选“取消”。")
    if was_cancelled and Sort.RESTORE not in chosen:
        raise AdjustmentError("该项目已取消，只能办理“恢复”，可以同时选择其他调整。")
    if Sort.RESTORE in chosen and not was_cancelled:
        raise AdjustmentError("该项目没有取消，不能选择“恢复”。")
