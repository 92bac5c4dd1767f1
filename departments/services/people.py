"""The acts on people. Nobody is deleted: who left is deactivated. No password gets into the trail."""

from django.db import transaction
from django.utils import timezone

from departments.models import Department, Membership, Role, User
from departments.permissions import role_acted_in
from departments.services.changes import AdministrationError, FieldChange, set_values, values_of
from departments.services.roles import record_membership
from trail.services import record

_ACCOUNT = ("username", "full_name", "office_phone")
_NOT_ONESELF = "不能停用自己：由另一名系统管理员停用。"


@transaction.atomic
def create_user(
    *,
    username: str,
    full_name: str,
    password: str,
    actor,
    office_phone: str = "",
    must_change_password: bool = False,
) -> User:
    """Add a person who can sign in with ``password``; raises IntegrityError where the username is taken.

    ``must_change_password`` where somebody else knows the password: the person chooses another one first.
    """
    user = _insert_user(username, full_name, office_phone, password, must_change_password)
    _record(user, "create", actor, values_of(user, *_ACCOUNT))
    return user


@transaction.atomic
def add_person(
    *,
    username: str,
    full_name: str,
    password: str,
    role: Role,
    department: Department | None,
    actor,
    office_phone: str = "",
    finance_step: int | None = None,
    must_change_password: bool = False,
) -> User:
    """Add a person together with the first role: without one, whoever signs in sees nothing.

    Raises IntegrityError where the username is taken.
    """
    user = _insert_user(username, full_name, office_phone, password, must_change_password)
    membership = Membership.objects.create(
        user=user, role=role, department=department, finance_step=finance_step
    )
    _record(user, "create", actor, values_of(user, *_ACCOUNT))
    record_membership(membership, "grant_role", actor)
    return user


@transaction.atomic
def change_user(
    *, user: User, username: str, full_name: str, office_phone: str, is_active: bool, actor
) -> list[FieldChange]:
    """Store what differs of a person's account and return it; an inactive person cannot sign in.

    Raises AdministrationError where the actor would deactivate himself, IntegrityError where the username
    is taken.
    """
    if not is_active and actor is not None and actor.pk == user.pk:
        raise AdministrationError(_NOT_ONESELF)
    stored = User.objects.select_for_update().get(pk=user.pk)
    values = {
        "username": username,
        "full_name": full_name,
        "office_phone": office_phone,
        "is_active": is_active,
    }
    changes = set_values(stored, values)
    if changes:
        stored.save(update_fields=[change.path for change in changes])
        _record(stored, "edit", actor, changes)
    return changes


@transaction.atomic
def set_password(*, user: User, password: str, actor) -> User:
    """Give a person another password, which ends their sessions; that it was set is all the trail says.

    The person must change it after signing in: whoever set it knows it.
    """
    stored = _store_password(user, password, must_change=actor != user)
    _record(stored, "set_password", actor)
    return stored


@transaction.atomic
def change_own_password(*, password: str, actor: User) -> User:
    """Give oneself another password; it ends the sessions of the old one."""
    stored = _store_password(actor, password, must_change=False)
    _record(stored, "change_password", actor)
    return stored


def _store_password(user: User, password: str, *, must_change: bool) -> User:
    stored = User.objects.select_for_update().get(pk=user.pk)
    stored.set_password(password)
    stored.must_change_password = must_change
    stored.password_set_at = timezone.now()
    stored.save(update_fields=["password", "must_change_password", "password_set_at"])
    return stored


def _insert_user(
    username: str, full_name: str, office_phone: str, password: str, must_change_password: bool
) -> User:
    user = User(
        username=username,
        full_name=full_name,
        office_phone=office_phone,
        must_change_password=must_change_password,
    )
    user.set_password(password)
    user.save(force_insert=True)
    return user


def _record(user: User, action: str, actor, changes=()) -> None:
    label = f"{user.full_name}（{user.username}）"
    capacity = "" if actor == user else role_acted_in(actor, Role.ADMINISTRATOR, Role.SECURITY)
    record(
        actor=actor,
        capacity=capacity,
        action=action,
        kind="user",
        object_id=user.pk,
        label=label,
        changes=changes,
    )
