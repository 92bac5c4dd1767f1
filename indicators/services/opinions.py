"""四性 opinions as a person leaves them, and fixes as a person takes them."""

from collections.abc import Mapping

from django.db import transaction

from indicators.checks import Quality
from indicators.checks.opinion import Grade
from indicators.models import Opinion
from projects.models import Declaration


@transaction.atomic
def save_opinion(
    *, declaration: Declaration, grades: Mapping[Quality, Grade], overall: Grade, text: str, actor
) -> Opinion:
    """Store a reviewer's opinion on a table as it stands now. Raises PermissionDenied, ValueError."""
    raise NotImplementedError
