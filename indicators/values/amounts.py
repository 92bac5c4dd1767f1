"""Numbers with a unit, in digits and in Chinese numerals, and ranges of them."""

import re
from decimal import Decimal
from typing import NamedTuple

from indicators.values.units import canonical_unit, is_unit

#: SQLite keeps 15 significant digits of a decimal; money in 万元 needs six places.
MAX_DIGITS = 15
MAX_PLACES = 6

# No leading zeros: 007 is a code, 05 a month or a slip.
_DIGITS = r"[+-]?(?:(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|0|[1-9][0-9]*)(?:\.[0-9]+)?|\.[0-9]+)"
_NUMBER = re.compile(_DIGITS)
_RANGE = re.compile(
    rf"(?P<low>{_DIGITS})(?P<low_unit>[^0-9~-]*?)(?:~{{1,2}}|-|至|到)(?P<high>{_DIGITS})(?P<unit>.*?)"
    r"(?:之间|范围内|区间内?)?"
)
# 1-6月 is January to June, 3-5日 may be days of the month: not amounts.
_CALENDAR_UNITS = frozenset(("月", "月份", "日", "号", "时", "点"))
_YEARS = frozenset(("", "年", "年度", "学年", "学年度"))

_DIGIT = "[一二两三四五六七八九]"
_TENS = f"(?:{_DIGIT}?十{_DIGIT}?)"
_BELOW_1000 = f"{_DIGIT}百(?:零{_DIGIT}|{_DIGIT}十{_DIGIT}?)?"
_NUMERAL = f"(?:{_DIGIT}千(?:零(?:{_TENS}|{_DIGIT})|{_BELOW_1000})?|{_BELOW_1000}|{_TENS}|{_DIGIT})"
_COUNTED = re.compile(f"(?P<numeral>{_NUMERAL})(?P<unit>.+)")
_FRACTION = re.compile(
    rf"(?P<unit>[百千万]分之)(?:(?P<digits>{_DIGITS})|(?P<numeral>零|百|{_NUMERAL})"
    rf"(?:点(?P<places>[零一二三四五六七八九]+))?)"
)
_VALUES = {**{numeral: value for value, numeral in enumerate("零一二三四五六七八九")}, "两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000}
# After Chinese numerals only sure counting words: 一级, 十分, 一批, 二十届 do not count.
_COUNTING_UNITS = frozenset("次期场个人名位户家项件份册本篇套台辆间所座处条轮年天周元亩吨米") | {
    *("人次", "场次", "课时", "学时", "小时", "分钟", "个月", "个季度", "工作日", "个工作日"),
    *("公里", "万元", "亿元", "万人", "万人次"),
}


class Amount(NamedTuple):
    """A number, the upper end if it is a range, and where its unit stands in the text."""

    number: Decimal
    upper: Decimal | None
    unit_start: int
    unit_end: int


def read_amount(text: str) -> Amount | None:
    """Return the number or range that ``text`` consists of, None if it is anything else."""
    return _read_number(text) or _read_range(text) or _read_fraction(text) or _read_counted(text)


def _read_number(text: str) -> Amount | None:
    found = _NUMBER.match(text)
    if not found or not is_unit(text[found.end() :]):
        return None
    number = _decimal(found[0])
    return None if number is None else Amount(number, None, found.end(), len(text))


def _read_range(text: str) -> Amount | None:
    """1-2期, 40%至60%. The lower end has the same unit or none; equal or reversed ends are no range."""
    found = _RANGE.fullmatch(text)
    if not found or not is_unit(found["unit"]):
        return None
    unit, low_unit = canonical_unit(found["unit"]), canonical_unit(found["low_unit"])
    low, high = _decimal(found["low"]), _decimal(found["high"])
    if low is None or high is None or low >= high or low_unit not in ("", unit):
        return None
    if unit in _CALENDAR_UNITS or (unit in _YEARS and 1900 <= low < high < 2100):
        return None
    return Amount(low, high, *found.span("unit"))


def _read_fraction(text: str) -> Amount | None:
    """百分之九十五, 百分之95, 千分之三: the unit is what stands before (百分之)."""
    found = _FRACTION.fullmatch(text)
    if not found:
        return None
    if found["digits"]:
        number = _decimal(found["digits"])
    else:
        places = "".join(str(_VALUES[numeral]) for numeral in found["places"] or "")
        number = _decimal(f"{_whole(found['numeral'])}.{places}" if places else str(_whole(found["numeral"])))
    return None if number is None else Amount(number, None, *found.span("unit"))


def _read_counted(text: str) -> Amount | None:
    """两期, 十场, 一百二十人次. 二期 alone is a second phase and stays text."""
    found = _COUNTED.fullmatch(text)
    if not found or found["unit"] not in _COUNTING_UNITS or found["numeral"] == "二":
        return None
    return Amount(Decimal(_whole(found["numeral"])), None, *found.span("unit"))


def _whole(numeral: str) -> int:
    total = digit = 0
    for character in numeral:
        if character in _SCALES:
            total += (digit or 1) * _SCALES[character]
            digit = 0
        else:
            digit = _VALUES[character]
    return total + digit


def _decimal(digits: str) -> Decimal | None:
    """Return the number exactly, None if it has more digits than every database here can keep."""
    plain = digits.replace(",", "")
    whole, _, places = plain.lstrip("+-").partition(".")
    if len(whole) + len(places) > MAX_DIGITS or len(places) > MAX_PLACES:
        return None
    return Decimal(plain)
