"""Which projects an adjustment under way takes out (取消)."""

from collections.abc import Iterable

from projects.models import Adjustment, Declaration


def leaving_among(declarations: Iterable[Declaration]) -> set[int]:
    """Return the primary keys of those that an adjustment under way takes out; none adjusted, no query."""
    adjusted = [each.pk for each in declarations if each.version > 1]
    found = Adjustment.objects.filter(declaration__in=adjusted, outcome=Adjustment.Outcome.OPEN)
    return {adjustment.declaration_id for adjustment in found if Adjustment.Sort.CANCEL in adjustment.sorts}
