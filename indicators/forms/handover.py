"""Who hands drafts over to whom, and why."""

from django import forms
from django.db.models import Count, Q

from departments.forms.fields import PersonField, bare_helper
from departments.models import Role, User
from indicators.forms.fields import LONGEST_TEXT, TextField
from projects.models import Declaration
from workflow.models import Status

NOBODY = "none"


class HandoverForm(forms.Form):
    """Without ``chosen`` tables it asks whose drafts go; the drafts are those in ``departments``."""

    source = forms.ChoiceField(
        label="移交谁的草稿",
        error_messages={
            "required": "选择移交谁的草稿。",
            "invalid_choice": "“%(value)s”没有可以移交的草稿，从列表中选择。",
        },
    )
    successor = PersonField(
        queryset=User.objects.none(),
        label="移交给",
        empty_label="（选择）",
        error_messages={"required": "选择接手的填报人。", "invalid_choice": "所选的人不是这些单位的填报人。"},
    )
    reason = TextField(
        label="原因",
        rows=4,
        most=LONGEST_TEXT,
        required=True,
        help_text="例如：工作调整，自2024年1月起由接手人办理。",
        error_messages={"required": "写明移交的原因。"},
    )
    reprints = forms.BooleanField(
        label="表上打印的填报人和联系电话同时改为接手人", required=False, initial=True
    )

    def __init__(self, data=None, *, departments, chosen=None):
        super().__init__(data)
        self.drafts = Declaration.objects.filter(
            status=Status.DRAFT, department_year__department__in=departments
        )
        self.chosen = chosen
        self.fields["successor"].queryset = _preparers_in(departments)
        if chosen is None:
            self.fields["source"].choices = [("", "（选择）"), *self._sources()]
        else:
            del self.fields["source"]
        self.helper = bare_helper(is_summed_up=False)

    def declarations(self):
        """Return the tables that are to go; only after is_valid()."""
        if self.chosen is not None:
            return self.chosen
        source = self.cleaned_data["source"]
        return self.drafts.filter(assignee=None if source == NOBODY else source)

    def _sources(self) -> list[tuple[str, str]]:
        counted = self.drafts.order_by().values_list("assignee", "assignee__full_name", "assignee__username")
        rows = counted.annotate(number=Count("pk")).order_by("assignee__full_name", "assignee")
        people = [(str(pk), f"{name}（{username}），{number}张") for pk, name, username, number in rows if pk]
        without = [(NOBODY, f"未指定经办人的，{number}张") for pk, _, _, number in rows if not pk]
        return people + without


def _preparers_in(departments):
    """Return the active 填报人 of any of the departments."""
    covering = (
        Q(memberships__department__in=departments)
        | Q(memberships__department__units__in=departments)
        | Q(memberships__department=None)
    )
    preparing = User.objects.filter(covering, memberships__role=Role.PREPARER, is_active=True)
    return preparing.distinct().order_by("full_name", "username")
