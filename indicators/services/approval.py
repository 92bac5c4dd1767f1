"""批复: the finance bureau approves a department's year as one act (docs/decisions/0032)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from departments.models import Department, Role
from indicators.approvals import Scope, scope_of, sort_words, subtree_of
from indicators.document import Change
from indicators.reviewed import TABLE
from indicators.services.findings import refresh_department_findings
from indicators.services.reviewing import hold_tables, move_narrative, move_tables
from perfbudget.lib.text import clean_text
from projects.models import Adjustment, Approval, Declaration, DepartmentYear, FiscalYear
from trail.services import record
from workflow.models import Status, Version
from workflow.roles import Capacity, capacities
from workflow.services import RevisionConflictError
from workflow.transitions import APPROVE, APPROVE_CANCELLATION


class ApprovalError(ValueError):
    """The approval cannot be issued; ``messages`` are Chinese sentences, all that is wrong."""

    def __init__(self, messages: Iterable[str]):
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


@dataclass(frozen=True, slots=True)
class Letter:
    """What an approval says beside what it approves; ``text`` is its body, a paragraph a line."""

    document_number: str
    approved_on: date
    issuer: str
    text: str

    def cleaned(self) -> "Letter":
        line = " ".join
        return Letter(
            line(clean_text(self.document_number).split()),
            self.approved_on,
            line(clean_text(self.issuer).split()),
            clean_text(self.text),
        )


def may_approve(user, department: Department) -> bool:
    """True for a 财政审核人 of the department, or a deputy, whom the approval is not withheld from."""
    return _capacity(user, department) is not None


@transaction.atomic
def approve_year(
    *,
    department: Department,
    fiscal_year: FiscalYear,
    letter: Letter,
    tables: Mapping[int, int],
    narratives: Mapping[int, int],
    adjustments: bool = False,
    others_later: bool = False,
    actor,
) -> Approval:
    """Approve what is at 待批复 in the subtree of a department as one act, one batch, one document.

    ``tables`` and ``narratives`` are the revisions the person saw, by primary key: all that is ready and
    nothing else. ``adjustments`` says which group: versions after the first, or first ones. ``others_later``
    confirms that projects stay behind. Raises PermissionDenied, RevisionConflictError where what is ready is
    not what was seen, ApprovalError; TransitionError as every move does.
    """
    capacity = _capacity(actor, department)
    if capacity is None:
        raise PermissionDenied(f"批复由“{department.name}”的财政审核人办理。")
    _hold(department, fiscal_year, tables)
    scope = scope_of(department, fiscal_year, actor, adjustments=adjustments)
    if scope.revisions != {"tables": dict(tables), "narratives": dict(narratives)}:
        raise RevisionConflictError
    letter = letter.cleaned()
    _require_sound(letter, scope, others_later)
    batch = uuid4().hex
    versions = _move(scope, actor, batch)
    _require_free_number(letter)  # again, now that nobody else can issue one
    approval = _store(letter, scope, versions, actor, capacity.principal, batch)
    _close_adjustments(scope)
    _record(approval, actor, capacity)
    return approval


def refresh_for_approval(department: Department, fiscal_year: FiscalYear) -> None:
    """Run the rules that wait to be run on the units below a department where something is at 待批复."""
    for filed in _at_hand(department, fiscal_year):
        refresh_department_findings(department_year=filed)


def _at_hand(department: Department, fiscal_year: FiscalYear) -> QuerySet[DepartmentYear]:
    """Return the years of the units below a department where something is at 待批复."""
    waiting = Q(status=Status.TO_APPROVE) | Q(declarations__status=Status.TO_APPROVE)
    years = DepartmentYear.objects.filter(
        waiting, fiscal_year=fiscal_year, department__in=subtree_of(department)
    )
    return years.distinct().select_related("department", "fiscal_year").order_by("pk")


def _capacity(user, department: Department) -> Capacity | None:
    return capacities(user, Role.FINANCE, [department], step=0).get(department.pk)


def _hold(department: Department, fiscal_year: FiscalYear, tables: Iterable[int]) -> None:
    """Let one approval of a year at a time be issued, of tables and texts that stay as they are meanwhile.

    Two people can have different tables ready at once: without the first lock both would be the first 批复.
    """
    FiscalYear.objects.select_for_update(no_key=True).get(pk=fiscal_year.pk)
    texts = [filed.pk for filed in _at_hand(department, fiscal_year)]
    hold_tables(Declaration.objects.filter(pk__in=tables), texts)


def _require_sound(letter: Letter, scope: Scope, others_later: bool) -> None:
    problems = []
    if not scope.ready:
        problems.append("没有可以批复的内容：项目和部门整体绩效目标都没有到批复环节。")
    if not letter.issuer:
        problems.append("填写批复单位。")
    if not letter.document_number:
        problems.append("填写文号。")
    if not letter.text:
        problems.append("填写批复意见。")
    problems += _date_problems(letter.approved_on, scope)
    if scope.leaves_tables and not others_later:
        number = sum(item.is_table for item in scope.held)
        problems.append(
            f"有{number}个项目本次不能批复，先勾选“其余项目以后补充批复”，或等其具备条件后一并批复。"
        )
    if problems:
        raise ApprovalError(problems)
    _require_free_number(letter)


def _date_problems(approved_on: date, scope: Scope) -> Iterable[str]:
    today = timezone.localdate()
    if approved_on > today:
        yield f"批复日期{approved_on.isoformat()}晚于今天，填写当日或者以前的日期。"
    moves = [item.reviewed.moved_at for item in scope.ready if item.reviewed.moved_at]
    last = timezone.localdate(max(moves)) if moves else approved_on
    if approved_on < last <= today:
        yield f"批复日期{approved_on.isoformat()}早于审核通过的日期{last.isoformat()}，填写其后的日期。"


def _require_free_number(letter: Letter) -> None:
    used = Approval.objects.filter(document_number=letter.document_number, issuer=letter.issuer).first()
    if used:
        raise ApprovalError(
            [f"文号“{letter.document_number}”已用于对“{used.department_name}”的批复，填写另一个文号。"]
        )


def _move(scope: Scope, actor, batch: str) -> list[Version]:
    versions: list[Version] = []
    for act, is_cancelled in ((APPROVE, False), (APPROVE_CANCELLATION, True)):
        chosen = [item.reviewed for item in scope.tables if item.is_cancelled == is_cancelled]
        if chosen:
            revisions = {each.pk: each.revision for each in chosen}
            versions += move_tables(revisions=revisions, act=act, actor=actor, batch=batch)
    for item in scope.narratives:
        filed, revision = item.reviewed, item.reviewed.revision
        versions.append(
            move_narrative(department_year=filed, revision=revision, act=APPROVE, actor=actor, batch=batch)
        )
    return versions


def _store(
    letter: Letter, scope: Scope, versions: Iterable[Version], actor, principal, batch: str
) -> Approval:
    approval = Approval.objects.create(
        fiscal_year=scope.fiscal_year,
        department=scope.department,
        department_name=scope.name,
        sort=scope.sort,
        sequence=scope.sequence,
        document_number=letter.document_number,
        approved_on=letter.approved_on,
        issuer=letter.issuer,
        text=letter.text,
        publish_by=letter.approved_on + timedelta(days=scope.fiscal_year.publication_days),
        issued_by=actor,
        principal=principal,
        issued_at=timezone.now(),
        batch=batch,
    )
    approval.versions.set(versions)
    return approval


def _close_adjustments(scope: Scope) -> None:
    tables = Q(declaration__in=[item.reviewed.pk for item in scope.tables])
    texts = Q(declaration=None, department_year__in=[item.reviewed.pk for item in scope.narratives])
    under_way = Adjustment.objects.filter(tables | texts, outcome=Adjustment.Outcome.OPEN)
    under_way.update(outcome=Adjustment.Outcome.APPROVED, closed_at=timezone.now())


def _record(approval: Approval, actor, capacity: Capacity) -> None:
    moved = list(approval.versions.values_list("kind", "target"))
    said = (
        ("sort", "种类", sort_words(approval.sort, approval.sequence)),
        ("document_number", "文号", approval.document_number),
        ("approved_on", "批复日期", approval.approved_on.isoformat()),
        ("issuer", "批复单位", approval.issuer),
        ("text", "批复意见", approval.text),
        ("publish_by", "公开期限", approval.publish_by.isoformat()),
        ("tables", "项目数", str(sum(kind == TABLE for kind, _ in moved))),
        ("cancelled", "取消的项目数", str(sum(target == Status.CANCELLED for _, target in moved))),
    )
    record(
        actor=actor,
        principal=capacity.principal,
        capacity=capacity.label,
        action="approve_year",
        kind="approval",
        object_id=approval.pk,
        label=str(approval),
        changes=[Change(path, place, "", value) for path, place, value in said],
        department_code=approval.department.code,
        batch=approval.batch,
    )
