"""The stream every source makes of a file: lines of text and rows of cells, each with its place.

A merged cell counts once, in the row where it begins; the rows below meet it as a blank cell.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from indicators.document.model import NoteKind
from indicators.importers.outcome import Journal
from perfbudget.lib.text import clean_text

_LONGEST_LABEL = 60
_NEIGHBOURS = 8


@dataclass(frozen=True, slots=True)
class TextLine:
    """A paragraph outside tables, as found."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class SourceCell:
    """A cell as found, with its outer blanks. The place is 第57行第2格 or 工作表“…”B7."""

    text: str
    place: str

    @property
    def label(self) -> str:
        return label(self.text)


@dataclass(frozen=True, slots=True)
class CellRow:
    """A row of a table."""

    cells: tuple[SourceCell, ...]
    place: str

    @property
    def is_blank(self) -> bool:
        return not any(cell.text.strip() for cell in self.cells)


SourceRow: TypeAlias = TextLine | CellRow


def label(text: str) -> str:
    """Return the text as labels are compared: without blanks, brackets and colons of half width.

    “其中：财政    资金” gives “其中:财政资金”. A long text, which is no label, stays as it is.
    """
    text = text.strip()
    return text if len(text) > _LONGEST_LABEL else _label(text)


@lru_cache(maxsize=1024)  # the same labels stand in every table, and each line is asked for several titles
def _label(text: str) -> str:
    return unicodedata.normalize("NFKC", "".join(clean_text(text).split()))


def short(text: str) -> str:
    """Return the text as one line no longer than a number can be: what is longer may be megabytes."""
    return " ".join(text.strip()[: _LONGEST_LABEL * 2].split())


def typed_text(text: str, place: str, journal: Journal) -> str:
    """Return a text people typed, cleaned of outer blanks and control characters, which are noted."""
    cleaned = clean_text(text)
    stripped = text.strip()
    if cleaned and len(stripped) != len(cleaned):
        journal.note(NoteKind.CONVERSION_MARK, place, _controls(stripped))
    if cleaned and stripped != text:
        journal.note(NoteKind.OUTER_BLANKS, place, _edges(text, stripped))
    return cleaned


def _controls(text: str) -> str:
    codes = {f"U+{ord(character):04X}" for character in text if not clean_text(f"x{character}x")[1:-1]}
    return "、".join(sorted(codes)) or "换行符"


def _edges(text: str, stripped: str) -> str:
    """Return the blanks with the few characters next to them."""
    before, after = text.index(stripped), len(text) - len(text.rstrip())
    edges = [text[: before + _NEIGHBOURS]] if before else []
    if after:
        edges.append(text[-(after + _NEIGHBOURS) :])
    return "…".join(edges)
