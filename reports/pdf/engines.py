"""HTML to PDF by two engines: PlutoPrint for everything people look at, WeasyPrint for the archive (PDF/A).

Both get one string of HTML with its CSS in a <style> element, use our fonts only (reports.fonts) and refuse
every address, whether it leads to the network or to a file. The same HTML gives the same bytes.

What the style sheet must mind, found out by looking at PlutoPrint 0.23 beside WeasyPrint 70:

* Margin boxes do not inherit from body: @page needs its own font-family. counter(page), counter(pages) work.
* PlutoPrint knows no target-counter(), string-set, bookmark-level, calc(), box-decoration-break, nor grid
  layout; page numbers of contents and bookmarks come from pages.pages_of_anchors().
* overflow-wrap: anywhere makes PlutoPrint start lines with “，”; break-word breaks long Latin words rightly.
* Only Regular faces exist and no bold is faked: headings stand out by the Sans.
* thead and tfoot are repeated, but PlutoPrint leaves them out where the break lies inside a row, and leaves
  the row's lines open there. So tr { break-inside: avoid }, and a text that may outgrow a page is laid out as
  one row a paragraph without lines between (see tests/test_pdf_engines.py). No border on the table itself:
  PlutoPrint draws it on to the foot of the page.
* A rowspan that crosses a page is wrong in both engines.
* PlutoPrint breaks a line between a hyphen and a digit (1-|2期), WeasyPrint does not.
* A later part goes on counting with @page:first { counter-reset: page N }, N being the number of its first
  page; counter(pages) counts the pages of the part.
* PlutoPrint writes a repeated thead after the rows of its page: only the order of the text, not the look.
"""

import io
import logging
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from html import escape

import pikepdf
import plutoprint

from reports.fonts import SANS, SERIF, FontsMissingError, use_fonts

logger = logging.getLogger(__name__)

LANGUAGE = "zh-CN"
# "#id" becomes a link inside the PDF only if the document has an address; nothing is fetched from it.
BASE_ADDRESS = "http://document.invalid/"
ARCHIVE_VARIANT = "pdf/a-2u"
INSTALL_HINT = "请安装系统库 libpangoft2-1.0-0 和 libharfbuzz-subset0（Debian：apt-get install）。"
THREADS = 2


class PdfEngineMissingError(Exception):
    """WeasyPrint's system libraries are missing; the message is a Chinese sentence for the administrator."""


def render_pdf(html: str, *, archive: bool = False, anchors: Iterable[str] = ()) -> bytes:
    """Draw one HTML document as PDF.

    `archive` asks for tagged PDF/A-2u by WeasyPrint (slower, for files that are kept), else PlutoPrint draws.
    `anchors` are ids of elements whose pages pages_of_anchors() shall tell; ids that a visible <a href="#id">
    links to need not be named. Raises FontsMissingError, PdfEngineMissingError.
    """
    use_fonts()
    html = _with_links(html, anchors)
    return _render_archive(html) if archive else _render_quick(html)


def render_many(documents: Iterable[tuple[str, Iterable[str]]]) -> list[bytes]:
    """Draw many (HTML, anchors) with PlutoPrint in two threads (it frees the interpreter lock), in order.

    Make each 50 to 100 pages: every PDF carries its own fonts, so 1000 single pages joined weigh 64 MB,
    ten parts of 100 pages 8 MB.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda document: render_pdf(document[0], anchors=document[1]), documents))


def _with_links(html: str, anchors: Iterable[str]) -> str:
    """The engines write down where an element lies only if something links to it: add hidden links."""
    links = "".join(f'<a href="#{escape(anchor)}"></a>' for anchor in anchors)
    if not links:
        return html
    body, end, rest = html.rpartition("</body>")
    if not end:
        raise ValueError("The HTML has no </body>.")
    return f'{body}<div style="display:none">{links}</div>{end}{rest}'


class _NothingIsFetched(plutoprint.ResourceFetcher):
    def fetch_url(self, url: str) -> plutoprint.ResourceData:
        # Raising would do as well, but PlutoPrint then prints a traceback for each address.
        logger.warning("PDF: refused to fetch %.200s", url)
        return plutoprint.ResourceData(b"")


def _render_quick(html: str) -> bytes:
    book = plutoprint.Book(plutoprint.PAGE_SIZE_A4)
    book.custom_resource_fetcher = _NothingIsFetched()
    book.load_html(html, base_url=BASE_ADDRESS)
    drawn = io.BytesIO()
    book.write_to_pdf_stream(drawn)
    with pikepdf.open(drawn) as pdf:
        pdf.Root.Lang = pikepdf.String(LANGUAGE)
        # The dates are the moment of drawing: without them the same HTML gives the same bytes.
        for date in ("/CreationDate", "/ModDate"):
            if date in pdf.docinfo:
                del pdf.docinfo[date]
        return save(pdf)


def save(pdf: pikepdf.Pdf) -> bytes:
    """The finished file: packed in object streams, its identifier made from its content."""
    finished = io.BytesIO()
    pdf.save(finished, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return finished.getvalue()


# Pango is not safe in threads that share a font map.
_archive_lock = threading.Lock()


def _render_archive(html: str) -> bytes:
    weasyprint = _import_weasyprint()
    from weasyprint.urls import URLFetcher

    class NothingIsFetched(URLFetcher):
        def fetch(self, url, headers=None):
            raise ValueError(f"refused to fetch {url[:200]}")

    with _archive_lock:
        document = weasyprint.HTML(string=html, base_url=BASE_ADDRESS, url_fetcher=NothingIsFetched())
        return document.write_pdf(pdf_variant=ARCHIVE_VARIANT, pdf_tags=True, pdf_identifier=b"perfbudget")


def _import_weasyprint():
    use_fonts()  # WeasyPrint already asks fontconfig while it is imported
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise PdfEngineMissingError(f"不能生成存档用的 PDF/A：{error}。{INSTALL_HINT}") from error
    return weasyprint


def engine_problems() -> list[str]:
    """What keeps PlutoPrint from drawing right pages, as Chinese sentences; about 0.15 s, it draws a page."""
    try:
        used = fonts_in(render_pdf(_PROBE))
    except FontsMissingError as error:
        return [str(error)]
    return _font_problems(used)


def archive_problems() -> list[str]:
    """The same for WeasyPrint, plus its system libraries; about a second, since it imports WeasyPrint."""
    try:
        _import_weasyprint()
        used = fonts_in(render_pdf(_PROBE, archive=True))
    except (FontsMissingError, PdfEngineMissingError) as error:
        return [str(error)]
    problems = _font_problems(used)
    from weasyprint.text.ffi import harfbuzz_subset

    if harfbuzz_subset is None:
        problems.append(f"缺少 libharfbuzz-subset，生成 PDF/A 会慢几倍到几十倍。{INSTALL_HINT}")
    return problems


_PROBE = f"""<html lang="zh-CN"><head><title>字体</title></head><body>
<p style='font-family:"{SERIF}"'>宋体</p><p style='font-family:"{SANS}"'>黑体</p></body></html>"""


def _font_problems(used: set[str]) -> list[str]:
    # PlutoPrint writes NotoSerifSC-Regular, WeasyPrint Noto-Serif-SC.
    names = {name.replace("-", "").removesuffix("Regular") for name in used}
    wanted = {SERIF.replace(" ", ""), SANS.replace(" ", "")}
    if names == wanted:
        return []
    found = "、".join(sorted(used)) or "无"
    return [f"PDF 没有使用 {SERIF} 和 {SANS}，实际嵌入的字体是：{found}。请删除 var/fonts 后重新启动。"]


def fonts_in(pdf: bytes) -> set[str]:
    """Names of the fonts of all pages, without the subset's prefix ("ABCDEF+NotoSerifSC-Regular")."""
    names = set()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            for font in page.get("/Resources", {}).get("/Font", {}).values():
                names.add(str(font.BaseFont).removeprefix("/").rpartition("+")[2])
    return names
