"""Reminding preparers of a round that ends soon (临近截止), by a command or at their first look of a day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from departments.models import Department, Role
from projects.calendar import ADDING, ADJUSTING, FILING
from projects.listings import UNIT_CODE, valid_in
from projects.models import EXEMPT, DepartmentYear, Extension, FiscalYear, Round
from workflow.models import Notification, Status
from workflow.recipients import holders_of
from workflow.services import Message, leave_messages

DAYS_BEFORE = (1, 3, 7)
_UNFILED = {
    **dict.fromkeys((*FILING, *ADDING), (Status.DRAFT, Status.RETURNED)),
    **dict.fromkeys(ADJUSTING, (Status.ADJUSTING, Status.RETURNED)),
}


@dataclass(frozen=True, slots=True)
class _Open:
    """What a unit has not filed in a round: how many tables, or that it has not begun; its own last day."""

    department: Department
    last: date
    tables: int


@transaction.atomic
def remind_of_deadlines(*, people: Iterable[int] | None = None, today: date | None = None) -> int:
    """Tell preparers of rounds that end in 7, 3 or 1 days what is not filed; return how many messages.

    Each is told once: whoever calls again, or a day late, tells nobody twice. ``people`` are primary keys,
    all where None. Nothing that is filed changes, so nothing enters the trail.
    """
    today = today or timezone.localdate()
    only = None if people is None else set(people)
    found = [
        message
        for held in _rounds_with_an_end(today)
        for message in _messages(held, today)
        if only is None or message.recipient in only
    ]
    new = _not_left_before(found)
    if new:
        leave_messages(new)
    return len(new)


def _rounds_with_an_end(today: date) -> list[Round]:
    rounds = Round.objects.filter(
        sort__in=_UNFILED, closed_at=None, closes_on__isnull=False, opens_on__lte=today
    )
    return list(rounds.select_related("fiscal_year").prefetch_related("extensions"))


def _messages(held: Round, today: date) -> Iterator[Message]:
    """Say to each preparer what is not filed in all of his units that have the same last day."""
    due = [each for each in _open_units(held) if _mark(each.last, today) is not None]
    preparers = holders_of([Role.PREPARER], [each.department for each in due]) if due else {}
    of_people: dict[tuple[int, date], list[_Open]] = defaultdict(list)
    for each in due:
        for person in preparers[each.department.pk]:
            of_people[person, each.last].append(each)
    for (person, last), units in sorted(of_people.items()):
        yield Message(
            person,
            Notification.Sort.DEADLINE,
            _said(held, last, today, units),
            _page(held.fiscal_year, units),
            f"deadline/{held.pk}/{last}/{_mark(last, today)}",
        )


def _mark(last: date, today: date) -> int | None:
    """Return which of DAYS_BEFORE a reminder stands for: one missed on its day is made up the next."""
    left = (last - today).days
    return next((days for days in DAYS_BEFORE if 0 <= left <= days), None)


def _open_units(held: Round) -> list[_Open]:
    lasts = _last_days(held)
    unfiled = Q(declarations__status__in=_UNFILED[held.sort]) & ~Q(declarations__project__category__in=EXEMPT)
    years = DepartmentYear.objects.filter(fiscal_year=held.fiscal_year).select_related("department")
    begun = years.annotate(unfiled=Count("declarations", filter=unfiled))
    found = [
        _Open(each.department, _last_of(each.department, lasts, held), each.unfiled)
        for each in begun
        if each.unfiled
    ]
    if held.sort in FILING:
        found += [_Open(each, _last_of(each, lasts, held), 0) for each in _not_begun(held.fiscal_year)]
    return found


def _not_begun(fiscal_year: FiscalYear):
    begun = DepartmentYear.objects.filter(fiscal_year=fiscal_year).values("department")
    units = Department.objects.filter(valid_in(fiscal_year.year), code__regex=UNIT_CODE)
    return units.exclude(pk__in=begun)


def _last_days(held: Round) -> dict[int, date]:
    """Return the last day of the departments that have an extension, by primary key."""
    extensions: list[Extension] = sorted(held.extensions.all(), key=lambda each: each.closes_on)
    return {each.department_id: each.closes_on for each in extensions}


def _last_of(department: Department, lasts: dict[int, date], held: Round) -> date:
    extended = (lasts.get(department.pk), lasts.get(department.parent_id))
    return max(held.closes_on, *filter(None, extended), held.closes_on)


def _said(held: Round, last: date, today: date, units: list[_Open]) -> str:
    left = (last - today).days
    when = f"还有{left}日" if left else "今日截止"
    tables, idle = sum(each.tables for each in units), sum(not each.tables for each in units)
    filing = len(units) - idle
    whose = f"{units[0].department.code} {units[0].department.name}" if len(units) == 1 else ""
    said = []
    if tables:
        said.append(f"{whose or f'{filing}个单位'}有{tables}个项目尚未送审")
    if idle:
        said.append(f"{whose or f'{idle}个单位'}尚未开始填报")
    ends = f"{held.fiscal_year}{held.get_sort_display()}{last.month}月{last.day}日截止，{when}"
    return f"{ends}：{'，'.join(said)}。"


def _page(fiscal_year: FiscalYear, units: list[_Open]) -> str:
    if len(units) == 1 and units[0].tables:
        return reverse("department-year", args=(fiscal_year.year, units[0].department.code))
    return f"{reverse('home')}?year={fiscal_year.year}"


def _not_left_before(found: list[Message]) -> list[Message]:
    keys = {message.key for message in found}
    left = set(Notification.objects.filter(key__in=keys).values_list("recipient", "key"))
    return [message for message in found if (message.recipient, message.key) not in left]
