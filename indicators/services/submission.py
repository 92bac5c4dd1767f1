"""送审 and 撤回: what stands against it, and the move itself (docs/decisions/0009)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet

from departments.models import Role
from indicators.checks import Severity
from indicators.findings import Item, findings_of_all
from indicators.services.findings import refresh_department_findings
from indicators.services.obstacles import cancelling_among
from indicators.services.reviewing import closed_windows, move_tables
from projects.models import EXEMPT, Declaration, DepartmentYear
from workflow.models import Status
from workflow.steps import require_role
from workflow.transitions import SUBMIT, WITHDRAW

CHANGED_SINCE = "列出之后又有修改，核对后重新送审。"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands against submission: a sentence, and the finding it comes from where it does."""

    message: str
    item: Item | None = None

    @property
    def wants_reason(self) -> bool:
        """True where a 情况说明 would clear it."""
        return self.item is not None and self.item.severity != Severity.ERROR


@dataclass(frozen=True, slots=True)
class Candidate:
    """A table somebody wants to submit, with all that stands against it."""

    declaration: Declaration
    obstacles: tuple[Obstacle, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Those that can go, and those that stay."""

    ready: tuple[Candidate, ...]
    held: tuple[Candidate, ...]


def candidates_in(declarations: QuerySet[Declaration]) -> Candidates:
    """Return which of the tables can be submitted, in their order, by the findings as stored.

    A constant number of queries; refresh_department_findings comes first.
    """
    found = list(
        declarations.select_related("project", "department_year__department", "department_year__fiscal_year")
    )
    cancelling = cancelling_among(found)
    items = findings_of_all([each for each in found if each.pk not in cancelling])
    closed = closed_windows(SUBMIT, found)
    return _parted(
        Candidate(each, tuple(_obstacles(each, items.get(each.pk, ()), closed.get(each.pk, ()))))
        for each in found
    )


def submit_declarations(
    *, department_year: DepartmentYear, revisions: Mapping[int, int], actor
) -> Candidates:
    """Submit the tables of a department's year that nothing stands against; return what went and what stays.

    ``revisions`` are those the person saw, by primary key: what was changed since stays. What goes, goes in
    one transaction and one batch. Raises TransitionError where ``actor`` is no 填报人 of the unit,
    RevisionConflictError where a table is changed at this very moment; then nothing went.
    """
    require_role([department_year.department], Role.PREPARER, SUBMIT, actor)
    refresh_department_findings(department_year=department_year)
    return _submit(department_year.declarations.filter(pk__in=revisions), revisions, actor)


@transaction.atomic
def withdraw_declaration(*, declaration: Declaration, revision: int, actor, reason: str = "") -> None:
    """Take a submitted table back to be worked on, as long as nobody further on acted.

    ``revision`` is what the person saw. Raises TransitionError, RevisionConflictError; then nothing changed.
    """
    move_tables(revisions={declaration.pk: revision}, act=WITHDRAW, actor=actor, reason=reason)


@transaction.atomic
def _submit(declarations: QuerySet[Declaration], revisions: Mapping[int, int], actor) -> Candidates:
    found = candidates_in(declarations)
    parted = _parted(_unless_changed(each, revisions) for each in (*found.ready, *found.held))
    if parted.ready:
        going = {each.declaration.pk: each.declaration.revision for each in parted.ready}
        move_tables(revisions=going, act=SUBMIT, actor=actor, batch=uuid4().hex)
    return parted


def _unless_changed(candidate: Candidate, revisions: Mapping[int, int]) -> Candidate:
    if candidate.obstacles or candidate.declaration.revision == revisions[candidate.declaration.pk]:
        return candidate
    return Candidate(candidate.declaration, (Obstacle(CHANGED_SINCE),))


def _parted(candidates: Iterable[Candidate]) -> Candidates:
    ordered = sorted(candidates, key=lambda each: (each.declaration.position, each.declaration.pk))
    return Candidates(
        tuple(each for each in ordered if not each.obstacles),
        tuple(each for each in ordered if each.obstacles),
    )


def _obstacles(declaration: Declaration, items: Iterable[Item], closed: Iterable[str]):
    if declaration.status not in Status.EDITABLE:
        yield Obstacle(f"{Status(declaration.status).label}，无须再次送审。")
        return
    if declaration.project.category in EXEMPT:
        yield Obstacle(f"{declaration.project.get_category_display()}项目不填报绩效目标表，无须送审。")
        return
    yield from map(Obstacle, closed)
    for item in items:
        if item.blocks:
            yield Obstacle("；".join(_sentences(item)), item)


def _sentences(item: Item) -> list[str]:
    return [hit.message.rstrip("。；") for hit in item.hits]
