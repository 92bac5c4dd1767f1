"""What is not a grid: the title page, the 目录, and headings with paragraphs, one a row."""

from collections.abc import Mapping

from xlsxwriter.worksheet import Worksheet

from indicators.layout.publication import Cover, Heading, Paragraph
from reports.office_text import HEI, printable
from reports.workbook.book import CENTRE, LEFT, PAGE_WIDTH, RIGHT, Book, set_columns, write_text
from reports.workbook.rows import BODY_SIZE, split_height, text_height
from reports.workbook.tabs import CONTENTS, Tab

_PAGE_COLUMN = 20  # millimetres
_SIZE = 12
_HEADINGS = {
    1: {**CENTRE, "font_name": HEI, "font_size": 18},
    2: {**LEFT, "font_name": HEI, "font_size": 14},
    3: {**LEFT, "font_name": HEI, "font_size": _SIZE},
}
_PARAGRAPH = {**LEFT, "font_size": _SIZE}
_COVER_TITLE = {**CENTRE, "font_name": HEI, "font_size": 26}
_COVER_LINE = {**CENTRE, "font_size": 14}


def write_cover(book: Book, sheet: Worksheet, cover: Cover) -> None:
    """Write the title page: the title in the upper half, what is said about it in the lower."""
    set_columns(sheet, (PAGE_WIDTH,))
    mark = (book.publication.mark,) if book.publication.mark else ()
    lines = [
        ("", 180, {}),
        *((text, 60, _COVER_TITLE) for text in cover.title),
        ("", 220, {}),
        *((text, 34, _COVER_LINE) for text in (*mark, *cover.lines)),
    ]
    for row, (text, least, style) in enumerate(lines):
        sheet.set_row(row, max(least, text_height(text, PAGE_WIDTH, style.get("font_size", BODY_SIZE))))
        write_text(sheet, row, 0, text, book.format(style))
    sheet.print_area(0, 0, len(lines) - 1, 0)
    sheet.fit_to_pages(1, 1)


def write_contents(book: Book, sheet: Worksheet) -> None:
    """Write the 目录: each entry leads to its worksheet and states the page it is printed on."""
    width = PAGE_WIDTH - _PAGE_COLUMN
    set_columns(sheet, (width, _PAGE_COLUMN))
    sheet.set_row(0, 48)
    sheet.merge_range(0, 0, 0, 1, "", book.format(_HEADINGS[1]))
    write_text(sheet, 0, 0, CONTENTS, book.format(_HEADINGS[1]))
    row = 0
    for row, (level, text, anchor) in enumerate(book.publication.entries(), start=1):
        indent = {"font_size": _SIZE, "indent": 2 * (level - 1)}
        sheet.set_row(row, text_height(text, width - 4 * level, _SIZE))
        if anchor in book.links:
            sheet.write_url(row, 0, book.links[anchor], string=printable(text))
        write_text(sheet, row, 0, text, book.format(LEFT, indent))
        if anchor in book.pages:
            sheet.write_number(row, 1, book.pages[anchor], book.format(RIGHT, {"font_size": _SIZE}))
    sheet.print_area(0, 0, row, 1)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def write_text_blocks(book: Book, sheet: Worksheet, tab: Tab) -> None:
    """Write the headings and paragraphs of the tab."""
    set_columns(sheet, (PAGE_WIDTH,))
    row = 0
    for block in tab.blocks:
        match block:
            case Heading():
                book.links[block.anchor] = tab.link(row)
                row = _write_lines(book, sheet, row, block.text, _HEADINGS[min(block.level, 3)])
            case Paragraph():
                row = _write_lines(book, sheet, row, block.lead + block.text, _PARAGRAPH)
    sheet.print_area(0, 0, max(row - 1, 0), 0)
    sheet.fit_to_pages(1, 0)


def _write_lines(book: Book, sheet: Worksheet, row: int, text: str, style: Mapping) -> int:
    """Write a text across the page from ``row`` on; return the row after it."""
    pieces = split_height(text_height(text, PAGE_WIDTH, style["font_size"]))
    for number, height in enumerate(pieces, start=row):
        sheet.set_row(number, height)
    after = row + len(pieces)
    if len(pieces) > 1:
        sheet.merge_range(row, 0, after - 1, 0, "", book.format(style))
    write_text(sheet, row, 0, text, book.format(style))
    return after
