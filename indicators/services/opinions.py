"""四性 opinions as a reviewer leaves them; ``checks.opinion.draft_opinion`` proposes them."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from departments.permissions import may_review
from indicators.checks import Quality
from indicators.checks.opinion import Grade, lowest
from indicators.document import Change, content_hash
from indicators.models import Opinion
from indicators.rows import load_table
from indicators.services.tables import record_table
from perfbudget.lib.text import clean_text
from projects.models import Declaration

_COLUMNS = {
    Quality.COMPLETENESS: "completeness",
    Quality.RELEVANCE: "relevance",
    Quality.APPROPRIATENESS: "appropriateness",
    Quality.FEASIBILITY: "feasibility",
}


class OpinionError(ValueError):
    """The opinion cannot be stored; ``messages`` are Chinese sentences, all that is wrong."""

    def __init__(self, messages):
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


@transaction.atomic
def save_opinion(
    *,
    declaration: Declaration,
    grades: Mapping[Quality, Grade],
    overall: Grade | None = None,
    text: str,
    actor,
) -> Opinion:
    """Store a reviewer's opinion on a table as it stands now; without ``overall`` the lowest grade holds.

    Raises PermissionDenied, OpinionError.
    """
    if not may_review(actor, declaration.department_year.department):
        raise PermissionDenied("只有本单位负责人、主管部门审核人和财政审核人可以填写审核意见。")
    text = clean_text(text)
    problems = [f"请选择{quality}的等级。" for quality in Quality if quality not in grades]
    problems += [] if text else ["请填写总体意见。"]
    if problems:
        raise OpinionError(problems)
    Declaration.objects.select_for_update(no_key=True).order_by().get(pk=declaration.pk)
    opinion = Opinion.objects.filter(declaration=declaration).first() or Opinion(declaration=declaration)
    wanted = {column: Grade(grades[quality]) for quality, column in _COLUMNS.items()}
    wanted |= {"overall": Grade(overall or lowest(wanted.values())), "text": text}
    changes = _changes(opinion, wanted)
    digest = content_hash(load_table(declaration))
    if changes or opinion.document_hash != digest:
        for name, value in wanted.items():
            setattr(opinion, name, value)
        opinion.document_hash, opinion.author, opinion.written_at = digest, actor, timezone.now()
        opinion.save()
        record_table(declaration, actor=actor, action="save_opinion", changes=changes)
    return opinion


def is_of_today(opinion: Opinion) -> bool:
    """True where the table still says what it said when the opinion was written."""
    return opinion.document_hash == content_hash(load_table(opinion.declaration))


def grades_of(opinion: Opinion) -> dict[Quality, Grade]:
    """Return the stored grades by quality."""
    return {quality: Grade(getattr(opinion, column)) for quality, column in _COLUMNS.items()}


def _changes(opinion: Opinion, wanted: Mapping[str, str]) -> tuple[Change, ...]:
    changes = []
    for name, value in wanted.items():
        before = getattr(opinion, name)
        if before != value:
            label = Opinion._meta.get_field(name).verbose_name
            changes.append(Change(f"opinion/{name}", f"审核意见 {label}", _shown(before), _shown(value)))
    return tuple(changes)


def _shown(value: str) -> str:
    return Grade(value).label if value in set(Grade) else value
