"""From the text of an indicator value to its typed reading."""

import re
from functools import lru_cache

from indicators.values.amounts import read_amount
from indicators.values.comparators import Opening, read_closing, read_opening
from indicators.values.dates import read_node
from indicators.values.model import Comparator, IndicatorValue, ValueKind
from indicators.values.reading import Reading, prepare
from indicators.values.words import is_composed, is_qualitative

#: Longer texts are sentences. They are not read, so that none can keep the reader busy or fill the cache.
LONGEST_VALUE = 200

_DATE_MARKS = re.compile("[年月季/]|[0-9][-.]")
_BARE_MONTH = re.compile("[0-9]{1,2}月")
_INCLUSIVE = (Comparator.AT_LEAST, Comparator.AT_MOST)


def parse_value(text: str) -> IndicatorValue:
    """Return what ``text`` says as a value; it never fails and never changes ``text``.

    ≥95%                      number with comparator; without one (95%) the comparator is NONE
    1-2期, 40%至60%           range, the lower end first; reversed or calendar ranges (1-6月) are text
    2024年9月底前, 12月前     date (day taken: see ``dates``); 前 is AT_MOST, an impossible date is text
    2024年, 12月              date without a day. But ≤12月 is 12 months: 月 from the form's list of units
    ≤1年, 30天内              numbers: spans of time
    有效提升, 制度健全         qualitative
    约5次, ≥5次以下, 5级以上（含6级）, ≥, empty text: text, as is all that is not understood

    A number has one comparator at most, before or after it (≥5次以上 is text); a deadline may have ≤ as well
    as 前, since forms offer ≤ for a value that already says 年底前. 超过 is strictly ＞, 以上 is ≥.
    """
    if len(text) > LONGEST_VALUE:
        return IndicatorValue(ValueKind.TEXT, original=text)
    return _parse(text)


# typed: a string that a template engine marked as safe equals the plain one, but must not stand in for it.
@lru_cache(maxsize=16384, typed=True)
def _parse(typed: str) -> IndicatorValue:
    reading = prepare(typed)
    text = reading.text.rstrip("。;")
    opening = read_opening(text)
    try:
        value = (
            _read_date(reading, text, opening)
            or _read_number(reading, text, opening)
            or _read_words(reading, text, opening)
        )
    except ValueError:  # no such day
        value = None
    return value or IndicatorValue(ValueKind.TEXT, original=typed)


def _read_date(reading: Reading, text: str, opening: Opening) -> IndicatorValue | None:
    body = text[opening.end :]
    if not _DATE_MARKS.search(body) or (opening.comparator and _BARE_MONTH.fullmatch(body)):
        return None
    node = read_node(body)
    if node is None or (opening.comparator and node.comparator and opening.comparator != node.comparator):
        return None
    comparator = opening.comparator or node.comparator
    return IndicatorValue(ValueKind.DATE, comparator, date=node.day(comparator), original=reading.typed)


def _read_number(reading: Reading, text: str, opening: Opening) -> IndicatorValue | None:
    closing = read_closing(text, opening.end)
    if closing is None or (opening.comparator and closing.comparator):
        return None
    if closing.inclusive and opening.comparator not in _INCLUSIVE:
        return None
    amount = read_amount(text[opening.end : closing.start])
    if amount is None:
        return None
    comparator = opening.comparator or closing.comparator
    if amount.upper is not None and comparator not in (Comparator.NONE, Comparator.EQUAL):
        return None
    if amount.upper is None and opening.framed and not comparator:
        return None
    return IndicatorValue(
        ValueKind.NUMBER if amount.upper is None else ValueKind.RANGE,
        comparator,
        amount.number,
        amount.upper,
        unit=reading.typed_part(opening.end + amount.unit_start, opening.end + amount.unit_end),
        original=reading.typed,
    )


def _read_words(reading: Reading, text: str, opening: Opening) -> IndicatorValue | None:
    understood = is_composed(text[opening.end :]) if opening.comparator else is_qualitative(text)
    if not understood:
        return None
    return IndicatorValue(ValueKind.QUALITATIVE, opening.comparator, original=reading.typed)
