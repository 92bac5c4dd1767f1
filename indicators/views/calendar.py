"""年度日程: the rounds of a fiscal year, extensions for one department, what is set for the year."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.models import Department
from departments.permissions import may_open_years, sees_across_departments
from indicators.forms.calendar import (
    CalendarForm,
    ExtensionForm,
    NewRoundForm,
    RoundForm,
    YearSettingsForm,
)
from projects import services
from projects.calendar import days_left, is_open
from projects.models import Extension, FiscalYear, Round
from projects.services import CalendarError


@dataclass(frozen=True, slots=True)
class Row:
    """A round as the page shows it; ``left`` is in how many days it ends, None where nothing is to tell."""

    round: Round
    state: str
    label: str
    left: int | None


@require_safe
def calendar(request: HttpRequest, year: int) -> HttpResponse:
    """Show the rounds of a year with the extensions this person may know of, and what is set for the year."""
    fiscal_year = get_object_or_404(FiscalYear, year=year)
    seen = Extension.objects.filter(department__in=Department.objects.visible_to(request.user))
    extensions = Prefetch("extensions", seen.select_related("department", "granted_by").order_by("pk"))
    rounds = fiscal_year.rounds.select_related("set_by", "closed_by").prefetch_related(extensions)
    context = {
        "fiscal_year": fiscal_year,
        "rows": [_row(each) for each in rounds],
        "months": "、".join(f"{month}月底" for month in fiscal_year.milestone_months),
        "years": [
            (each.year, reverse("calendar", args=(each.year,)), each == fiscal_year)
            for each in FiscalYear.objects.all()
        ],
        "may_set": may_open_years(request.user),
        "reads_rules": sees_across_departments(request.user),
    }
    return render(request, "indicators/calendar.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_round(request: HttpRequest, year: int) -> HttpResponse:
    """Open a round of a year."""
    fiscal_year = _settable(request, year)
    form = NewRoundForm(request.POST if request.method == "POST" else None)
    return _answer(
        request,
        form,
        lambda: services.add_round(fiscal_year=fiscal_year, actor=request.user, **form.cleaned_data),
        fiscal_year=fiscal_year,
        title="新增轮次",
        done="已新增轮次。",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the days of a round anew."""
    held = _settable_round(request, pk)
    initial = {name: getattr(held, name) for name in RoundForm.base_fields}
    form = RoundForm(request.POST if request.method == "POST" else None, initial=initial)
    return _answer(
        request,
        form,
        lambda: services.change_round(round=held, actor=request.user, **form.cleaned_data),
        fiscal_year=held.fiscal_year,
        title=f"修改{held.get_sort_display()}轮次",
        done="已保存轮次。",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def extend_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a round open for one department until another day."""
    held = _settable_round(request, pk)
    form = ExtensionForm(request.POST if request.method == "POST" else None)
    return _answer(
        request,
        form,
        lambda: services.extend_round(round=held, actor=request.user, **form.cleaned_data),
        fiscal_year=held.fiscal_year,
        title=f"{held.get_sort_display()}延期",
        done="已延期。",
        round=held,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def year_settings(request: HttpRequest, year: int) -> HttpResponse:
    """Change what is set for a year."""
    fiscal_year = _settable(request, year)
    form = YearSettingsForm(request.POST if request.method == "POST" else None, fiscal_year=fiscal_year)
    return _answer(
        request,
        form,
        lambda: services.change_year_settings(
            fiscal_year=fiscal_year, values=form.values(), actor=request.user
        ),
        fiscal_year=fiscal_year,
        title="年度设置",
        done="已保存年度设置。",
    )


@require_POST
def close_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a round before its last day."""
    return _act_on_round(request, pk, services.close_round, "已关闭{}。")


@require_POST
def reopen_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the closing of a round back."""
    return _act_on_round(request, pk, services.reopen_round, "已重新开放{}。")


def _act_on_round(request: HttpRequest, pk: int, act: Callable, done: str) -> HttpResponse:
    held = _settable_round(request, pk)
    try:
        act(round=held, actor=request.user)
        messages.success(request, done.format(held.get_sort_display()))
    except CalendarError as refusal:
        messages.error(request, str(refusal))
    return redirect("calendar", held.fiscal_year.year)


def _answer(
    request: HttpRequest, form: CalendarForm, act: Callable, *, fiscal_year: FiscalYear, done: str, **context
) -> HttpResponse:
    """Do what a valid form asks for and lead back to the calendar, else show the form."""
    if form.is_valid():
        try:
            act()
        except CalendarError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, done)
            return redirect("calendar", fiscal_year.year)
    context |= {"form": form, "fiscal_year": fiscal_year}
    return render(request, "indicators/calendar_form.html", context, status=422 if form.is_bound else 200)


def _row(held: Round) -> Row:
    today = timezone.localdate()
    if held.closed_at is not None:
        return Row(held, "closed", "已关闭", None)
    if held.opens_on > today:
        return Row(held, "to-come", "未开始", None)
    if is_open(held, today):
        return Row(held, "open", "开放", days_left(held, today))
    return Row(held, "past", "已截止", None)


def _settable(request: HttpRequest, year: int) -> FiscalYear:
    _require_right(request)
    return get_object_or_404(FiscalYear, year=year)


def _settable_round(request: HttpRequest, pk: int) -> Round:
    _require_right(request)
    return get_object_or_404(Round.objects.select_related("fiscal_year"), pk=pk)


def _require_right(request: HttpRequest) -> None:
    if not may_open_years(request.user):
        raise PermissionDenied("年度日程由全部单位的财政审核人或系统管理员设定。")
