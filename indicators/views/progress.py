"""进度: departments × how far they are, whom to ask, 一键催办."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from departments.permissions import remindable_by
from indicators import progress
from indicators.forms.progress import ProgressFilterForm, units_to_remind
from indicators.progress import Standing
from indicators.services.reminders import ALREADY, LONGEST, Reminded, ReminderError, remind
from indicators.views.sorting import filter_of, heads_of
from projects.listings import years_for
from projects.models import FiscalYear

ROWS_PER_PAGE = 100
_NAMED = 5  # units that nobody was told of; the others are counted


@require_safe
def newest_progress(request):
    """Lead to the newest year with filings that the person sees."""
    years = years_for(request.user, opens_years=False)
    chosen = next((year for year in years if year.has_filings), years[0] if years else None)
    return redirect("progress", year=chosen.year) if chosen else redirect("home")


@require_safe
def progress_page(request, year):
    """List the units a person sees with how far each is, as the address asks."""
    fiscal_year = get_object_or_404(FiscalYear, year=year)
    return _page(request, fiscal_year)


@require_POST
def remind_departments(request, year):
    """Send a message to whoever the ticked units' filings wait for."""
    fiscal_year = get_object_or_404(FiscalYear, year=year)
    if not remindable_by(request.user).exists():
        raise PermissionDenied("催办由审核人和系统管理员办理。")
    back = f"{reverse('progress', args=(year,))}?{request.POST.get('filter', '')}".rstrip("?")
    units = units_to_remind(request.POST, request.user, fiscal_year)
    if not units:
        messages.error(request, "没有选择要催办的单位，在列表中勾选，或选择全部未办结的单位。")
        return redirect(back)
    try:
        done = remind(
            departments=units,
            fiscal_year=fiscal_year,
            text=request.POST.get("text", ""),
            actor=request.user,
        )
    except ReminderError as refusal:
        messages.error(request, str(refusal))
        return _page(request, fiscal_year, text=request.POST.get("text", ""), status=422)
    _report(request, done)
    return redirect(back)


def _page(request, fiscal_year: FiscalYear, *, text: str = "", status: int = 200):
    form = ProgressFilterForm(request.GET)
    wanted = form.wanted() if form.is_valid() else None
    rows = progress.rows_of(request.user, fiscal_year, wanted) if wanted else []
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    order = wanted.order if wanted else ""
    context = {
        "fiscal_year": fiscal_year,
        "years": _year_links(request.user, fiscal_year),
        "form": form,
        "wanted": wanted,
        "page": page,
        "rows": progress.complete(page.object_list),
        "sums": progress.sums_of(rows),
        "standings": _standings(rows),
        "overdue": sum(row.is_overdue for row in rows),
        "heads": heads_of(_TITLES, order, _NUMBERS),
        "has_supervisor_step": fiscal_year.has_supervisor_step,
        "filter": filter_of(request),
        "may_remind": remindable_by(request.user).exists(),
        "text": text or f"{fiscal_year}预算绩效目标尚未办结，按规定期限抓紧办理。",
        "longest": LONGEST,
    }
    return render(request, "indicators/progress.html", context, status=status)


def _standings(rows: Iterable[progress.Row]) -> list[tuple[Standing, int]]:
    """Return every standing there is with the number of units."""
    found = [row.standing for row in rows]
    return [(each, found.count(each)) for each in Standing if each in found]


def _report(request, done: Iterable[Reminded]) -> None:
    reached = [each for each in done if each.people]
    if reached:
        people = {person.pk for each in reached for person in each.people}
        messages.success(request, f"已催办{len(reached)}个单位，通知{len(people)}人。")
    already = [each for each in done if each.refusal == ALREADY]
    if already:
        messages.warning(request, f"{len(already)}个单位今天已经催办过，没有重复通知。")
    others = [each for each in done if each.refusal and each.refusal != ALREADY]
    for each in others[:_NAMED]:
        messages.warning(request, f"没有催办“{each.department.name}”：{each.refusal}")
    if len(others) > _NAMED:
        messages.warning(request, f"另有{len(others) - _NAMED}个单位没有催办。")


_TITLES = {
    "code": "编码",
    "name": "单位",
    "standing": "进度",
    "projects": "应填报",
    "budget": "预算数",
    "filling_in": "填报中",
    "returned": "被退回",
    "at_unit": "单位审核",
    "at_supervisor": "主管审核",
    "at_finance": "财政审核",
    "to_approve": "待批复",
    "approved": "已批复",
    "published": "已公开",
    "overdue": "逾期",
}
_NUMBERS = set(_TITLES) - {"code", "name", "standing"}


def _year_links(user, chosen: FiscalYear) -> list[tuple[int, str, bool]]:
    return [
        (each.year, reverse("progress", args=(each.year,)), each == chosen)
        for each in years_for(user, opens_years=False)
    ]
