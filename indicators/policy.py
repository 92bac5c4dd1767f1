"""The policy of a fiscal year: rows ↔ ``checks.Policy``, and the hash that says which policy was applied."""

import hashlib
import json
import logging
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from indicators import checks, values
from indicators.checks import PARAMETERS, Policy, RulePolicy, Severity
from indicators.models import ParameterSetting, RuleSetting
from perfbudget import lib
from projects.models import FiscalYear

DEFAULT_RULE = RulePolicy()
_READ_BY_RULES = (checks, values, lib)
_log = logging.getLogger(__name__)


def policy_of(fiscal_year: FiscalYear) -> Policy:
    """Return what holds in a year, in two queries; rows of parameters that are no more are passed over."""
    rules = {
        row.rule: RulePolicy(
            row.enabled, Severity(row.severity) if row.severity else None, row.reason_required
        )
        for row in RuleSetting.objects.filter(fiscal_year=fiscal_year)
    }
    parameters = {}
    for row in ParameterSetting.objects.filter(fiscal_year=fiscal_year):
        try:
            parameters[row.name] = fitted_value(row.name, row.value)
        except ValueError as error:
            _log.warning("%s的参数设置不再适用，按默认值执行：%s", fiscal_year, error)
    return Policy(rules, parameters)


def policy_hash(policy: Policy) -> str:
    """Return the SHA-256 of what a policy sets otherwise than by default, with the edition of the rules."""
    rules = {
        code: [setting.enabled, setting.severity, setting.reason_required]
        for code, setting in policy.rules.items()
        if setting != DEFAULT_RULE
    }
    parameters = {
        name: plain_value(value)
        for name, value in policy.parameters.items()
        if name in PARAMETERS and value != PARAMETERS[name].default
    }
    content = json.dumps([edition_of_rules(), rules, parameters], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


@cache
def edition_of_rules() -> str:
    """Return a hash over the source of the rules and of what they read.

    So a new release of the rules checks everything anew, and nobody has to raise a number for it.
    """
    digest = hashlib.sha256()
    for package in _READ_BY_RULES:
        folder = Path(package.__path__[0])
        for file in sorted(folder.rglob("*.py")):
            digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def fitted_value(name: str, given: Any) -> Any:
    """Return what was given for a parameter as the type of its default.

    Lists of JSON become tuples where the default is one. Raises ValueError with a Chinese sentence.
    """
    if name not in PARAMETERS:
        raise ValueError(f"没有名为“{name}”的参数。")
    try:
        return _fitted(PARAMETERS[name].default, given)
    except ValueError as error:
        raise ValueError(f"“{PARAMETERS[name].label}”{error}") from error


def plain_value(value: Any) -> Any:
    """Return the value of a parameter as plain JSON."""
    match value:
        case set() | frozenset():
            return sorted(value)
        case tuple() | list():
            return [plain_value(item) for item in value]
        case dict():
            return {key: plain_value(item) for key, item in value.items()}
        case Decimal():
            return str(value)
    return value


def shown_value(value: Any) -> str:
    """Return the value of a parameter as people read it in the trail: 培训、建设、管理."""
    plain = plain_value(value)
    if isinstance(plain, dict):
        return "、".join(f"{key}＝{item}" for key, item in plain.items())
    if isinstance(plain, list):
        return "、".join(map(str, plain))
    return {True: "是", False: "否"}.get(plain, str(plain)) if isinstance(plain, bool) else str(plain)


def _fitted(default: Any, given: Any) -> Any:
    match default:
        case bool():
            if isinstance(given, bool):
                return given
            raise ValueError(f"应为是或否，现为“{given}”。")
        case int() | float() | Decimal():
            return _fitted_number(default, given)
        case str():
            if isinstance(given, str) and given.strip():
                return given.strip()
            raise ValueError(f"应为文字，不能为空，现为“{given}”。")
        case dict():
            return _fitted_mapping(default, given)
    return _fitted_items(default, given)


def _fitted_number(default: int | float | Decimal, given: Any) -> int | float | Decimal:
    whole = isinstance(default, int)
    kind = "整数" if whole else "数"
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal | str):
        raise ValueError(f"应为{kind}，现为“{given}”。")
    try:
        number = Decimal(str(given))
    except InvalidOperation:
        raise ValueError(f"应为{kind}，现为“{given}”。") from None
    if not number.is_finite() or abs(number) >= 10**15 or (whole and number != number.to_integral_value()):
        raise ValueError(f"应为{kind}，现为“{given}”。")
    if number < 0:
        raise ValueError(f"不能小于0，现为“{given}”。")
    return type(default)(number)


def _fitted_items(default: Any, given: Any) -> Any:
    if not isinstance(given, list | tuple | set | frozenset):
        raise ValueError(f"应为若干项，现为“{given}”。")
    pattern = next(iter(default), "文字")
    return type(default)(dict.fromkeys(_fitted(pattern, item) for item in given))


def _fitted_mapping(default: dict[str, Any], given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise ValueError(f"应为若干“名称＝取值”，现为“{given}”。")
    pattern = next(iter(default.values()), "文字")
    return {_fitted("文字", key): _fitted(pattern, item) for key, item in given.items()}
