"""render_pdf() draws HTML, join_pdfs() makes one file of many, pages_of_anchors() tells what lies where."""

from reports.pdf.engines import (
    PdfEngineMissingError,
    archive_problems,
    engine_problems,
    fonts_in,
    render_many,
    render_pdf,
)
from reports.pdf.pages import (
    Bookmark,
    Place,
    join_pdfs,
    page_count,
    pages_of_anchors,
    places_of_anchors,
)
from reports.pdf.publication import PrintedPublication, archive_publication, print_publication

__all__ = [
    "Bookmark",
    "PdfEngineMissingError",
    "Place",
    "PrintedPublication",
    "archive_problems",
    "archive_publication",
    "engine_problems",
    "fonts_in",
    "join_pdfs",
    "page_count",
    "pages_of_anchors",
    "places_of_anchors",
    "print_publication",
    "render_many",
    "render_pdf",
]
