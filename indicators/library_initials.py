"""First letters of the pinyin of Chinese text, for finding 培训合格率 by pxhgl."""

import re
from collections.abc import Iterator

from pypinyin import Style, lazy_pinyin

MOST_LETTERS = 300
# Characters of the field that are read in two ways: the letters of both, as a dictionary of phrases guesses
# one, and people type the other.
_READINGS = {
    character: letters
    for characters, letters in (
        ("率", "ls"),
        ("重种长朝传", "cz"),
        ("调弹", "dt"),
        ("行巷", "hx"),
        ("会", "hk"),
        ("参曾藏", "csz"),
        ("降校系", "jx"),
        ("乘盛", "cs"),
        ("畜", "cx"),
        ("给", "gj"),
        ("便", "bp"),
        ("单石", "ds"),
        ("车", "cj"),
    )
    for character in characters
}
_BREAK = re.compile(r"[^\u3400-\u9fffA-Za-z0-9.]+")


def initials_of(text: str) -> str:
    """Return the first letters of every phrase of a text: 培训合格率、车 gives pxhgl pxhgs c j.

    A character of two readings gives a second spelling each; together at most 300 characters.
    """
    found: dict[str, None] = {}
    for phrase in _BREAK.split(text):
        found.update(dict.fromkeys(_spellings(phrase)) if phrase else {})
    kept = ""
    for spelling in found:
        if len(kept) + len(spelling) < MOST_LETTERS:
            kept += f"{spelling} "
    return kept.rstrip()


def _spellings(phrase: str) -> Iterator[str]:
    letters = "".join(lazy_pinyin(phrase, style=Style.FIRST_LETTER, errors=list)).lower()
    yield letters
    if len(letters) == len(phrase):
        for place, character in enumerate(phrase):
            for other in _READINGS.get(character, ""):
                yield letters[:place] + other + letters[place + 1 :]
