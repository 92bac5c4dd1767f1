"""Keeping the stored findings true to the documents. Derived data: no act, so nothing enters the trail."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from django.db import connection, transaction
from django.db.models import Case, Count, Max, Q, Value, When
from django.utils import timezone

from indicators.checks import RULES, Context, Outcome, Severity, State, check_narrative, check_table
from indicators.checks.evidence import evidence_hash, plain_hit
from indicators.checks.model import Rule, Scope
from indicators.contexts import (
    DepartmentCase,
    applied_hash,
    case_of,
    context_alone,
    context_hashes,
    document_hash,
)
from indicators.document import Booklet, TargetTable
from indicators.models import CheckRun, Finding, Pending
from indicators.policy import DEFAULT_RULE, policy_of
from indicators.rows import load_tables
from indicators.stamps import stamp_of
from projects.models import Declaration, DepartmentYear
from workflow.models import Status

_BATCH = 200
_RUN_COLUMNS = ("document_hash", "policy_hash", "context_hash", "checked_at", "pending", "passed", "off")


class _Part(Enum):
    """Which rules are run on a document; what the others said stays as it is."""

    ALONE = "those about the table by itself"
    ACROSS = "those that hold it against others"
    ALL = "all"

    def includes(self, rule: Rule) -> bool:
        return self == _Part.ALL or (Scope.ACROSS in rule.scopes) == (self == _Part.ACROSS)

    @property
    def codes_left(self) -> list[str]:
        """Return the codes of the rules that are not run."""
        return [code for code, rule in RULES.items() if not self.includes(rule)]


_SCOPES = {
    _Part.ALONE: (Scope.TABLE,),
    _Part.ACROSS: (Scope.ACROSS,),
    _Part.ALL: (Scope.TABLE, Scope.ACROSS),
}


@dataclass(frozen=True, slots=True)
class _ToCheck:
    """A document to be checked, and the hashes of document, policy and context its run will bear.

    ``declaration_id`` is None for the department's own text.
    """

    declaration_id: int | None
    document: TargetTable | Booklet
    context: Context
    hashes: tuple[str, str, str]
    part: _Part = _Part.ALL

    def outcomes(self) -> list[Outcome]:
        if isinstance(self.document, Booklet):
            return list(check_narrative(self.document, self.context))
        outcomes = check_table(self.document, self.context, _SCOPES[self.part])
        return [outcome for outcome in outcomes if self.part.includes(outcome.rule)]


def refresh_table_findings(
    *, declarations: Sequence[Declaration], tables: Sequence[TargetTable] | None = None
) -> None:
    """Run the single-table rules on tables just written; what depends on them waits (待重算).

    Called in the transaction that wrote them, before the trail; all of one department's year. ``tables`` are
    their documents where they are known just as they would be read.
    """
    if not declarations:
        return
    department_year = declarations[0].department_year
    lock_findings(department_year)
    context = context_alone(department_year, policy_of(department_year.fiscal_year))
    applied = applied_hash(context)
    keys = {declaration.uid: declaration.pk for declaration in declarations}
    if tables is None:
        tables = load_tables(Declaration.objects.filter(pk__in=keys.values()))
    written = [
        _ToCheck(keys[table.uid], table, context, (document_hash(table), applied, ""), _Part.ALONE)
        for table in tables
    ]
    _check(department_year, written)
    expire_department_findings(department_year=department_year)
    _expire_next_year(department_year, declarations)


def expire_department_findings(*, department_year: DepartmentYear) -> None:
    """Mark what depends on a changed table or narrative: the narrative's rules, the rules across tables."""
    runs = CheckRun.objects.filter(department_year=department_year)
    # What waits already is not written again: somebody who fills in saves a hundred times.
    waiting = Q(pending=Pending.ALL) | Q(pending=Pending.ACROSS, declaration__isnull=False)
    runs.exclude(waiting).update(
        pending=Case(
            When(declaration=None, then=Value(Pending.ALL)),
            default=Value(Pending.ACROSS),
        )
    )


def refresh_department_findings(*, department_year: DepartmentYear) -> int:
    """Compute again whatever does not fit document, policy and context any more; return how many documents.

    Where all fit, no lock is taken: pages that are only read may call it. The stamp of all rows tells so at
    once; where it differs, or something waits, the hashes of every document decide.
    """
    if _is_fresh(department_year):
        return 0
    # Taken before the documents are read: what changes in between shows as another stamp the next time.
    stamp = stamp_of(department_year)
    stale = _stale(department_year)
    if stale:
        with transaction.atomic():
            lock_findings(department_year)
            stamp = stamp_of(department_year)
            stale = _stale(department_year)
            _check(department_year, stale)
    own_text = CheckRun.objects.filter(department_year=department_year, declaration=None)
    own_text.exclude(stamp=stamp).update(stamp=stamp)
    return len(stale)


def lock_findings(department_year: DepartmentYear) -> None:
    """Let one transaction at a time write, or answer, the findings of a department's year."""
    if connection.features.has_select_for_update:
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


def _is_fresh(department_year: DepartmentYear) -> bool:
    """True where every document has a run, none waits, and no row changed since all were seen to fit."""
    runs = CheckRun.objects.filter(department_year=department_year)
    state = runs.exclude(declaration__status=Status.CANCELLED).aggregate(
        tables=Count("declaration"),
        waiting=Count("pk", filter=~Q(pending=Pending.NOTHING)),
        stamp=Max("stamp", filter=Q(declaration=None)),
    )
    if state["waiting"] or not state["stamp"]:
        return False
    tables = Declaration.objects.filter(department_year=department_year).counted().count()
    return tables == state["tables"] and state["stamp"] == stamp_of(department_year)


def _stale(department_year: DepartmentYear) -> list[_ToCheck]:
    """Return the documents whose last run does not bear today's hashes, or waits."""
    case = case_of(department_year)
    keys = dict(Declaration.objects.filter(department_year=department_year).values_list("uid", "pk"))
    runs = {run.declaration_id: run for run in CheckRun.objects.filter(department_year=department_year)}
    found = []
    for document in _documents(case, keys):
        part = _part_to_run(document, runs.get(document.declaration_id))
        if part:
            found.append(replace(document, part=part))
    return found


def _part_to_run(found: _ToCheck, run: CheckRun | None) -> _Part | None:
    """Return what of a document's last run does not hold any more, None where all of it does."""
    if run is None or run.pending == Pending.ALL:
        return _Part.ALL
    if (run.document_hash, run.policy_hash) != found.hashes[:2]:
        return _Part.ALL
    if run.pending == Pending.NOTHING and run.context_hash == found.hashes[2]:
        return None
    return _Part.ALL if found.declaration_id is None else _Part.ACROSS


def _documents(case: DepartmentCase, keys: dict[str, int]) -> Iterator[_ToCheck]:
    applied, hashes = applied_hash(case.booklet_context), context_hashes(case)
    narrative = (document_hash(case.narrative), applied, hashes[""])
    yield _ToCheck(None, case.booklet, case.booklet_context, narrative)
    for table, context in case.tables:
        # A table filed between the two queries is seen the next time.
        if table.uid in keys:
            marks = (document_hash(table), applied, hashes[table.uid])
            yield _ToCheck(keys[table.uid], table, context, marks)


def _check(department_year: DepartmentYear, documents: Sequence[_ToCheck]) -> None:
    """Run the rules and write what they say."""
    now = timezone.now()
    stored = _stored_runs(department_year, documents)
    runs: dict[_Part, list[CheckRun]] = defaultdict(list)
    findings = []
    for found in documents:
        outcomes = found.outcomes()
        run = stored.get(found.declaration_id) or CheckRun(
            department_year=department_year, declaration_id=found.declaration_id
        )
        _fill(run, found, outcomes, now)
        runs[found.part].append(run)
        findings += (_finding(run, found, outcome) for outcome in outcomes if _is_stored(outcome))
    _write_runs([run for group in runs.values() for run in group])
    for part, group in runs.items():
        Finding.objects.filter(run__in=group).exclude(rule__in=part.codes_left).delete()
    Finding.objects.bulk_create(findings, batch_size=_BATCH)


def _stored_runs(
    department_year: DepartmentYear, documents: Iterable[_ToCheck]
) -> dict[int | None, CheckRun]:
    keys = [found.declaration_id for found in documents if found.declaration_id]
    runs = CheckRun.objects.filter(department_year=department_year)
    return {run.declaration_id: run for run in runs.filter(Q(declaration__in=keys) | Q(declaration=None))}


def _write_runs(runs: Sequence[CheckRun]) -> None:
    """Write new and old runs in few statements; the one without a declaration has nothing to conflict on."""
    tables = [run for run in runs if run.declaration_id]
    CheckRun.objects.bulk_create(
        tables,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=("declaration",),
        update_fields=_RUN_COLUMNS,
    )
    for run in runs:
        if not run.declaration_id:
            run.save()


def _fill(run: CheckRun, found: _ToCheck, outcomes: Iterable[Outcome], now: datetime) -> None:
    run.document_hash, run.policy_hash, run.context_hash = found.hashes
    run.checked_at = now
    run.pending = Pending.ACROSS if found.part == _Part.ALONE else Pending.NOTHING
    left = set(found.part.codes_left)
    for name, state in (("passed", State.PASSED), ("off", State.OFF)):
        before = [code for code in getattr(run, name) if code in left]
        codes = [outcome.rule.code for outcome in outcomes if outcome.state == state]
        setattr(run, name, sorted((*before, *codes)))


def _is_stored(outcome: Outcome) -> bool:
    return outcome.state in (State.FOUND, State.NOT_RUN)


def _finding(run: CheckRun, found: _ToCheck, outcome: Outcome) -> Finding:
    setting = found.context.policy.rules.get(outcome.rule.code, DEFAULT_RULE)
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
