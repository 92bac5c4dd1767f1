"""The rules by code, and how one is declared."""

from collections.abc import Callable, Iterable
from typing import Any

from indicators.checks.model import Hit, Parameter, Quality, Rule, Scope, Severity

RULES: dict[str, Rule] = {}
PARAMETERS: dict[str, Parameter] = {}
Check = Callable[[Any], Iterable[Hit]]


def rule(
    code: str,
    title: str,
    severity: Severity,
    quality: Quality,
    *,
    basis: str,
    advice: str = "",
    example: str = "",
    scopes: tuple[Scope, ...] = (Scope.TABLE,),
    blocked: Callable[[Any], str] = lambda facts: "",
) -> Callable[[Check], Check]:
    """Declare the decorated function as the check of a rule.

    ``basis`` names the document or source, ``example`` a text it finds; ``blocked`` says in Chinese why the
    rule cannot be run on what it is given, such as 没有上年数据.
    """

    def declare(check: Check) -> Check:
        if code in RULES:
            raise ValueError(f"{code} is declared twice.")
        RULES[code] = Rule(code, title, severity, quality, basis, advice, example, scopes, check, blocked)
        return check

    return declare


def parameter(name: str, default: Any, label: str) -> Parameter:
    """Declare a threshold or word list; facts.policy.value(it) gives what holds for the year."""
    if name in PARAMETERS:
        raise ValueError(f"Parameter {name} is declared twice.")
    PARAMETERS[name] = Parameter(name, default, label)
    return PARAMETERS[name]
