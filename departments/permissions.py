"""What a person may do with a department, asked as predicates; what they may see is ``visible_to``."""

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from departments.models import Department, Membership, Role, User

ACROSS_ROLES = frozenset({Role.AUDITOR, Role.FINANCE, Role.SUPERVISOR})
IMPORTING_ROLES = frozenset({Role.PREPARER, Role.FINANCE})


def may_prepare(user, department) -> bool:
    """True where ``user`` is a 填报人 of the department or of its 主管部门."""
    return preparable_by(user).filter(pk=department.pk).exists()


def preparable_by(user):
    """Return the departments for which ``user`` is a 填报人."""
    preparing = Membership.objects.filter(user=user.pk, role=Role.PREPARER)
    return Department.objects.covered_by(preparing)


def handover_departments_of(user):
    """Return the departments in which ``user`` may hand drafts over: as 填报人, 单位负责人 or 系统管理员."""
    roles = (Role.PREPARER, Role.LEADER, Role.ADMINISTRATOR)
    return Department.objects.covered_by(Membership.objects.filter(user=user.pk, role__in=roles))


def importable_by(user):
    """Return the departments whose 项目清单 ``user`` may import: 填报人, 财政审核人."""
    importing = Membership.objects.filter(user=user.pk, role__in=IMPORTING_ROLES)
    return Department.objects.covered_by(importing)


def sees_across_departments(user) -> bool:
    """True where ``user`` reads other people's departments: 审计, 财政审核人, 主管部门审核人."""
    return Membership.objects.held_by(user).filter(role__in=ACROSS_ROLES).exists()


def may_change_policy(user) -> bool:
    """True for a 财政审核人 of all departments: the rules of a year hold for everybody."""
    return Membership.objects.filter(user=user.pk, role=Role.FINANCE, department=None).exists()


def may_open_years(user) -> bool:
    """True for a 财政审核人 or 系统管理员 of all departments: a fiscal year is opened once, for everybody."""
    return may_change_policy(user) or administers_everything(user)


def may_review(user, department) -> bool:
    """True for a 单位负责人, 主管部门审核人 or 财政审核人 of the department, and for their deputies."""
    reviewing = Membership.objects.held_by(user).filter(role__in=Role.REVIEWING)
    return Department.objects.covered_by(reviewing).filter(pk=department.pk).exists()


def reviews_somewhere(user) -> bool:
    """True for a 单位负责人, 主管部门审核人 or 财政审核人 of any department, and for their deputies."""
    return Membership.objects.held_by(user).filter(role__in=Role.REVIEWING).exists()


def remindable_by(user):
    """Return the departments whose filing ``user`` may urge on: who reviews them, and 系统管理员."""
    reviewing = Membership.objects.held_by(user).filter(role__in=Role.REVIEWING)
    urging = Membership.objects.filter(Q(pk__in=reviewing.values("pk")) | Q(pk__in=_administration_of(user)))
    return Department.objects.covered_by(urging)


def may_administer(user) -> bool:
    """True for a 系统管理员, of all departments or of a part of the tree."""
    return _administration_of(user).exists()


def administers_everything(user) -> bool:
    """True for a 系统管理员 of all departments: only these grant roles for all of them."""
    return _administration_of(user).filter(department=None).exists()


def administrable_by(user):
    """Return the departments ``user`` is a 系统管理员 of."""
    return Department.objects.covered_by(_administration_of(user))


def may_add_departments(user) -> bool:
    """True where ``user`` administers a 主管部门, below which units can be added, or everything."""
    return administers_everything(user) or administrable_by(user).filter(code__regex="^[0-9]{3}$").exists()


def people_administrable_by(user):
    """Return the people with a role in a department ``user`` administers; everybody for all departments."""
    if administers_everything(user):
        return User.objects.all()
    inside = Membership.objects.filter(user=OuterRef("pk"), department__in=administrable_by(user))
    return User.objects.filter(Exists(inside))


def may_change_account(user, person) -> bool:
    """True where all roles of ``person`` lie within what ``user`` administers.

    Else whoever sets the password of a person with a role elsewhere would have that role too.
    """
    if administers_everything(user):
        return True
    inside = person.memberships.filter(department__in=administrable_by(user)).count()
    return 0 < inside == person.memberships.count()


def may_grant_in(user, department) -> bool:
    """True where ``user`` may give and take roles for the department; None stands for all departments."""
    granting = _granting_of(user)
    if department is None:
        return granting.filter(department=None).exists()
    return Department.objects.covered_by(granting).filter(pk=department.pk).exists()


def grants_roles(user) -> bool:
    """True for a 安全管理员, and for a 系统管理员 where the site does not separate the three (三员)."""
    return _granting_of(user).exists()


def grantable_by(user):
    """Return the departments for which ``user`` may give and take roles."""
    return Department.objects.covered_by(_granting_of(user))


def may_read_trail(user) -> bool:
    """True for 审计 and 审计管理员: each reads the entries of the departments that role covers."""
    return _trail_reading_of(user).exists()


def trail_departments_of(user):
    """Return the departments whose entries ``user`` reads."""
    return Department.objects.covered_by(_trail_reading_of(user))


def reads_whole_trail(user) -> bool:
    """True where ``user`` also reads the entries that belong to no department."""
    return _trail_reading_of(user).filter(department=None).exists()


def may_read_security_log(user) -> bool:
    """True for 审计 of all departments, 审计管理员 and 安全管理员; 系统管理员 where the three are one."""
    held = Membership.objects.filter(user=user.pk, department=None)
    administrators = () if settings.SEPARATE_ADMINISTRATORS else (Role.ADMINISTRATOR,)
    roles = (Role.AUDITOR, Role.AUDIT_ADMINISTRATOR, Role.SECURITY, *administrators)
    return held.filter(role__in=roles).exists()


def _administration_of(user):
    return Membership.objects.filter(user=user.pk, role=Role.ADMINISTRATOR)


def _granting_of(user):
    administrators = () if settings.SEPARATE_ADMINISTRATORS else (Role.ADMINISTRATOR,)
    return Membership.objects.filter(user=user.pk, role__in=(Role.SECURITY, *administrators))


def _trail_reading_of(user):
    reading = (Role.AUDITOR, Role.AUDIT_ADMINISTRATOR)
    return Membership.objects.filter(user=user.pk, role__in=reading)
