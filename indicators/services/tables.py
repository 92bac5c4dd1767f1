"""Writing tables and narratives. Every act is one transaction and ends in the trail."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.db.models import Max

from departments.models import Department, User
from indicators import document, storage
from indicators.document import Change
from indicators.reviewed import year_of
from indicators.rows import load_narrative, load_table, table_of, with_parts
from indicators.services.findings import expire_department_findings, refresh_table_findings
from projects.adjusting import leaving_among
from projects.calendar import Window, calendar_of
from projects.models import Declaration, DepartmentYear, FiscalYear, Project
from projects.services import end_no_projects, record_department_year
from trail.services import record
from workflow.models import Reviewable
from workflow.roles import preparing_capacity
from workflow.services import claim_revision

LEAVING = "正在办理取消，不能修改；不再取消的，先撤销调整。"


class NotEditableError(Exception):
    """What is to be changed has left the preparer's hands; nothing was changed."""

    def __init__(self, reviewable: Reviewable):
        super().__init__(f"“{reviewable}”{reviewable.get_status_display()}，不能修改。")


class WindowClosedError(NotEditableError):
    """No window of the fiscal year is open for it (projects.calendar); nothing was changed."""

    def __init__(self, subject: Reviewable, window: Window):
        Exception.__init__(self, f"“{subject}”现在不能修改：{window.message}")


class LeavingError(NotEditableError):
    """An adjustment takes the project out (取消), and changes nothing else; nothing was changed."""

    def __init__(self, reviewable: Reviewable):
        Exception.__init__(self, f"“{reviewable}”{LEAVING}")


class ListedNameError(NotEditableError):
    """The name of a project came from the 项目清单; nothing was changed."""

    def __init__(self):
        Exception.__init__(self, "名称来自项目清单，不能修改；确需更名的由财政部门在清单中更改。")


@transaction.atomic
def save_table(
    *,
    declaration: Declaration,
    table: document.TargetTable,
    revision: int,
    actor,
    action: str = "edit",
    reason: str = "",
    by_list: bool = False,
) -> tuple[Change, ...]:
    """Make a declaration say what ``table`` says and return what changed; no change writes nothing.

    ``by_list`` says that the 项目清单 itself asks for it, which alone may change a listed name.
    Raises RevisionConflictError where somebody saved since ``revision``, NotEditableError after approval,
    ListedNameError.
    """
    lock_declaration(declaration)
    stored = load_table(declaration)
    changes = document.table_changes(stored, table)
    if changes:
        claim(declaration, revision)
        if not by_list:
            require_own_name(declaration, stored, table)
        storage.write_table(declaration, table, stored)
        refresh_table_findings(declarations=[declaration])
        record_table(declaration, action=action, changes=changes, actor=actor, reason=reason)
        if stored.category != table.category:
            end_no_projects(department_year=declaration.department_year, actor=actor)
    return changes


@dataclass(frozen=True, slots=True)
class Saved:
    """What an act left of a table: the document as it is stored now, what changed, the revision."""

    table: document.TargetTable
    changes: tuple[Change, ...]
    revision: int


@transaction.atomic
def change_table(
    *,
    declaration: Declaration,
    change: Callable[[document.TargetTable], document.TargetTable],
    actor,
    action: str = "edit",
    reason: str = "",
) -> Saved:
    """Do a pure act to whatever a declaration says by now: for acts that go by uid, not by revision.

    People who change different parts at the same time wait for one another, and both succeed. Whatever
    ``change`` raises leaves nothing changed. Raises NotEditableError, ListedNameError.
    """
    held, stored = lock_table(declaration)
    return store_change(held, stored, change(stored), actor=actor, action=action, reason=reason)


def lock_declaration(declaration: Declaration) -> None:
    """Let one transaction at a time change a declaration. On SQLite a transaction is alone from its start."""
    if connection.features.has_select_for_update:
        rows = Declaration.objects.select_for_update(no_key=True)
        rows.order_by().values_list("pk").get(pk=declaration.pk)


def lock_declarations(department_year: DepartmentYear) -> None:
    """Let one transaction at a time change the declarations of a year: for acts on many, before its lock.

    Every save locks its declaration first and then, for the findings, the year: the other way round two acts
    would wait for each other.
    """
    if connection.features.has_select_for_update:
        rows = department_year.declarations.select_for_update(no_key=True)
        list(rows.order_by("pk").values_list("pk"))


def lock_table(declaration: Declaration) -> tuple[Declaration, document.TargetTable]:
    """Return a declaration with its document as they are once nobody else is changing them."""
    # Two statements: rows joined to a row that was waited for would be those of before the wait.
    lock_declaration(declaration)
    held = with_parts(Declaration.objects.filter(pk=declaration.pk)).get()
    return held, table_of(held)


def store_change(
    held: Declaration,
    stored: document.TargetTable,
    table: document.TargetTable,
    *,
    actor,
    action: str = "edit",
    reason: str = "",
) -> Saved:
    """Make a locked declaration, which says ``stored``, say ``table``; no change writes nothing.

    ``table`` must be just as it will be read again: its findings are computed from it.
    """
    changes = document.table_changes(stored, table)
    if changes:
        claim(held, held.revision)
        require_own_name(held, stored, table)
        storage.write_table(held, table, stored)
        refresh_table_findings(declarations=[held], tables=[table])
        record_table(held, action=action, changes=changes, actor=actor, reason=reason)
    return Saved(table if changes else stored, changes, held.revision)


def require_own_name(
    declaration: Declaration, stored: document.TargetTable, table: document.TargetTable
) -> None:
    """Raise ListedNameError where a name that came from the 项目清单 would change."""
    if declaration.is_listed and stored.name != table.name:
        raise ListedNameError


@transaction.atomic
def save_narrative(
    *, department_year: DepartmentYear, booklet: document.Booklet, revision: int, actor
) -> tuple[Change, ...]:
    """Make a department's narrative say what ``booklet`` says and return what changed; its tables stay.

    Raises RevisionConflictError where somebody saved since ``revision``, NotEditableError after approval.
    """
    booklet = with_real_links(department_year, booklet)
    changes = document.narrative_changes(load_narrative(department_year), booklet)
    if changes:
        claim(department_year, revision)
        storage.write_narrative(department_year, booklet)
        expire_department_findings(department_year=department_year)
        capacity = preparing_capacity(actor, department_year.department)
        record_department_year(
            department_year, action="edit", changes=changes, actor=actor, capacity=capacity
        )
    return changes


def with_real_links(department_year: DepartmentYear, booklet: document.Booklet) -> document.Booklet:
    """Return the narrative with links to what is filed alone: others are not stored, so none is recorded."""
    filed = set(department_year.declarations.values_list("project__code", flat=True))
    parts = (
        replace(part, project_codes=tuple(code for code in part.project_codes if code in filed))
        for part in booklet.sub_goals
    )
    return replace(booklet, sub_goals=tuple(parts))


@transaction.atomic
def create_declaration(*, department_year: DepartmentYear, table: document.TargetTable, actor) -> Declaration:
    """File a new project of the department's year; it comes last in the booklet, ``actor`` is its 经办人.

    Raises NotEditableError where no project can be added to the year.
    """
    require_open_to_additions(department_year)
    declaration = add_declaration(department_year, table, assignee=actor)
    refresh_table_findings(declarations=[declaration])
    record_table(declaration, action="create", changes=document.table_changes(None, table), actor=actor)
    end_no_projects(department_year=department_year, actor=actor)
    return declaration


def add_declaration(
    department_year: DepartmentYear,
    table: document.TargetTable,
    project: Project | None = None,
    assignee: User | None = None,
) -> Declaration:
    """Add the rows of a new declaration; the calling service records it, and calls ``end_no_projects``.

    Without ``project`` it is the department's of the table's code, made where there is none.
    ``assignee`` is its 经办人.
    """
    project = project or _project_of(department_year, table.project_code)
    last = department_year.declarations.aggregate(last=Max("position"))["last"] or 0
    declaration = Declaration.objects.create(
        uid=table.uid,
        project=project,
        department_year=department_year,
        position=last + 1,
        assignee=assignee,
    )
    months = {milestone.month for milestone in table.milestones}
    blank = tuple(
        document.Milestone(month, None)
        for month in department_year.fiscal_year.milestone_months
        if not months
    )
    storage.write_table(declaration, replace(table, milestones=table.milestones or blank))
    return declaration


def claim(reviewable: Reviewable, revision: int) -> None:
    """Raise the revision of what is about to change, or refuse: not editable, or changed by somebody else."""
    require_editable(reviewable)
    claim_revision(reviewable, revision)


def require_editable(*reviewables: Reviewable) -> None:
    """Raise NotEditableError where something has left the preparer's hands, or no window is open for it.

    They are all of one department's year; one query.
    """
    for reviewable in reviewables:
        require_in_hands(reviewable)
    first = reviewables[0]
    calendar = calendar_of(year_of(first))
    for reviewable in reviewables:
        if refusal := refusal_of(reviewable, calendar.window(reviewable), is_leaving=False):
            raise refusal


def refusal_of(reviewable: Reviewable, window: Window, *, is_leaving: bool) -> NotEditableError | None:
    """Return why something cannot be changed now, None where it can; ``is_leaving`` as ``leaving_among``."""
    if not reviewable.is_editable:
        return NotEditableError(reviewable)
    if is_leaving:
        return LeavingError(reviewable)
    return None if window.is_open else WindowClosedError(reviewable, window)


def require_in_hands(reviewable: Reviewable) -> None:
    """Raise NotEditableError where something has left the preparer's hands, or is being cancelled.

    A query for a table that is being adjusted, else none.
    """
    if not reviewable.is_editable:
        raise NotEditableError(reviewable)
    if isinstance(reviewable, Declaration) and leaving_among([reviewable]):
        raise LeavingError(reviewable)


def require_open_to_additions(department_year: DepartmentYear) -> None:
    """Raise NotEditableError where no project can be added to a year: once it was approved, only as 追加.

    Where the department's own text stands does not matter: tables go their way by themselves.
    """
    calendar = calendar_of(department_year)
    if not calendar.window_to_add.is_open:
        raise WindowClosedError(department_year, calendar.window_to_add)


def record_table(
    declaration: Declaration,
    *,
    actor,
    action: str,
    changes,
    reason: str = "",
    batch: str = "",
    capacity: str | None = None,
    principal=None,
) -> None:
    """Enter an act on one table into the trail.

    ``capacity`` is in which 身份 it was done, if not as who fills in; ``principal`` is whom it was done for.
    """
    department = declaration.department_year.department
    record(
        actor=actor,
        principal=principal,
        capacity=preparing_capacity(actor, department) if capacity is None else capacity,
        action=action,
        kind="declaration",
        object_id=declaration.pk,
        label=f"{department.code} {declaration.name or declaration.project}",
        changes=changes,
        department_code=department.code,
        reason=reason,
        batch=batch,
    )


def record_creation(made: Department | FiscalYear, *, actor, batch: str) -> None:
    """Enter into the trail that an import made a department or a fiscal year."""
    record(
        actor=actor,
        action="create",
        kind=made._meta.model_name,
        object_id=made.pk,
        label=str(made),
        department_code=made.code if isinstance(made, Department) else "",
        batch=batch,
    )


def _project_of(department_year: DepartmentYear, code: str) -> Project:
    """Return the department's project of that code, made where there is none; a blank code is a new one."""
    projects = Project.objects.filter(department=department_year.department, code__iexact=code)
    found = projects.first() if code else None
    return found or Project.objects.create(department=department_year.department, code=code)
