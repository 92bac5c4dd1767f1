"""The acts on memberships: which role a person has for which part of the tree."""

from django.db import transaction

from departments.models import Department, Membership, Role, User
from departments.services.changes import AdministrationError
from trail.services import record

_LAST_OF_ALL = "这是该用户唯一的任职，不能撤销：换岗的先授予新任职，不再工作的停用该用户。"
_LAST_OWN = "不能撤销自己最后一个系统管理员任职：由另一名系统管理员撤销。"
_OWN_OF_ALL = "不能撤销自己全部部门的系统管理员任职：由另一名系统管理员撤销。"


@transaction.atomic
def grant_role(*, user: User, role: Role, department: Department | None, actor) -> bool:
    """Give ``user`` a role for a department and the units below it, or for all of them where it is None.

    Returns False where the user had exactly that role already; then nothing is written.
    """
    membership, is_new = Membership.objects.get_or_create(user=user, role=role, department=department)
    if is_new:
        record_membership(membership, "grant_role", actor)
    return is_new


@transaction.atomic
def revoke_role(*, membership: Membership, actor) -> None:
    """Take a role back; the trail keeps who had it.

    Raises AdministrationError for the last role of a person, and where the actor would leave himself without
    the administration, or the site without an administrator of all departments.
    """
    holder = User.objects.select_for_update().get(pk=membership.user_id)
    others = holder.memberships.exclude(pk=membership.pk)
    if not others.exists():
        raise AdministrationError(_LAST_OF_ALL)
    if membership.role == Role.ADMINISTRATOR and actor is not None and actor.pk == holder.pk:
        if not others.filter(role=Role.ADMINISTRATOR).exists():
            raise AdministrationError(_LAST_OWN)
        if membership.department_id is None:
            raise AdministrationError(_OWN_OF_ALL)
    removed, _ = Membership.objects.filter(pk=membership.pk).delete()
    if removed:
        record_membership(membership, "revoke_role", actor)


def record_membership(membership: Membership, action: str, actor) -> None:
    """Say in the trail that a role was given or taken, inside the caller's transaction."""
    user, place = membership.user, membership.department
    role = Role(membership.role).label
    record(
        actor=actor,
        action=action,
        kind="membership",
        object_id=membership.pk,
        label=f"{user.full_name}（{user.username}）：{place or '全部部门'} {role}",
        department_code=place.code if place else "",
    )
