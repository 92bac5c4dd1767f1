"""A department's projects in a year: narrowed, counted, summed, in order; in SQL, whatever their number."""

from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from departments.models import User
from indicators.checks import Severity
from indicators.completeness import filled_parts, is_complete, number_of_filled_parts
from indicators.finding_lists import counts_of_table
from indicators.models import Finding, Indicator
from perfbudget.lib.money import CENT
from projects.listings import contains
from projects.models import EXEMPT, Category, Declaration, DepartmentYear
from workflow.models import Status

NO_CATEGORY = "未定"
_AMOUNTS = ("budget", "fiscal_funding", "other_funding")
_NOTHING = Decimal(0)


class Found(TextChoices):
    """What the findings of a table are asked for."""

    ERROR = "error", "有须改正"
    WARNING = "warning", "有须说明"
    BLOCKED = "blocked", "有送审障碍"
    CLEAR = "clear", "无送审障碍"
    NOTHING = "nothing", "无提示"


class Filled(TextChoices):
    COMPLETE = "complete", "已填完整"
    INCOMPLETE = "incomplete", "未填完整"


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What the list is narrowed to and its order; None and '' are any.

    ``category`` None is what files a table, '' is projects that have no category yet; the exempt ones
    (人员类, 公用经费) are listed where they are asked for. ``assignee`` False is tables without one.
    """

    text: str = ""
    status: Status | None = None
    category: str | None = None
    found: Found | None = None
    filled: Filled | None = None
    assignee: User | bool | None = None
    order: str = ""

    @property
    def narrows(self) -> bool:
        return any(
            (
                self.text,
                self.status,
                self.category is not None,
                self.found,
                self.filled,
                self.assignee is not None,
            )
        )


@dataclass(frozen=True, slots=True)
class Sums:
    """A number of projects and the sums of their amounts in 元; a blank amount counts 0.

    ``cancelled`` are those listed with them that count nowhere.
    """

    projects: int = 0
    budget: Decimal = _NOTHING
    fiscal_funding: Decimal = _NOTHING
    other_funding: Decimal = _NOTHING
    cancelled: int = 0

    @property
    def listed(self) -> int:
        return self.projects + self.cancelled

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.projects + other.projects,
            *(getattr(self, name) + getattr(other, name) for name in _AMOUNTS),
            cancelled=self.cancelled + other.cancelled,
        )


@dataclass(slots=True)
class YearSums:
    """A department's year in figures: what files a table, what is exempt from it, and all of it.

    ``control_figure`` (元, None before it came down) is for all projects, the exempt ones included.
    """

    control_figure: Decimal | None
    due: Sums = field(default_factory=Sums)
    exempt: dict[Category, Sums] = field(default_factory=dict)  # those there are, in the order of EXEMPT
    statuses: Counter = field(default_factory=Counter)

    @property
    def all(self) -> Sums:
        return sum(self.exempt.values(), self.due)

    @property
    def remaining(self) -> Decimal | None:
        """控制数 − 预算数; None where there is no 控制数."""
        return None if self.control_figure is None else self.control_figure - self.all.budget

    @property
    def excess(self) -> Decimal | None:
        """How far the 预算数 goes beyond the 控制数; None where it does not."""
        return -self.remaining if self.remaining is not None and self.remaining < 0 else None

    @property
    def standings(self) -> list[tuple[str, str, int]]:
        """Return (status, its name, how many of those that file a table) in the order of their way."""
        return [(status.value, status.label, self.statuses[status]) for status in Status]


def _in_order_of(path: str, choices) -> Case:
    return Case(
        *(When(**{path: choice}, then=Value(place)) for place, choice in enumerate(choices)),
        default=Value(len(choices)),
        output_field=IntegerField(),
    )


#: Name of an order in the address → what the rows are sorted by, rising.
_ORDERS = {
    "code": F("project__code"),
    "name": F("name"),
    "category": _in_order_of("project__category", Category.values),
    "budget": F("budget"),
    "fiscal_funding": F("fiscal_funding"),
    "other_funding": F("other_funding"),
    "difference": F("control_figure") - F("budget"),
    "indicators": F("indicator_count"),
    "completeness": number_of_filled_parts(),
    "errors": F("errors"),
    "warnings": F("warnings"),
    "hints": F("hints"),
    "assignee": F("assignee__full_name"),
    "status": _in_order_of("status", Status.values),
}
ORDERS = tuple(_ORDERS)


def find(declarations: QuerySet[Declaration], wanted: ListFilter) -> QuerySet[Declaration]:
    """Return those of ``declarations`` that are asked for."""
    found = declarations.filter(contains(wanted.text, "name", "project__code"))
    if wanted.status:
        found = found.filter(status=wanted.status)
    if wanted.category is None:
        found = found.exclude(project__category__in=EXEMPT)
    else:
        found = found.filter(project__category=wanted.category)
    if wanted.assignee is not None:
        found = found.filter(assignee=wanted.assignee or None)
    if wanted.filled:
        found = found.filter(is_complete() if wanted.filled == Filled.COMPLETE else ~is_complete())
    return found.filter(_has_found(wanted.found)) if wanted.found else found


def for_list(declarations: QuerySet[Declaration], order: str = "") -> QuerySet[Declaration]:
    """Return the declarations in order with what a list shows of them, and none of their long texts.

    ``order`` is one of ORDERS, with a minus for falling; '' is the order of the booklet. A blank comes last.
    """
    rows = Indicator.objects.filter(declaration=OuterRef("pk")).order_by().values("declaration")
    count = Subquery(rows.values(count=Count("pk")), output_field=IntegerField())
    listed = (
        declarations.select_related("project", "assignee")
        .defer("purpose", "goal")
        .annotate(
            indicator_count=Coalesce(count, 0),
            filled=filled_parts(),
            difference=F("control_figure") - F("budget"),
            **counts_of_table(),
        )
    )
    by = _ORDERS.get(order.removeprefix("-"))
    if by is None:
        return listed.order_by("position", "pk")
    sorting = by.desc(nulls_last=True) if order.startswith("-") else by.asc(nulls_last=True)
    return listed.order_by(sorting, "position", "pk")


def sums_of(declarations: QuerySet[Declaration]) -> Sums:
    """Return the numbers and the sums of all the declarations, in one query."""
    counted = ~Q(status=Status.CANCELLED)
    sums = declarations.order_by().aggregate(
        projects=Count("pk", filter=counted),
        cancelled=Count("pk", filter=~counted),
        **{name: Sum(name, default=_NOTHING, filter=counted) for name in _AMOUNTS},
    )
    return replace(_sums(sums), cancelled=sums["cancelled"])


def year_sums(filed: DepartmentYear) -> YearSums:
    """Return the figures of a department's year, in one query."""
    found = YearSums(filed.control_figure)
    groups = filed.declarations.order_by().values("project__category", "status")
    for group in groups.annotate(
        projects=Count("pk"), **{f"{name}_sum": Sum(name, default=_NOTHING) for name in _AMOUNTS}
    ):
        if group["status"] == Status.CANCELLED:
            if group["project__category"] not in EXEMPT:
                found.due += Sums(cancelled=group["projects"])
                found.statuses[Status.CANCELLED] += group["projects"]
            continue
        sums = _sums(group | {name: group[f"{name}_sum"] for name in _AMOUNTS})
        category = group["project__category"]
        if category in EXEMPT:
            before = found.exempt.get(Category(category), Sums())
            found.exempt[Category(category)] = before + sums
        else:
            found.due += sums
            found.statuses[Status(group["status"])] += sums.projects
    found.exempt = {category: found.exempt[category] for category in EXEMPT if category in found.exempt}
    return found


def assignees_of(filed: DepartmentYear) -> QuerySet[User]:
    """Return who is assigned to tables of a department's year."""
    return User.objects.filter(assigned_declarations__department_year=filed).distinct().order_by("full_name")


def _sums(figures) -> Sums:
    # SQLite adds as floating point; the result is exact again in whole 分.
    return Sums(figures["projects"], *(figures[name].quantize(CENT) for name in _AMOUNTS))


def _has_found(wanted: Found) -> Q:
    mine = Finding.objects.found().filter(run__declaration=OuterRef("pk"))
    blocking = Finding.objects.blocking().filter(run__declaration=OuterRef("pk"))
    return {
        Found.ERROR: Q(Exists(mine.filter(severity=Severity.ERROR))),
        Found.WARNING: Q(Exists(mine.filter(severity=Severity.WARNING))),
        Found.BLOCKED: Q(Exists(blocking)),
        Found.CLEAR: ~Q(Exists(blocking)),
        Found.NOTHING: ~Q(Exists(mine)),
    }[wanted]
