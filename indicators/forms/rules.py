"""The 规则 of a fiscal year as a form: each rule's severity, whether it is on, and every parameter.

Thresholds are typed as numbers; lists as items separated by 、 or line breaks; dictionaries as 名称＝取值.
"""

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from indicators.checks import PARAMETERS, RULES, Policy, RulePolicy, Severity
from indicators.checks.model import Parameter, Rule
from indicators.checks.review_points import QUESTIONS
from indicators.forms.fields import TextField
from indicators.forms.problems import form_problems
from indicators.policy import DEFAULT_RULE, fitted_value, plain_value, policy_hash

_SEPARATOR = re.compile(r"[、\n]")
_EQUALS = re.compile(r"[=＝]")


_QUESTIONS = frozenset(parameter.name for parameter in QUESTIONS.values())


class ParameterField(TextField):
    """The value of a parameter as people type it; the value is of the type of its default."""

    def __init__(self, parameter: Parameter):
        self.parameter = parameter
        self.is_list = isinstance(parameter.default, tuple | list | set | frozenset | dict)
        super().__init__(label=parameter.label, rows=2)
        if not self.is_list and not isinstance(parameter.default, str):
            self.widget = forms.TextInput(attrs={"autocomplete": "off"})
        self.widget.attrs["class"] = "form-control"

    def prepare_value(self, value):
        return value if isinstance(value, str) else typed_text(value)

    def clean(self, value):
        try:
            return fitted_value(self.parameter.name, self._given(super().clean(value)))
        except ValueError as error:
            raise forms.ValidationError(str(error), code="parameter") from None

    def _given(self, text: str) -> Any:
        if not self.is_list:
            return text
        items = [item.strip() for item in _SEPARATOR.split(text) if item.strip()]
        if not isinstance(self.parameter.default, dict):
            return items
        pairs = [_EQUALS.split(item, maxsplit=1) for item in items]
        if wrong := [pair[0] for pair in pairs if len(pair) < 2]:
            raise ValueError(f"“{self.parameter.label}”中的“{wrong[0]}”应写作“名称＝取值”。")
        return {name.strip(): value.strip() for name, value in pairs}


class RulesForm(forms.Form):
    """All rules and parameters of a year. ``opened`` is the hash of the policy the person opened."""

    opened = forms.CharField(
        widget=forms.HiddenInput, error_messages={"required": "浏览器发来的内容不完整，刷新页面后重新填写。"}
    )

    def __init__(self, data=None, *, policy: Policy):
        self.policy = policy
        super().__init__(data, initial={"opened": policy_hash(policy)})
        for code in sorted(RULES):
            self._add_rule(RULES[code], policy.rules.get(code, DEFAULT_RULE))
        for parameter in PARAMETERS.values():
            self.fields[parameter.name] = ParameterField(parameter)
            self.initial[parameter.name] = policy.value(parameter)

    def clean_opened(self) -> str:
        opened = self.cleaned_data["opened"]
        if opened != policy_hash(self.policy):
            raise forms.ValidationError(
                "规则在打开之后已被他人修改，本次没有保存。核对下面的取值后再次保存，将以本页为准。",
                code="conflict",
            )
        return opened

    def rule_rows(self):
        """Return (rule, is not as by default, fields of severity, on and reason) of every rule."""
        return [
            (
                RULES[code],
                self.policy.rules.get(code, DEFAULT_RULE) != DEFAULT_RULE,
                *(self[f"{code}-{name}"] for name in ("severity", "enabled", "reason")),
            )
            for code in sorted(RULES)
        ]

    def thresholds(self):
        return [self[name] for name in PARAMETERS if name not in _QUESTIONS and not self.fields[name].is_list]

    def lists(self):
        return [self[name] for name in PARAMETERS if self.fields[name].is_list]

    def questions(self):
        return [self[name] for name in PARAMETERS if name in _QUESTIONS]

    def rules(self) -> Mapping[str, RulePolicy]:
        """Return the settings of all rules; after is_valid()."""
        return {
            code: RulePolicy(
                enabled=self.cleaned_data[f"{code}-enabled"],
                severity=self.cleaned_data[f"{code}-severity"],
                reason_required=self.cleaned_data[f"{code}-reason"],
            )
            for code in RULES
        }

    def parameters(self) -> Mapping[str, Any]:
        """Return the values of all parameters; after is_valid()."""
        return {name: self.cleaned_data[name] for name in PARAMETERS}

    def rebased(self):
        """Return the typed data standing on the policy as it is now."""
        data = self.data.copy()
        data["opened"] = policy_hash(self.policy)
        return data

    def problems(self):
        return form_problems(self)

    def _add_rule(self, rule: Rule, setting: RulePolicy) -> None:
        self.fields[f"{rule.code}-severity"] = forms.TypedChoiceField(
            label=f"{rule.code} 程度",
            choices=[
                ("", f"默认（{rule.severity.label}）"),
                *((severity.value, severity.label) for severity in Severity),
            ],
            required=False,
            coerce=Severity,
            empty_value=None,
            initial=setting.severity or "",
            widget=forms.Select(attrs={"class": "form-select"}),
            error_messages={"invalid_choice": f"{rule.code}的程度从列表中选择。"},
        )
        for name, label, value in (
            ("enabled", "启用", setting.enabled),
            ("reason", "须写情况说明", setting.reason_required),
        ):
            self.fields[f"{rule.code}-{name}"] = forms.BooleanField(
                label=f"{rule.code} {label}",
                required=False,
                initial=value,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )
        for name in ("severity", "enabled", "reason"):
            field = self.fields[f"{rule.code}-{name}"]
            field.widget.attrs["aria-label"] = field.label


def typed_text(value: Any) -> str:
    """Return the value of a parameter as it is typed."""
    plain = plain_value(value)
    if isinstance(plain, dict):
        return "、".join(f"{name}＝{item}" for name, item in plain.items())
    if isinstance(plain, list):
        return "、".join(map(str, plain))
    return str(plain)
