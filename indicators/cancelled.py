"""Why projects were cancelled (取消), for the lists they stay in."""

from collections.abc import Iterable

from indicators.reviewed import TABLE
from projects.models import Adjustment, Declaration
from workflow.history import last_moves
from workflow.models import Status
from workflow.transitions import APPROVE_CANCELLATION


def cancellation_reasons(declarations: Iterable[Declaration]) -> dict[int, str]:
    """Return the reasons by primary key of those that are cancelled; without any of them no query."""
    keys = [each.pk for each in declarations if each.status == Status.CANCELLED]
    if not keys:
        return {}
    adjustments = Adjustment.objects.filter(declaration__in=keys).order_by("version")
    asked = {each.declaration_id: each.reason for each in adjustments if Adjustment.Sort.CANCEL in each.sorts}
    moves = last_moves(TABLE, keys)
    # 批复取消 has no reason of its own: that of the adjustment was approved.
    return {
        key: asked.get(key, "") if move.act == APPROVE_CANCELLATION.name else move.reason
        for key, move in moves.items()
    }
