"""Which version a table is, what its adjustment changes, what may be done: a block of its page."""

from indicators.adjustments import comparison_of
from indicators.cancelled import cancellation_reasons
from indicators.document.marked_changes import marked
from indicators.services.adjustment import adjustment_of
from indicators.services.reviewing import filed_of
from indicators.versions import is_being_adjusted, version_in_force
from indicators.views.access import window_of
from projects.models import Declaration
from workflow.models import Status
from workflow.steps import acts_open_to
from workflow.transitions import ABANDON, ADJUST, CANCEL, RESTORE

_FORMATS = (("pdf", "PDF"), ("xlsx", "Excel"), ("docx", "Word"), ("html", "网页"))


def standing_of(declaration: Declaration, user) -> dict:
    """Return what the block says; its queries do not depend on how much was adjusted."""
    acts = set(acts_open_to(user, filed_of(declaration), (ADJUST, ABANDON, CANCEL, RESTORE)))
    if not window_of(declaration).is_open:
        acts.discard(ADJUST)
    comparison = comparison_of(declaration) if declaration.version > 1 else None
    adjusted = comparison.adjusted[0] if comparison else None
    cancelled = declaration.status == Status.CANCELLED
    return {
        "acts": {act.name: act in acts for act in (ADJUST, ABANDON, CANCEL, RESTORE)},
        "adjustment": adjustment_of(declaration) if is_being_adjusted(declaration) else None,
        "in_force": version_in_force(declaration) if is_being_adjusted(declaration) else None,
        "cancelled": cancelled,
        "because": cancellation_reasons([declaration]).get(declaration.pk, ""),
        "adjusted": adjusted,
        "rows": [(each.place, *marked(each.before, each.after)) for each in adjusted.changes]
        if adjusted
        else (),
        "formats": _FORMATS,
    }
