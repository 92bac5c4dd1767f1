"""What a check is and what it finds. Rule numbers, severities and sources are those of the rule list."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """须改正 blocks submission, 须说明 needs a written reason, 提示 informs."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"

    @property
    def label(self) -> str:
        return {"error": "须改正", "warning": "须说明", "hint": "提示"}[self]

    @property
    def weight(self) -> int:
        """Return 3 for the gravest, 1 for the lightest."""
        return {"error": 3, "warning": 2, "hint": 1}[self]


class Quality(StrEnum):
    """四性: the heading of the 绩效目标审核表 under which a finding is counted."""

    COMPLETENESS = "完整性"
    RELEVANCE = "相关性"
    APPROPRIATENESS = "适当性"
    FEASIBILITY = "可行性"


class Scope(StrEnum):
    """What a rule must be given: one table, one table beside others, or a department's own text."""

    TABLE = "table"
    ACROSS = "across"
    NARRATIVE = "narrative"


class State(StrEnum):
    """What became of a rule on one document. Nothing counts as passed that was not run."""

    PASSED = "passed"
    FOUND = "found"
    NOT_RUN = "not_run"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Fix:
    """A spelling, unit or symbol the user may put right with one click; never a number."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule is not kept.

    ``path`` is the place for programs (indicators/<uid>/value), ``row`` the indicator's number from 1 for
    people; ``evidence`` the words that triggered it. ``advice`` and ``severity`` stand in for the rule's own.
    """

    path: str
    message: str
    evidence: str = ""
    row: int | None = None
    advice: str = ""
    fix: Fix | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A threshold or word list of a rule that the finance bureau may change for a year."""

    name: str
    default: Any
    label: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One numbered rule: ``check`` yields its hits, ``blocked`` says why it cannot be run ('' if it can)."""

    code: str
    title: str
    severity: Severity
    quality: Quality
    basis: str
    advice: str
    example: str
    scopes: tuple[Scope, ...]
    check: Callable[[Any], Iterable[Hit]]
    blocked: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule said of one document: all its places in one item."""

    rule: Rule
    state: State
    severity: Severity
    hits: tuple[Hit, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RulePolicy:
    """What a site decided about a rule; None leaves the rule's own severity."""

    enabled: bool = True
    severity: Severity | None = None
    reason_required: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """What a site decided for a fiscal year: by rule code, and by parameter name. Empty is the default."""

    rules: Mapping[str, RulePolicy]
    parameters: Mapping[str, Any]

    def value(self, parameter: Parameter) -> Any:
        return self.parameters.get(parameter.name, parameter.default)


DEFAULT_POLICY = Policy({}, {})
