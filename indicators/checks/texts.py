"""Understanding Chinese text without a model: bigrams, tasks, numbers with their units. All explainable."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_HAN_RUN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
# 1、 1. 1． （1） (一) 一、 ① at the start of a line or after the end of a sentence.
_NUMBERED = re.compile(
    r"(?:(?<=^)|(?<=[\n。；;！!]))\s*(?:[（(]\s*[\d一二三四五六七八九十]{1,3}\s*[）)]|[一二三四五六七八九十]{1,3}、"
    r"|\d{1,2}\s*(?:[、．]|\.(?!\d))|[①-⑳])\s*"
)
_SENTENCE_END = re.compile(r"[。；;！!\n]+")
_QUANTITY = re.compile(r"(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)\s*(?P<unit>[\u4e00-\u9fff%％‰℃㎡]{0,4})")
_CACHED = 8192


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in running text, with up to four letters after it, which begin with its unit."""

    number: Decimal
    unit: str
    start: int
    text: str


@lru_cache(maxsize=_CACHED)
def bigrams(text: str) -> frozenset[str]:
    """Return the overlapping pairs of Chinese letters in ``text``."""
    return frozenset(
        run[place : place + 2] for run in _HAN_RUN.findall(text) for place in range(len(run) - 1)
    )


@lru_cache(maxsize=_CACHED)
def tasks_of(goal: str) -> tuple[str, ...]:
    """Return the tasks a goal lists: its numbered items, or its sentences where nothing is numbered."""
    numbered = [part.strip(" \n。；;") for part in _NUMBERED.split(goal)]
    parts = [part for part in numbered if part]
    if len(parts) > 1:
        return tuple(parts)
    return tuple(part.strip() for part in _SENTENCE_END.split(goal) if part.strip())


def is_numbered(goal: str) -> bool:
    """True where the goal lists its tasks by number."""
    return len(_NUMBERED.findall(goal)) > 1


@lru_cache(maxsize=_CACHED)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Return the numbers in running text with what follows them (培训500人次 → 500, 人次)."""
    return tuple(
        Quantity(
            Decimal(found["number"].replace(",", "")), found["unit"], found.start(), found.group().strip()
        )
        for found in _QUANTITY.finditer(text)
    )


def shown(text: str, most: int = 40) -> str:
    """Return the text in quotation marks as a message shows it: one line, cut where it is long."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= most else line[:most] + '…'}”"


def listed(texts: Iterable[str]) -> str:
    """Return words as a message lists them: “甲”“乙”."""
    return "".join(f"“{text}”" for text in texts)
