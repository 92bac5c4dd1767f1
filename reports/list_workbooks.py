"""A list taken away as a workbook: whose it is, what it is called, and that the trail knows."""

import tempfile
from collections.abc import Callable, Sequence
from typing import BinaryIO

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from indicators.services.exports import record_list_export
from perfbudget.lib.text import file_name
from reports.audit_workbook import Scope, TooManyRowsError
from reports.files import FORMATS

_EVERYWHERE = "全部部门"
Filters = Sequence[tuple[str, str]]


def list_workbook(
    request: HttpRequest,
    write: Callable[[BinaryIO, Scope], int],
    *,
    name: str,
    title: str,
    filters: Filters,
    back: str,
    named: Sequence[str] = (),
) -> HttpResponse:
    """Answer with what ``write(file, scope)`` makes of a list; it returns how many rows it wrote.

    ``name`` is what the trail calls the list, ``named`` what stands in the name of the file behind ``title``.
    Where there are more rows than a workbook may hold, the page at ``back`` says so.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        rows = write(file, scope_of(request.user, filters))
    except TooManyRowsError as error:
        file.close()
        messages.error(request, str(error))
        return redirect(back)
    file.seek(0)
    if request.method != "HEAD":
        record_list_export(actor=request.user, name=name, what=title, filters=filters, rows=rows)
    called = file_name(title, *named, f"{timezone.localdate():%Y%m%d}", extension="xlsx")
    return FileResponse(file, as_attachment=True, filename=called, content_type=FORMATS["xlsx"].content_type)


def scope_of(user, filters: Filters) -> Scope:
    """Return whose list a workbook holds, narrowed by these filters, for its 说明."""
    covered = (
        f"{membership.department or _EVERYWHERE}（{membership.get_role_display()}）"
        for membership in user.memberships.select_related("department")
    )
    return Scope(f"{user}（{user.get_username()}）", "、".join(covered), filters, timezone.localtime())


def year_and_department(wanted) -> tuple[str, str]:
    """Return what a list was narrowed to, for the name of its file: 2024年度, 286001."""
    year = f"{wanted.year}年度" if wanted.year else ""
    return year, wanted.department.code if wanted.department else ""
