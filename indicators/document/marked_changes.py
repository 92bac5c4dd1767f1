"""What differs inside two texts, so that a long one can be read: runs that stay, go or come."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_TOKENS = re.compile(r"[0-9A-Za-z.%]+|.", re.DOTALL)
_CLAUSES = re.compile(r"[^，。；、\n]*[，。；、\n]?")
_MOST_COMPARED = 1_000_000  # pairs of tokens; what is longer is compared clause by clause


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text; ``differs`` where the other text does not have it."""

    text: str
    differs: bool


def marked(before: str, after: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Return both texts as runs. Where one is blank, nothing is marked: all of it is new or gone."""
    if not before or not after:
        return tuple(_whole(before)), tuple(_whole(after))
    left, right = tokens_of(before, after)
    steps = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return (
        tuple(_runs([("".join(left[start:end]), kind) for kind, start, end, _, _ in steps])),
        tuple(_runs([("".join(right[start:end]), kind) for kind, _, _, start, end in steps])),
    )


def tokens_of(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return both texts as what is compared: Chinese characters singly, numbers and words whole.

    Of texts so long that this would take seconds it is their clauses.
    """
    left, right = _TOKENS.findall(before), _TOKENS.findall(after)
    if len(left) * len(right) <= _MOST_COMPARED:
        return left, right
    clauses = ([clause for clause in _CLAUSES.findall(text) if clause] for text in (before, after))
    return next(clauses), next(clauses)


def _whole(text: str) -> Iterator[Run]:
    if text:
        yield Run(text, False)


def _runs(pieces: list[tuple[str, str]]) -> Iterator[Run]:
    return (Run(text, kind != "equal") for text, kind in pieces if text)
