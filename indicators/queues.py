"""What waits for somebody, what was handled, came back, was sent: 待办, 已办, 被退回, 我送审的."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from departments.models import Membership, Role
from departments.permissions import preparable_by
from indicators.reviewed import NARRATIVE, TABLE
from projects.models import Adjustment, Declaration, DepartmentYear
from trail.models import Entry
from workflow.history import PREPARING
from workflow.models import Status, Version
from workflow.transitions import ACTS, APPROVE, FINANCE_LEVELS, LEVELS, PASS, RETURN, RETURN_ONE, SUBMIT

#: The order in which a queue of tables is worked through: the newest year, then as in the booklets.
ORDER = ("-department_year__fiscal_year__year", "department_year__department__code", "position", "pk")
NARRATIVE_ORDER = ("-fiscal_year__year", "department__code")
HANDLING = (PASS.name, RETURN.name, RETURN_ONE.name, APPROVE.name, "approve_cancellation")
ACT_LABELS = {act.name: act.label for act in ACTS}
_ANY = Q()
_BEFORE_TABLES = -1
_LEVELS = {
    Role.LEADER: (Status.SUBMITTED,),
    Role.SUPERVISOR: (Status.AT_SUPERVISOR,),
    Role.FINANCE: (*FINANCE_LEVELS, Status.TO_APPROVE),
}


def todo_of(user) -> QuerySet[Declaration]:
    """Return the tables that wait for ``user`` now, in the order to work through them.

    What stands at a level where the user, or somebody they stand in for, has the role, less what they
    prepared or let pass at another level (不相容职务分离); for a 填报人 what was returned, unless it is
    assigned to somebody else. One query for the roles, none before the tables are read.
    """
    mine = Q(assignee=None) | Q(assignee=user.pk)
    return _waiting(Declaration.objects.all(), user, TABLE, mine).order_by(*ORDER)


def narratives_to_do(user) -> QuerySet[DepartmentYear]:
    """Return the 部门整体绩效目标 that wait for ``user`` now, in order."""
    return _waiting(DepartmentYear.objects.all(), user, NARRATIVE).order_by(*NARRATIVE_ORDER)


def done_by(user) -> QuerySet[Declaration]:
    """Return the tables ``user`` passed, returned or approved, or a deputy did in their name."""
    return _moved_by(Declaration.objects.visible_to(user), user, TABLE, HANDLING)


def narratives_done_by(user) -> QuerySet[DepartmentYear]:
    """Return the 部门整体绩效目标 that ``user`` handled."""
    return _moved_by(DepartmentYear.objects.visible_to(user), user, NARRATIVE, HANDLING)


def returned_of(user) -> QuerySet[Declaration]:
    """Return the tables ``user`` sees that were returned and are not submitted again."""
    return Declaration.objects.visible_to(user).filter(status=Status.RETURNED)


def narratives_returned_of(user) -> QuerySet[DepartmentYear]:
    """Return the 部门整体绩效目标 ``user`` sees that were returned and are not submitted again."""
    return DepartmentYear.objects.visible_to(user).filter(status=Status.RETURNED)


def submitted_by(user) -> QuerySet[Declaration]:
    """Return the tables ``user`` submitted, wherever they stand now."""
    return _moved_by(Declaration.objects.visible_to(user), user, TABLE, (SUBMIT.name,))


def narratives_submitted_by(user) -> QuerySet[DepartmentYear]:
    """Return the 部门整体绩效目标 that ``user`` submitted."""
    return _moved_by(DepartmentYear.objects.visible_to(user), user, NARRATIVE, (SUBMIT.name,))


def number_to_do(user) -> int:
    """Return how many tables and 部门整体绩效目标 wait for ``user``."""
    return _number(todo_of(user), narratives_to_do(user))


def numbers_told(user) -> dict[str, int]:
    """Return what the frame of every page tells: ``todo`` of who reviews, ``returned`` of who fills in.

    At most three queries.
    """
    memberships = _held_by(user)
    reviewing = [each for each in memberships if each.role in _LEVELS]
    numbers = {}
    if reviewing:
        numbers["todo"] = _number(
            _waiting(Declaration.objects.all(), user, TABLE, memberships=reviewing),
            _waiting(DepartmentYear.objects.all(), user, NARRATIVE, memberships=reviewing),
        )
    if any(each.role == Role.PREPARER for each in memberships):
        numbers["returned"] = number_returned(user)
    return numbers


def number_returned(user) -> int:
    """Return how many tables and 部门整体绩效目标 were returned to the departments ``user`` fills in for."""
    departments = preparable_by(user).values("pk")
    return _number(
        Declaration.objects.filter(status=Status.RETURNED, department_year__department__in=departments),
        DepartmentYear.objects.filter(status=Status.RETURNED, department__in=departments),
    )


def last_moves_by(user, kind: str, object_ids: Iterable[int], acts: Iterable[str]) -> dict[int, Version]:
    """Return the last of these acts that ``user``, or a deputy in their name, did to each object."""
    moves = Version.objects.filter(
        Q(actor=user.pk) | Q(principal=user.pk), kind=kind, object_id__in=list(object_ids), act__in=acts
    )
    return {move.object_id: move for move in moves.select_related("actor", "principal").order_by("pk")}


class Turn(NamedTuple):
    """What waits, as one value that compares as the rows are sorted: the newest year comes first.

    A department's text has position -1 and comes before the tables of its department, as in the lists.
    """

    falling_year: int
    code: str
    position: int
    pk: int

    @property
    def year(self) -> int:
        return -self.falling_year

    @property
    def is_table(self) -> bool:
        return self.position != _BEFORE_TABLES

    @classmethod
    def of(cls, reviewed: Declaration | DepartmentYear) -> "Turn":
        is_table = isinstance(reviewed, Declaration)
        filed = reviewed.department_year if is_table else reviewed
        position = reviewed.position if is_table else _BEFORE_TABLES
        return cls(-filed.fiscal_year.year, filed.department.code, position, reviewed.pk)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands among what waits: ``number`` from 1, None where it does not wait (any more).

    ``following`` and ``previous`` are its neighbours.
    """

    number: int | None
    total: int
    following: Turn | None
    previous: Turn | None


def place_in_queue(user, reviewed: Declaration | DepartmentYear) -> Place:
    """Return where a table or a text stands in the queue of ``user``; behind the last comes the first."""
    turns = _turns_of(user)
    own = Turn.of(reviewed)
    others = [turn for turn in turns if turn != own]
    following = next((turn for turn in others if turn > own), others[0] if others else None)
    previous = next((turn for turn in reversed(others) if turn < own), others[-1] if others else None)
    number = turns.index(own) + 1 if own in turns else None
    return Place(number, len(turns), following, previous)


def _turns_of(user) -> list[Turn]:
    tables = todo_of(user).values_list(*(name.lstrip("-") for name in ORDER))
    narratives = narratives_to_do(user).values_list("fiscal_year__year", "department__code", "pk")
    turns = [Turn(-year, code, position, pk) for year, code, position, pk in tables]
    turns += [Turn(-year, code, _BEFORE_TABLES, pk) for year, code, pk in narratives]
    return sorted(turns)


class _Office(NamedTuple):
    """A reviewing role in which somebody acts: at which levels, where, and whose hands are bound by it."""

    levels: tuple[Status, ...]
    departments: Q
    people: frozenset[int]


def _number(tables: QuerySet, narratives: QuerySet) -> int:
    return tables.order_by().values("pk").union(narratives.order_by().values("pk"), all=True).count()


def _held_by(user) -> list[Membership]:
    return list(Membership.objects.held_by(user).order_by("pk")) if user.is_authenticated else []


def _waiting(
    rows: QuerySet,
    user,
    kind: str,
    mine: Q = _ANY,
    memberships: Iterable[Membership] | None = None,
) -> QuerySet:
    """Return the rows that wait for ``user``; ``mine`` narrows what was returned to a 填报人.

    ``memberships`` are those to go by, all that the user holds by default.
    """
    if memberships is None:
        memberships = _held_by(user)
    path = rows.department_path
    wanted = Q(pk__in=())
    for office in _offices(memberships, user, path):
        unbound = ~_prepared_by(office.people, kind) & ~_passed_elsewhere_by(office.people, kind)
        wanted |= Q(status__in=office.levels) & office.departments & unbound
    preparing = [each for each in memberships if each.role == Role.PREPARER and each.user_id == user.pk]
    if preparing:
        wanted |= Q(status=Status.RETURNED) & _covered(preparing, path) & mine
    return rows.filter(wanted)


def _offices(memberships: Iterable[Membership], user, path: str) -> Iterator[_Office]:
    groups: dict[tuple, list[Membership]] = {}
    for each in memberships:
        if each.role in _LEVELS:
            groups.setdefault((each.role, each.finance_step, each.user_id), []).append(each)
    for (role, step, owner), held in groups.items():
        levels = _LEVELS[role] if step is None else FINANCE_LEVELS[step - 1 : step]
        yield _Office(levels, _covered(held, path), frozenset({user.pk, owner}))


def _covered(memberships: Iterable[Membership], path: str) -> Q:
    departments = [each.department_id for each in memberships]
    if None in departments:
        return Q()
    return Q(**{f"{path}__in": departments}) | Q(**{f"{path}__parent__in": departments})


def _prepared_by(people: Iterable[int], kind: str) -> Q:
    # Not correlated: read once for all that waits, by whose entries they are, and not once for each table.
    mine = Entry.objects.filter(PREPARING, kind=kind, actor__in=people).order_by()
    return Q(pk__in=mine.values_list(Cast("object_id", BigIntegerField())))


def _passed_elsewhere_by(people: Iterable[int], kind: str) -> Q:
    passed = Version.objects.filter(
        Q(actor__in=people) | Q(principal__in=people),
        kind=kind,
        object_id=OuterRef("pk"),
        number=OuterRef("version"),
        act=PASS.name,
        source__in=LEVELS,
    )
    return Q(Exists(passed.exclude(source=OuterRef("status"))))


def _moved_by(rows: QuerySet, user, kind: str, acts: Iterable[str]) -> QuerySet:
    moves = Version.objects.filter(kind=kind, act__in=acts).order_by().values("object_id")
    # Two lists, not one with "or": SQLite, which keeps no statistics, would read all versions of the kind.
    return rows.filter(Q(pk__in=moves.filter(actor=user.pk)) | Q(pk__in=moves.filter(principal=user.pk)))


def is_leaving() -> Exists:
    """Return whether a table's adjustment under way takes its project out (取消), to annotate tables with."""
    open_ones = Adjustment.objects.filter(declaration=OuterRef("pk"), outcome=Adjustment.Outcome.OPEN)
    return Exists(open_ones.filter(sorts=[Adjustment.Sort.CANCEL.value]))  # it stands alone
