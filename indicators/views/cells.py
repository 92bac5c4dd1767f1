"""What the in-table editor asks while somebody types: small answers, in JSON but for the margin."""

from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from indicators import services
from indicators.document import TargetTable
from indicators.document.fields import field_text, field_texts, with_months
from indicators.finding_lists import tally
from indicators.forms.row_acts import row_act, undo_of
from indicators.layout.editor_html import rows_html
from indicators.models import Finding
from indicators.rows import frame_tiers, print_options, table_of, with_parts
from indicators.services.findings import refresh_department_findings
from indicators.values import parse_value
from indicators.values.spoken import plain_number, spoken
from indicators.views.access import require_preparer, visible_declaration
from indicators.views.json_answers import answer_or_refusal, clock, presence_answer
from indicators.views.table_editor import editor_context
from projects.models import Declaration


def _of_table(view):
    """Hand the table over to a view where the person may fill it in; a refusal is told in JSON."""

    @wraps(view)
    def answer(request: HttpRequest, pk: int) -> HttpResponse:
        declaration = visible_declaration(request.user, pk)
        require_preparer(request.user, declaration.department_year.department)
        return answer_or_refusal(lambda: view(request, declaration))

    return answer


@require_POST
@_of_table
def save_field(request: HttpRequest, declaration: Declaration) -> HttpResponse:
    """Store one field: ``path``, the text it held (``base``), the text that was typed (``value``)."""
    path, base, typed = (request.POST[name] for name in ("path", "base", "value"))
    saved = services.save_field(
        declaration=declaration, path=path, base=base, typed=typed, actor=request.user
    )
    text = field_text(saved.table, path)
    reading = reading_of(text) if path.endswith("/value") else None
    return JsonResponse(
        {**_state(declaration, saved), "text": text, "changed": bool(saved.changes), "reading": reading}
    )


@require_POST
@_of_table
def edit_rows(request: HttpRequest, declaration: Declaration) -> HttpResponse:
    """Add, copy, remove or move indicator rows (forms/row_acts.py) and answer with all of them as HTML."""
    fiscal_year = declaration.department_year.fiscal_year
    act = row_act(request.POST, frame_tiers(fiscal_year.frame))
    undo = None

    def change(table: TargetTable) -> TargetTable:
        nonlocal undo
        changed = act.change(table)
        undo = undo_of(table, changed)
        return changed

    saved = services.change_table(declaration=declaration, change=change, actor=request.user)
    options = print_options(fiscal_year, status=declaration.status)
    rows = rows_html(saved.table, options)
    return JsonResponse({**_state(declaration, saved), "rows": rows, "focus": act.focus, "undo": undo})


@require_safe
@_of_table
def table_fields(request: HttpRequest, declaration: Declaration) -> HttpResponse:
    """Tell the text of every field and the order of the rows as they are stored now."""
    held = with_parts(Declaration.objects.filter(pk=declaration.pk)).get()
    table = with_months(table_of(held), held.department_year.fiscal_year.milestone_months)
    rows = [row.uid for row in table.indicators]
    return JsonResponse({"revision": held.revision, "fields": field_texts(table), "rows": rows})


@require_safe
@_of_table
def table_margin(request: HttpRequest, declaration: Declaration) -> HttpResponse:
    """Show the margin anew; ``?across=1`` first runs what waits across the tables of the unit."""
    if request.GET.get("across"):
        refresh_department_findings(department_year=declaration.department_year)
    return render(request, "indicators/_margin.html", editor_context(request.user, declaration))


@require_safe
def value_reading(request: HttpRequest) -> HttpResponse:
    """Tell how the text of a 指标值 is read."""
    return JsonResponse(reading_of(request.GET.get("text", "")))


@require_POST
@_of_table
def presence(request: HttpRequest, declaration: Declaration) -> HttpResponse:
    """Note that the person is editing, and tell who else is, and whether something was saved meanwhile."""
    return presence_answer(declaration, request.user)


def reading_of(text: str) -> dict[str, str | None]:
    """Return the typed reading of an indicator value as plain JSON, with ``words`` for people."""
    value = parse_value(text)
    return {
        "kind": value.kind,
        "comparator": value.comparator,
        "number": plain_number(value.number) or None,
        "upper": plain_number(value.upper) or None,
        "date": value.date and value.date.isoformat(),
        "unit": value.unit,
        "words": spoken(value),
    }


def _state(declaration: Declaration, saved: services.Saved) -> dict[str, object]:
    found = dict(tally(Finding.objects.found().filter(run__declaration=declaration)))
    return {"revision": saved.revision, "saved_at": clock(timezone.now()), "tally": found}
