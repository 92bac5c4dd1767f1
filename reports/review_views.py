"""Downloads of the finance review's papers: 绩效目标审核表, 审核意见书, 批复."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from indicators.approval_lists import is_whole_for, visible_versions
from indicators.models import DepartmentOpinion, Opinion
from projects.models import Approval, Declaration, DepartmentYear
from reports import approval_files, review_files
from reports.views import download


@require_safe
def review_sheet_file(request: HttpRequest, pk: int, extension: str) -> HttpResponse:
    visible = Declaration.objects.visible_to(request.user).filter(pk=pk)
    opinions = Opinion.objects.filter(declaration__in=visible).select_related(
        "author", "principal", "declaration"
    )
    opinion = get_object_or_404(opinions)
    return download(request, review_files.review_sheet_file, opinion, extension, review_files.SHEET_FORMATS)


@require_safe
def opinion_letter_file(request: HttpRequest, year: int, code: str, extension: str) -> HttpResponse:
    visible = DepartmentYear.objects.visible_to(request.user)
    opinions = DepartmentOpinion.objects.filter(department_year__in=visible)
    opinion = get_object_or_404(
        opinions.select_related(
            "author", "principal", "department_year__department", "department_year__fiscal_year"
        ),
        department_year__fiscal_year__year=year,
        department_year__department__code=code,
    )
    make, formats = review_files.opinion_letter_file, review_files.LETTER_FORMATS
    return download(request, make, opinion, extension, formats)


@require_safe
def approval_file(request: HttpRequest, pk: int, extension: str) -> HttpResponse:
    visible = Approval.objects.visible_to(request.user).select_related("department", "fiscal_year")
    approval = get_object_or_404(visible, pk=pk)
    make = partial(
        approval_files.approval_file,
        versions=visible_versions(approval, request.user),
        is_whole=is_whole_for(approval, request.user),
    )
    return download(request, make, approval, extension, approval_files.APPROVAL_FORMATS)
