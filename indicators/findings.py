"""Reading what the checks found: the ledger of a document, and what still blocks its submission."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max

from indicators.checks import Outcome, Severity, State
from indicators.checks.evidence import hit_from_plain
from indicators.checks.model import Hit, Rule, Scope
from indicators.checks.running import rules_of
from indicators.models import CheckRun, Explanation, Finding, Pending
from projects.models import Declaration, DepartmentYear

NOT_YET = "待重算：打开本单位的审核页面时自动运行。"
_OFF = "本年度已停用此规则。"


@dataclass(frozen=True, slots=True)
class Item:
    """One rule on one document, for a page.

    ``pending`` says that the outcome waits to be computed again; what had only *passed* is then not run.
    ``explanation`` is the last 情况说明 written for the rule; it counts where ``explanation_holds``.
    """

    rule: Rule
    state: State
    severity: Severity
    hits: tuple[Hit, ...] = ()
    reason: str = ""
    needs_reason: bool = False
    pending: bool = False
    explanation: Explanation | None = None
    explanation_is_current: bool = False

    @property
    def explanation_holds(self) -> bool:
        """True where the explanation is of what is found now and was not rejected."""
        return self.explanation_is_current and self.explanation.verdict != Explanation.Verdict.REJECTED

    @property
    def blocks(self) -> bool:
        """True where this stands in the way of submission."""
        if self.state != State.FOUND:
            return False
        return self.severity == Severity.ERROR or (self.needs_reason and not self.explanation_holds)


def ledger_of(document: Declaration | DepartmentYear) -> list[Item]:
    """Return every rule on a table (or, for a department year, on its own text), by code; three queries."""
    run = _runs([document]).first()
    explanations = {answer.rule: answer for answer in _explanations([document])}
    return _ledger(run, _rules_for(document), explanations)


def findings_of(document: Declaration | DepartmentYear) -> list[Item]:
    """Return what was found, the gravest first."""
    return _found(ledger_of(document))


def findings_of_all(declarations: Sequence[Declaration]) -> dict[int, list[Item]]:
    """Return what was found in each of several tables, by primary key, in three queries."""
    return {pk: _found(items) for pk, items in _ledgers(declarations).items()}


def outcomes_of_all(declarations: Sequence[Declaration]) -> dict[int, list[Outcome]]:
    """Return the stored outcomes of each of several tables as values, by primary key, in three queries."""
    return {pk: [_outcome(item) for item in items] for pk, items in _ledgers(declarations).items()}


def _ledgers(declarations: Sequence[Declaration]) -> dict[int, list[Item]]:
    explanations: dict[int, dict[str, Explanation]] = {}
    for answer in _explanations(declarations):
        explanations.setdefault(answer.declaration_id, {})[answer.rule] = answer
    runs = {run.declaration_id: run for run in _runs(declarations)}
    rules = rules_of(Scope.TABLE, Scope.ACROSS)
    return {
        declaration.pk: _ledger(runs.get(declaration.pk), rules, explanations.get(declaration.pk, {}))
        for declaration in declarations
    }


def open_obligations(document: Declaration | DepartmentYear) -> list[Item]:
    """Return what still blocks submission: 须改正, and 须说明 without an explanation that holds.

    It reads what is stored: refresh_department_findings comes first where it decides something.
    """
    return [item for item in findings_of(document) if item.blocks]


def outcomes_of(document: Declaration | DepartmentYear) -> list[Outcome]:
    """Return the stored outcomes as values, such as ``checks.opinion.draft_opinion`` takes."""
    return [_outcome(item) for item in ledger_of(document)]


def phrases_of(department, *, rule: str = "") -> list[str]:
    """Return the texts of 情况说明 used in a department (for one rule), the most used and newest first."""
    answers = Explanation.objects.filter(department_year__department=department)
    if rule:
        answers = answers.filter(rule=rule)
    used = answers.values("text").annotate(times=Count("pk"), last=Max("written_at"))
    return list(used.order_by("-times", "-last").values_list("text", flat=True))


def _outcome(item: Item) -> Outcome:
    return Outcome(item.rule, item.state, item.severity, item.hits, item.reason)


def _of(documents: Iterable[Declaration | DepartmentYear]) -> dict:
    """Return the lookups of rows that belong to these documents, which are all of one kind."""
    documents = list(documents)
    if all(isinstance(document, DepartmentYear) for document in documents):
        return {"declaration": None, "department_year__in": documents}
    return {"declaration__in": documents}


def _runs(documents: Iterable[Declaration | DepartmentYear]):
    return CheckRun.objects.filter(**_of(documents)).prefetch_related("findings")


def _explanations(documents: Iterable[Declaration | DepartmentYear]):
    return Explanation.objects.filter(**_of(documents)).select_related("author", "judge", "judge_principal")


def _rules_for(document: Declaration | DepartmentYear) -> list[Rule]:
    scopes = (Scope.NARRATIVE,) if isinstance(document, DepartmentYear) else (Scope.TABLE, Scope.ACROSS)
    return rules_of(*scopes)


def _ledger(run: CheckRun | None, rules: Iterable[Rule], explanations: dict[str, Explanation]) -> list[Item]:
    stored = {finding.rule: finding for finding in run.findings.all()} if run else {}
    return [_item(rule, run, stored.get(rule.code), explanations.get(rule.code)) for rule in rules]


def _item(rule: Rule, run: CheckRun | None, finding: Finding | None, explanation: Explanation | None) -> Item:
    pending = run is None or is_pending(run, rule)
    if finding:
        return Item(
            rule=rule,
            state=State(finding.state),
            severity=Severity(finding.severity),
            hits=tuple(hit_from_plain(hit) for hit in finding.hits),
            reason=finding.reason,
            needs_reason=finding.needs_reason,
            pending=pending,
            explanation=explanation,
            explanation_is_current=bool(explanation) and explanation.evidence_hash == finding.evidence_hash,
        )
    if run and rule.code in run.off:
        return Item(rule, State.OFF, rule.severity, reason=_OFF, pending=pending, explanation=explanation)
    if run and rule.code in run.passed and not pending:
        return Item(rule, State.PASSED, rule.severity, explanation=explanation)
    return Item(rule, State.NOT_RUN, rule.severity, reason=NOT_YET, pending=True, explanation=explanation)


def is_pending(run: CheckRun, rule: Rule) -> bool:
    """True where the outcome of a rule in a run waits to be computed again."""
    return run.pending == Pending.ALL or (run.pending == Pending.ACROSS and Scope.ACROSS in rule.scopes)


def _found(items: Iterable[Item]) -> list[Item]:
    found = [item for item in items if item.state == State.FOUND]
    return sorted(found, key=lambda item: (-item.severity.weight, item.rule.code))
