"""Whom something concerns: who can act at a level of review, who fills in for a department."""

from collections.abc import Collection, Iterable

from django.db.models import Q

from departments.models import Delegation, Department, Membership, Role
from workflow.models import Status
from workflow.transitions import FINANCE_LEVELS, ROLE_AT


def people_at(level: Status, departments: Collection[Department]) -> dict[int, set[int]]:
    """Return by department who can act at a level of review: primary keys; deputies among them. Two queries.

    A 财政审核人 who is kept to one step of the finance review is not told of the others.
    """
    step = FINANCE_LEVELS.index(level) + 1 if level in FINANCE_LEVELS else None
    return holders_of([ROLE_AT[level]], departments, step=step)


def holders_of(
    roles: Iterable[Role], departments: Collection[Department], *, step: int | None = None
) -> dict[int, set[int]]:
    """Return by department who has one of the roles there, with their deputies of today. Two queries."""
    covering = {pk for each in departments for pk in (each.pk, each.parent_id) if pk}
    held = Membership.objects.filter(role__in=list(roles))
    held = held.filter(Q(department=None) | Q(department__in=covering))
    if step is not None:
        held = held.filter(Q(finance_step=None) | Q(finance_step=step))
    deputies = Delegation.objects.in_force().filter(membership__in=held, deputy__is_active=True)
    pairs = [
        *held.filter(user__is_active=True).values_list("department", "user"),
        *deputies.values_list("membership__department", "deputy"),
    ]
    return {
        each.pk: {person for place, person in pairs if place in (None, each.pk, each.parent_id)}
        for each in departments
    }
