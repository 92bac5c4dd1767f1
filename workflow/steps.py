"""Whether somebody may do an act to something filed, and where it would lead: asked before it is done."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from departments.models import Department, Role
from workflow.history import highest_number, last_moves, last_settled, passed_by, prepared_by
from workflow.models import Reviewable, Status, Version
from workflow.roles import Capacity, capacities, step_of
from workflow.transitions import (
    ADJUST,
    LEVELS,
    ROLE_AT,
    Act,
    Direction,
    Route,
    Transition,
    Versions,
    transitions_of,
)


class TransitionError(Exception):
    """An act was refused; the message is a Chinese sentence that says why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What is filed, as this app needs to know it: ``kind`` and ``label`` are those of its trail entries."""

    reviewable: Reviewable
    department: Department
    kind: str
    label: str
    route: Route


@dataclass(frozen=True, slots=True)
class Step:
    """A move that is allowed: the row of the table, where it leads, in which capacity, what is skipped."""

    transition: Transition
    target: Status
    number: int
    capacity: Capacity
    skipped: tuple[Status, ...] = ()


def steps(filings: Sequence[Filed], act: Act, actor) -> list[Step | TransitionError]:
    """Return for each filing the step that the act by this person would be, or why it is refused.

    The queries do not grow with the number of filings.
    """
    past = _Past(filings, act, actor)
    return [past.step(filed) for filed in filings]


def acts_open_to(user, filed: Filed, acts: Iterable[Act]) -> tuple[Act, ...]:
    """Return which of the acts ``user`` can do to something now: its buttons."""
    return tuple(act for act in acts if isinstance(steps([filed], act, user)[0], Step))


def has_role(user, role: Role, department: Department) -> bool:
    """True where ``user`` has the role in the department, or stands in for somebody who has."""
    return bool(capacities(user, role, [department]))


def require_role(departments: Collection[Department], role: Role, act: Act, actor) -> None:
    """Raise TransitionError where ``actor`` lacks the role for the act in one of the departments."""
    held = capacities(actor, role, departments)
    for department in departments:
        if department.pk not in held:
            raise TransitionError(
                f"{act.label}由{role.label}办理，本人不是“{department.name}”的{role.label}。"
            )


class _Past:
    """What is to be known of some filings and of a person before an act, fetched once for all."""

    def __init__(self, filings: Sequence[Filed], act: Act, actor):
        self._act, self._actor = act, actor
        self._departments = {filed.department.pk: filed.department for filed in filings}.values()
        self._held: dict[tuple, dict[int, Capacity]] = {}
        keys: dict[str, list[int]] = {}
        for filed in filings:
            keys.setdefault(filed.kind, []).append(filed.reviewable.pk)
        self._last = {kind: last_moves(kind, pks) for kind, pks in keys.items()}
        self._keys = keys
        self._judged: dict[tuple, tuple[set, set]] = {}

    def step(self, filed: Filed) -> Step | TransitionError:
        """Return the step that the act would be for one filing, or the refusal."""
        status = Status(filed.reviewable.status)
        rows = transitions_of(self._act, status)
        if not rows:
            return TransitionError(f"“{filed.label}”{status.label}，不能{self._act.label}。")
        allowed = [(row, capacity) for row in rows if (capacity := self._capacity(row, filed))]
        if not allowed:
            return TransitionError(_lacks_role(filed, self._act, rows))
        for row, capacity in allowed:
            if self._fits(row, filed):
                return self._judging(row, capacity, filed) or self._landing(row, capacity, filed)
        return TransitionError(_too_late(filed, self._act))

    def _capacity(self, row: Transition, filed: Filed) -> Capacity | None:
        last = self._last_of(filed)
        step = step_of(row, last.source if last else "")
        key = (row.role, step)
        if key not in self._held:
            self._held[key] = capacities(self._actor, row.role, self._departments, step=step)
        return self._held[key].get(filed.department.pk)

    def _fits(self, row: Transition, filed: Filed) -> bool:
        last = self._last_of(filed)
        if row.follows and (last is None or last.act not in row.follows):
            return False
        if row.target == Direction.BACK and ROLE_AT.get(Status(last.source)) != row.role:
            return False
        if row.target == Direction.PREVIOUS and filed.route.before(row.source) is None:
            return False
        wanted = row.act.versions
        return wanted == Versions.ANY or (filed.reviewable.version > 1) == (wanted == Versions.LATER)

    def _judging(self, row: Transition, capacity: Capacity, filed: Filed) -> TransitionError | None:
        if not row.act.judges:
            return None
        prepared, passed = self._hands(filed.kind, capacity)
        pk, version = filed.reviewable.pk, filed.reviewable.version
        if pk in prepared:
            return TransitionError(
                f"“{filed.label}”由本人填报，不能由本人{row.act.label}（不相容职务分离）。"
            )
        if any((pk, version, level) in passed for level in LEVELS if level != row.source):
            return TransitionError(
                f"“{filed.label}”已由本人在另一环节审核通过，不能再由本人{row.act.label}（不相容职务分离）。"
            )
        return None

    def _hands(self, kind: str, capacity: Capacity) -> tuple[set, set]:
        people = {self._actor.pk, capacity.principal.pk if capacity.principal else self._actor.pk}
        key = (kind, *sorted(people))
        if key not in self._judged:
            keys = self._keys[kind]
            self._judged[key] = prepared_by(people, kind, keys), passed_by(people, kind, keys)
        return self._judged[key]

    def _landing(self, row: Transition, capacity: Capacity, filed: Filed) -> Step:
        number, skipped = filed.reviewable.version, ()
        pk = filed.reviewable.pk
        match row.target:
            case Direction.NEXT:
                target, skipped = filed.route.after(row.source)
            case Direction.PREVIOUS:
                target = filed.route.before(row.source)
            case Direction.BACK:
                target = Status(self._last_of(filed).source)
            case Direction.FILING:
                target = Status.DRAFT if number == 1 else Status.ADJUSTING
            case Direction.SETTLED:
                settled = last_settled(filed.kind, pk, number)
                target, number = Status(settled.target), settled.number
            case _:
                target = row.target
        if row.act == ADJUST:
            number = highest_number(filed.kind, pk) + 1
        return Step(row, target, number, capacity, skipped)

    def _last_of(self, filed: Filed) -> Version | None:
        return self._last[filed.kind].get(filed.reviewable.pk)


def _lacks_role(filed: Filed, act: Act, rows: Iterable[Transition]) -> str:
    roles = "或".join(dict.fromkeys(row.role.label for row in rows))
    return f"{act.label}由{roles}办理，本人不是“{filed.department.name}”的{roles}。"


def _too_late(filed: Filed, act: Act) -> str:
    status = Status(filed.reviewable.status)
    if any(row.follows for row in transitions_of(act, status)):
        return f"“{filed.label}”{status.label}，下一环节已经办理，不能{act.label}。"
    if act.versions != Versions.ANY:
        return f"“{filed.label}”{status.label}，{act.label}只能在{act.versions.value}办理。"
    return f"“{filed.label}”{status.label}，没有可以{act.label}的环节。"
