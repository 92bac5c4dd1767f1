"""The tiers of the year's frame, known by the ways people write them."""

import re
from collections.abc import Iterable

from indicators.frames import FRAMES
from indicators.importers.rows import label

_POINTS = re.compile(r"\([^()]*\)$")  # 产出指标（50分）
_WORD = "指标"


class FrameTiers:
    """First and second tiers: “数量”, “数量 指标” and “数量指标（20分）” are 数量指标."""

    def __init__(self, tiers: Iterable[tuple[str, str]]) -> None:
        """``tiers`` are the (first, second) tiers of the year's frame in their order."""
        self.pairs = tuple(tiers)
        self._firsts = {_key(first): first for first, _ in self.pairs}
        self._seconds = {_key(second): second for _, second in self.pairs}
        self._parents = {second: first for first, second in self.pairs}

    def first(self, text: str) -> str:
        """Return the first tier the text names, '' where it is none of the frame."""
        return self._firsts.get(_key(text), "") if text else ""

    def second(self, text: str) -> str:
        """Return the second tier the text names, '' where it is none of the frame."""
        return self._seconds.get(_key(text), "") if text else ""

    def completed(self, first: str, second: str) -> tuple[str, str]:
        """Return the tiers in the frame's spelling; a missing first tier is the one above the second."""
        first, second = self.first(first) or first, self.second(second) or second
        return first or self._parents.get(second, ""), second

    def knows(self, first: str, second: str) -> bool:
        return (first, second) in self.pairs

    def rank(self, first: str, second: str) -> int:
        """Return the place of a pair in the order of the form; what is not in the frame comes last."""
        pair = (first, second)
        return self.pairs.index(pair) if pair in self.pairs else len(self.pairs)


def names_first_tier(text: str) -> bool:
    """Return whether the text is a first tier of any official frame."""
    return _key(text) in _FIRSTS


def names_second_tier(text: str) -> bool:
    """Return whether the text is a second tier of any official frame."""
    return _key(text) in _SECONDS


def _key(text: str) -> str:
    return _POINTS.sub("", label(text)).removesuffix(_WORD)


_FIRSTS = {_key(first) for frame in FRAMES.values() for first in frame}
_SECONDS = {_key(second) for frame in FRAMES.values() for seconds in frame.values() for second in seconds}
