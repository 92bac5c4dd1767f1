"""Uploading a booklet: choose a file, look at what would change, store what was chosen."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from departments.models import Department
from departments.permissions import preparable_by
from indicators.document import Booklet, Change
from indicators.document.marked_changes import Run, marked
from indicators.forms.booklet_upload import BookletUploadForm, StoreForm
from indicators.services import DepartmentMismatchError, NotEditableError
from indicators.services.booklet_uploads import (
    KIND,
    BookletPreview,
    State,
    UploadOutdatedError,
    booklet_of,
    drop_booklet,
    keep_booklet,
    preview_booklet,
    store_booklet,
)
from indicators.services.project_lists import uploads_of
from projects.models import DepartmentYear, PendingImport
from workflow.services import RevisionConflictError


def upload_booklet(request):
    """Take a booklet in a file, read it and go on to what would change."""
    if not preparable_by(request.user).exists():
        raise PermissionDenied("只有填报人可以上传部门绩效文本。")
    filed = _filed(request)
    if request.method != "POST":
        form = BookletUploadForm(user=request.user)
        return render(request, "indicators/booklet_upload.html", {"form": form, "filed": filed})
    form = BookletUploadForm(request.POST, request.FILES, user=request.user)
    if not form.is_valid():
        context = {"form": form, "filed": filed}
        return render(request, "indicators/booklet_upload.html", context, status=422)
    pending = keep_booklet(
        file_name=form.cleaned_data["file"].name,
        reading=form.reading,
        year_filed=filed and filed.fiscal_year.year,
        actor=request.user,
    )
    return redirect("booklet-preview", uid=pending.uid)


def booklet_preview(request, uid):
    """Show how an uploaded booklet stands to what is stored; store what was chosen, or forget it."""
    pending = get_object_or_404(uploads_of(request.user, KIND), uid=uid)
    booklet = booklet_of(pending)
    department = preparable_by(request.user).filter(code=booklet.department_code).first()
    if department is None:
        raise PermissionDenied(f"本人已不是“{booklet.department_name}”的填报人，不能写入。")
    if request.method == "POST" and request.POST.get("step") == "drop":
        drop_booklet(pending=pending, actor=request.user)
        messages.success(request, f"已放弃“{pending.file_name}”，系统中的数据没有改动。")
        return redirect("upload-booklet")
    if request.method == "POST":
        return _store(request, pending, booklet, department)
    return _preview_page(request, pending, booklet, department)


def _filed(request) -> DepartmentYear | None:
    """Return the department's year the person came from, where the address names one they see."""
    year, code = request.GET.get("year", ""), request.GET.get("department", "")
    if not (year.isascii() and year.isdigit() and len(year) == 4 and code.isdecimal()):
        return None
    years = DepartmentYear.objects.visible_to(request.user).select_related("department", "fiscal_year")
    return years.filter(fiscal_year__year=int(year), department__code=code).first()


def _store(request, pending: PendingImport, booklet: Booklet, department: Department):
    form = StoreForm(request.POST, preview=preview_booklet(booklet))
    if not form.is_valid():
        return _preview_page(request, pending, booklet, department, form=form, status=422)
    onward = _next_year(request, pending, booklet) if request.POST.get("step") == "onward" else None
    try:
        result = store_booklet(
            pending=pending,
            tables=form.tables(),
            narrative=form.narrative(),
            seen=form.cleaned_data["seen"],
            actor=request.user,
        )
    except (UploadOutdatedError, RevisionConflictError, NotEditableError, DepartmentMismatchError) as error:
        return _preview_page(request, pending, booklet, department, form=form, refusal=str(error), status=409)
    messages.success(
        request,
        f"已写入{booklet.year}年度：{len(form.tables())}张绩效目标表"
        f"{'和部门整体绩效目标' if form.narrative() else ''}，共{len(result.changes)}处变动。",
    )
    if onward:
        return redirect("copy-year", year=onward.fiscal_year.year, code=onward.department.code)
    return redirect("department-year", year=booklet.year, code=booklet.department_code)


def _next_year(request, pending: PendingImport, booklet: Booklet) -> DepartmentYear | None:
    """Return the later year to copy to: the one the person came from, else the next that has begun."""
    years = DepartmentYear.objects.visible_to(request.user).select_related("department", "fiscal_year")
    later = years.filter(department__code=booklet.department_code, fiscal_year__year__gt=booklet.year)
    filed = later.filter(fiscal_year__year=pending.payload["year_filed"]).first()
    return filed or later.order_by("fiscal_year__year").first()


def _preview_page(
    request,
    pending,
    booklet: Booklet,
    department: Department,
    *,
    form=None,
    refusal: str = "",
    status: int = 200,
):
    preview = preview_booklet(booklet)
    form = form or StoreForm(preview=preview)
    tables = form.tables()
    context = {
        "pending": pending,
        "booklet": booklet,
        "preview": preview,
        "form": form,
        "refusal": refusal,
        "narrative_rows": _marked(preview.narrative_changes),
        "narrative_is_ticked": form.narrative(),
        "rows": [(each, each.key in tables, _marked(each.changes)) for each in preview.tables],
        "counts": _counts(preview),
        "next_year": _next_year(request, pending, booklet),
        "former_name": None if preview.filed else _former_name(booklet, department),
        "department_year": reverse("department-year", args=(booklet.year, booklet.department_code))
        if preview.filed
        else "",
    }
    return render(request, "indicators/booklet_preview.html", context, status=status)


def _former_name(booklet: Booklet, department: Department) -> dict[str, str] | None:
    """Return the name of a department then and now, None where it is the same."""
    if booklet.department_name == department.name:
        return None
    return {"then": booklet.department_name, "now": department.name}


def _marked(changes: tuple[Change, ...]) -> list[tuple[str, tuple[Run, ...], tuple[Run, ...]]]:
    return [(change.place, *marked(change.before, change.after)) for change in changes]


def _counts(preview: BookletPreview) -> dict[str, int]:
    states = [each.state for each in preview.tables]
    return {state.value: states.count(state) for state in State} | {"absent": len(preview.absent)}
