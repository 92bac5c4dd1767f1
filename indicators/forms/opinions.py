"""The 四性 opinion a reviewer gives on a table: four grades, the overall one, a text."""

from django import forms

from indicators.checks import Quality
from indicators.checks.opinion import Grade
from indicators.checks.opinion import Opinion as Draft
from indicators.forms.fields import TextField
from indicators.models import Opinion

QUALITIES = {quality.name.lower(): quality for quality in Quality}  # field of the form → 性
_OVERALL = "overall"


def _grade_field(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[(grade.value, grade.label) for grade in Grade],
        coerce=Grade,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={
            "required": f"选择{label}的等级。",
            "invalid_choice": f"{label}的等级从优、良、中、差中选择。",
        },
    )


class OpinionForm(forms.Form):
    """Begins with the opinion a person left, else with what the findings propose (``draft``)."""

    completeness = _grade_field(Quality.COMPLETENESS)
    relevance = _grade_field(Quality.RELEVANCE)
    appropriateness = _grade_field(Quality.APPROPRIATENESS)
    feasibility = _grade_field(Quality.FEASIBILITY)
    overall = _grade_field("综合评定")
    text = TextField(label="总体意见", rows=6, required=True, error_messages={"required": "填写总体意见。"})

    def __init__(self, data=None, *, draft: Draft, stored: Opinion | None):
        self.draft = draft
        proposed = {name: draft.grades.get(quality) for name, quality in QUALITIES.items()}
        proposed |= {_OVERALL: draft.overall, "text": draft.text}
        left = {name: getattr(stored, name) for name in proposed} if stored else {}
        super().__init__(data, initial=proposed | left, auto_id="opinion_%s")
        self.fields["text"].widget.attrs["class"] = "form-control"
        self.proposed = proposed

    def grade_fields(self):
        """Return (field, proposed grade) of the four qualities and the overall grade."""
        return [(self[name], self.proposed[name]) for name in (*QUALITIES, _OVERALL)]

    def grades(self) -> dict[Quality, Grade]:
        """Return the four grades; after is_valid()."""
        return {quality: self.cleaned_data[name] for name, quality in QUALITIES.items()}
