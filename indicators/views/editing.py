"""Filling in beside the tables: what is known of a project, and a new project."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from indicators import services
from indicators.document import TargetTable, table_changes
from indicators.forms.project import NewProjectForm, ProjectForm
from indicators.reviewed import Reviewed, year_of
from indicators.rows import load_table
from indicators.views.access import (
    calendar_for_page,
    may_add,
    refusal_to_edit,
    require_preparer,
    visible_declaration,
    visible_department_year,
)
from indicators.views.locks import lock_of
from indicators.views.pages import address_of
from projects.models import Declaration, DepartmentYear
from trail.models import Entry
from workflow.services import RevisionConflictError


def edit_project(request, pk):
    """Fill in what is known of a project beside its table. What is refused is on the page again as typed."""
    declaration = visible_declaration(request.user, pk)
    require_preparer(request.user, declaration.department_year.department)
    if request.method != "POST":
        if refusal_to_edit(declaration):
            return not_editable(request, declaration, reverse("table", args=(pk,)))
        return _project_page(request, declaration, _project_form(declaration))
    form = _project_form(declaration, request.POST)
    if not form.is_valid():
        return _project_page(request, declaration, form, status=422, problems=form.problems())
    try:
        changes = services.save_table(
            declaration=declaration,
            table=form.document(),
            revision=form.opened_revision,
            actor=request.user,
        )
    except RevisionConflictError:
        return _conflict(request, declaration)
    except services.NotEditableError as refusal:
        return _project_page(request, declaration, form, status=409, refusal=refusal)
    done = f"已保存项目信息，改动{len(changes)}处。" if changes else "内容没有变化，未作改动。"
    messages.success(request, done)
    return redirect("edit-table", pk=pk)


def new_project(request, year, code):
    """File a new project."""
    filed = visible_department_year(request.user, year, code)
    require_preparer(request.user, filed.department)
    if not may_add(request.user, filed):
        return not_open_to_additions(request, filed)
    typed = request.POST if request.method == "POST" else None
    form = NewProjectForm(typed, table=_blank_table(filed, request.user), department_year=filed)
    if not form.is_valid():
        context = {"filed": filed, "form": form, "problems": form.problems()}
        return render(request, "indicators/new_project.html", context, status=422 if form.is_bound else 200)
    declaration = services.create_declaration(
        department_year=filed, table=form.document(), actor=request.user
    )
    messages.success(request, f"已新建项目“{declaration.name}”，接着填写资金、支出计划、目标和指标。")
    return redirect("edit-table", pk=declaration.pk)


def _project_form(declaration: Declaration, typed=None) -> ProjectForm:
    return ProjectForm(typed, table=load_table(declaration), declaration=declaration)


def _conflict(request, declaration: Declaration):
    """Show both values of every difference; saving the page again is then deliberate.

    The form comes back with everything typed, standing on the newest revision.
    """
    declaration.refresh_from_db(fields=("revision", "status"))
    form = _project_form(declaration, _project_form(declaration, request.POST).rebased())
    context = {"problems": form.problems()}
    if form.is_valid():
        context["differences"] = table_changes(load_table(declaration), form.document())
    newest = Entry.objects.filter(kind="declaration", object_id=str(declaration.pk)).last()
    return _project_page(request, declaration, form, status=409, in_conflict=True, newest=newest, **context)


def _project_page(request, declaration: Declaration, form: ProjectForm, *, status: int = 200, **more):
    context = {
        "declaration": declaration,
        "filed": declaration.department_year,
        "back": reverse("edit-table", args=(declaration.pk,)),
        "form": form,
        **more,
    }
    return render(request, "indicators/edit_project.html", context, status=status)


def not_editable(request, reviewed: Reviewed, back: str):
    """Answer that something has left the preparer's hands, why, and what can be done."""
    more = {"refusal": refusal_to_edit(reviewed), "lock": lock_of(reviewed, request.user)}
    return refused(request, reviewed, back, **more)


def not_open_to_additions(request, filed: DepartmentYear):
    """Answer that no project can be added to the year now, and why."""
    refusal = services.WindowClosedError(filed, calendar_for_page(filed).window_to_add)
    return refused(request, filed, address_of(filed), refusal=refusal)


def refused(request, reviewed: Reviewed, back: str, **said):
    """Answer with a page that says why nothing was changed, and leads ``back``."""
    declaration = reviewed if isinstance(reviewed, Declaration) else None
    context = {"filed": year_of(reviewed), "declaration": declaration, "back": back, **said}
    return render(request, "indicators/not_editable.html", context, status=409)


def _blank_table(filed: DepartmentYear, user) -> TargetTable:
    """Return what a new project starts from; who creates it is its 填报人 until somebody writes another."""
    return TargetTable(
        year=filed.fiscal_year.year,
        department_code=filed.department.code,
        department_name=filed.name,
        project_code="",
        name="",
        frame=filed.fiscal_year.frame,
        preparer=user.full_name,
        preparer_phone=user.office_phone,
        prepared_on=timezone.localdate(),
    )
