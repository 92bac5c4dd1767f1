"""审核意见书: what the finance review says of a department's year, proposed from the 审核表 of its tables."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from departments.models import Role
from indicators.checks import Severity
from indicators.checks.opinion import Grade, lowest
from indicators.document import Change, content_hash
from indicators.findings import findings_of_all
from indicators.models import DepartmentOpinion, Opinion
from indicators.rows import load_narrative, load_tables
from indicators.services.opinions import OpinionError, record_opinion, shown, store
from perfbudget.lib.money import format_wan
from perfbudget.lib.text import clean_text
from projects.models import EXEMPT, Declaration, DepartmentYear
from workflow.history import prepared_by
from workflow.models import Status
from workflow.roles import Capacity, capacities
from workflow.services import RevisionConflictError, TransitionError

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A table of the unit with its 审核表, None where it has none."""

    declaration: Declaration
    opinion: Opinion | None

    @property
    def grade(self) -> Grade | None:
        return Grade(self.opinion.overall) if self.opinion else None


@dataclass(frozen=True, slots=True)
class DepartmentReview:
    """What an 审核意见书 is about: the tables that were filed, as they stand, and one hash over all they say.

    What came back or is adjusted was filed; ``unfiled`` counts the drafts, of which nothing is said.
    """

    tables: tuple[Reviewed, ...]
    documents_hash: str
    unfiled: int = 0

    @property
    def budget(self) -> Decimal:
        return sum((each.declaration.budget or Decimal(0) for each in self.tables), Decimal(0))

    @property
    def distribution(self) -> list[tuple[Grade | None, int]]:
        """How many tables have each grade, the best first; None counts those without an 审核表."""
        counted = Counter(each.grade for each in self.tables)
        return [(grade, counted[grade]) for grade in (*Grade, None)]

    @property
    def ungraded(self) -> int:
        return sum(each.grade is None for each in self.tables)

    @property
    def returned(self) -> int:
        return sum(each.declaration.status == Status.RETURNED for each in self.tables)

    @property
    def weak(self) -> list[Reviewed]:
        """Those of 中 and 差, which cannot pass."""
        return [each for each in self.tables if each.grade in (Grade.FAIR, Grade.POOR)]


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed 审核意见书."""

    overall: Grade
    text: str


def review_of(department_year: DepartmentYear) -> DepartmentReview:
    """Return what there is to be said about a unit's year, in a constant number of queries."""
    found = Declaration.objects.filter(department_year=department_year)
    due = found.counted().exclude(project__category__in=EXEMPT).order_by("position")
    declarations = due.exclude(status=Status.DRAFT)
    opinions = {each.declaration_id: each for each in Opinion.objects.filter(declaration__in=declarations)}
    hashes = [content_hash(table) for table in load_tables(declarations)]
    hashes.append(content_hash(load_narrative(department_year)))
    digest = hashlib.sha256("\n".join(hashes).encode()).hexdigest()
    tables = tuple(Reviewed(each, opinions.get(each.pk)) for each in declarations)
    return DepartmentReview(tables, digest, due.filter(status=Status.DRAFT).count())


def draft_department_opinion(department_year: DepartmentYear, review: DepartmentReview) -> Draft:
    """Return the 审核意见书 as it is proposed; the overall grade is the lowest a table has."""
    grades = [each.grade for each in review.tables if each.grade]
    overall = lowest(grades) if grades else Grade.GOOD
    lines = [_figures(department_year.fiscal_year.year, review)]
    if common := _common_findings(review.tables):
        lines.append(f"共性问题：{'；'.join(common)}。")
    for each in review.weak:
        lines.append(f"“{each.declaration}”评定为{each.grade.label}：{' '.join(each.opinion.text.split())}")
    return Draft(overall, "\n".join(lines))


def _figures(year: int, review: DepartmentReview) -> str:
    """Return how much was filed and what became of it, in one paragraph."""
    counted = "，".join(
        f"{grade.label if grade else '未评定'}{number}项" for grade, number in review.distribution if number
    )
    returned = f"（其中{review.returned}项已退回修改）" if review.returned else ""
    amount = f"预算数合计{format_wan(review.budget)}万元"
    filed = f"你单位报送{year}年度项目支出绩效目标{len(review.tables)}项{returned}，{amount}。"
    unfiled = f"另有{review.unfiled}项尚未报送，不在本次审核之内。" if review.unfiled else ""
    return f"{filed}经审核：{counted or '没有项目'}。{unfiled}"


def is_stale(opinion: DepartmentOpinion, review: DepartmentReview) -> bool:
    """True where what the unit filed changed since the 审核意见书 was written."""
    return opinion.documents_hash != review.documents_hash


def may_write_department_opinion(user, department_year: DepartmentYear) -> bool:
    """True for a 财政审核人 of the department, and for a deputy."""
    department = department_year.department
    return bool(capacities(user, Role.FINANCE, [department]))


@transaction.atomic
def save_department_opinion(
    *,
    department_year: DepartmentYear,
    overall: Grade,
    text: str,
    document_number: str = "",
    documents_hash: str,
    actor,
) -> DepartmentOpinion:
    """Store the 审核意见书 on what the unit filed; ``documents_hash`` is that of what the person read.

    Raises PermissionDenied, RevisionConflictError where it changed since, TransitionError where the person
    prepared a part of it, OpinionError.
    """
    department = department_year.department
    capacity = capacities(actor, Role.FINANCE, [department]).get(department.pk)
    if capacity is None:
        raise PermissionDenied(f"审核意见书由“{department.name}”的财政审核人填写。")
    DepartmentYear.objects.select_for_update(no_key=True).order_by().get(pk=department_year.pk)
    review = review_of(department_year)
    if review.documents_hash != documents_hash:
        raise RevisionConflictError
    _require_unprepared(actor, capacity, department_year, review)
    if not clean_text(text):
        raise OpinionError(["填写审核意见。"])
    opinion = DepartmentOpinion.objects.filter(department_year=department_year).first()
    opinion = opinion or DepartmentOpinion(department_year=department_year)
    wanted = {
        "overall": Grade(overall).value,
        "text": clean_text(text),
        "document_number": clean_text(document_number),
    }
    changes = _changes(opinion, wanted)
    if changes or opinion.documents_hash != documents_hash:
        store(opinion, {**wanted, "documents_hash": documents_hash}, capacity, actor)
        record_opinion(department_year, changes, capacity, actor)
    return opinion


def _require_unprepared(actor, capacity: Capacity, filed: DepartmentYear, review: DepartmentReview) -> None:
    people = {actor.pk, (capacity.principal or actor).pk}
    keys = [each.declaration.pk for each in review.tables]
    if prepared_by(people, "declaration", keys) or prepared_by(people, "department_year", [filed.pk]):
        raise TransitionError(f"“{filed.name}”的内容有本人填写的，审核意见书由他人出具（不相容职务分离）。")


def _common_findings(tables: Sequence[Reviewed]) -> list[str]:
    """Return the rules found in the most tables, with how many; 提示 are left out."""
    titles: Counter[str] = Counter()
    for items in findings_of_all([each.declaration for each in tables]).values():
        titles.update(item.rule.title for item in items if item.severity != Severity.HINT)
    return [f"{title}（{number}项）" for title, number in titles.most_common(_MOST_NAMED)]


def _changes(opinion: DepartmentOpinion, wanted: dict[str, str]) -> list[Change]:
    return [
        Change(f"opinion/{name}", f"审核意见书 {opinion._meta.get_field(name).verbose_name}", *texts)
        for name, value in wanted.items()
        if len(set(texts := [shown(getattr(opinion, name)), shown(value)])) > 1
    ]
