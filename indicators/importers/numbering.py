"""The numbers people type before items (（一） (一 ) 1、 1. …) and the layout draws anew."""

import re
from dataclasses import dataclass

_ONES = "[一二三四五六七八九]"
_CHINESE = f"(?:{_ONES}?十)?{_ONES}|{_ONES}?十"  # 1 to 99; （十三五） is none
_DIGITS = "[0-9０-９]{1,3}"
_PATTERN = re.compile(
    rf"\s*(?:[（(]\s{{0,4}}(?P<bracketed>{_CHINESE}|{_DIGITS})\s{{0,4}}[）)]"
    rf"|(?P<chinese>{_CHINESE})\s{{0,4}}[、．.]"
    # A full stop between digits is a decimal point (3.5亿元), unless a year follows (1.2024年…).
    rf"|(?P<digits>{_DIGITS})\s{{0,4}}(?:[、)）]|[．.](?![0-9０-９])|[．.](?=20\d\d\s?年))"
    r"|(?P<circled>[①-⑳]))"
)
_BLANKS = " \t\xa0\u3000"
_MOST_CHINESE = 99  # where chinese_number() goes over to digits


@dataclass(frozen=True, slots=True)
class Numbered:
    """A line that begins with a number: the number as typed, with its blanks; its style; the rest."""

    typed: str
    style: str
    rest: str


def split_number(text: str) -> Numbered | None:
    """Return the number at the beginning of the text and what follows it, or None.

    Numbers of one style are of one level: （一） and (二 ); 1、 and 2.; 一、; （1）; ①.
    """
    match = _PATTERN.match(text)
    if not match:
        return None
    rest = text[match.end() :].lstrip(_BLANKS)
    return Numbered(text[: len(text) - len(rest)].lstrip(), _style(match), rest)


def _style(match: re.Match[str]) -> str:
    number = match["bracketed"]
    if number is None:
        return str(match.lastgroup)
    counts_on = number.isdecimal() and int(number) > _MOST_CHINESE
    return "bracketed digits" if number.isdecimal() and not counts_on else "bracketed chinese"
