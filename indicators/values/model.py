"""The typed reading of one indicator value, and the vocabulary it is told in."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class ValueKind(StrEnum):
    """How a value can be used: computed with, compared by day, judged in words, or only shown."""

    NUMBER = "number"
    RANGE = "range"
    DATE = "date"
    QUALITATIVE = "qualitative"
    TEXT = "text"


class Comparator(StrEnum):
    """计算符号: how an actual value is held against the target, spelled as the forms print it."""

    AT_LEAST = "≥"
    MORE_THAN = "＞"
    EQUAL = "＝"
    LESS_THAN = "＜"
    AT_MOST = "≤"
    NONE = ""


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """One indicator value; ``original`` is exactly the text it was read from.

    number and upper   the figure as typed (95 of 95%, 1.8 of 1.8万元), upper only for a range; at most
                       15 digits, 6 of them after the point. Percent signs and 万 stay in the unit.
    date               a day, only where the text names the year and at least the month.
    unit               a piece of ``original`` (％, 百分比, 元 / 人); compare by ``canonical_unit``.

    A qualitative value may have a comparator (≥良好). A text has none of these, whatever it begins with.
    """

    kind: ValueKind
    comparator: Comparator = Comparator.NONE
    number: Decimal | None = None
    upper: Decimal | None = None
    date: datetime.date | None = None
    unit: str = ""
    original: str = ""

    def __str__(self) -> str:
        return self.original


def format_value(value: IndicatorValue) -> str:
    """Return the text the value was read from, unchanged: values are shown as they were typed."""
    return value.original
