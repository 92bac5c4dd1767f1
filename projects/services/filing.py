"""The acts on departments' years. Every act is one transaction and ends in the trail."""

from django.db import transaction
from django.utils import timezone

from departments.models import Department
from departments.permissions import KEEPING_ROLES, role_acted_in
from departments.services.changes import values_of
from projects.calendar import window_for
from projects.models import EXEMPT, DepartmentYear, FiscalYear
from trail.services import record
from workflow.roles import preparing_capacity

# What a fiscal year takes over from the one before it.
_KEPT_SETTINGS = (
    "milestone_months",
    "frame",
    "has_weights",
    "prints_foot_line",
    "prints_blank_other_as_zero",
    "has_supervisor_step",
    "finance_steps",
    "publication_days",
)


class NoProjectsError(Exception):
    """The confirmation that a unit files no projects cannot be given or taken back; nothing was changed."""


@transaction.atomic
def open_fiscal_year(*, previous: FiscalYear, actor) -> FiscalYear:
    """Open the fiscal year after ``previous``, with the same plan months, frame, form and levels of review.

    Where it was opened before, that year is returned and nothing is written.
    """
    settings = {name: getattr(previous, name) for name in _KEPT_SETTINGS}
    opened, is_new = FiscalYear.objects.get_or_create(year=previous.year + 1, defaults=settings)
    if is_new:
        record(
            actor=actor,
            capacity=role_acted_in(actor, *KEEPING_ROLES, everywhere=True),
            action="open",
            kind="fiscal_year",
            object_id=opened.pk,
            label=str(opened),
            changes=values_of(opened, *_KEPT_SETTINGS),
        )
    return opened


@transaction.atomic
def open_department_year(*, department: Department, fiscal_year: FiscalYear, actor) -> DepartmentYear:
    """Start a department's filing for a fiscal year, under the name it has now.

    Where it was started before, that year is returned and nothing is written.
    """
    department_year, is_new = DepartmentYear.objects.get_or_create(
        department=department, fiscal_year=fiscal_year, defaults={"name": department.name}
    )
    if is_new:
        record_department_year(department_year, action="open", actor=actor)
    return department_year


@transaction.atomic
def confirm_no_projects(*, department_year: DepartmentYear, actor) -> None:
    """State that the unit files no projects this year (无项目申报确认); where it is stated, nothing happens.

    人员类 and 公用经费 file no table and do not count. Raises NoProjectsError where there are others, or once
    the year is approved.
    """
    held = _lock(department_year)
    if number := _due(held).count():
        raise NoProjectsError(
            f"“{held.name}”{held.fiscal_year}有{number}个项目，不能确认无项目申报；"
            "核对这些项目是否属于本单位本年度。"
        )
    unconfirmed = DepartmentYear.objects.filter(pk=held.pk, no_projects_confirmed_at=None)
    if unconfirmed.update(no_projects_confirmed_by=actor, no_projects_confirmed_at=timezone.now()):
        record_department_year(held, action="confirm_no_projects", actor=actor)


@transaction.atomic
def take_back_no_projects(*, department_year: DepartmentYear, actor) -> None:
    """Take 无项目申报确认 back; where there is none, nothing happens. As above, not once approved."""
    _clear_confirmation(_lock(department_year), actor=actor)


def end_no_projects(*, department_year: DepartmentYear, actor, batch: str = "") -> None:
    """Take 无项目申报确认 back where a project files a table by now: it is not true any more.

    Whatever makes a declaration, or changes its category, calls this behind its writes, in its transaction.
    """
    confirmed = _confirmed(department_year)
    if confirmed.exists() and _due(department_year).exists():
        _clear_confirmation(department_year, actor=actor, reason="已有项目申报", batch=batch)


def _lock(department_year: DepartmentYear) -> DepartmentYear:
    """Return the year as it is once nobody else files a project in it. Raises NoProjectsError."""
    rows = DepartmentYear.objects.select_for_update(no_key=True, of=("self",))
    held = rows.select_related("department", "fiscal_year").get(pk=department_year.pk)
    if not held.is_editable:
        raise NoProjectsError(f"“{held.name}”{held.fiscal_year}{held.get_status_display()}，不能修改。")
    window = window_for(held)
    if not window.is_open:
        raise NoProjectsError(f"“{held.name}”{held.fiscal_year}现在不能修改：{window.message}")
    return held


def _due(department_year: DepartmentYear):
    return department_year.declarations.counted().exclude(project__category__in=EXEMPT)


def _confirmed(department_year: DepartmentYear):
    return DepartmentYear.objects.filter(pk=department_year.pk, no_projects_confirmed_at__isnull=False)


def _clear_confirmation(department_year: DepartmentYear, *, actor, reason: str = "", batch: str = "") -> None:
    if _confirmed(department_year).update(no_projects_confirmed_by=None, no_projects_confirmed_at=None):
        record_department_year(
            department_year, action="take_back_no_projects", actor=actor, reason=reason, batch=batch
        )


def record_department_year(
    department_year: DepartmentYear,
    *,
    actor,
    action: str,
    changes=(),
    reason: str = "",
    batch: str = "",
    capacity: str | None = None,
    principal=None,
) -> None:
    """Enter an act on a department's year into the trail.

    ``capacity`` is in which 身份 it was done, if not as who fills in; ``principal`` is whom it was done for.
    """
    department = department_year.department
    record(
        actor=actor,
        principal=principal,
        capacity=preparing_capacity(actor, department) if capacity is None else capacity,
        action=action,
        kind="department_year",
        object_id=department_year.pk,
        label=str(department_year),
        changes=changes,
        department_code=department.code,
        reason=reason,
        batch=batch,
    )
