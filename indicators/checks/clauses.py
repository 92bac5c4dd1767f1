"""Goals and purposes cut into clauses, and whether indicators speak of them (R47–R50, R52).

Overlap is by pairs of Chinese letters after empty words are taken out. One shared pair is enough, for
well-made tables name an output in other words than the goal does. All can be shown to people: no model.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from indicators.checks.task_words import (
    ACTION,
    ACTIVITY_AT_END,
    AIM,
    AT_ACTIONS,
    LIKE_WORDS,
    NO_TASK,
    STARTS_WITH_ACTION,
)
from indicators.checks.texts import Quantity, quantities

_LEADS = re.compile(
    r"(?:[一二三四五六七八九]是|第[一二三四五六七八九]|首先|其次|其中|同时|目标\s*\d+"
    r"|[（(]\s*[\d一二三四五六七八九十]+\s*[）)]|[①-⑳]|\d+\s*(?:[、．]|\.(?!\d)))[：:，、\s]*"
)
_SENTENCES = re.compile(r"[；;。！!\n]+")
_GOES_ON = ("全年", "共", "累计", "合计", "其中", "预计", "每")
_PIECES = re.compile(r"[，,：:]+")
_JOINTS = re.compile(r"、|以及|并且|并|(?<!平)和(?![谐平睦])|及(?![时格其])|(?<!参)与(?!会)")
_TITLES = re.compile(r"《[^》]*》(?:要求|精神|规定|的通知)?")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
_CALENDAR = re.compile(r"年(?!级)|月|日|号|季度|[时点](?![\u4e00-\u9fff])|届|周年|级|小时|分钟|个?工作日|天")
_SCALES = {"万": 10_000, "亿": 100_000_000}
_LIKE_UNITS = ("人名位", "次场期届班", "个座处所", "台套件部架", "本册份")
_A_DIGIT = re.compile(r"\d")
_SAME_THING = 3  # pairs of letters an indicator shares with a task it is about
_MANY = 10
_LARGE = 20  # equal numbers from here on are hardly by chance, whatever their units
_LONGEST, _MOST_SENTENCES = 4000, 60


class Clause(NamedTuple):
    """A part of a text that names one thing to do, and the whole with what was said about it."""

    text: str
    whole: str


class Amount(NamedTuple):
    """A number without 万 and 亿, and its unit without them."""

    number: Decimal
    unit: str


@lru_cache(maxsize=64)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(filter(None, words), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of the words of a policy, the longest first."""
    return _any_of(tuple(words))


def pairs(text: str) -> list[str]:
    """Return the pairs of neighbouring Chinese letters in their order, doubles kept."""
    return [run[at : at + 2] for run in _HAN_RUN.findall(text) for at in range(len(run) - 1)]


def without_titles(text: str) -> str:
    """Return the text without cited documents, whose words are not those of the writer."""
    return _TITLES.sub(" ", text) if "《" in text else text


def is_aim(piece: str) -> bool:
    """True where a piece of a goal hopes, holds to or refers, or says how it is done: it names no task."""
    return bool(AIM.match(piece) or NO_TASK.search(piece))


def starts_with_action(text: str) -> bool:
    return bool(STARTS_WITH_ACTION.match(text))


def sentences_of(text: str) -> Iterator[list[str]]:
    """Yield the sentences of a text as what stands between their commas, without 一是, 1、 and the like."""
    for sentence in _SENTENCES.split(text[:_LONGEST])[:_MOST_SENTENCES]:
        pieces = []
        for piece in _PIECES.split(sentence):
            piece = piece.strip()
            lead = _LEADS.match(piece)
            if piece := piece[lead.end() :] if lead else piece:
                pieces.append(piece)
        yield pieces


def tasks_in(text: str) -> Iterator[list[Clause]]:
    """Yield the tasks a text names, each as its parts; a piece without a deed belongs to the one before.

    举办培训班，全年不少于6期 is one task; 集体学习和志愿者活动 has two parts; 提高水平 is an aim, no task.
    """
    for pieces in sentences_of(text):
        deeds: list[list[str]] = []
        for piece in pieces:
            if is_aim(piece):
                deeds.append([])
            elif deeds and deeds[-1] and piece.startswith(_GOES_ON):
                deeds[-1].append(piece)
            elif ACTION.search(piece) or (piece.startswith("完成") and quantities(piece)):
                deeds.append([piece])
            elif deeds and deeds[-1]:
                deeds[-1].append(piece)
        yield from (_clauses(deed) for deed in deeds if deed)


def _clauses(deed: list[str]) -> list[Clause]:
    said = "，".join(deed[1:])
    return [Clause(part, f"{part}，{said}" if said else part) for part in parts_of(deed[0])]


def parts_of(piece: str) -> list[str]:
    """Split a compound task at 、和及并 where each part is a task of its own, else at new deeds only."""
    parts = [part.strip() for part in _JOINTS.split(piece)]
    if len(parts) == 1 or all(starts_with_action(part) or ACTIVITY_AT_END.search(part) for part in parts):
        return parts
    return [part for part in map(str.strip, AT_ACTIONS.split(piece)) if part]


def is_countable(quantity: Quantity) -> bool:
    """True for a number of things: no date, no year, no ordinal."""
    return not _CALENDAR.match(quantity.unit)


def amount(number: Decimal, unit: str) -> Amount:
    """Return 1.2万人次 as 12000 人次."""
    scale = _SCALES.get(unit[:1])
    return Amount(number * scale, unit[1:]) if scale else Amount(number, unit)


def same_amount(said: Amount, value: Amount) -> bool:
    """True where both may mean one amount: 500名 and 500人, but not 2次 and 2台."""
    if said.number != value.number:
        return False
    one, other = said.unit, value.unit
    return (
        one.startswith(other)
        or (one != "" and other.startswith(one))
        or said.number >= _LARGE
        or (one != "" and any(one[0] in units and other[0] in units for units in _LIKE_UNITS))
    )


def says_alike(one: str, other: str) -> bool:
    """True where both texts have words of one group of like words (采购 and 购置)."""
    return any(
        any(word in one for word in group) and any(word in other for word in group) for group in LIKE_WORDS
    )


class Matcher:
    """Tells whether what is known (the indicators of a table) speaks of a clause."""

    def __init__(self, known: str, name: str, amounts: Sequence[Amount], empty: Sequence, weak: Sequence):
        """``name`` is the project's; ``empty`` and ``weak`` are lists of words."""
        self.known = known
        self.name = name
        self.amounts = amounts
        self.weak = any_of(weak)
        self.empty = any_of((*empty, *weak))

    def content(self, text: str) -> list[str]:
        """Return the pairs of letters that tell what a text is about."""
        return pairs(self.empty.sub(" ", text))

    def covers(self, clause: str, *, weak_words_count: bool = False) -> bool:
        """True where an indicator shares a pair of letters, a number or a like word with the clause."""
        known = self.known
        for pair in self.content(clause):
            if pair in known:
                return True
        return (
            self._shares_weak_word(clause, weak_words_count)
            or self._shares_amount(clause)
            or says_alike(clause, known)
        )

    def covers_task(self, clause: str) -> bool:
        """The same for a task of the goal: one of many pieces asks for more than a shared word.

        Its number must be a value, or one indicator must be about the same thing (R49 compares the numbers).
        """
        said = self.said_in(clause) if _A_DIGIT.search(clause) else []
        if any(same_amount(one, value) for one in said for value in self.amounts):
            return True
        return self._is_about(clause) if any(one.number >= _MANY for one in said) else self.covers(clause)

    def said_in(self, clause: str) -> list[Amount]:
        """Return the numbers of things a clause names."""
        return [
            amount(found.number, found.unit)
            for found in quantities(clause)
            if found.unit and is_countable(found)
        ]

    def _is_about(self, clause: str) -> bool:
        own = set(self.content(clause))
        if not own:
            return self._shares_weak_word(clause, alone=True)
        least = max(1, min(_SAME_THING, len(own)))
        return any(sum(1 for pair in own if pair in line) >= least for line in self.known.split("\n"))

    def _shares_weak_word(self, clause: str, alone: bool) -> bool:
        return any(word in self.known and (alone or word in self.name) for word in self.weak.findall(clause))

    def _shares_amount(self, clause: str) -> bool:
        return any(same_amount(one, value) for one in self.said_in(clause) for value in self.amounts)
