"""Drawing: templates whose slots are filled by chance, the same chance for the same seed."""

import re
from collections.abc import Sequence
from random import Random
from typing import TypeVar

from indicators.demo_data.words import WORDS

Item = TypeVar("Item")

_SLOT = re.compile(r"\{([^{}]+)\}")


class Draw:
    """Chance and memory of one table.

    Slots of a template: ``{95..99}`` a whole number, ``{a|b}`` one of the words, ``{village}`` a word of the
    vocabulary, the same wherever it stands in this table; ``{village2}`` is another one.
    """

    def __init__(self, seed: str, **known: object):
        # Reproducible on purpose; the text of a seed gives the same numbers on every machine and version.
        self.random = Random(seed)  # noqa: S311
        self._known = {name: str(value) for name, value in known.items()}

    def fill(self, template: str, **known: object) -> str:
        """Return the template with its slots filled; ``known`` holds for this call only."""
        fixed = {name: str(value) for name, value in known.items()}
        return _SLOT.sub(lambda slot: fixed.get(slot[1]) or self._word(slot[1]), template)

    def chance(self, share: float) -> bool:
        """Return True in that share of cases."""
        return self.random.random() < share

    def one_of(self, items: Sequence[Item]) -> Item:
        return self.random.choice(items)

    def some_of(self, items: Sequence[Item], count: int) -> list[Item]:
        """Return ``count`` of the items, or all, in their own order."""
        chosen = sorted(self.random.sample(range(len(items)), min(count, len(items))))
        return [items[place] for place in chosen]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        return self.random.sample(items, len(items))

    def between(self, least: int, most: int) -> int:
        return self.random.randint(least, most)

    def _word(self, slot: str) -> str:
        if ".." in slot:
            return str(self.between(*map(int, slot.split(".."))))
        if "|" in slot:
            return self.one_of(slot.split("|"))
        if slot not in self._known:
            words = [word for word in WORDS[slot.rstrip("23")] if word not in self._known.values()]
            self._known[slot] = self.one_of(words)
        return self._known[slot]
