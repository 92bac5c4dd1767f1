"""Reading what the checks found: the ledger of a document, and what still blocks its submission."""

from collections.abc import Sequence
from dataclasses import dataclass

from indicators.checks import Outcome, Severity, State
from indicators.checks.model import Hit, Rule
from indicators.models import Explanation
from projects.models import Declaration, DepartmentYear


@dataclass(frozen=True, slots=True)
class Item:
    """One rule on one document, for a page.

    ``pending`` says that the outcome waits to be computed again; a rule that only *had* passed is then not run.
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
    raise NotImplementedError


def findings_of(document: Declaration | DepartmentYear) -> list[Item]:
    """Return what was found, the gravest first."""
    raise NotImplementedError


def findings_of_all(declarations: Sequence[Declaration]) -> dict[int, list[Item]]:
    """Return what was found in each of several tables, by primary key, in three queries."""
    raise NotImplementedError


def open_obligations(document: Declaration | DepartmentYear) -> list[Item]:
    """Return what still blocks submission: 须改正, and 须说明 without an explanation that holds."""
    raise NotImplementedError


def outcomes_of(document: Declaration | DepartmentYear) -> list[Outcome]:
    """Return the stored outcomes as values, such as ``checks.opinion.draft_opinion`` takes."""
    raise NotImplementedError


def phrases_of(department) -> list[str]:
    """Return the texts of 情况说明 used in a department, the most used first."""
    raise NotImplementedError
