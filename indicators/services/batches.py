"""Passing and returning many at once: what goes and what stays is known first; then all go in one batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet

from indicators.checks.opinion import Opinion as Draft
from indicators.checks.opinion import draft_opinion
from indicators.document import content_hash
from indicators.findings import outcomes_of_all
from indicators.models import Opinion
from indicators.queues import NARRATIVE_ORDER, ORDER, is_leaving
from indicators.reviewed import Reviewed, filed_of
from indicators.rows import load_tables
from indicators.services.findings import refresh_department_findings
from indicators.services.obstacles import (
    NO_OPINION,
    PASSING_GRADES,
    obstacles_to,
    obstacles_to_narrative,
)
from indicators.services.opinions import Adopted, store_adopted
from indicators.services.reviewing import hold_tables, move_narrative, move_tables, with_routes
from projects.models import Declaration, DepartmentYear
from projects.routes import route_of
from workflow.models import Status
from workflow.steps import Step, TransitionError, steps
from workflow.transitions import FINANCE_LEVELS, PASS, RETURN, RETURN_ONE, Act

ACTS = {act.name: act for act in (PASS, RETURN, RETURN_ONE)}
CHANGED_SINCE = "列出之后又有改动，核对后再办理。"
TO_BE_APPROVED = "待批复，由财政部门在批复页面按部门办理。"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A table or a department's text somebody wants to act on, with all that stands against it.

    ``step`` is what the act would be, None where it cannot be done at all. ``draft`` is the 审核表 that the
    findings propose where none was filled in, ``document_hash`` the 校验码 of what it is about;
    ``is_offered`` says that it is all that is missing, and that it lets the table pass.
    """

    reviewed: Reviewed
    step: Step | None
    obstacles: tuple[str, ...] = ()
    draft: Draft | None = None
    document_hash: str = ""

    @property
    def target(self) -> Status | None:
        """Where the act leads."""
        return self.step.target if self.step else None

    @property
    def declaration(self) -> Declaration | None:
        return self.reviewed if isinstance(self.reviewed, Declaration) else None

    @property
    def filed(self) -> DepartmentYear:
        return self.reviewed.department_year if self.declaration else self.reviewed

    @property
    def has_level_before(self) -> bool:
        """True where it could be returned to a reviewer, and not to its preparer alone."""
        return route_of(self.filed).before(self.reviewed.status) is not None

    @property
    def is_offered(self) -> bool:
        return bool(self.draft) and self.obstacles == (NO_OPINION,) and self.draft.overall in PASSING_GRADES


@dataclass(frozen=True, slots=True)
class Batch:
    """Those that can go, those that can go with the drafted 审核表, and those that stay."""

    ready: tuple[Candidate, ...] = ()
    offered: tuple[Candidate, ...] = ()
    held: tuple[Candidate, ...] = ()

    @property
    def all(self) -> tuple[Candidate, ...]:
        return (*self.ready, *self.offered, *self.held)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person saw and ticked: revisions by primary key, of tables and of departments' texts."""

    tables: Mapping[int, int]
    narratives: Mapping[int, int]


def batch_of(
    declarations: QuerySet[Declaration], department_years: QuerySet[DepartmentYear], act: Act, actor
) -> Batch:
    """Return which of the tables and texts the act can be done to; the number of tables costs no query."""
    tables, narratives = _tables(declarations), _narratives(department_years)
    _refresh(tables, narratives)
    return _parted(_candidates(tables, narratives, act, actor))


def act_on_batch(*, seen: Seen, act: Act, actor, reason: str = "", adopts_drafts: bool = False) -> Batch:
    """Do an act to all that nothing stands against, in one transaction; return what went and what stays.

    What was changed since it was seen stays. With ``adopts_drafts`` the drafted 审核表 is saved as this
    person's where one was not filled in and the draft lets the table pass. One event a table, one batch.
    Raises TransitionError without a reason that is needed, RevisionConflictError where something is changed
    at this very moment; then nothing went.
    """
    if act.needs_reason and not reason.strip():
        raise TransitionError(f"{act.label}须写明原因。")
    tables = Declaration.objects.filter(pk__in=seen.tables)
    narratives = DepartmentYear.objects.filter(pk__in=seen.narratives)
    _refresh(_tables(tables), _narratives(narratives))
    with transaction.atomic():
        hold_tables(tables, seen.narratives)
        found = _candidates(_tables(tables), _narratives(narratives), act, actor)
        going, batch = _parted(_unless_changed(each, seen) for each in found), uuid4().hex
        if adopts_drafts:
            going = _adopt(going, actor, batch)
        _move(going.ready, act, actor, reason, batch)
    return going


def _tables(declarations: QuerySet[Declaration]) -> list[Declaration]:
    return list(with_routes(declarations).annotate(is_leaving=is_leaving()).order_by(*ORDER))


def _narratives(department_years: QuerySet[DepartmentYear]) -> list[DepartmentYear]:
    return list(department_years.select_related("department", "fiscal_year").order_by(*NARRATIVE_ORDER))


def _refresh(tables: Iterable[Declaration], narratives: Iterable[DepartmentYear]) -> None:
    filed = {each.department_year_id: each.department_year for each in tables}
    for department_year in (filed | {each.pk: each for each in narratives}).values():
        refresh_department_findings(department_year=department_year)


def _candidates(
    tables: Sequence[Declaration], narratives: Sequence[DepartmentYear], act: Act, actor
) -> Iterable[Candidate]:
    reviewed = [*tables, *narratives]
    found = steps([filed_of(each) for each in reviewed], act, actor)
    hashes = _hashes_at_finance(tables) if act == PASS else {}
    against, drafts = obstacles_to(act, tables, hashes), _drafts(tables) if act == PASS else {}
    for each, step in zip(reviewed, found, strict=True):
        is_table = isinstance(each, Declaration)
        if isinstance(step, TransitionError):
            yield Candidate(each, None, (_refusal(each, step, act),))
        elif is_table:
            obstacles, document_hash = against.get(each.pk, ()), hashes.get(each.pk, "")
            yield Candidate(each, step, obstacles, drafts.get(each.pk), document_hash)
        else:
            yield Candidate(each, step, obstacles_to_narrative(act, each))


def _refusal(reviewed: Reviewed, error: TransitionError, act: Act) -> str:
    if act == PASS and reviewed.status == Status.TO_APPROVE:
        return TO_BE_APPROVED
    return str(error)


def _hashes_at_finance(tables: Sequence[Declaration]) -> dict[int, str]:
    """Return the 校验码, by primary key, of what is at the finance bureau: a 审核表 is about that content."""
    at_finance = {each.uid: each.pk for each in tables if each.status in FINANCE_LEVELS}
    documents = load_tables(Declaration.objects.filter(pk__in=at_finance.values()))
    return {at_finance[document.uid]: content_hash(document) for document in documents}


def _drafts(tables: Sequence[Declaration]) -> dict[int, Draft]:
    """Return the 审核表 the findings propose for what is at the finance bureau and has none."""
    at_finance = [each for each in tables if each.status in FINANCE_LEVELS]
    written = set(Opinion.objects.filter(declaration__in=at_finance).values_list("declaration", flat=True))
    without = [each for each in at_finance if each.pk not in written]
    return {pk: draft_opinion(outcomes) for pk, outcomes in outcomes_of_all(without).items()}


def _parted(candidates: Iterable[Candidate]) -> Batch:
    found = list(candidates)
    return Batch(
        tuple(each for each in found if not each.obstacles),
        tuple(each for each in found if each.is_offered),
        tuple(each for each in found if each.obstacles and not each.is_offered),
    )


def _unless_changed(candidate: Candidate, seen: Seen) -> Candidate:
    revisions = seen.tables if candidate.declaration else seen.narratives
    if candidate.reviewed.revision == revisions[candidate.reviewed.pk]:
        return candidate
    return replace(candidate, obstacles=(CHANGED_SINCE,))


def _adopt(found: Batch, actor, batch: str) -> Batch:
    """Save the drafted 审核表 of what is offered, which makes it ready."""
    store_adopted(sheets=[_adopted(each) for each in found.offered], actor=actor, batch=batch)
    adopted = tuple(replace(each, obstacles=()) for each in found.offered)
    return Batch((*found.ready, *adopted), (), found.held)


def _adopted(candidate: Candidate) -> Adopted:
    draft = candidate.draft
    return Adopted(
        declaration=candidate.declaration,
        document_hash=candidate.document_hash,
        capacity=candidate.step.capacity,
        points=draft.points,
        grades=draft.grades,
        text=draft.text,
    )


def _move(candidates: Sequence[Candidate], act: Act, actor, reason: str, batch: str) -> None:
    tables = {each.reviewed.pk: each.reviewed.revision for each in candidates if each.declaration}
    if tables:
        move_tables(revisions=tables, act=act, actor=actor, reason=reason, batch=batch)
    for each in candidates:
        if not each.declaration:
            move_narrative(
                department_year=each.reviewed,
                revision=each.reviewed.revision,
                act=act,
                actor=actor,
                reason=reason,
                batch=batch,
            )
