"""The acts on the tree of departments. None is deleted: ``valid_to`` ends it; none changes its code."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from departments.models import Department, Role
from departments.permissions import role_acted_in
from departments.services.changes import FieldChange, set_values, values_of
from trail.services import record

_FIELDS = ("code", "name", "region_code", "parent", "predecessor", "valid_from", "valid_to")
DEPARTMENT_DIGITS = 3  # of a 主管部门's code, with which the codes of its units begin (domain.md §1.8)


@transaction.atomic
def add_department(
    *,
    code: str,
    name: str,
    actor,
    region_code: str = "",
    predecessor: Department | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Department:
    """Add a department under the one its code begins with; raises IntegrityError where the code is taken.

    Units that were there before their 主管部门 come under it.
    """
    department = Department(
        code=code,
        name=name,
        region_code=region_code,
        parent=Department.objects.filter(code=code[:DEPARTMENT_DIGITS]).exclude(code=code).first(),
        predecessor=predecessor,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    department.save(force_insert=True)
    adopted = _adopt_units(department)
    _record(department, "create", actor, values_of(department, *_FIELDS))
    for unit, changes in adopted:
        _record(unit, "edit", actor, changes)
    return department


def create_department(*, code: str, name: str, actor, region_code: str = "") -> Department:
    """Return the department of that code, added under the one its code begins with where there is none."""
    found = Department.objects.filter(code=code).first()
    return found or add_department(code=code, name=name, region_code=region_code, actor=actor)


@transaction.atomic
def change_department(*, department: Department, values: Mapping[str, object], actor) -> list[FieldChange]:
    """Store what differs of name, region_code, predecessor, valid_from and valid_to, and return it.

    Years that were begun keep the name they were begun with (``DepartmentYear.name``).
    """
    stored = Department.objects.select_for_update().get(pk=department.pk)
    changes = set_values(stored, values)
    if changes:
        stored.save(update_fields=[change.path for change in changes])
        _record(stored, "edit", actor, changes)
    return changes


def _adopt_units(department: Department) -> list[tuple[Department, list[FieldChange]]]:
    """Put the units without 主管部门 whose codes begin with this one's under it."""
    if len(department.code) != DEPARTMENT_DIGITS:
        return []
    adopted = []
    for unit in Department.objects.filter(parent=None, code__startswith=department.code).exclude(
        pk=department.pk
    ):
        adopted.append((unit, set_values(unit, {"parent": department})))
        unit.save(update_fields=["parent"])
    return adopted


def _record(department: Department, action: str, actor, changes=()) -> None:
    record(
        actor=actor,
        capacity=role_acted_in(actor, Role.ADMINISTRATOR),
        action=action,
        kind="department",
        object_id=department.pk,
        label=str(department),
        department_code=department.code,
        changes=changes,
    )
