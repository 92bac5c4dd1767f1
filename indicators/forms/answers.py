"""What people answer to findings: a 情况说明 for several documents of a unit, a verdict on it, a fix."""

from dataclasses import dataclass

from django import forms

from indicators.forms.fields import LineField, RevisionField, TextField
from indicators.models import Explanation
from projects.models import Declaration

NARRATIVE = "narrative"
_INCOMPLETE = "浏览器发来的内容不完整，刷新页面后重试。"


@dataclass(frozen=True, slots=True)
class Answerable:
    """A document of the unit in which the rule found something; no declaration: the department's own text.

    ``wants_reason`` is False where an explanation holds.
    """

    declaration: Declaration | None
    messages: tuple[str, ...]
    wants_reason: bool
    explanation: Explanation | None = None
    standing: str = ""

    @property
    def key(self) -> str:
        return str(self.declaration.pk) if self.declaration else NARRATIVE


class ExplainForm(forms.Form):
    """One reason for a rule in the ticked documents."""

    document = forms.MultipleChoiceField(
        label="项目",
        error_messages={
            "required": "勾选这条说明适用的项目。",
            "invalid_choice": "所选的项目已没有这条提示，刷新页面后重新勾选。",
        },
    )
    text = TextField(
        label="情况说明", rows=4, required=True, most=2000, error_messages={"required": "填写情况说明。"}
    )

    def __init__(self, data=None, *, documents: list[Answerable]):
        super().__init__(data)
        self.documents = {document.key: document for document in documents}
        self.fields["document"].choices = [(key, key) for key in self.documents]
        self.fields["text"].widget.attrs |= {"class": "form-control", "autofocus": True}

    def rows(self) -> list[tuple[Answerable, bool]]:
        """Return (document, is ticked); what stands in the way of submission is ticked to begin with."""
        ticked = self["document"].value() if self.is_bound else None
        return [
            (document, key in ticked if ticked is not None else document.wants_reason)
            for key, document in self.documents.items()
        ]

    def declarations(self) -> list[Declaration]:
        """Return the ticked declarations; after is_valid()."""
        chosen = (self.documents[key].declaration for key in self.cleaned_data["document"])
        return [declaration for declaration in chosen if declaration]

    @property
    def is_about_narrative(self) -> bool:
        return NARRATIVE in self.cleaned_data["document"]


class VerdictForm(forms.Form):
    """采纳 or 不采纳 of an explanation."""

    verdict = forms.ChoiceField(
        choices=[
            (verdict.value, verdict.label)
            for verdict in (Explanation.Verdict.ACCEPTED, Explanation.Verdict.REJECTED)
        ],
        error_messages={"required": _INCOMPLETE, "invalid_choice": _INCOMPLETE},
    )
    remark = LineField(
        max_length=500,
        error_messages={"max_length": "意见有%(show_value)d个字，最多%(limit_value)d个字，缩短后再提交。"},
    )

    @property
    def accepted(self) -> bool:
        return self.cleaned_data["verdict"] == Explanation.Verdict.ACCEPTED


class FixForm(forms.Form):
    """The fix a note proposed, as it stood on the page."""

    revision = RevisionField()
    path = forms.CharField(strip=False, error_messages={"required": _INCOMPLETE})
    before = forms.CharField(strip=False, required=False)
    after = forms.CharField(strip=False, required=False)
