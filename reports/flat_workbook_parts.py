"""The XML around the rows of a flat workbook (ECMA-376): what Excel needs to open it, and no more."""

import datetime
from collections.abc import Sequence
from html import escape

from reports.office_text import SONG

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_BARE = 'fontId="0" fillId="0" borderId="0"'
_PLAIN = f'{_BARE} xfId="0"'
_APPLIED = 'applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"'
_HEADER_WRAPPED = '<alignment horizontal="center" vertical="center" wrapText="1"/>'
_CENTRED = '<alignment horizontal="center"/>'
_TOP_WRAPPED = '<alignment horizontal="left" vertical="top" wrapText="1"/>'
# In the order of flat_workbook.Style, after the default. quotePrefix keeps text that is edited as text.
_CELL_STYLES = (
    f'<xf numFmtId="0" {_PLAIN}/>',
    f'<xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" {_APPLIED}>{_HEADER_WRAPPED}</xf>',
    f'<xf numFmtId="0" {_PLAIN} quotePrefix="1"/>',
    f'<xf numFmtId="49" {_PLAIN} quotePrefix="1" applyNumberFormat="1"/>',
    f'<xf numFmtId="0" {_PLAIN} applyAlignment="1">{_CENTRED}</xf>',
    f'<xf numFmtId="0" {_PLAIN}/>',
    f'<xf numFmtId="164" {_PLAIN} applyNumberFormat="1"/>',
    f'<xf numFmtId="165" {_PLAIN} applyNumberFormat="1"/>',
    f'<xf numFmtId="0" {_PLAIN} quotePrefix="1" applyAlignment="1">{_TOP_WRAPPED}</xf>',
)
_FONT = f'<sz val="11"/><name val="{SONG}"/><charset val="134"/>'
_NO_BORDER = "<border><left/><right/><top/><bottom/><diagonal/></border>"
_STYLES = "".join(
    (
        f'{_XML}<styleSheet xmlns="{_MAIN}">',
        '<numFmts count="2"><numFmt numFmtId="164" formatCode="#,##0.00####"/>',
        '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>',
        f'<fonts count="2"><font>{_FONT}</font><font><b/>{_FONT}</font></fonts>',
        '<fills count="3"><fill><patternFill patternType="none"/></fill>',
        '<fill><patternFill patternType="gray125"/></fill>',
        '<fill><patternFill patternType="solid"><fgColor rgb="FFE6EAEF"/></patternFill></fill></fills>',
        f'<borders count="2">{_NO_BORDER}',
        '<border><left/><right/><top/><bottom style="thin"/><diagonal/></border></borders>',
        f'<cellStyleXfs count="1"><xf numFmtId="0" {_BARE}/></cellStyleXfs>',
        f'<cellXfs count="{len(_CELL_STYLES)}">{"".join(_CELL_STYLES)}</cellXfs>',
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
    )
)


def sheet_path(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def sheet_head(widths: Sequence[int], grows: bool) -> str:
    """Return what stands before the rows; unless the sheet ``grows``, a line break makes no row taller."""
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths, start=1)
    )
    height = "" if grows else ' customHeight="1"'
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"{height}/><cols>{columns}</cols><sheetData>'
    )


def sheet_tail(whole: str) -> str:
    """Return what stands after the rows; ``whole`` is the range of all cells, such as A1:C9."""
    return (
        f'</sheetData><autoFilter ref="{whole}"/>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        # Codes are text on purpose: without this Excel marks each of them as a number stored as text.
        f'<ignoredErrors><ignoredError sqref="{whole}" numberStoredAsText="1"/></ignoredErrors></worksheet>'
    )


def properties(title: str, creator: str, created: datetime.datetime) -> str:
    """Return the document properties; ``created`` is an aware time."""
    moment = created.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>{escape(creator)}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created></cp:coreProperties>'
    )


def fixed_parts(sheets: Sequence[tuple[str, str]], core_properties: str) -> dict[str, str]:
    """Return the parts beside the worksheets by path; ``sheets`` are their names and ranges ($A$1:$C$9)."""
    numbers = range(1, len(sheets) + 1)
    return {
        "[Content_Types].xml": _content_types(numbers),
        "_rels/.rels": _relationships(
            (f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": core_properties,
        "xl/workbook.xml": _workbook(sheets),
        "xl/_rels/workbook.xml.rels": _relationships(
            *((f"{_OFFICE}/worksheet", f"worksheets/sheet{number}.xml") for number in numbers),
            (f"{_OFFICE}/styles", "styles.xml"),
        ),
        "xl/styles.xml": _STYLES,
    }


def _content_types(numbers: Sequence[int]) -> str:
    overrides = {
        "xl/workbook.xml": f"{_TYPES}.sheet.main+xml",
        "xl/styles.xml": f"{_TYPES}.styles+xml",
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    } | {sheet_path(number): f"{_TYPES}.worksheet+xml" for number in numbers}
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="/{path}" ContentType="{type}"/>' for path, type in overrides.items())
        + "</Types>"
    )


def _relationships(*targets: tuple[str, str]) -> str:
    return (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{type}" Target="{target}"/>'
            for number, (type, target) in enumerate(targets, start=1)
        )
        + "</Relationships>"
    )


def _workbook(sheets: Sequence[tuple[str, str]]) -> str:
    """Return the list of sheets; the first relationships lead to them, in the same order."""
    names = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'
        for number, (name, _) in enumerate(sheets, start=1)
    )
    filters = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">'
        f"'{name}'!{whole}</definedName>"
        for place, (name, whole) in enumerate(sheets)
    )
    titles = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{place}">\'{name}\'!$1:$1</definedName>'
        for place, (name, _) in enumerate(sheets)
    )
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{names}</sheets><definedNames>{filters}{titles}</definedNames></workbook>"
    )
