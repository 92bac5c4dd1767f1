"""In whose name somebody acts: the membership that lets them do a transition in a department."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from departments.models import Department, Membership, Role, User
from workflow.models import Status
from workflow.transitions import FINANCE_LEVELS, PASS, RECALL, RETURN, RETURN_ONE, Transition

FILLED_IN_FOR_UNIT = "代填"
_APPROVAL = 0  # the step of what is done where all levels have passed
_STEPS = {level: number for number, level in enumerate(FINANCE_LEVELS, start=1)}


@dataclass(frozen=True, slots=True)
class Capacity:
    """The role somebody acts in; ``principal`` is whom they stand in for, None in their own name."""

    label: str
    principal: User | None = None


def memberships_of(user) -> list[Membership]:
    """Return the roles ``user`` acts in today, own ones before those of others; one query."""
    if user is None or not user.is_authenticated:
        return []
    held = Membership.objects.held_by(user).select_related("user")
    return sorted(held, key=lambda membership: (membership.user_id != user.pk, membership.pk))


def capacity_in(
    department: Department, role: Role, memberships: Iterable[Membership], user, *, step: int | None = None
) -> Capacity | None:
    """Return in which capacity ``user`` acts as ``role`` in a department by the first of the memberships."""
    return next(capacities_in(department, role, memberships, user, step=step), None)


def capacities_in(
    department: Department, role: Role, memberships: Iterable[Membership], user, *, step: int | None = None
) -> Iterator[Capacity]:
    """Yield in which capacities ``user`` can act as ``role`` in a department, by each of the memberships.

    ``step`` is that of the finance review (0: the approval), which a membership may be kept to; None where
    it does not matter.
    """
    for membership in memberships:
        fits = step is None or membership.finance_step in (None, step)
        if membership.role == role and fits and _covers(membership, department):
            yield _capacity(membership, department, user)


def capacities(
    user, role: Role, departments: Collection[Department], *, step: int | None = None
) -> dict[int, Capacity]:
    """Return in which capacity ``user`` acts as ``role`` in each department, by primary key; one query."""
    held = memberships_of(user)
    found = {each.pk: capacity_in(each, role, held, user, step=step) for each in departments}
    return {pk: capacity for pk, capacity in found.items() if capacity}


def step_of(transition: Transition, last_source: str = "") -> int | None:
    """Return the finance step of a transition; ``last_source`` is the level that RECALL goes back to."""
    if transition.role != Role.FINANCE:
        return None
    if transition.act in (PASS, RETURN, RETURN_ONE):
        return _STEPS.get(transition.source, _APPROVAL)
    if transition.act == RECALL:
        return _STEPS.get(Status(last_source), _APPROVAL) if last_source else None
    return _APPROVAL if transition.act.judges else None


def preparing_capacity(user, department: Department) -> str:
    """Return the 身份 of who fills in for a department: 填报人, or 填报人（代填）; "" for a command."""
    capacity = capacities(user, Role.PREPARER, [department]).get(department.pk)
    return capacity.label if capacity else ""


def reading_capacities(user, departments: Collection[Department]) -> dict[int, Capacity]:
    """Return the first role by which ``user`` sees each department, by primary key; one query."""
    held = memberships_of(user)
    found: dict[int, Capacity] = {}
    for department in departments:
        for membership in held:
            if _covers(membership, department):
                principal = membership.user if membership.user_id != user.pk else None
                found[department.pk] = Capacity(Role(membership.role).label, principal)
                break
    return found


def _covers(membership: Membership, department: Department) -> bool:
    return membership.department_id in (None, department.pk) or (
        membership.department_id == department.parent_id
    )


def _capacity(membership: Membership, department: Department, user) -> Capacity:
    label = Role(membership.role).label
    if membership.role == Role.PREPARER and membership.department_id != department.pk:
        label = f"{label}（{FILLED_IN_FOR_UNIT}）"
    return Capacity(label, membership.user if membership.user_id != user.pk else None)
