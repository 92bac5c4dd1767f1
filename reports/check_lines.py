"""What the checks found, as it leaves the system: a line for each place of each finding."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from indicators.checks import Outcome, Policy, Severity, State
from indicators.checks.model import Fix, Hit
from indicators.document import TargetTable


@dataclass(frozen=True, slots=True)
class Line:
    """One place of one finding.

    ``project`` is its code, '' where that is blank, None for the department's own text.
    """

    department: str
    year: int
    project: str | None
    project_name: str
    rule: str
    severity: Severity
    path: str
    row: int | None
    message: str
    advice: str
    evidence: str
    fix: Fix | None

    def as_json(self) -> str:
        """Return the line as one JSON object without line breaks."""
        fix = self.fix and {"path": self.fix.path, "before": self.fix.before, "after": self.fix.after}
        plain = {
            "department": self.department,
            "year": self.year,
            "project": self.project,
            "rule": self.rule,
            "severity": self.severity.value,
            "path": self.path,
            "row": self.row,
            "message": self.message,
            "advice": self.advice,
            "evidence": self.evidence,
            "fix": fix,
        }
        return json.dumps(plain, ensure_ascii=False)


Reason = tuple[str, str]  # of what was not run: the rule's code, and why
Project = str | None  # as in Line


@dataclass(slots=True)
class UnitLines:
    """A department's year checked.

    ``not_run`` gives the documents by rule and reason, ``states`` counts documents by rule and state,
    ``places`` lines by rule and severity.
    """

    department: str
    department_name: str
    year: int
    tables: int = 0
    lines: list[Line] = field(default_factory=list)
    not_run: dict[Reason, list[Project]] = field(default_factory=dict)
    states: Counter[tuple[str, State]] = field(default_factory=Counter)
    places: Counter[tuple[str, Severity]] = field(default_factory=Counter)

    def add(self, table: TargetTable | None, outcomes: Iterable[Outcome], policy: Policy) -> None:
        """Add the outcomes of one of the unit's tables, None standing for its own text."""
        self.tables += table is not None
        project = None if table is None else table.project_code
        for outcome in outcomes:
            code = outcome.rule.code
            self.states[code, outcome.state] += 1
            if outcome.state == State.NOT_RUN:
                self.not_run.setdefault((code, outcome.reason), []).append(project)
            elif outcome.state == State.FOUND:
                self._add_hits(table, outcome, policy)

    def _add_hits(self, table: TargetTable | None, outcome: Outcome, policy: Policy) -> None:
        rule = outcome.rule
        for hit in outcome.hits:
            severity = severity_of(hit, outcome, policy)
            self.places[rule.code, severity] += 1
            self.lines.append(
                Line(
                    self.department,
                    self.year,
                    None if table is None else table.project_code,
                    "" if table is None else table.name,
                    rule.code,
                    severity,
                    hit.path,
                    hit.row,
                    hit.message,
                    hit.advice or rule.advice,
                    hit.evidence,
                    hit.fix,
                )
            )


def severity_of(hit: Hit, outcome: Outcome, policy: Policy) -> Severity:
    """Return the severity of a place: the site's for the rule, else the place's own, else the rule's."""
    setting = policy.rules.get(outcome.rule.code)
    return (setting and setting.severity) or hit.severity or outcome.rule.severity


def only(codes: Iterable[str], outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return the outcomes of these rules; of all where none is named."""
    wanted = frozenset(codes)
    return [outcome for outcome in outcomes if not wanted or outcome.rule.code in wanted]


@dataclass(slots=True)
class Tally:
    """Sums over many units: what UnitLines counts, without its lines."""

    units: int = 0
    tables: int = 0
    states: Counter[tuple[str, State]] = field(default_factory=Counter)
    places: Counter[tuple[str, Severity]] = field(default_factory=Counter)

    def add(self, unit: UnitLines) -> None:
        self.units += 1
        self.tables += unit.tables
        self.states.update(unit.states)
        self.places.update(unit.places)

    def rules(self) -> list[str]:
        """Return the codes of the rules that have an outcome, in their order."""
        return sorted({code for code, _ in self.states})
