import io

import docx
import pikepdf
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph as DocxParagraph

from indicators.layout.grid import Cell, Grid, Role, Row, RowKind
from indicators.layout.publication import Heading, Paragraph, Publication, SheetBlock
from reports.fonts import use_fonts
from reports.office_text import printable
from reports.word import write_word
from tests.sample_documents import sample_publications

NAMES = ("booklet", "table", "blank", "hostile", "long", "summary")
LINE_STYLES = ("表格标题", "表格说明", "表格签署")


@pytest.fixture(scope="module")
def publications():
    return sample_publications()


def opened(publication, pages=None):
    return docx.Document(io.BytesIO(write_word(publication, pages or {})))


def one_sheet(*rows: Row, landscape=False, anchor="made") -> SheetBlock:
    columns = max(sum(cell.columns for cell in row.cells) for row in rows)
    return SheetBlock(Grid("made", (40.0,) * columns, rows, landscape), "试印", anchor)


def covered_texts(grid: Grid) -> list[list[str]]:
    """Return the text that covers each base column of each row."""
    texts = [[""] * len(grid.widths) for _ in grid.rows]
    for place in grid.placed():
        for row in range(place.row, place.row + place.cell.rows):
            for column in range(place.column, place.column + place.cell.columns):
                texts[row][column] = printable(place.cell.text)
    return texts


def expected_rows(publication) -> list:
    """Return each ruled row as a list of texts, each line outside the table as one text."""
    return [
        covered if row.is_ruled else "\t".join(printable(cell.text) for cell in row.cells)
        for block in publication.sheets()
        for row, covered in zip(block.grid.rows, covered_texts(block.grid), strict=True)
    ]


def rows_of(document) -> list:
    found = []
    for item in document.iter_inner_content():
        if isinstance(item, Table):
            found.extend([cell.text for cell in row.cells] for row in item.rows)
        elif item.style.name in LINE_STYLES:
            found.append(item.text)
    return found


# Cells


@pytest.mark.parametrize("name", NAMES)
def test_every_row_holds_the_texts_of_the_grid(publications, name):
    assert rows_of(opened(publications[name])) == expected_rows(publications[name])


@pytest.mark.parametrize("name", NAMES)
def test_merged_cells_are_real(publications, name):
    document = opened(publications[name])
    slots = [cell._tc for table in document.tables for row in table.rows for cell in row.cells]
    expected = [
        place.cell.columns * place.cell.rows
        for block in publications[name].sheets()
        for place in block.grid.placed()
        if block.grid.rows[place.row].is_ruled
    ]
    assert [slots.count(cell) for cell in dict.fromkeys(slots)] == expected


def test_characters_xml_cannot_hold_are_left_out():
    text = "半个代理\ud83d响铃\x07页\x0c\r\n回车\r完<b>&"
    block = one_sheet(Row((Cell(text, Role.TEXT),)))
    document = opened(Publication(text, (Heading(1, text, "a"), Paragraph(text), block), text))
    assert document.tables[0].cell(0, 0).text == "半个代理响铃页\n回车\n完<b>&"
    assert document.paragraphs[0].text == "半个代理响铃页\n回车\n完<b>&"


def test_blanks_are_kept():
    block = one_sheet(Row((Cell("  前  后  ", Role.TEXT), Cell(" ", Role.TEXT), Cell("制表\t符", Role.TEXT))))
    (table,) = opened(Publication("试印", (block,))).tables
    assert [cell.text for cell in table.rows[0].cells] == ["  前  后  ", " ", "制表\t符"]


# Tables


def test_the_indicator_part_is_a_table_that_repeats_its_header(publications):
    document = opened(publications["table"])
    first, second = document.tables
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in first.rows] == [False] * 6
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in second.rows] == [True] + [False] * 6
    assert [column.width for column in first.columns] == [column.width for column in second.columns]


def test_only_long_texts_may_break_over_pages(publications):
    (block,) = publications["table"].sheets()
    ruled = [row for row in block.grid.rows if row.is_ruled]
    rows = [row for table in opened(publications["table"]).tables for row in table.rows]
    kept = [row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows]
    assert kept == [not row.may_break for row in ruled]
    assert not all(kept)


def test_columns_are_as_wide_as_on_paper(publications):
    table = opened(publications["table"]).tables[0]
    (block,) = publications["table"].sheets()
    widths = [column.width.mm for column in table.columns]
    assert widths == pytest.approx(block.grid.widths, abs=0.03)
    assert sum(widths) == pytest.approx(180, abs=0.01)


# Document


def test_headings_are_headings(publications):
    document = opened(publications["booklet"])
    headings = [
        (paragraph.style.name, paragraph.text)
        for paragraph in document.paragraphs
        if paragraph.style.name.startswith("Heading") or paragraph.style.name == "表格标题"
    ]
    assert headings == [
        ("Heading 1", "第一部分 部门整体绩效目标"),
        ("Heading 2", "一、总体绩效目标"),
        ("Heading 2", "二、分项绩效目标"),
        ("Heading 3", "（一）机关党组织活动经费分项绩效目标、绩效指标"),
        ("Heading 2", "三、工作保障措施"),
        ("Heading 3", "（一）完善制度建设。"),
        ("Heading 1", "第二部分 预算项目绩效目标"),
        ("表格标题", "1.2024年度机关团工作活动经费绩效目标表"),
        ("表格标题", "2.]2024年度机关党组织活动经费绩效目标表"),
    ]
    outline = document.styles["表格标题"].element.find(f".//{qn('w:outlineLvl')}")
    assert outline.get(qn("w:val")) == "1"


def test_the_contents_show_the_pages_of_the_pdf_and_lead_to_the_place(publications):
    publication = publications["booklet"]
    entries = list(publication.entries())
    pages = {anchor: number for number, (_, _, anchor) in enumerate(entries, start=11)}
    document = opened(publication, pages)
    shown = [paragraph for paragraph in document.paragraphs if paragraph.style.name.startswith("toc")]
    assert [paragraph.text for paragraph in shown] == [
        f"{text}\t{pages[anchor]}" for _, text, anchor in entries
    ]
    bookmarks = {
        mark.get(qn("w:name")): mark.getparent() for mark in document.element.iter(qn("w:bookmarkStart"))
    }
    for paragraph, (_, text, _) in zip(shown, entries, strict=True):
        (link,) = paragraph.hyperlinks
        field = paragraph._p.find(f".//{qn('w:instrText')}").text.split()
        assert field == ["PAGEREF", link.fragment, "\\h"]
        place = bookmarks[link.fragment]
        following = place.getnext()  # the bookmark of a sheet stands in the line above its title
        assert text in (DocxParagraph(place, None).text, DocxParagraph(following, None).text)


def test_a_page_number_nobody_knows_is_marked_for_update(publications):
    document = opened(publications["booklet"])
    fields = document.element.body.iter(qn("w:fldChar"))
    begins = [field for field in fields if field.get(qn("w:fldCharType")) == "begin"]
    assert {field.get(qn("w:dirty")) for field in begins} == {"true"}
    assert len(begins) == len(list(publications["booklet"].entries()))


def test_mark_identity_and_page_number_stand_on_every_page(publications):
    publication = publications["booklet"]
    (section,) = opened(publication).sections
    identity = f"校验码 {publication.identity[:16]}"
    assert section.header.paragraphs[0].text == "草稿"
    assert section.footer.paragraphs[0].text == f"{identity}\t— 1 —"
    assert section.first_page_header.paragraphs[0].text == "草稿"
    assert section.first_page_footer.paragraphs[0].text == identity  # the title page bears no number
    assert section.different_first_page_header_footer


def test_the_paper_turns_with_the_grid():
    row = Row((Cell("文字", Role.TEXT),))
    blocks = (
        Heading(1, "甲", "part-1"),
        one_sheet(row, anchor="a"),
        Heading(1, "乙", "part-2"),
        one_sheet(row, landscape=True, anchor="b"),
        Heading(1, "丙", "part-3"),
        Paragraph("文字"),
    )
    sections = opened(Publication("试印", blocks)).sections
    assert [section.orientation for section in sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.PORTRAIT,
    ]
    assert [round(section.page_width.mm) for section in sections] == [210, 297, 210]
    assert {round(section.left_margin.mm) for section in sections} == {15}


def test_the_file_says_what_it_is(publications):
    document = opened(publications["booklet"])
    properties = document.core_properties
    assert properties.title == "曹妃甸区直机关工委2024年部门预算绩效目标"
    assert (properties.subject, properties.author) == ("草稿", "曹妃甸区直机关工委")
    assert properties.keywords == publications["booklet"].identity
    language = document.styles.element.find(f".//{qn('w:lang')}")
    assert (properties.language, language.get(qn("w:eastAsia"))) == ("zh-CN", "zh-CN")


def test_the_same_publication_gives_the_same_bytes(publications):
    assert write_word(publications["booklet"]) == write_word(publications["booklet"])


def test_a_publication_without_blocks_is_still_a_document():
    document = opened(Publication("空", ()))
    assert [paragraph.text for paragraph in document.paragraphs] == []


def test_a_grid_of_lines_only_has_no_table():
    row = Row((Cell("标题", Role.TITLE),), RowKind.TITLE)
    document = opened(Publication("试印", (one_sheet(row),)))
    assert rows_of(document) == ["标题"]
    assert document.tables == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("booklet", 5), ("summary", 5), ("long", 7)],
)
def test_libreoffice_prints_one_table_a_page(publications, office_to_pdf, tmp_path, name, expected):
    use_fonts()
    path = tmp_path / f"{name}.docx"
    path.write_bytes(write_word(publications[name]))
    with pikepdf.open(office_to_pdf(path)) as pdf:
        assert len(pdf.pages) == expected
