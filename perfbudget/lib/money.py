"""Money: stored in 元 with two decimals, typed and read in 万元.

1 万元 is 10 000 元, so every amount of whole 分 is exact in six decimals of 万元. No float touches money, and
nothing here rounds.
"""

import re
from decimal import Decimal

YUAN_PER_WAN = Decimal(10_000)
CENT = Decimal("0.01")
_LARGEST_YUAN = Decimal("9999999999999.99")  # SQLite keeps 15 digits of a number
_LONGEST = 60  # characters
_PLACES = {2: "两位", 6: "六位"}
_AMOUNT = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?\Z")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－＋", "0123456789.,-+")


class AmountError(ValueError):
    """The text is no amount; the message is a Chinese sentence for the person who typed it."""


def parse_wan(text: str) -> Decimal | None:
    """Return the amount in 元 that ``text`` states in 万元, or None where it is blank.

    Full-width digits and thousands separators are read. Raises AmountError for anything else, and for more
    than six decimals, which would be less than a 分.
    """
    return _parse(text, YUAN_PER_WAN, "万元", 6)


def parse_yuan(text: str) -> Decimal | None:
    """Return the amount in 元 that ``text`` states in 元, or None where it is blank. Raises AmountError."""
    return _parse(text, Decimal(1), "元", 2)


def _parse(text: str, factor: Decimal, unit: str, places: int) -> Decimal | None:
    compact = "".join(text.split()).translate(_FULL_WIDTH)
    if not compact:
        return None
    if not _AMOUNT.match(compact):
        raise AmountError(f"“{text.strip()[:40]}”不是金额，应为以{unit}为单位的数字，例如 1.80。")
    # Decimal's arithmetic overflows at last, so what is far too long is not reckoned with.
    is_endless = len(compact) > _LONGEST
    yuan = Decimal(0) if is_endless else Decimal(compact.replace(",", "")) * factor
    if is_endless or abs(yuan) > _LARGEST_YUAN:
        raise AmountError(f"“{text.strip()[:40]}”{unit}过大，请核对计量单位是否为{unit}。")
    if len(compact.partition(".")[2].rstrip("0")) > places:
        raise AmountError(
            f"“{text.strip()[:40]}”{unit}的小数超过{_PLACES[places]}，不足一分，应保留到{_PLACES[places]}以内。"
        )
    return yuan.quantize(CENT)


def in_wan(yuan: Decimal) -> Decimal:
    """Return an amount of 元 in 万元, exact."""
    return yuan / YUAN_PER_WAN


def format_wan(yuan: Decimal | None, *, grouped: bool = False) -> str:
    """Return an amount of 元 as text in 万元: two to six decimals, blank for None.

    ``grouped`` puts a comma between thousands, for lists; the official form prints none.
    """
    if yuan is None:
        return ""
    digits = f"{in_wan(yuan):{',' if grouped else ''}.6f}"
    whole, decimals = digits.split(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
