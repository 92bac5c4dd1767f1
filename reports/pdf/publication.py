"""Publication → PDF: pages broken where the form stays whole, page numbers in the 目录, bookmarks."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from indicators.layout.html import publication_file
from indicators.layout.publication import Block, Contents, Heading, Publication, SheetBlock
from reports.pdf.breaks import LongSheet, broken_sheets
from reports.pdf.engines import render_many, render_pdf
from reports.pdf.pages import ACROSS_PARTS, Bookmark, join_pdfs, page_count, pages_of_anchors

# Sheets in one part: few enough for two threads to share the work, not so few that fonts weigh the file down.
FEWEST_SHEETS, MOST_SHEETS = 10, 50
_NO_PAGES: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class PrintedPublication:
    """A PDF, and on which page (from 1) each anchor of the publication stands."""

    pdf: bytes
    pages: Mapping[str, int]


@dataclass(slots=True)
class _Part:
    """Some blocks of a publication, the number of their first page, and the PDF they became, if drawn."""

    blocks: tuple[Block, ...]
    first_page: int = 1
    pdf: bytes = b""
    expected_pages: int = 0

    def page_count(self) -> int:
        """Return the number of pages; before drawing, what is expected."""
        return page_count(self.pdf) if self.pdf else self.expected_pages

    def sheets(self) -> list[SheetBlock]:
        return [block for block in self.blocks if isinstance(block, SheetBlock)]


def print_publication(publication: Publication) -> PrintedPublication:
    """Draw the publication with PlutoPrint; a single page is drawn once."""
    parts = _settled_parts(publication)
    pages = _pages(parts)
    for part in parts:
        if any(isinstance(block, Contents) for block in part.blocks):
            part.pdf = b""
    _draw(publication, parts, pages)
    bookmarks = [
        Bookmark(text, pages[anchor] - 1, level - 1) for level, text, anchor in publication.entries()
    ]
    pdf = join_pdfs([part.pdf for part in parts], title=publication.title, bookmarks=bookmarks)
    return PrintedPublication(pdf, pages)


def archive_publication(publication: Publication) -> bytes:
    """Draw the publication with WeasyPrint as tagged PDF/A, its tables cut where PlutoPrint's pages begin."""
    blocks = tuple(block for part in _settled_parts(publication) for block in part.blocks)
    whole = replace(publication, blocks=blocks)
    pdf = render_pdf(publication_file(whole), archive=True, anchors=_anchors(whole))
    if not any(isinstance(block, Contents) for block in blocks):
        return pdf
    pages = {anchor: page + 1 for anchor, page in pages_of_anchors(pdf).items()}
    return render_pdf(publication_file(whole, pages), archive=True)


def _settled_parts(publication: Publication) -> list[_Part]:
    """Return the parts drawn, with long sheets cut and the pages numbered on from part to part."""
    parts = _parts(publication.blocks)
    # The first part may be all that stands before the tables: the others count on from it.
    _draw(publication, [part for part in parts[:1] if not part.sheets()])
    _number(parts)
    _draw(publication, parts)
    _break_long_sheets(parts)
    for _ in range(2):  # once as expected, once more where a page came out otherwise
        _number(parts)
        _draw(publication, parts)
    return parts


def _parts(blocks: Sequence[Block]) -> list[_Part]:
    """Return what stands before the tables as one part, then the tables, with their heading, in several."""
    first = next((n for n, block in enumerate(blocks) if isinstance(block, SheetBlock)), len(blocks))
    if first and first < len(blocks) and isinstance(blocks[first - 1], Heading):
        first -= 1
    sheets = len(blocks) - first
    size = min(max(math.ceil(sheets / 2), FEWEST_SHEETS), MOST_SHEETS)
    groups = [blocks[:first], *(blocks[start : start + size] for start in range(first, len(blocks), size))]
    return [_Part(tuple(group), expected_pages=len(group)) for group in groups if group]


def _draw(publication: Publication, parts: Iterable[_Part], pages: Mapping[str, int] = _NO_PAGES) -> None:
    """Draw the parts that are not drawn yet."""
    waiting = [part for part in parts if not part.pdf]
    documents = (_document(publication, part, pages) for part in waiting)
    for part, pdf in zip(waiting, render_many(documents), strict=True):
        part.pdf = pdf


def _document(publication: Publication, part: _Part, pages: Mapping[str, int]) -> tuple[str, list[str]]:
    """Return the HTML of a part and the anchors whose pages must be known.

    The 目录 lists the whole publication, so the entries are given and not found in the part's own blocks.
    """
    piece = replace(publication, blocks=part.blocks)
    html = publication_file(
        piece,
        pages,
        first_page=part.first_page,
        entries=list(publication.entries()),
        link_prefix=ACROSS_PARTS,
    )
    return html, _anchors(piece)


def _anchors(publication: Publication) -> list[str]:
    return [anchor for _, _, anchor in publication.entries()]


def _number(parts: Iterable[_Part]) -> None:
    """Let each part count on from the part before; one that was numbered otherwise is drawn anew."""
    page = 1
    for part in parts:
        if part.first_page != page:
            part.first_page, part.pdf = page, b""
        page += part.page_count()


def _break_long_sheets(parts: Sequence[_Part]) -> None:
    """Cut the sheets that take more than one page at the rows where pages begin."""
    long = [found for part in parts for found in _long_sheets(part)]
    broken = broken_sheets(long) if long else {}
    for part in parts:
        cut = [sheet.anchor for sheet in part.sheets() if sheet.anchor in broken]
        if cut:
            part.expected_pages = part.page_count()
            part.pdf = b""
            part.blocks = tuple(broken.get(getattr(block, "anchor", ""), block) for block in part.blocks)


def _long_sheets(part: _Part) -> Iterator[LongSheet]:
    """Yield the sheets of a drawn part that take more than one page."""
    pages = pages_of_anchors(part.pdf)
    starts = [pages[sheet.anchor] for sheet in part.sheets()]
    ends = iter([*starts[1:], page_count(part.pdf)])
    for above, block in pairwise([None, *part.blocks]):
        if isinstance(block, SheetBlock) and next(ends) - pages[block.anchor] > 1:
            yield LongSheet(block, above if isinstance(above, Heading) else None)


def _pages(parts: Iterable[_Part]) -> dict[str, int]:
    return {
        anchor: part.first_page + page
        for part in parts
        for anchor, page in pages_of_anchors(part.pdf).items()
    }
