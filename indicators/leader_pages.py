"""领导一页: a department's year on one sheet of paper, for who signs it off. A constant number of queries."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from indicators.checks import Severity
from indicators.document.changes import Change, table_changes
from indicators.document.labels import MONEY_FIELDS
from indicators.document.labels import TABLE as FIELD_LABELS
from indicators.document.model import TargetTable
from indicators.findings import Item, findings_of_all
from indicators.models import Explanation
from indicators.queues import narratives_to_do, todo_of
from indicators.rows import load_tables
from indicators.versions import tables_in_force
from projects.models import EXEMPT, Declaration, DepartmentYear
from projects.routes import status_label

PRINTED_LINES = 50  # what one A4 holds below the figures: projects, then what asks for a reason
MOST_PRINTED_PROJECTS = 40
MOST_LINES_OF_REASON = 3
MOST_NAMED = 3  # of the projects that share a reason
_SIGNS_PER_LINE = 56
_SIGNS_OF_MORE = 8  # 等38个项目
UNEXPLAINED = "没有说明"
_NOTHING = Decimal(0)
# What differs every year, or says nothing about what is promised.
_UNTOLD = frozenset(
    {
        *("year", "department_code", "department_name", "frame", "category", "nature", "project_code"),
        *("preparer", "preparer_phone", "prepared_on", "indicators/order"),
    }
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Projects that file a table and their 预算数 (元), in one year."""

    projects: int = 0
    budget: Decimal = _NOTHING


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project beside what it was the year before; ``difference`` in 元, None where it is new.

    ``change`` is what changed, in one line. ``errors`` counts 须改正, ``open`` what wants a reason
    and has none, ``explained`` what has one.
    """

    declaration: Declaration
    status: str
    before: TargetTable | None
    difference: Decimal | None
    change: str
    errors: int
    open: int
    explained: int
    waits: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """What a rule asks a reason for, and the 情况说明 that several projects share, "" where none holds.

    ``item`` is that of the first project.
    """

    declarations: tuple[Declaration, ...]
    item: Item
    text: str

    @property
    def named(self) -> tuple[Declaration, ...]:
        return self.declarations[:MOST_NAMED]

    @property
    def is_of_more(self) -> bool:
        """True where not all of the projects are named."""
        return len(self.declarations) > MOST_NAMED

    @property
    def printed_lines(self) -> int:
        names = sum(len(str(each)) + 1 for each in self.named)
        signs = names + len(self.item.rule.title) + len(self.text or UNEXPLAINED) + _SIGNS_OF_MORE
        return min(MOST_LINES_OF_REASON, -(-signs // _SIGNS_PER_LINE))


@dataclass(frozen=True, slots=True)
class LeaderPage:
    """What stands on the sheet. All amounts are 元; ``before`` is None where nothing was filed then.

    The year before is as it is in force: an adjustment that is under way there does not count.

    ``control_figure`` is for all projects, those that file no table too, whose sum is ``all_budget``.
    """

    filed: DepartmentYear
    figures: Figures
    before: Figures | None
    all_budget: Decimal
    lines: tuple[ProjectLine, ...]
    gone: tuple[TargetTable, ...]
    reasons: tuple[Reason, ...]
    narrative_status: str
    narrative_waits: bool

    @property
    def more_projects(self) -> int | None:
        return self.figures.projects - self.before.projects if self.before else None

    @property
    def more_budget(self) -> Decimal | None:
        return self.figures.budget - self.before.budget if self.before else None

    @property
    def remaining(self) -> Decimal | None:
        """控制数 − 预算数; None where there is no 控制数."""
        control_figure = self.filed.control_figure
        return None if control_figure is None else control_figure - self.all_budget

    @property
    def excess(self) -> Decimal | None:
        return -self.remaining if self.remaining is not None and self.remaining < 0 else None

    @property
    def new_ones(self) -> int:
        return sum(line.before is None for line in self.lines) if self.before else 0

    @property
    def changed_ones(self) -> int:
        return sum(bool(line.before and line.change) for line in self.lines)

    @property
    def waiting(self) -> int:
        """How many tables wait for the reader."""
        return sum(line.waits for line in self.lines)

    @property
    def may_act(self) -> bool:
        return bool(self.waiting or self.narrative_waits)

    @property
    def matters(self) -> int:
        """How many findings ask for a reason, each project counted."""
        return sum(len(reason.declarations) for reason in self.reasons)

    @property
    def unexplained(self) -> int:
        return sum(len(reason.declarations) for reason in self.reasons if not reason.text)

    @property
    def printed_projects(self) -> int:
        return min(len(self.lines), MOST_PRINTED_PROJECTS)

    @property
    def printed_reasons(self) -> int:
        ends = accumulate(reason.printed_lines for reason in self.reasons)
        return sum(end <= PRINTED_LINES - self.printed_projects for end in ends)

    @property
    def unprinted_projects(self) -> int:
        return len(self.lines) - self.printed_projects

    @property
    def unprinted_reasons(self) -> int:
        return sum(len(reason.declarations) for reason in self.reasons[self.printed_reasons :])


def leader_page(filed: DepartmentYear, user) -> LeaderPage:
    """Return the sheet of a department's year; the findings are as stored, refreshed by the caller."""
    declarations = list(_counted(filed))
    due = [each for each in declarations if each.project.category not in EXEMPT]
    previous = _previous(filed)
    former = _former(previous) if previous else {}
    items = findings_of_all(due)
    return LeaderPage(
        filed,
        _figures(due),
        _figures(former.values()) if previous else None,
        sum((each.budget or _NOTHING for each in declarations), _NOTHING),
        tuple(_lines(filed, due, former, items, user)),
        tuple(each for key, each in former.items() if key not in {own.project_id for own in due}),
        tuple(_reasons(due, items)),
        status_label(filed.status, filed.fiscal_year),
        narratives_to_do(user).filter(pk=filed.pk).exists(),
    )


def _counted(filed: DepartmentYear) -> Iterable[Declaration]:
    return filed.declarations.counted().select_related("project").order_by("position", "pk")


def _due(filed: DepartmentYear) -> list[Declaration]:
    return [each for each in _counted(filed) if each.project.category not in EXEMPT]


def _previous(filed: DepartmentYear) -> DepartmentYear | None:
    return filed.department.years.filter(fiscal_year__year=filed.fiscal_year.year - 1).first()


def _former(previous: DepartmentYear) -> dict[int, TargetTable]:
    """Return what is in force of the year before, by project."""
    due = {each.pk: each for each in _due(previous)}
    tables = tables_in_force(due.values())
    return {each.project_id: tables[pk] for pk, each in due.items() if pk in tables}


def _figures(filed: Iterable[Declaration | TargetTable]) -> Figures:
    amounts = [each.budget or _NOTHING for each in filed]
    return Figures(len(amounts), sum(amounts, _NOTHING))


def _lines(
    filed: DepartmentYear,
    due: Sequence[Declaration],
    former: dict[int, TargetTable],
    items: dict[int, list[Item]],
    user,
) -> Iterator[ProjectLine]:
    waiting = set(todo_of(user).filter(department_year=filed).values_list("pk", flat=True))
    documents = _documents([each.pk for each in due if each.project_id in former])
    for each in due:
        before = former.get(each.project_id)
        change = _told(before, documents[each.uid]) if before else ""
        blocking = [item for item in items[each.pk] if item.blocks]
        explained = [item for item in items[each.pk] if item.needs_reason and not item.blocks]
        errors = sum(item.severity == Severity.ERROR for item in blocking)
        unexplained = len(blocking) - errors
        difference = (each.budget or _NOTHING) - (before.budget or _NOTHING) if before else None
        status = status_label(each.status, filed.fiscal_year)
        yield ProjectLine(
            each,
            status,
            before,
            difference,
            change,
            errors,
            unexplained,
            len(explained),
            each.pk in waiting,
        )


def _documents(keys: Iterable[int]) -> dict[str, TargetTable]:
    return {table.uid: table for table in load_tables(Declaration.objects.filter(pk__in=keys))}


def _told(old: TargetTable, new: TargetTable) -> str:
    """Return what changed since last year in one line: which fields, and how many rows of indicators."""
    rows: Counter[str] = Counter()
    fields: dict[str, None] = {}
    for change in table_changes(old, new):
        if change.path in _UNTOLD or _next_year(change.before, old.year) == change.after:
            continue
        part, *inside = change.path.split("/")
        if part == "indicators":
            rows[_of_row(change, is_whole=len(inside) == 1)] += 1
        else:
            fields["预算" if part in MONEY_FIELDS else FIELD_LABELS.get(part, "支出计划")] = None
    counted = "".join(f"{word}{rows[word]}处" for word in ("增", "减", "改") if rows[word])
    return "；".join(
        filter(None, (f"{'、'.join(fields)}有改动" if fields else "", counted and f"指标{counted}"))
    )


def _of_row(change: Change, *, is_whole: bool) -> str:
    if is_whole and not change.before:
        return "增"
    return "减" if is_whole and not change.after else "改"


def _next_year(text: str, year: int) -> str:
    """Return a text of last year with its years moved on, as a copied table has it."""
    return text.replace(str(year), str(year + 1)) if year else text


def _reasons(due: Iterable[Declaration], items: dict[int, list[Item]]) -> Iterator[Reason]:
    """Return what asks for a reason and was not accepted yet, those without one and of most projects first.

    Projects to which the same was written about the same rule are one reason.
    """
    found: dict[tuple[str, Severity, str], tuple[Item, list[Declaration]]] = {}
    for each in due:
        for item in filter(_is_open, items[each.pk]):
            text = item.explanation.text if item.explanation_holds else ""
            found.setdefault((item.rule.code, item.severity, text), (item, []))[1].append(each)
    reasons = [Reason(tuple(those), item, text) for (_, _, text), (item, those) in found.items()]
    return iter(sorted(reasons, key=_gravity))


def _gravity(reason: Reason) -> tuple[bool, bool, int]:
    return bool(reason.text), reason.item.severity != Severity.ERROR, -len(reason.declarations)


def _is_open(item: Item) -> bool:
    asks = item.severity != Severity.HINT and (item.blocks or item.needs_reason)
    return asks and not _is_accepted(item)


def _is_accepted(item: Item) -> bool:
    return item.explanation_holds and item.explanation.verdict == Explanation.Verdict.ACCEPTED
