"""代理: for a period a deputy acts in a reviewing role of another person, in that person's name."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from departments.models import Delegation, Membership, Role, User
from departments.permissions import deputies_for, may_delegate
from departments.services.changes import AdministrationError, FieldChange
from departments.services.roles import record_delegation


@transaction.atomic
def name_deputy(
    *, membership: Membership, deputy: User, starts_on: date, ends_on: date, reason: str, actor
) -> Delegation:
    """Let ``deputy`` act in a reviewing role that is somebody else's, both days included.

    A deputy acts for who holds the role, and cannot pass it on. Raises PermissionDenied for whoever neither
    holds the role nor administers it, AdministrationError with all that is wrong about it.
    """
    held = Membership.objects.select_for_update(of=("self",)).select_related("user", "department")
    held = held.get(pk=membership.pk)
    if not may_delegate(actor, held):
        raise PermissionDenied
    wrong = [*_wrong_people(held, deputy), *_wrong_period(held, starts_on, ends_on)]
    if wrong:
        raise AdministrationError("".join(wrong))
    named = Delegation.objects.create(
        membership=held,
        deputy=deputy,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason.strip(),
        named_by=actor,
        named_at=timezone.now(),
    )
    period = (
        FieldChange("starts_on", "开始日期", "", str(starts_on)),
        FieldChange("ends_on", "结束日期", "", str(ends_on)),
    )
    record_delegation(named, "name_deputy", actor, changes=period, reason=named.reason)
    return named


@transaction.atomic
def end_delegation(*, delegation: Delegation, actor) -> None:
    """End a delegation before its last day; raises PermissionDenied, AdministrationError where it is over."""
    if not may_delegate(actor, delegation.membership):
        raise PermissionDenied
    now = timezone.now()
    running = Delegation.objects.filter(pk=delegation.pk, ended_at=None, ends_on__gte=timezone.localdate(now))
    if not running.update(ended_at=now):
        raise AdministrationError("该代理已经结束，没有改动。")
    delegation.ended_at = now
    record_delegation(delegation, "end_delegation", actor)


def _wrong_people(membership: Membership, deputy: User):
    if membership.role not in Role.REVIEWING:
        yield f"{Role(membership.role).label}的职责不能代理，只有审核职责可以代理。"
    if deputy.pk == membership.user_id:
        yield "代理人不能是本人，另选一人。"
    elif not deputies_for(membership).filter(pk=deputy.pk).exists():
        yield f"{deputy}不能代理：代理人须在用，在该部门或其上级有自己的任职，并且不是审计或管理员。"


def _wrong_period(membership: Membership, starts_on: date, ends_on: date):
    if ends_on < starts_on:
        yield f"结束日期 {ends_on} 早于开始日期 {starts_on}，核对后改正。"
    elif ends_on < timezone.localdate():
        yield f"结束日期 {ends_on} 已经过去，代理从今天或以后的日期开始指定。"
    others = Delegation.objects.filter(
        membership=membership, ended_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on
    )
    if other := others.select_related("deputy").first():
        yield (
            f"{other.starts_on}至{other.ends_on}已由{other.deputy}代理，"
            "同一任职同一时间只能有一名代理人；先结束原来的代理，或改日期。"
        )
