"""Downloads of the finance review's papers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from indicators.models import Opinion
from projects.models import Declaration
from reports.review_files import REVIEW_FORMATS
from reports.review_files import review_sheet_file as make_review_sheet
from reports.views import download


def review_sheet_file(request: HttpRequest, pk: int, extension: str) -> HttpResponse:
    visible = Declaration.objects.visible_to(request.user)
    opinions = Opinion.objects.filter(declaration__in=visible).select_related("author", "declaration")
    opinion = get_object_or_404(opinions, declaration=pk)
    return download(request, make_review_sheet, opinion, extension, REVIEW_FORMATS)
