"""Title page, 目录, headings and paragraphs of a publication; sheets are handed on to reports.word.sheets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from indicators.layout.publication import (
    Block,
    Contents,
    Cover,
    Heading,
    Letterhead,
    Paragraph,
    Place,
    Publication,
    SheetBlock,
)
from reports.word import template
from reports.word.markup import TAB, bookmarked, field, paragraph, run, tabs, twips
from reports.word.sheets import sheet_markup

CONTENTS = "目录"
_ABOVE_TITLE, _ABOVE_LINES = 70, 60  # millimetres on the title page
_PAGE_BREAK = "<w:pageBreakBefore/>"
_PARAGRAPHS: Mapping[Place, str] = {
    Place.BODY: template.PARAGRAPH,
    Place.LETTER: template.LETTER,
    Place.ADDRESSEE: template.LETTER_ADDRESSEE,
    Place.SIGNATURE: template.LETTER_SIGNATURE,
}


@dataclass(frozen=True)
class Bookmarks:
    """The name in the file of each anchor (Word allows 40 letters and digits), and its printed page."""

    names: Mapping[str, str]
    pages: Mapping[str, int]

    def around(self, anchor: str, content: str) -> str:
        """Return the runs as what the anchor's bookmark names."""
        name = self.names.get(anchor)
        return bookmarked(int(name.removeprefix("_Toc")), name, content) if name else content


def bookmarks_of(publication: Publication, pages: Mapping[str, int]) -> Bookmarks:
    """Return the bookmarks of everything the 目录 lists."""
    anchors = dict.fromkeys(anchor for _, _, anchor in publication.entries())
    return Bookmarks({anchor: f"_Toc{number:08}" for number, anchor in enumerate(anchors, start=1)}, pages)


def begins_page(block: Block, previous: Block) -> bool:
    """Return whether the block begins a page: parts and sheets do, but not a sheet under a part's heading."""
    if isinstance(block, SheetBlock):
        return not (isinstance(previous, Heading) and previous.level == 1)
    starts_part = isinstance(block, Heading) and block.level == 1
    return starts_part or isinstance(block, Contents) or isinstance(previous, Cover | Contents)


def block_markup(
    block: Block, publication: Publication, bookmarks: Bookmarks, width: float, on_new_page: bool
) -> str:
    """Return the block; ``width`` is that of the text, in millimetres."""
    start = _PAGE_BREAK if on_new_page else ""
    match block:
        case Cover():
            return "".join(_cover(block, publication.mark))
        case Contents():
            title = paragraph(template.CONTENTS_TITLE, run(CONTENTS), start)
            return title + "".join(_entries(publication, bookmarks, width))
        case Heading():
            style = f"{template.HEADING}{min(block.level, 3)}"
            return paragraph(style, bookmarks.around(block.anchor, run(block.text)), start)
        case Paragraph():
            return paragraph(_PARAGRAPHS[block.place], run(block.lead + block.text), start)
        case Letterhead():
            return "".join(_letterhead(block, start))
        case SheetBlock():
            opening = paragraph(
                template.SHEET_GAP, bookmarks.around(block.anchor, ""), "<w:keepNext/>" + start
            )
            return opening + sheet_markup(block.grid)


def _cover(cover: Cover, mark: str) -> Iterator[str]:
    above = f'<w:spacing w:before="{twips(_ABOVE_TITLE)}"/>'
    for line in cover.title:
        yield paragraph(template.COVER_TITLE, run(line), above)
        above = ""
    above = f'<w:spacing w:before="{twips(_ABOVE_LINES)}"/>'
    for line in (mark, *cover.lines) if mark else cover.lines:
        yield paragraph(template.COVER_LINE, run(line), above)
        above = ""


def _letterhead(head: Letterhead, start: str) -> Iterator[str]:
    lines = (
        (template.LETTER_ISSUER, head.issuer, ""),
        (template.LETTER_NUMBER, head.number, template.RED_LINE if head.issuer else ""),
        (template.LETTER_TITLE, head.title, ""),
    )
    for style, text, line in lines:
        if text:
            yield paragraph(style, run(text), start + line)
            start = ""


def _entries(publication: Publication, bookmarks: Bookmarks, width: float) -> Iterator[str]:
    """Yield the entries of the 目录: each leads to its place and shows the page that is on."""
    stops = tabs([("right", twips(width))], leader="dot")
    for level, text, anchor in publication.entries():
        name = bookmarks.names[anchor]
        number = field(f"PAGEREF {name} \\h", str(bookmarks.pages.get(anchor, "")))
        link = f'<w:hyperlink w:anchor="{name}" w:history="1">{run(text)}{TAB}{number}</w:hyperlink>'
        yield paragraph(f"{template.TOC}{min(level, 2)}", link, stops)
