"""情况说明: a unit answers what a rule found, a reviewer takes it or not."""

from collections.abc import Sequence
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from departments.permissions import may_prepare
from indicators.checks import RULES
from indicators.checks.reasons import reason_problem
from indicators.document import Change
from indicators.models import Explanation, Finding
from indicators.policy import policy_of
from indicators.reviewed import Reviewed, filed_of
from indicators.services.findings import lock_findings, refresh_department_findings
from indicators.services.reviewing import lock_tables
from indicators.services.tables import record_table, require_editable
from indicators.services.telling import tell_rejected
from perfbudget.lib.text import clean_text
from projects.models import Declaration, DepartmentYear
from projects.services import record_department_year
from workflow.comments import voice_of
from workflow.roles import Capacity

Verdict = Explanation.Verdict
_NOT_FOUND = "“{document}”现在没有需要说明的“{rule}”。"


class ExplanationError(ValueError):
    """The explanation cannot be taken; ``messages`` are Chinese sentences, all that is wrong."""

    def __init__(self, messages):
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


@transaction.atomic
def explain(*, rule: str, declarations: Sequence[Declaration], text: str, actor) -> list[Explanation]:
    """Answer one rule in several tables of a unit at once; an earlier answer is replaced.

    Returns the explanations that changed. Raises PermissionDenied, ExplanationError, NotEditableError.
    """
    if not declarations:
        raise ExplanationError(["请至少选择一个项目。"])
    department_year = declarations[0].department_year
    if any(declaration.department_year_id != department_year.pk for declaration in declarations):
        raise ExplanationError(["一次只能说明同一单位、同一年度的项目。"])
    return _explain(rule, department_year, list(dict.fromkeys(declarations)), text, actor)


@transaction.atomic
def explain_narrative(*, rule: str, department_year: DepartmentYear, text: str, actor) -> list[Explanation]:
    """Answer one rule in the department's own text. Returns and raises as ``explain``."""
    return _explain(rule, department_year, [None], text, actor)


@transaction.atomic
def judge_explanation(*, explanation: Explanation, accepted: bool, remark: str = "", actor) -> None:
    """Take an explanation (采纳), or not (不采纳, with a remark).

    Raises PermissionDenied for its author and for who does not review the unit; ExplanationError where it
    lapsed, was rewritten after ``explanation`` was read, or a remark is missing.
    """
    department_year = explanation.department_year
    capacity = _judging(actor, explanation)
    remark = clean_text(remark)
    if not accepted and not remark:
        raise ExplanationError(["不采纳的，请写明意见。"])
    lock_findings(department_year)
    refresh_department_findings(department_year=department_year)
    verdict = Verdict.ACCEPTED if accepted else Verdict.REJECTED
    read = Explanation.objects.filter(pk=explanation.pk, written_at=explanation.written_at)
    judged = {
        "verdict": verdict,
        "remark": remark,
        "judge": actor,
        "judge_principal": capacity.principal,
        "judged_at": timezone.now(),
    }
    if not is_current(explanation) or not read.update(**judged):
        raise ExplanationError(["内容或情况说明已有改动，请重新查看后再审定。"])
    before = _verdict_text(explanation.verdict, explanation.remark)
    for name, value in judged.items():
        setattr(explanation, name, value)
    change = Change(
        f"explanations/{explanation.rule}/verdict",
        f"{_named(explanation.rule)} 情况说明“{explanation.text}”审定",
        before,
        _verdict_text(verdict, remark),
    )
    if not accepted:
        tell_rejected(explanation=explanation, filed=filed_of(_reviewed(explanation)))
    _record(
        explanation,
        change,
        actor=actor,
        principal=capacity.principal,
        capacity=capacity.label,
        action="judge_explanation",
        reason=remark,
    )


def _judging(actor, explanation: Explanation) -> Capacity:
    """Return in which capacity somebody judges an explanation, or raise PermissionDenied."""
    capacity = voice_of(actor, filed_of(_reviewed(explanation))).reviewing
    if explanation.author_id in (actor.pk, capacity and capacity.principal and capacity.principal.pk):
        raise PermissionDenied("不能审定自己写的情况说明，代理人也不能审定被代理人写的。")
    if capacity is None:
        raise PermissionDenied("只有本单位负责人、主管部门审核人和财政审核人可以审定情况说明。")
    return capacity


def _reviewed(explanation: Explanation) -> Reviewed:
    return explanation.declaration or explanation.department_year


def is_current(explanation: Explanation) -> bool:
    """True where the rule still finds what was explained; it lapses when the field changes."""
    return Finding.objects.filter(
        run__department_year=explanation.department_year_id,
        rule=explanation.rule,
        evidence_hash=explanation.evidence_hash,
    ).exists()


def _explain(
    rule: str,
    department_year: DepartmentYear,
    documents: Sequence[Declaration | None],
    text: str,
    actor,
) -> list[Explanation]:
    """Write the answers of all documents (None: the department's own text), or refuse for all reasons."""
    if not may_prepare(actor, department_year.department):
        raise PermissionDenied("只有本单位或其主管部门的填报人可以写情况说明。")
    require_editable(*_held(department_year, documents))
    text = clean_text(text)
    refresh_department_findings(department_year=department_year)
    evidence = _evidence(rule, department_year)
    problem = reason_problem(text, policy_of(department_year.fiscal_year))
    problems = [problem] if problem else []
    problems += (
        _NOT_FOUND.format(document=document or department_year, rule=_named(rule))
        for document in documents
        if (document and document.pk) not in evidence
    )
    if problems:
        raise ExplanationError(problems)
    written = _write(rule, department_year, documents, text, evidence, actor)
    batch = uuid4().hex if len(written) > 1 else ""
    for explanation, before in written:
        change = Change(f"explanations/{rule}", f"{_named(rule)} 情况说明", before, text)
        _record(explanation, change, actor=actor, action="explain", batch=batch)
    return [explanation for explanation, _ in written]


def _held(
    department_year: DepartmentYear, documents: Sequence[Declaration | None]
) -> list[Declaration | DepartmentYear]:
    """Return what is answered for as it is once nobody else saves, moves or answers it."""
    tables = Declaration.objects.filter(pk__in=[document.pk for document in documents if document])
    lock_tables(tables)
    lock_findings(department_year)
    held = tables.select_related("department_year__department", "department_year__fiscal_year")
    years = DepartmentYear.objects.select_related("department", "fiscal_year")
    return [*held, *(years.get(pk=department_year.pk) for document in documents if document is None)]


def _evidence(rule: str, department_year: DepartmentYear) -> dict[int | None, str]:
    """Return the evidence of the rule where it asks for a reason, by declaration (None: the narrative)."""
    findings = Finding.objects.found().filter(
        run__department_year=department_year, rule=rule, needs_reason=True
    )
    return dict(findings.values_list("run__declaration", "evidence_hash"))


def _write(
    rule: str,
    department_year: DepartmentYear,
    documents: Sequence[Declaration | None],
    text: str,
    evidence: dict[int | None, str],
    actor,
) -> list[tuple[Explanation, str]]:
    """Store the answers that differ from what is there; return each with the text it replaced."""
    existing = {
        explanation.declaration_id: explanation
        for explanation in Explanation.objects.filter(department_year=department_year, rule=rule)
    }
    written = []
    for document in documents:
        key = document and document.pk
        explanation = existing.get(key) or Explanation(
            department_year=department_year, declaration=document, rule=rule
        )
        before = explanation.text
        if (before, explanation.evidence_hash) == (text, evidence[key]):
            continue
        explanation.text, explanation.evidence_hash = text, evidence[key]
        explanation.author, explanation.written_at = actor, timezone.now()
        explanation.verdict, explanation.remark = Verdict.OPEN, ""
        explanation.judge = explanation.judge_principal = explanation.judged_at = None
        explanation.save()
        written.append((explanation, before))
    return written


def _record(explanation: Explanation, change: Change, **entry) -> None:
    if explanation.declaration:
        record_table(explanation.declaration, changes=[change], **entry)
    else:
        record_department_year(explanation.department_year, changes=[change], **entry)


def _named(rule: str) -> str:
    return f"{rule}{RULES[rule].title}" if rule in RULES else rule


def _verdict_text(verdict: str, remark: str) -> str:
    label = Verdict(verdict).label
    return f"{label}：{remark}" if remark else label
