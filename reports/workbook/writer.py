"""Publication → XLSX: a worksheet for each grid, and one each for title page, 目录 and the text of a part."""

import datetime
import io
from collections.abc import Mapping

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from indicators.layout.publication import Contents, Cover, Publication, SheetBlock, identity_words
from reports.office_text import HEI, NO_PAGES, SONG, issuer, printable
from reports.workbook.book import MARGIN, Book
from reports.workbook.grids import write_grid
from reports.workbook.tabs import Tab, tabs_of
from reports.workbook.texts import write_contents, write_cover, write_text_blocks

# The same publication gives the same bytes, so the moment of writing stays out of the file.
_CREATED = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
# What Chinese Excel has as its normal style: column widths are counted in digits of this font, 8 pixels each.
_NORMAL = {"font_name": SONG, "font_size": 11}
_NORMAL_PIXELS = {"default_column_width": 72, "default_row_height": 18}
_A4 = 9
_INCH = 25.4
# Header and footer: font and size, then a blank, lest a digit of the text be read as one of the size.
_SMALL = f'&"{SONG},Regular"&9 '
_LARGE = f'&"{HEI},Regular"&14 '
_EDGE = {"margin": 7 / _INCH}  # between the edge of the paper and header or footer
_LONGEST_HEADING = 100  # Excel allows 255 characters for the whole header


def write_workbook(publication: Publication, pages: Mapping[str, int] = NO_PAGES) -> bytes:
    """Return the publication as the bytes of an XLSX file.

    ``pages`` gives the page number of each anchor as the PDF prints it: for the 目录, and for the first page
    of each worksheet, so that the printed workbook counts on.
    """
    stream = io.BytesIO()
    # A copy, since XlsxWriter writes into what it is given.
    options = {"in_memory": True, "default_format_properties": dict(_NORMAL), **_NORMAL_PIXELS}
    with xlsxwriter.Workbook(stream, options) as workbook:
        book = Book(workbook, publication, pages)
        workbook.set_properties(_properties(publication))
        sheets = [(tab, workbook.add_worksheet(tab.name)) for tab in tabs_of(publication)]
        # The contents come last: they link to what the others say about themselves.
        for tab, sheet in sorted(sheets, key=lambda pair: Contents() in pair[0].blocks):
            _write_tab(book, sheet, tab)
            _set_up_page(book, sheet, tab)
    return stream.getvalue()


def _properties(publication: Publication) -> dict:
    return {
        "title": printable(publication.title),
        "subject": printable(publication.mark),
        "company": issuer(publication),
        "keywords": publication.identity,
        "created": _CREATED,
    }


def _write_tab(book: Book, sheet: Worksheet, tab: Tab) -> None:
    match tab.blocks:
        case (SheetBlock() as block,):
            book.links.update({headed.anchor: tab.link(0) for headed in (*tab.above, block)})
            write_grid(book, sheet, block.grid)
        case (Cover() as cover,):
            write_cover(book, sheet, cover)
        case (Contents(),):
            write_contents(book, sheet)
        case _:
            write_text_blocks(book, sheet, tab)


def _set_up_page(book: Book, sheet: Worksheet, tab: Tab) -> None:
    first = tab.blocks[0] if tab.blocks else None
    sheet.set_paper(_A4)
    if isinstance(first, SheetBlock) and first.grid.landscape:
        sheet.set_landscape()
    sheet.set_margins(*[MARGIN / _INCH] * 4)
    sheet.center_horizontally()
    sheet.hide_gridlines(2)
    number = "" if isinstance(first, Cover) else "— &P —"
    sheet.set_footer(f"&L{_SMALL}{identity_words(book.publication)}&C{_SMALL}{number}", _EDGE)
    above = "  ".join(heading.text for heading in tab.above)
    heading = f"&C{_LARGE}{_escaped(above[:_LONGEST_HEADING])}" if above else ""
    sheet.set_header(f"{heading}&R{_SMALL}{_escaped(book.publication.mark)}", _EDGE)
    start = book.pages.get(getattr(first, "anchor", ""))
    if start:
        sheet.set_start_page(start)


def _escaped(text: str) -> str:
    return printable(text).replace("&", "&&")
