"""移交: drafts go from one 填报人 to another, in one act (docs/decisions/0027)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, QuerySet

from departments.models import User
from departments.permissions import handover_departments_of, preparable_by
from indicators.document import Change
from indicators.document.labels import TABLE
from indicators.services.findings import refresh_table_findings
from indicators.services.tables import record_table
from projects.models import Declaration
from workflow.models import Status
from workflow.services import RevisionConflictError


class HandoverError(ValueError):
    """The handover cannot be made; the message is a Chinese sentence. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Handover:
    """What was handed over, and what stays because it is no draft or the successor may not fill it in."""

    handed: tuple[Declaration, ...]
    kept: tuple[Declaration, ...]


def handover_of(declarations: QuerySet[Declaration], successor: User) -> Handover:
    """Return which of the tables ``successor`` can take over; what is theirs already is in neither part."""
    preparable = set(preparable_by(successor).values_list("pk", flat=True))
    found = declarations.select_related("project", "assignee", "department_year__department").exclude(
        assignee=successor
    )
    handed, kept = [], []
    for declaration in found:
        fits = declaration.is_editable and declaration.department_year.department_id in preparable
        (handed if fits else kept).append(declaration)
    return Handover(tuple(handed), tuple(kept))


@transaction.atomic
def hand_over(
    *, declarations: QuerySet[Declaration], successor: User, reason: str, reprints: bool, actor
) -> Handover:
    """Make ``successor`` the 经办人 of those drafts among ``declarations`` that they may fill in.

    ``reprints`` also makes them the printed 填报人, with their telephone. One batch, one entry for each
    table. Raises PermissionDenied, HandoverError, RevisionConflictError.
    """
    parted = handover_of(declarations, successor)
    _require_right(parted.handed, actor)
    if not reason.strip():
        raise HandoverError("移交须写明原因。")
    if not parted.handed:
        raise HandoverError(f"没有可以移交给{successor}的草稿。")
    changes = [_changes(declaration, successor, reprints) for declaration in parted.handed]
    for declaration in sorted(parted.handed, key=lambda each: each.pk):
        _write(declaration, successor, reprints)
    if reprints:
        _refresh(parted.handed)
    batch = uuid4().hex
    for declaration, changed in zip(parted.handed, changes, strict=True):
        record_table(
            declaration, actor=actor, action="hand_over", changes=changed, reason=reason.strip(), batch=batch
        )
    return parted


def _require_right(declarations: Iterable[Declaration], actor) -> None:
    departments = {each.department_year.department_id: each.department_year for each in declarations}
    allowed = handover_departments_of(actor).filter(pk__in=departments).values_list("pk", flat=True)
    for pk in departments.keys() - set(allowed):
        raise PermissionDenied(f"本人不能移交“{departments[pk].name}”的项目。")


def _changes(declaration: Declaration, successor: User, reprints: bool) -> tuple[Change, ...]:
    fields = [("assignee", "经办人", str(declaration.assignee or ""), str(successor))]
    if reprints:
        fields += [
            ("preparer", TABLE["preparer"], declaration.preparer, successor.full_name),
            ("preparer_phone", TABLE["preparer_phone"], declaration.preparer_phone, successor.office_phone),
        ]
    return tuple(Change(*each) for each in fields if each[2] != each[3])


def _write(declaration: Declaration, successor: User, reprints: bool) -> None:
    printed = {"preparer": successor.full_name, "preparer_phone": successor.office_phone} if reprints else {}
    same = Declaration.objects.filter(pk=declaration.pk, revision=declaration.revision)
    in_hands = same.filter(status__in=Status.EDITABLE)
    if not in_hands.update(assignee=successor, revision=F("revision") + 1, **printed):
        raise RevisionConflictError


def _refresh(declarations: Iterable[Declaration]) -> None:
    """Run the rules on the tables whose printed 填报人 changed: theirs is a new document."""
    by_year = defaultdict(list)
    for declaration in declarations:
        by_year[declaration.department_year_id].append(declaration)
    for of_one_year in by_year.values():
        refresh_table_findings(declarations=of_one_year)
