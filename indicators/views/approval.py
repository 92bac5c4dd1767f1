"""批复: the list of approvals, the page on which one is issued, and the page of an issued one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from departments.models import Department
from indicators.approval_lists import (
    approved_lines,
    is_whole_for,
    numbered,
    visible_versions,
    waiting_departments,
)
from indicators.approvals import draft_text, scope_of, sort_words, subtree_of
from indicators.forms.approval import ApprovalForm, seen_revisions
from indicators.forms.problems import form_problems
from indicators.services.approval import ApprovalError, approve_year, may_approve, refresh_for_approval
from perfbudget.lib.text import clean_text
from projects import listings
from projects.deadlines import Countdown, countdowns_for, unpublished_approvals
from projects.models import Approval, FiscalYear
from workflow.services import RevisionConflictError, TransitionError

ROWS_PER_PAGE = 50
ADJUSTMENTS = "adjustment"
CHANGED = "打开本页之后，待批复的内容已有变动，没有批复。核对下面列出的内容后重新办理。"


@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    """List the approvals of a year that this person may see; above them what waits to be approved."""
    years = listings.years_for(request.user, opens_years=False)
    chosen = next((year for year in years if str(year.year) == request.GET.get("year")), None)
    chosen = chosen or next(iter(years), None)
    context = {"year": chosen, "years": _year_links(years, chosen)}
    if chosen is None:
        return render(request, "indicators/approvals.html", context)
    visible = Department.objects.visible_to(request.user)
    found = Approval.objects.visible_to(request.user).filter(fiscal_year=chosen)
    code = clean_text(request.GET.get("department", ""))
    if code:
        found = found.reaching(Department.objects.filter(Q(code=code) | Q(parent__code=code)))
    found = numbered(found.select_related("department"), request.user).order_by("-approved_on", "-pk")
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    due = {each.approval.pk: each for each in countdowns_for(visible, chosen)}
    context |= {
        "page": page,
        "code": code,
        "rows": [(each, sort_words(each.sort, each.sequence), due.get(each.pk)) for each in page.object_list],
        "waiting": waiting_departments(request.user, chosen),
        "filter": f"year={chosen.year}" + (f"&department={code}" if code else ""),
    }
    return render(request, "indicators/approvals.html", context)


@require_safe
def approval(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what an approval says, the tables it locked, and until when they are to be published."""
    visible = Approval.objects.visible_to(request.user)
    found = get_object_or_404(
        visible.select_related("department", "fiscal_year", "issued_by", "principal"), pk=pk
    )
    seen = subtree_of(found.department).filter(pk__in=Department.objects.visible_to(request.user))
    waiting = unpublished_approvals(seen, found.fiscal_year).filter(pk=found.pk)
    lines = approved_lines(visible_versions(found, request.user))
    context = {
        "approval": found,
        "words": sort_words(found.sort, found.sequence),
        "lines": lines,
        "is_whole": is_whole_for(found, request.user),
        "total": sum(line.budget for line in lines) if any(line.is_table for line in lines) else None,
        "countdown": Countdown(found, timezone.localdate()) if waiting.exists() else None,
    }
    return render(request, "indicators/approval.html", context)


def approve(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Say what would be approved and what stays behind; then approve it as one act."""
    department = get_object_or_404(Department.objects.visible_to(request.user), code=code)
    fiscal_year = get_object_or_404(FiscalYear, year=year)
    if not may_approve(request.user, department):
        raise PermissionDenied(f"批复由“{department.name}”的财政审核人办理。")
    if request.method == "POST":
        return _approve(request, department, fiscal_year)
    refresh_for_approval(department, fiscal_year)
    return _page(request, department, fiscal_year)


def _approve(request: HttpRequest, department: Department, fiscal_year: FiscalYear) -> HttpResponse:
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        return _page(request, department, fiscal_year, form, status=422)
    try:
        issued = approve_year(
            department=department,
            fiscal_year=fiscal_year,
            letter=form.letter(),
            **seen_revisions(request.POST),
            adjustments=_is_about_adjustments(request),
            others_later=form.cleaned_data["others_later"],
            actor=request.user,
        )
    except ApprovalError as refusal:
        form.add_error(None, list(refusal.messages))
        return _page(request, department, fiscal_year, form, status=422)
    except RevisionConflictError:
        messages.error(request, CHANGED)
        return _page(request, department, fiscal_year, form, status=409)
    except TransitionError as refusal:
        messages.error(request, str(refusal))
        return _page(request, department, fiscal_year, form, status=409)
    words = sort_words(issued.sort, issued.sequence)
    messages.success(request, f"已办理{words}：{issued.document_number}。绩效目标已锁定。")
    return redirect("approval", pk=issued.pk)


def _page(
    request: HttpRequest,
    department: Department,
    fiscal_year: FiscalYear,
    form: ApprovalForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    adjustments = _is_about_adjustments(request)
    scope = scope_of(department, fiscal_year, request.user, adjustments=adjustments)
    if form is None and not scope.ready and scope.waiting_otherwise and "group" not in request.GET:
        return redirect(f"{request.path}?group={'first' if adjustments else ADJUSTMENTS}")
    if form is None:
        last = Approval.objects.order_by("-pk").first()
        form = ApprovalForm(
            initial={
                "approved_on": timezone.localdate(),
                "issuer": last.issuer if last else "",
                "text": draft_text(scope),
            }
        )
    context = {
        "scope": scope,
        "form": form,
        "problems": form_problems(form) if form.is_bound else (),
        "adjustments": adjustments,
        "other_group": "first" if adjustments else ADJUSTMENTS,
    }
    return render(request, "indicators/approve_year.html", context, status=status)


def _is_about_adjustments(request: HttpRequest) -> bool:
    return (request.POST.get("group") or request.GET.get("group")) == ADJUSTMENTS


def _year_links(years, chosen) -> list[tuple[int, str, bool]]:
    address = reverse("approvals")
    return [(year.year, f"{address}?year={year.year}", year == chosen) for year in years]
