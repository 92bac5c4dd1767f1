"""Days and nodes of the year: 2024年7月1日前, 9月底前, 第三季度, 2024-07-01.

A node is a span of days. Without a day, a month, quarter or half-year that is a deadline runs to its last
day: 2024年9月, 2024年9月前 and 2024年9月底前 all end on 30 September, as deadlines are kept in practice.
Only ≥ and ＜ look at the first day (≥2024年9月 begins on the 1st). 上旬 is the 1st to 10th, 中旬 to the 20th,
下旬 to the end; 年底 names December. 初 names no day and a year alone no month: they have no date.
"""

import datetime
import re
from calendar import monthrange
from typing import NamedTuple

from indicators.values.comparators import FINISHED
from indicators.values.model import Comparator

_NUMERALS = {
    **{numeral: number for number, numeral in enumerate("一二三四五六七八九十", 1)},
    "十一": 11,
    "十二": 12,
}
_BEFORE = rf"(?P<before>[之以]?前|[之以]?内)?{FINISHED}?"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_WRITTEN = re.compile(
    rf"""
    (?: {_YEAR}年度? | (?P<which>[当本今]年度? | [次明每]年 | 年度?(?=[之以]?内)) )?
    (?: (?P<month>[0-9]{{1,2}}|十[一二]?|[一二三四五六七八九])月份?
        (?: (?P<day>[0-9]{{1,2}})[日号] | (?P<third>[上中下])旬 )?
      | 第?(?P<quarter>[1-4一二三四])季度
      | (?P<half>[上下])半年
      | 年(?=[初底末])
    )?
    (?: (?<=[年月份度]) (?P<edge>[初底末]) )?
    {_BEFORE}
    """,
    re.VERBOSE,
)
# Spreadsheets hand over a day as 2024-07-01 00:00:00.
_NUMERIC = re.compile(
    rf"{_YEAR}(?:(?P<mark>[-/.])(?P<month>[0-9]{{1,2}})(?P=mark)(?P<day>[0-9]{{1,2}})日?(?: 00:00(?::00)?)?"
    rf"|[-/](?P<only_month>[0-9]{{1,2}})){_BEFORE}"
)
_A_LEAP_YEAR = 2000


class Node(NamedTuple):
    """A span of days, both None where year or month is not named; AT_MOST if the text says 前 or 内."""

    comparator: Comparator
    first: datetime.date | None
    last: datetime.date | None

    def day(self, comparator: Comparator) -> datetime.date | None:
        """Return the day that counts under ``comparator``."""
        return self.first if comparator in (Comparator.AT_LEAST, Comparator.LESS_THAN) else self.last


def read_node(text: str) -> Node | None:
    """Return the node that ``text`` consists of, None if it is no date; ValueError if no such day exists."""
    numeric = _NUMERIC.fullmatch(text)
    found = numeric or _WRITTEN.fullmatch(text)
    if not found:
        return None
    comparator = Comparator.AT_MOST if found["before"] else Comparator.NONE
    if numeric:
        span = _month_span(int(found["year"]), int(found["month"] or found["only_month"]), found["day"])
        return Node(comparator, *span)
    if not _names_a_time(found):
        return None
    span = _written_span(found)
    return Node(comparator, *(span if found["year"] and span else (None, None)))


def _names_a_time(found: re.Match[str]) -> bool:
    if any(found[part] for part in ("year", "month", "quarter", "half", "edge")):
        return True
    return bool(found["which"] and found["before"] and found["before"].endswith("内"))


def _written_span(found: re.Match[str]) -> tuple[datetime.date, datetime.date] | None:
    """Return first and last day, in a leap year where none is named; None where no day can be told."""
    year = int(found["year"] or _A_LEAP_YEAR)
    months = _months(found)
    if months is None:
        return None
    first, last = _month_span(year, months[0], found["day"])[0], _month_span(year, months[1], found["day"])[1]
    if found["edge"]:
        return None if found["edge"] == "初" else (last, last)
    if found["third"]:
        starts = {"上": first, "中": first.replace(day=11), "下": first.replace(day=21)}
        ends = {"上": first.replace(day=10), "中": first.replace(day=20), "下": last}
        return starts[found["third"]], ends[found["third"]]
    return first, last


def _months(found: re.Match[str]) -> tuple[int, int] | None:
    """Return the first and last month; None for a year alone, which names none unless it says 底 or 内."""
    if found["month"]:
        return (_number(found["month"]),) * 2
    if found["quarter"]:
        quarter = _number(found["quarter"])
        return 3 * quarter - 2, 3 * quarter
    if found["half"]:
        return (1, 6) if found["half"] == "上" else (7, 12)
    within = found["before"] and found["before"].endswith("内")
    return (1, 12) if found["edge"] or within else None


def _month_span(year: int, month: int, day: str | None) -> tuple[datetime.date, datetime.date]:
    if day:
        return (datetime.date(year, month, int(day)),) * 2
    first = datetime.date(year, month, 1)
    return first, first.replace(day=monthrange(year, month)[1])


def _number(text: str) -> int:
    return _NUMERALS.get(text) or int(text)
