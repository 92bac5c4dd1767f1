"""The policy of a fiscal year: rows ↔ ``checks.Policy``, and the hash that says which policy was applied."""

from indicators.checks import Policy
from projects.models import FiscalYear


def policy_of(fiscal_year: FiscalYear) -> Policy:
    """Return what holds in a year, in two queries."""
    raise NotImplementedError


def policy_hash(policy: Policy) -> str:
    """Return the SHA-256 of a policy together with the edition of the rules."""
    raise NotImplementedError
