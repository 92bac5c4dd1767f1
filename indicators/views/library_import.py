"""Importing the indicator library from a workbook: what would change is shown before it is written."""

import hashlib
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from departments.permissions import may_keep_library
from indicators.forms.library import LibraryFileForm
from indicators.forms.problems import Problem, form_problems
from indicators.importers.library_workbook import LibraryReading, read_library_workbook
from indicators.importers.outcome import ImportRefused
from indicators.library import library_tiers
from indicators.library_columns import COLUMNS
from indicators.services.library import LibraryError, LibraryPlan, plan_import
from indicators.services.library_files import (
    import_library_file,
    keep_library_file,
    kept_library_file,
    reading_of,
)
from projects.models import PendingImport

MOST_SHOWN = 300  # rows of each kind in the preview


@dataclass(frozen=True, slots=True)
class Preview:
    """What a kept file would do; ``digest`` is what the person agrees to."""

    pending: PendingImport
    reading: LibraryReading
    plan: LibraryPlan

    @property
    def digest(self) -> str:
        # PostgreSQL keeps the fields of a row in an order of its own.
        rows = (repr(sorted(row.items())) for row in self.plan.new)
        said = [*rows, *(str(one.changes) for one in self.plan.changed)]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()

    @property
    def new(self):
        return self.plan.new[:MOST_SHOWN]

    @property
    def changed(self):
        return self.plan.changed[:MOST_SHOWN]

    @property
    def more(self) -> int:
        hidden = (max(0, len(rows) - MOST_SHOWN) for rows in (self.plan.new, self.plan.changed))
        return sum(hidden)


def import_workbook(request: HttpRequest) -> HttpResponse:
    """Take a workbook, show what it would do, and do it when that was agreed to."""
    if not may_keep_library(request.user):
        raise PermissionDenied("只有负责全部单位的财政审核人和系统管理员可以导入指标库。")
    if request.method != "POST":
        return _page(request, LibraryFileForm())
    if "token" in request.POST:
        return _agreed(request)
    form = LibraryFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, form_problems(form))
    file = form.cleaned_data["file"]
    try:
        reading = read_library_workbook(file.read(), tiers=library_tiers())
    except ImportRefused as refusal:
        return _page(request, form, [Problem("id_file", one.place, one.message) for one in refusal.problems])
    pending = keep_library_file(file_name=file.name, reading=reading, actor=request.user)
    return _page(request, LibraryFileForm(), preview=_preview(pending))


def _agreed(request: HttpRequest) -> HttpResponse:
    pending = kept_library_file(uid=request.POST["token"], actor=request.user)
    if pending is None:
        lost = Problem("id_file", "", "预览的文件已不在，重新选择文件。")
        return _page(request, LibraryFileForm(), [lost])
    preview = _preview(pending)
    if preview.digest != request.POST.get("digest"):
        moved = Problem("preview", "", "指标库在预览之后有变动，没有导入。核对下面的结果后再次确认。")
        return _page(request, LibraryFileForm(), [moved], preview, status=409)
    try:
        done = import_library_file(pending=pending, actor=request.user)
    except LibraryError as refusal:
        return _page(request, LibraryFileForm(), [Problem("id_file", "", one) for one in refusal.messages])
    messages.success(request, f"已导入：新增{len(done.new)}条，变化{len(done.changed)}条。")
    return redirect("library")


def _preview(pending: PendingImport) -> Preview:
    reading = reading_of(pending)
    return Preview(pending, reading, plan_import(reading.rows))


def _page(request: HttpRequest, form, problems=(), preview: Preview | None = None, status=None):
    context = {
        "form": form,
        "problems": list(problems),
        "preview": preview,
        "required": [column.title for column in COLUMNS if column.required],
        "optional": [column.title for column in COLUMNS if not column.required],
    }
    return render(
        request,
        "indicators/library_import.html",
        context,
        status=status or (422 if problems else 200),
    )
