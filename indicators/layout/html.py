"""Publication → HTML: one markup and one style sheet for the screen, for print and for both PDF engines."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from indicators.layout.publication import Publication
from perfbudget.lib.text import without_control_characters

STYLE_SHEET = "css/paper.css"
_NO_PAGES: Mapping[str, int] = {}


def publication_html(publication: Publication, pages: Mapping[str, int] = _NO_PAGES) -> SafeString:
    """Return the blocks as an HTML fragment; ``pages`` gives the page number of each anchor for the 目录."""
    return render_to_string("indicators/_publication.html", _context(publication, pages))


def publication_file(
    publication: Publication,
    pages: Mapping[str, int] = _NO_PAGES,
    extra_css: str = "",
    entries: Sequence[tuple[int, str, str]] | None = None,
    link_prefix: str = "#",
) -> SafeString:
    """Return a whole HTML file that needs nothing beside it: the style sheet is inside.

    ``entries`` is what its 目录 lists where the publication is only a part of a larger one, ``link_prefix``
    what its links begin with there.
    """
    css = mark_safe(paper_css() + extra_css)  # noqa: S308 - our own style sheet, no text of a user
    context = {**_context(publication, pages, entries), "css": css, "link_prefix": link_prefix}
    # A document that was not typed here, such as a JSON file, may hold what crashes the engines.
    return mark_safe(  # noqa: S308 - rendered with escaping
        without_control_characters(render_to_string("indicators/publication_file.html", context))
    )


@cache
def paper_css() -> str:
    """Return the style sheet of the paper, read once."""
    return Path(finders.find(STYLE_SHEET)).read_text(encoding="utf-8")


def _context(
    publication: Publication,
    pages: Mapping[str, int],
    entries: Sequence[tuple[int, str, str]] | None = None,
) -> dict:
    listed = publication.entries() if entries is None else entries
    return {
        "link_prefix": "#",
        "publication": publication,
        "blocks": [(type(block).__name__, block) for block in publication.blocks],
        "entries": [(level, text, anchor, pages.get(anchor, "")) for level, text, anchor in listed],
    }
