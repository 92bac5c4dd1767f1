"""What a person may do with a department, asked as predicates; what they may see is ``visible_to``."""

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from departments.models import Department, Membership, Role, User

ACROSS_ROLES = frozenset({Role.AUDITOR, Role.FINANCE, Role.SUPERVISOR})
IMPORTING_ROLES = frozenset({Role.PREPARER, Role.FINANCE})
KEEPING_ROLES = (Role.FINANCE, Role.ADMINISTRATOR)  # of years, rounds, library and templates


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


def may_keep_library(user) -> bool:
    """True for a 财政审核人 or 系统管理员 of all departments: everybody chooses from one library."""
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
    """Return the people with a role in a department ``user`` manages people of; everybody for all of them."""
    managing = _managing_of(user)
    if managing.filter(department=None).exists():
        return User.objects.all()
    departments = Department.objects.covered_by(managing)
    inside = Membership.objects.filter(user=OuterRef("pk"), department__in=departments)
    return User.objects.filter(Exists(inside))


def may_add_people(user) -> bool:
    """True for a 系统管理员; who grants no roles must reach everybody to see a person without one."""
    return administers_everything(user) or (may_administer(user) and grants_roles(user))


def may_change_account(user, person) -> bool:
    """True where all roles of ``person`` lie within what ``user`` administers."""
    return _covers_all_roles(_administration_of(user), person)


def may_set_password(user, person) -> bool:
    """True where ``user`` could give all roles of ``person``, though not his own.

    Whoever sets the password of a person can act as that person.
    """
    return _covers_all_roles(_granting_of(user), person)


def may_grant_in(user, department) -> bool:
    """True where ``user`` may give and take roles for the department; None stands for all departments."""
    granting = _granting_of(user)
    if department is None:
        return granting.filter(department=None).exists()
    return Department.objects.covered_by(granting).filter(pk=department.pk).exists()


def may_delegate(user, membership) -> bool:
    """True for who holds the role himself, and for who gives and takes roles there."""
    return membership.user_id == user.pk or may_grant_in(user, membership.department)


def delegable_by(user):
    """Return the reviewing roles for which ``user`` may name a deputy."""
    reviewing = Membership.objects.filter(role__in=Role.REVIEWING)
    if may_grant_in(user, None):
        return reviewing
    return reviewing.filter(Q(user=user.pk) | Q(department__in=grantable_by(user)))


def possible_deputies(memberships):
    """Return who could stand in for one of the roles at least; which one, deputies_for() says."""
    places = memberships.values("department"), memberships.values("department__parent")
    there = Q(department=None) | Q(department__in=places[0]) | Q(department__in=places[1])
    return _deputies_with(there)


def deputies_for(membership):
    """Return who can stand in for a role: active people with a role of their own there or above.

    审计 writes nothing, and the three administrators (三员) review nothing: they stand in for nobody.
    """
    place = membership.department
    there = Q(department=None)
    if place is not None:
        there |= Q(department__in=[place.pk, place.parent_id or place.pk])
    return _deputies_with(there).exclude(pk=membership.user_id)


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


def role_acted_in(user, *roles, everywhere=False) -> str:
    """Return the 身份 for the trail: the first of the roles that ``user`` holds himself.

    With ``everywhere`` those for all departments alone. "" for a command, and where there is none. What these
    roles keep is delegated to nobody.
    """
    if user is None:
        return ""
    own = Membership.objects.filter(user=user.pk, role__in=roles)
    held = set((own.filter(department=None) if everywhere else own).values_list("role", flat=True))
    return next((Role(role).label for role in roles if role in held), "")


def _deputies_with(place: Q):
    barred = Membership.objects.filter(role__in=(Role.AUDITOR, *Role.ADMINISTERING))
    own = Membership.objects.filter(place, user=OuterRef("pk"))
    return User.objects.filter(Exists(own), is_active=True).exclude(pk__in=barred.values("user"))


def _administration_of(user):
    return Membership.objects.filter(user=user.pk, role=Role.ADMINISTRATOR)


def _managing_of(user):
    """Return the roles by which ``user`` keeps accounts or grants roles."""
    roles = (Role.ADMINISTRATOR, Role.SECURITY)
    return Membership.objects.filter(user=user.pk, role__in=roles)


def _covers_all_roles(memberships, person) -> bool:
    if memberships.filter(department=None).exists():
        return True
    departments = Department.objects.covered_by(memberships)
    inside = person.memberships.filter(department__in=departments).count()
    return 0 < inside == person.memberships.count()


def _granting_of(user):
    administrators = () if settings.SEPARATE_ADMINISTRATORS else (Role.ADMINISTRATOR,)
    return Membership.objects.filter(user=user.pk, role__in=(Role.SECURITY, *administrators))


def _trail_reading_of(user):
    reading = (Role.AUDITOR, Role.AUDIT_ADMINISTRATOR)
    return Membership.objects.filter(user=user.pk, role__in=reading)
