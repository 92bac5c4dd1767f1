"""Publication → DOCX: pages begin where those of the PDF do, so that its page numbers hold."""

import datetime
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.section import Section
from docx.shared import Mm

from indicators.layout.publication import Block, Cover, Heading, Publication, SheetBlock, identity_words
from reports.office_text import NO_PAGES, issuer, printable
from reports.word import template
from reports.word.blocks import Bookmarks, begins_page, block_markup, bookmarks_of
from reports.word.markup import elements, field, paragraph, run, tabs, twips

# The same publication gives the same bytes, so the moment of writing stays out of the file.
_CREATED = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_LONGEST_PROPERTY = 255
_SHORT_SIDE, _LONG_SIDE = 210, 297  # A4 in millimetres, as are the margins
_MARGIN, _BOTTOM_MARGIN, _HEADER_AT, _FOOTER_AT = 15, 18, 7, 8


def write_word(publication: Publication, pages: Mapping[str, int] = NO_PAGES) -> bytes:
    """Return the publication as the bytes of a DOCX file.

    ``pages`` gives the page number of each anchor as the PDF prints it: what the 目录 shows until Word counts
    the pages itself.
    """
    document = template.empty_document()
    _set_properties(document, publication)
    bookmarks = bookmarks_of(publication, pages)
    for number, (landscape, blocks) in enumerate(_sections(publication.blocks)):
        section = _next_section(document) if number else document.sections[0]
        width = _set_up_page(section, landscape)
        _write_margins(section, publication, width, has_cover=isinstance(blocks[0], Cover))
        _write_blocks(document, blocks, publication, bookmarks, width)
    return _saved(document)


def _set_properties(document: Document, publication: Publication) -> None:
    properties = document.core_properties
    properties.title = printable(publication.title)[:_LONGEST_PROPERTY]
    properties.subject = printable(publication.mark)
    properties.author = issuer(publication)[:_LONGEST_PROPERTY]
    properties.last_modified_by = ""
    properties.comments = ""
    properties.keywords = publication.identity
    properties.language = "zh-CN"
    properties.created = properties.modified = _CREATED


def _sections(blocks: Sequence[Block]) -> Iterator[tuple[bool, list[Block]]]:
    """Yield (landscape?, blocks) of each section; headings lie as the sheet they lead."""
    landscape, turned = False, []
    for block in reversed(blocks):
        if isinstance(block, SheetBlock):
            landscape = block.grid.landscape
        elif not isinstance(block, Heading):
            landscape = False
        turned.append((landscape, block))
    for landscape, group in groupby(reversed(turned), key=itemgetter(0)):
        yield landscape, [block for _, block in group]


def _next_section(document: Document) -> Section:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    # The paragraph that ends the section before must not take a line on its last page.
    ending = document.element.body.sectPr.getprevious()
    ending.style = template.SHEET_GAP
    return section


def _set_up_page(section: Section, landscape: bool) -> float:
    """Set paper and margins; return the width of the text in millimetres."""
    width, height = (_LONG_SIDE, _SHORT_SIDE) if landscape else (_SHORT_SIDE, _LONG_SIDE)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = section.top_margin = Mm(_MARGIN)
    section.bottom_margin = Mm(_BOTTOM_MARGIN)
    section.header_distance, section.footer_distance = Mm(_HEADER_AT), Mm(_FOOTER_AT)
    return width - 2 * _MARGIN


def _write_margins(section: Section, publication: Publication, width: float, *, has_cover: bool) -> None:
    """Write header and footer; the title page has no page number."""
    mark = paragraph(template.HEADER, run(publication.mark))
    stops = tabs([("center", twips(width / 2))])
    identity = run(identity_words(publication))
    number = run("\t— ") + field("PAGE", "1") + run(" —")
    section.different_first_page_header_footer = has_cover
    _replace(section.header, mark)
    _replace(section.footer, paragraph(template.FOOTER, identity + number, stops))
    if has_cover:
        _replace(section.first_page_header, mark)
        _replace(section.first_page_footer, paragraph(template.FOOTER, identity))


def _replace(part, markup: str) -> None:
    part.is_linked_to_previous = False
    part._element[:] = elements(markup)


def _write_blocks(
    document: Document,
    blocks: Sequence[Block],
    publication: Publication,
    bookmarks: Bookmarks,
    width: float,
) -> None:
    ending = document.element.body.sectPr
    previous = None
    for block in blocks:
        on_new_page = previous is not None and begins_page(block, previous)
        for element in elements(block_markup(block, publication, bookmarks, width, on_new_page)):
            ending.addprevious(element)
        previous = block


def _saved(document: Document) -> bytes:
    """Return the file, the dates of its parts put to the earliest a ZIP can state."""
    written, finished = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(finished, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return finished.getvalue()
