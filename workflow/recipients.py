"""Whom something concerns: who can act at a level of review, who fills in for a department."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q

from departments.models import Delegation, Department, Membership, Role
from workflow.models import Status, Version
from workflow.steps import Filed
from workflow.transitions import FINANCE_LEVELS, ROLE_AT, SUBMIT


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


def preparers_of(filings: Sequence[Filed]) -> list[set[int]]:
    """Return for each its 经办人, else the 填报人 of its unit, and who submitted it last."""
    of_units = holders_of([Role.PREPARER], departments_of(filings))
    submitters = _submitters(filings)
    return [_hands_of(filed, of_units) | submitters[filed.kind, filed.reviewable.pk] for filed in filings]


def departments_of(filings: Iterable[Filed]) -> list[Department]:
    """Return the departments of what is filed, each once."""
    return list({filed.department.pk: filed.department for filed in filings}.values())


def _hands_of(filed: Filed, of_units: dict[int, set[int]]) -> set[int]:
    assignee = getattr(filed.reviewable, "assignee_id", None)
    return {assignee} if assignee else of_units[filed.department.pk]


def _submitters(filings: Sequence[Filed]) -> dict[tuple[str, int], set[int]]:
    """Return who submitted each last, by kind and primary key; one query for each kind."""
    found: dict[tuple[str, int], set[int]] = defaultdict(set)
    for kind in {filed.kind for filed in filings}:
        keys = [filed.reviewable.pk for filed in filings if filed.kind == kind]
        submissions = Version.objects.filter(
            kind=kind, object_id__in=keys, act=SUBMIT.name, actor__is_active=True
        )
        for object_id, actor in submissions.order_by("pk").values_list("object_id", "actor"):
            found[kind, object_id] = {actor}
    return found
