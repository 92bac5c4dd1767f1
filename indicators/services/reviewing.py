"""Moving tables and narratives: what is handed to ``workflow.services.move``, and what stands against it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection, transaction
from django.db.models import QuerySet

from indicators.document import canonical_json, content_hash
from indicators.document.model import Booklet, TargetTable
from indicators.reviewed import Reviewed, filed_of, year_of
from indicators.rows import load_narrative, load_tables
from indicators.services.findings import lock_findings, refresh_department_findings
from indicators.services.obstacles import obstacles_to, obstacles_to_narrative
from indicators.services.telling import tell_of_moves
from perfbudget.lib.text import clean_text
from projects.calendar import Calendar, calendar_of
from projects.models import Declaration, DepartmentYear
from workflow.models import Version
from workflow.services import RevisionConflictError, Subject, move
from workflow.transitions import ADJUST, APPROVE, PASS, RESTORE, SUBMIT, WITHDRAW, Act

BOUND_BY_WINDOWS = (SUBMIT, WITHDRAW, ADJUST, RESTORE)
CHECKED = (SUBMIT, PASS, APPROVE)  # the rules can keep these acts back
_NOT_WITHDRAWN = "撤回之后不能再送审：{}需要修改的，由审核人退回；退回的不受截止日期限制。"


def subject_of(reviewed: Reviewed, document: TargetTable | Booklet, obstacles: Iterable[str] = ()) -> Subject:
    """Return what is moved of a table, or of a department's text without its tables."""
    text = canonical_json(document)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Subject(filed_of(reviewed), text, sha256, content_hash(document), tuple(obstacles))


def with_routes(declarations: QuerySet[Declaration]) -> QuerySet[Declaration]:
    """Return the declarations with what their way through the review depends on."""
    return declarations.select_related(
        "project", "department_year__department", "department_year__fiscal_year"
    )


def subjects_of(declarations: QuerySet[Declaration], act: Act) -> list[Subject]:
    """Return the tables as subjects of an act, with what stands against it, in the order of their keys.

    The number of tables costs no query.
    """
    documents = {table.uid: table for table in load_tables(declarations)}
    found = list(with_routes(declarations).order_by("pk"))
    hashes = {each.pk: content_hash(documents[each.uid]) for each in found}
    against, closed = obstacles_to(act, found, hashes), closed_windows(act, found)
    return [
        subject_of(each, documents[each.uid], (*closed.get(each.pk, ()), *against.get(each.pk, ())))
        for each in found
    ]


def hold_tables(declarations: QuerySet[Declaration], texts: Iterable[int] = ()) -> None:
    """Keep tables, and what the rules say of them, as they are until the transaction ends.

    ``texts`` are the keys of departments' years whose own text is held too. Tables are locked before the
    years, the years by fiscal year and key: saving a table takes them in that order too, so that nothing
    deadlocks. It comes before the first entry of the trail. Afterwards the stored findings are true.
    """
    years = {*lock_tables(declarations), *texts}
    held = DepartmentYear.objects.filter(pk__in=years).select_related("department", "fiscal_year")
    for filed in held.order_by("fiscal_year__year", "pk"):
        hold_findings(filed)


def lock_tables(declarations: QuerySet[Declaration]) -> list[int]:
    """Keep everybody else from saving or moving tables; return the keys of their departments' years."""
    locking = declarations.order_by("pk")
    if connection.features.has_select_for_update:
        locking = locking.select_for_update(no_key=True, of=("self",))
    return list(locking.values_list("department_year", flat=True))


def hold_findings(department_year: DepartmentYear) -> None:
    """Make the findings of a department's year true, and keep them so until the transaction ends."""
    lock_findings(department_year)
    refresh_department_findings(department_year=department_year)


def narrative_subject(department_year: DepartmentYear, obstacles: Iterable[str] = ()) -> Subject:
    """Return a department's text as the subject of a move."""
    return subject_of(department_year, load_narrative(department_year), obstacles)


def closed_windows(act: Act, reviewed: Iterable[Reviewed]) -> dict[int, tuple[str, ...]]:
    """Return, by primary key, why no window of the year is open for an act: only preparers' acts need one.

    What is withdrawn after the last day could not be filed again, and what is restored is added to the year.
    One query for each department's year.
    """
    if act not in BOUND_BY_WINDOWS:
        return {}
    calendars: dict[int, Calendar] = {}
    found = {}
    for each in reviewed:
        filed = year_of(each)
        if filed.pk not in calendars:
            calendars[filed.pk] = calendar_of(filed)
        window = calendars[filed.pk].window(each)
        if not window.is_open:
            found[each.pk] = (_NOT_WITHDRAWN.format(window.message) if act == WITHDRAW else window.message,)
    return found


def move_one(reviewed: Reviewed, *, revision: int, act: Act, actor, reason: str = "") -> Version:
    """Do an act to one table, or to a department's text. Raises as ``move_tables``."""
    if isinstance(reviewed, DepartmentYear):
        return move_narrative(
            department_year=reviewed, revision=revision, act=act, actor=actor, reason=reason
        )
    (version,) = move_tables(revisions={reviewed.pk: revision}, act=act, actor=actor, reason=reason)
    return version


@transaction.atomic
def move_tables(
    *,
    revisions: Mapping[int, int],
    act: Act,
    actor,
    reason: str = "",
    batch: str = "",
) -> tuple[Version, ...]:
    """Do an act to all of the tables, or to none.

    ``revisions`` are those the person saw, by primary key. Raises TransitionError, and RevisionConflictError
    where one of them was changed since.
    """
    tables = Declaration.objects.filter(pk__in=revisions)
    if act in CHECKED:
        hold_tables(tables)
    subjects = subjects_of(tables, act)
    _require_as_seen(subjects, revisions)
    reason = clean_text(reason)
    versions = move(subjects=subjects, act=act, actor=actor, reason=reason, batch=batch)
    filings = [subject.filed for subject in subjects]
    by = versions[0].by if versions else ""
    tell_of_moves(filings=filings, act=act, actor=actor, by=by, reason=reason)
    return versions


@transaction.atomic
def move_narrative(
    *,
    department_year: DepartmentYear,
    revision: int,
    act: Act,
    actor,
    reason: str = "",
    batch: str = "",
    obstacles: Sequence[str] = (),
) -> Version:
    """Do an act to a department's text. Raises as ``move_tables``."""
    held = DepartmentYear.objects.select_related("department", "fiscal_year").get(pk=department_year.pk)
    if act in CHECKED:
        hold_findings(held)
    closed = closed_windows(act, [held]).get(held.pk, ())
    against = obstacles_to_narrative(act, held)
    subject = narrative_subject(held, (*closed, *against, *obstacles))
    _require_as_seen([subject], {held.pk: revision})
    reason = clean_text(reason)
    versions = move(subjects=[subject], act=act, actor=actor, reason=reason, batch=batch)
    tell_of_moves(filings=[subject.filed], act=act, actor=actor, by=versions[0].by, reason=reason)
    return versions[0]


def _require_as_seen(subjects: Sequence[Subject], revisions: Mapping[int, int]) -> None:
    seen = {subject.filed.reviewable.pk: subject.filed.reviewable.revision for subject in subjects}
    if seen != dict(revisions):
        raise RevisionConflictError
