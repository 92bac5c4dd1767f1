"""The queues of a person: 待办, 已办, 被退回, 我送审的."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from departments.permissions import reviews_somewhere
from indicators import queue_lists, queues
from indicators.forms.queues import QueueFilterForm
from indicators.queue_lists import QUEUES, Found, Line, Queue
from indicators.views.sorting import filter_of, heads_of
from projects.models import Declaration, DepartmentYear
from workflow.models import Status

ROWS_PER_PAGE = 50
MOST_DEPARTMENTS = 8
_BEFORE_FINANCE = (Status.SUBMITTED, Status.AT_SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a queue with the page to open it on, and whether it can be ticked."""

    line: Line
    address: str


@require_safe
def queue(request, name):
    """List one of the queues of the person who asks, as the address asks."""
    if name not in QUEUES:
        raise Http404
    chosen = QUEUES[name]
    form = QueueFilterForm(request.GET, user=request.user)
    wanted = form.wanted() if form.is_valid() else None
    found = queue_lists.find(chosen, request.user, wanted) if wanted else _nothing()
    totals = queue_lists.totals_of(found)
    order = (wanted.order if wanted else "") or chosen.order
    paginator = Paginator(queue_lists.keys_of(found, order), ROWS_PER_PAGE)
    paginator.count = totals.all
    page = paginator.get_page(request.GET.get("page"))
    acts = name == "todo" and reviews_somewhere(request.user)
    context = {
        "queue": chosen,
        "tabs": _tabs(request.user, name),
        "form": form,
        "wanted": wanted,
        "totals": totals,
        "page": page,
        "rows": [_row(line, chosen) for line in queue_lists.lines_of(page.object_list, chosen, request.user)],
        "heads": heads_of(_titles(chosen), order, ("budget",)),
        "filter": filter_of(request),
        "may_act": acts,
        "leader_pages": _by_department(found, _BEFORE_FINANCE, "leader-page") if acts else (),
        "approvals": _by_department(found, (Status.TO_APPROVE,), "approve-year") if acts else (),
        "empty": _EMPTY[name],
    }
    return render(request, "indicators/queue.html", context)


_EMPTY = {
    "todo": ("没有待办的项目。", "轮到本人审核，或填报的项目被退回时，会列在这里。"),
    "done": ("还没有办理过的项目。", "本人通过、退回或批复的项目会列在这里。"),
    "returned": ("没有被退回的项目。", "可以查看的部门中，被退回尚未重新送审的项目会列在这里，附退回原因。"),
    "submitted": ("还没有送审过项目。", "本人送审的项目会列在这里，可以查看办理到哪个环节。"),
}


def _nothing() -> Found:
    return Found(Declaration.objects.none(), DepartmentYear.objects.none())


def _tabs(user, name: str) -> list[tuple[str, str, int | None, bool]]:
    """Return title, address, number (None: not told) and whether it is this one, of every queue."""
    numbers = {"todo": queues.number_to_do(user), "returned": queues.number_returned(user)}
    return [
        (each.title, reverse("queue", args=(each.name,)), numbers.get(each.name), each.name == name)
        for each in QUEUES.values()
    ]


def _row(line: Line, queue: Queue) -> Row:
    return Row(line, _address(line, queue))


def _address(line: Line, queue: Queue) -> str:
    waits = queue.name == "todo" and line.reviewed.status in Status.UNDER_REVIEW
    if line.is_table:
        return reverse("review-table" if waits else "table", args=(line.reviewed.pk,))
    year = (line.filed.fiscal_year.year, line.filed.department.code)
    return (
        reverse("review-narrative", args=year)
        if waits
        else reverse("department-year", args=year) + "#narrative"
    )


def _titles(queue: Queue) -> dict[str, str]:
    return {"code": "单位", "name": "项目", "budget": "预算数", "since": queue.since, "status": "状态"}


def _by_department(found: Found, statuses: Iterable[Status], name: str) -> list[tuple[str, str, int]]:
    """Return title, address and number of tables of the page ``name`` of departments with tables there."""
    groups = (
        found.tables.filter(status__in=statuses)
        .order_by()
        .values_list(
            "department_year__fiscal_year__year",
            "department_year__department__code",
            "department_year__name",
        )
        .annotate(number=Count("pk"))
        .order_by("-number", "department_year__department__code")
    )
    return [
        (f"{code}{unit} {year}年度", reverse(name, args=(year, code)), number)
        for year, code, unit, number in groups[:MOST_DEPARTMENTS]
    ]
