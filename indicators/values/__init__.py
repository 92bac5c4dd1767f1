"""What the text of a 指标值 (indicator value) says: ``parse_value("≥95%")`` gives a typed value.

Nothing here imports Django. The text is the truth and is kept untouched; kind, comparator, number, upper end,
date and unit are read from it and can be read again at any time. What is not understood with certainty stays
text: a vague number (约5次, 10余人) is never read as an exact one, and nothing is corrected.
"""

from indicators.values.model import Comparator, IndicatorValue, ValueKind, format_value
from indicators.values.parser import parse_value
from indicators.values.units import canonical_unit

__all__ = [
    "Comparator",
    "IndicatorValue",
    "ValueKind",
    "canonical_unit",
    "format_value",
    "parse_value",
]
