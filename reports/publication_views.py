"""公开 of a department's year: what is public, what stands against it, publishing, what was published."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.models import Department, Role
from departments.permissions import may_prepare
from indicators.disclosure import Disclosure, Problem, disclosure_of
from indicators.forms.problems import form_problems
from indicators.forms.ticked import number_in, revisions_in
from indicators.services.exports import record_export
from indicators.services.publication import (
    LONGEST_NOTE,
    Choice,
    PublicationError,
    publish_year,
    set_disclosure,
    update_portal_address,
)
from indicators.views.access import require_preparer, visible_department_year
from indicators.views.marking import cell_id
from projects.deadlines import Countdown, countdowns_for
from projects.models import DepartmentYear, Publication, PublishedFile, WithheldReason
from reports.files import FORMATS
from reports.pdf import PdfEngineMissingError
from reports.publication_forms import PortalAddressForm, PublishForm
from reports.published_files import preview_of, published_name, render_published
from workflow.services import RevisionConflictError, TransitionError
from workflow.steps import has_role

MOST_CHOICES = 2000
CHANGED_SINCE = "打开页面之后内容又有变动，本次没有办理；核对后重新提交。"


@require_http_methods(["GET", "HEAD", "POST"])
def publication(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """List what is public and what is withheld, with what was published; take a preparer's choices."""
    filed = visible_department_year(request.user, year, code)
    if request.method != "POST":
        return _page(request, filed)
    require_preparer(request.user, filed.department)
    choices = _choices(request.POST)
    try:
        changed = set_disclosure(department_year=filed, choices=choices, actor=request.user)
    except PublicationError as refusal:
        return _page(request, filed, choices, refusal.problems, status=422)
    except RevisionConflictError:
        messages.error(request, CHANGED_SINCE)
        return _page(request, filed, choices, status=409)
    if changed:
        messages.success(request, f"已保存{changed}个项目的公开选择。")
    else:
        messages.info(request, "公开选择没有变动。")
    return redirect("publication", year, code)


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Show what will be published and what stands against it; publish when confirmed."""
    filed = visible_department_year(request.user, year, code)
    _require_leader(request, filed)
    found = disclosure_of(filed)
    if request.method != "POST":
        form = PublishForm(initial={"published_on": timezone.localdate()})
        return _publish_page(request, found, form)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _publish_page(request, found, form, status=422)
    try:
        done = publish_year(
            department_year=filed,
            **form.cleaned_data,
            revisions=revisions_in(request.POST.getlist("table")[:MOST_CHOICES]),
            narrative_revision=number_in(request.POST.get("narrative", "")),
            render=render_published,
            actor=request.user,
        )
    except PublicationError as refusal:
        return _publish_page(request, found, form, refusal.problems, status=422)
    except (TransitionError, RevisionConflictError, PdfEngineMissingError) as refusal:
        messages.error(request, CHANGED_SINCE if isinstance(refusal, RevisionConflictError) else str(refusal))
        return _publish_page(request, disclosure_of(filed), form, status=409)
    messages.success(
        request, f"已公开，共{done.files.count()}个文件；内容从此固定，以后的修改不影响本次公开。"
    )
    return redirect("publication", year, code)


@require_safe
def publication_preview(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Show the PDF as it would be published now."""
    filed = visible_department_year(request.user, year, code)
    found = disclosure_of(filed)
    try:
        file = preview_of(found.booklet, found.options)
    except PdfEngineMissingError as error:
        messages.error(request, str(error))
        return redirect("publication", year, code)
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(False, file.name)
    record_export(actor=request.user, subject=filed, what=file.name, format="pdf", is_print=True)
    return response


@require_POST
def portal_address(request: HttpRequest, pk: int) -> HttpResponse:
    """Say where a publication is read on the portal."""
    publication = _visible_publication(request, pk)
    filed = publication.department_year
    _require_leader(request, filed)
    form = PortalAddressForm(request.POST)
    if form.is_valid():
        try:
            update_portal_address(
                publication=publication,
                portal_address=form.cleaned_data["portal_address"],
                actor=request.user,
            )
        except PublicationError as refusal:
            return _page(request, filed, None, refusal.problems, address_form=form, status=422)
        except RevisionConflictError:
            messages.error(request, CHANGED_SINCE)
            return _page(request, filed, status=409)
        messages.success(request, "已保存公开网址。")
    return redirect("publication", filed.fiscal_year.year, filed.department.code)


@require_safe
def published_file(request: HttpRequest, pk: int, extension: str) -> FileResponse:
    """Hand out a file of a publication, also of one that is no longer in force."""
    publication = _visible_publication(request, pk)
    file = get_object_or_404(publication.files, extension=extension)
    answer = answer_with(file)
    record_export(actor=request.user, subject=publication, what=published_name(file), format=extension)
    return answer


def answer_with(file: PublishedFile) -> FileResponse:
    """Return a published file as a download under its Chinese name."""
    return FileResponse(
        file.file.open("rb"),
        as_attachment=True,
        filename=published_name(file),
        content_type=FORMATS[file.extension].content_type,
    )


def _visible_publication(request: HttpRequest, pk: int) -> Publication:
    years = DepartmentYear.objects.visible_to(request.user)
    found = Publication.objects.filter(department_year__in=years).select_related(
        "document", "department_year__department", "department_year__fiscal_year"
    )
    return get_object_or_404(found, pk=pk)


def _require_leader(request: HttpRequest, filed: DepartmentYear) -> None:
    if not has_role(request.user, Role.LEADER, filed.department):
        raise PermissionDenied(f"公开由单位负责人办理，本人不是“{filed.department.name}”的单位负责人。")


def _choices(data: QueryDict) -> dict[int, Choice]:
    """Return the choices by primary key, from fields such as ``table=12:3``, ``reason-12``, ``note-12``.

    Where the bulk button was pressed, its reason goes to all that are ticked.
    """
    choices = {
        pk: Choice(revision, data.get(f"reason-{pk}", ""), data.get(f"note-{pk}", ""))
        for pk, revision in revisions_in(data.getlist("table")[:MOST_CHOICES]).items()
    }
    if "bulk" in data:
        reason, note = data.get("bulk-reason", ""), data.get("bulk-note", "")
        for pk in map(number_in, data.getlist("selected")):
            if pk in choices:
                choices[pk] = Choice(choices[pk].revision, reason, note)
    return choices


def _page(
    request: HttpRequest,
    filed: DepartmentYear,
    choices: dict[int, Choice] | None = None,
    refused=(),
    *,
    address_form: PortalAddressForm | None = None,
    status: int = 200,
) -> HttpResponse:
    found = disclosure_of(filed)
    typed = choices or {}
    latest = found.published
    context = {
        "filed": filed,
        "found": found,
        "rows": [_row(line, typed) for line in found.lines],
        "refused": _linked(refused, filed),
        "problems": _linked(found.problems, filed),
        "reasons": WithheldReason.choices,
        "longest_note": LONGEST_NOTE,
        "countdown": _countdown(filed),
        "history": filed.publications.select_related(
            "published_by", "principal", "document"
        ).prefetch_related("files"),
        "may_choose": may_prepare(request.user, filed.department),
        "may_publish": has_role(request.user, Role.LEADER, filed.department),
        "address_form": address_form
        or PortalAddressForm(initial={"portal_address": latest.portal_address if latest else ""}),
        "has_public_pages": settings.PUBLIC_PAGES,
    }
    return render(request, "reports/publication.html", context, status=status)


def _row(line, typed: dict[int, Choice]) -> dict:
    """Return a line with what its inputs hold: what was typed, else what is stored."""
    stored = line.declaration
    choice = typed.get(stored.pk) or Choice(stored.revision, stored.withheld_reason, stored.withheld_note)
    return {"line": line, "declaration": stored, "reason": choice.reason, "note": choice.note}


def _linked(problems: Iterable[Problem], filed: DepartmentYear) -> list[tuple[Problem, str]]:
    """Return the problems with the address of the place each speaks of, "" for the whole."""
    narrative = reverse("department-year", args=(filed.fiscal_year.year, filed.department.code))
    return [(problem, _address_of(problem, f"{narrative}#narrative")) for problem in problems]


def _address_of(problem: Problem, narrative: str) -> str:
    if problem.pk is None:
        return narrative if problem.path else ""
    anchor = f"#{cell_id(problem.path)}" if problem.path else ""
    return reverse("table", args=(problem.pk,)) + anchor


def _countdown(filed: DepartmentYear) -> Countdown | None:
    """Return until when something of the year has to be published, None where nothing has."""
    departments = Department.objects.filter(pk=filed.department_id)
    return next(iter(countdowns_for(departments, filed.fiscal_year)), None)


def _publish_page(
    request: HttpRequest, found: Disclosure, form: PublishForm, refused=(), *, status: int = 200
) -> HttpResponse:
    context = {
        "filed": found.filed,
        "found": found,
        "form": form,
        "problems": form_problems(form) if form.is_bound else (),
        "refused": _linked(refused or found.problems, found.filed),
        "countdown": _countdown(found.filed),
    }
    return render(request, "reports/publish.html", context, status=status)
