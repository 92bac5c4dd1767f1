"""What an approval (批复) of a department's year would approve, what stays behind and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Q, QuerySet

from departments.models import Department
from indicators.document import NARRATIVE_NAME
from indicators.reviewed import year_of
from indicators.services.obstacles import obstacles_to_narrative
from indicators.services.reviewing import narrative_subject, subjects_of, with_routes
from perfbudget.lib.money import format_wan
from projects.adjusting import leaving_among
from projects.models import EXEMPT, Approval, Declaration, DepartmentYear, FiscalYear
from projects.routes import status_label
from workflow.models import Status
from workflow.services import Subject
from workflow.steps import TransitionError, steps
from workflow.transitions import APPROVE, APPROVE_CANCELLATION, Act

OTHERS_LATER = "其余项目以后补充批复"


@dataclass(frozen=True, slots=True)
class Item:
    """A table, or a department's text, that an approval reaches; ``reasons`` keep it from being ready."""

    reviewed: Declaration | DepartmentYear
    reasons: tuple[str, ...] = ()
    is_cancelled: bool = False

    @property
    def is_table(self) -> bool:
        return isinstance(self.reviewed, Declaration)

    @property
    def filed(self) -> DepartmentYear:
        return self.reviewed.department_year if self.is_table else self.reviewed

    @property
    def name(self) -> str:
        return str(self.reviewed) if self.is_table else NARRATIVE_NAME

    @property
    def budget(self) -> Decimal:
        """What counts into the sum (元): nothing of a text and of what is cancelled."""
        return (self.reviewed.budget or Decimal(0)) if self.is_table and not self.is_cancelled else Decimal(0)


@dataclass(frozen=True)
class Scope:
    """What one approval is about: the first versions of a subtree's filings, or its adjustments.

    ``ready`` can be approved by this person now, ``held`` cannot; ``waiting_otherwise`` counts what waits for
    an approval of the other sort.
    """

    department: Department
    name: str
    fiscal_year: FiscalYear
    sort: Approval.Sort
    sequence: int
    ready: tuple[Item, ...]
    held: tuple[Item, ...]
    waiting_otherwise: int

    @cached_property
    def tables(self) -> tuple[Item, ...]:
        return tuple(item for item in self.ready if item.is_table)

    @cached_property
    def narratives(self) -> tuple[Item, ...]:
        return tuple(item for item in self.ready if not item.is_table)

    @property
    def revisions(self) -> dict[str, dict[int, int]]:
        """The revisions of what is ready, by primary key: what the person sees who approves."""
        return {
            "tables": {item.reviewed.pk: item.reviewed.revision for item in self.tables},
            "narratives": {item.reviewed.pk: item.reviewed.revision for item in self.narratives},
        }

    @property
    def budget(self) -> Decimal:
        return sum((item.budget for item in self.ready), Decimal(0))

    @property
    def is_adjustment(self) -> bool:
        return self.sort == Approval.Sort.ADJUSTMENT

    @property
    def leaves_tables(self) -> bool:
        """True where projects stay behind that were never approved: the approval says that they follow."""
        return not self.is_adjustment and any(item.is_table for item in self.held)

    @property
    def title(self) -> str:
        """What the act is called: 批复, 补充批复（第2次）."""
        return sort_words(self.sort, self.sequence)


def sort_words(sort: str, sequence: int) -> str:
    """Return what an approval is called; only the original one is not counted."""
    label = Approval.Sort(sort).label
    return label if sort == Approval.Sort.ORIGINAL else f"{label}（第{sequence}次）"


def subtree_of(department: Department) -> QuerySet[Department]:
    """Return the department and the units below it: whom an approval addressed to it reaches."""
    return Department.objects.filter(Q(pk=department.pk) | Q(parent=department))


def scope_of(department: Department, fiscal_year: FiscalYear, actor, *, adjustments: bool) -> Scope:
    """Return what an approval by ``actor`` would do to the subtree of a department in a year.

    It reads the findings as stored, so refresh_department_findings comes first.
    """
    units = subtree_of(department)
    years = DepartmentYear.objects.filter(fiscal_year=fiscal_year, department__in=units)
    tables = with_routes(Declaration.objects.filter(department_year__in=years))
    tables = tables.exclude(project__category__in=EXEMPT)
    narratives = years.select_related("department", "fiscal_year")
    kinds = [_unsettled(kind, adjustments) for kind in (narratives, tables)]
    items = [*_narrative_items(kinds[0], actor), *_table_items(kinds[1], actor)]
    others = (_unsettled(kind, not adjustments) for kind in (narratives, tables))
    sort = Approval.Sort.ADJUSTMENT if adjustments else _first_sort(department, fiscal_year)
    own = DepartmentYear.objects.filter(fiscal_year=fiscal_year, department=department).first()
    return Scope(
        department=department,
        name=own.name if own else department.name,
        fiscal_year=fiscal_year,
        sort=sort,
        sequence=_approvals(department, fiscal_year).filter(department=department, sort=sort).count() + 1,
        ready=tuple(item for item in items if not item.reasons),
        held=tuple(item for item in items if item.reasons),
        waiting_otherwise=sum(kind.filter(status=Status.TO_APPROVE).count() for kind in others),
    )


def draft_text(scope: Scope) -> str:
    """Return the body of the approval as it is proposed; people edit it."""
    cancelled = sum(item.is_cancelled for item in scope.tables)
    year = f"{scope.fiscal_year.year}年度"
    points = [*_agreed(scope, year)]
    if cancelled:
        points.append(f"同意取消项目{cancelled}项，其绩效目标不再执行。")
    points += [
        "严格按照批复的绩效目标执行预算，做好绩效运行监控和绩效自评；绩效目标确需调整的，按规定程序报批。",
        f"自批复之日起{scope.fiscal_year.publication_days}日内将绩效目标随部门预算向社会公开，依法不予公开的除外。",
    ]
    if scope.leaves_tables:
        points.append(f"{OTHERS_LATER}。")
    numbered = [f"{'一二三四五六'[place]}、{point}" for place, point in enumerate(points)]
    return "\n".join([f"你单位报送的{year}预算绩效目标收悉。经审核，批复如下：", *numbered])


def _agreed(scope: Scope, year: str) -> Iterable[str]:
    """Yield the point that agrees to tables and text; none where projects are only cancelled."""
    adjusted = "调整后的" if scope.is_adjustment else ""
    kept = sum(not item.is_cancelled for item in scope.tables)
    parts = [f"项目支出绩效目标{kept}项，预算数合计{format_wan(scope.budget)}万元"] if kept else []
    parts += [NARRATIVE_NAME] if scope.narratives else []
    end = "，自本批复之日起执行，原批复的相应内容同时停止执行。" if scope.is_adjustment else "。"
    if parts:
        yield f"同意{year}{adjusted}{f'，并同意{adjusted}'.join(parts)}{end}"


def _unsettled(reviewed: QuerySet, adjustments: bool) -> QuerySet:
    """Return what was never approved, or what is being adjusted."""
    return reviewed.exclude(status__in=Status.SETTLED).filter(
        **{"version__gt" if adjustments else "version": 1}
    )


def _first_sort(department: Department, fiscal_year: FiscalYear) -> Approval.Sort:
    original = _approvals(department, fiscal_year).filter(sort=Approval.Sort.ORIGINAL)
    return Approval.Sort.SUPPLEMENT if original.exists() else Approval.Sort.ORIGINAL


def _approvals(department: Department, fiscal_year: FiscalYear) -> QuerySet[Approval]:
    holders = [pk for pk in (department.pk, department.parent_id) if pk]
    return Approval.objects.filter(fiscal_year=fiscal_year, department__in=holders)


def _table_items(declarations: QuerySet[Declaration], actor) -> Iterable[Item]:
    at_hand = list(declarations.filter(status=Status.TO_APPROVE))
    cancelling = leaving_among(at_hand)
    reasons: dict[int, tuple[str, ...]] = {}
    for act, keys in (
        (APPROVE, [each.pk for each in at_hand if each.pk not in cancelling]),
        (APPROVE_CANCELLATION, [each.pk for each in at_hand if each.pk in cancelling]),
    ):
        reasons |= _reasons(subjects_of(Declaration.objects.filter(pk__in=keys), act), act, actor)
    ordered = declarations.order_by("department_year__department__code", "position")
    return [
        Item(each, reasons.get(each.pk, (_standing(each),)), is_cancelled=each.pk in cancelling)
        for each in ordered
    ]


def _narrative_items(years: QuerySet[DepartmentYear], actor) -> Iterable[Item]:
    found = list(years.order_by("department__code"))
    subjects = [
        narrative_subject(each, obstacles_to_narrative(APPROVE, each))
        for each in found
        if each.status == Status.TO_APPROVE
    ]
    reasons = _reasons(subjects, APPROVE, actor)
    return [Item(each, reasons.get(each.pk, (_standing(each),))) for each in found]


def _reasons(subjects: list[Subject], act: Act, actor) -> dict[int, tuple[str, ...]]:
    found = steps([subject.filed for subject in subjects], act, actor)
    return {
        subject.filed.reviewable.pk: (
            *((str(step),) if isinstance(step, TransitionError) else ()),
            *subject.obstacles,
        )
        for subject, step in zip(subjects, found, strict=True)
    }


def _standing(reviewed: Declaration | DepartmentYear) -> str:
    filed = year_of(reviewed)
    return f"{status_label(reviewed.status, filed.fiscal_year)}，没有到批复环节。"
