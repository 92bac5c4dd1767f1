"""The 审核意见书 of a department's year: written by the finance review, read by all who see the unit."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from indicators.checks.opinion import Grade
from indicators.forms.department_opinion import DepartmentOpinionForm
from indicators.forms.problems import form_problems
from indicators.models import DepartmentOpinion
from indicators.services.department_opinions import (
    DepartmentReview,
    draft_department_opinion,
    is_stale,
    may_write_department_opinion,
    review_of,
    save_department_opinion,
)
from indicators.services.findings import refresh_department_findings
from indicators.views.access import visible_department_year
from indicators.views.refusals import said_of
from projects.models import DepartmentYear
from workflow.services import RevisionConflictError, TransitionError

CHANGED = "打开本页之后，该单位的填报内容已有变动，审核意见书没有保存。核对后重新填写。"


def department_opinion(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Show the 审核意见书 with what it is about; a 财政审核人 writes it here."""
    filed = visible_department_year(request.user, year, code)
    if request.method != "POST":
        refresh_department_findings(department_year=filed)
        return _page(request, filed)
    if not may_write_department_opinion(request.user, filed):
        raise PermissionDenied(f"审核意见书由“{filed.name}”的财政审核人填写。")
    form = DepartmentOpinionForm(request.POST)
    if not form.is_valid():
        return _page(request, filed, form, status=422)
    try:
        save_department_opinion(department_year=filed, actor=request.user, **form.cleaned_data)
    except (RevisionConflictError, TransitionError) as refusal:
        messages.error(request, said_of(refusal, CHANGED))
        return _page(request, filed, form, status=409)
    messages.success(request, "已保存审核意见书。")
    return redirect("department-opinion", year=year, code=code)


def _page(
    request: HttpRequest,
    filed: DepartmentYear,
    form: DepartmentOpinionForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    review = review_of(filed)
    stored = (
        DepartmentOpinion.objects.filter(department_year=filed).select_related("author", "principal").first()
    )
    may_write = may_write_department_opinion(request.user, filed)
    if form is None and may_write:
        form = DepartmentOpinionForm(initial=_initial(filed, review, stored))
    context = {
        "filed": filed,
        "review": review,
        "stored": stored,
        "overall": Grade(stored.overall) if stored else None,
        "is_stale": stored is not None and is_stale(stored, review),
        "form": form,
        "documents_hash": form["documents_hash"].value() if status == 422 else review.documents_hash,
        "problems": form_problems(form) if form and form.is_bound else (),
    }
    return render(request, "indicators/department_opinion.html", context, status=status)


def _initial(filed: DepartmentYear, review: DepartmentReview, stored: DepartmentOpinion | None) -> dict:
    if stored:
        return {name: getattr(stored, name) for name in ("overall", "text", "document_number")}
    draft = draft_department_opinion(filed, review)
    return {"overall": draft.overall, "text": draft.text}
