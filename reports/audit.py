"""What an auditor asks for: declarations of many departments, narrowed, in order, with their sums."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from departments.models import Department
from indicators.models import Indicator
from perfbudget.lib.money import CENT
from projects.models import Category, Declaration
from workflow.models import Status

ANY = "全部"
NO_CATEGORY = "未定"
_DEPARTMENT = "department_year__department"
_YEAR = "department_year__fiscal_year__year"
# By name of the order; the pk makes pages and workbook agree on what is equal.
_ORDERS = {
    "": (f"-{_YEAR}", f"{_DEPARTMENT}__code", "position", "pk"),
    "code": ("project__code", f"-{_YEAR}", "pk"),
    "-code": ("-project__code", f"-{_YEAR}", "pk"),
    "name": ("name", f"-{_YEAR}", "pk"),
    "-name": ("-name", f"-{_YEAR}", "pk"),
    "budget": (F("budget").asc(nulls_last=True), "pk"),
    "-budget": (F("budget").desc(nulls_last=True), "pk"),
}
ORDER_LABELS = {
    "": "年度、单位编码、文本中的顺序",
    "code": "项目编码升序",
    "-code": "项目编码降序",
    "name": "项目名称升序",
    "-name": "项目名称降序",
    "budget": "预算数升序",
    "-budget": "预算数降序",
}


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the list is narrowed to. ``category`` None is any, '' is projects that have none."""

    year: int | None = None
    department: Department | None = None
    text: str = ""
    category: str | None = None
    order: str = ""

    @property
    def narrows(self) -> bool:
        return bool(self.year or self.department or self.text or self.category is not None)

    def described(self) -> tuple[tuple[str, str], ...]:
        """Return the name and the value of every filter, in words."""
        category = Category(self.category).label if self.category else NO_CATEGORY
        return (
            ("年度", f"{self.year}年度" if self.year else ANY),
            ("部门", _described(self.department) if self.department else ANY),
            ("文字", f"“{self.text}”" if self.text else ANY),
            ("项目类别", ANY if self.category is None else category),
            ("排序", ORDER_LABELS[self.order]),
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """The number of declarations and the sums of their amounts in 元; a blank amount counts 0.

    ``cancelled`` are listed and count nowhere.
    """

    projects: int
    budget: Decimal
    fiscal_funding: Decimal
    other_funding: Decimal
    cancelled: int

    @property
    def listed(self) -> int:
        return self.projects + self.cancelled


def find(declarations: QuerySet[Declaration], wanted: AuditFilter) -> QuerySet[Declaration]:
    """Return those of ``declarations`` (what the person may see) that are asked for, in order."""
    found = declarations.filter(_contains(wanted.text)) if wanted.text else declarations
    if wanted.year:
        found = found.filter(**{_YEAR: wanted.year})
    if wanted.department:
        found = found.filter(
            Q(department_year__department=wanted.department)
            | Q(department_year__department__parent=wanted.department)
        )
    if wanted.category is not None:
        found = found.filter(project__category=wanted.category)
    return found.order_by(*_ORDERS[wanted.order])


def for_list(declarations: QuerySet[Declaration]) -> QuerySet[Declaration]:
    """Return the declarations with what a list shows of them: no long texts, ``indicator_count`` instead."""
    rows = Indicator.objects.filter(declaration=OuterRef("pk")).order_by().values("declaration")
    count = Subquery(rows.values(count=Count("pk")), output_field=IntegerField())
    return (
        declarations.select_related("project", "department_year__department", "department_year__fiscal_year")
        .defer("purpose", "goal")
        .annotate(indicator_count=Coalesce(count, 0))
    )


def totals(declarations: QuerySet[Declaration]) -> Totals:
    """Return the sums over all the declarations, in one query."""
    amounts = ("budget", "fiscal_funding", "other_funding")
    counted = ~Q(status=Status.CANCELLED)
    sums = declarations.order_by().aggregate(
        projects=Count("pk", filter=counted),
        cancelled=Count("pk", filter=~counted),
        **{name: Sum(name, default=Decimal(0), filter=counted) for name in amounts},
    )
    # SQLite adds as floating point; the result is exact again in whole 分.
    return Totals(sums["projects"], *(sums[name].quantize(CENT) for name in amounts), sums["cancelled"])


def _contains(text: str) -> Q:
    """Return the condition that a text people read contains ``text``, as it stands."""
    named = Indicator.objects.filter(declaration=OuterRef("pk"), name__icontains=text)
    return (
        Q(name__icontains=text)
        | Q(project__code__icontains=text)
        | Q(department_year__name__icontains=text)
        | Q(goal__icontains=text)
        | Exists(named)
    )


def _described(department: Department) -> str:
    below = "" if department.parent_id else "及所属单位"
    return f"{department.code} {department.name}{below}"
