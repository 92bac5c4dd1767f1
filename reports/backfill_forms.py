"""Choosing what is written back, and keeping a template with its columns."""

from collections.abc import Sequence

from crispy_forms.layout import Layout
from django import forms

from departments.forms import department_filter
from departments.forms.fields import bare_helper
from departments.models import Department
from indicators.forms.project_lists import ColumnsForm, WorkbookField
from projects.models import ColumnMapping, FiscalYear
from reports.backfill import LARGEST_TEMPLATE, TemplateLayout
from reports.backfill_fields import FIELDS

_MEGABYTES = LARGEST_TEMPLATE // 1024 // 1024


class BackfillForm(forms.Form):
    """Which template, and the tables of which year and department."""

    template = forms.ModelChoiceField(
        queryset=ColumnMapping.objects.none(),
        label="模板",
        empty_label=None,
        error_messages={"required": "选择模板。", "invalid_choice": "没有所选的模板，从列表中选择。"},
    )
    year = forms.TypedChoiceField(
        label="年度",
        coerce=int,
        error_messages={
            "required": "选择年度。",
            "invalid_choice": "没有预算年度“%(value)s”，从列表中选择。",
        },
    )
    department = department_filter()
    only_filed = forms.BooleanField(label="只导出已送审和已批复的", required=False)

    def __init__(self, data, *, user, **kwargs):
        super().__init__(data, **kwargs)
        templates = ColumnMapping.objects.filter(purpose=ColumnMapping.Purpose.BACKFILL)
        self.fields["template"].queryset = templates
        self.fields["year"].choices = [
            (number, f"{number}年度") for number in FiscalYear.objects.values_list("year", flat=True)
        ]
        self.fields["department"].queryset = Department.objects.visible_to(user)
        for name in ("template", "year", "department"):
            self.fields[name].widget.attrs["class"] = "form-select"
        self.fields["only_filed"].widget.attrs["class"] = "form-check-input"


class TemplateForm(forms.Form):
    """A new template: its name and file."""

    name = forms.CharField(
        label="名称",
        max_length=100,
        error_messages={"required": "填写模板名称。", "max_length": "名称最多100字，缩短后再保存。"},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    file = WorkbookField(
        label="模板文件",
        accept=".xlsx",
        help_text=f"目标系统的导入模板（xlsx），不超过{_MEGABYTES}MB；表头下的第一行是每行的样式。",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = bare_helper(is_summed_up=False)
        self.helper.layout = Layout("name", "file")


class TemplateColumnsForm(ColumnsForm):
    """Which column of a template holds what, and its unit of money."""

    amount_unit = forms.ChoiceField(
        label="金额单位",
        choices=ColumnMapping.AmountUnit.choices,
        widget=forms.RadioSelect({"class": "form-check-input"}),
        error_messages={"required": "选择元或万元。", "invalid_choice": "选择元或万元。"},
    )

    def __init__(self, data=None, *, heads: Sequence[str], layout: TemplateLayout):
        self.layout = layout
        initial = {"amount_unit": layout.amount_unit}
        super().__init__(data, known=FIELDS, heads=heads, chosen=layout.columns, initial=initial)

    def clean(self):
        self.refuse_doubles()
        if not self.columns():
            raise forms.ValidationError("至少为一列选择要填入的内容。")

    def chosen_layout(self) -> TemplateLayout:
        """Return how the template is to be filled; after is_valid()."""
        return TemplateLayout(
            self.layout.sheet, self.layout.head_row, self.columns(), self.cleaned_data["amount_unit"]
        )
