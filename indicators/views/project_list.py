"""项目清单导入: upload, columns, preview, confirmation. What is uploaded is its owner's alone."""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from indicators.forms.problems import Problem, form_problems
from indicators.forms.project_lists import ConfirmListForm, HeadRowForm, ListColumnsForm, UploadListForm
from indicators.importers.heads import heads_of
from indicators.importers.outcome import ImportRefused
from indicators.importers.project_list import (
    AMOUNTS,
    LABELS,
    ListLayout,
    ProjectList,
    guess_layout,
    layout_at,
    layout_by,
    likely_sheet,
)
from indicators.importers.sheets import Sheet, read_sheets
from indicators.project_list_changes import CellChange, Comparison, Group, ListEntry
from indicators.project_lists import compare_list, units_for_import
from indicators.services.project_lists import (
    KIND,
    ListImported,
    ListOutdatedError,
    MappingNameError,
    choose_layout,
    import_project_list,
    keep_upload,
    read_pending,
    save_list_mapping,
    uploads_of,
)
from indicators.services.tables import WindowClosedError
from projects.models import ColumnMapping, PendingImport

_ANY = ["GET", "HEAD", "POST"]
_SAMPLE_ROWS = 5


@dataclass(frozen=True, slots=True)
class AmountRow:
    """An entry whose amounts change: a change, or None, for each column of amounts."""

    entry: ListEntry
    cells: tuple[CellChange | None, ...]


@require_http_methods(_ANY)
def upload(request: HttpRequest) -> HttpResponse:
    """Take the file of a list."""
    _require_importer(request.user)
    if request.method != "POST":
        return _upload_page(request, UploadListForm(initial={"year": request.GET.get("year", "")}))
    form = UploadListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, form, form_problems(form))
    file = form.cleaned_data["file"]
    try:
        sheets = read_sheets(file.read())
    except ImportRefused as refusal:
        identifier = form["file"].id_for_label
        problems = [Problem(identifier, problem.place, problem.message) for problem in refusal.problems]
        return _upload_page(request, form, problems)
    layout, mapping = _known_layout(sheets)
    layout = _with_own_unit(layout, request.user)
    payload = {
        "year": form.cleaned_data["year"],
        "sheets": [sheet.plain() for sheet in sheets],
        "layout": layout.plain(),
    }
    pending = keep_upload(kind=KIND, file_name=file.name, payload=payload, actor=request.user)
    if mapping and _is_complete(layout):
        messages.success(request, f"已按保存的列对应关系“{mapping.name}”读取。")
        return redirect("project-list-preview", uid=pending.uid)
    return redirect("project-list-columns", uid=pending.uid)


@require_http_methods(_ANY)
def columns(request: HttpRequest, uid: str) -> HttpResponse:
    """Say which column holds what; the sheet and the row of heads may be chosen anew (?sheet=&head_row=)."""
    pending = _own(request, uid)
    sheets = {plain["name"]: Sheet.from_plain(plain) for plain in pending.payload["sheets"]}
    layout = _chosen_place(request, sheets, ListLayout(**pending.payload["layout"]))
    sheet = sheets[layout.sheet]
    heads = heads_of(sheet, layout.head_row)
    form = ListColumnsForm(
        request.POST if request.method == "POST" else None,
        heads=heads,
        layout=layout,
    )
    problems: list[Problem] = []
    if form.is_bound:
        problems = form_problems(form) if not form.is_valid() else _save(request, pending, form)
        if not problems:
            return redirect("project-list-preview", uid=uid)
    context = {
        "pending": pending,
        "form": form,
        "problems": problems,
        "sheets": list(sheets),
        "layout": layout,
        "heads": heads,
        "sample": _sample(sheet, layout.head_row, len(heads)),
    }
    return render(request, "indicators/project_list_columns.html", context, status=422 if problems else 200)


@require_http_methods(_ANY)
def preview(request: HttpRequest, uid: str) -> HttpResponse:
    """Show what the list would do; POST does it."""
    pending = _own(request, uid)
    if request.method != "POST":
        return _preview_page(request, pending)
    form = ConfirmListForm(request.POST)
    if not form.is_valid():
        return _preview_page(
            request, pending, refusal="确认的内容不完整，核对下面的结果后再确认。", status=422
        )
    groups = form.chosen()
    try:
        done = import_project_list(
            pending=pending,
            groups=groups,
            fingerprint=form.cleaned_data["fingerprint"],
            actor=request.user,
        )
    except (ListOutdatedError, WindowClosedError) as refusal:
        return _preview_page(request, pending, refusal=str(refusal), groups=groups, status=409)
    year = pending.payload["year"]
    messages.success(request, _told(year, done))
    return redirect(f"{reverse('home')}?year={year}")


def _require_importer(user) -> None:
    if not units_for_import(user).exists():
        raise PermissionDenied("项目清单由填报人、财政审核人或系统管理员导入，本人没有这些角色。")


def _own(request: HttpRequest, uid: str) -> PendingImport:
    return get_object_or_404(uploads_of(request.user, KIND), uid=uid)


def _known_layout(sheets: tuple[Sheet, ...]) -> tuple[ListLayout, ColumnMapping | None]:
    """Return how the file is read: by the saved mapping that fits most of it, else by its heads."""
    mappings = ColumnMapping.objects.filter(purpose=ColumnMapping.Purpose.LIST).order_by("-pk")
    for mapping in sorted(mappings, key=lambda mapping: -len(mapping.columns)):
        for sheet in sheets:
            if layout := layout_by(sheet, mapping.columns, mapping.amount_unit):
                return layout, mapping
    return guess_layout(likely_sheet(sheets)), None


def _with_own_unit(layout: ListLayout, user) -> ListLayout:
    """A list that names no unit is most likely that of the only unit its importer has."""
    if {"department_code", "department_name"} & layout.columns.keys():
        return layout
    codes = list(units_for_import(user).values_list("code", flat=True)[:2])
    return replace(layout, department_code=codes[0]) if len(codes) == 1 else layout


def _is_complete(layout: ListLayout) -> bool:
    names = layout.columns.keys()
    has_unit = {"department_code", "department_name"} & names or layout.department_code
    return bool(has_unit and (layout.amount_unit or not set(AMOUNTS) & names))


def _chosen_place(request: HttpRequest, sheets: dict[str, Sheet], kept: ListLayout) -> ListLayout:
    """Return the layout asked for in the address, by default the one that was kept."""
    asked = HeadRowForm(request.GET, sheets=sheets).cleaned_data
    name = asked.get("sheet") or kept.sheet
    row = asked.get("head_row")
    if name == kept.sheet and row in (None, kept.head_row):
        return kept
    sheet = sheets[name]
    layout = guess_layout(sheet) if row is None or row > len(sheet.rows) else layout_at(sheet, row)
    return replace(layout, department_code=kept.department_code)


def _save(request: HttpRequest, pending: PendingImport, form: ListColumnsForm) -> list[Problem]:
    """Keep the choice, under a name where one is given; return why not."""
    layout, name = form.chosen_layout(), form.cleaned_data["save_as"].strip()
    if name:
        try:
            save_list_mapping(name=name, layout=layout, heads=form.heads_chosen(), actor=request.user)
        except MappingNameError as error:
            return [Problem(form["save_as"].id_for_label, "保存为", str(error))]
    choose_layout(pending=pending, layout=layout, actor=request.user)
    return []


def _sample(sheet: Sheet, head_row: int, width: int) -> list[tuple[int, list[str]]]:
    rows = range(head_row + 1, min(head_row + _SAMPLE_ROWS, len(sheet.rows)) + 1)
    return [(row, [sheet.cell(row, column).text for column in range(width)]) for row in rows]


def _upload_page(request: HttpRequest, form: UploadListForm, problems=()) -> HttpResponse:
    mappings = ColumnMapping.objects.filter(purpose=ColumnMapping.Purpose.LIST)
    context = {
        "form": form,
        "problems": problems,
        "mappings": list(mappings),
        "has_years": bool(form.fields["year"].choices),
    }
    return render(request, "indicators/project_list.html", context, status=422 if problems else 200)


def _preview_page(
    request: HttpRequest, pending: PendingImport, *, refusal: str = "", groups=tuple(Group), status: int = 200
) -> HttpResponse:
    fiscal_year, listed = read_pending(pending)
    comparison = compare_list(listed, fiscal_year, request.user)
    context = {
        "pending": pending,
        "refusal": refusal,
        "comparison": comparison,
        "fingerprint": comparison.fingerprint(),
        "ticked": [group.value for group in groups],
        "amount_rows": [_amount_row(entry) for entry in comparison.amounts],
        "amount_labels": [LABELS[name] for name in AMOUNTS],
        "exempt": sum(1 for entry in comparison.new if entry.is_exempt),
        "foreign": sorted(comparison.foreign.items()),
        "passed_over": _rows_passed_over(listed),
        **_column_flags(comparison),
    }
    return render(request, "indicators/project_list_preview.html", context, status=status)


def _amount_row(entry: ListEntry) -> AmountRow:
    by_name = {change.name: change for change in entry.amount_changes}
    return AmountRow(entry, tuple(by_name.get(name) for name in AMOUNTS))


def _column_flags(comparison: Comparison) -> dict[str, bool]:
    """Say which columns have anything to show."""
    return {"has_control": any(entry.listed.control_figure is not None for entry in comparison.new)}


def _rows_passed_over(listed: ProjectList) -> str:
    rows = listed.passed_over
    shown = "、".join(map(str, rows[:20]))
    return f"{shown}{'等' if len(rows) > 20 else ''}" if rows else ""


def _told(year: int, done: ListImported) -> str:
    parts = [f"新增{done.created}个", f"改动{done.changed}个"]
    if done.reopened:
        parts.append(f"其中已送审的{done.reopened}个退回核对")
    if done.controls:
        parts.append(f"更新{done.controls}个单位的控制数")
    return f"已导入{year}年度项目清单：{'，'.join(parts)}。"
