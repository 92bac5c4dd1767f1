"""Text for office programs: what may stand in their files, and how much room it takes on paper.

A workbook states the height of every row, and no program that opens it looks whether the wrapped text fits.
So the height is reckoned from the widths of characters.
"""

import re
import unicodedata
from collections.abc import Mapping

from indicators.layout.publication import Cover, Publication
from perfbudget.lib.text import without_control_characters

SONG = "宋体"
HEI = "黑体"
FANGSONG = "仿宋"
MILLIMETRES_PER_POINT = 25.4 / 72
NO_PAGES: Mapping[str, int] = {}
_ASCII_WIDTH = 0.56  # em: a digit of Noto Serif SC; half an em in 宋体
_LINE_END = re.compile(r"\r\n?")
_WORD = re.compile(r"[!-~]+|.", re.DOTALL)
# No program begins a line with these: the character before them goes down to the next line with them.
_NEVER_FIRST = frozenset("，。、；：？！）》〉】』」”’%％℃…")


def printable(text: str) -> str:
    """Return ``text`` without the characters XML cannot hold, its lines ended by \\n; all else stays."""
    return without_control_characters(_LINE_END.sub("\n", text))


def issuer(publication: Publication) -> str:
    """Return the first line of the title page, which names who publishes, or ''."""
    covers = (block for block in publication.blocks if isinstance(block, Cover))
    return printable("".join(next(covers, Cover((), ())).title[:1]))


def count_lines(text: str, width: float) -> int:
    """Return how many lines ``text`` takes when wrapped to ``width``, in em of its font."""
    return sum(_count_wrapped(line, width) for line in text.split("\n"))


def _count_wrapped(line: str, width: float) -> int:
    if len(line) <= width:
        return 1
    lines, used = 1, 0.0
    for word in _WORD.findall(line):
        needed = _width(word)
        if used + needed <= width:
            used += needed
        elif needed <= width:
            lines += 1
            used = needed + (1 if word in _NEVER_FIRST else 0)
        else:  # longer than a line: it begins a new one and is broken anywhere
            whole, rest = divmod(needed, width)
            lines += int(whole) + (1 if used else 0)
            used = rest
    return lines


def _width(word: str) -> float:
    return sum(1 if unicodedata.east_asian_width(character) in "WFA" else _ASCII_WIDTH for character in word)
