"""What the pages of approvals list: whose filings wait for one, and what an issued one approved."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from departments.models import Department, Membership, Role
from indicators.document import NARRATIVE_NAME, booklet_from_json, table_from_json
from indicators.reviewed import NARRATIVE, TABLE
from projects.models import Approval, Declaration, DepartmentYear, FiscalYear
from projects.models.decisions import versions_of
from workflow.models import Status, Version


@dataclass(slots=True)
class Waiting:
    """A department in whose subtree tables or texts are at 待批复; ``is_unit`` where it is below another."""

    department: Department
    tables: int = 0
    texts: int = 0
    is_unit: bool = False


@dataclass(frozen=True, slots=True)
class ApprovedLine:
    """What an approval approved of one table, or of a department's text (no ``table``). ``budget`` is 元."""

    version: Version
    unit: str
    name: str
    code: str = ""
    budget: Decimal = Decimal(0)

    @property
    def is_table(self) -> bool:
        return self.version.kind == TABLE

    @property
    def is_cancelled(self) -> bool:
        return self.version.target == Status.CANCELLED


def waiting_departments(user, fiscal_year: FiscalYear) -> list[Waiting]:
    """Return the departments that ``user`` could issue an approval to, each 主管部门 before its units."""
    finance = Membership.objects.held_by(user).filter(role=Role.FINANCE)
    years = DepartmentYear.objects.filter(
        fiscal_year=fiscal_year, department__in=Department.objects.covered_by(finance)
    )
    at_hand = Declaration.objects.filter(status=Status.TO_APPROVE, department_year__in=years).order_by()
    tables = dict(at_hand.values_list("department_year__department").annotate(Count("pk")))
    texts = dict.fromkeys(
        years.filter(status=Status.TO_APPROVE).order_by().values_list("department", flat=True), 1
    )
    units = Department.objects.filter(pk__in={*tables, *texts}).select_related("parent").order_by("code")
    found: dict[int, Waiting] = {}
    for unit in units:
        numbers = tables.get(unit.pk, 0), texts.get(unit.pk, 0)
        if parent := unit.parent:
            above = found.setdefault(parent.pk, Waiting(parent))
            above.tables, above.texts = above.tables + numbers[0], above.texts + numbers[1]
        found[unit.pk] = Waiting(unit, *numbers, is_unit=parent is not None)
    return list(found.values())


def is_whole_for(approval: Approval, user) -> bool:
    """True for who sees all that was approved, or the department that it is addressed to.

    Any other unit below that department reads what the approval says of the unit.
    """
    visible = Department.objects.visible_to(user)
    if visible.filter(pk=approval.department_id).exists():
        return True
    return not approval.versions.exclude(versions_of(visible)).exists()


def visible_versions(approval: Approval, user) -> QuerySet[Version]:
    """Return what an approval approved, as far as it is of departments that ``user`` sees."""
    if is_whole_for(approval, user):
        return approval.versions.all()
    return approval.versions.filter(versions_of(Department.objects.visible_to(user)))


def numbered(approvals: QuerySet[Approval], user) -> QuerySet[Approval]:
    """Annotate approvals with ``tables``: how many of those that they approved ``user`` sees."""
    visible = Department.objects.visible_to(user)
    seen = Declaration.objects.filter(department_year__department__in=visible).order_by().values("pk")
    counted = Q(versions__kind=TABLE) & (Q(department__in=visible) | Q(versions__object_id__in=seen))
    return approvals.annotate(tables=Count("versions", filter=counted, distinct=True))


def approved_lines(approved: QuerySet[Version]) -> list[ApprovedLine]:
    """Return what was approved as it was then, the departments' texts first."""
    versions = list(approved.select_related("document").order_by("kind", "pk"))
    texts = [_text_line(version) for version in versions if version.kind == NARRATIVE]
    return [*texts, *(_table_line(version) for version in versions if version.kind == TABLE)]


def _text_line(version: Version) -> ApprovedLine:
    booklet = booklet_from_json(version.document.text)
    return ApprovedLine(version, f"{booklet.department_code} {booklet.department_name}", NARRATIVE_NAME)


def _table_line(version: Version) -> ApprovedLine:
    table = table_from_json(version.document.text)
    cancelled = version.target == Status.CANCELLED
    budget = Decimal(0) if cancelled else table.budget or Decimal(0)
    unit = f"{table.department_code} {table.department_name}"
    return ApprovedLine(version, unit, table.name, table.project_code, budget)
