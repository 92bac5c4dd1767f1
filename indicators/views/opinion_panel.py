"""The 绩效目标审核表 beside a table: as a form for whose turn it is, to read for everybody else."""

from dataclasses import dataclass

from indicators.checks import Quality
from indicators.checks.opinion import Grade, PointOpinion, draft_opinion
from indicators.checks.review_points import REVIEW_POINTS, ReviewPoint, points_asking
from indicators.document import TargetTable, content_hash
from indicators.findings import outcomes_of
from indicators.forms.opinions import OpinionForm
from indicators.forms.problems import Problem, form_problems
from indicators.models import Opinion
from indicators.policy import policy_of
from indicators.services.opinions import grades_of, is_open_to, points_of
from projects.models import Declaration


@dataclass(frozen=True, slots=True)
class OpinionPanel:
    """What a page shows of the 审核表; ``form`` is None for readers, ``stored`` where none was left yet."""

    stored: Opinion | None
    is_outdated: bool
    form: OpinionForm | None

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(form_problems(self.form)) if self.form and self.form.is_bound else ()

    @property
    def grades(self) -> list[tuple[Quality, Grade]]:
        return list(grades_of(self.stored).items()) if self.stored else []

    @property
    def points(self) -> list[tuple[ReviewPoint, PointOpinion]]:
        said = points_of(self.stored) if self.stored else {}
        return [(point, said[point.name]) for point in REVIEW_POINTS if point.name in said]

    @property
    def overall(self) -> Grade | None:
        return Grade(self.stored.overall) if self.stored else None

    @property
    def consequences(self) -> tuple[Grade, ...]:
        return tuple(Grade)


def stored_opinion(declaration: Declaration) -> Opinion | None:
    """Return the opinion that was left on a table."""
    return Opinion.objects.filter(declaration=declaration).select_related("author", "principal").first()


def opinion_form(declaration: Declaration, data=None) -> OpinionForm:
    """Return the form of a table's 审核表, filled in with what was left or what the findings propose."""
    draft = draft_opinion(outcomes_of(declaration))
    return OpinionForm(
        data,
        draft=draft,
        stored=stored_opinion(declaration),
        revision=declaration.revision,
        asked=points_asking(policy_of(declaration.department_year.fiscal_year)),
    )


def opinion_panel(
    user, declaration: Declaration, document: TargetTable, *, form: OpinionForm | None = None
) -> OpinionPanel | None:
    """Return what this person sees of a table's 审核表; None where there is nothing to see.

    ``form`` is one that was typed and refused; ``document`` is what the table says now.
    """
    stored = stored_opinion(declaration)
    if form is None and is_open_to(user, declaration):
        form = opinion_form(declaration)
    if stored is None and form is None:
        return None
    is_outdated = stored is not None and stored.document_hash != content_hash(document)
    return OpinionPanel(stored, is_outdated, form)
