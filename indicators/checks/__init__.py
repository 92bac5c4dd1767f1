"""智能审核: every table is read by a sharp reviewer before a person sees it.

Rules are small pure functions over facts about a document, declared with ``@rule`` in the modules of
``indicators.checks.rules``; ``check_table`` and ``check_narrative`` give the outcome of every one of them.
"""

# Importing these declares the rules and the parameters.
from indicators.checks import reasons as _reasons  # noqa: F401
from indicators.checks import review_points as _review_points  # noqa: F401
from indicators.checks import rules as _rules  # noqa: F401
from indicators.checks.facts import BookletFacts, Context, TableFacts
from indicators.checks.model import DEFAULT_POLICY, Outcome, Policy, Quality, RulePolicy, Severity, State
from indicators.checks.registry import PARAMETERS, RULES
from indicators.checks.running import check_narrative, check_table

__all__ = [
    "DEFAULT_POLICY",
    "PARAMETERS",
    "RULES",
    "BookletFacts",
    "Context",
    "Outcome",
    "Policy",
    "Quality",
    "RulePolicy",
    "Severity",
    "State",
    "TableFacts",
    "check_narrative",
    "check_table",
]
