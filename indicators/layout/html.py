"""Publication → HTML: one markup and one style sheet for the screen, for print and for both PDF engines."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from indicators.layout.grid_html import grid_html
from indicators.layout.publication import Block, Publication, SheetBlock, identity_words
from perfbudget.lib.text import without_control_characters

STYLE_SHEET = "css/paper.css"
_NO_PAGES: Mapping[str, int] = {}


def publication_html(publication: Publication, pages: Mapping[str, int] = _NO_PAGES) -> SafeString:
    """Return the blocks as an HTML fragment; ``pages`` gives the page number of each anchor for the 目录."""
    return render_to_string("indicators/_publication.html", _context(publication, pages))


def publication_file(
    publication: Publication,
    pages: Mapping[str, int] = _NO_PAGES,
    *,
    first_page: int = 1,
    entries: Sequence[tuple[int, str, str]] | None = None,
    link_prefix: str = "#",
    extra_css: str = "",
) -> SafeString:
    """Return a whole HTML file that needs nothing beside it: the style sheet is inside.

    Where the publication is only a part of a larger one, ``first_page`` is the number its pages count from,
    ``entries`` what its 目录 lists and ``link_prefix`` what its links begin with.
    """
    rules = paper_css() + _page_rules(publication, first_page) + extra_css
    css = mark_safe(rules)  # noqa: S308 - our own style sheet, no text of a user
    context = {**_context(publication, pages, entries), "css": css, "link_prefix": link_prefix}
    # A document that was not typed here, such as a JSON file, may hold what crashes the engines.
    return mark_safe(  # noqa: S308 - rendered with escaping
        without_control_characters(render_to_string("indicators/publication_file.html", context))
    )


@cache
def paper_css() -> str:
    """Return the style sheet of the paper, read once."""
    return Path(finders.find(STYLE_SHEET)).read_text(encoding="utf-8")


def _page_rules(publication: Publication, first_page: int) -> str:
    """Return the @page rules that differ by publication: direction, first number, mark and identity."""
    is_landscape = any(sheet.grid.landscape for sheet in publication.sheets())
    size = "size: A4 landscape;" if is_landscape else ""
    mark = f'@top-right {{ content: "{publication.mark}"; font-size: 10.5pt; }}' if publication.mark else ""
    words = identity_words(publication)
    identity = f'@bottom-left {{ content: "{words}"; font-size: 7.5pt; }}' if words else ""
    return f"@page {{ {size} {mark} {identity} }} @page:first {{ counter-reset: page {first_page}; }}"


def _context(
    publication: Publication,
    pages: Mapping[str, int],
    entries: Sequence[tuple[int, str, str]] | None = None,
) -> dict:
    listed = publication.entries() if entries is None else entries
    return {
        "link_prefix": "#",
        "publication": publication,
        "identity": identity_words(publication),
        "blocks": [(type(block).__name__, block, _sheet_html(block)) for block in publication.blocks],
        "entries": [(level, text, anchor, pages.get(anchor, "")) for level, text, anchor in listed],
    }


def _sheet_html(block: Block) -> SafeString | str:
    return grid_html(block.grid, block.anchor) if isinstance(block, SheetBlock) else ""
