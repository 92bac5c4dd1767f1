"""操作日志, 安全日志 and 核验: what auditors search, take away and check."""

from collections.abc import Callable, Iterable
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from departments.permissions import (
    may_read_security_log,
    may_read_trail,
    reads_whole_trail,
    trail_departments_of,
)
from indicators.reviewed import TABLE
from indicators.services.exports import record_list_export
from indicators.timeline import event_of
from perfbudget.lib.text import file_name
from projects.models import Declaration
from reports.list_workbooks import list_workbook
from reports.trail_forms import SecurityFilterForm, TrailFilterForm
from reports.trail_workbook import (
    SECURITY_TITLE,
    TRAIL_TITLE,
    write_security_workbook,
    write_trail_workbook,
)
from trail.heads import head_json, head_of
from trail.models import Entry, Head, SecurityEvent
from trail.search import find, find_refused
from trail.verification import verify_recent

ROWS_PER_PAGE = 50
MOST_ENTRIES = 100_000  # what a web server writes in half a minute
_LONGEST_KEY = 19  # digits
RECENT = 1000  # entries that the page checks; the command checks all


@require_safe
def trail_search(request: HttpRequest) -> HttpResponse:
    """List the entries that the filters in the address ask for; ``before`` is where the page begins."""
    _require_reader(request.user)
    form = TrailFilterForm(request.GET, user=request.user)
    found = _found(request.user, form)
    rows, more = _page(found, "sequence", request.GET.get("before", ""))
    context = {
        "form": form,
        "rows": [(entry, event_of(entry)) for entry in rows],
        "readable": _readable_tables(rows, request.user),
        "next": rows[-1].sequence if more else None,
        "is_later_page": "before" in request.GET,
        "may_read_security_log": may_read_security_log(request.user),
    }
    return render(request, "reports/trail_search.html", context)


@require_safe
def security_log(request: HttpRequest) -> HttpResponse:
    """List the refused attempts that the filters in the address ask for."""
    _require_security_reader(request.user)
    form = SecurityFilterForm(request.GET)
    rows, more = _page(_found_refused(form), "pk", request.GET.get("before", ""))
    context = {
        "form": form,
        "rows": rows,
        "next": rows[-1].pk if more else None,
        "is_later_page": "before" in request.GET,
        "may_read_trail": may_read_trail(request.user),
    }
    return render(request, "reports/security_log.html", context)


@require_safe
def trail_workbook(request: HttpRequest) -> HttpResponse:
    """Answer with the entries of the same address as a workbook; where that cannot be, the page says why."""
    _require_reader(request.user)
    form = TrailFilterForm(request.GET, user=request.user)
    found = _found(request.user, form)
    return _workbook(request, form, found, write_trail_workbook, TRAIL_TITLE, "trail-search")


@require_safe
def security_workbook(request: HttpRequest) -> HttpResponse:
    """Answer with the refused attempts of the same address as a workbook."""
    _require_security_reader(request.user)
    form = SecurityFilterForm(request.GET)
    return _workbook(
        request, form, _found_refused(form), write_security_workbook, SECURITY_TITLE, "security-log"
    )


@require_safe
def trail_head(request: HttpRequest) -> HttpResponse:
    """Show where the chain stood at the end of a day (?day=), to be printed and signed; or ?check it."""
    _require_reader(request.user)
    today = timezone.localdate()
    day = _day(request.GET.get("day", ""), today)
    context = {
        "day": day,
        "today": today,
        "head": head_of(day),
        "newest": Head.objects.first(),
        "recent": RECENT,
        "problems": verify_recent(RECENT) if "check" in request.GET else None,
        "at": timezone.localtime(),
    }
    return render(request, "reports/trail_head.html", context)


@require_safe
def trail_head_file(request: HttpRequest) -> HttpResponse:
    """Answer with the head of a day as the file that ``verify_trail --head`` takes."""
    _require_reader(request.user)
    day = _day(request.GET.get("day", ""), timezone.localdate())
    head = head_of(day)
    if head is None:
        messages.error(request, f"{day}及以前没有日志，没有可以导出的末条。")
        return redirect("trail-head")
    response = HttpResponse(head_json(head), content_type="application/json")
    name = file_name("操作日志末条", day.isoformat(), extension="json")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    record_list_export(
        actor=request.user, name="trail-head", what="操作日志末条", filters=[("日期", day.isoformat())]
    )
    return response


def visible_entries(user) -> QuerySet[Entry]:
    """Return the entries ``user`` may read: of their departments, or all, those without a department too."""
    if reads_whole_trail(user):
        return Entry.objects.all()
    return Entry.objects.filter(
        department_code__in=list(trail_departments_of(user).values_list("code", flat=True))
    )


def _require_reader(user) -> None:
    if not may_read_trail(user):
        raise PermissionDenied("操作日志由审计和审计管理员查看，本人没有这些角色。")


def _require_security_reader(user) -> None:
    if not may_read_security_log(user):
        raise PermissionDenied("安全日志由审计、审计管理员和安全管理员查看，本人没有这些角色。")


def _readable_tables(entries: Iterable[Entry], user) -> set[str]:
    """Return the keys of the tables that the entries are about, of those ``user`` sees."""
    keys = {int(entry.object_id) for entry in entries if entry.kind == TABLE}
    seen = Declaration.objects.visible_to(user).filter(pk__in=keys)
    return {str(key) for key in seen.values_list("pk", flat=True)}


def _found(user, form: TrailFilterForm) -> QuerySet[Entry]:
    return find(visible_entries(user), form.wanted()) if form.is_valid() else Entry.objects.none()


def _found_refused(form: SecurityFilterForm) -> QuerySet[SecurityEvent]:
    return find_refused(**form.cleaned_data) if form.is_valid() else SecurityEvent.objects.none()


def _page(found: QuerySet, key: str, before: str) -> tuple[list, bool]:
    """Return the rows of a page and whether more follow. Nothing is counted: that would read all of them."""
    if before.isdecimal() and len(before) <= _LONGEST_KEY:
        found = found.filter(**{f"{key}__lt": min(int(before), 2**63 - 1)})
    rows = list(found[: ROWS_PER_PAGE + 1])
    return rows[:ROWS_PER_PAGE], len(rows) > ROWS_PER_PAGE


def _workbook(
    request: HttpRequest, form, found: QuerySet, write: Callable, title: str, page: str
) -> HttpResponse:
    back = f"{reverse(page)}?{request.GET.urlencode()}"
    if not form.is_valid():
        return redirect(back)
    return list_workbook(
        request,
        lambda file, scope: write(file, found, scope, most_entries=MOST_ENTRIES),
        name=page,
        title=title,
        filters=form.described(),
        back=back,
    )


def _day(text: str, today: date) -> date:
    try:
        return parse_date(text) or today
    except ValueError:  # a day that no calendar has
        return today
