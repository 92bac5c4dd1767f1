"""Form fields of departments and people, their refusals as whole Chinese sentences."""

from collections.abc import Iterable

from crispy_forms.helper import FormHelper
from django import forms

from departments.models import Department
from perfbudget.lib.text import clean_text


class PersonField(forms.ModelChoiceField):
    """A person by name; those of the same name are told apart by their user names."""

    def label_from_instance(self, user):
        return f"{user}（{user.username}）"


class DepartmentField(forms.ModelChoiceField):
    """A department by its code; units stand indented below their 主管部门."""

    def label_from_instance(self, department):
        return department_label(department)


class LineField(forms.CharField):
    """Text of one line, without outer blanks and the characters no file can hold."""

    def __init__(self, *, label: str, most: int, required: bool = True, **kwargs):
        messages = {
            "required": f"没有填写{label}，填写后再保存。",
            "max_length": f"{label}有%(show_value)d个字，最多%(limit_value)d个字，缩短后再保存。",
        }
        super().__init__(
            label=label, max_length=most, required=required, strip=False, error_messages=messages, **kwargs
        )

    def to_python(self, value):
        return clean_text(super().to_python(value))


class DayField(forms.DateField):
    """A date, which may be left blank unless ``missing`` says what to do; browsers send 2024-07-01."""

    def __init__(self, *, label: str, missing: str = "", **kwargs):
        super().__init__(
            label=label,
            required=bool(missing),
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={"invalid": f"{label}应为年-月-日，例如 2024-07-01。", "required": missing},
            **kwargs,
        )


def department_label(department) -> str:
    """Return code and name, indented below the 主管部门."""
    indent = "　" if department.parent_id else ""
    return f"{indent}{department.code} {department.name}"


def department_filter() -> DepartmentField:
    """Return a department that narrows a list; the form sets which ones may be chosen."""
    return DepartmentField(
        queryset=Department.objects.none(),
        to_field_name="code",
        label="部门",
        required=False,
        empty_label="全部部门",
        error_messages={"invalid_choice": "没有可以查看的部门“%(value)s”，从列表中选择部门。"},
    )


def filter_choice(label: str, every: str, choices=()) -> forms.ChoiceField:
    """Return a choice that narrows a list, blank for ``every``."""
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", every), *choices],
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": f"{label}没有“%(value)s”这一项，从列表中选择。"},
    )


def filter_text(label: str, hint: str = "") -> forms.CharField:
    """Return what a list is searched for; ``hint`` stands in the empty field."""
    hints = {"placeholder": hint} if hint else {}
    return forms.CharField(
        label=label,
        required=False,
        max_length=100,
        widget=forms.TextInput({"class": "form-control", "type": "search", **hints}),
        error_messages={"max_length": "文字有%(show_value)d个字，最多%(limit_value)d个字，缩短后再查询。"},
    )


def filter_order(names: Iterable[str]) -> forms.ChoiceField:
    """Return by what a list is sorted: a name, or "-name" for falling; the heads of columns set it."""
    return forms.ChoiceField(
        required=False,
        choices=[("", ""), *((f"{sign}{name}",) * 2 for name in names for sign in ("", "-"))],
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "没有排序方式“%(value)s”，在表头选择排序。"},
    )


def bare_helper(*, is_summed_up: bool = True) -> FormHelper:
    """Return crispy's helper for fields alone: the template has the form's tag and token.

    Where the page sums its errors up at the top, crispy does not list those of the whole form again.
    """
    helper = FormHelper()
    helper.is_summed_up = is_summed_up
    helper.form_tag = False
    helper.disable_csrf = True
    return helper


def refused(forms_of_page: list[forms.Form]) -> list[forms.Form]:
    """Return the forms with errors, for the summary at the top of the page."""
    return [form for form in forms_of_page if form.is_bound and form.errors]
