"""The empty document every file begins with: our styles in place of python-docx's, nothing unused."""

import io
from functools import cache

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RELATION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from reports.office_text import FANGSONG, HEI, SONG

# Ids of the styles. People see the names below: Chinese, or Word's own where it has a style for the purpose.
NORMAL, PARAGRAPH, HEADING, TOC = "Normal", "Narrative", "Heading", "TOC"
COVER_TITLE, COVER_LINE, CONTENTS_TITLE = "CoverTitle", "CoverLine", "ContentsTitle"
SHEET_TITLE, SHEET_LINE, SHEET_FOOT, SHEET_GAP = "SheetTitle", "SheetLine", "SheetFoot", "SheetGap"
CELL_TEXT, CELL_CENTRED, CELL_NUMBER, CELL_HEADER = "CellText", "CellCentred", "CellNumber", "CellHeader"
HEADER, FOOTER, TABLE = "Header", "Footer", "RuledTable"
LETTER_ISSUER, LETTER_NUMBER, LETTER_TITLE = "LetterIssuer", "LetterNumber", "LetterTitle"
LETTER, LETTER_ADDRESSEE, LETTER_SIGNATURE = "Letter", "LetterAddressee", "LetterSignature"

_KEPT_PARTS = (RELATION.STYLES, RELATION.SETTINGS)
# Between Chinese and Latin characters: columns are narrow, and the PDF has none.
_NO_GAPS = '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
_BASED = f'<w:basedOn w:val="{NORMAL}"/>'
_RED = "C8102E"  # of the head of an official document
RED_LINE = f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="8" w:color="{_RED}"/></w:pBdr>'
_CENTRED, _RIGHT, _KEEP_NEXT = '<w:jc w:val="center"/>', '<w:jc w:val="right"/>', "<w:keepNext/>"
# Four characters from the margin; the space above stands before the first of them alone.
_SIGNATURE = f'<w:ind w:rightChars="400" w:right="1280"/><w:contextualSpacing/>{_RIGHT}'


def empty_document() -> Document:
    """Return a new document with our styles, A4 and no content."""
    return docx.Document(io.BytesIO(_template()))


@cache
def _template() -> bytes:
    document = docx.Document()
    for relations, kept in (
        (document.part.rels, _KEPT_PARTS),
        (document.part.package.rels, (RELATION.OFFICE_DOCUMENT, RELATION.CORE_PROPERTIES)),
    ):
        for identifier in [key for key, relation in relations.items() if relation.reltype not in kept]:
            del relations[identifier]
    styles = document.styles.element
    styles[:] = list(
        parse_xml(f"<w:styles {nsdecls('w')}>{_defaults()}{_paragraph_styles()}{_table_style()}</w:styles>")
    )
    _set_up(document.settings.element)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def _set_up(settings) -> None:
    """Let Word lay out as it does today (the template asks for 2010) and take the text for Chinese."""
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    language = settings.find(qn("w:themeFontLang"))
    language.set(qn("w:val"), "zh-CN")
    language.set(qn("w:eastAsia"), "zh-CN")


def _fonts(name: str) -> str:
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}"/>'


def _defaults() -> str:
    return (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{_fonts(SONG)}<w:kern w:val="0"/><w:sz w:val="21"/>'
        '<w:szCs w:val="21"/><w:lang w:val="zh-CN" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
    )


def _paragraph_styles() -> str:
    return "".join(_style(*place, **kinds) for place, kinds in _STYLES)


def _style(
    identifier: str,
    name: str,
    size: float,
    line: float,
    *,
    font: str = SONG,
    before: float = 0,
    after: float = 0,
    first: str = "",
    last: str = "",
    letters: str = "",
) -> str:
    """Return a paragraph style; lengths in points, ``first`` and ``last`` are put around the spacing.

    ``letters`` are properties of its characters, in the order of the schema.
    """
    # Exact lines make the pages end alike whatever stands in for a font that is missing.
    spacing = (
        f'<w:spacing w:before="{round(before * 20)}" w:after="{round(after * 20)}" '
        f'w:line="{round(line * 20)}" w:lineRule="exact"/>'
    )
    default, based = (' w:default="1"', "") if identifier == NORMAL else ("", _BASED)
    return (
        f'<w:style w:type="paragraph" w:styleId="{identifier}"{default}>'
        f'<w:name w:val="{name}"/>{based}<w:qFormat/>'
        f"<w:pPr>{first}{spacing}{last}</w:pPr>"
        f"<w:rPr>{_fonts(font)}{letters}"
        f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/></w:rPr>'
        "</w:style>"
    )


def _outline(level: int) -> str:
    return f'<w:outlineLvl w:val="{level}"/>'


def _indent(points: float) -> str:
    """Return a first line indented by two characters of the size."""
    return f'<w:ind w:firstLineChars="200" w:firstLine="{round(points * 40)}"/>'


def _table_style() -> str:
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 68), ("left", 54), ("bottom", 68), ("right", 54))
    )
    return (
        f'<w:style w:type="table" w:styleId="{TABLE}"><w:name w:val="公文表格"/><w:tblPr>'
        f"<w:tblBorders>{edges}</w:tblBorders><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr></w:style>"
    )


# (id, name, size, distance of lines) and what else differs from the plain style.
_STYLES = (
    ((NORMAL, "Normal", 10.5, 14.2), {"first": _NO_GAPS}),
    ((PARAGRAPH, "叙述段落", 12, 21), {"last": _indent(12)}),
    (
        (f"{HEADING}1", "heading 1", 18, 26),
        {"font": HEI, "after": 17, "first": _KEEP_NEXT, "last": _CENTRED + _outline(0)},
    ),
    (
        (f"{HEADING}2", "heading 2", 14, 25.2),
        {"font": HEI, "before": 8.5, "after": 3, "first": _KEEP_NEXT, "last": _indent(14) + _outline(1)},
    ),
    (
        (f"{HEADING}3", "heading 3", 12, 21.6),
        {"font": HEI, "before": 3, "first": _KEEP_NEXT, "last": _indent(12) + _outline(2)},
    ),
    ((f"{TOC}1", "toc 1", 12, 22.8), {}),
    ((f"{TOC}2", "toc 2", 12, 22.8), {"last": '<w:ind w:left="480"/>'}),
    ((COVER_TITLE, "封面标题", 26, 41.6), {"font": HEI, "last": _CENTRED}),
    ((COVER_LINE, "封面说明", 14, 19), {"after": 8.5, "last": _CENTRED}),
    ((CONTENTS_TITLE, "目录标题", 18, 26), {"font": HEI, "after": 22, "last": _CENTRED}),
    (
        (SHEET_TITLE, "表格标题", 16, 20.8),
        {"font": HEI, "after": 11, "first": _KEEP_NEXT, "last": _CENTRED + _outline(1)},
    ),
    ((SHEET_LINE, "表格说明", 10.5, 14.2), {"after": 4, "first": _KEEP_NEXT}),
    ((SHEET_FOOT, "表格签署", 10.5, 14.2), {"before": 8.5}),
    ((SHEET_GAP, "表格间隔", 1, 0.7), {}),
    ((CELL_TEXT, "表格正文", 10.5, 14.2), {}),
    ((CELL_CENTRED, "表格居中", 10.5, 14.2), {"last": _CENTRED}),
    ((CELL_NUMBER, "表格数字", 10.5, 14.2), {"last": _RIGHT}),
    ((CELL_HEADER, "表格表头", 10.5, 14.2), {"font": HEI, "first": _KEEP_NEXT, "last": _CENTRED}),
    (
        (LETTER_ISSUER, "发文机关标志", 32, 42),
        {"before": 22, "after": 28, "last": _CENTRED, "letters": f'<w:b/><w:color w:val="{_RED}"/>'},
    ),
    ((LETTER_NUMBER, "发文字号", 16, 28), {"font": FANGSONG, "last": _CENTRED}),
    ((LETTER_TITLE, "公文标题", 22, 34), {"before": 34, "after": 22, "last": _CENTRED, "letters": "<w:b/>"}),
    ((LETTER, "公文正文", 16, 28), {"font": FANGSONG, "last": _indent(16)}),
    ((LETTER_ADDRESSEE, "主送机关", 16, 28), {"font": FANGSONG}),
    (
        (LETTER_SIGNATURE, "署名日期", 16, 28),
        {"font": FANGSONG, "before": 42, "last": _SIGNATURE},
    ),
    ((HEADER, "header", 10.5, 14.2), {"last": _RIGHT}),
    ((FOOTER, "footer", 9, 12), {}),
)
