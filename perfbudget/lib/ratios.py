"""Percentages and rates. A percentage is stored as people type it: 25 means 25%."""

import re
from decimal import ROUND_HALF_UP, Decimal

_PERCENT = re.compile(r"[+-]?\d+(\.\d+)?\Z")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．－＋％", "0123456789.-+%")
_LARGEST = Decimal("99999.99")  # what Decimal(7, 2) holds


class PercentError(ValueError):
    """The text is no percentage; the message is a Chinese sentence for the person who typed it."""


def parse_percent(text: str) -> Decimal | None:
    """Return the percentage ``text`` states (“25%”, “25”, “２５％” are 25), or None where it is blank.

    Raises PercentError for anything else. The size is not judged: 260 is a percentage too.
    """
    compact = "".join(text.split()).translate(_FULL_WIDTH).removesuffix("%")
    if not compact and "%" not in text and "％" not in text:
        return None
    if not _PERCENT.match(compact):
        raise PercentError(f"“{text.strip()[:40]}”不是百分比，应为数字，例如 25 或 25%。")
    percent = Decimal(compact)
    if abs(percent) > _LARGEST or percent % Decimal("0.01"):
        raise PercentError(f"“{text.strip()[:40]}”超出范围，百分比最多五位整数、两位小数。")
    return percent.quantize(Decimal("0.01"))


def format_percent(percent: Decimal | None) -> str:
    """Return 25 as “25%”, 12.50 as “12.5%”, None as blank."""
    if percent is None:
        return ""
    digits = f"{percent:.2f}".rstrip("0").rstrip(".")
    return f"{digits}%"


def rate(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return part ÷ whole in percent with two decimals, half up; None where whole is zero."""
    if not whole:
        return None
    return (part * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
