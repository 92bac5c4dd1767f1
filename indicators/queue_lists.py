"""A queue as a list: tables and departments' texts together, narrowed, in order, by the page; all in SQL."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from departments.models import Department
from indicators import queues
from indicators.checks import Severity
from indicators.document import NARRATIVE_NAME
from indicators.finding_lists import counts_of_table
from indicators.listings import sums_of
from indicators.models import Finding
from indicators.queues import is_leaving
from indicators.reviewed import NARRATIVE, TABLE, year_of
from projects.listings import contains
from projects.models import Declaration, DepartmentYear
from projects.routes import status_label
from workflow.history import last_moves
from workflow.models import Status, Version
from workflow.transitions import SUBMIT

Rows = QuerySet[Declaration] | QuerySet[DepartmentYear]


@dataclass(frozen=True, slots=True)
class Queue:
    """One of the queues: its name in the address and on the page, what is in it, what ``since`` means.

    ``acts`` are those of the user that brought something here; without them it is the last move of anybody.
    With ``follows`` the time is that of these acts, and what is told is what happened since.
    ``order`` is one of ORDERS that it is in unless another is asked for.
    """

    name: str
    title: str
    tables: Callable[..., QuerySet[Declaration]]
    narratives: Callable[..., QuerySet[DepartmentYear]]
    since: str
    said: str
    acts: tuple[str, ...] = ()
    order: str = ""
    follows: bool = False


QUEUES = {
    queue.name: queue
    for queue in (
        Queue("todo", "待办", queues.todo_of, queues.narratives_to_do, "等待", "来自"),
        Queue(
            "done",
            "已办",
            queues.done_by,
            queues.narratives_done_by,
            "办理时间",
            "本人办理",
            queues.HANDLING,
            "-since",
        ),
        Queue("returned", "被退回", queues.returned_of, queues.narratives_returned_of, "已退回", "退回原因"),
        Queue(
            "submitted",
            "我送审的",
            queues.submitted_by,
            queues.narratives_submitted_by,
            "送审时间",
            "最近办理",
            (SUBMIT.name,),
            "-since",
            follows=True,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What a queue is narrowed to and its order; None and '' are any."""

    text: str = ""
    year: int | None = None
    department: Department | None = None
    status: Status | None = None
    order: str = ""

    @property
    def narrows(self) -> bool:
        return bool(self.text or self.year or self.department or self.status)


class Found(NamedTuple):
    """What of a queue is asked for."""

    tables: QuerySet[Declaration]
    narratives: QuerySet[DepartmentYear]


@dataclass(frozen=True, slots=True)
class Totals:
    """How many tables and texts, and the 预算数 of the tables in 元."""

    tables: int
    narratives: int
    budget: Decimal

    @property
    def all(self) -> int:
        return self.tables + self.narratives


@dataclass(frozen=True, slots=True)
class Line:
    """A table or a department's text as a queue shows it.

    ``last`` is the move that the queue tells of, None where nothing was ever moved; ``days`` since then.
    """

    reviewed: Declaration | DepartmentYear
    filed: DepartmentYear
    status: str
    since: datetime | None
    days: int | None
    last: Version | None
    act: str

    @property
    def is_table(self) -> bool:
        return isinstance(self.reviewed, Declaration)

    @property
    def name(self) -> str:
        return str(self.reviewed) if self.is_table else NARRATIVE_NAME


def find(queue: Queue, user, wanted: QueueFilter) -> Found:
    """Return what of a person's queue is asked for."""
    return Found(
        _narrowed(
            queue.tables(user),
            wanted,
            "department_year__",
            contains(wanted.text, "name", "project__code", "department_year__name"),
        ),
        _narrowed(queue.narratives(user), wanted, "", contains(wanted.text, "name")),
    )


def totals_of(found: Found) -> Totals:
    """Return the figures of what is asked for, in two queries."""
    sums = sums_of(found.tables)
    return Totals(sums.projects, found.narratives.order_by().count(), sums.budget)


_STATUS = Case(
    *(When(status=status, then=Value(place)) for place, status in enumerate(Status.values)),
    output_field=IntegerField(),
)
#: Name of an order in the address → what a table and what a department's text is sorted by, rising.
_ORDERS = {
    "name": (F("name"), Value(NARRATIVE_NAME)),
    "budget": (F("budget"), Value(None, output_field=DecimalField())),
    "since": (F("moved_at"), F("moved_at")),
    "status": (_STATUS, _STATUS),
}
ORDERS = ("code", *_ORDERS)


def keys_of(found: Found, order: str = "") -> QuerySet:
    """Return (kind, primary key, …) of what was found, in order, as one query set that can be sliced.

    ``order`` is one of ORDERS, with a minus for falling; '' is by year and department as in the booklets.
    """
    name = order.removeprefix("-")
    of_table, of_narrative = _ORDERS.get(name, (Value(0), Value(0)))
    tables = _keys(found.tables, TABLE, "department_year__", F("position"), of_table)
    narratives = _keys(found.narratives, NARRATIVE, "", Value(0), of_narrative)
    falls = order.startswith("-")
    places = ["-queue_year", "-queue_code" if falls and name == "code" else "queue_code"]
    by = F("queue_by")
    sorting = [by.desc(nulls_last=True) if falls else by.asc(nulls_last=True)] if name in _ORDERS else []
    return tables.union(narratives, all=True).order_by(*sorting, *places, "queue_position", "pk")


def lines_of(keys: Iterable, queue: Queue, user) -> list[Line]:
    """Return what a page shows of some keys, in their order; a constant number of queries."""
    wanted = [(kind, pk) for kind, pk, *_ in keys]
    of_kind = {kind: [pk for each, pk in wanted if each == kind] for kind in (TABLE, NARRATIVE)}
    rows = {
        TABLE: _tables(of_kind[TABLE]),
        NARRATIVE: _narratives(of_kind[NARRATIVE]),
    }
    own = {kind: _moves(queue, user, kind, pks) for kind, pks in of_kind.items()}
    told = {kind: last_moves(kind, pks) for kind, pks in of_kind.items()} if queue.follows else own
    return [
        _line(rows[kind][pk], own[kind].get(pk), told[kind].get(pk), queue)
        for kind, pk in wanted
        if pk in rows[kind]
    ]


def _narrowed(rows: Rows, wanted: QueueFilter, path: str, text: Q) -> Rows:
    found = rows.filter(text)
    if wanted.year:
        found = found.filter(**{f"{path}fiscal_year__year": wanted.year})
    if wanted.department:
        chosen = wanted.department
        found = found.filter(Q(**{f"{path}department": chosen}) | Q(**{f"{path}department__parent": chosen}))
    return found.filter(status=wanted.status) if wanted.status else found


def _keys(rows: Rows, kind: str, path: str, position, by) -> QuerySet:
    return (
        rows.order_by()
        .annotate(
            queue_kind=Value(kind, output_field=CharField()),
            queue_year=F(f"{path}fiscal_year__year"),
            queue_code=F(f"{path}department__code"),
            queue_position=position,
            queue_by=by,
        )
        .values_list("queue_kind", "pk", "queue_year", "queue_code", "queue_position", "queue_by")
    )


def _tables(keys: list[int]) -> dict[int, Declaration]:
    rows = Declaration.objects.filter(pk__in=keys).select_related(
        "project", "department_year__department", "department_year__fiscal_year"
    )
    return {
        each.pk: each
        for each in rows.defer("purpose", "goal").annotate(**counts_of_table(), is_leaving=is_leaving())
    }


def _narratives(keys: list[int]) -> dict[int, DepartmentYear]:
    rows = DepartmentYear.objects.filter(pk__in=keys).select_related("department", "fiscal_year")
    return {each.pk: each for each in rows.annotate(**_counts_of_narrative())}


def _counts_of_narrative() -> dict[str, Coalesce]:
    """Return for departments' years what ``counts_of_table`` returns for declarations."""
    found = Finding.objects.found()
    counts = {f"{severity}s": _count(found.filter(severity=severity)) for severity in Severity}
    return {**counts, "obstacles": _count(Finding.objects.blocking())}


def _count(findings: QuerySet[Finding]) -> Coalesce:
    mine = findings.filter(run__department_year=OuterRef("pk"), run__declaration=None).order_by()
    number = mine.values("run__department_year").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def _moves(queue: Queue, user, kind: str, keys: list[int]) -> dict[int, Version]:
    if not queue.acts:
        return last_moves(kind, keys)
    return queues.last_moves_by(user, kind, keys, queue.acts)


def _line(
    reviewed: Declaration | DepartmentYear, own: Version | None, last: Version | None, queue: Queue
) -> Line:
    filed = year_of(reviewed)
    since = own.at if queue.acts and own else reviewed.moved_at
    days = (timezone.localdate() - timezone.localdate(since)).days if since else None
    act = queues.ACT_LABELS.get(last.act, "") if last else ""
    return Line(reviewed, filed, status_label(reviewed.status, filed.fiscal_year), since, days, last, act)
