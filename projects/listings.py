"""What the lists of departments show, in a number of queries that does not grow with their rows."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from departments.models import Department
from departments.permissions import preparable_by
from projects.models import Declaration, DepartmentYear, FiscalYear

UNIT_CODE = r"^[0-9]{6}$"  # a unit files; a 主管部门 (three digits) does not


@dataclass(frozen=True)
class DepartmentRow:
    """A department in a year; ``filed`` is None where it has not begun. Amounts are 元."""

    department: Department
    filed: DepartmentYear | None
    may_begin: bool

    @property
    def name(self) -> str:
        return self.filed.name if self.filed else self.department.name

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


def years_for(user) -> list[FiscalYear]:
    """Return the years ``user`` sees filings of (``has_filings``) or may begin one for, newest first."""
    seen = DepartmentYear.objects.visible_to(user).filter(fiscal_year=OuterRef("pk"))
    years = FiscalYear.objects.annotate(has_filings=Exists(seen))
    return list(years if preparable_by(user).exists() else years.filter(has_filings=True))


def departments_in(user, fiscal_year: FiscalYear, text: str = "") -> QuerySet[Department]:
    """Return what ``user`` sees that has filed for the year, and the units they may begin it for."""
    filed = DepartmentYear.objects.filter(department=OuterRef("pk"), fiscal_year=fiscal_year)
    to_begin = preparable_by(user).filter(_valid_in(fiscal_year.year), code__regex=UNIT_CODE)
    found = Department.objects.visible_to(user).filter(Exists(filed) | Q(pk__in=to_begin))
    if text:
        named = filed.filter(name__icontains=text)
        found = found.filter(Q(code__startswith=text) | Q(name__icontains=text) | Exists(named))
    return found


def rows_of(user, fiscal_year: FiscalYear, departments: Iterable[Department]) -> list[DepartmentRow]:
    """Return the departments with what they filed: ``filed.projects`` and ``filed.budget`` (元)."""
    wanted = list(departments)
    filed = DepartmentYear.objects.filter(fiscal_year=fiscal_year, department__in=wanted).annotate(
        projects=Count("declarations"), budget=Sum("declarations__budget")
    )
    by_department = {row.department_id: row for row in filed}
    preparable = set(
        preparable_by(user).filter(pk__in=[row.pk for row in wanted]).values_list("pk", flat=True)
    )
    return [
        DepartmentRow(department, by_department.get(department.pk), department.pk in preparable)
        for department in wanted
    ]


def totals_of(departments: QuerySet[Department], fiscal_year: FiscalYear) -> dict[str, Decimal | int]:
    """Return the number of projects and the sum of 预算数 (元) of all these departments in the year."""
    declarations = Declaration.objects.filter(
        department_year__fiscal_year=fiscal_year, department_year__department__in=departments.order_by()
    )
    return declarations.aggregate(projects=Count("pk"), budget=Sum("budget", default=Decimal(0)))


def _valid_in(year: int) -> Q:
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    begun = Q(valid_from=None) | Q(valid_from__lte=last)
    return begun & (Q(valid_to=None) | Q(valid_to__gte=first))
