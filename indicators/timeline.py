"""A timeline: what was done to a table or to a department's year, as people read it, newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import models
from django.db.models import QuerySet
from django.db.models.functions import Cast

from indicators.reviewed import NARRATIVE, TABLE, Reviewed, filed_of
from projects.models import DepartmentYear
from trail.labels import ACTIONS, Sort, label_of, sort_of
from trail.models import Entry
from workflow.models import Version
from workflow.verification import DIGEST, digest_of

RUN = timedelta(minutes=10)  # saves of one field closer together are one change (decision 11)
_HIDDEN = frozenset({DIGEST, "format"})  # the name of a file tells its format
_ASIDE = frozenset({"status", "document_hash", "skipped"})  # told in their own words


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a change: where, and both values as printed."""

    place: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Event:
    """One act, or a run of saves of one field: ``saves`` of them, the first at ``since``."""

    sequence: int
    at: datetime
    since: datetime
    who: str
    capacity: str
    action: str
    sort: Sort | None
    label: str
    lines: tuple[Line, ...]
    reason: str = ""
    moved: tuple[str, str] | None = None
    skipped: str = ""
    content_hash: str = ""
    digest: str = ""
    address: str = ""
    version: Version | None = None
    saves: int = 1


def entries_of(reviewed: Reviewed) -> QuerySet[Entry]:
    """Return the entries about one table, or about a department's text and year alone, newest first."""
    own = Entry.objects.filter(kind=filed_of(reviewed).kind, object_id=str(reviewed.pk))
    return own.order_by("-sequence")


def entries_of_year(department_year: DepartmentYear) -> QuerySet[Entry]:
    """Return the entries about a department's year and its tables, newest first."""
    keys = department_year.declarations.annotate(key=Cast("pk", models.CharField())).values("key")
    own = Entry.objects.filter(kind=NARRATIVE, object_id=str(department_year.pk))
    tables = Entry.objects.filter(kind=TABLE, object_id__in=keys.order_by())
    return (own | tables).order_by("-sequence")


def of_sort(entries: QuerySet[Entry], sort: Sort | None) -> QuerySet[Entry]:
    """Keep the entries of one sort of action; all of them for None."""
    return entries.filter(action__in=ACTIONS[sort]) if sort else entries


def events_of(entries: Iterable[Entry]) -> list[Event]:
    """Return the events of entries that are given newest first, runs of saves folded, with their versions.

    One query for the versions of all.
    """
    folded = _fold([event_of(entry) for entry in entries])
    return _with_versions(folded)


def event_of(entry: Entry) -> Event:
    """Return one entry as people read it."""
    said = {change["path"]: change for change in entry.changes}
    status = said.get("status") if "document_hash" in said else None
    told = _ASIDE | _HIDDEN if status else _HIDDEN
    return Event(
        sequence=entry.sequence,
        at=entry.at,
        since=entry.at,
        who=entry.actor_name,
        capacity=entry.capacity,
        action=label_of(entry.action, entry.kind),
        sort=sort_of(entry.action),
        label=entry.label,
        lines=tuple(
            Line(change["place"], change["before"], change["after"])
            for change in entry.changes
            if change["path"] not in told
        ),
        reason=entry.reason,
        moved=(status["before"], status["after"]) if status else None,
        skipped=said["skipped"]["after"] if status and "skipped" in said else "",
        content_hash=said["document_hash"]["after"] if status else "",
        digest=said[DIGEST]["after"] if DIGEST in said else "",
        address=entry.address,
    )


def _fold(events: Sequence[Event]) -> list[Event]:
    """Make one of each run: the same person, the same field, each save within ten minutes of the next.

    Anybody else's change of that field, or a move, ends the run.
    """
    folded: list[Event] = []
    runs: dict[tuple[str, str], int] = {}  # (what, place) -> where in ``folded`` its run stands
    for event in events:
        key = _field(event)
        place = runs.get(key) if key else None
        if place is not None and _continues(event, folded[place]):
            folded[place] = _joined(event, folded[place])
            continue
        if event.moved:
            runs.clear()
        for line in event.lines:
            runs.pop((event.label, line.place), None)
        if key:
            runs[key] = len(folded)
        folded.append(event)
    return folded


def _field(event: Event) -> tuple[str, str] | None:
    is_save = event.sort == Sort.EDIT and len(event.lines) == 1 and not event.reason
    return (event.label, event.lines[0].place) if is_save else None


def _continues(earlier: Event, run: Event) -> bool:
    return (earlier.who, earlier.action) == (run.who, run.action) and run.since - earlier.at <= RUN


def _joined(earlier: Event, run: Event) -> Event:
    line = replace(run.lines[0], before=earlier.lines[0].before)
    return replace(run, since=earlier.at, lines=(line,), saves=run.saves + 1)


def _with_versions(events: Sequence[Event]) -> list[Event]:
    hashes = {event.content_hash for event in events if event.digest}
    if not hashes:
        return list(events)
    versions = Version.objects.filter(document__content_hash__in=hashes)
    stored = {digest_of(version): version for version in versions}
    return [replace(event, version=stored.get(event.digest)) for event in events]
