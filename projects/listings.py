"""What the lists of departments show, in a number of queries that does not grow with their rows."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from departments.models import Department
from departments.permissions import preparable_by
from projects.models import EXEMPT, Declaration, DepartmentYear, FiscalYear
from workflow.models import Status

_FULL_WIDTH = {code: code + 0xFEE0 for code in range(ord("!"), ord("~") + 1)}  # ！ to ～
_HALF_WIDTH = {full: half for half, full in _FULL_WIDTH.items()}
LAST_YEAR = 2099
UNIT_CODE = r"^[0-9]{6}$"  # a unit files; a 主管部门 (three digits) does not


@dataclass(frozen=True)
class DepartmentRow:
    """A department in a year; ``filed`` is None where it has not begun. Amounts are 元.

    ``filed`` comes from rows_of(): with the numbers of ``projects`` that file a table, of ``drafts``,
    ``returned``, ``submitted`` and ``approved`` among them and of ``exempt`` ones, and the ``budget`` of all.
    """

    department: Department
    filed: DepartmentYear | None
    may_begin: bool

    @property
    def name(self) -> str:
        return self.filed.name if self.filed else self.department.name

    @property
    def has_no_projects(self) -> bool:
        """True where the unit confirmed that it files no projects; one that came later undoes it."""
        return bool(self.filed and self.filed.no_projects_confirmed_at and not self.filed.projects)

    @property
    def remaining(self) -> Decimal | None:
        """控制数 − 预算数; None where there is no 控制数."""
        if self.filed is None or self.filed.control_figure is None:
            return None
        return self.filed.control_figure - (self.filed.budget or 0)

    @property
    def excess(self) -> Decimal | None:
        """How far the 预算数 goes beyond the 控制数; None where it does not."""
        return -self.remaining if self.remaining is not None and self.remaining < 0 else None


def contains(text: str, *fields: str) -> Q:
    """Return the condition that each word of ``text`` is part of one of the fields.

    Upper and lower case, full and half width are the same; a blank between words stands for “and”. No text is
    no condition.
    """
    found = Q()
    for word in text.split():
        found &= reduce(or_, (Q(**{f"{name}__iregex": _wide(word)}) for name in fields))
    return found


def _wide(word: str) -> str:
    """Return a regular expression, for Python's and for PostgreSQL's, of a word in either width."""
    return "".join(map(_either_width, word.translate(_HALF_WIDTH)))


def _either_width(character: str) -> str:
    half, full = re.escape(character), character.translate(_FULL_WIDTH)
    return half if full == character else f"(?:{half}|{full})"


def years_for(user, *, opens_years: bool) -> list[FiscalYear]:
    """Return the years ``user`` sees filings of (``has_filings``), begins or opens, newest first."""
    seen = DepartmentYear.objects.visible_to(user).filter(fiscal_year=OuterRef("pk"))
    years = FiscalYear.objects.annotate(has_filings=Exists(seen))
    return list(years if opens_years or preparable_by(user).exists() else years.filter(has_filings=True))


def year_to_open(years: list[FiscalYear]) -> int | None:
    """Return the year that may be opened: the one after the newest of years_for(), once that is in use."""
    if not years or not years[0].has_filings or years[0].year >= LAST_YEAR:
        return None
    return years[0].year + 1


def departments_in(user, fiscal_year: FiscalYear, text: str = "") -> QuerySet[Department]:
    """Return what ``user`` sees that has filed for the year, and the units they may begin it for."""
    filed = DepartmentYear.objects.filter(department=OuterRef("pk"), fiscal_year=fiscal_year)
    to_begin = preparable_by(user).filter(valid_in(fiscal_year.year), code__regex=UNIT_CODE)
    found = Department.objects.visible_to(user).filter(Exists(filed) | Q(pk__in=to_begin))
    if text:
        found = found.filter(contains(text, "code", "name") | Exists(filed.filter(contains(text, "name"))))
    return found


def rows_of(user, fiscal_year: FiscalYear, departments: Iterable[Department]) -> list[DepartmentRow]:
    """Return the departments with what they filed."""
    wanted = list(departments)
    filed = DepartmentYear.objects.filter(fiscal_year=fiscal_year, department__in=wanted).annotate(
        exempt=Count(
            "declarations", filter=_counted("declarations__") & Q(declarations__project__category__in=EXEMPT)
        ),
        budget=Sum("declarations__budget", filter=_counted("declarations__")),
        **_counts("declarations__"),
    )
    by_department = {row.department_id: row for row in filed}
    preparable = set(
        preparable_by(user).filter(pk__in=[row.pk for row in wanted]).values_list("pk", flat=True)
    )
    return [
        DepartmentRow(department, by_department.get(department.pk), department.pk in preparable)
        for department in wanted
    ]


def totals_of(departments: QuerySet[Department], fiscal_year: FiscalYear) -> dict[str, Decimal | int | None]:
    """Return the counts and sums (元) of all these departments in the year.

    ``control_figure`` is None where none of them has one yet.
    """
    within = {"fiscal_year": fiscal_year, "department__in": departments.order_by()}
    declarations = Declaration.objects.filter(
        **{f"department_year__{name}": value for name, value in within.items()}
    ).counted()
    totals = declarations.aggregate(
        exempt=Count("pk", filter=Q(project__category__in=EXEMPT)),
        budget=Sum("budget", default=Decimal(0)),
        **_counts(""),
    )
    return totals | DepartmentYear.objects.filter(**within).aggregate(control_figure=Sum("control_figure"))


def _counts(path: str) -> dict[str, Count]:
    """Return aggregates of the declarations that file a table: all, and by status."""
    due = _counted(path) & ~Q(**{f"{path}project__category__in": EXEMPT})
    statuses = {
        "drafts": (Status.DRAFT, Status.ADJUSTING),
        "returned": (Status.RETURNED,),
        "submitted": Status.UNDER_REVIEW,
        "approved": Status.IN_FORCE,
    }
    return {
        "projects": Count(f"{path}pk", filter=due),
        **{
            name: Count(f"{path}pk", filter=due & Q(**{f"{path}status__in": status}))
            for name, status in statuses.items()
        },
    }


def _counted(path: str) -> Q:
    """Return the condition of DeclarationQuerySet.counted(), for a filter on what leads to declarations."""
    return ~Q(**{f"{path}status": Status.CANCELLED})


def valid_in(year: int) -> Q:
    """Return the condition that a department was there in a year, or a part of it."""
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    begun = Q(valid_from=None) | Q(valid_from__lte=last)
    return begun & (Q(valid_to=None) | Q(valid_to__gte=first))
