"""Filling in a table: the official form with controls in its cells, and what it does where no script runs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from indicators import services
from indicators.document import new_uid
from indicators.document.arrange import ArrangeError
from indicators.document.fields import with_months
from indicators.forms.row_acts import plain_row_act
from indicators.forms.table_form import TableForm
from indicators.layout.booklet import lay_out_publication
from indicators.layout.editor_html import table_form_html
from indicators.layout.tracked import texts_of
from indicators.rows import frame_tiers, load_table, print_options
from indicators.views.access import may_edit, refusal_to_edit, require_preparer, visible_declaration
from indicators.views.changes_beside import changes_beside
from indicators.views.editing import not_editable
from indicators.views.marking import cell_id
from indicators.views.pages import margin_context
from indicators.views.remark_lists import remarks_for
from indicators.views.standing import adjusting_of
from projects.models import EXEMPT, Declaration
from trail.models import Entry
from workflow.models import Status
from workflow.services import RevisionConflictError


@require_http_methods(["GET", "HEAD", "POST"])
def edit_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the table to be filled in; a plain form sends all its fields here, and perhaps an act on a row."""
    declaration = visible_declaration(request.user, pk)
    require_preparer(request.user, declaration.department_year.department)
    if request.method == "POST":
        return _save_all(request, declaration)
    if refusal_to_edit(declaration):
        return not_editable(request, declaration, reverse("table", args=(pk,)))
    return render(request, "indicators/edit_table.html", editor_context(request.user, declaration))


def editor_context(user, declaration: Declaration, form: TableForm | None = None) -> dict:
    """Return what the page shows: the paper as a form and the margin, as computed last.

    ``form`` is one that was refused: what was typed stands in its cells. Nothing is run across tables.
    """
    filed = declaration.department_year
    table = form.document if form else load_table(declaration)
    options = print_options(filed.fiscal_year, status=declaration.status)
    tiers = frame_tiers(filed.fiscal_year.frame)
    paper = table_form_html(
        with_months(table, filed.fiscal_year.milestone_months),
        options,
        tiers=tiers,
        locked=("name",) if declaration.is_listed else (),
        typed=form.refused if form else {},
    )
    return {
        "declaration": declaration,
        "filed": filed,
        "may_edit": may_edit(user, declaration),
        "tiers": tiers,
        **_drafts_beside(declaration),
        "adjusting": adjusting_of(declaration),
        "changes_beside": changes_beside(declaration, table),
        **margin_context(declaration, paper, "paper", user),
        "margin_remarks": remarks_for(user, declaration, texts_of(lay_out_publication(table, options))),
    }


def _drafts_beside(declaration: Declaration) -> dict[str, Declaration | None]:
    """Return what the unit has in hand before and after this table and files a table, to go on to."""
    drafts = declaration.department_year.declarations.filter(status__in=Status.EDITABLE)
    due = drafts.exclude(project__category__in=EXEMPT)
    return {
        "before": due.filter(position__lt=declaration.position).last(),
        "after": due.filter(position__gt=declaration.position).first(),
    }


def _save_all(request: HttpRequest, declaration: Declaration) -> HttpResponse:
    """Save what a plain form sent, then do the act it asks for; what is refused comes back as typed."""
    form = TableForm(request.POST, table=load_table(declaration), declaration=declaration)
    if not form.is_valid():
        return _refused(request, declaration, form, status=422, problems=form.problems())
    differences = form.differences()
    if differences and form.opened_revision != declaration.revision:
        return _in_conflict(request, declaration)
    try:
        changes = services.save_table(
            declaration=declaration, table=form.document, revision=declaration.revision, actor=request.user
        )
        focus = _act_on_row(request, declaration)
    except RevisionConflictError:
        return _in_conflict(request, declaration)
    except services.NotEditableError as refusal:
        return _refused(request, declaration, form, status=409, refusal=refusal)
    if changes:
        messages.success(request, f"已保存，改动{len(changes)}处。")
    elif not _asks_for_an_act(request):
        messages.success(request, "内容没有变化，未作改动。")
    return redirect(reverse("edit-table", args=(declaration.pk,)) + (focus and f"#{cell_id(focus)}"))


def _act_on_row(request: HttpRequest, declaration: Declaration) -> str:
    """Do what a button asks for and return the path where one goes on; what is refused becomes a message."""
    if not _asks_for_an_act(request):
        return ""
    frame = declaration.department_year.fiscal_year.frame
    try:
        act = plain_row_act(request.POST.dict(), frame_tiers(frame), new_uid())
        services.change_table(declaration=declaration, change=act.change, actor=request.user)
    except ArrangeError as refusal:
        messages.error(request, str(refusal))
        return ""
    return act.focus


def _asks_for_an_act(request: HttpRequest) -> bool:
    return bool(request.POST.get("act") or request.POST.get("restore"))


def _in_conflict(request: HttpRequest, declaration: Declaration) -> HttpResponse:
    """Show both values of every difference; saving the page again is then deliberate."""
    declaration = visible_declaration(request.user, declaration.pk)
    form = TableForm(request.POST, table=load_table(declaration), declaration=declaration)
    newest = Entry.objects.filter(kind="declaration", object_id=str(declaration.pk)).last()
    context = {"in_conflict": True, "newest": newest, "differences": form.differences()}
    return _refused(request, declaration, form, status=409, problems=form.problems(), **context)


def _refused(
    request: HttpRequest, declaration: Declaration, form: TableForm, *, status: int, **context
) -> HttpResponse:
    context |= editor_context(request.user, declaration, form)
    return render(request, "indicators/edit_table.html", context, status=status)
