"""Text made ready to be read: one spelling for full-width forms, signs, dashes and blanks."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_BLANKS = "\t\n\r\v\f\x85\xa0\xad\u1680\u2028\u2029\u202f\u205f\u2060\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200E))
)
_SMALL_FORMS = {"﹪": "%", "﹢": "+", "﹙": "(", "﹚": ")", "﹐": ",", "﹒": ".", "﹔": ";", "﹕": ":"}
_SIGNS = {
    **dict.fromkeys("≧⩾≮", "≥"),
    **dict.fromkeys("≦⩽≯", "≤"),
    **dict.fromkeys("﹥›", ">"),
    **dict.fromkeys("﹤‹", "<"),
    **dict.fromkeys("﹦═", "="),
    **dict.fromkeys("−﹣", "-"),
    **dict.fromkeys("‒–—―〜∼", "~"),
}

#: Full-width ASCII and small forms to plain ones, every blank to a space. One character for one character.
WIDTH = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **str.maketrans(_SMALL_FORMS),
    **str.maketrans(dict.fromkeys(_BLANKS, " ")),
}
_FOLD = {**WIDTH, **str.maketrans(_SIGNS)}

# A blank between two digits is not dropped: "5 10次" must not become 510次.
_IDLE_BLANKS = re.compile(r"(?<![0-9., ]) +| +(?![0-9., ])")
# "- 5次" is an item of a list, not minus five: its blanks stay, so that nothing is read.
_BULLET = re.compile(r" *[-+] +[0-9.]")


class Reading(NamedTuple):
    """The text to read and, for each of its characters, the place in the typed text it came from."""

    text: str
    places: Sequence[int]
    typed: str

    def typed_part(self, start: int, end: int) -> str:
        """Return the typed text behind ``text[start:end]``."""
        return self.typed[self.places[start] : self.places[end - 1] + 1] if start < end else ""


def prepare(typed: str) -> Reading:
    """Return ``typed`` in one spelling and without idle blanks."""
    folded = typed.translate(_FOLD)
    if " " not in folded or _BULLET.match(folded):
        return Reading(folded, range(len(folded)), typed)
    dropped = {place for blanks in _IDLE_BLANKS.finditer(folded) for place in range(*blanks.span())}
    places = [place for place in range(len(folded)) if place not in dropped]
    return Reading("".join(folded[place] for place in places), places, typed)
