"""Changing the rules of a fiscal year, and trying a change before it is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from indicators.checks import Policy, RulePolicy
from indicators.document import Change
from projects.models import FiscalYear


class PolicyError(ValueError):
    """Settings that cannot be; ``messages`` are Chinese sentences, one for each."""

    def __init__(self, messages):
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


@dataclass(frozen=True, slots=True)
class PolicyTrial:
    """What another policy would do: of ``tables`` looked at, ``changed`` would get other findings.

    ``by_rule`` gives for each rule whose outcome changes somewhere in how many tables it does.
    """

    tables: int
    changed: int
    by_rule: Mapping[str, int]


@transaction.atomic
def change_policy(
    *, fiscal_year: FiscalYear, rules: Mapping[str, RulePolicy], parameters: Mapping[str, Any], actor
) -> tuple[Change, ...]:
    """Set these rules and parameters of a year and return what changed; the others stay as they are.

    What equals the default is not stored. All findings of the year wait to be computed again.
    Raises PermissionDenied, PolicyError.
    """
    raise NotImplementedError


def policy_with(policy: Policy, *, rules: Mapping[str, RulePolicy], parameters: Mapping[str, Any]) -> Policy:
    """Return a policy with these settings changed. Raises PolicyError."""
    raise NotImplementedError


def try_policy(*, fiscal_year: FiscalYear, policy: Policy) -> PolicyTrial:
    """Count the tables of a year that would get other findings; department by department, writes nothing."""
    raise NotImplementedError
