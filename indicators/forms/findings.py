"""What the 审核提示清单 is filtered by, as the address states it."""

from django import forms

from departments.forms import department_filter
from departments.models import Department
from indicators.checks import RULES, Severity
from indicators.finding_lists import FindingFilter, Standing
from projects.models import FiscalYear


def _choice(label: str, every: str, choices, what: str) -> forms.ChoiceField:
    message = f"没有{what}“%(value)s”，从列表中选择。"
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", every), *choices],
        error_messages={"invalid_choice": message},
    )


class FindingFilterForm(forms.Form):
    """A filter that makes no sense is an error: left out, the list would hold more than was asked for."""

    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    department = department_filter()
    rule = _choice("规则", "全部规则", (), "规则")
    severity = _choice(
        "程度", "全部程度", [(severity.value, severity.label) for severity in Severity], "程度"
    )
    state = _choice("情况说明", "全部说明", Standing.choices, "说明状态")
    q = forms.CharField(
        label="文字",
        required=False,
        max_length=100,
        error_messages={"max_length": "文字有%(show_value)d个字，最多%(limit_value)d个字，缩短后再查询。"},
    )

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["department"].queryset = Department.objects.visible_to(user)
        year, rule = self.fields["year"], self.fields["rule"]
        years = FiscalYear.objects.values_list("year", flat=True)
        year.choices = [("", "全部年度"), *((number, f"{number}年度") for number in years)]
        year.error_messages["invalid_choice"] = "没有预算年度“%(value)s”，从列表中选择年度。"
        rule.choices = [
            ("", "全部规则"),
            *((code, f"{code} {RULES[code].title}") for code in sorted(RULES)),
        ]
        for name in ("year", "department", "rule", "severity", "state"):
            self.fields[name].widget.attrs["class"] = "form-select"
        self.fields["q"].widget = forms.TextInput(
            {"class": "form-control", "type": "search", "placeholder": "项目、单位、提示内容"}
        )

    def wanted(self) -> FindingFilter:
        """Return what is asked for; only after is_valid()."""
        cleaned = self.cleaned_data
        return FindingFilter(
            year=cleaned["year"],
            department=cleaned["department"],
            rule=cleaned["rule"],
            severity=Severity(cleaned["severity"]) if cleaned["severity"] else None,
            standing=Standing(cleaned["state"]) if cleaned["state"] else None,
            text=cleaned["q"],
        )
