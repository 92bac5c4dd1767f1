"""Filling in the 绩效目标审核表 of a table."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from indicators.services.opinions import may_write_opinions, save_opinion
from indicators.views import pages
from indicators.views.access import visible_declaration
from indicators.views.answers import way_back
from indicators.views.opinion_panel import opinion_form
from indicators.views.refusals import said_of
from workflow.services import RevisionConflictError, TransitionError

CHANGED = "这张表在打开之后已有变动，审核表没有保存。核对下面的内容后重新填写。"


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Store the 审核表 of a table; what cannot be stored comes back as typed."""
    declaration = visible_declaration(request.user, pk)
    if not may_write_opinions(request.user, declaration.department_year.department):
        raise PermissionDenied("绩效目标审核表由主管部门审核人和财政审核人填写。")
    form = opinion_form(declaration, request.POST)
    if not form.is_valid():
        return pages.table_page(request, declaration, opinion_form=form, status=422)
    try:
        save_opinion(
            declaration=declaration,
            revision=form.cleaned_data["revision"],
            points=form.points(),
            grades=form.grades(),
            overall=form.cleaned_data["overall"],
            text=form.cleaned_data["text"],
            actor=request.user,
        )
    except (RevisionConflictError, TransitionError) as refusal:
        messages.error(request, said_of(refusal, CHANGED))
        form = opinion_form(declaration, {**request.POST.dict(), "revision": declaration.revision})
        return pages.table_page(request, declaration, opinion_form=form, status=409)
    messages.success(request, "已保存绩效目标审核表。")
    return redirect(way_back(request) or f"{reverse('table', args=(pk,))}#opinion")
