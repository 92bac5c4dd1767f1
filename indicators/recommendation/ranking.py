"""BM25 over weighted terms (Robertson and Zaragoza 2009): an inverted index that says what it found."""

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import NamedTuple

SATURATION, LENGTH_PENALTY = 1.2, 0.5  # k1 and b of BM25
#: Postings one search walks at most, the most telling terms first: bounds its time whatever is asked.
MOST_POSTINGS = 120_000


class Match(NamedTuple):
    """A document by its number from 0, its score, and the share of each term in it, the largest first."""

    number: int
    score: float
    shares: tuple[tuple[str, float], ...]


class TermIndex:
    """Documents are mappings of a term to its weight there; they are numbered in the order they come."""

    def __init__(self, documents: Iterable[Mapping[str, float]]):
        numbers: dict[str, array] = {}
        weights: dict[str, array] = {}
        lengths = array("f")
        for number, document in enumerate(documents):
            lengths.append(sum(document.values()))
            for term, weight in document.items():
                if term not in numbers:
                    numbers[term], weights[term] = array("I"), array("f")
                numbers[term].append(number)
                weights[term].append(weight)
        self.size = len(lengths)
        self._numbers = numbers
        mean = sum(lengths) / self.size if self.size else 1.0
        self._impacts = {term: _impacts(numbers[term], weights[term], lengths, mean) for term in numbers}

    def __contains__(self, term: str) -> bool:
        return term in self._numbers

    def scores(self, query: Mapping[str, float]) -> tuple[list[float], dict[str, float]]:
        """Return the score of every document, and the weight that each term of the query had."""
        scores, used, walked = [0.0] * self.size, {}, 0
        weighted = {term: weight * self.rarity(term) for term, weight in query.items() if term in self}
        for term in sorted(weighted, key=lambda term: (-weighted[term], term)):
            numbers, weight = self._numbers[term], weighted[term]
            walked += len(numbers)
            if walked > MOST_POSTINGS and used:
                break
            used[term] = weight
            for number, impact in zip(numbers, self._impacts[term], strict=True):
                scores[number] += weight * impact
        return scores, used

    def match(self, number: int, score: float, used: Mapping[str, float]) -> Match:
        """Return a document with what each of the terms used gave to its score."""
        parts = {term: weight * self._impact(term, number) for term, weight in used.items()}
        shares = ((term, part / score) for term, part in parts.items() if part)
        return Match(number, score, tuple(sorted(shares, key=lambda share: (-share[1], share[0]))))

    def rarity(self, term: str) -> float:
        """Return how telling a term is (idf): the fewer documents have it, the more."""
        having = len(self._numbers[term])
        return math.log1p((self.size - having + 0.5) / (having + 0.5))

    def _impact(self, term: str, number: int) -> float:
        numbers = self._numbers[term]
        place = bisect_left(numbers, number)
        return self._impacts[term][place] if place < len(numbers) and numbers[place] == number else 0.0


def _impacts(numbers: array, weights: array, lengths: array, mean: float) -> array:
    """Return what a term is worth in each of its documents: less where a document is long."""
    return array(
        "f",
        (
            weight
            * (SATURATION + 1)
            / (weight + SATURATION * (1 - LENGTH_PENALTY + LENGTH_PENALTY * lengths[number] / mean))
            for number, weight in zip(numbers, weights, strict=True)
        ),
    )
