"""The 审核意见书 of a department's year as a form."""

from django import forms

from indicators.checks.opinion import Grade
from indicators.forms.fields import LONGEST_LETTER, LineField, TextField


class DepartmentOpinionForm(forms.Form):
    """The overall grade, the text and the number of the letter; which documents were read travels hidden."""

    overall = forms.TypedChoiceField(
        label="综合评定",
        choices=[(grade.value, f"{grade.label}：{grade.consequence}") for grade in Grade],
        coerce=Grade,
        error_messages={"required": "选择综合评定的等级。", "invalid_choice": "等级从优、良、中、差中选择。"},
    )
    document_number = LineField(label="编号", max_length=100)
    text = TextField(
        label="审核意见",
        rows=12,
        required=True,
        most=LONGEST_LETTER,
        error_messages={"required": "填写审核意见。"},
    )
    documents_hash = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, initial=None):
        super().__init__(data, initial=initial, auto_id="opinion_%s")
        self.fields["overall"].widget.attrs["class"] = "form-select"
        for name in ("document_number", "text"):
            self.fields[name].widget.attrs["class"] = "form-control"
