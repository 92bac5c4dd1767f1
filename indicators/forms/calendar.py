"""Forms of a year's calendar: a round, an extension for one department, what is set for the year."""

from crispy_forms.layout import Div, Layout
from django import forms

from departments.forms.fields import DayField, DepartmentField, LineField, bare_helper
from departments.models import MOST_FINANCE_STEPS, Department
from indicators.forms.fields import LONGEST_TEXT
from indicators.frames import FRAMES
from perfbudget.lib.text import clean_text
from projects.models import FiscalYear, Round
from projects.services.calendar import LONGEST_STEP_NAME, MOST_PUBLICATION_DAYS

_SEPARATORS = str.maketrans("，,；; 　", "、、、、、、")


class TextField(forms.CharField):
    """Text of several lines, without the characters no file can hold."""

    def __init__(self, *, label: str, required: bool = False, **kwargs):
        super().__init__(
            label=label,
            required=required,
            widget=forms.Textarea(attrs={"rows": 3}),
            max_length=LONGEST_TEXT,
            error_messages={
                "required": f"没有填写{label}，写明后再保存。",
                "max_length": f"{label}有%(show_value)d个字，最多%(limit_value)d个字，缩短后再保存。",
            },
            **kwargs,
        )

    def to_python(self, value):
        return clean_text(super().to_python(value))


class CalendarForm(forms.Form):
    """A form whose refusals by the service stand at its top."""

    rows: tuple[tuple[str, ...], ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = bare_helper()
        self.helper.form_show_errors = True
        self.helper.layout = Layout(*(Div(*row, css_class="fields") for row in self.rows))

    def refuse(self, refusal) -> None:
        """Show what a service said, sentence by sentence."""
        for message in refusal.messages:
            self.add_error(None, message)

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """All that is wrong: the id of the field ("" for the whole), its label, what is wrong."""
        if not self.is_bound:
            return []
        fields = [(field.id_for_label, field.label, error) for field in self for error in field.errors]
        return [*fields, *(("", "", error) for error in self.non_field_errors())]


class RoundForm(CalendarForm):
    """The days of a round; both are included."""

    opens_on = DayField(label="开始日期")
    closes_on = DayField(label="截止日期", help_text="当日仍可办理；不填的，一直开放到人工关闭。")
    note = TextField(label="说明")
    rows = (("opens_on", "closes_on"), ("note",))

    def clean_opens_on(self):
        if not self.cleaned_data["opens_on"]:
            raise forms.ValidationError("没有填写开始日期，填写后再保存。")
        return self.cleaned_data["opens_on"]


class NewRoundForm(RoundForm):
    """A round of one sort."""

    sort = forms.ChoiceField(
        label="轮次",
        choices=Round.Sort,
        error_messages={
            "required": "没有选择轮次，从列表中选择。",
            "invalid_choice": "没有“%(value)s”这一轮次，从列表中选择。",
        },
    )
    rows = (("sort",), *RoundForm.rows)


class ExtensionForm(CalendarForm):
    """Until when a round stays open for one department, and why."""

    department = DepartmentField(
        queryset=Department.objects.all(),
        label="部门或单位",
        empty_label="（选择）",
        help_text="选择主管部门的，其所属单位一并延期。",
        error_messages={
            "required": "没有选择部门或单位，从列表中选择。",
            "invalid_choice": "所选的部门不在列表中，重新选择。",
        },
    )
    closes_on = DayField(
        label="延至", missing="没有填写延至的日期，填写后再保存。", help_text="当日仍可办理。"
    )
    reason = TextField(label="延期原因", required=True)
    rows = (("department", "closes_on"), ("reason",))


class YearSettingsForm(CalendarForm):
    """What is set for a fiscal year, for everybody."""

    milestone_months = forms.CharField(
        label="资金支出计划月份",
        help_text="由小到大，例如 3、6、10、12；有项目申报后不能修改。",
        error_messages={"required": "没有填写资金支出计划月份，填写后再保存。"},
    )
    frame = forms.ChoiceField(
        label="指标框架",
        choices=[(name, f"{name}年") for name in FRAMES],
        help_text="有项目申报后不能修改。",
        error_messages={"invalid_choice": "没有“%(value)s”这一指标框架，从列表中选择。"},
    )
    publication_days = forms.IntegerField(
        label="批复后公开期限（日）",
        min_value=1,
        max_value=MOST_PUBLICATION_DAYS,
        error_messages={
            "required": "没有填写公开期限，填写后再保存。",
            "invalid": "公开期限应为整数，例如 20。",
            "min_value": "公开期限至少1日。",
            "max_value": f"公开期限最多{MOST_PUBLICATION_DAYS}日。",
        },
    )
    has_supervisor_step = forms.BooleanField(label="经主管部门审核", required=False)
    first_step = LineField(label="财政审核第一环节", most=LONGEST_STEP_NAME)
    second_step = LineField(label="财政审核第二环节", most=LONGEST_STEP_NAME, required=False)
    third_step = LineField(
        label="财政审核第三环节", most=LONGEST_STEP_NAME, required=False, help_text="不设的环节留空。"
    )
    has_weights = forms.BooleanField(label="填报指标权重", required=False)
    prints_foot_line = forms.BooleanField(label="打印签字行", required=False)
    prints_blank_other_as_zero = forms.BooleanField(label="其他资金为空时印0.00", required=False)
    steps = ("first_step", "second_step", "third_step")
    rows = (
        ("milestone_months", "frame", "publication_days"),
        ("has_supervisor_step",),
        steps,
        ("has_weights", "prints_foot_line", "prints_blank_other_as_zero"),
    )
    _AS_THEY_ARE = (
        *("frame", "publication_days", "has_supervisor_step"),
        *("has_weights", "prints_foot_line", "prints_blank_other_as_zero"),
    )

    def __init__(self, data=None, *, fiscal_year: FiscalYear):
        names = [*fiscal_year.finance_steps, *[""] * MOST_FINANCE_STEPS]
        initial = {
            "milestone_months": "、".join(map(str, fiscal_year.milestone_months)),
            **{name: getattr(fiscal_year, name) for name in self._AS_THEY_ARE},
            **dict(zip(self.steps, names, strict=False)),
        }
        super().__init__(data, initial=initial)

    def clean_milestone_months(self) -> list[int]:
        typed = self.cleaned_data["milestone_months"].translate(_SEPARATORS)
        texts = [text for text in typed.split("、") if text]
        wrong = [text for text in texts if not (text.isascii() and text.isdigit() and len(text) < 3)]
        if wrong:
            raise forms.ValidationError(f"“{'、'.join(wrong)}”不是月份，填写数字，以“、”分隔。")
        return [int(text) for text in texts]

    def values(self) -> dict:
        """Return what change_year_settings() takes; after is_valid()."""
        steps = [self.cleaned_data[name] for name in self.steps if self.cleaned_data[name]]
        return {
            "milestone_months": self.cleaned_data["milestone_months"],
            "finance_steps": steps,
            **{name: self.cleaned_data[name] for name in self._AS_THEY_ARE},
        }
