"""The workbook being written: its formats, its links, and how text and widths get into a worksheet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from indicators.layout.publication import Publication
from reports.office_text import SONG, printable
from reports.workbook.rows import BODY_SIZE

LONGEST_TEXT = 32_767  # UTF-16 units in a cell; Excel calls a longer one a damaged file
CUT = "……（此处未完：超出Excel单元格32767字的上限，全文见系统中的绩效目标表）"

MARGIN = 15  # millimetres
PAGE_WIDTH, PAGE_HEIGHT = 210 - 2 * MARGIN, 297 - 2 * MARGIN  # within the margins of A4
LEFT, CENTRE, RIGHT = {"align": "left"}, {"align": "center"}, {"align": "right"}
_MILLIMETRES_PER_PIXEL = 25.4 / 96


@dataclass(frozen=True)
class Book:
    """What the worksheets of one workbook share; ``pages`` is the printed page number of each anchor."""

    workbook: Workbook
    publication: Publication
    pages: Mapping[str, int]
    links: dict[str, str] = field(default_factory=dict)  # anchor → where in the workbook
    formats: dict[frozenset, Format] = field(default_factory=dict)

    def format(self, *styles: Mapping) -> Format:
        """Return the format with these properties, made once."""
        properties = {"font_name": SONG, "font_size": BODY_SIZE, "valign": "vcenter", "text_wrap": True}
        for style in styles:
            properties |= style
        key = frozenset(properties.items())
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format(properties)
        return self.formats[key]


def set_columns(sheet: Worksheet, widths: tuple[float, ...]) -> None:
    """Set the widths of the columns, in millimetres."""
    # Rounding each edge down, not each width, keeps the sum within the page.
    edges = [int(edge / _MILLIMETRES_PER_PIXEL) for edge in accumulate(widths, initial=0)]
    for column, (left, right) in enumerate(pairwise(edges)):
        sheet.set_column_pixels(column, column, right - left)


def write_text(sheet: Worksheet, row: int, column: int, text: str, style: Format) -> None:
    """Write the text as text, never as formula or link: XlsxWriter's write() would guess."""
    text = _within_limit(printable(text))
    if not text:
        sheet.write_blank(row, column, "", style)
    elif text.startswith("<r>") and text.endswith("</r>"):
        # XlsxWriter takes this for markup of its own and would write it as it stands.
        sheet.write_rich_string(row, column, text[:1], style, text[1:], style)
    else:
        sheet.write_string(row, column, text, style)


def is_too_long(text: str) -> bool:
    """True where a cell cannot hold the text and write_text() cuts it."""
    # Characters beyond the basic plane count twice, so most texts need not be encoded to know.
    return len(text) > LONGEST_TEXT // 2 and len(printable(text).encode("utf-16-le")) > LONGEST_TEXT * 2


def _within_limit(text: str) -> str:
    """Return the text, or as much of it as a cell may hold and a note that the rest is missing."""
    if not is_too_long(text):
        return text
    units = text.encode("utf-16-le")
    return units[: (LONGEST_TEXT - len(CUT)) * 2].decode("utf-16-le", errors="ignore") + CUT
