"""What adjustments change: the version before beside the new one, or beside what is written now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from operator import itemgetter

from django.db.models import Q

from indicators.document import NARRATIVE_NAME, Booklet, Change, TargetTable, narrative_changes, table_changes
from indicators.document.changes import printed_value
from indicators.editions import added_after_approval
from indicators.layout.comparison import BLANK, Adjusted, Comparison
from indicators.reviewed import NARRATIVE, TABLE, Reviewed, owner_of, year_of
from indicators.rows import load_narrative, load_tables
from indicators.versions import SETTLING, document_of
from projects.models import EXEMPT, Adjustment, Declaration, DepartmentYear
from workflow.models import Status, Version

_Sort = Adjustment.Sort
CANCELLED = Status.CANCELLED.label
ADDED = "新增"


def comparison_of(reviewed: Reviewed) -> Comparison | None:
    """Return the newest adjustment of a table, or of a text, that was not dropped; None without one."""
    newest = _standing(Adjustment.objects.filter(**owner_of(reviewed))).order_by("-version")[:1]
    return _comparison(year_of(reviewed), newest) if newest else None


def comparison_of_year(department_year: DepartmentYear) -> Comparison:
    """Return all adjustments of a department's year but those dropped, and what was added (新增).

    Its text's come first. The queries are constant in number.
    """
    found = list(_standing(department_year.adjustments))
    places = [(each.declaration.position if each.declaration else -1, each.version) for each in found]
    lines = [*zip(places, _adjusted(department_year, found), strict=True), *_added(department_year)]
    return _comparison_with(department_year, [line for _, line in sorted(lines, key=itemgetter(0))])


def _standing(adjustments):
    return adjustments.exclude(outcome=Adjustment.Outcome.ABANDONED).select_related("declaration")


def _comparison(department_year: DepartmentYear, adjustments: Iterable[Adjustment]) -> Comparison:
    return _comparison_with(department_year, _adjusted(department_year, list(adjustments)))


def _comparison_with(department_year: DepartmentYear, adjusted: Iterable[Adjusted]) -> Comparison:
    return Comparison(
        department_year.fiscal_year.year,
        department_year.department.code,
        department_year.name,
        tuple(adjusted),
    )


def _added(department_year: DepartmentYear) -> Iterator[tuple[tuple[int, int], Adjusted]]:
    """Yield the line of each project that the year was approved without, and its place.

    It is 追加 among the rounds and 新增 on this sheet (domain.md §2.9, §3.5). It says the budget of its first
    approval, until then what is written. One that was cancelled without any approval was never part of the
    year.
    """
    exempt = Q(project__category__in=EXEMPT, status__in=Status.EDITABLE)
    declarations = list(department_year.declarations.exclude(exempt))
    keys = added_after_approval(declarations, department_year)
    approved = _first_approved(keys)
    waiting = keys - approved.keys()
    rows = Declaration.objects.filter(pk__in=waiting).counted() if waiting else ()
    written = {table.uid: table for table in load_tables(rows)} if waiting else {}
    for each in declarations:
        table = approved.get(each.pk) or (written.get(each.uid) if each.pk in waiting else None)
        if table:
            yield (each.position, 0), _of_added(table, each.pk in approved)


def _first_approved(keys: Collection[int]) -> dict[int, TargetTable]:
    if not keys:
        return {}
    versions = Version.objects.filter(kind=TABLE, object_id__in=keys, act__in=SETTLING, number=1)
    return {each.object_id: document_of(each) for each in versions.select_related("document")}


def _of_added(table: TargetTable, is_approved: bool) -> Adjusted:
    budget = printed_value("budget", table.budget) if table.budget is not None else BLANK
    return Adjusted(
        code=table.project_code,
        name=table.name,
        versions=(0, 1),
        sorts=ADDED,
        reason="年度批复之后追加的项目。",
        changes=(Change("status", "项目", "未列入批复", f"新增，预算数{budget}"),),
        transfer=_transfer(Decimal(0), table.budget),
        is_budget=False,
        is_approved=is_approved,
    )


def _adjusted(department_year: DepartmentYear, adjustments: Sequence[Adjustment]) -> Iterable[Adjusted]:
    settled = _settled(department_year, adjustments)
    now = _written_now(department_year, adjustments)
    for adjustment in adjustments:
        versions = settled[adjustment.declaration_id]
        before = next(each for each in reversed(versions) if each.number < adjustment.version)
        approved = [each for each in versions if each.number == adjustment.version]
        after = document_of(approved[-1]) if approved else now[adjustment.declaration_id]
        compare = _of_table if adjustment.declaration else _of_text
        yield compare(adjustment, before, after, bool(approved))


def _settled(
    department_year: DepartmentYear, adjustments: Sequence[Adjustment]
) -> dict[int | None, list[Version]]:
    """Return what was approved of each table, oldest first; under None, of the department's text."""
    found: dict[int | None, list[Version]] = defaultdict(list)
    keys = [each.declaration_id for each in adjustments if each.declaration_id]
    tables = Q(kind=TABLE, object_id__in=keys)
    texts = Q(kind=NARRATIVE, object_id=department_year.pk)
    moves = Version.objects.filter(tables | texts, act__in=SETTLING).order_by("pk")
    for version in moves.select_related("document"):
        found[version.object_id if version.kind == TABLE else None].append(version)
    return found


def _written_now(
    department_year: DepartmentYear, adjustments: Sequence[Adjustment]
) -> dict[int | None, TargetTable | Booklet]:
    """Return what is written of each table that is under way; under None, of the department's text."""
    under_way = [each.declaration for each in adjustments if each.outcome == Adjustment.Outcome.OPEN]
    tables = {each.uid: each.pk for each in under_way if each}
    loaded = load_tables(Declaration.objects.filter(pk__in=tables.values()))
    found = {tables[table.uid]: table for table in loaded}
    return found | ({None: load_narrative(department_year)} if None in under_way else {})


def _of_table(adjustment: Adjustment, before: Version, after: TargetTable, is_approved: bool) -> Adjusted:
    old = document_of(before)
    was, leaves = before.target == Status.CANCELLED, _Sort.CANCEL in adjustment.sorts
    return Adjusted(
        code=after.project_code,
        name=after.name,
        versions=(before.number, adjustment.version),
        sorts=sorts_of(adjustment),
        reason=adjustment.reason,
        changes=(*_standing_change(old, was, leaves), *table_changes(old, after)),
        transfer=_transfer(Decimal(0) if was else old.budget, Decimal(0) if leaves else after.budget),
        is_budget=_Sort.BUDGET in adjustment.sorts,
        is_approved=is_approved,
    )


def _of_text(adjustment: Adjustment, before: Version, after: Booklet, is_approved: bool) -> Adjusted:
    return Adjusted(
        code="",
        name=NARRATIVE_NAME,
        versions=(before.number, adjustment.version),
        sorts=sorts_of(adjustment),
        reason=adjustment.reason,
        changes=narrative_changes(document_of(before), after),
        transfer=None,
        is_budget=False,
        is_approved=is_approved,
        is_text=True,
    )


def sorts_of(adjustment: Adjustment) -> str:
    """Return the sorts of an adjustment as people read them: 预算调整、目标调整."""
    return "、".join(_Sort(sort).label for sort in adjustment.sorts)


def _standing_change(old: TargetTable, was_cancelled: bool, leaves: bool) -> Iterable[Change]:
    """Yield 取消 and 恢复, which no field shows."""
    budget = f"预算数{printed_value('budget', old.budget)}" if old.budget is not None else "未取消"
    if leaves:
        yield Change("status", "项目", budget, CANCELLED)
    elif was_cancelled:
        yield Change("status", "项目", CANCELLED, f"恢复，{budget}" if old.budget is not None else "恢复")


def _transfer(old: Decimal | None, new: Decimal | None) -> Decimal | None:
    return (new or Decimal(0)) - (old or Decimal(0)) if old != new else None
