"""The 绩效目标审核表 as a form: a grade and a remark to each 审核要点, the qualities, the whole, a text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.forms.boundfield import BoundField

from indicators.checks import Quality
from indicators.checks.opinion import Grade, PointOpinion, lowest, quality_grades
from indicators.checks.opinion import Opinion as Draft
from indicators.checks.review_points import REVIEW_POINTS, ReviewPoint, points_of
from indicators.forms.fields import LONGEST_TEXT, RevisionField, TextField
from indicators.models import Opinion

QUALITIES = {quality.name.lower(): quality for quality in Quality}  # field of the form → 性
_OVERALL = "overall"
_LONGEST_REMARK = 300


@dataclass(frozen=True, slots=True)
class PointRow:
    """One row of the form: the 审核要点 with its two fields; ``span`` rows share the quality's cell."""

    point: ReviewPoint
    grade: BoundField
    text: BoundField
    quality: BoundField
    span: int


def _grade_field(label: str, *, lowest_of: str = "") -> forms.TypedChoiceField:
    grades = [(grade.value, grade.label) for grade in Grade]
    return forms.TypedChoiceField(
        label=label,
        choices=[("", f"取{lowest_of}最低"), *grades] if lowest_of else grades,
        coerce=Grade,
        required=not lowest_of,
        empty_value=None,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={
            "required": f"选择{label}的等级。",
            "invalid_choice": f"{label}的等级从优、良、中、差中选择。",
        },
    )


class OpinionForm(forms.Form):
    """Begins with the opinion a person left, else with what the findings propose (``draft``).

    ``asked`` are the points as the year words them. A quality left blank has the lowest grade of its points,
    the whole left blank that of its qualities: a grade is filled in where it is another.
    """

    revision = RevisionField()
    completeness = _grade_field(Quality.COMPLETENESS, lowest_of="要点")
    relevance = _grade_field(Quality.RELEVANCE, lowest_of="要点")
    appropriateness = _grade_field(Quality.APPROPRIATENESS, lowest_of="要点")
    feasibility = _grade_field(Quality.FEASIBILITY, lowest_of="要点")
    overall = _grade_field("综合评定", lowest_of="四性")
    text = TextField(
        label="总体意见",
        rows=6,
        required=True,
        most=LONGEST_TEXT,
        error_messages={"required": "填写总体意见。"},
    )

    def __init__(
        self,
        data=None,
        *,
        draft: Draft,
        stored: Opinion | None,
        revision: int,
        asked: Sequence[ReviewPoint] = REVIEW_POINTS,
    ):
        self.draft, self.asked = draft, asked
        begin = _of_stored(stored) if stored and stored.points else _of_draft(draft)
        super().__init__(data, initial={**begin, "revision": revision}, auto_id="opinion_%s")
        for point in REVIEW_POINTS:
            self.fields[f"{point.name}_grade"] = _grade_field(point.label)
            self.fields[f"{point.name}_text"] = TextField(
                label=f"{point.label}的审核说明", rows=1, required=False, most=_LONGEST_REMARK
            )
        for name, field in self.fields.items():
            if name == "text" or name.endswith("_text"):
                field.widget.attrs["class"] = "form-control"

    def rows(self) -> list[PointRow]:
        """Return the points in the order of the form; the first of each quality spans its rows."""
        of_name = {quality: self[name] for name, quality in QUALITIES.items()}
        return [
            PointRow(
                point,
                self[f"{point.name}_grade"],
                self[f"{point.name}_text"],
                of_name[point.quality],
                len(points_of(point.quality)) if point.name == points_of(point.quality)[0].name else 0,
            )
            for point in self.asked
        ]

    def points(self) -> dict[str, PointOpinion]:
        """Return what was said to each point; after is_valid()."""
        given = self.cleaned_data
        return {
            point.name: PointOpinion(given[f"{point.name}_grade"], given[f"{point.name}_text"])
            for point in REVIEW_POINTS
        }

    def grades(self) -> dict[Quality, Grade]:
        """Return the grades that were given to qualities themselves; after is_valid()."""
        given = {quality: self.cleaned_data[name] for name, quality in QUALITIES.items()}
        return {quality: grade for quality, grade in given.items() if grade}


def _of_draft(draft: Draft) -> dict:
    return {**_of_points(draft.points), **_own_grades(draft.points, draft.grades), "text": draft.text}


def _of_stored(stored: Opinion) -> dict:
    points = {
        name: PointOpinion(Grade(said["grade"]), said.get("text", "")) for name, said in stored.points.items()
    }
    own = {quality: Grade(getattr(stored, name)) for name, quality in QUALITIES.items()}
    overall = Grade(stored.overall)
    return {
        **_of_points(points),
        **_own_grades(points, own),
        **({} if overall == lowest(own.values()) else {_OVERALL: overall}),
        "text": stored.text,
    }


def _own_grades(points: Mapping[str, PointOpinion], grades: Mapping[Quality, Grade]) -> dict[str, Grade]:
    """Return by field the grades of qualities that are not the lowest of their points."""
    by_points = quality_grades({name: said.grade for name, said in points.items()})
    given = {name: grades[quality] for name, quality in QUALITIES.items()}
    return {name: grade for name, grade in given.items() if grade != by_points[QUALITIES[name]]}


def _of_points(points) -> dict:
    grades = {f"{name}_grade": said.grade for name, said in points.items()}
    return grades | {f"{name}_text": said.text for name, said in points.items()}
