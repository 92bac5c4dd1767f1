"""What adjustments change: the version before beside the new one, or beside what is written now."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from indicators.document import Change, TargetTable, table_changes
from indicators.document.changes import printed_value
from indicators.layout.comparison import Adjusted, Comparison
from indicators.rows import load_tables
from indicators.services.reviewing import TABLE
from indicators.versions import SETTLING, document_of
from projects.models import Adjustment, Declaration, DepartmentYear
from workflow.models import Status, Version

_Sort = Adjustment.Sort
CANCELLED = Status.CANCELLED.label


def comparison_of(declaration: Declaration) -> Comparison | None:
    """Return the newest adjustment of a table, under way or approved; None where there is none."""
    newest = _standing(Adjustment.objects.filter(declaration=declaration)).order_by("-version")[:1]
    return _comparison(declaration.department_year, newest) if newest else None


def comparison_of_year(department_year: DepartmentYear) -> Comparison:
    """Return all adjustments of a department's year but those dropped, in a constant number of queries."""
    found = _standing(Adjustment.objects.filter(declaration__department_year=department_year))
    return _comparison(department_year, found.order_by("declaration__position", "version"))


def _standing(adjustments):
    return adjustments.exclude(outcome=Adjustment.Outcome.ABANDONED).select_related("declaration")


def _comparison(department_year: DepartmentYear, adjustments: Iterable[Adjustment]) -> Comparison:
    return Comparison(
        department_year.fiscal_year.year,
        department_year.department.code,
        department_year.name,
        tuple(_adjusted(list(adjustments))),
    )


def _adjusted(adjustments: Sequence[Adjustment]) -> Iterable[Adjusted]:
    settled = _settled([each.declaration_id for each in adjustments])
    under_way = [each.declaration_id for each in adjustments if each.outcome == Adjustment.Outcome.OPEN]
    now = {table.uid: table for table in load_tables(Declaration.objects.filter(pk__in=under_way))}
    for adjustment in adjustments:
        versions = settled[adjustment.declaration_id]
        before = next(each for each in reversed(versions) if each.number < adjustment.version)
        approved = [each for each in versions if each.number == adjustment.version]
        after = document_of(approved[-1]) if approved else now[adjustment.declaration.uid]
        yield _one(adjustment, before, after, bool(approved))


def _settled(keys: Iterable[int]) -> dict[int, list[Version]]:
    """Return by table what was approved of it, oldest first."""
    found: dict[int, list[Version]] = defaultdict(list)
    moves = Version.objects.filter(kind=TABLE, object_id__in=list(keys), act__in=SETTLING)
    for version in moves.order_by("pk").select_related("document"):
        found[version.object_id].append(version)
    return found


def _one(adjustment: Adjustment, before: Version, after: TargetTable, is_approved: bool) -> Adjusted:
    old = document_of(before)
    was, leaves = before.target == Status.CANCELLED, _Sort.CANCEL in adjustment.sorts
    change = _transfer(Decimal(0) if was else old.budget, Decimal(0) if leaves else after.budget)
    return Adjusted(
        code=after.project_code,
        name=after.name,
        versions=(before.number, adjustment.version),
        sorts="、".join(_Sort(sort).label for sort in adjustment.sorts),
        reason=adjustment.reason,
        changes=(*_standing_change(old, was, leaves), *table_changes(old, after)),
        transfer=change,
        is_budget=_Sort.BUDGET in adjustment.sorts,
        is_approved=is_approved,
    )


def _standing_change(old: TargetTable, was_cancelled: bool, leaves: bool) -> Iterable[Change]:
    """Yield 取消 and 恢复, which no field shows."""
    budget = f"预算数{printed_value('budget', old.budget)}" if old.budget is not None else "未取消"
    if leaves:
        yield Change("status", "项目", budget, CANCELLED)
    elif was_cancelled:
        yield Change("status", "项目", CANCELLED, f"恢复，{budget}" if old.budget is not None else "恢复")


def _transfer(old: Decimal | None, new: Decimal | None) -> Decimal | None:
    return (new or Decimal(0)) - (old or Decimal(0)) if old != new else None
