"""What a project says of itself, as the terms it is compared by."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cached_property
from sys import intern

from indicators.checks.task_words import EMPTY_WORDS

LONGEST_FIELD = 2000  # characters of the purpose and of the goal that are read for words
LONGEST_PAIRED = 500  # and for pairs of letters
LONGEST_TERM = 10
NAME_WEIGHT, TEXT_WEIGHT = 2.0, 1.0
_RUN = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[a-z][a-z0-9.+-]*[a-z0-9+]")
_YEAR = re.compile(r"20\d\d年?度?")
#: Words every project uses; of their own they make nothing alike.
EMPTY = frozenset(EMPTY_WORDS.default)
_SHORTEST_RUN = 3
# A pair of letters with one of these joins two words.
_JOINING = re.compile("[的和与及或等为在对由将于以其了并各]")


@dataclass(frozen=True)
class ProjectText:
    """Name, purpose and goal of a project."""

    name: str
    purpose: str = ""
    goal: str = ""

    @cached_property
    def title(self) -> str:
        return _YEAR.sub("", self.name)

    @cached_property
    def body(self) -> str:
        return f"{self.purpose[:LONGEST_FIELD]}\n{self.goal[:LONGEST_FIELD]}"

    @cached_property
    def is_blank(self) -> bool:
        return not f"{self.title}{self.body}".strip()

    def words(self, known: Container[str]) -> dict[str, float]:
        """Return the known words in it with their weight: one in the name counts twice one in the text.

        Looking for the words that an index has needs no segmenter: whatever cut them, they are found.
        """
        weights = dict.fromkeys(words_in(self.body, known), TEXT_WEIGHT)
        for word in words_in(self.title, known):
            weights[word] = weights.get(word, 0.0) + NAME_WEIGHT
        return weights

    @cached_property
    def title_pairs(self) -> frozenset[str]:
        return pairs_of(self.title)

    @cached_property
    def pairs(self) -> frozenset[str]:
        """The pairs of letters in the name and the first lines of purpose and goal."""
        return pairs_of(f"{self.title}\n{self.purpose[:LONGEST_PAIRED]}\n{self.goal[:LONGEST_PAIRED]}")


def words_in(text: str, known: Container[str]) -> set[str]:
    """Return the known words of at most ten letters in the text, without those that every project uses."""
    lowered = text.lower()
    found = {word for word in _LATIN.findall(lowered) if word in known}
    for run in _RUN.findall(lowered):
        end = len(run)
        for start in range(end - 1):
            for stop in range(start + 2, min(start + LONGEST_TERM, end) + 1):
                if run[start:stop] in known:
                    found.add(run[start:stop])
    return found - EMPTY


def pairs_of(text: str) -> frozenset[str]:
    """Return the pairs of letters in the text that may tell projects apart.

    Each is kept once in memory, whatever number of tables has it.
    """
    return frozenset(
        intern(run[place : place + 2])
        for part in _JOINING.split(text)
        for run in _RUN.findall(part)
        for place in range(len(run) - 1)
    ).difference(EMPTY)


def runs_of(text: str, pairs: Container[str]) -> list[str]:
    """Return the longest stretches, of three letters at least, whose pairs are all among these."""
    found = []
    for run in _RUN.findall(text):
        start = 0
        for place in range(1, len(run) + 1):
            if place == len(run) or run[place - 1 : place + 1] not in pairs:
                found.append(run[start:place])
                start = place
    return [stretch for stretch in dict.fromkeys(found) if len(stretch) >= _SHORTEST_RUN]


def without_parts(words: Iterable[str]) -> list[str]:
    """Return the words, in their order, that are no part of another one: 培训班, not 培训."""
    listed = list(words)
    return [word for word in listed if not any(word != other and word in other for other in listed)]
