"""The columns of an indicator that are derived from its texts and can be derived again at any time."""

from indicators.models import SecondTier
from indicators.values import parse_value


def value_columns(text: str) -> dict[str, object]:
    """Return what ``text`` (a 指标值 such as ≥95%) says, as the columns of indicators.models.Indicator."""
    value = parse_value(text)
    return {
        "value_kind": value.kind,
        "comparator": value.comparator,
        "number": value.number,
        "upper": value.upper,
        "date": value.date,
        "unit": value.unit,
    }


def category_ids(frame: str) -> dict[tuple[str, str], int]:
    """Return the ids of a frame's second tiers by (first tier, second tier)."""
    tiers = SecondTier.objects.filter(first_tier__frame__code=frame)
    return {(first, second): pk for first, second, pk in tiers.values_list("first_tier__name", "name", "pk")}
