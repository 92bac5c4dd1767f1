"""催办: a message to whoever a unit's filing waits for, at most once a day for each unit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from departments.models import Department, Membership, Role, User
from departments.permissions import remindable_by
from indicators.document import Change
from indicators.progress import Row, Standing, preparers_of, rows_of_departments
from perfbudget.lib.text import clean_text
from projects.models import FiscalYear
from trail.services import record
from workflow.models import Notification, Status
from workflow.services import notify
from workflow.transitions import FINANCE_LEVELS, LEVELS, ROLE_AT

LONGEST = 500
NOT_UNFINISHED = "没有未办结的项目，无须催办。"
ALREADY = "今天已经催办过。"
NOBODY = "没有可以催办的人，由系统管理员授予角色后再催办。"
NOT_ALLOWED = "本人不审核该单位，不能催办。"


class ReminderError(ValueError):
    """Nobody can be reminded; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """A unit with whom it was that got the message; ``refusal`` says why nobody did."""

    department: Department
    people: tuple[User, ...] = ()
    refusal: str = ""


@transaction.atomic
def remind(
    *, departments: Sequence[Department], fiscal_year: FiscalYear, text: str, actor
) -> tuple[Reminded, ...]:
    """Tell the people at whom each unit's filing hangs that it is due; return who was told of each unit.

    Raises ReminderError without a text, or with one that is too long.
    """
    text = clean_text(text)
    if not text:
        raise ReminderError("填写催办内容。")
    if len(text) > LONGEST:
        raise ReminderError(f"催办内容有{len(text)}个字，最多{LONGEST}个字，缩短后再催办。")
    allowed = set(
        remindable_by(actor).filter(pk__in=[each.pk for each in departments]).values_list("pk", flat=True)
    )
    rows = rows_of_departments(departments, fiscal_year)
    people, told = _people(rows, fiscal_year), _told_today(rows, fiscal_year)
    done = tuple(_reminded(row, people, told, allowed) for row in rows)
    reached = [(row, each) for row, each in zip(rows, done, strict=True) if each.people]
    for row, each in reached:
        notify(
            recipients=each.people,
            sort=Notification.Sort.REMINDER,
            text=f"{row.department.code}{row.name}：{text}",
            address=_address(row, fiscal_year),
            key=_key(row.department, fiscal_year),
        )
    _record(reached, text, actor)
    return done


def _reminded(row: Row, people: dict[int, tuple[User, ...]], told: set[int], allowed: set[int]) -> Reminded:
    department = row.department
    if department.pk not in allowed:
        return Reminded(department, refusal=NOT_ALLOWED)
    if not row.standing.is_unfinished and row.standing != Standing.TO_APPROVE:
        return Reminded(department, refusal=NOT_UNFINISHED)
    if department.pk in told:
        return Reminded(department, refusal=ALREADY)
    found = people.get(department.pk, ())
    return Reminded(department, found, "" if found else NOBODY)


def _people(rows: Sequence[Row], fiscal_year: FiscalYear) -> dict[int, tuple[User, ...]]:
    """Return at whom each unit's filing hangs: its 填报人, or who reviews it where it was submitted."""
    preparing = preparers_of([row.department for row in rows])
    levels = {row.department.pk: _level_of(row) for row in rows}
    reviewing = _reviewers([row for row in rows if levels[row.department.pk]], levels)
    return {
        row.department.pk: reviewing.get(row.department.pk, ())
        if levels[row.department.pk]
        else preparing.get(row.department.pk, ())
        for row in rows
    }


def _level_of(row: Row) -> Status | None:
    """Return the first level at which something waits, None where it is the unit's turn to fill in."""
    if row.standing not in (Standing.UNDER_REVIEW, Standing.TO_APPROVE):
        return None
    return next(level for level in (*LEVELS, Status.TO_APPROVE) if row.tally.statuses[level])


def _reviewers(rows: Sequence[Row], levels: dict[int, Status]) -> dict[int, tuple[User, ...]]:
    places = {row.department.pk for row in rows} | {row.department.parent_id for row in rows}
    memberships = list(
        Membership.objects.filter(
            Q(department=None) | Q(department__in=places - {None}),
            role__in=Role.REVIEWING,
            user__is_active=True,
        )
        .select_related("user")
        .order_by("user__full_name")
    )
    return {
        row.department.pk: tuple(
            dict.fromkeys(
                each.user for each in memberships if _reviews(each, row.department, levels[row.department.pk])
            )
        )
        for row in rows
    }


def _reviews(membership: Membership, department: Department, level: Status) -> bool:
    if membership.role != ROLE_AT[level]:
        return False
    if membership.department_id not in (None, department.pk, department.parent_id):
        return False
    step = membership.finance_step
    return step is None or (level in FINANCE_LEVELS and FINANCE_LEVELS.index(level) + 1 == step)


def _key(department: Department, fiscal_year: FiscalYear) -> str:
    return f"remind:{department.pk}:{fiscal_year.year}:{timezone.localdate():%Y%m%d}"


def _told_today(rows: Iterable[Row], fiscal_year: FiscalYear) -> set[int]:
    """Return the primary keys of the units that somebody was reminded of today."""
    keys = {_key(row.department, fiscal_year): row.department.pk for row in rows}
    told = Notification.objects.filter(key__in=list(keys)).values_list("key", flat=True)
    return {keys[key] for key in told}


def _address(row: Row, fiscal_year: FiscalYear) -> str:
    if row.filed is None:
        return f"{reverse('home')}?year={fiscal_year.year}"
    return reverse("department-year", args=(fiscal_year.year, row.department.code))


def _record(reached: Iterable[tuple[Row, Reminded]], text: str, actor) -> None:
    batch = uuid4().hex
    for row, each in reached:
        filed = row.filed or row.department
        record(
            actor=actor,
            action="remind",
            kind="department_year" if row.filed else "department",
            object_id=filed.pk,
            label=f"{row.department.code} {row.name}",
            changes=[Change("remind", "催办", "", "、".join(str(person) for person in each.people))],
            department_code=row.department.code,
            reason=text,
            batch=batch,
        )
