"""What must not be published: personal numbers (R59 at 公开), and words about projects that are withheld."""

import re
from collections.abc import Collection, Iterable, Iterator

from indicators.checks.facts import BookletFacts, TableFacts, Text
from indicators.checks.model import Hit
from indicators.checks.personal_numbers import may_hold_a_number, personal_numbers
from indicators.document.disclosure import Withheld

_SHORTEST_NAME = 6  # characters: 培训经费 is a word of any text
_BLANKS = re.compile(r"\s+")


def number_hits(text: Text) -> Iterator[Hit]:
    """Yield the personal numbers in a text, each with its middle hidden."""
    for kind, masked in personal_numbers(text.text):
        yield Hit(text.path, f"{text.place}中有{kind}“{masked}”，不得公开。", masked, text.row)


def hits_at_publication(
    facts: TableFacts | BookletFacts, withheld: Collection[Withheld] = ()
) -> Iterator[Hit]:
    """Yield all that keeps a document from being published, whatever a year's policy says (domain.md §4.7).

    Neither the names nor the codes of ``withheld`` projects may be told.
    """
    for text in facts.texts:
        if may_hold_a_number(text.text):
            yield from number_hits(text)
        yield from _mentions(text, withheld)


def _mentions(text: Text, withheld: Iterable[Withheld]) -> Iterator[Hit]:
    if text.path == "name":  # another project's name may well hold this one's
        return
    written = _BLANKS.sub("", text.text)
    for project in withheld:
        words = (_BLANKS.sub("", project.name), project.code)
        found = [word for word in words if len(word) >= _SHORTEST_NAME and word in written]
        if found:
            yield Hit(text.path, f"{text.place}中提到不公开的项目“{found[0]}”。", found[0], text.row)
