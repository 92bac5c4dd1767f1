"""Keeping the stored findings true to the documents. Derived data: no act, so nothing enters the trail."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Case, Q, Value, When
from django.utils import timezone

from indicators.checks import RULES, Context, Outcome, Policy, Severity, State, check_narrative, check_table
from indicators.checks.evidence import evidence_hash, plain_hit
from indicators.checks.model import Scope
from indicators.contexts import DepartmentCase, case_of, context_alone, context_hashes, document_hash
from indicators.document import Booklet, TargetTable
from indicators.models import CheckRun, Finding, Pending
from indicators.policy import DEFAULT_RULE, policy_hash, policy_of
from indicators.rows import load_tables
from projects.models import Declaration, DepartmentYear

_BATCH = 200
_RUN_COLUMNS = ("document_hash", "policy_hash", "context_hash", "checked_at", "pending", "passed", "off")


@dataclass(frozen=True, slots=True)
class _ToCheck:
    """A document to be checked, and the hashes of document, policy and context its run will bear.

    ``declaration_id`` is None for the department's own text.
    """

    declaration_id: int | None
    document: TargetTable | Booklet
    context: Context
    hashes: tuple[str, str, str]

    def outcomes(self, *scopes: Scope) -> Sequence[Outcome]:
        if isinstance(self.document, Booklet):
            return check_narrative(self.document, self.context)
        return check_table(self.document, self.context, scopes)


def refresh_table_findings(*, declarations: Sequence[Declaration]) -> None:
    """Run the single-table rules on tables just written; what depends on them waits (待重算).

    Called in the transaction that wrote them, before the trail; all of one department's year.
    """
    if not declarations:
        return
    department_year = declarations[0].department_year
    _lock(department_year)
    policy = policy_of(department_year.fiscal_year)
    context, applied = context_alone(department_year, policy), policy_hash(policy)
    keys = {declaration.uid: declaration.pk for declaration in declarations}
    tables = load_tables(Declaration.objects.filter(pk__in=keys.values()))
    across = frozenset(code for code, rule in RULES.items() if Scope.ACROSS in rule.scopes)
    checked = [
        (found, [outcome for outcome in found.outcomes(Scope.TABLE) if outcome.rule.code not in across])
        for found in (
            _ToCheck(keys[table.uid], table, context, (document_hash(table), applied, "")) for table in tables
        )
    ]
    _store(department_year, policy, checked, kept=across)
    expire_department_findings(department_year=department_year)
    _expire_next_year(department_year, declarations)


def expire_department_findings(*, department_year: DepartmentYear) -> None:
    """Mark what depends on a changed table or narrative: the narrative's rules, the rules across tables."""
    CheckRun.objects.filter(department_year=department_year).update(
        pending=Case(
            When(Q(declaration=None) | Q(pending=Pending.ALL), then=Value(Pending.ALL)),
            default=Value(Pending.ACROSS),
        )
    )


def refresh_department_findings(*, department_year: DepartmentYear) -> int:
    """Compute again whatever does not fit document, policy and context any more; return how many documents.

    Where all fit, nothing is written and no lock is taken: pages that are only read may call it.
    """
    if not _stale(department_year):
        return 0
    with transaction.atomic():
        _lock(department_year)
        stale = _stale(department_year)
        if stale:
            policy = stale[0].context.policy
            checked = [(found, found.outcomes(Scope.TABLE, Scope.ACROSS)) for found in stale]
            _store(department_year, policy, checked)
    return len(stale)


def _lock(department_year: DepartmentYear) -> None:
    """Let one transaction at a time write the findings of a department's year."""
    rows = DepartmentYear.objects.select_for_update(no_key=True)
    rows.order_by().values_list("pk").get(pk=department_year.pk)


def _expire_next_year(department_year: DepartmentYear, declarations: Iterable[Declaration]) -> None:
    """Mark the tables of the same projects one year on, for which these are last year's."""
    following = (
        DepartmentYear.objects.select_for_update(no_key=True, of=("self",))
        .filter(
            department=department_year.department_id, fiscal_year__year=department_year.fiscal_year.year + 1
        )
        .order_by()
        .first()
    )
    if following:
        projects = [declaration.project_id for declaration in declarations]
        runs = CheckRun.objects.filter(department_year=following, declaration__project__in=projects)
        runs.filter(pending=Pending.NOTHING).update(pending=Pending.ACROSS)


def _stale(department_year: DepartmentYear) -> list[_ToCheck]:
    """Return the documents whose last run does not bear today's hashes, or waits."""
    policy = policy_of(department_year.fiscal_year)
    case = case_of(department_year, policy)
    keys = dict(Declaration.objects.filter(department_year=department_year).values_list("uid", "pk"))
    fresh = {
        run.declaration_id: (run.document_hash, run.policy_hash, run.context_hash)
        for run in CheckRun.objects.filter(department_year=department_year, pending=Pending.NOTHING)
    }
    found = _documents(case, keys, policy_hash(policy))
    return [document for document in found if fresh.get(document.declaration_id) != document.hashes]


def _documents(case: DepartmentCase, keys: dict[str, int], applied: str) -> Iterator[_ToCheck]:
    hashes = context_hashes(case)
    yield _ToCheck(
        None, case.booklet, case.booklet_context, (document_hash(case.narrative), applied, hashes[""])
    )
    for table, context in case.tables:
        # A table filed between the two queries is seen the next time.
        if table.uid in keys:
            yield _ToCheck(
                keys[table.uid], table, context, (document_hash(table), applied, hashes[table.uid])
            )


def _store(
    department_year: DepartmentYear,
    policy: Policy,
    checked: Sequence[tuple[_ToCheck, Sequence[Outcome]]],
    kept: frozenset[str] = frozenset(),
) -> None:
    """Write runs and findings; those of the rules in ``kept`` stay as they are and wait."""
    now = timezone.now()
    stored = {
        run.declaration_id: run
        for run in CheckRun.objects.filter(department_year=department_year).filter(
            Q(declaration__in=[found.declaration_id for found, _ in checked]) | Q(declaration=None)
        )
    }
    runs, findings = [], []
    for found, outcomes in checked:
        run = stored.get(found.declaration_id) or CheckRun(
            department_year=department_year, declaration_id=found.declaration_id
        )
        _fill(run, found, outcomes, kept, now)
        runs.append(run)
        findings += (_finding(run, found, outcome, policy) for outcome in outcomes if _is_stored(outcome))
    known = [run for run in runs if run.pk]
    CheckRun.objects.bulk_create([run for run in runs if not run.pk], batch_size=_BATCH)
    CheckRun.objects.bulk_update(known, _RUN_COLUMNS, batch_size=_BATCH)
    Finding.objects.filter(run__in=runs).exclude(rule__in=kept).delete()
    Finding.objects.bulk_create(findings, batch_size=_BATCH)


def _fill(
    run: CheckRun, found: _ToCheck, outcomes: Iterable[Outcome], kept: frozenset[str], now: datetime
) -> None:
    run.document_hash, run.policy_hash, run.context_hash = found.hashes
    run.checked_at = now
    run.pending = Pending.ACROSS if kept else Pending.NOTHING
    for name, state in (("passed", State.PASSED), ("off", State.OFF)):
        before = [code for code in getattr(run, name) if code in kept]
        codes = [outcome.rule.code for outcome in outcomes if outcome.state == state]
        setattr(run, name, sorted((*before, *codes)))


def _is_stored(outcome: Outcome) -> bool:
    return outcome.state in (State.FOUND, State.NOT_RUN)


def _finding(run: CheckRun, found: _ToCheck, outcome: Outcome, policy: Policy) -> Finding:
    setting = policy.rules.get(outcome.rule.code, DEFAULT_RULE)
    is_found = outcome.state == State.FOUND
    return Finding(
        run=run,
        rule=outcome.rule.code,
        state=outcome.state,
        severity=outcome.severity,
        needs_reason=is_found and outcome.severity == Severity.WARNING and setting.reason_required,
        reason=outcome.reason,
        hits=[plain_hit(hit) for hit in outcome.hits],
        evidence_hash=evidence_hash(found.document, outcome.hits) if is_found else "",
    )
