"""One-click fixes: what a finding proposes is done to that one field, through the one write path."""

from django.db import transaction

from indicators.document import Change
from projects.models import Declaration


class FixError(ValueError):
    """The fix is not proposed, or the field has changed since; the message is a Chinese sentence."""


@transaction.atomic
def apply_fix(
    *, declaration: Declaration, path: str, before: str, after: str, revision: int, actor
) -> tuple[Change, ...]:
    """Put one field right as a current finding proposes.

    Raises FixError, PermissionDenied, RevisionConflictError, NotEditableError.
    """
    raise NotImplementedError
