"""The acts on memberships: which role a person has for which part of the tree."""

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from departments.models import Delegation, Department, Membership, Role, User
from departments.permissions import deputies_for, role_acted_in
from departments.services.changes import AdministrationError, FieldChange
from trail.services import record

_GRANTING = (Role.ADMINISTRATOR, Role.SECURITY)
_ENDED = (FieldChange("ended_at", "状态", "代理中", "已结束"),)
_NOT_ONES_OWN = "不能授予或撤销自己的任职：由另一名管理员办理。"
_LAST_OF_ALL = "这是该用户唯一的任职，不能撤销：换岗的先授予新任职，不再工作的停用该用户。"


@transaction.atomic
def grant_role(
    *, user: User, role: Role, department: Department | None, actor, finance_step: int | None = None
) -> bool:
    """Give ``user`` a role for a department and the units below it, or for all of them where it is None.

    ``finance_step`` keeps a 财政审核人 to one step of the finance review; for a role that is there it is
    changed. Returns False where the user had exactly that role already; then nothing is written. A role that
    stands in for nobody (审计, 三员) ends what the user does as a deputy. Raises AdministrationError where it
    is the actor's own, or a second of the three administrators (三员).
    """
    require_another(actor, user)
    require_apart(user, role)
    membership, is_new = Membership.objects.get_or_create(
        user=user, role=role, department=department, defaults={"finance_step": finance_step}
    )
    if is_new:
        ended = _no_deputy_any_more(user)
        record_membership(membership, "grant_role", actor)
        _record_ended(ended, actor)
        return True
    before = membership.finance_step
    if before == finance_step:
        return False
    membership.finance_step = finance_step
    membership.save(update_fields=["finance_step"])
    record_membership(membership, "edit", actor, [_step_change(before, finance_step)])
    return True


@transaction.atomic
def revoke_role(*, membership: Membership, actor) -> None:
    """Take a role back, and end what deputies there are; the trail keeps who had it, and who stood in.

    Who is left without a role of his own where he stands in for somebody is no deputy there any more.

    Raises AdministrationError for one's own role, so that nobody leaves the site without an administrator,
    and for the last role of a person.
    """
    require_another(actor, membership.user)
    holder = User.objects.select_for_update().get(pk=membership.user_id)
    if not holder.memberships.exclude(pk=membership.pk).exists():
        raise AdministrationError(_LAST_OF_ALL)
    running = Delegation.objects.filter(
        membership=membership.pk, ended_at=None, ends_on__gte=timezone.localdate()
    )
    ended = list(running.select_related("deputy", "membership__user", "membership__department"))
    removed, _ = Membership.objects.filter(pk=membership.pk).delete()
    if not removed:
        return
    lost = _no_deputy_any_more(holder)
    for delegation in ended:
        record_delegation(delegation, "end_delegation", actor, reason="任职撤销，代理随之终止。")
    _record_ended(lost, actor)
    record_membership(membership, "revoke_role", actor)


def require_another(actor, user: User) -> None:
    """Raise AdministrationError where somebody would change what he himself may do."""
    if actor is not None and actor.pk == user.pk:
        raise AdministrationError(_NOT_ONES_OWN)


def require_apart(user: User, role: Role) -> None:
    """Raise AdministrationError where the three administrators are separate and ``user`` is another one."""
    if not settings.SEPARATE_ADMINISTRATORS or role not in Role.ADMINISTERING:
        return
    others = user.memberships.filter(role__in=Role.ADMINISTERING).exclude(role=role)
    if held := others.values_list("role", flat=True).first():
        raise AdministrationError(
            f"{user}已是{Role(held).label}，不能兼任{Role(role).label}：三员分立，分别由三人担任。"
        )


def _no_deputy_any_more(user: User) -> list[Delegation]:
    """End the delegations whose deputy ``user`` could not become with the roles of now; return them."""
    standing_in = Delegation.objects.filter(deputy=user, ended_at=None, ends_on__gte=timezone.localdate())
    related = standing_in.select_related("deputy", "membership__user", "membership__department")
    ended = [each for each in related if not deputies_for(each.membership).filter(pk=user.pk).exists()]
    standing_in.filter(pk__in=[each.pk for each in ended]).update(ended_at=timezone.now())
    return ended


def _record_ended(ended: Iterable[Delegation], actor) -> None:
    for delegation in ended:
        record_delegation(delegation, "end_delegation", actor, reason="代理人的任职变动，代理随之终止。")


def record_membership(membership: Membership, action: str, actor, changes=None) -> None:
    """Say in the trail that a role was given, changed or taken, inside the caller's transaction."""
    user, place = membership.user, membership.department
    role = Role(membership.role).label
    record(
        actor=actor,
        capacity=role_acted_in(actor, *_GRANTING),
        action=action,
        kind="membership",
        object_id=membership.pk,
        label=f"{user.full_name}（{user.username}）：{place or '全部部门'} {role}",
        changes=_held(membership, action) if changes is None else changes,
        department_code=place.code if place else "",
    )


def _held(membership: Membership, action: str) -> list[FieldChange]:
    """Return what a person holds from now on, or no longer."""
    text = f"{membership.department or '全部部门'} {Role(membership.role).label}"
    step = membership.finance_step
    if action == "revoke_role":
        return [FieldChange("role", "任职", text, "")]
    return [FieldChange("role", "任职", "", text), *([_step_change(None, step)] if step else ())]


def record_delegation(delegation: Delegation, action: str, actor, *, changes=(), reason: str = "") -> None:
    """Say in the trail that a deputy was named, or is none any more, inside the caller's transaction."""
    membership, deputy = delegation.membership, delegation.deputy
    place = membership.department
    role = Role(membership.role).label
    is_own = actor is not None and actor.pk == membership.user_id
    record(
        actor=actor,
        capacity=role if is_own else role_acted_in(actor, *_GRANTING),
        action=action,
        kind="delegation",
        object_id=delegation.pk,
        label=f"{deputy}（{deputy.username}）代{membership.user}：{place or '全部部门'} {role}",
        changes=changes or _ENDED,
        department_code=place.code if place else "",
        reason=reason,
    )


def _step_change(before: int | None, after: int | None) -> FieldChange:
    return FieldChange("finance_step", "财政审核环节", step_label(before), step_label(after))


def step_label(step: int | None) -> str:
    """Return what a membership is kept to, as it is read; "" where it is kept to nothing."""
    return f"第{step}环节" if step else ""
