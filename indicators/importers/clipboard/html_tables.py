"""The HTML that Excel, Word and WPS put on the clipboard → rows of texts, with merged cells resolved.

A cell merged downwards is repeated in each row, so that a tier or a basis counts for all of them; one merged
sideways leaves blank cells. What the program hid (column widths, deleted and hidden text) is not read.
"""

import re
from collections.abc import Iterator

from lxml import etree, html

from perfbudget.lib.text import without_control_characters

_LARGEST_SPAN = 200
_LONGEST_ROW = 256
_PARAGRAPH, _LINE = "\f", "\v"  # control characters of the source were removed
_PARAGRAPHS = frozenset(("p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr"))
_UNREAD = frozenset(("script", "style", "title", "xml", "del", "object", "iframe", "template", "select"))
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n]+")
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_NUMBER = re.compile(r"\s*([0-9]{1,9})")


def read_html(source: str) -> Iterator[list[str]] | None:
    """Return the rows of the largest table; None where the HTML holds no table of several cells."""
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    text = without_control_characters(source)
    try:
        root = html.document_fromstring(text.encode(), parser=parser)
    except etree.ParserError:  # nothing but blanks and comments
        return None
    table = _largest(root.xpath("//table[not(ancestor::table)]"))
    return None if table is None or _count(table) < 2 else _rows(table)


def _largest(tables: list[html.HtmlElement]) -> html.HtmlElement | None:
    """Return the table with the most cells; one that only frames another gives the inner one."""
    table = max(tables, key=_count, default=None)
    while table is not None and table.xpath("count(./tr/*) + count(./*/tr/*)") == 1:
        inner = table.find(".//table")
        if inner is None:
            break
        table = inner
    return table


def _count(table: html.HtmlElement) -> int:
    return int(table.xpath("count(.//td) + count(.//th)"))


def _rows(table: html.HtmlElement) -> Iterator[list[str]]:
    hanging: dict[int, tuple[int, str]] = {}  # column → rows still covered, their text
    for row in table.xpath("./tr|./thead/tr|./tbody/tr|./tfoot/tr"):
        if not _is_hidden(row):
            yield _row(row, hanging)


def _row(row: html.HtmlElement, hanging: dict[int, tuple[int, str]]) -> list[str]:
    texts: list[str] = []
    for cell in row.iterchildren("td", "th"):
        _take_covered(texts, hanging)
        if len(texts) >= _LONGEST_ROW:
            break
        text, height = _text(cell), _span(cell, "rowspan")
        for offset in range(_span(cell, "colspan")):
            shown = "" if offset else text
            if height > 1:
                hanging[len(texts)] = (height - 1, shown)
            texts.append(shown)
    _take_covered(texts, hanging)
    return texts


def _take_covered(texts: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    """Append the cells that a merged one above covers here."""
    while len(texts) in hanging:
        column = len(texts)
        height, text = hanging.pop(column)
        if height > 1:
            hanging[column] = (height - 1, text)
        texts.append(text)


def _span(cell: html.HtmlElement, name: str) -> int:
    found = _NUMBER.match(cell.get(name, ""))
    return min(max(int(found[1]), 1), _LARGEST_SPAN) if found else 1


def _is_hidden(element: html.HtmlElement) -> bool:
    if not isinstance(element.tag, str) or element.tag in _UNREAD:
        return True
    return bool(_HIDDEN.search(element.get("style", ""))) or element.get("class") == "msocomanchor"


def _text(cell: html.HtmlElement) -> str:
    """Return the text of a cell: a line for each paragraph and each line break."""
    joined = "".join(_pieces(cell))
    lines = []
    for paragraph in joined.split(_PARAGRAPH):
        if paragraph.strip(" \t\r\n"):
            lines += (_one_line(line) for line in paragraph.split(_LINE))
    return "\n".join(lines).strip()


def _pieces(cell: html.HtmlElement) -> Iterator[str]:
    walker = etree.iterwalk(cell, events=("start", "end"))
    for event, element in walker:
        if event == "end":
            yield _PARAGRAPH if element.tag in _PARAGRAPHS else ""
            yield (element.tail or "") if element is not cell else ""
        elif _is_hidden(element):
            walker.skip_subtree()
        elif element.tag == "br":
            yield _LINE
        else:
            yield _PARAGRAPH if element.tag in _PARAGRAPHS else ""
            yield " " if element.tag == "td" else ""
            yield element.text or ""


def _one_line(text: str) -> str:
    """Return a line with its blanks as a browser shows them.

    A line end of the source between two Chinese characters is none of the text: Word breaks lines anywhere.
    """
    line = _BLANKS.sub(_shown_blank, text).strip(" ")
    return line.replace("\xa0", " ").rstrip(" ")


def _shown_blank(found: re.Match[str]) -> str:
    text, start, end = found.string, found.start(), found.end()
    if "\n" in found[0] and start and _WIDE.match(text, start - 1) and _WIDE.match(text, end):
        return ""
    return " "
