"""送审 and 撤回: what stands against it, and the move itself (docs/decisions/0030)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet

from departments.models import Role
from indicators.checks import Severity
from indicators.findings import Item, findings_of_all, open_obligations
from indicators.rows import load_narrative
from indicators.services.reviewing import (
    closed_windows,
    hold_findings,
    hold_tables,
    move_narrative,
    move_tables,
)
from projects.adjusting import leaving_among
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
class NarrativeCandidate:
    """A department's 部门整体绩效目标 somebody wants to submit, with all that stands against it."""

    department_year: DepartmentYear
    obstacles: tuple[Obstacle, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Those that can go, and those that stay; ``narrative`` is None where it is not among them."""

    ready: tuple[Candidate, ...]
    held: tuple[Candidate, ...]
    narrative: NarrativeCandidate | None = None


def candidates_in(declarations: QuerySet[Declaration]) -> Candidates:
    """Return which of the tables can be submitted, in their order, by the findings as stored.

    A constant number of queries; refresh_department_findings comes first.
    """
    found = list(
        declarations.select_related("project", "department_year__department", "department_year__fiscal_year")
    )
    cancelling = leaving_among(found)
    items = findings_of_all([each for each in found if each.pk not in cancelling])
    closed = closed_windows(SUBMIT, found)
    return _parted(
        Candidate(each, tuple(_obstacles(each, items.get(each.pk, ()), closed.get(each.pk, ()))))
        for each in found
    )


def narrative_candidate(department_year: DepartmentYear) -> NarrativeCandidate:
    """Return a department's text with what stands against submitting it, by the findings as stored."""
    return NarrativeCandidate(department_year, tuple(_narrative_obstacles(department_year)))


def goes_with(candidates: Candidates, department_year: DepartmentYear) -> bool:
    """True where the tables that can go are the last ones: then the department's text goes with them."""
    if department_year.status not in Status.EDITABLE:
        return False
    going = [each.declaration.pk for each in candidates.ready]
    due = department_year.declarations.exclude(project__category__in=EXEMPT)
    return bool(going) and not due.filter(status__in=Status.EDITABLE).exclude(pk__in=going).exists()


@transaction.atomic
def submit_declarations(
    *,
    department_year: DepartmentYear,
    revisions: Mapping[int, int],
    actor,
    narrative: int | None = None,
) -> Candidates:
    """Submit the tables of a department's year that nothing stands against; return what went and what stays.

    ``revisions`` are those the person saw, by primary key: what was changed since stays; ``narrative`` is
    that of the department's text where it is to go too. What goes, goes in one transaction and one batch.
    Raises TransitionError where ``actor`` is no 填报人 of the unit, RevisionConflictError where a table is
    changed at this very moment; then nothing went.
    """
    require_role([department_year.department], Role.PREPARER, SUBMIT, actor)
    batch = uuid4().hex
    declarations = department_year.declarations.filter(pk__in=revisions)
    hold_tables(declarations)
    hold_findings(department_year)
    done = _submit(declarations, revisions, actor, batch)
    if narrative is None:
        return done
    return replace(done, narrative=_submit_narrative(department_year, narrative, actor, batch))


def withdraw_narrative(*, department_year: DepartmentYear, revision: int, actor, reason: str = "") -> None:
    """Take a submitted 部门整体绩效目标 back, as ``withdraw_declaration`` does a table."""
    move_narrative(
        department_year=department_year, revision=revision, act=WITHDRAW, actor=actor, reason=reason
    )


def withdraw_declaration(*, declaration: Declaration, revision: int, actor, reason: str = "") -> None:
    """Take a submitted table back to be worked on, as long as nobody further on acted.

    ``revision`` is what the person saw. Raises TransitionError, RevisionConflictError; then nothing changed.
    """
    move_tables(revisions={declaration.pk: revision}, act=WITHDRAW, actor=actor, reason=reason)


def _submit(
    declarations: QuerySet[Declaration], revisions: Mapping[int, int], actor, batch: str
) -> Candidates:
    found = candidates_in(declarations)
    parted = _parted(_unless_changed(each, revisions) for each in (*found.ready, *found.held))
    if parted.ready:
        going = {each.declaration.pk: each.declaration.revision for each in parted.ready}
        move_tables(revisions=going, act=SUBMIT, actor=actor, batch=batch)
    return parted


def _submit_narrative(
    department_year: DepartmentYear, revision: int, actor, batch: str
) -> NarrativeCandidate:
    held = DepartmentYear.objects.select_related("department", "fiscal_year").get(pk=department_year.pk)
    candidate = narrative_candidate(held)
    if not candidate.obstacles and held.revision != revision:
        return NarrativeCandidate(held, (Obstacle(CHANGED_SINCE),))
    if not candidate.obstacles:
        move_narrative(department_year=held, revision=revision, act=SUBMIT, actor=actor, batch=batch)
    return candidate


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


def _narrative_obstacles(filed: DepartmentYear) -> Iterable[Obstacle]:
    if filed.status not in Status.EDITABLE:
        yield Obstacle(f"{Status(filed.status).label}，无须再次送审。")
        return
    booklet = load_narrative(filed)
    if not any((booklet.overall_goals, booklet.sub_goals, booklet.safeguards)):
        yield Obstacle("没有填写部门整体绩效目标。")
        return
    yield from map(Obstacle, closed_windows(SUBMIT, [filed]).get(filed.pk, ()))
    for item in open_obligations(filed):
        yield Obstacle("；".join(_sentences(item)), item)


def _sentences(item: Item) -> list[str]:
    return [hit.message.rstrip("。；") for hit in item.hits]
