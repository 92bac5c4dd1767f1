"""Files beside a table: the list with the upload form, handing one out, withdrawing one."""

from django.contrib import messages
from django.db.models import F
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from departments.permissions import may_prepare
from indicators.document import content_hash
from indicators.forms.attachments import AttachmentForm
from indicators.forms.problems import Problem, form_problems
from indicators.models import Attachment
from indicators.rows import load_table
from indicators.services.attachments import AttachmentError, add_attachment, withdraw_attachment
from indicators.services.exports import record_download
from indicators.views.access import require_preparer, visible_declaration, window_of


def attachments(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the files of a table, and take a new one."""
    declaration = visible_declaration(request.user, pk)
    department = declaration.department_year.department
    if request.method != "POST":
        form = AttachmentForm(initial={"kind": request.GET.get("kind", "")})
        return _page(request, declaration, form)
    require_preparer(request.user, department)
    form = AttachmentForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, declaration, form, form_problems(form), status=422)
    typed = form.cleaned_data
    try:
        added = add_attachment(
            declaration=declaration,
            kind=typed["kind"],
            name=typed["file"].name,
            data=typed["file"].read(),
            printed_hash=typed["printed_hash"],
            actor=request.user,
        )
    except AttachmentError as refusal:
        problems = [Problem(form["file"].id_for_label, "文件", message) for message in refusal.messages]
        return _page(request, declaration, form, problems, status=422)
    messages.success(request, f"已上传“{added.name}”。")
    return redirect("attachments", pk=pk)


@require_safe
def attachment_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out a file to those who may see its table; always as a download, never shown in the site."""
    attachment = _visible_attachment(request, pk)
    file = attachment.file.open("rb")
    record_download(actor=request.user, attachment=attachment)
    return FileResponse(
        file,
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.media_type,
    )


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file out of use."""
    attachment = _visible_attachment(request, pk)
    require_preparer(request.user, attachment.declaration.department_year.department)
    try:
        withdraw_attachment(attachment=attachment, actor=request.user)
        messages.success(request, f"已撤下“{attachment.name}”，操作日志中留有记录。")
    except AttachmentError as refusal:
        messages.error(request, str(refusal))
    return redirect("attachments", pk=attachment.declaration_id)


def _visible_attachment(request: HttpRequest, pk: int) -> Attachment:
    visible = Attachment.objects.visible_to(request.user).filter(withdrawn_at=None)
    wanted = visible.select_related("declaration__department_year__department")
    return get_object_or_404(wanted, pk=pk)


def _page(request, declaration, form, problems=(), *, status: int = 200) -> HttpResponse:
    today = content_hash(load_table(declaration))
    kept = declaration.attachments.filter(withdrawn_at=None).select_related("uploaded_by")
    prepares = may_prepare(request.user, declaration.department_year.department)
    window = window_of(declaration)
    context = {
        "declaration": declaration,
        "filed": declaration.department_year,
        "form": form,
        "problems": problems,
        "attachments": kept.order_by(F("kind").asc(), "-uploaded_at"),
        "today": today,
        "may_prepare": prepares,
        "may_withdraw": prepares and declaration.is_editable and window.is_open,
        "closed": window.message if declaration.is_editable else "",
    }
    return render(request, "indicators/attachments.html", context, status=status)
