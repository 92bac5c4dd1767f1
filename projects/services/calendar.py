"""The acts on a year's calendar: its rounds, extensions for one department, what is set for the year."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from departments.models import MOST_FINANCE_STEPS, Department
from departments.permissions import KEEPING_ROLES, may_open_years, role_acted_in
from departments.services.changes import FieldChange
from projects.models import Declaration, DepartmentYear, Extension, FiscalYear, Round
from trail.services import record
from workflow.models import Status
from workflow.transitions import FINANCE_LEVELS

YEARS_BEFORE, YEARS_AFTER = 2, 10  # around a fiscal year: further off, a round is mistyped
LONGEST_STEP_NAME = 20
MOST_PUBLICATION_DAYS = 365
# What tables were begun with: it stays once there are any.
_SET_BY_FILING = ("milestone_months", "frame")
SETTINGS = (
    *_SET_BY_FILING,
    *("has_weights", "prints_foot_line", "prints_blank_other_as_zero"),
    *("has_supervisor_step", "finance_steps", "publication_days"),
)


class CalendarError(ValueError):
    """Dates or settings that cannot be; ``messages`` are Chinese sentences, one for each. Nothing changed."""

    def __init__(self, messages: Iterable[str]):
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


@transaction.atomic
def add_round(
    *,
    fiscal_year: FiscalYear,
    sort: str,
    opens_on: date,
    closes_on: date | None = None,
    note: str = "",
    actor,
) -> Round:
    """Open a round of a year; both days are included. Raises PermissionDenied, CalendarError."""
    _lock(fiscal_year, actor)
    added = Round(
        fiscal_year=fiscal_year, sort=sort, opens_on=opens_on, closes_on=closes_on, note=note, set_by=actor
    )
    _require_sound(added)
    added.save(force_insert=True)
    _record(added, "create", actor, _differences({}, _said_of(added)))
    return added


@transaction.atomic
def change_round(
    *, round: Round, opens_on: date, closes_on: date | None, note: str = "", actor
) -> tuple[FieldChange, ...]:
    """Set the days of a round anew and return what changed. Raises PermissionDenied, CalendarError."""
    held = _held(round, actor)
    before = _said_of(held)
    held.opens_on, held.closes_on, held.note = opens_on, closes_on, note
    _require_sound(held)
    changes = _differences(before, _said_of(held))
    if changes:
        held.set_by = actor
        held.save(update_fields=("opens_on", "closes_on", "note", "set_by"))
        _record(held, "edit", actor, changes)
    return changes


@transaction.atomic
def close_round(*, round: Round, actor, reason: str = "") -> None:
    """Close a round before its last day, for everybody. Raises PermissionDenied, CalendarError."""
    held = _held(round, actor)
    if held.closed_at is not None:
        raise CalendarError([f"{held}已由{held.closed_by}关闭，不必再次关闭。"])
    held.closed_at, held.closed_by = timezone.now(), actor
    held.save(update_fields=("closed_at", "closed_by"))
    _record(held, "close", actor, [FieldChange("closed_at", "状态", "开放", "已关闭")], reason=reason)


@transaction.atomic
def reopen_round(*, round: Round, actor, reason: str = "") -> None:
    """Take the closing of a round back; its days stay. Raises PermissionDenied, CalendarError."""
    held = _held(round, actor)
    if held.closed_at is None:
        raise CalendarError([f"{held}没有关闭；已过截止日期的，改期或为单位延期。"])
    held.closed_at = held.closed_by = None
    _require_sound(held)
    held.save(update_fields=("closed_at", "closed_by"))
    _record(held, "reopen", actor, [FieldChange("closed_at", "状态", "已关闭", "开放")], reason=reason)


@transaction.atomic
def extend_round(*, round: Round, department: Department, closes_on: date, reason: str, actor) -> Extension:
    """Keep a round open for one department, and the units below it, until another day.

    Raises PermissionDenied, CalendarError.
    """
    held = _held(round, actor)
    if problems := list(_extension_problems(held, closes_on, reason)):
        raise CalendarError(problems)
    extension = Extension.objects.create(
        round=held,
        department=department,
        closes_on=closes_on,
        reason=reason.strip(),
        granted_by=actor,
        granted_at=timezone.now(),
    )
    change = FieldChange(f"extensions/{extension.pk}", f"{department}延至", "", str(closes_on))
    _record(held, "extend", actor, [change], reason=reason.strip(), department_code=department.code)
    return extension


@transaction.atomic
def change_year_settings(
    *, fiscal_year: FiscalYear, values: Mapping[str, Any], actor
) -> tuple[FieldChange, ...]:
    """Set what ``values`` names of SETTINGS and return what changed. Raises PermissionDenied, CalendarError.

    What tables were begun with stays once there are any; a level of review at which tables wait does too.
    """
    held = _lock(fiscal_year, actor)
    changed = {name: value for name, value in values.items() if getattr(held, name) != value}
    if problems := list(_settings_problems(held, changed)):
        raise CalendarError(problems)
    changes = tuple(
        FieldChange(name, _label(name), _shown(getattr(held, name)), _shown(value))
        for name, value in changed.items()
    )
    if changes:
        for name, value in changed.items():
            setattr(held, name, value)
        held.save(update_fields=list(changed))
        record(
            actor=actor,
            capacity=role_acted_in(actor, *KEEPING_ROLES, everywhere=True),
            action="edit",
            kind="fiscal_year",
            object_id=held.pk,
            label=str(held),
            changes=changes,
        )
    return changes


def _lock(fiscal_year: FiscalYear, actor) -> FiscalYear:
    """Return the year as it is once nobody else changes its calendar. Raises PermissionDenied."""
    if not may_open_years(actor):
        raise PermissionDenied("年度日程由全部单位的财政审核人或系统管理员设定。")
    return FiscalYear.objects.select_for_update().get(pk=fiscal_year.pk)


def _held(round: Round, actor) -> Round:
    _lock(round.fiscal_year, actor)
    return Round.objects.select_related("fiscal_year", "closed_by").get(pk=round.pk)


def _require_sound(round: Round) -> None:
    if problems := list(_round_problems(round)):
        raise CalendarError(problems)


def _round_problems(round: Round) -> Iterator[str]:
    if round.closes_on is not None and round.closes_on < round.opens_on:
        yield f"截止日期{round.closes_on}早于开始日期{round.opens_on}，改正其中一个。"
        return
    year = round.fiscal_year.year
    first, last = year - YEARS_BEFORE, year + YEARS_AFTER
    for label, day in (("开始日期", round.opens_on), ("截止日期", round.closes_on)):
        if day is not None and not first <= day.year <= last:
            yield f"{label}{day}不在{first}至{last}年，与{round.fiscal_year}不符，核对年份。"
    others = Round.objects.filter(fiscal_year=round.fiscal_year, sort=round.sort, closed_at=None)
    for other in others.exclude(pk=round.pk):
        if _overlap(round, other):
            sort = other.get_sort_display()
            yield f"与已有的{sort}轮次（{_period(other)}）重叠，改为不同的日期，或修改该轮次。"


def _overlap(one: Round, other: Round) -> bool:
    return one.opens_on <= (other.closes_on or date.max) and other.opens_on <= (one.closes_on or date.max)


def _extension_problems(round: Round, closes_on: date, reason: str) -> Iterator[str]:
    if round.closed_at is not None:
        yield f"{round}已由{round.closed_by}关闭，重新开放后再延期。"
    elif round.closes_on is None:
        yield f"{round}没有截止日期，不必延期。"
    elif closes_on <= round.closes_on:
        yield f"延至{closes_on}不晚于原截止日期{round.closes_on}，填写更晚的日期。"
    if closes_on < timezone.localdate():
        yield f"延至{closes_on}已经过去，填写今天或以后的日期。"
    if not reason.strip():
        yield "没有填写延期原因，写明后再保存。"


def _settings_problems(held: FiscalYear, changed: Mapping[str, Any]) -> Iterator[str]:
    filed = Declaration.objects.filter(department_year__fiscal_year=held)
    if any(name in changed for name in _SET_BY_FILING) and (number := filed.count()):
        labels = "、".join(_label(name) for name in _SET_BY_FILING if name in changed)
        yield f"{held}已有{number}个项目申报，不能修改{labels}。"
    if "milestone_months" in changed:
        yield from _months_problems(changed["milestone_months"])
    if "finance_steps" in changed:
        yield from _steps_problems(changed["finance_steps"])
        yield from _waiting_at(held, FINANCE_LEVELS[len(changed["finance_steps"]) :], "减少财政审核环节")
    if changed.get("has_supervisor_step") is False:
        yield from _waiting_at(held, (Status.AT_SUPERVISOR,), "取消主管部门审核")
    days = changed.get("publication_days", 1)
    if not 1 <= days <= MOST_PUBLICATION_DAYS:
        yield f"批复后公开期限应为1至{MOST_PUBLICATION_DAYS}日，现为{days}日。"


def _months_problems(months: list[int]) -> Iterator[str]:
    if not months:
        yield "资金支出计划至少有一个月份。"
    wrong = [str(month) for month in months if not 1 <= month <= 12]
    if wrong:
        yield f"资金支出计划月份应为1至12，“{'、'.join(wrong)}”不是月份。"
    if sorted(set(months)) != list(months):
        yield "资金支出计划月份应由小到大、互不重复。"


def _steps_problems(steps: list[str]) -> Iterator[str]:
    if not 1 <= len(steps) <= MOST_FINANCE_STEPS:
        yield f"财政审核应有1至{MOST_FINANCE_STEPS}个环节，现为{len(steps)}个。"
    if len(set(steps)) != len(steps):
        yield "财政审核环节的名称重复，改为不同的名称。"
    for name in steps:
        if not name.strip() or len(name) > LONGEST_STEP_NAME:
            yield f"财政审核环节名称“{name}”应为1至{LONGEST_STEP_NAME}个字。"


def _waiting_at(held: FiscalYear, levels: Iterable[str], what: str) -> Iterator[str]:
    """Say what waits at levels of review that would vanish."""
    tables = Declaration.objects.filter(department_year__fiscal_year=held, status__in=levels).count()
    texts = DepartmentYear.objects.filter(fiscal_year=held, status__in=levels).count()
    if tables or texts:
        counts = ((tables, "个项目"), (texts, "份部门文本"))
        waiting = "和".join(f"{number}{unit}" for number, unit in counts if number)
        yield f"有{waiting}正在要取消的环节等待审核，不能{what}；审核完毕或退回后再修改。"


def _said_of(round: Round) -> dict[str, str]:
    return {
        "opens_on": str(round.opens_on),
        "closes_on": str(round.closes_on or ""),
        "note": round.note,
    }


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FieldChange, ...]:
    labels = {name: str(Round._meta.get_field(name).verbose_name) for name in after}
    return tuple(
        FieldChange(name, labels[name], before.get(name, ""), said)
        for name, said in after.items()
        if before.get(name, "") != said
    )


def _period(round: Round) -> str:
    return f"{round.opens_on}至{round.closes_on}" if round.closes_on else f"{round.opens_on}起"


def _label(name: str) -> str:
    return str(FiscalYear._meta.get_field(name).verbose_name)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _record(
    round: Round, action: str, actor, changes, *, reason: str = "", department_code: str = ""
) -> None:
    record(
        actor=actor,
        capacity=role_acted_in(actor, *KEEPING_ROLES, everywhere=True),
        action=action,
        kind="round",
        object_id=round.pk,
        label=str(round),
        changes=changes,
        reason=reason,
        department_code=department_code,
    )
