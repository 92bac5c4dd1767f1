"""Finding entries and refused attempts: every filter is answered by an index, or kept to a bounded part."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone

from trail.labels import ACTIONS, Sort
from trail.models import Entry, SecurityEvent
from trail.services import WITHOUT_USER


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What somebody looks for; "" and None leave a filter out. ``departments`` are codes, the days inclusive.

    ``inside`` is looked for in the fields, their former and new values; ``tables`` are the keys of
    declarations, None for entries on everything.
    """

    who: str = ""
    what: str = ""
    since: date | None = None
    until: date | None = None
    departments: Collection[str] | None = None
    sort: Sort | None = None
    action: str = ""
    inside: str = ""
    batch: str = ""
    address: str = ""
    tables: Collection[str] | None = None


def find(entries: QuerySet[Entry], wanted: TrailFilter) -> QuerySet[Entry]:
    """Return the entries that fit, newest first.

    A period is one of the sequence, in which the entries are stored: without it, days long ago would be found
    by reading everything since.
    """
    entries = _within(entries, wanted.since, wanted.until)
    if wanted.who:
        entries = entries.filter(_by(wanted.who))
    if wanted.departments is not None:
        entries = entries.filter(department_code__in=list(wanted.departments))
    if wanted.action:
        entries = entries.filter(action=wanted.action)
    elif wanted.sort:
        entries = entries.filter(action__in=list(ACTIONS[wanted.sort]))
    if wanted.what:
        entries = entries.filter(label__icontains=wanted.what)
    if wanted.tables is not None:
        entries = entries.filter(kind="declaration", object_id__in=list(wanted.tables))
    if wanted.inside:
        entries = entries.filter(changes__icontains=json.dumps(wanted.inside, ensure_ascii=False)[1:-1])
    for name in ("batch", "address"):
        if value := getattr(wanted, name):
            entries = entries.filter(**{name: value})
    return entries.order_by("-sequence")


def find_refused(
    *, who: str = "", sort: str = "", since: date | None = None, until: date | None = None, address: str = ""
) -> QuerySet[SecurityEvent]:
    """Return the refused attempts that fit, newest first."""
    events = SecurityEvent.objects.order_by("-pk")
    if since:
        events = events.filter(at__gte=midnight(since))
    if until:
        events = events.filter(at__lt=midnight(until + timedelta(days=1)))
    if who:
        events = events.filter(Q(actor_name__icontains=who) | Q(actor__username__icontains=who))
    if sort:
        events = events.filter(sort=sort)
    return events.filter(address=address) if address else events


def midnight(day: date) -> datetime:
    """Return the moment a day begins here."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _within(entries: QuerySet[Entry], since: date | None, until: date | None) -> QuerySet[Entry]:
    if since:
        begin = _first_from(midnight(since))
        entries = entries.none() if begin is None else entries.filter(sequence__gte=begin)
    if until and (end := _first_from(midnight(until + timedelta(days=1)))) is not None:
        entries = entries.filter(sequence__lt=end)
    return entries


def _first_from(moment: datetime) -> int | None:
    later = Entry.objects.filter(at__gte=moment).order_by("at", "sequence")
    return later.values_list("sequence", flat=True).first()


def _by(who: str) -> Q:
    """Return the acts of the people whose name or username has these letters; 系统 acted for nobody."""
    if who == WITHOUT_USER:
        return Q(actor=None)
    people = get_user_model().objects.filter(Q(full_name__icontains=who) | Q(username__icontains=who))
    return Q(actor__in=list(people.values_list("pk", flat=True)))
