"""What is known of a project beside its table, and a new project. The table itself is filled in in place."""

from dataclasses import replace

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.layout import Div, Layout
from django import forms

from departments.forms.fields import bare_helper
from indicators.document import Beneficiaries, TargetTable
from indicators.document.labels import BENEFICIARIES, TABLE
from indicators.forms.fields import ISODateField, LineField, RevisionField, TextField
from indicators.forms.problems import Problem, form_problems
from indicators.services.cells import NAME_IS_MISSING, project_code_problem, taken_code_problem
from projects.models import Category, Declaration, DepartmentYear, Nature


def _side_by_side(*names: str) -> Div:
    return Div(*names, css_class="fields")


def _labelled(choices) -> list[tuple[str, str]]:
    """Documents hold the words themselves, so that they are readable for ever."""
    return [("", "（未定）"), *((label, label) for label in choices.labels)]


class ProjectForm(forms.Form):
    """What is known of the project, and who filled the table in; fields are called as in the document."""

    names: tuple[str, ...] = (
        "category", "nature", "beneficiaries", "preparer", "preparer_phone", "prepared_on",
    )  # fmt: skip
    layout = Layout(
        _side_by_side("category", "nature"),
        InlineRadios("beneficiaries"),
        _side_by_side("preparer", "preparer_phone", "prepared_on"),
        "revision",
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
    revision = RevisionField()

    def __init__(self, data=None, *, table: TargetTable, declaration: Declaration):
        self.table, self.declaration = table, declaration
        stored = {name: getattr(table, name) for name in self.names}
        super().__init__(data, initial={**stored, "revision": declaration.revision})
        self.helper = bare_helper(is_summed_up=False)
        self.helper.layout = self.layout

    def document(self) -> TargetTable:
        """Return the table with what was typed; after is_valid()."""
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


class NewProjectForm(ProjectForm):
    """The same with 项目编码 and 名称, for a project filed for the first time in a department's year."""

    names = ("project_code", "name", *ProjectForm.names)
    layout = Layout("project_code", "name", *ProjectForm.layout.fields)

    project_code = LineField(
        label=TABLE["project_code"],
        help_text="21位；尚无编码时可留空，下达后补填。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "code"}),
    )
    name = TextField(label=TABLE["name"], required=True, error_messages={"required": NAME_IS_MISSING})

    def __init__(self, data=None, *, table: TargetTable, department_year: DepartmentYear):
        self.department_year = department_year
        super().__init__(data, table=table, declaration=Declaration(department_year=department_year))

    def clean_project_code(self):
        code = self.cleaned_data["project_code"]
        problem = project_code_problem(code)
        if not problem and code and self.department_year.declarations.filter(project__code=code).exists():
            problem = taken_code_problem(code)
        if problem:
            raise forms.ValidationError(problem)
        return code
