"""Which version a table, or a department's text, is, what its adjustment changes, what may be done.

A block of its page.
"""

from indicators.adjustments import comparison_of, sorts_of
from indicators.cancelled import cancellation_reasons
from indicators.document.marked_changes import marked
from indicators.reviewed import Reviewed, filed_of
from indicators.services.adjustment import adjustment_of
from indicators.versions import is_being_adjusted, version_in_force
from indicators.views.access import window_of
from indicators.views.addresses import addresses_of, page_address
from projects.models import Declaration
from workflow.models import Status
from workflow.steps import acts_open_to
from workflow.transitions import ABANDON, ADJUST, CANCEL, RESTORE, Act

_FORMATS = (("pdf", "PDF"), ("xlsx", "Excel"), ("docx", "Word"), ("html", "网页"))


def standing_of(reviewed: Reviewed, user) -> dict:
    """Return what the block says; its queries do not depend on how much was adjusted."""
    acts = set(acts_open_to(user, filed_of(reviewed), _acts_on(reviewed)))
    if not window_of(reviewed).is_open:
        acts -= {ADJUST, RESTORE}
    comparison = comparison_of(reviewed) if reviewed.version > 1 else None
    adjusted = comparison.adjusted[0] if comparison else None
    return {
        "acts": {act.name: act in acts for act in _acts_on(reviewed)},
        "addresses": addresses_of(reviewed),
        "adjusting": adjusting_of(reviewed),
        "adjusted": adjusted,
        "rows": [(each.place, *marked(each.before, each.after)) for each in adjusted.changes]
        if adjusted
        else (),
        "files": [(label, page_address(reviewed, "adjustment-file", each)) for each, label in _FORMATS],
        **_cancellation(reviewed),
    }


def adjusting_of(reviewed: Reviewed) -> dict | None:
    """Return what the note on the adjustment under way says; None where there is none."""
    adjustment = adjustment_of(reviewed) if is_being_adjusted(reviewed) else None
    if adjustment is None:
        return None
    in_force = version_in_force(reviewed)
    return {
        "adjustment": adjustment,
        "sorts": sorts_of(adjustment),
        "in_force": in_force,
        "in_force_address": page_address(reviewed, "version", in_force.pk),
        "compare_address": page_address(reviewed, "compare"),
    }


def _acts_on(reviewed: Reviewed) -> tuple[Act, ...]:
    return (ADJUST, ABANDON, CANCEL, RESTORE) if isinstance(reviewed, Declaration) else (ADJUST, ABANDON)


def _cancellation(reviewed: Reviewed) -> dict:
    """Return whether a project is cancelled, and why; a department's text cannot be."""
    if not isinstance(reviewed, Declaration):
        return {}
    return {
        "cancelled": reviewed.status == Status.CANCELLED,
        "because": cancellation_reasons([reviewed]).get(reviewed.pk, ""),
    }
