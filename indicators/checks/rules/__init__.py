"""The rules, a module for each noun. Importing this package declares all of them."""

from indicators.checks.rules import (
    consistency,
    cost,
    direction,
    effect,
    form,
    frame,
    funding,
    narrative,
    similarity,
    timing,
    units,
    values,
    wording,
)

__all__ = [
    "consistency",
    "cost",
    "direction",
    "effect",
    "form",
    "frame",
    "funding",
    "narrative",
    "similarity",
    "timing",
    "units",
    "values",
    "wording",
]
