"""Running the rules over a document: every rule gets an outcome, so that the ledger has no gaps."""

from functools import cache

from indicators.checks.facts import BookletFacts, Context, TableFacts
from indicators.checks.model import Outcome, Rule, RulePolicy, Scope, Severity, State
from indicators.checks.registry import RULES
from indicators.document import Booklet, TargetTable
from indicators.document.due import files_no_table

_DEFAULT = RulePolicy()


def check_table(
    table: TargetTable,
    context: Context | None = None,
    scopes: tuple[Scope, ...] = (Scope.TABLE, Scope.ACROSS),
) -> tuple[Outcome, ...]:
    """Return the outcome of every rule on one table, in the order of the rule codes.

    A project that files no table has nothing that could be wrong: no rule is run.
    """
    facts = TableFacts(table, context)
    exempt = f"{table.category}项目不填报绩效目标表。" if files_no_table(table) else ""
    return tuple(_run(rule, facts, exempt) for rule in rules_of(*scopes))


def check_narrative(booklet: Booklet, context: Context | None = None) -> tuple[Outcome, ...]:
    """Return the outcome of every rule on a department's own text."""
    facts = BookletFacts(booklet, context)
    return tuple(_run(rule, facts) for rule in rules_of(Scope.NARRATIVE))


@cache
def rules_of(*scopes: Scope) -> tuple[Rule, ...]:
    """Return the rules of these scopes in the order of their codes."""
    return tuple(RULES[code] for code in sorted(RULES) if set(RULES[code].scopes) & set(scopes))


@cache
def _passed(code: str, severity: Severity) -> Outcome:
    """Most rules pass on most tables: that outcome is made once."""
    return Outcome(RULES[code], State.PASSED, severity)


def _run(rule: Rule, facts: TableFacts | BookletFacts, exempt: str = "") -> Outcome:
    policy = facts.policy.rules.get(rule.code, _DEFAULT)
    severity = policy.severity or rule.severity
    if not policy.enabled:
        return Outcome(rule, State.OFF, severity, reason="本年度已停用此规则。")
    if reason := exempt or rule.blocked(facts):
        return Outcome(rule, State.NOT_RUN, severity, reason=reason)
    hits = tuple(rule.check(facts))
    if not hits:
        return _passed(rule.code, severity)
    if policy.severity is None:
        severity = max((hit.severity or severity for hit in hits), key=lambda grave: Severity(grave).weight)
    return Outcome(rule, State.FOUND, severity, hits)
