"""Whether somebody may do an act to something filed, and where it would lead: asked before it is done."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from departments.models import Department, Membership, Role
from trail.models import SecurityEvent
from trail.services import note_refusal
from workflow.history import highest_numbers, last_moves, passed_by, prepared_by, settled_versions
from workflow.models import Reviewable, Status, Version
from workflow.roles import Capacity, capacities, capacities_in, memberships_of, step_of
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


class NotEntitledError(TransitionError):
    """The person may not do it: without the role, or had a hand in it before (不相容职务分离)."""


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
    inquiry = _Inquiry(filings, actor)
    return [inquiry.step(filed, act) for filed in filings]


def acts_open_to(user, filed: Filed, acts: Iterable[Act]) -> tuple[Act, ...]:
    """Return which of the acts ``user`` can do to something now: its buttons. All together cost as one."""
    inquiry = _Inquiry([filed], user)
    return tuple(act for act in acts if isinstance(inquiry.step(filed, act), Step))


def has_role(user, role: Role, department: Department) -> bool:
    """True where ``user`` has the role in the department, or stands in for somebody who has."""
    return bool(capacities(user, role, [department]))


def require_role(departments: Collection[Department], role: Role, act: Act, actor) -> None:
    """Raise TransitionError where ``actor`` lacks the role for the act in one of the departments."""
    held = capacities(actor, role, departments)
    for department in departments:
        if department.pk not in held:
            refusal = f"{act.label}由{role.label}办理，本人不是“{department.name}”的{role.label}。"
            note_refusal(SecurityEvent.Sort.MOVE_REFUSED, refusal)
            raise NotEntitledError(refusal)


class _Inquiry:
    """What one person may do to some filings: what is to be known is fetched once for all, when asked for."""

    def __init__(self, filings: Sequence[Filed], actor):
        self._filings, self._actor = filings, actor
        self._pasts = cache(self._past)  # of this inquiry alone

    def step(self, filed: Filed, act: Act) -> Step | TransitionError:
        """Return the step that the act would be for one filing, or the refusal."""
        status = Status(filed.reviewable.status)
        rows = transitions_of(act, status)
        if not rows:
            return TransitionError(f"“{filed.label}”{status.label}，不能{act.label}。")
        past = self._pasts(filed.kind)
        allowed = [(row, held) for row in rows if (held := self._capacities(row, filed, past))]
        if not allowed:
            return NotEntitledError(_lacks_role(filed, act, rows))
        for row, held in allowed:
            if _fits(row, filed, past):
                return self._step(row, held, filed, past)
        return TransitionError(_too_late(filed, act))

    def _step(
        self, row: Transition, held: Sequence[Capacity], filed: Filed, past: "_Past"
    ) -> Step | TransitionError:
        """Return the step in the first capacity that allows it: a deputy of two may act for one of them."""
        refusals = []
        for capacity in held:
            refusal = self._separation(row, capacity, filed, past)
            if refusal is None:
                return _landing(row, capacity, filed, past)
            refusals.append(refusal)
        return refusals[0]

    @cached_property
    def _memberships(self) -> list[Membership]:
        return memberships_of(self._actor)

    def _past(self, kind: str) -> "_Past":
        return _Past(kind, [filed.reviewable.pk for filed in self._filings if filed.kind == kind])

    def _capacities(self, row: Transition, filed: Filed, past: "_Past") -> list[Capacity]:
        last = past.last(filed)
        step = step_of(row, last.source if last else "")
        return list(capacities_in(filed.department, row.role, self._memberships, self._actor, step=step))

    def _separation(
        self, row: Transition, capacity: Capacity, filed: Filed, past: "_Past"
    ) -> TransitionError | None:
        """Refuse to judge what the person, or who is stood in for, prepared or passed at another level."""
        if not row.act.judges:
            return None
        people = (self._actor, capacity.principal) if capacity.principal else (self._actor,)
        prepared, passed = past.hands(frozenset(person.pk for person in people))
        whose = "或".join(("本人", *(str(person) for person in people[1:])))
        pk, version, label = filed.reviewable.pk, filed.reviewable.version, row.act.label
        if pk in prepared:
            return NotEntitledError(f"“{filed.label}”由{whose}填报，不能由本人{label}（不相容职务分离）。")
        if any((pk, version, level) in passed for level in LEVELS if level != row.source):
            return NotEntitledError(
                f"“{filed.label}”已由{whose}在另一环节审核通过，不能再由本人{label}（不相容职务分离）。"
            )
        return None


class _Past:
    """What was done to the filings of one kind, each question answered once for all of them."""

    def __init__(self, kind: str, keys: Sequence[int]):
        self._kind, self._keys = kind, keys
        self.hands = cache(self._hands)

    def last(self, filed: Filed) -> Version | None:
        """Return the last move of a filing."""
        return self._last_moves.get(filed.reviewable.pk)

    def settled(self, filed: Filed) -> Version | None:
        """Return how the version before that of a filing was settled."""
        settling = self._settled.get(filed.reviewable.pk, ())
        return next((each for each in settling if each.number < filed.reviewable.version), None)

    def next_number(self, filed: Filed) -> int:
        """Return the number of the version that an adjustment of a filing opens."""
        return self._highest.get(filed.reviewable.pk, 1) + 1

    def _hands(self, people: frozenset[int]) -> tuple[set, set]:
        return prepared_by(people, self._kind, self._keys), passed_by(people, self._kind, self._keys)

    @cached_property
    def _last_moves(self) -> dict[int, Version]:
        return last_moves(self._kind, self._keys)

    @cached_property
    def _settled(self) -> dict[int, list[Version]]:
        return settled_versions(self._kind, self._keys)

    @cached_property
    def _highest(self) -> dict[int, int]:
        return highest_numbers(self._kind, self._keys)


def _fits(row: Transition, filed: Filed, past: _Past) -> bool:
    """True where what was done before, the route and the version allow the row."""
    last = past.last(filed)
    if row.follows and (last is None or last.act not in row.follows):
        return False
    if row.target == Direction.BACK and ROLE_AT.get(Status(last.source)) != row.role:
        return False
    if row.target == Direction.PREVIOUS and filed.route.before(row.source) is None:
        return False
    wanted, is_later = row.act.versions, filed.reviewable.version > 1
    if wanted != Versions.ANY and is_later != (wanted == Versions.LATER):
        return False
    return row.target != Direction.SETTLED or past.settled(filed) is not None


def _landing(row: Transition, capacity: Capacity, filed: Filed, past: _Past) -> Step:
    number, skipped = filed.reviewable.version, ()
    match row.target:
        case Direction.NEXT:
            target, skipped = filed.route.after(row.source)
        case Direction.PREVIOUS:
            target = filed.route.before(row.source)
        case Direction.BACK:
            target = _level_taken_back_to(row, filed, past)
        case Direction.FILING:
            target = Status.DRAFT if number == 1 else Status.ADJUSTING
        case Direction.SETTLED:
            settled = past.settled(filed)
            target, number = Status(settled.target), settled.number
        case _:
            target = row.target
    if row.act == ADJUST:
        number = past.next_number(filed)
    return Step(row, target, number, capacity, skipped)


def _level_taken_back_to(row: Transition, filed: Filed, past: _Past) -> Status:
    """Return the level that passed last; where the year has it no longer, the one before where it stands."""
    taken = Status(past.last(filed).source)
    return taken if filed.route.has(taken) else filed.route.before(row.source) or taken


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
