"""情况说明: a unit answers what a rule found, a reviewer takes it or not."""

from collections.abc import Sequence

from django.db import transaction

from indicators.models import Explanation
from projects.models import Declaration, DepartmentYear


class ExplanationError(ValueError):
    """The explanation cannot be taken; ``messages`` are Chinese sentences, all that is wrong."""

    def __init__(self, messages):
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


@transaction.atomic
def explain(*, rule: str, declarations: Sequence[Declaration], text: str, actor) -> list[Explanation]:
    """Answer one rule in several tables of a unit at once; an earlier answer is replaced.

    Raises PermissionDenied, ExplanationError, NotEditableError.
    """
    raise NotImplementedError


@transaction.atomic
def explain_narrative(*, rule: str, department_year: DepartmentYear, text: str, actor) -> Explanation:
    """Answer one rule in the department's own text. Raises as ``explain``."""
    raise NotImplementedError


@transaction.atomic
def judge_explanation(*, explanation: Explanation, accepted: bool, remark: str = "", actor) -> None:
    """Take an explanation or not (采纳, 不采纳 with a remark).

    Raises PermissionDenied for its author and for who does not review the unit, ExplanationError where it
    lapsed or a remark is missing.
    """
    raise NotImplementedError
