"""The library beside a table: searching it, taking indicators from it, proposing one for it."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from departments.permissions import preparable_by
from indicators import document, library
from indicators.document.arrange import ArrangeError
from indicators.forms.library import IndicatorForm, LibraryPickForm
from indicators.forms.problems import Problem
from indicators.layout.editor_html import rows_html
from indicators.library_columns import STANDARDS
from indicators.library_tiers import Fit, fit_tier
from indicators.models import LibraryIndicator
from indicators.rows import frame_tiers, load_table, print_options
from indicators.services.library import LibraryError, propose_indicator
from indicators.services.library_insertion import Insertion, insert_from_library
from indicators.services.tables import NotEditableError
from indicators.values import canonical_unit, parse_value
from indicators.views.access import refusal_to_edit, require_preparer, visible_declaration
from projects.models import Declaration

MOST_RESULTS = 30
_STANDARDS = {column.title: column.field for column in STANDARDS}


@dataclass(frozen=True, slots=True)
class Result:
    """An indicator found, and where it would stand in the table; ``fit`` is None where nowhere."""

    indicator: LibraryIndicator
    fit: Fit | None
    is_in_table: bool

    @property
    def standards(self) -> list[tuple[str, str]]:
        texts = ((column.title, getattr(self.indicator, column.field)) for column in STANDARDS)
        return [(title, text) for title, text in texts if text]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer what is typed with a list of indicators to tick: a fragment of HTML."""
    form = LibraryPickForm(request.GET)
    if not form.is_valid():
        return HttpResponse(
            "查询的内容有误，缩短后再查。", status=422, content_type="text/plain; charset=utf-8"
        )
    pk = form.cleaned_data["declaration"]
    declaration = visible_declaration(request.user, pk) if pk else None
    context = _found(request, form, declaration)
    found = render_to_string("indicators/_library_results.html", context, request)
    return JsonResponse({"found": found, "total": context["total"]})


def insert(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose indicators of the library for a table and put them in; as JSON for the editor."""
    declaration = visible_declaration(request.user, pk)
    require_preparer(request.user, declaration.department_year.department)
    if request.method == "POST":
        return _inserted(request, declaration)
    form = LibraryPickForm(request.GET, tiers=_tiers(declaration))
    context = {
        "declaration": declaration,
        "filed": declaration.department_year,
        "form": form,
        "rows": load_table(declaration).indicators,
        **(_found(request, form, declaration) if form.is_valid() else {}),
    }
    name = "_library_picker.html" if _is_fetched(request) else "library_insert.html"
    return render(request, f"indicators/{name}", context)


def propose(request: HttpRequest, pk: int, uid: str) -> HttpResponse:
    """Propose an indicator of a table for the library, with its explanation and standards."""
    declaration = visible_declaration(request.user, pk)
    require_preparer(request.user, declaration.department_year.department)
    table = load_table(declaration)
    row = next((row for row in table.indicators if row.uid == uid), None)
    if row is None:
        raise Http404
    form = IndicatorForm(request.POST if request.method == "POST" else None, initial=proposed_values(row))
    problems = []
    if form.is_valid():
        try:
            proposal = propose_indicator(declaration=declaration, values=form.values(), actor=request.user)
        except LibraryError as refusal:
            problems = [Problem("id_name", "", message) for message in refusal.messages]
        else:
            messages.success(request, f"已提出将“{proposal.name}”加入指标库，等待财政部门审定。")
            return redirect(_way_back(declaration))
    name = form.values()["name"] if form.is_valid() else row.name
    context = {
        "declaration": declaration,
        "filed": declaration.department_year,
        "back": _way_back(declaration),
        "row": row,
        "form": form,
        "problems": [*form.problems(), *problems],
        "alike": library.alike(name, request.user),
        "sectors": library.sectors(),
    }
    return render(request, "indicators/library_propose.html", context, status=422 if form.is_bound else 200)


def _way_back(declaration: Declaration) -> str:
    """Return where proposing began: the editor, or the page of a table that is no draft any more."""
    return reverse("table" if refusal_to_edit(declaration) else "edit-table", args=(declaration.pk,))


def proposed_values(row: document.Indicator) -> dict[str, str]:
    """Return what a row of a table says, column by column of the library."""
    value = parse_value(row.value)
    return {
        "first_tier": row.first_tier,
        "second_tier": row.second_tier,
        "name": " ".join(row.name.split()),
        "explanation": row.description,
        "direction": value.comparator.value,
        "unit": canonical_unit(value.unit),
        _standard_of(row.basis): row.basis,
    }


def _standard_of(basis: str) -> str:
    """Return the standard a basis names (行业标准…), else 计划标准, which most are."""
    return next((field for title, field in _STANDARDS.items() if title in basis), "plan_standard")


def _found(request: HttpRequest, form: LibraryPickForm, declaration: Declaration | None) -> dict:
    asked = form.cleaned_data
    tiers = _tiers(declaration) if declaration else library.library_tiers()
    kept = LibraryIndicator.objects.filter(standing=LibraryIndicator.Standing.APPROVED)
    if asked["sector"]:
        kept = kept.filter(sector=asked["sector"])
    found = library.matching(library.under_tier(kept, asked["tier"], tiers), asked["q"])
    mine = [declaration.department_year.department] if declaration else preparable_by(request.user)
    listed = library.most_used_first(found, departments=mine, text=asked["q"])[:MOST_RESULTS]
    present = set(declaration.indicators.values_list("name", flat=True)) if declaration else set()
    results = [Result(one, fit_tier(one.second_tier, tiers), one.name in present) for one in listed]
    return {"results": results, "total": found.count(), "text": asked["q"], "declaration": declaration}


def _inserted(request: HttpRequest, declaration: Declaration) -> HttpResponse:
    try:
        done = insert_from_library(
            declaration=declaration,
            indicators=_ticked(request),
            after=request.POST.get("after", ""),
            actor=request.user,
        )
    except (LibraryError, ArrangeError) as refusal:
        return _refused(request, declaration, str(refusal), "problem", 422)
    except NotEditableError as refusal:
        return _refused(request, declaration, str(refusal), "locked", 409)
    said = f"已从指标库插入{len(done.rows)}条指标，指标值按本项目填写。"
    if not _is_fetched(request):
        messages.success(request, said)
        for note in dict.fromkeys(done.notes):
            messages.info(request, note)
        return redirect("table", pk=declaration.pk)
    return JsonResponse(_as_json(declaration, done, said))


def _as_json(declaration: Declaration, done: Insertion, said: str) -> dict[str, object]:
    """Return what the editor is told: as after any act on rows, and what to say."""
    options = print_options(declaration.department_year.fiscal_year, status=declaration.status)
    uids = [row.uid for row in done.rows]
    return {
        "revision": done.saved.revision,
        "saved_at": f"{timezone.localtime():%H:%M}",
        "rows": rows_html(done.saved.table, options),
        "focus": f"indicators/{uids[0]}/value",
        "undo": {"act": "remove", "uids": ",".join(uids)},
        "said": "".join([said, *dict.fromkeys(done.notes)]),
    }


def _refused(
    request: HttpRequest, declaration: Declaration, text: str, kind: str, status: int
) -> HttpResponse:
    if _is_fetched(request):
        return JsonResponse({kind: text}, status=status)
    messages.error(request, text)
    return redirect("library-insert", pk=declaration.pk)


def _ticked(request: HttpRequest) -> list[int]:
    field = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    try:
        return [field.clean(value) for value in request.POST.getlist("indicator")]
    except forms.ValidationError:
        raise LibraryError(["浏览器发来的内容不完整，刷新页面后重试。"]) from None


def _tiers(declaration: Declaration):
    return frame_tiers(declaration.department_year.fiscal_year.frame)


def _is_fetched(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"
