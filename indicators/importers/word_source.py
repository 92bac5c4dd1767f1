"""A Word document → rows: our own DOCX booklet, or one as departments publish it (docs/booklet-format.md).

A paragraph is a line of text, its lines being breaks typed inside it; a table row with a single cell is one
too. What a reader of the paper does not see, or what is no text of the booklet, is left out and told.
"""

import re
from collections import Counter
from collections.abc import Iterator

from indicators.importers.foot_line import is_foot_row
from indicators.importers.outcome import Journal
from indicators.importers.rows import CellRow, SourceCell, SourceRow, TextLine
from indicators.importers.table import is_department_line
from indicators.importers.word_guard import (
    BROKEN,
    Tree,
    attribute,
    child,
    damaged_word,
    local_name,
    open_word,
)
from indicators.importers.word_numbering import Numbering

# Title page and 目录 of our own files by the names of their styles; “toc 1” is Word's own.
_UNREAD_STYLES = re.compile("封面标题|封面说明|目录标题|toc [1-9]|TOC Heading")
_WRAPPERS = {"sdt": "sdtContent", "AlternateContent": "Choice"}
_TRANSPARENT = frozenset({"customXml", "ins", "moveTo"})
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NO_LINE_BREAKS = frozenset({"page", "column"})
_SKIPPED = frozenset({"pPr", "rPr", "del", "moveFrom", "Fallback", "drawing", "pict", "object", "sdtPr"})
_SYMBOLS = {"F0B3": "≥", "F0A3": "≤", "F0B1": "±", "F0B4": "×", "F0B0": "°"}  # font Symbol
_REVISIONS = ("ins", "del", "moveFrom", "moveTo")
_BLANKS_BEFORE_UNIT = re.compile(r"\s{2,}(?=(?:金额|计量)?单位\s*[:：])")


def word_rows(data: bytes, journal: Journal) -> list[SourceRow]:
    """Return the lines and rows of a document, without cover and contents. Raises ImportRefused."""
    parts = open_word(data)
    reader = _Reader(_unread_styles(parts.styles), Numbering(parts), journal)
    try:
        rows = list(reader.rows(parts.body))
    except (*BROKEN, RecursionError) as error:
        raise damaged_word() from error
    reader.tell()
    return rows


def _unread_styles(styles: Tree | None) -> frozenset[str]:
    return frozenset(
        attribute(style, "styleId")
        for style in (styles if styles is not None else ())
        if _UNREAD_STYLES.fullmatch(attribute(child(style, "name"), "val"))
    )


def _unwrapped(element: Tree) -> Iterator[Tree]:
    """Yield the children, those inside content controls and of inserted parts like the others."""
    for part in element:
        name = local_name(part)
        if name in _WRAPPERS:
            inner = child(part, _WRAPPERS[name])
            yield from _unwrapped(inner) if inner is not None else ()
        elif name in _TRANSPARENT:
            yield from _unwrapped(part)
        else:
            yield part


class _Reader:
    """Walks through one document and counts what it leaves out."""

    def __init__(self, unread_styles: frozenset[str], numbering: Numbering, journal: Journal) -> None:
        self._unread_styles = unread_styles
        self._numbering = numbering
        self._journal = journal
        self._seen: Counter[str] = Counter()

    def rows(self, body: Tree) -> Iterator[SourceRow]:
        paragraphs = tables = 0
        blocks = [part for part in _unwrapped(body) if local_name(part) in ("p", "tbl")]
        for block, below in zip(blocks, [*blocks[1:], None], strict=True):
            if local_name(block) == "tbl":
                tables += 1
                yield from self._table(block, f"第{tables}个表格")
                continue
            paragraphs += 1
            is_above_table = below is not None and local_name(below) == "tbl"
            yield from self._line(block, f"第{paragraphs}段", is_above_table)

    def tell(self) -> None:
        """Say what was seen and not read."""
        seen, tell = self._seen, self._journal.tell
        if revisions := sum(seen[name] for name in _REVISIONS):
            tell(f"文件中有{revisions}处修订标记，已按接受全部修订后的内容读取，请核对。")
        for name, words in (
            ("commentReference", "条批注，批注没有读取。"),
            ("footnoteReference", "个脚注，脚注没有读取。"),
            ("txbxContent", "个文本框，其中的文字没有读取；属于正文的，请移到正文中再上传。"),
            ("sym", "个特殊符号无法识别，已略去，请核对原文。"),
        ):
            if seen[name]:
                tell(f"文件中有{seen[name]}{words}")

    # Paragraphs

    def _line(self, paragraph: Tree, place: str, is_above_table: bool) -> Iterator[SourceRow]:
        """Yield the paragraph as a line, or as a row where its parts stand at tab stops."""
        if attribute(child(paragraph, "pPr", "pStyle"), "val") in self._unread_styles:
            return
        text = self._text(paragraph)
        if not text.strip():
            return
        row = _row_at_stops(text, place, is_above_table)
        yield row or TextLine(text.replace("\t", " "), place)

    def _text(self, paragraph: Tree) -> str:
        text = "".join(self._pieces(paragraph))
        return self._numbering.lead(paragraph) + text

    def _pieces(self, element: Tree) -> Iterator[str]:
        for part in element:
            name = local_name(part)
            if name == "t":
                yield part.text or ""
            elif name in _BREAKS:
                yield "" if attribute(part, "type") in _NO_LINE_BREAKS else _BREAKS[name]
            elif name == "sym":
                yield self._symbol(part)
            else:
                self._count(name, part)
                if name not in _SKIPPED:
                    yield from self._pieces(part)

    def _count(self, name: str, part: Tree) -> None:
        self._seen["footnoteReference" if name == "endnoteReference" else name] += 1
        if name in ("drawing", "pict"):
            self._seen["txbxContent"] += sum(local_name(inner) == "txbxContent" for inner in part.iter())

    def _symbol(self, part: Tree) -> str:
        known = attribute(part, "font") == "Symbol"
        found = _SYMBOLS.get(attribute(part, "char").upper(), "") if known else ""
        self._seen["sym"] += not found
        return found

    # Tables

    def _table(self, table: Tree, place: str) -> Iterator[SourceRow]:
        rows = (part for part in _unwrapped(table) if local_name(part) == "tr")
        for number, row in enumerate(rows, start=1):
            if child(row, "trPr", "del") is not None:
                self._seen["del"] += 1
                continue
            yield from self._row(row, f"{place}第{number}行")

    def _row(self, row: Tree, place: str) -> Iterator[SourceRow]:
        """Yield the cells of a row, one merged from above as a blank one; nothing where none begins here."""
        cells: list[SourceCell] = []
        begins = is_merged = False
        for cell in (part for part in _unwrapped(row) if local_name(part) == "tc"):
            properties = child(cell, "tcPr")
            across, down = child(properties, "hMerge"), child(properties, "vMerge")
            if across is not None and attribute(across, "val") != "restart":
                continue
            is_covered = down is not None and attribute(down, "val") != "restart"
            is_merged = is_merged or down is not None or child(properties, "gridSpan") is not None
            begins = begins or not is_covered
            cell_place = f"{place}第{len(cells) + 1}格"
            cells.append(SourceCell("" if is_covered else self._cell_text(cell, cell_place), cell_place))
        is_blank = not is_merged and not any(cell.text.strip() for cell in cells)
        if len(cells) == 1 and cells[0].text.strip():
            yield TextLine(cells[0].text, cells[0].place)
        elif len(cells) > 1 and begins and not is_blank:
            yield CellRow(tuple(cells), place)

    def _cell_text(self, cell: Tree, place: str) -> str:
        parts = list(_unwrapped(cell))
        if any(local_name(part) == "tbl" for part in parts):
            self._journal.problem(place, "单元格中嵌有另一个表格，无法读取，请把它改为文字或移到单元格之外。")
        return "\n".join(self._text(part) for part in parts if local_name(part) == "p")


def _row_at_stops(text: str, place: str, is_above_table: bool) -> CellRow | None:
    """Return “286001单位 ⇥ 单位：万元” and the lines people sign on as rows; other lines are text.

    Directly above a table several blanks may part the unit of money, as people type it without a tab.
    """
    pieces = re.split("\t+", text.strip("\n"))
    if len(pieces) == 1 and is_above_table:
        pieces = _BLANKS_BEFORE_UNIT.split(text.strip(), maxsplit=1)
    if len(pieces) == 1:
        return None
    cells = tuple(SourceCell(piece, f"{place}第{number}格") for number, piece in enumerate(pieces, start=1))
    row = CellRow(cells, place)
    return row if is_department_line(row) or is_foot_row(row) else None
