"""Why a table, or a department's text, is adjusted, cancelled, or its adjustment dropped."""

from crispy_forms.helper import FormHelper
from django import forms

from indicators.forms.fields import RevisionField, TextField
from projects.models import Adjustment, Declaration, DepartmentYear
from workflow.models import Status

LONGEST_REASON = 2000
_GROUNDS = "写明依据的文件和调整的理由，例如："
_Sort = Adjustment.Sort


class ReasonForm(forms.Form):
    """A reason, and the revision the person saw."""

    revision = RevisionField()
    reason = TextField(label="原因", rows=4, required=True, error_messages={"required": "写明原因。"})

    def __init__(self, data=None, *, revision: int, help_text: str = ""):
        super().__init__(data, initial={"revision": revision})
        self.fields["reason"].help_text = help_text
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"].strip()
        if len(reason) > LONGEST_REASON:
            raise forms.ValidationError(
                f"原因有{len(reason)}个字，最多{LONGEST_REASON}个字，缩短后再提交，详情作为附件上传。"
            )
        return reason


class AdjustmentForm(ReasonForm):
    """What kinds of change a table is opened for; which go together the service says."""

    sorts = forms.MultipleChoiceField(
        label="调整类型",
        widget=forms.CheckboxSelectMultiple,
        help_text="可以选择多项。“取消”只能单独办理：项目批复取消后不计入合计，仍可打印。",
        error_messages={
            "required": "至少选择一项调整类型。",
            "invalid_choice": "没有调整类型“%(value)s”，从列出的类型中选择。",
        },
    )
    field_order = ("revision", "sorts", "reason")

    def __init__(self, data=None, *, declaration: Declaration):
        super().__init__(
            data,
            revision=declaration.revision,
            help_text=f"{_GROUNDS}根据曹财预〔2024〕12号文件，年中追加资金。",
        )
        was_cancelled = declaration.status == Status.CANCELLED
        hidden = _Sort.CANCEL if was_cancelled else _Sort.RESTORE
        self.fields["sorts"].choices = [choice for choice in _Sort.choices if choice[0] != hidden]
        if was_cancelled:
            self.initial["sorts"] = [_Sort.RESTORE]


def adjustment_form(reviewed: Declaration | DepartmentYear, data=None) -> ReasonForm:
    """Return what is asked before an adjustment; a department's text knows no sorts to choose from."""
    if isinstance(reviewed, Declaration):
        return AdjustmentForm(data, declaration=reviewed)
    help_text = f"{_GROUNDS}根据曹办发〔2024〕8号文件，单位职责调整。"
    return ReasonForm(data, revision=reviewed.revision, help_text=help_text)
