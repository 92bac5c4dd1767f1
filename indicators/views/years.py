"""Opening a fiscal year for everybody."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from departments.permissions import may_open_years
from indicators import services
from projects.listings import LAST_YEAR
from projects.models import FiscalYear


@require_POST
def open_next_year(request: HttpRequest, year: int) -> HttpResponse:
    """Open a fiscal year like the one before it, with the rules of that year."""
    if not may_open_years(request.user):
        raise PermissionDenied("预算年度由财政审核人开设。")
    previous = get_object_or_404(FiscalYear, year=year - 1, year__lt=LAST_YEAR)
    _, is_new = services.open_year(previous=previous, actor=request.user)
    if is_new:
        messages.success(request, _said_of(year))
    else:
        messages.info(request, f"{year}年度已经开设，未作改动。")
    return redirect(f"{reverse('home')}?year={year}")


def _said_of(year: int) -> str:
    return (
        f"已开设{year}年度，规则设置沿用{year - 1}年度，"
        f"资金支出计划的节点、指标框架和打印设置与{year - 1}年度相同。"
        f"各单位在“我的部门”中切换到{year}年度开始填报。"
    )
