"""Filling in the narrative of a department's year: the paper with controls, saved field by field."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indicators import services
from indicators.checks.cells import cell_text
from indicators.document import Booklet, narrative_changes, new_uid
from indicators.document.narrative_parts import NoSuchPartError, TooManyPartsError
from indicators.finding_lists import tally
from indicators.forms.part_acts import part_act, plain_part_act, undo_of
from indicators.forms.typed_narrative import TypedNarrative
from indicators.layout.booklet import lay_out_narrative
from indicators.layout.html import publication_html
from indicators.layout.narrative_form import narrative_pieces
from indicators.layout.tracked import texts_of
from indicators.models import Finding
from indicators.rows import load_narrative
from indicators.services.findings import refresh_department_findings
from indicators.services.narrative import SavedNarrative, change_narrative, save_narrative_field
from indicators.views.access import refusal_to_edit, require_preparer, visible_department_year
from indicators.views.changes_beside import changes_beside
from indicators.views.editing import not_editable
from indicators.views.json_answers import answer_or_refusal, clock, presence_answer
from indicators.views.pages import address_of, margin_context
from indicators.views.remark_lists import remarks_for
from indicators.views.standing import adjusting_of
from projects.models import DepartmentYear
from trail.models import Entry
from workflow.models import Status
from workflow.services import RevisionConflictError


@require_http_methods(["GET", "HEAD", "POST"])
def edit_narrative(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Show the narrative with controls; without a script take all of it at once, and one act on its parts."""
    filed = _preparable(request, year, code)
    if refusal_to_edit(filed):
        return not_editable(request, filed, address_of(filed))
    if request.method != "POST":
        refresh_department_findings(department_year=filed)
        return _page(request, filed, load_narrative(filed))
    typed = TypedNarrative(load_narrative(filed), request.POST)
    if typed.problems:
        return _page(request, filed, typed.booklet, status=422, problems=typed.problems, lost=typed.lost)
    if typed.lost:
        return _conflict(request, filed, typed)
    try:
        return _saved(request, filed, typed)
    except RevisionConflictError:
        return _conflict(request, filed, typed)


def _saved(request: HttpRequest, filed: DepartmentYear, typed: TypedNarrative) -> HttpResponse:
    """Save all that was typed and do the act of the button that was pressed, both or none of them."""
    act = request.POST.get("act", "")
    try:
        with transaction.atomic():
            changes = services.save_narrative(
                department_year=filed, booklet=typed.booklet, revision=typed.revision, actor=request.user
            )
            if act:
                change = plain_part_act(act, new_uid())
                change_narrative(department_year=filed, change=change, actor=request.user)
    except (NoSuchPartError, TooManyPartsError) as refusal:
        problem = str(refusal) if isinstance(refusal, TooManyPartsError) else "该项已被删除，没有改动。"
        messages.error(request, problem)
        return _page(request, filed, typed.booklet, status=409, lost=typed.lost)
    if act:
        return redirect(request.path)
    done = f"已保存部门整体绩效目标，改动{len(changes)}处。" if changes else "内容没有变化，未作改动。"
    messages.success(request, done)
    return redirect(address_of(filed))


@require_POST
def save_field(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Store one field: ``path``, the text it held (``base``), the text that was typed (``value``)."""
    filed = _preparable(request, year, code)

    def answer() -> HttpResponse:
        path, base, typed = (request.POST[name] for name in ("path", "base", "value"))
        saved = save_narrative_field(
            department_year=filed, path=path, base=base, typed=typed, actor=request.user
        )
        text = cell_text(saved.booklet, path)
        return JsonResponse({**_state(filed, saved), "text": text, "changed": bool(saved.changes)})

    return answer_or_refusal(answer)


@require_POST
def edit_parts(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Add, remove, order or link parts (forms/part_acts.py) and answer with all of them as HTML."""
    filed = _preparable(request, year, code)

    def answer() -> HttpResponse:
        act = part_act(request.POST)
        undo = None

        def change(booklet: Booklet) -> Booklet:
            nonlocal undo
            undo = undo_of(request.POST, booklet)
            return act(booklet)

        saved = change_narrative(department_year=filed, change=change, actor=request.user)
        context = {"pieces": _pieces(filed, saved.booklet)}
        parts = render_to_string("indicators/_narrative_parts.html", context)
        return JsonResponse({**_state(filed, saved), "parts": parts, "undo": undo})

    return answer_or_refusal(answer)


@require_safe
def narrative_margin(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Show the margin anew; ``?across=1`` first runs what waits."""
    filed = _preparable(request, year, code)
    if request.GET.get("across"):
        refresh_department_findings(department_year=filed)
    return render(request, "indicators/_margin.html", _context(request, filed, load_narrative(filed)))


@require_POST
def presence(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Note that the person is editing, and tell who else is, and whether something was saved meanwhile."""
    return presence_answer(_preparable(request, year, code), request.user)


def _preparable(request: HttpRequest, year: int, code: str) -> DepartmentYear:
    filed = visible_department_year(request.user, year, code)
    require_preparer(request.user, filed.department)
    return filed


def _conflict(request: HttpRequest, filed: DepartmentYear, typed: TypedNarrative) -> HttpResponse:
    """Show both texts of every difference; saving the page again is then deliberate."""
    filed.refresh_from_db(fields=("revision", "status"))
    return _page(
        request,
        filed,
        typed.booklet,
        status=409,
        in_conflict=True,
        differences=narrative_changes(load_narrative(filed), typed.booklet),
        newest=Entry.objects.filter(kind="department_year", object_id=str(filed.pk)).last(),
        lost=typed.lost,
    )


def _page(
    request: HttpRequest, filed: DepartmentYear, booklet: Booklet, *, status: int = 200, **more
) -> HttpResponse:
    context = {**_context(request, filed, booklet), "pieces": _pieces(filed, booklet), **more}
    return render(request, "indicators/edit_narrative.html", context, status=status)


def _context(request: HttpRequest, filed: DepartmentYear, booklet: Booklet) -> dict:
    publication = lay_out_narrative(booklet)
    return {
        "filed": filed,
        "may_edit": True,
        "adjusting": adjusting_of(filed),
        "changes_beside": changes_beside(filed, booklet),
        **margin_context(filed, publication_html(publication), "narrative", request.user),
        "margin_remarks": remarks_for(request.user, filed, texts_of(publication)),
    }


def _pieces(filed: DepartmentYear, booklet: Booklet) -> list[tuple[str, object]]:
    projects = [
        (code, f"{name}（已取消）" if status == Status.CANCELLED else name)
        for code, name, status in filed.declarations.values_list("project__code", "name", "status")
    ]
    return [(type(piece).__name__, piece) for piece in narrative_pieces(booklet, projects)]


def _state(filed: DepartmentYear, saved: SavedNarrative) -> dict[str, object]:
    found = Finding.objects.found().filter(run__department_year=filed, run__declaration=None)
    return {
        "revision": saved.revision,
        "saved_at": clock(timezone.now()),
        "tally": dict(tally(found.order_by())),
    }
