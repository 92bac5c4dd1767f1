"""Which tables repeat each other's indicators: signatures and an index over any number of tables (R55).

An entry is a 40-bit hash of an indicator's name and value in one spelling; a signature is the sorted
entries of a table. ``AlikeIndex`` is built once over all signatures (eight bytes an entry, twice) and answers
by looking up entries: those that few tables share lead to every table that has them, those that many share
(服务对象满意度 ≥90%) only together. So 100 000 tables are compared in seconds, without looking at pairs.
"""

import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from typing import NamedTuple

from indicators.document import Indicator, TargetTable
from indicators.values.reading import WIDTH

Signature = tuple[int, ...]

_ENTRY_BYTES = 5
_ENTRY_MASK = (1 << 8 * _ENTRY_BYTES) - 1
_NUMBER_BITS = 24  # tables in one index: 16 million
_NUMBER_MASK = (1 << _NUMBER_BITS) - 1
COMMON = 32  # an entry in more tables than that says nothing alone
_MOST_OF_GROUP = 8
_LONGEST_COMBINED = 15
_SPELLINGS = {"百分比": "%", "百分号": "%", ">=": "≥", "<=": "≤", "≧": "≥", "≦": "≤"}
_SPELLING = re.compile("|".join(map(re.escape, _SPELLINGS)))


@dataclass(frozen=True, slots=True)
class Alike:
    """Another table that may be like one's own: what it is called, and its signature."""

    name: str
    project_code: str
    department_name: str
    signature: frozenset[int]

    @classmethod
    def of(cls, table: TargetTable) -> "Alike":
        signature = frozenset(signature_of(table))
        return cls(table.name, table.project_code, table.department_name, signature)


class Neighbour(NamedTuple):
    """A table of an index by its number from 0, and how many entries it shares."""

    number: int
    shared: int


def signature_of(table: TargetTable) -> Signature:
    """Return the entries of a table's indicators in order, each once; blank rows have none."""
    return tuple(sorted({entry for row in table.indicators if (entry := entry_of(row)) is not None}))


def entry_of(row: Indicator) -> int | None:
    """Return the hash of an indicator's name and value, the same in every process; None if one is blank."""
    return _entry(row.name, row.value) if row.name and row.value else None


@lru_cache(maxsize=8192)
def _entry(name: str, value: str) -> int:
    key = f"{_plain(name)}\0{_plain(value)}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(key, digest_size=_ENTRY_BYTES).digest())


def _plain(text: str) -> str:
    return _SPELLING.sub(lambda found: _SPELLINGS[found[0]], "".join(text.translate(WIDTH).split()))


class AlikeIndex:
    """Finds the tables most like a given one among those it was built over.

    A table that shares an entry with at most ``COMMON`` tables is always found. One that shares only commoner
    entries is found where these are the same in both, or the same but for one.
    """

    def __init__(self, signatures: Iterable[Sequence[int]]):
        self._entries, self._starts = array("Q"), array("Q", [0])
        for signature in signatures:
            self._entries.extend(signature)
            self._starts.append(len(self._entries))
        self._postings = array("Q", sorted(self._numbered_entries()))
        self._common = {
            entry
            for entry, found in groupby(self._postings, lambda posting: posting >> _NUMBER_BITS)
            if sum(1 for _ in found) > COMMON
        }
        self._groups = array("Q", sorted(self._numbered_groups()))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def alike(
        self, signature: Sequence[int], *, number: int | None = None, least: float = 0.3, most: int = 1
    ) -> list[Neighbour]:
        """Return up to ``most`` tables with at least that share of the signature's entries, the likest first.

        ``number`` is the table's own number in the index, left out.
        """
        needed = max(least * len(signature), 1)
        own = set(signature)
        common = own & self._common
        rare = Counter(
            found for entry in own - common for found in _numbers(self._postings, entry, COMMON + 1)
        )
        together = {
            found for key in _combined(common) for found in _numbers(self._groups, key, _MOST_OF_GROUP)
        }
        found = {other for other, count in rare.items() if count + len(common) >= needed} | together
        found.discard(number)
        neighbours = (Neighbour(other, len(own.intersection(self._signature(other)))) for other in found)
        near = [neighbour for neighbour in neighbours if neighbour.shared >= needed]
        return sorted(near, key=lambda neighbour: (-neighbour.shared, neighbour.number))[:most]

    def _signature(self, number: int) -> array:
        return self._entries[self._starts[number] : self._starts[number + 1]]

    def _numbered_entries(self) -> Iterator[int]:
        for number in range(len(self)):
            for entry in self._signature(number):
                yield entry << _NUMBER_BITS | number

    def _numbered_groups(self) -> Iterator[int]:
        for number in range(len(self)):
            for key in _combined(self._common.intersection(self._signature(number))):
                yield key << _NUMBER_BITS | number


def _combined(common: set[int]) -> list[int]:
    """Return keys for the common entries together, and for all of them but one."""
    if not 2 <= len(common) <= _LONGEST_COMBINED:
        return []
    total = sum(common)
    left_out = common if len(common) > 2 else ()
    return [key & _ENTRY_MASK for key in (total, *(total - entry for entry in left_out))]


def _numbers(postings: array, key: int, most: int) -> list[int]:
    """Return the numbers filed under a key, the lowest first, up to ``most``."""
    start = bisect_left(postings, key << _NUMBER_BITS)
    found = []
    for posting in postings[start : start + most]:
        if posting >> _NUMBER_BITS != key:
            break
        found.append(posting & _NUMBER_MASK)
    return found
