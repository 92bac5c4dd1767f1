"""Two texts as one: what stayed, what came in, what went out, as a leader reads it on paper (修订痕迹)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from indicators.document.marked_changes import tokens_of

_LONGEST_ISLAND = 2  # characters that happen to stay between two changes; keeping them cuts words in pieces
_LEAST_LIKENESS = 0.3  # what has less in common is another text, not the same one mended


class Kind(StrEnum):
    """What became of a piece of a text."""

    SAME = "same"
    INSERTED = "inserted"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of the merged text."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class _Step:
    before: str
    after: str

    @property
    def is_same(self) -> bool:
        return self.before == self.after

    @property
    def size(self) -> int:
        return max(len(self.before), len(self.after))


def tracked(before: str, after: str) -> tuple[Run, ...]:
    """Return both texts as runs in reading order, what went out before what came in its place.

    Chinese characters are compared singly, numbers and words whole. The runs that are not inserted make up
    ``before``, those that are not deleted ``after``.
    """
    return tuple(_runs(_without_islands(_steps(before, after))))


def _steps(before: str, after: str) -> list[_Step]:
    left, right = tokens_of(before, after)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    codes = matcher.get_opcodes()
    kept = sum(end - start for kind, start, end, _, _ in codes if kind == "equal")
    if kept < _LEAST_LIKENESS * min(len(left), len(right)):
        return [_Step(before, after)]
    return [_Step("".join(left[a:b]), "".join(right[c:d])) for _, a, b, c, d in codes]


def _without_islands(steps: Iterable[_Step]) -> list[_Step]:
    """Join changes that only a character or two keep apart."""
    joined: list[_Step] = []
    for step in steps:
        is_change = not step.is_same
        if is_change and len(joined) > 1 and _is_island(joined[-1], between=(joined[-2], step)):
            island, former = joined.pop(), joined.pop()
            step = _Step(
                former.before + island.before + step.before, former.after + island.after + step.after
            )
        joined.append(step)
    return joined


def _is_island(step: _Step, *, between: tuple[_Step, _Step]) -> bool:
    return len(step.before) <= _LONGEST_ISLAND and all(2 * len(step.before) <= each.size for each in between)


def _runs(steps: Iterable[_Step]) -> Iterator[Run]:
    for step in steps:
        if step.is_same:
            pieces = ((Kind.SAME, step.after),)
        else:
            pieces = ((Kind.DELETED, step.before), (Kind.INSERTED, step.after))
        yield from (Run(kind, text) for kind, text in pieces if text)
