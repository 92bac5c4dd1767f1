"""Changing the rules of a fiscal year, and trying a change before it is made."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from departments.models import Role
from departments.permissions import may_change_policy, role_acted_in
from indicators.checks import (
    DEFAULT_POLICY,
    PARAMETERS,
    RULES,
    Outcome,
    Policy,
    RulePolicy,
    Severity,
    check_table,
)
from indicators.contexts import case_of
from indicators.document import Change
from indicators.models import CheckRun, ParameterSetting, Pending, RuleSetting
from indicators.policy import DEFAULT_RULE, fitted_value, plain_value, policy_of, shown_value
from projects.models import DepartmentYear, FiscalYear
from projects.services import open_fiscal_year
from trail.services import record

_OFF = RulePolicy(enabled=False)


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
    if not may_change_policy(actor):
        raise PermissionDenied("只有负责全部单位的财政审核人可以修改规则。")
    FiscalYear.objects.select_for_update().get(pk=fiscal_year.pk)
    before = policy_of(fiscal_year)
    after = policy_with(before, rules=rules, parameters=parameters)
    changes = policy_changes(before, after)
    if changes:
        _write_rules(fiscal_year, {code: after.rules[code] for code in rules})
        _write_parameters(fiscal_year, {name: after.parameters[name] for name in parameters})
        runs = CheckRun.objects.filter(department_year__fiscal_year=fiscal_year)
        runs.update(pending=Pending.ALL)
        _record_policy(fiscal_year, changes, actor=actor)
    return changes


@transaction.atomic
def open_year(*, previous: FiscalYear, actor) -> tuple[FiscalYear, bool]:
    """Open the fiscal year after ``previous`` with the rules and parameters set for that year.

    Returns the year and whether it is new; one opened before keeps what is set for it. What the previous year
    sets for rules and parameters that are no more is left behind.
    """
    FiscalYear.objects.select_for_update().get(pk=previous.pk)
    if opened := FiscalYear.objects.filter(year=previous.year + 1).first():
        return opened, False
    opened = open_fiscal_year(previous=previous, actor=actor)
    policy = policy_of(previous)
    _write_rules(opened, {code: policy.rules[code] for code in policy.rules.keys() & RULES.keys()})
    _write_parameters(opened, policy.parameters)
    if changes := policy_changes(DEFAULT_POLICY, policy):
        _record_policy(opened, changes, actor=actor, reason=f"沿用{previous}规则设置")
    return opened, True


def policy_with(policy: Policy, *, rules: Mapping[str, RulePolicy], parameters: Mapping[str, Any]) -> Policy:
    """Return a policy with these settings changed. Raises PolicyError with everything that is wrong."""
    problems: list[str] = []
    fitted_rules = _fitted_each(rules, _fitted_rule, problems)
    fitted_parameters = _fitted_each(parameters, fitted_value, problems)
    if problems:
        raise PolicyError(problems)
    return Policy({**policy.rules, **fitted_rules}, {**policy.parameters, **fitted_parameters})


def policy_changes(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Return what differs between two policies, rule by rule and parameter by parameter."""
    return (*_rule_changes(before, after), *_parameter_changes(before, after))


def try_policy(*, fiscal_year: FiscalYear, policy: Policy) -> PolicyTrial:
    """Count the tables of a year that would get other findings.

    Writes nothing; holds the documents of one department at a time.
    """
    current, tried = _only_what_differs(policy_of(fiscal_year), policy)
    tables = changed = 0
    by_rule: Counter[str] = Counter()
    department_years = DepartmentYear.objects.filter(fiscal_year=fiscal_year)
    for department_year in department_years.select_related("department", "fiscal_year").order_by("pk"):
        for table, context in case_of(department_year, current).tables:
            now = check_table(table, context)
            then = check_table(table, replace(context, policy=tried))
            codes = [
                old.rule.code
                for old, new in zip(now, then, strict=True)
                if _as_people_see_it(old) != _as_people_see_it(new)
            ]
            tables += 1
            changed += bool(codes)
            by_rule.update(codes)
    return PolicyTrial(tables, changed, dict(sorted(by_rule.items())))


def _as_people_see_it(outcome: Outcome) -> tuple:
    return outcome.state, outcome.severity, outcome.hits


def _only_what_differs(current: Policy, tried: Policy) -> tuple[Policy, Policy]:
    """Return both with the rules switched off that cannot change: all but those set otherwise.

    Where a parameter differs, any rule may read it, and all are run.
    """
    if _parameters_set_otherwise(current, tried):
        return current, tried
    unchanged = {code: _OFF for code in RULES if _setting(current, code) == _setting(tried, code)}
    return tuple(Policy({**one.rules, **unchanged}, one.parameters) for one in (current, tried))


def _setting(policy: Policy, code: str) -> RulePolicy:
    return policy.rules.get(code, DEFAULT_RULE)


def _parameters_set_otherwise(before: Policy, after: Policy) -> list[str]:
    return [
        name for name, parameter in PARAMETERS.items() if before.value(parameter) != after.value(parameter)
    ]


def _fitted_each(
    given: Mapping[str, Any], fit: Callable[[str, Any], Any], problems: list[str]
) -> dict[str, Any]:
    fitted = {}
    for name, value in given.items():
        try:
            fitted[name] = fit(name, value)
        except ValueError as error:
            problems.append(str(error))
    return fitted


def _fitted_rule(code: str, setting: RulePolicy) -> RulePolicy:
    if code not in RULES:
        raise ValueError(f"没有编号为“{code}”的规则。")
    if setting.severity is not None and setting.severity not in set(Severity):
        raise ValueError(f"{code}的严重程度“{setting.severity}”应为须改正、须说明或提示。")
    return setting if setting.severity is None else replace(setting, severity=Severity(setting.severity))


def _rule_changes(before: Policy, after: Policy) -> Iterator[Change]:
    for code in sorted(after.rules.keys() & RULES.keys()):
        old, new, rule = _setting(before, code), _setting(after, code), RULES[code]
        for name, label, shown in _RULE_FIELDS:
            if getattr(old, name) != getattr(new, name):
                place = f"{code}{rule.title} {label}"
                yield Change(f"rules/{code}/{name}", place, shown(old), shown(new))


def _shown_severity(setting: RulePolicy) -> str:
    return setting.severity.label if setting.severity else "按规则"


_RULE_FIELDS = (
    ("enabled", "启用", lambda setting: "启用" if setting.enabled else "停用"),
    ("severity", "严重程度", _shown_severity),
    ("reason_required", "须写情况说明", lambda setting: "是" if setting.reason_required else "否"),
)


def _parameter_changes(before: Policy, after: Policy) -> Iterator[Change]:
    for name in sorted(_parameters_set_otherwise(before, after)):
        parameter = PARAMETERS[name]
        yield Change(
            f"parameters/{name}",
            parameter.label,
            shown_value(before.value(parameter)),
            shown_value(after.value(parameter)),
        )


def _write_rules(fiscal_year: FiscalYear, rules: Mapping[str, RulePolicy]) -> None:
    RuleSetting.objects.filter(fiscal_year=fiscal_year, rule__in=rules).delete()
    RuleSetting.objects.bulk_create(
        RuleSetting(
            fiscal_year=fiscal_year,
            rule=code,
            enabled=setting.enabled,
            severity=setting.severity or "",
            reason_required=setting.reason_required,
        )
        for code, setting in rules.items()
        if setting != DEFAULT_RULE
    )


def _write_parameters(fiscal_year: FiscalYear, parameters: Mapping[str, Any]) -> None:
    ParameterSetting.objects.filter(fiscal_year=fiscal_year, name__in=parameters).delete()
    ParameterSetting.objects.bulk_create(
        ParameterSetting(fiscal_year=fiscal_year, name=name, value=plain_value(value))
        for name, value in parameters.items()
        if value != PARAMETERS[name].default
    )


def _record_policy(fiscal_year: FiscalYear, changes: tuple[Change, ...], *, actor, reason: str = "") -> None:
    record(
        actor=actor,
        capacity=role_acted_in(actor, Role.FINANCE, everywhere=True),
        action="change_policy",
        kind="fiscal_year",
        object_id=fiscal_year.pk,
        label=f"{fiscal_year}审核规则",
        changes=changes,
        reason=reason,
    )
