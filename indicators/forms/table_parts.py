"""One form for each part of a table, but for its indicators."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms

from indicators.document import Beneficiaries, Milestone, TargetTable
from indicators.document.labels import BENEFICIARIES, TABLE
from indicators.forms.fields import (
    AmountField,
    ISODateField,
    LineField,
    PercentField,
    RevisionField,
    TextField,
)
from indicators.forms.problems import Problem, form_problems
from projects.models import PROJECT_CODE_LENGTH, Category, Declaration, DepartmentYear, Nature, Project

_PLAN_HINT = '<p class="hint">各期填到该月底为止的累计支出进度，逐期不减，12月底为100。</p>'

NAME_IS_LISTED = "名称来自项目清单，不能修改；确需变更的，在一体化系统中更正后重新导入清单。"


class PartForm(forms.Form):
    """A part of a table: ``names`` are fields of the form and of the document alike."""

    names: tuple[str, ...] = ()
    layout: Layout
    row_lists: Mapping = MappingProxyType({})

    revision = RevisionField()

    def __init__(self, data=None, *, table: TargetTable, declaration: Declaration):
        self.table, self.declaration = table, declaration
        super().__init__(data, initial={**self.initial_values(), "revision": declaration.revision})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = self.layout

    def initial_values(self) -> dict:
        return {name: getattr(self.table, name) for name in self.names}

    def document(self) -> TargetTable:
        """Return the table with this part as typed; after is_valid()."""
        return replace(self.table, **{name: self.cleaned_data[name] for name in self.names})

    @property
    def opened_revision(self) -> int:
        return self.cleaned_data["revision"]

    def problems(self) -> list[Problem]:
        return form_problems(self)

    def rebased(self):
        """Return the typed data, to be saved over what is stored now."""
        data = self.data.copy()
        data["revision"] = self.declaration.revision
        return data


def _side_by_side(*names: str) -> Div:
    return Div(*names, css_class="fields")


def _labelled(choices) -> list[tuple[str, str]]:
    """Documents hold the words themselves, so that they are readable for ever."""
    return [("", "（未定）"), *((label, label) for label in choices.labels)]


class ProjectForm(PartForm):
    """项目编码, 名称 and what else is known of the project, with who filled the table in."""

    names = (
        "project_code", "name", "category", "nature", "beneficiaries",
        "preparer", "preparer_phone", "prepared_on",
    )  # fmt: skip
    layout = Layout(
        "project_code",
        "name",
        _side_by_side("category", "nature"),
        InlineRadios("beneficiaries"),
        _side_by_side("preparer", "preparer_phone", "prepared_on"),
        "revision",
    )

    project_code = LineField(
        label=TABLE["project_code"],
        help_text="21位；尚无编码时可留空，下达后补填。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "code"}),
    )
    name = TextField(
        label=TABLE["name"], required=True, error_messages={"required": "填写项目名称，打印的标题由它构成。"}
    )
    category = forms.ChoiceField(label=TABLE["category"], required=False, choices=_labelled(Category))
    nature = forms.ChoiceField(label=TABLE["nature"], required=False, choices=_labelled(Nature))
    beneficiaries = forms.TypedChoiceField(
        label=TABLE["beneficiaries"],
        choices=BENEFICIARIES.items(),
        coerce=Beneficiaries,
        widget=forms.RadioSelect,
        help_text="有服务对象的项目应设满意度指标。",
    )
    preparer = LineField(label=TABLE["preparer"], max_length=50)
    preparer_phone = LineField(label=TABLE["preparer_phone"], max_length=30)
    prepared_on = ISODateField(label=TABLE["prepared_on"])

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        if self.declaration.is_listed:
            self.fields["name"].disabled = True
            self.fields["name"].help_text = NAME_IS_LISTED

    def clean_project_code(self):
        code = self.cleaned_data["project_code"]
        if code and len(code) != PROJECT_CODE_LENGTH:
            raise forms.ValidationError(
                f"项目编码应为{PROJECT_CODE_LENGTH}位，现为{len(code)}位；核对是否漏录或多录。"
            )
        if code and self._is_taken(code):
            raise forms.ValidationError(f"本单位已有编码为“{code}”的项目，核对编码，或修改已有的项目。")
        return code

    def _is_taken(self, code: str) -> bool:
        project = self.declaration.project
        of_unit = Project.objects.filter(department=project.department_id, code=code)
        return of_unit.exclude(pk=project.pk).exists()


class NewProjectForm(ProjectForm):
    """The same for a project that is filed for the first time in a department's year."""

    def __init__(self, data=None, *, table: TargetTable, department_year: DepartmentYear):
        self.department_year = department_year
        super().__init__(data, table=table, declaration=Declaration(department_year=department_year))

    def _is_taken(self, code: str) -> bool:
        return self.department_year.declarations.filter(project__code=code).exists()


class MoneyForm(PartForm):
    """预算规模及资金用途."""

    names = ("budget", "fiscal_funding", "other_funding", "purpose")
    layout = Layout(_side_by_side("budget", "fiscal_funding", "other_funding"), "purpose", "revision")

    budget = AmountField(label="预算数（万元）", help_text="等于财政资金与其他资金之和。")
    fiscal_funding = AmountField(label="其中：财政资金（万元）")
    other_funding = AmountField(label="其他资金（万元）", help_text="没有时可留空，合计时按0计。")
    purpose = TextField(label=TABLE["purpose"], rows=6, help_text="逐项写明资金买什么、做什么。")


class PlanForm(PartForm):
    """资金支出计划: the months of the fiscal year, and those stored beside them."""

    def __init__(self, data=None, *, table: TargetTable, declaration: Declaration):
        stored = {milestone.month: milestone.percent for milestone in table.milestones}
        months = declaration.department_year.fiscal_year.milestone_months
        self.percents = {month: stored.get(month) for month in sorted({*months, *stored})}
        self.layout = Layout(_side_by_side(*self.initial_values()), HTML(_PLAN_HINT), "revision")
        super().__init__(data, table=table, declaration=declaration)
        for month in self.percents:
            self.fields[f"month_{month}"] = PercentField(label=f"{month}月底（%）")

    def initial_values(self):
        return {f"month_{month}": percent for month, percent in self.percents.items()}

    def document(self):
        typed = (Milestone(month, self.cleaned_data[f"month_{month}"]) for month in self.percents)
        return replace(self.table, milestones=tuple(typed))


class GoalForm(PartForm):
    """绩效目标."""

    names = ("goal",)
    layout = Layout("goal", "revision")

    goal = TextField(label=TABLE["goal"], rows=12, help_text="分条写明年内要达到的产出和效果，换行原样打印。")
