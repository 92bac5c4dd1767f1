"""绩效目标审核表 as reviewers leave them; ``checks.opinion.draft_opinion`` proposes them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from departments.models import Role
from indicators.checks import Quality
from indicators.checks.opinion import Grade, PointOpinion, lowest, quality_grades
from indicators.checks.review_points import QUESTIONS, REVIEW_POINTS, points_asking
from indicators.document import Change, content_hash
from indicators.models import DepartmentOpinion, Opinion
from indicators.policy import policy_of
from indicators.reviewed import Reviewed, filed_of
from indicators.services.tables import lock_table
from perfbudget.lib.text import clean_text
from projects.models import Declaration, FiscalYear
from trail.services import record
from workflow.models import Status
from workflow.roles import Capacity
from workflow.services import RevisionConflictError, TransitionError
from workflow.steps import has_role, steps
from workflow.transitions import FINANCE_LEVELS, PASS

LEVELS = (Status.AT_SUPERVISOR, *FINANCE_LEVELS)
_ROLES = (Role.SUPERVISOR, Role.FINANCE)
_COLUMNS = {
    Quality.COMPLETENESS: "completeness",
    Quality.RELEVANCE: "relevance",
    Quality.APPROPRIATENESS: "appropriateness",
    Quality.FEASIBILITY: "feasibility",
}


class OpinionError(ValueError):
    """The opinion cannot be stored; ``messages`` are Chinese sentences, all that is wrong."""

    def __init__(self, messages):
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


def may_write_opinions(user, department) -> bool:
    """True for who files 审核表 of a department: 主管部门审核人, 财政审核人 and their deputies."""
    return any(has_role(user, role, department) for role in _ROLES)


def is_open_to(user, declaration: Declaration) -> bool:
    """True where the 审核表 of a table is this person's to fill in now: who may let it pass fills it in."""
    if declaration.status not in LEVELS:
        return False
    return not isinstance(steps([filed_of(declaration)], PASS, user)[0], TransitionError)


@transaction.atomic
def save_opinion(
    *,
    declaration: Declaration,
    revision: int,
    points: Mapping[str, PointOpinion],
    grades: Mapping[Quality, Grade] | None = None,
    overall: Grade | None = None,
    text: str,
    actor,
) -> Opinion:
    """Store the 绩效目标审核表 of a table as it stood at ``revision``.

    ``points`` are by name of REVIEW_POINTS. A quality without a grade of its own has the lowest of its
    points, and the whole that of its qualities. Raises PermissionDenied, RevisionConflictError where the
    table was saved or moved since, TransitionError where it is not this person's turn, OpinionError.
    """
    department = declaration.department_year.department
    if not may_write_opinions(actor, department):
        raise PermissionDenied("绩效目标审核表由主管部门审核人和财政审核人填写。")
    held, table = lock_table(declaration)
    if held.revision != revision:
        raise RevisionConflictError
    capacity = _capacity(held, actor)
    points, text = _cleaned(points, held.department_year.fiscal_year), clean_text(text)
    _require_whole(points, text)
    wanted = _wanted(points, grades or {}, overall, text)
    opinion = Opinion.objects.filter(declaration=held).first() or Opinion(declaration=held)
    changes, digest = _changes(opinion, wanted), content_hash(table)
    if changes or opinion.document_hash != digest or opinion.points != wanted["points"]:
        store(opinion, {**wanted, "document_hash": digest}, capacity, actor)
        record_opinion(held, changes, capacity, actor)
    return opinion


def store(
    opinion: Opinion | DepartmentOpinion, values: Mapping[str, object], capacity: Capacity, actor
) -> None:
    """Store the values with who wrote them, for whom, and when."""
    _fill(opinion, values, capacity, actor)
    opinion.save()


def _fill(
    opinion: Opinion | DepartmentOpinion, values: Mapping[str, object], capacity: Capacity, actor
) -> None:
    for name, value in values.items():
        setattr(opinion, name, value)
    opinion.author, opinion.principal = actor, capacity.principal
    opinion.written_at = timezone.now()


@dataclass(frozen=True, slots=True)
class Adopted:
    """A drafted 审核表 that a person takes for their own, in a ``capacity``.

    It is of a table that is held and has none; ``document_hash`` is the 校验码 of what the table says.
    """

    declaration: Declaration
    document_hash: str
    capacity: Capacity
    points: Mapping[str, PointOpinion]
    grades: Mapping[Quality, Grade]
    text: str


@transaction.atomic
def store_adopted(*, sheets: Sequence[Adopted], actor, batch: str) -> None:
    """Store drafted sheets, all at once, whose turn was asked for already; an entry for each in the batch."""
    opinions, changes = [], []
    for sheet in sheets:
        opinion, wanted = (
            Opinion(declaration=sheet.declaration),
            _wanted(sheet.points, sheet.grades, None, sheet.text),
        )
        changes.append(_changes(opinion, wanted))
        _fill(opinion, {**wanted, "document_hash": sheet.document_hash}, sheet.capacity, actor)
        opinions.append(opinion)
    Opinion.objects.bulk_create(opinions)
    for sheet, changed in zip(sheets, changes, strict=True):
        record_opinion(sheet.declaration, changed, sheet.capacity, actor, batch)


def record_opinion(
    reviewed: Reviewed, changes: Iterable[Change], capacity: Capacity, actor, batch: str = ""
) -> None:
    """Enter what was said of a table, or of all that a unit filed, into the trail."""
    filed = filed_of(reviewed)
    record(
        actor=actor,
        principal=capacity.principal,
        capacity=capacity.label,
        action="save_opinion",
        kind=filed.kind,
        object_id=reviewed.pk,
        label=filed.label,
        changes=changes,
        department_code=filed.department.code,
        batch=batch,
    )


def grades_of(opinion: Opinion) -> dict[Quality, Grade]:
    """Return the stored grades by quality."""
    return {quality: Grade(getattr(opinion, column)) for quality, column in _COLUMNS.items()}


def points_of(opinion: Opinion) -> dict[str, PointOpinion]:
    """Return what is stored of the 审核要点, by name; nothing of opinions from before they were asked."""
    return {
        name: PointOpinion(Grade(said["grade"]), said.get("text", ""), said.get("asks", ""))
        for name, said in opinion.points.items()
    }


def _capacity(declaration: Declaration, actor) -> Capacity:
    """Return in which capacity ``actor`` reviews a table now, or raise TransitionError."""
    if declaration.status not in LEVELS:
        raise TransitionError(
            f"“{declaration}”{declaration.get_status_display()}，"
            "绩效目标审核表在主管部门审核和财政审核时填写。"
        )
    step = steps([filed_of(declaration)], PASS, actor)[0]
    if isinstance(step, TransitionError):
        raise step
    return step.capacity


def _cleaned(points: Mapping[str, PointOpinion], fiscal_year: FiscalYear) -> dict[str, PointOpinion]:
    """Return what was said, with what the year asks where it words it in its own way: sheets keep that."""
    asked = {point.name: point.asks for point in points_asking(policy_of(fiscal_year))}
    return {
        name: PointOpinion(
            Grade(said.grade),
            clean_text(said.text),
            "" if asked[name] == QUESTIONS[name].default else asked[name],
        )
        for name, said in points.items()
    }


def _require_whole(points: Mapping[str, PointOpinion], text: str) -> None:
    problems = [f"选择{point.label}的等级。" for point in REVIEW_POINTS if point.name not in points]
    problems += [] if text else ["填写总体意见。"]
    if problems:
        raise OpinionError(problems)


def _wanted(
    points: Mapping[str, PointOpinion], grades: Mapping[Quality, Grade], overall: Grade | None, text: str
) -> dict:
    by_points = quality_grades({name: said.grade for name, said in points.items()})
    wanted = {column: Grade(grades.get(each) or by_points[each]) for each, column in _COLUMNS.items()}
    wanted["overall"] = Grade(overall or lowest(wanted.values()))
    return {**wanted, "text": text, "points": {name: _stored(said) for name, said in points.items()}}


def _stored(said: PointOpinion) -> dict[str, str]:
    asked = {"asks": said.asks} if said.asks else {}
    return {"grade": said.grade.value, "text": said.text, **asked}


def _changes(opinion: Opinion, wanted: Mapping) -> tuple[Change, ...]:
    changes = []
    for name, value in wanted.items():
        before = getattr(opinion, name)
        if name == "points":
            changes += _point_changes(before, value)
        elif before != value:
            label = Opinion._meta.get_field(name).verbose_name
            changes.append(Change(f"opinion/{name}", f"审核意见 {label}", shown(before), shown(value)))
    return tuple(changes)


def _point_changes(before: Mapping, after: Mapping) -> list[Change]:
    return [
        Change(f"opinion/{point.name}", f"审核意见 {point.label}", old, new)
        for point in REVIEW_POINTS
        if (old := _said(before.get(point.name))) != (new := _said(after.get(point.name)))
    ]


def _said(point: Mapping | None) -> str:
    return " ".join(filter(None, (Grade(point["grade"]).label, point.get("text")))) if point else ""


def shown(value: str) -> str:
    """Return a grade by its label, a text as it is."""
    return Grade(value).label if value in set(Grade) else value
