"""Form of a delegation (代理): whose role, who stands in, from when to when and why."""

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils import timezone

from departments.forms.fields import DayField, LineField, PersonField, bare_helper
from departments.models import Membership, User

_NOBODY = "所选的人不在可以代理的人中，从列表中选择。"


class _MembershipField(forms.ModelChoiceField):
    def label_from_instance(self, membership):
        place = membership.department.name if membership.department else "全部部门"
        return f"{membership.user} · {place}{membership.get_role_display()}"


class DelegationForm(forms.Form):
    """A deputy for one of ``memberships``; ``deputies`` are all who could be one for any of them."""

    membership = _MembershipField(
        queryset=Membership.objects.none(),
        label="任职",
        empty_label="（选择）",
        error_messages={
            "required": "选择由他人代理的任职。",
            "invalid_choice": "没有这个任职，从列表中选择。",
        },
    )
    deputy = PersonField(
        queryset=User.objects.none(),
        label="代理人",
        empty_label="（选择）",
        help_text="在该部门或其上级有任职的人；代理人办理时记为“甲（代乙）”。",
        error_messages={"required": "选择代理人。", "invalid_choice": _NOBODY},
    )
    starts_on = DayField(label="开始日期")
    ends_on = DayField(label="结束日期", help_text="含当日。")
    reason = LineField(label="原因", most=200, help_text="例如：出差、休假。")

    def __init__(self, data=None, *, memberships, deputies):
        super().__init__(data, initial={"starts_on": timezone.localdate()})
        self.fields["membership"].queryset = memberships.select_related("user", "department")
        self.fields["deputy"].queryset = deputies
        for name in ("starts_on", "ends_on"):
            field = self.fields[name]
            field.required = True
            field.error_messages["required"] = f"没有填写{field.label}，填写后再保存。"
        self.helper = bare_helper()
        self.helper.layout = Layout(
            Div("membership", "deputy", css_class="fields"),
            Div("starts_on", "ends_on", css_class="fields"),
            "reason",
        )
