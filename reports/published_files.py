"""The files of a publication (公开), and its booklet laid out again just as it was published."""

from indicators.disclosure import published_booklet
from indicators.document import Booklet
from indicators.layout.booklet import lay_out_disclosure
from indicators.layout.publication import Publication as Blocks
from indicators.layout.table import PrintOptions
from indicators.services.publication import RenderedFile
from perfbudget.lib.text import file_name
from projects.models import Publication, PublishedFile
from reports.files import FORMATS, File
from reports.pdf import print_publication

PUBLISHED = ("pdf", "docx", "xlsx")


def render_published(booklet: Booklet, options: PrintOptions) -> list[RenderedFile]:
    """Draw the booklet in every format that is published; the PDF is drawn once and numbers the others."""
    blocks = lay_out_disclosure(booklet, options)
    printed = print_publication(blocks)
    others = (name for name in PUBLISHED if name != "pdf")
    return [
        RenderedFile("pdf", printed.pdf),
        *(RenderedFile(name, FORMATS[name].render(blocks, printed.pages)) for name in others),
    ]


def preview_of(booklet: Booklet, options: PrintOptions) -> File:
    """Return the PDF as it would be published now."""
    name = file_name(*_name(booklet), "公开预览", extension="pdf")
    pdf = print_publication(lay_out_disclosure(booklet, options)).pdf
    return File(name, FORMATS["pdf"].content_type, pdf)


def laid_out(publication: Publication) -> Blocks:
    """Return a publication's booklet in the form that held when it was published."""
    return lay_out_disclosure(published_booklet(publication), PrintOptions(**publication.print_options))


def published_name(file: PublishedFile) -> str:
    """Return the name a published file is downloaded under."""
    booklet = published_booklet(file.publication)
    return file_name(*_name(booklet), extension=file.extension)


def _name(booklet: Booklet) -> tuple[str, ...]:
    return booklet.department_code, booklet.department_name, f"{booklet.year}年部门预算绩效目标"
