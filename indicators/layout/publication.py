"""A publication: the blocks that make one file, in order. Renderers know these and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from indicators.layout.grid import Grid


@dataclass(frozen=True, slots=True)
class Cover:
    """The title page: the title in lines, and lines below it."""

    title: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """The place of the 目录: every Heading and SheetBlock, with the page it stands on."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 begins a part on a new page, level 2 a section, level 3 a titled item.

    ``text`` is all that is printed; where people typed what follows its ``lead``, ``path`` says which field.
    """

    level: int
    text: str
    anchor: str
    lead: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The head of an official document (GB/T 9704): who issues it, its 文号, its title."""

    issuer: str
    number: str
    title: str


class Place(StrEnum):
    """How a paragraph stands: as in a booklet, or as those of an official document."""

    BODY = "body"
    LETTER = "letter"
    ADDRESSEE = "addressee"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; ``lead`` is a label or number drawn before it, never typed."""

    text: str
    lead: str = ""
    path: str = ""
    place: Place = Place.BODY


@dataclass(frozen=True, slots=True)
class SheetBlock:
    """A grid on a page of its own, with its name for contents, bookmarks and worksheet tabs."""

    grid: Grid
    title: str
    anchor: str


Block: TypeAlias = Cover | Contents | Letterhead | Heading | Paragraph | SheetBlock


_IDENTITY_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Publication:
    """What one file holds; ``mark`` (草稿), ``edition`` (第2版), ``identity`` (hash) are on every page."""

    title: str
    blocks: tuple[Block, ...]
    mark: str = ""
    identity: str = ""
    edition: str = ""

    def entries(self) -> Iterator[tuple[int, str, str]]:
        """Yield (level, text, anchor) of what contents and bookmarks list."""
        for block in self.blocks:
            match block:
                case Heading(level=level) if level <= 2:
                    yield level, block.text, block.anchor
                case SheetBlock():
                    yield 2, block.title, block.anchor

    def sheets(self) -> Iterator[SheetBlock]:
        """Yield the blocks that hold a grid."""
        return (block for block in self.blocks if isinstance(block, SheetBlock))


def identity_words(publication: Publication) -> str:
    """Return the version and the short form of the content hash that are printed on every page, or ''."""
    if not publication.identity:
        return publication.edition
    return f"{publication.edition} 校验码 {publication.identity[:_IDENTITY_DIGITS]}".strip()
