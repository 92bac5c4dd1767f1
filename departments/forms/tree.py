"""Forms of the departments: what their list is narrowed to, a new one, what may change of one."""

import re

from crispy_forms.layout import Div, Layout
from django import forms
from django.db import models
from django.db.models import Q

from departments.forms.fields import (
    DayField,
    DepartmentField,
    LineField,
    bare_helper,
    filter_choice,
    filter_text,
)
from departments.models import Department
from departments.services.tree import DEPARTMENT_DIGITS

_CODE = re.compile(r"[0-9]{3}([0-9]{3})?")
_REGION = re.compile(r"[0-9]{6}")


class Validity(models.TextChoices):
    CURRENT = "current", "在用"
    ENDED = "ended", "已停用"


class DepartmentFilterForm(forms.Form):
    """What the list of departments is narrowed to, as the address states it."""

    q = filter_text("编码或名称")
    validity = filter_choice("状态", "全部状态", Validity.choices)

    def narrow(self, departments, today):
        """Return the departments that are asked for; after is_valid()."""
        text, validity = self.cleaned_data["q"], self.cleaned_data["validity"]
        if text:
            departments = departments.filter(Q(code__startswith=text) | Q(name__icontains=text))
        if validity:
            ended = Q(valid_to__lt=today)
            departments = departments.filter(ended if validity == Validity.ENDED else ~ended)
        return departments

    @property
    def narrows(self) -> bool:
        return any(self.data.get(name) for name in self.fields)


class DepartmentForm(forms.Form):
    """What may change of a department; ``within`` are those the administrator may name as predecessor."""

    name = LineField(
        label="名称",
        most=200,
        help_text="更名不影响已建立的预算年度：各年度仍用建立时的名称。",
    )
    region_code = LineField(label="行政区划", most=6, required=False, help_text="6位数字，例如 130209。")
    predecessor = DepartmentField(
        queryset=Department.objects.none(),
        label="前身",
        required=False,
        empty_label="（无）",
        help_text="机构改革前的部门；编码变更的，新建部门并在这里写明原部门。",
        error_messages={"invalid_choice": "所选的前身不在管理范围内，从列表中选择。"},
    )
    valid_from = DayField(label="启用日期")
    valid_to = DayField(label="停用日期", help_text="部门不删除；撤销、合并的填写停用日期。")
    layout = (("name", "region_code"), ("predecessor",), ("valid_from", "valid_to"))

    def __init__(self, data=None, *, within, department: Department | None = None):
        initial = {name: getattr(department, name) for name in FIELDS} if department else None
        super().__init__(data, initial=initial)
        self.department = department
        offered = Q(pk__in=within.values("pk"))
        if department:  # what was chosen by somebody who reaches further can stay
            offered |= Q(pk=department.predecessor_id)
        others = Department.objects.exclude(pk=department.pk if department else None)
        self.fields["predecessor"].queryset = others.filter(offered)
        self.helper = bare_helper()
        self.helper.layout = Layout(*(Div(*row, css_class="fields") for row in self.layout))

    def clean_region_code(self):
        text = self.cleaned_data["region_code"]
        if text and not _REGION.fullmatch(text):
            raise forms.ValidationError(f"行政区划“{text}”不是6位数字，核对后填写，例如 130209。")
        return text

    def clean_predecessor(self):
        chosen = self.cleaned_data["predecessor"]
        if self.department and _leads_to(chosen, self.department):
            raise forms.ValidationError(f"{chosen}的前身就是本部门，两者不能互为前身，核对后重新选择。")
        return chosen

    def clean(self):
        super().clean()
        begins, ends = self.cleaned_data.get("valid_from"), self.cleaned_data.get("valid_to")
        if begins and ends and ends < begins:
            self.add_error("valid_to", f"停用日期 {ends} 早于启用日期 {begins}，核对后改正。")

    def values(self) -> dict[str, object]:
        """Return what change_department() takes; after is_valid()."""
        return {name: self.cleaned_data[name] for name in FIELDS}


FIELDS = tuple(DepartmentForm.base_fields)


class NewDepartmentForm(DepartmentForm):
    """A department with the code it keeps; ``may_add_any`` where the whole tree is administered."""

    code = forms.CharField(
        label="编码",
        help_text="主管部门3位数字，单位6位数字；单位归入编码前3位相同的主管部门。建立后不能修改。",
        error_messages={"required": "没有填写编码，填写后再保存。"},
    )
    field_order = ("code", "region_code", "name")
    layout = (("code", "region_code"), ("name",), ("predecessor",), ("valid_from", "valid_to"))

    def __init__(self, data=None, *, within, may_add_any: bool):
        super().__init__(data, within=within)
        self.within = within
        self.may_add_any = may_add_any

    def clean_code(self):
        code = self.cleaned_data["code"]
        if not _CODE.fullmatch(code):
            raise forms.ValidationError(
                f"编码“{code}”不是3位数字（主管部门）或6位数字（单位），核对后填写，例如 286001。"
            )
        if taken := Department.objects.filter(code=code).first():
            raise forms.ValidationError(f"编码 {code} 已由{taken.name}使用，核对后填写。")
        if not self.may_add_any and not self._is_within(code):
            raise forms.ValidationError(
                f"编码 {code} 不在管理范围内，只能在所管理的主管部门下新建单位（6位编码，前3位与其相同）。"
            )
        return code

    def values(self) -> dict[str, object]:
        """Return what add_department() takes; after is_valid()."""
        return {**super().values(), "code": self.cleaned_data["code"]}

    def _is_within(self, code: str) -> bool:
        above = code[:DEPARTMENT_DIGITS]
        return above != code and self.within.filter(code=above).exists()


def _leads_to(department: Department | None, wanted: Department) -> bool:
    """True where ``wanted`` is among the predecessors of ``department``."""
    seen = set()
    while department and department.pk not in seen:
        seen.add(department.pk)
        if department.predecessor_id == wanted.pk:
            return True
        department = department.predecessor
    return False
