"""进度: how far every unit is with a fiscal year, and whom to ask; a constant number of queries."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.db.models import Count, Max, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from departments.models import Department, Membership, Role, User
from perfbudget.lib.money import CENT
from projects.calendar import FILING
from projects.listings import UNIT_CODE, contains, valid_in
from projects.models import EXEMPT, Declaration, DepartmentYear, Extension, FiscalYear, Round
from trail.models import Entry
from workflow.models import Status
from workflow.transitions import LEVELS

_NOTHING = Decimal(0)
_UNTOLD_ACTS = ("print", "export", "download", "remind")  # what changes nothing of what was filed


class Standing(StrEnum):
    """How far a unit is: where the table that is least far stands, in the order of the way."""

    EMPTY = "empty"
    FILLING_IN = "filling_in"
    RETURNED = "returned"
    UNDER_REVIEW = "under_review"
    TO_APPROVE = "to_approve"
    APPROVED = "approved"
    PUBLISHED = "published"
    NO_PROJECTS = "no_projects"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_unfinished(self) -> bool:
        return self in (Standing.EMPTY, Standing.FILLING_IN, Standing.RETURNED, Standing.UNDER_REVIEW)


_LABELS = {
    Standing.EMPTY: "未填",
    Standing.FILLING_IN: "填报中",
    Standing.RETURNED: "被退回",
    Standing.UNDER_REVIEW: "已送审",
    Standing.TO_APPROVE: "待批复",
    Standing.APPROVED: "已批复",
    Standing.PUBLISHED: "已公开",
    Standing.NO_PROJECTS: "无项目",
}
_STANDINGS = {
    Status.DRAFT: Standing.FILLING_IN,
    Status.ADJUSTING: Standing.FILLING_IN,
    Status.RETURNED: Standing.RETURNED,
    **dict.fromkeys(LEVELS, Standing.UNDER_REVIEW),
    Status.TO_APPROVE: Standing.TO_APPROVE,
    Status.APPROVED: Standing.APPROVED,
    Status.PUBLISHED: Standing.PUBLISHED,
}
_ORDER = list(Standing)


@dataclass(slots=True)
class Tally:
    """Tables that are due, by status, and their 预算数 in 元."""

    statuses: Counter = field(default_factory=Counter)
    budget: Decimal = _NOTHING

    @property
    def projects(self) -> int:
        return self.statuses.total()

    @property
    def filling_in(self) -> int:
        return self.statuses[Status.DRAFT] + self.statuses[Status.ADJUSTING]

    @property
    def returned(self) -> int:
        return self.statuses[Status.RETURNED]

    @property
    def at_unit(self) -> int:
        return self.statuses[Status.SUBMITTED]

    @property
    def at_supervisor(self) -> int:
        return self.statuses[Status.AT_SUPERVISOR]

    @property
    def at_finance(self) -> int:
        return sum(self.statuses[level] for level in LEVELS[2:])

    @property
    def to_approve(self) -> int:
        return self.statuses[Status.TO_APPROVE]

    @property
    def approved(self) -> int:
        return self.statuses[Status.APPROVED]

    @property
    def published(self) -> int:
        return self.statuses[Status.PUBLISHED]

    def add(self, other: "Tally") -> None:
        self.statuses += other.statuses
        self.budget += other.budget


@dataclass(slots=True)
class Row:
    """A unit in a year; ``filed`` is None where it has not begun.

    ``closes_on`` is the last day to file, ``people`` who fill in, ``changed_at`` the last change of a table;
    people and change are known of the rows of a page only (see ``complete``).
    """

    department: Department
    filed: DepartmentYear | None
    tally: Tally
    closes_on: date | None = None
    people: tuple[User, ...] = ()
    changed_at: datetime | None = None

    @property
    def name(self) -> str:
        return self.filed.name if self.filed else self.department.name

    @property
    def standing(self) -> Standing:
        if not self.tally.projects:
            confirmed = self.filed and self.filed.no_projects_confirmed_at
            return Standing.NO_PROJECTS if confirmed else Standing.EMPTY
        return min((_STANDINGS[status] for status in +self.tally.statuses), key=_ORDER.index)

    @property
    def is_overdue(self) -> bool:
        """True where something is still in the preparer's hands after the last day to file."""
        late = self.closes_on is not None and self.closes_on < timezone.localdate()
        return late and self.standing in (Standing.EMPTY, Standing.FILLING_IN, Standing.RETURNED)

    @property
    def overdue_days(self) -> int:
        return (timezone.localdate() - self.closes_on).days if self.is_overdue else 0


@dataclass(frozen=True, slots=True)
class ProgressFilter:
    """What the page is narrowed to and its order; None and '' are any."""

    text: str = ""
    standing: Standing | None = None
    overdue: bool = False
    order: str = ""

    @property
    def narrows(self) -> bool:
        return bool(self.text or self.standing or self.overdue)

    def described(self) -> tuple[tuple[str, str], ...]:
        """Return the name and the value of every filter, in words."""
        standing = "已逾期" if self.overdue else self.standing.label if self.standing else "全部"
        return ("编码或名称", f"“{self.text}”" if self.text else "全部"), ("进度", standing)


#: Name of an order in the address → what the rows are sorted by, rising.
_ORDERS = {
    "code": lambda row: row.department.code,
    "name": lambda row: row.name,
    "standing": lambda row: _ORDER.index(row.standing),
    "projects": lambda row: row.tally.projects,
    "budget": lambda row: row.tally.budget,
    "filling_in": lambda row: row.tally.filling_in,
    "returned": lambda row: row.tally.returned,
    "at_unit": lambda row: row.tally.at_unit,
    "at_supervisor": lambda row: row.tally.at_supervisor,
    "at_finance": lambda row: row.tally.at_finance,
    "to_approve": lambda row: row.tally.to_approve,
    "approved": lambda row: row.tally.approved,
    "published": lambda row: row.tally.published,
    "overdue": lambda row: row.overdue_days,
}
ORDERS = tuple(_ORDERS)


def rows_of(user, fiscal_year: FiscalYear, wanted: ProgressFilter) -> list[Row]:
    """Return the units ``user`` sees that are asked for, in order; four queries."""
    found = [row for row in _rows(_units(user, fiscal_year, wanted.text), fiscal_year) if _fits(row, wanted)]
    key = _ORDERS.get(wanted.order.removeprefix("-"), _ORDERS["code"])
    return sorted(found, key=key, reverse=wanted.order.startswith("-"))


def sums_of(rows: Iterable[Row]) -> Tally:
    """Return the figures of all the rows together."""
    total = Tally()
    for row in rows:
        total.add(row.tally)
    return total


def complete(rows: Sequence[Row]) -> Sequence[Row]:
    """Add to rows who fills in, and when a table was last changed; five queries."""
    people, changes = _people(rows), _changes(rows)
    for row in rows:
        row.people = people.get(row.department.pk, ())
        row.changed_at = changes.get(row.department.code)
    return rows


def rows_of_departments(departments: Iterable[Department], fiscal_year: FiscalYear) -> list[Row]:
    """Return the given units as rows, in their order."""
    return _rows(list(departments), fiscal_year)


def _units(user, fiscal_year: FiscalYear, text: str) -> list[Department]:
    units = Department.objects.visible_to(user).filter(code__regex=UNIT_CODE)
    filed = DepartmentYear.objects.filter(fiscal_year=fiscal_year)
    units = units.filter(valid_in(fiscal_year.year) | Q(pk__in=filed.values("department")))
    if text:
        named = filed.filter(contains(text, "name"))
        units = units.filter(contains(text, "code", "name") | Q(pk__in=named.values("department")))
    return list(units.select_related("parent").order_by("code"))


def _rows(units: Sequence[Department], fiscal_year: FiscalYear) -> list[Row]:
    filed = DepartmentYear.objects.filter(fiscal_year=fiscal_year, department__in=units)
    by_department = {each.department_id: each for each in filed}
    tallies = _tallies(filed)
    days = _last_days(fiscal_year, units)
    return [
        Row(
            unit,
            by_department.get(unit.pk),
            tallies.get(unit.pk) or Tally(),
            days.get(unit.pk),
        )
        for unit in units
    ]


def _tallies(filed: QuerySet[DepartmentYear]) -> dict[int, Tally]:
    groups = (
        Declaration.objects.counted()
        .filter(department_year__in=filed)
        .exclude(project__category__in=EXEMPT)
        .order_by()
        .values_list("department_year__department", "status")
        .annotate(number=Count("pk"), sum=Sum("budget", default=_NOTHING))
    )
    found: dict[int, Tally] = {}
    for department, status, number, budget in groups:
        # SQLite adds as floating point; the result is exact again in whole 分.
        found.setdefault(department, Tally()).add(Tally(Counter({status: number}), budget.quantize(CENT)))
    return found


def _last_days(fiscal_year: FiscalYear, units: Sequence[Department]) -> dict[int, date]:
    """Return the last day to file of each unit, its extensions included; none while a round has no end."""
    begun = list(
        Round.objects.filter(fiscal_year=fiscal_year, sort__in=FILING, opens_on__lte=timezone.localdate())
    )
    if not begun or any(_end_of(each) is None for each in begun):
        return {}
    extended = {
        (round_id, department_id): day
        for round_id, department_id, day in Extension.objects.filter(round__in=begun)
        .order_by("closes_on")
        .values_list("round", "department", "closes_on")
    }
    return {unit.pk: max(_last_day(each, unit, extended) for each in begun) for unit in units}


def _last_day(round: Round, unit: Department, extended: Mapping[tuple[int, int], date]) -> date:
    end = _end_of(round)
    if round.closed_at is not None:
        return end
    days = (extended.get((round.pk, key)) for key in (unit.pk, unit.parent_id))
    return max([end, *filter(None, days)])


def _end_of(round: Round) -> date | None:
    if round.closed_at is None:
        return round.closes_on
    closed_on = timezone.localdate(round.closed_at)
    return min(closed_on, round.closes_on) if round.closes_on else closed_on


def _fits(row: Row, wanted: ProgressFilter) -> bool:
    if wanted.overdue and not row.is_overdue:
        return False
    return wanted.standing is None or row.standing == wanted.standing


def _people(rows: Sequence[Row]) -> dict[int, tuple[User, ...]]:
    """Return the 经办人 of each unit's tables, else its 填报人, else those of its 主管部门."""
    assigned: dict[int, dict[int, User]] = {}
    handled = (
        Declaration.objects.counted()
        .filter(department_year__in=[row.filed for row in rows if row.filed], assignee__isnull=False)
        .select_related("assignee", "department_year")
        .only("assignee", "department_year__department")
    )
    for each in handled.order_by("assignee"):
        assigned.setdefault(each.department_year.department_id, {})[each.assignee_id] = each.assignee
    preparing = preparers_of([row.department for row in rows])
    return {
        row.department.pk: tuple(assigned.get(row.department.pk, {}).values())
        or preparing.get(row.department.pk, ())
        for row in rows
    }


def preparers_of(departments: Sequence[Department]) -> dict[int, tuple[User, ...]]:
    """Return the 填报人 of each unit, by its primary key: its own, else those of its 主管部门; one query."""
    wanted = {each.pk for each in departments} | {each.parent_id for each in departments if each.parent_id}
    held: dict[int, list[User]] = {}
    memberships = Membership.objects.filter(
        role=Role.PREPARER, department__in=wanted, user__is_active=True
    ).select_related("user")
    for membership in memberships.order_by("user__full_name"):
        held.setdefault(membership.department_id, []).append(membership.user)
    return {each.pk: tuple(held.get(each.pk) or held.get(each.parent_id) or ()) for each in departments}


def _changes(rows: Sequence[Row]) -> Mapping[str, datetime]:
    """Return by code of the department when one of its tables of the year was last changed."""
    tables = Declaration.objects.filter(department_year__in=[row.filed for row in rows if row.filed])
    keys = tables.annotate(key=Cast("pk", TextField())).order_by().values("key")
    entries = Entry.objects.filter(kind="declaration", object_id__in=keys).exclude(action__in=_UNTOLD_ACTS)
    return dict(entries.order_by().values_list("department_code").annotate(last=Max("at")))
