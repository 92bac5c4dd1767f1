"""Filling in beside the tables: what is known of a project, the narrative, a new project."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from indicators import services
from indicators.document import Booklet, Change, TargetTable, narrative_changes, table_changes
from indicators.forms import NarrativeForm, NewProjectForm, ProjectForm
from indicators.rows import load_narrative, load_table
from indicators.views.access import require_preparer, visible_declaration, visible_department_year
from indicators.views.locks import lock_of
from projects.models import Declaration, DepartmentYear
from trail.models import Entry
from workflow.models import Reviewable, Status
from workflow.services import RevisionConflictError


@dataclass(frozen=True)
class Editing:
    """What one edit page works on and how it reads, saves and compares it."""

    reviewable: Reviewable
    kind: str  # as the trail calls it
    title: str
    template: str
    back: str
    form_of: Callable[[Any], Any]  # typed data or None → the form on what is stored now
    save: Callable[[TargetTable | Booklet, int], tuple[Change, ...]]
    stored: Callable[[], TargetTable | Booklet]
    compare: Callable[[Any, Any], tuple[Change, ...]]
    context: dict[str, Any]


def edit_project(request, pk):
    """Fill in what is known of a project beside its table."""
    declaration = visible_declaration(request.user, pk)
    require_preparer(request.user, declaration.department_year.department)
    return _answer(request, _editing_of_project(declaration, request.user))


def edit_narrative(request, year, code):
    """Fill in the narrative of a department's year."""
    filed = visible_department_year(request.user, year, code)
    require_preparer(request.user, filed.department)
    return _answer(request, _editing_of_narrative(filed, request.user))


def new_project(request, year, code):
    """File a new project."""
    filed = visible_department_year(request.user, year, code)
    require_preparer(request.user, filed.department)
    if filed.status != Status.DRAFT:
        return not_editable(request, filed, reverse("department-year", args=(year, code)))
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


def _editing_of_project(declaration: Declaration, actor) -> Editing:
    return Editing(
        reviewable=declaration,
        kind="declaration",
        title="项目信息",
        template="indicators/edit_project.html",
        back=reverse("edit-table", args=(declaration.pk,)),
        form_of=lambda data: ProjectForm(data, table=load_table(declaration), declaration=declaration),
        save=lambda table, revision: services.save_table(
            declaration=declaration, table=table, revision=revision, actor=actor
        ),
        stored=lambda: load_table(declaration),
        compare=table_changes,
        context={"declaration": declaration, "filed": declaration.department_year},
    )


def _editing_of_narrative(filed: DepartmentYear, actor) -> Editing:
    def stored() -> Booklet:
        return load_narrative(
            DepartmentYear.objects.select_related("department", "fiscal_year").get(pk=filed.pk)
        )

    return Editing(
        reviewable=filed,
        kind="department_year",
        title="部门整体绩效目标",
        template="indicators/edit_narrative.html",
        back=reverse("department-year", args=(filed.fiscal_year.year, filed.department.code)),
        form_of=lambda data: NarrativeForm(data, booklet=stored(), department_year=filed),
        save=lambda booklet, revision: services.save_narrative(
            department_year=filed, booklet=booklet, revision=revision, actor=actor
        ),
        stored=stored,
        compare=narrative_changes,
        context={"filed": filed},
    )


def _answer(request, editing: Editing):
    """Answer a visit to an edit page. Whatever is refused, everything typed is on the page again."""
    if request.method != "POST":
        if editing.reviewable.status != Status.DRAFT:
            return not_editable(request, editing.reviewable, editing.back)
        return _page(request, editing, editing.form_of(None))
    form = editing.form_of(request.POST)
    if (prefix := request.POST.get("add")) in form.row_lists:
        longer = editing.form_of(form.added(prefix))
        longer.row_lists[prefix].focus_last()
        return _page(request, editing, longer)
    if not form.is_valid():
        return _page(request, editing, form, status=422, problems=form.problems())
    try:
        changes = editing.save(form.document(), form.opened_revision)
    except RevisionConflictError:
        return _conflict(request, editing)
    except services.NotEditableError as refusal:
        return _page(request, editing, form, status=409, refusal=refusal)
    done = f"已保存“{editing.title}”，改动{len(changes)}处。" if changes else "内容没有变化，未作改动。"
    messages.success(request, done)
    return redirect(editing.back)


def _conflict(request, editing: Editing):
    """Show both values of every difference; saving the page again is then deliberate.

    The form comes back with everything typed, standing on the newest revision.
    """
    editing.reviewable.refresh_from_db(fields=("revision", "status"))
    form = editing.form_of(editing.form_of(request.POST).rebased())
    context = {"problems": form.problems()}
    if form.is_valid():
        context["differences"] = editing.compare(editing.stored(), form.document())
    newest = Entry.objects.filter(kind=editing.kind, object_id=str(editing.reviewable.pk)).last()
    return _page(request, editing, form, status=409, in_conflict=True, newest=newest, **context)


def _page(request, editing: Editing, form, *, status: int = 200, **context):
    context |= {**editing.context, "title": editing.title, "back": editing.back, "form": form}
    return render(request, editing.template, context, status=status)


def not_editable(request, reviewable: Reviewable, back: str):
    """Answer that something has left the preparer's hands, why, and what can be done."""
    lock = lock_of(reviewable, request.user)
    context = {"refusal": services.NotEditableError(reviewable), "lock": lock, "back": back}
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
