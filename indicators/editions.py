"""Which text of a year a booklet holds: what is in force (现行版本), or what is written now (现稿)."""

from dataclasses import replace

from indicators.document import Booklet, TargetTable
from indicators.reviewed import NARRATIVE, TABLE
from indicators.rows import load_narrative, load_tables
from indicators.versions import document_of, is_being_adjusted, version_in_force, versions_in_force
from projects.models import Approval, Declaration, DepartmentYear
from workflow.models import Status, Version


def booklet_in_force(department_year: DepartmentYear) -> Booklet | None:
    """Return the booklet as it was approved, with no project that is not; None before the first approval.

    A table that is being adjusted is in it as it was approved last. The queries do not grow with the tables.
    """
    declarations = list(department_year.declarations.order_by("position"))
    settled = versions_in_force(TABLE, [each.pk for each in declarations])
    if not settled and not any(each.status in Status.IN_FORCE for each in declarations):
        return None
    rows = department_year.declarations.filter(status__in=Status.IN_FORCE)
    now = {table.uid: table for table in load_tables(rows)}
    found = (now.get(each.uid) or _approved(settled.get(each.pk)) for each in declarations)
    return replace(_narrative(department_year), tables=tuple(table for table in found if table))


def is_narrative_in_force(department_year: DepartmentYear) -> bool:
    """True where the department's text was approved, whatever is written since."""
    return department_year.status in Status.IN_FORCE or version_in_force(department_year) is not None


def has_two_editions(department_year: DepartmentYear) -> bool:
    """True where something was approved, and something else is written or under way: both can be printed."""
    counted = department_year.declarations.counted()
    in_force = counted.filter(status__in=Status.IN_FORCE).exists()
    adjusted = counted.filter(version__gt=1).exclude(status__in=Status.IN_FORCE).exists()
    others = counted.exclude(status__in=Status.IN_FORCE).exists()
    return adjusted or (in_force and (others or is_being_adjusted(department_year)))


def added_after_approval(declarations: list[Declaration], department_year: DepartmentYear) -> set[int]:
    """Return the primary keys of 追加项目: the year was approved without them (domain.md §3.5)."""
    department = department_year.department
    original = Approval.objects.filter(
        fiscal_year=department_year.fiscal_year_id,
        department__in=[pk for pk in (department.pk, department.parent_id) if pk],
        sort=Approval.Sort.ORIGINAL,
    )
    if not original.exists():
        return set()
    keys = [each.pk for each in declarations]
    approved = Version.objects.filter(approvals__in=original, kind=TABLE, object_id__in=keys)
    return set(keys) - set(approved.values_list("object_id", flat=True))


def _approved(version: Version | None) -> TargetTable | None:
    return document_of(version) if version and version.target != Status.CANCELLED else None


def _narrative(department_year: DepartmentYear) -> Booklet:
    """Return the text as it was approved last; one that never was, as it is written."""
    if department_year.status not in Status.IN_FORCE:
        version = versions_in_force(NARRATIVE, [department_year.pk]).get(department_year.pk)
        if version:
            return document_of(version)
    return load_narrative(department_year)
