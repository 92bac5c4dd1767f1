"""The rules, a module for each noun. Importing this package declares all of them."""

from indicators.checks.rules import (
    consistency,
    cost,
    effect,
    form,
    frame,
    funding,
    narrative,
    similarity,
    values,
    wording,
)

__all__ = [
    "consistency",
    "cost",
    "effect",
    "form",
    "frame",
    "funding",
    "narrative",
    "similarity",
    "values",
    "wording",
]
