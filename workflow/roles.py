"""In whose name somebody acts: the membership that lets them do a transition in a department."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from departments.models import Department, Membership, Role, User
from workflow.models import Status
from workflow.transitions import FINANCE_LEVELS, PASS, RETURN, RETURN_ONE, Transition

FILLED_IN_FOR_UNIT = "代填"
_STEPS = {level: number for number, level in enumerate(FINANCE_LEVELS, start=1)}


@dataclass(frozen=True, slots=True)
class Capacity:
    """The role somebody acts in; ``principal`` is whom they stand in for, None in their own name."""

    label: str
    principal: User | None = None


def capacities(
    user, role: Role, departments: Collection[Department], *, step: int | None = None
) -> dict[int, Capacity]:
    """Return in which capacity ``user`` acts as ``role`` in each department, by primary key; two queries.

    Own memberships come before those of others. ``step`` is that of the finance review (0: the approval),
    which a membership may be kept to; None where it does not matter.
    """
    if user is None or not user.is_authenticated:
        return {}
    held = Membership.objects.held_by(user).filter(role=role).select_related("user")
    if step is not None:
        held = held.filter(Q(finance_step=None) | Q(finance_step=step))
    found: dict[int, Capacity] = {}
    for membership in sorted(held, key=lambda each: (each.user_id != user.pk, each.pk)):
        for department in departments:
            if _covers(membership, department):
                found.setdefault(department.pk, _capacity(membership, department, user))
    return found


def step_of(transition: Transition, last_source: str = "") -> int | None:
    """Return the finance step of a transition; ``last_source`` is the level that RECALL goes back to."""
    if transition.role != Role.FINANCE:
        return None
    if transition.act in (PASS, RETURN, RETURN_ONE):
        return _STEPS.get(transition.source, 0)
    if transition.act.name == "recall":
        return _STEPS.get(Status(last_source), 0) if last_source else None
    return 0 if transition.act.judges else None


def preparing_capacity(user, department: Department) -> str:
    """Return the 身份 of who fills in for a department: 填报人, or 填报人（代填）; "" for a command."""
    capacity = capacities(user, Role.PREPARER, [department]).get(department.pk)
    return capacity.label if capacity else ""


def _covers(membership: Membership, department: Department) -> bool:
    return membership.department_id in (None, department.pk) or (
        membership.department_id == department.parent_id
    )


def _capacity(membership: Membership, department: Department, user) -> Capacity:
    label = Role(membership.role).label
    if membership.role == Role.PREPARER and membership.department_id != department.pk:
        label = f"{label}（{FILLED_IN_FOR_UNIT}）"
    return Capacity(label, membership.user if membership.user_id != user.pk else None)
