"""回填导出: what would be written, the filled workbook, and the site's templates."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from indicators.forms.problems import Problem, form_problems
from indicators.forms.project_lists import HeadRowForm
from indicators.importers.heads import heads_of
from indicators.importers.outcome import ImportRefused
from indicators.importers.sheets import Sheet
from indicators.project_lists import may_keep_mappings
from indicators.services.exports import record_list_export
from perfbudget.lib.text import file_name
from projects.models import ColumnMapping, Declaration
from reports import services
from reports.backfill import (
    BackfillError,
    TemplateLayout,
    fill_template,
    guess_template_layout,
    layout_of,
    likely_layout,
    preview_backfill,
    read_template,
    rows_below_heads,
    saved_layout,
    template_bytes,
    to_backfill,
)
from reports.backfill_forms import BackfillForm, TemplateColumnsForm, TemplateForm
from reports.files import FORMATS

_ANY = ["GET", "HEAD", "POST"]
_TEMPLATES = ColumnMapping.objects.filter(purpose=ColumnMapping.Purpose.BACKFILL)


@require_safe
def backfill(request: HttpRequest) -> HttpResponse:
    """Show the first rows of what the form in the address asks for."""
    is_asked = "year" in request.GET
    form = BackfillForm(
        request.GET if is_asked else None,
        user=request.user,
        initial={"template": request.GET.get("template")},
    )
    context = {
        "form": form,
        "templates": list(_TEMPLATES.all()),
        "may_keep": may_keep_mappings(request.user),
    }
    if is_asked and form.is_valid():
        try:
            _, sheets, layout = layout_of(form.cleaned_data["template"])
            preview = preview_backfill(_chosen(request, form), layout, _heads_chosen(sheets, layout))
            context["preview"] = preview
        except BackfillError as error:
            context["refusal"] = str(error)
    return render(request, "reports/backfill.html", context)


@require_safe
def backfill_workbook(request: HttpRequest) -> HttpResponse:
    """Answer with the filled template; where that cannot be, the page says why."""
    form = BackfillForm(request.GET, user=request.user)
    back = f"{reverse('backfill')}?{request.GET.urlencode()}"
    if not form.is_valid():
        return redirect(back)
    mapping = form.cleaned_data["template"]
    try:
        data, _, layout = layout_of(mapping)
        content = fill_template(data, layout, _chosen(request, form))
    except BackfillError as error:
        messages.error(request, str(error))
        return redirect(back)
    department = form.cleaned_data["department"]
    parts = (mapping.name, f"{form.cleaned_data['year']}年度", department.code if department else "")
    response = HttpResponse(content, content_type=FORMATS["xlsx"].content_type)
    name = file_name(*parts, extension="xlsx")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    filters = (
        ("年度", f"{form.cleaned_data['year']}年度"),
        ("部门", str(department or "全部部门")),
        ("只含已送审", "是" if form.cleaned_data["only_filed"] else "否"),
    )
    record_list_export(actor=request.user, name="backfill", what=f"回填导出 {mapping.name}", filters=filters)
    return response


@require_http_methods(_ANY)
def new_template(request: HttpRequest) -> HttpResponse:
    """Take a template; its columns are guessed and shown to be confirmed."""
    _require_keeper(request.user)
    if request.method != "POST":
        return render(request, "reports/backfill_template_new.html", {"form": TemplateForm()})
    form = TemplateForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refuse_template(request, form, form_problems(form))
    file = form.cleaned_data["file"]
    data = file.read()
    try:
        sheets = read_template(file.name, data)
        layout = likely_layout(sheets)
        mapping = services.add_template(
            name=form.cleaned_data["name"],
            data=data,
            layout=layout,
            heads=_heads_chosen(sheets, layout),
            actor=request.user,
        )
    except ImportRefused as refusal:
        problems = [
            Problem(form["file"].id_for_label, problem.place, problem.message) for problem in refusal.problems
        ]
        return _refuse_template(request, form, problems)
    except services.TemplateNameError as error:
        return _refuse_template(request, form, [Problem(form["name"].id_for_label, "名称", str(error))])
    messages.success(request, f"已保存模板“{mapping.name}”，核对各列填什么。")
    return redirect("backfill-template", pk=mapping.pk)


@require_http_methods(_ANY)
def template_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which column of a template holds what; sheet and row of heads may be chosen (?sheet=&head_row=)."""
    _require_keeper(request.user)
    mapping = get_object_or_404(_TEMPLATES, pk=pk)
    try:
        sheets = read_template(mapping.template.name, template_bytes(mapping))
    except (BackfillError, ImportRefused) as error:
        messages.error(request, str(error))
        return redirect("backfill")
    layout = _chosen_place(request, sheets, saved_layout(mapping, sheets))
    sheet = next(sheet for sheet in sheets if sheet.name == layout.sheet)
    heads = heads_of(sheet, layout.head_row)
    form = TemplateColumnsForm(request.POST if request.method == "POST" else None, heads=heads, layout=layout)
    if form.is_bound and form.is_valid():
        services.choose_template_columns(
            mapping=mapping, layout=form.chosen_layout(), heads=form.heads_chosen(), actor=request.user
        )
        messages.success(request, f"已保存模板“{mapping.name}”的列对应关系。")
        return redirect(f"{reverse('backfill')}?template={mapping.pk}")
    context = {
        "mapping": mapping,
        "form": form,
        "problems": form_problems(form) if form.is_bound else (),
        "sheets": [sheet.name for sheet in sheets],
        "layout": layout,
        "rows_below": rows_below_heads(sheet, layout.head_row),
    }
    status = 422 if form.is_bound else 200
    return render(request, "reports/backfill_template.html", context, status=status)


def _require_keeper(user) -> None:
    if not may_keep_mappings(user):
        raise PermissionDenied("回填模板由财政审核人或系统管理员上传，本人没有这些角色。")


def _chosen(request: HttpRequest, form: BackfillForm):
    """Return the declarations asked for, of those the person may see; units below a department are its."""
    chosen, department = form.cleaned_data, form.cleaned_data["department"]
    visible = Declaration.objects.visible_to(request.user)
    found = visible.filter(department_year__fiscal_year__year=chosen["year"])
    if department is not None:
        found = found.filter(department_year__department__code__startswith=department.code)
    return to_backfill(found, only_filed=chosen["only_filed"])


def _heads_chosen(sheets: tuple[Sheet, ...], layout: TemplateLayout) -> dict[str, str]:
    sheet = next(sheet for sheet in sheets if sheet.name == layout.sheet)
    heads = heads_of(sheet, layout.head_row)
    return {name: heads[column] for name, column in layout.columns.items()}


def _chosen_place(
    request: HttpRequest, sheets: tuple[Sheet, ...], kept: TemplateLayout | None
) -> TemplateLayout:
    by_name = {sheet.name: sheet for sheet in sheets}
    asked = HeadRowForm(request.GET, sheets=by_name).cleaned_data
    name, row = asked.get("sheet"), asked.get("head_row")
    if kept and name in ("", None, kept.sheet) and row in (None, kept.head_row):
        return kept
    sheet = by_name[name or (kept.sheet if kept else sheets[0].name)]
    return guess_template_layout(sheet, row if row and row <= len(sheet.rows) else None)


def _refuse_template(request: HttpRequest, form: TemplateForm, problems) -> HttpResponse:
    context = {"form": form, "problems": problems}
    return render(request, "reports/backfill_template_new.html", context, status=422)
