"""The approval (批复) as a form: what its document says, and what the person saw who issues it."""

import re

from django import forms

from indicators.forms.fields import LONGEST_LETTER, LineField, TextField
from indicators.services.approval import Letter
from projects.models import Approval

_LONGEST_NUMBER = Approval._meta.get_field("document_number").max_length
_LONGEST_ISSUER = Approval._meta.get_field("issuer").max_length
_SEEN = re.compile(r"(tables|narratives)-(\d{1,18})\Z", re.ASCII)
_REVISION = re.compile(r"\d{1,18}\Z", re.ASCII)


class ApprovalForm(forms.Form):
    """文号, date, issuer, text, and the tick that other projects follow later."""

    issuer = LineField(label="批复单位", max_length=_LONGEST_ISSUER)
    document_number = LineField(label="文号", max_length=_LONGEST_NUMBER)
    approved_on = forms.DateField(
        label="批复日期",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "填写批复日期。", "invalid": "批复日期应为年-月-日，例如 2024-02-01。"},
    )
    text = TextField(label="批复意见", rows=8, most=LONGEST_LETTER)
    others_later = forms.BooleanField(label="其余项目以后补充批复", required=False)

    def __init__(self, data=None, *, initial=None):
        super().__init__(data, initial=initial, auto_id="approval_%s")
        for name, field in self.fields.items():
            if name == "others_later":
                field.widget.attrs["class"] = "form-check-input"
            else:
                field.widget.attrs["class"] = "form-control"
        self.fields["document_number"].widget.attrs["placeholder"] = "例如 某财预〔2024〕12号"
        self.fields["issuer"].widget.attrs["placeholder"] = "例如 某某区财政局"

    def letter(self) -> Letter:
        """Return what the document says; after is_valid()."""
        given = self.cleaned_data
        return Letter(given["document_number"], given["approved_on"], given["issuer"], given["text"])


def seen_revisions(data) -> dict[str, dict[int, int]]:
    """Return the revisions that the page sent along: {"tables": {pk: revision}, "narratives": …}."""
    seen: dict[str, dict[int, int]] = {"tables": {}, "narratives": {}}
    for name, value in data.items():
        found = _SEEN.match(name)
        if found and _REVISION.match(value):
            seen[found[1]][int(found[2])] = int(value)
    return seen
