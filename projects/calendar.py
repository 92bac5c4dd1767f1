"""When things may be filed: the windows of a fiscal year (轮次, domain.md §3.5), for one unit and today.

All days are those of Asia/Shanghai. Reviewers are bound by no window.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from projects.models import Approval, Declaration, DepartmentYear, Extension, FiscalYear, Round
from workflow.models import Reviewable, Status

FILING = (Round.Sort.FIRST, Round.Sort.SECOND)
ADJUSTING = (Round.Sort.ADJUSTMENT,)
ADDING = (Round.Sort.SUPPLEMENT,)
_WHAT = {FILING: "填报", ADJUSTING: "调整", ADDING: "追加项目"}


@dataclass(frozen=True, slots=True)
class Window:
    """Whether something may be filed today.

    ``round`` is the one that is open, or the one the ``message`` speaks of: why it is closed, since when, by
    whom, and what can be done. ``closes_on`` is the last day for this unit, None where there is none.
    """

    is_open: bool
    round: Round | None = None
    closes_on: date | None = None
    message: str = ""


ALWAYS_OPEN = Window(True)
NEAR_DAYS = 7


@dataclass(frozen=True, slots=True)
class Deadline:
    """One line about a round; ``is_near`` where it ends within a week."""

    text: str
    is_near: bool = False

    def __str__(self):
        return self.text


@dataclass(frozen=True, slots=True)
class Calendar:
    """The rounds of a unit's year, with the extensions that hold for the unit.

    Every round has ``extended_to``, its last day by an extension, if any. ``is_approved`` says that the
    unit's year was approved: what is added from then on is 追加 (not asked in a year without rounds).
    """

    fiscal_year: FiscalYear
    rounds: tuple[Round, ...]
    is_approved: bool

    def window(self, reviewable: Reviewable) -> Window:
        """Return when this may be edited and submitted; of what is in force, when it may be adjusted.

        What was returned can be corrected and filed again at any time.
        """
        if reviewable.status == Status.RETURNED:
            return ALWAYS_OPEN
        if reviewable.version > 1 or reviewable.status in Status.IN_FORCE:
            return self._window(ADJUSTING)
        is_added = self.is_approved and isinstance(reviewable, Declaration)
        return self._window(ADDING if is_added else FILING)

    @property
    def window_to_add(self) -> Window:
        """When a project may be added to the year."""
        return self._window(ADDING if self.is_approved else FILING)

    def _window(self, sorts: tuple[Round.Sort, ...]) -> Window:
        if not self.rounds:
            return ALWAYS_OPEN
        today = timezone.localdate()
        rounds = [each for each in self.rounds if each.sort in sorts]
        open_ones = [each for each in rounds if is_open(each, today)]
        if open_ones:
            longest = max(open_ones, key=lambda each: last_day_of(each) or date.max)
            return Window(True, longest, last_day_of(longest))
        if not rounds:
            return Window(False, message=_not_planned(self.fiscal_year, sorts))
        told = _to_tell(rounds, today)
        return Window(False, told, last_day_of(told), _why_closed(told, today, _WHAT[sorts]))


def window_for(reviewable: Declaration | DepartmentYear, *, new: bool = False) -> Window:
    """Return when something may be filed; with ``new``, when a project may be added to a year. One query."""
    filed = reviewable.department_year if isinstance(reviewable, Declaration) else reviewable
    calendar = calendar_of(filed)
    return calendar.window_to_add if new else calendar.window(reviewable)


def calendar_of(department_year: DepartmentYear) -> Calendar:
    """Return the rounds of a unit's year; one query."""
    year, department = department_year.fiscal_year, department_year.department
    holders = [pk for pk in (department.pk, department.parent_id) if pk]
    extensions = Extension.objects.filter(round=OuterRef("pk"), department__in=holders)
    approvals = Approval.objects.filter(fiscal_year=year, department__in=holders)
    rounds = tuple(
        Round.objects.filter(fiscal_year=year)
        .select_related("set_by", "closed_by")
        .annotate(
            extended_to=Subquery(extensions.order_by("-closes_on").values("closes_on")[:1]),
            unit_is_approved=Exists(approvals),
        )
    )
    return Calendar(year, rounds, any(each.unit_is_approved for each in rounds))


def last_day_of(round: Round) -> date | None:
    """Return the last day of a round with its extension, None where it stays open."""
    extended_to = getattr(round, "extended_to", None)
    if round.closes_on is None or extended_to is None:
        return round.closes_on
    return max(round.closes_on, extended_to)


def is_open(round: Round, today: date) -> bool:
    """True from the first day to the last, both included, unless somebody closed it."""
    last = last_day_of(round)
    return round.closed_at is None and round.opens_on <= today and (last is None or today <= last)


def _to_tell(rounds: list[Round], today: date) -> Round:
    """Return which closed round a refusal speaks of: the next to open, else the last there was."""
    to_come = [each for each in rounds if _is_to_come(each, today)]
    return to_come[0] if to_come else max(rounds, key=lambda each: (last_day_of(each) or date.max, each.pk))


def _not_planned(fiscal_year: FiscalYear, sorts: tuple[Round.Sort, ...]) -> str:
    labels = "或".join(sort.label for sort in sorts)
    return f"{fiscal_year}尚未开设{labels}轮次；确需{_WHAT[sorts]}的，由财政部门在年度日程中开设。"


def _why_closed(round: Round, today: date, what: str) -> str:
    label = round.get_sort_display()
    if round.closed_at is not None:
        at = timezone.localtime(round.closed_at)
        return (
            f"{label}已由{round.closed_by}于{_day(at.date(), today)}{at:%H:%M}关闭；"
            f"确需{what}的，联系{_contact(round.closed_by)}重新开放。"
        )
    if round.opens_on > today:
        return f"{label}{_day(round.opens_on, today)}开始{_set_by(round)}，开始之后可以{what}。"
    return (
        f"{label}已于{_day(last_day_of(round), today)}截止{_set_by(round)}；"
        f"确需{what}的，联系{_contact(round.set_by)}申请延期。"
    )


def _set_by(round: Round) -> str:
    return f"（{round.set_by}设定）" if round.set_by else ""


def _contact(person) -> str:
    if person is None:
        return "财政部门"
    return f"{person}（{person.office_phone}）" if person.office_phone else str(person)


def _day(day: date, today: date) -> str:
    shown = f"{day.month}月{day.day}日"
    return shown if day.year == today.year else f"{day.year}年{shown}"


def deadlines_of(rounds: Iterable[Round]) -> list[Deadline]:
    """Return one line for each round that is open or to come: 一上：7月31日截止，还有5日.

    Where none is, the line says when the last one ended.
    """
    today, known = timezone.localdate(), list(rounds)
    running = [_deadline(each, today) for each in known if is_open(each, today) or _is_to_come(each, today)]
    return running or [_end(each, today) for each in known[-1:]]


def days_left(round: Round, today: date) -> int | None:
    """Return in how many days an open round ends: 0 on its last day, None where it stays open."""
    last = last_day_of(round)
    return None if last is None else (last - today).days


def _deadline(round: Round, today: date) -> Deadline:
    label, left = round.get_sort_display(), days_left(round, today)
    if _is_to_come(round, today):
        return Deadline(f"{label}：{_day(round.opens_on, today)}开始")
    if left is None:
        return Deadline(f"{label}：已开放，未设截止日期")
    when = "今日截止" if left == 0 else f"{_day(last_day_of(round), today)}截止，还有{left}日"
    return Deadline(f"{label}：{when}", left <= NEAR_DAYS)


def _end(round: Round, today: date) -> Deadline:
    label = round.get_sort_display()
    if round.closed_at is not None:
        return Deadline(f"{label}：{_day(timezone.localdate(round.closed_at), today)}已关闭")
    return Deadline(f"{label}：{_day(last_day_of(round), today)}已截止")


def _is_to_come(round: Round, today: date) -> bool:
    return round.closed_at is None and round.opens_on > today
