"""The acts on people and their roles. Every act is one transaction and ends in the trail."""

from django.db import transaction

from departments.models import Department, Membership, Role, User
from trail.services import record


@transaction.atomic
def create_user(*, username: str, full_name: str, password: str, actor, office_phone: str = "") -> User:
    """Add a person who can sign in with ``password``; raises IntegrityError where the username is taken."""
    user = User(username=username, full_name=full_name, office_phone=office_phone)
    user.set_password(password)
    user.save(force_insert=True)
    record(
        actor=actor, action="create", kind="user", object_id=user.pk, label=f"{user.full_name}（{username}）"
    )
    return user


@transaction.atomic
def create_department(*, code: str, name: str, actor, region_code: str = "") -> Department:
    """Add a department under the one its code begins with; the department of that code if it is there."""
    parent = Department.objects.filter(code=code[:3]).exclude(code=code).first()
    department, is_new = Department.objects.get_or_create(
        code=code, defaults={"name": name, "region_code": region_code, "parent": parent}
    )
    if is_new:
        record(
            actor=actor,
            action="create",
            kind="department",
            object_id=department.pk,
            label=str(department),
            department_code=code,
        )
    return department


@transaction.atomic
def grant_role(*, user: User, role: Role, department: Department | None, actor) -> bool:
    """Give ``user`` a role for a department and the units below it, or for all of them where it is None.

    Returns False where the user had exactly that role already; then nothing is written.
    """
    membership, is_new = Membership.objects.get_or_create(user=user, role=role, department=department)
    if is_new:
        record(
            actor=actor,
            action="grant_role",
            kind="membership",
            object_id=membership.pk,
            label=f"{user.full_name}（{user.username}）：{department or '全部部门'} {Role(role).label}",
            department_code=department.code if department else "",
        )
    return is_new
