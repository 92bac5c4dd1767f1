"""What the auditor's list is filtered by, as the address states it."""

from django import forms

from departments.forms import department_filter
from departments.models import Department
from projects.models import Category, FiscalYear
from reports.audit import NO_CATEGORY, ORDER_LABELS, AuditFilter

_WITHOUT = "none"


class AuditFilterForm(forms.Form):
    """A filter that makes no sense is an error: left out, the list would hold more than was asked for."""

    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    department = department_filter()
    category = forms.ChoiceField(
        label="类别",
        required=False,
        choices=[("", "全部类别"), *Category.choices, (_WITHOUT, NO_CATEGORY)],
        error_messages={"invalid_choice": "没有项目类别“%(value)s”，从列表中选择类别。"},
    )
    q = forms.CharField(
        label="文字",
        required=False,
        max_length=100,
        error_messages={"max_length": "文字有%(show_value)d个字，最多%(limit_value)d个字，缩短后再查询。"},
    )
    sort = forms.ChoiceField(
        label="排序",
        required=False,
        choices=ORDER_LABELS.items(),
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "没有排序方式“%(value)s”，在表头选择排序。"},
    )

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["department"].queryset = Department.objects.visible_to(user)
        year = self.fields["year"]
        years = FiscalYear.objects.values_list("year", flat=True)
        year.choices = [("", "全部年度"), *((number, f"{number}年度") for number in years)]
        year.error_messages["invalid_choice"] = "没有预算年度“%(value)s”，从列表中选择年度。"
        for name in ("year", "department", "category"):
            self.fields[name].widget.attrs["class"] = "form-select"
        self.fields["q"].widget = forms.TextInput(
            {"class": "form-control", "type": "search", "placeholder": "编码、单位、名称、目标、指标"}
        )

    def wanted(self) -> AuditFilter:
        """Return what is asked for; only after is_valid()."""
        cleaned = self.cleaned_data
        category = cleaned["category"]
        return AuditFilter(
            year=cleaned["year"],
            department=cleaned["department"],
            text=cleaned["q"],
            category=("" if category == _WITHOUT else category) if category else None,
            order=cleaned["sort"],
        )
