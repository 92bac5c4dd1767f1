"""Comparators as people write them: signs of every make, words before the number, words after it."""

import re
from typing import NamedTuple

from indicators.values.model import Comparator

# Spelled as `reading.prepare` leaves them. 》 and 〉 stand for ＞ only beside an equals sign: alone they
# close a title.
_SIGNS = {
    **dict.fromkeys(("≥", ">=", "=>", "》=", "〉=", "=》", "=〉"), Comparator.AT_LEAST),
    **dict.fromkeys(("≤", "<=", "=<", "《=", "〈=", "=《", "=〈"), Comparator.AT_MOST),
    **dict.fromkeys(("=", "=="), Comparator.EQUAL),
    ">": Comparator.MORE_THAN,
    "<": Comparator.LESS_THAN,
}
_WORDS = {
    Comparator.AT_LEAST: "不少于 不低于 不小于 不早于 至少 最少 大于等于 大于或等于 高于等于 高于或等于",
    Comparator.MORE_THAN: "大于 超过 超出 多于 高于 晚于",
    Comparator.EQUAL: "等于",
    Comparator.LESS_THAN: "小于 少于 低于 早于 不足 不满",
    Comparator.AT_MOST: "不超过 不超出 不高于 不多于 不大于 不晚于 不迟于 至多 最多 "
    "小于等于 小于或等于 低于等于 低于或等于",
}
_OPENINGS = _SIGNS | {word: comparator for comparator, words in _WORDS.items() for word in words.split()}
_OPENING = re.compile(
    "(?P<comparator>" + "|".join(sorted(map(re.escape, _OPENINGS), key=len, reverse=True)) + ")"
    "|(?P<frame>(?:控制|保持|维持|稳定)?在|介于|于)|达到?"
)

FINISHED = "(?:完成|完工|竣工|办结|交付|到位)"
# 内 alone closes only a span of time (30天内, 两个季度内); elsewhere it belongs to a noun.
_CLOSING = re.compile(
    r"(?:\((?P<before>不?)含(?:本数)?\)|含)?[及或]?"
    rf"(?P<word>以上|以下|(?:[以之]内|(?<=[年月日天周期度时钟])内){FINISHED}?)"
    r"(?:\((?P<after>不?)含(?P<what>[^()]*(?:\([^()]*\))?)\))?$"
    r"|\((?P<alone>含)(?:本数)?\)$"
)
_LAST_OF_CLOSING = frozenset("上下内)成工结付位")
_STRICT = {Comparator.AT_LEAST: Comparator.MORE_THAN, Comparator.AT_MOST: Comparator.LESS_THAN}


class Opening(NamedTuple):
    """What stands before the value. ``framed``: 控制在 and the like, unclear without 以内 or a range."""

    comparator: Comparator
    framed: bool
    end: int


class Closing(NamedTuple):
    """What stands after the value. ``inclusive``: a bare （含）, which can only repeat a ≥ or ≤ before it."""

    comparator: Comparator
    inclusive: bool
    start: int


_NONE = Comparator.NONE
_NO_OPENING = Opening(_NONE, False, 0)


def read_opening(text: str) -> Opening:
    """Return the comparator before the value; 达到 is skipped, since it leaves open what happens above."""
    found = _OPENING.match(text)
    if not found:
        return _NO_OPENING
    return Opening(_OPENINGS.get(found["comparator"], _NONE), found["frame"] is not None, found.end())


def read_closing(text: str, start: int) -> Closing | None:
    """Return the comparator after the value that begins at ``start``; None if it contradicts itself.

    以上 is ≥, 以下 and 以内 are ≤, while 超过 and 不满 are strict (民法典 Art. 1259); 不含 makes the former
    strict too. A bracket may repeat the value: 90%以上（含90%）.
    """
    found = _CLOSING.search(text, start) if text[-1:] in _LAST_OF_CLOSING else None
    if not found:
        return Closing(_NONE, False, len(text))
    if found["alone"]:
        return Closing(_NONE, True, found.start())
    comparator = Comparator.AT_LEAST if found["word"] == "以上" else Comparator.AT_MOST
    if found["what"] not in (None, "", "本数", text[start : found.start()]):
        return None
    if found["before"] is not None and found["after"] is not None:
        return None
    if found["before"] or found["after"]:
        comparator = _STRICT[comparator]
    return Closing(comparator, False, found.start())
