import io
import zipfile
from decimal import Decimal

import openpyxl
import pikepdf
import pytest
from lxml import etree

from indicators.layout.grid import Cell, Grid, Role, Row, RowKind
from indicators.layout.publication import Contents, Cover, Heading, Paragraph, Publication, SheetBlock
from reports.fonts import use_fonts
from reports.office_text import count_lines, printable
from reports.workbook import write_workbook
from reports.workbook.book import CUT, LONGEST_TEXT
from tests.sample_documents import sample_publications

WHOLE = ("booklet", "table", "blank", "summary")
NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
NUMBERS = {Role.MONEY, Role.PERCENT, Role.COUNT}


@pytest.fixture(scope="module")
def publications():
    return sample_publications()


def opened(publication, pages=None):
    return openpyxl.load_workbook(io.BytesIO(write_workbook(publication, pages or {})))


def sheets_of(publication):
    """Yield (worksheet, grid) of each grid of the publication."""
    workbook = opened(publication)
    grids = [block.grid for block in publication.sheets()]
    return list(zip(workbook.worksheets[-len(grids) :], grids, strict=True))


def shown(cell) -> str:
    """Return what Excel shows in the cell."""
    if cell.value is None:
        return ""
    if cell.data_type != "n":
        return cell.value
    number, number_format = Decimal(str(cell.value)), cell.number_format.removesuffix("_ ")
    if number_format.endswith("%"):
        return f"{number:.{len(number_format.rstrip('%').partition('.')[2])}%}"
    whole, _, decimals = format(number, "f").partition(".")
    least = number_format.partition(".")[2].count("0")
    return f"{whole}.{decimals.ljust(least, '0')}" if least else whole


def spans(sheet) -> dict:
    """Return (row, column) → (rows, columns) of the merged cells, counted from 0."""
    return {
        (area.min_row - 1, area.min_col - 1): (area.size["rows"], area.size["columns"])
        for area in sheet.merged_cells.ranges
    }


def one_sheet(*cells: Cell, kind=RowKind.BODY) -> Publication:
    """Return a publication of one grid of one row."""
    grid = Grid("made", tuple(40.0 for _ in cells), (Row(cells, kind),))
    return Publication("试印", (SheetBlock(grid, "试印", "made"),))


# Cells


@pytest.mark.parametrize("name", WHOLE)
def test_every_cell_stands_where_it_stands_in_the_grid(publications, name):
    for sheet, grid in sheets_of(publications[name]):
        merged = spans(sheet)
        for place in grid.placed():
            cell = sheet.cell(place.row + 1, place.column + 1)
            assert shown(cell) == place.cell.text
            expected = (place.cell.rows, place.cell.columns)
            assert merged.pop((place.row, place.column), (1, 1)) == expected
        assert merged == {}


@pytest.mark.parametrize("name", ["long", "hostile"])
def test_a_table_of_several_pages_holds_the_same_cells_in_the_same_order(publications, name):
    ((sheet, grid),) = sheets_of(publications[name])
    merged = sheet.merged_cells.ranges
    covered = {cell for area in merged for cell in list(area.cells)[1:]}  # all but the upper left one
    cells = [cell for row in sheet.iter_rows() for cell in row if (cell.row, cell.column) not in covered]
    found = iter(shown(cell) for cell in cells)
    repeated = []
    for place in grid.placed():
        text = next(found)
        while text != printable(place.cell.text):
            repeated.append(text)
            text = next(found)
    tiers = {printable(place.cell.text) for place in grid.placed() if place.cell.role == Role.TIER}
    assert list(found) == []
    assert repeated
    assert set(repeated) <= tiers


def test_numbers_are_numbers_and_codes_are_text(publications):
    for name in WHOLE:
        for sheet, grid in sheets_of(publications[name]):
            for place in grid.placed():
                cell = sheet.cell(place.row + 1, place.column + 1)
                if place.cell.role in NUMBERS and place.cell.text:
                    assert cell.data_type == "n"
                    assert Decimal(str(cell.value)) == place.cell.number
                elif place.cell.role == Role.CODE and place.cell.text:
                    assert (cell.data_type, cell.number_format) == ("s", "@")


def test_a_number_of_more_digits_than_excel_keeps_is_written_as_text():
    text = "999999999999.999999"
    sheet = opened(one_sheet(Cell(text, Role.MONEY, number=Decimal(text)))).active
    assert (sheet["A1"].data_type, sheet["A1"].value) == ("s", text)


def test_no_text_becomes_a_formula_a_link_or_markup(publications):
    ((sheet, _),) = sheets_of(publications["hostile"])
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not any(cell.hyperlink for cell in cells)
    texts = {cell.value for cell in cells}
    assert {"=1+1", "@SUM(A1)", "+86", "-1", "_x0041_", "<r>原样</r>"} <= texts


def test_characters_xml_cannot_hold_are_left_out():
    cell = Cell("半个代理\ud83d响铃\x07页\x0c\r\n回车\r完", Role.TEXT)
    assert opened(one_sheet(cell)).active["A1"].value == "半个代理响铃页\n回车\n完"


@pytest.mark.parametrize("character", ["长", "👩"])
def test_a_text_too_long_for_a_cell_is_cut_and_says_so(character):
    value = opened(one_sheet(Cell(character * 40_000, Role.TEXT))).active["A1"].value
    assert value.endswith(character + CUT)
    assert LONGEST_TEXT - 1 <= len(value.encode("utf-16-le")) / 2 <= LONGEST_TEXT


def test_ruled_rows_have_all_their_lines_and_the_others_none():
    cells = (Cell("绩效目标", Role.LABEL, columns=2, rows=2), Cell("文字", Role.TEXT, columns=2))
    rows = (Row((Cell("标题", Role.TITLE, columns=4),), RowKind.TITLE), Row(cells), Row(cells[1:]))
    block = SheetBlock(Grid("made", (20.0,) * 4, rows), "试印", "made")
    # openpyxl draws borders of merged cells anew, so the file itself is asked.
    with zipfile.ZipFile(io.BytesIO(write_workbook(Publication("试印", (block,))))) as package:
        sheet = etree.fromstring(package.read("xl/worksheets/sheet1.xml"))
        styles = etree.fromstring(package.read("xl/styles.xml"))
    sides = [len(border.xpath("./*[@style='thin']")) for border in styles.iterfind(f"{NS}borders/{NS}border")]
    formats = [sides[int(xf.get("borderId"))] for xf in styles.iterfind(f"{NS}cellXfs/{NS}xf")]
    drawn = [[formats[int(c.get("s"))] for c in row] for row in sheet.iter(f"{NS}row")]
    assert drawn == [[0, 0, 0, 0], [4, 4, 4, 4], [4, 4, 4, 4]]


# Rows


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("预算项目绩效目标表", 9, 1),
        ("预算项目绩效目标表", 8, 2),
        ("一\n\n二", 10, 3),
        ("预算项目，绩效", 4, 2),  # the comma takes 目 down with it
        ("abcdef ghijkl", 4, 2),
        ("a" * 100, 10, 6),
        ("项目" + "a" * 20, 10, 3),
    ],
)
def test_lines_are_counted_as_programs_wrap_them(text, width, lines):
    assert count_lines(text, width) == lines


def test_a_row_is_as_tall_as_its_longest_text():
    publication = one_sheet(Cell("短", Role.TEXT), Cell("长" * 100, Role.TEXT))
    assert opened(publication).active.row_dimensions[1].height > 9 * 10.5 * 1.4


def test_a_text_taller_than_a_row_may_be_gets_several_rows(publications):
    ((sheet, grid),) = sheets_of(publications["long"])
    assert all(dimension.height <= 409 for dimension in sheet.row_dimensions.values())
    goal = next(place for place in grid.placed() if place.cell.path == "goal")
    rows, _ = spans(sheet)[(goal.row, goal.column)]
    heights = [sheet.row_dimensions[goal.row + 1 + number].height for number in range(rows)]
    assert rows > 1
    assert sum(heights) > 60 * 10.5 * 1.4  # 2000 characters in items of two lines and a bit


def test_no_merged_tier_crosses_a_page(publications):
    ((sheet, grid),) = sheets_of(publications["long"])
    breaks = [row_break.id for row_break in sheet.row_breaks.brk]
    goal = next(place for place in grid.placed() if place.cell.path == "goal")
    crossing = [
        area
        for area in sheet.merged_cells.ranges
        if any(area.min_row <= row < area.max_row for row in breaks) and area.min_row > goal.row + 1
    ]
    assert len(breaks) > 3
    assert crossing == []


# Worksheets


def test_a_booklet_has_a_worksheet_for_each_part_and_each_table(publications):
    assert opened(publications["booklet"]).sheetnames == [
        "封面",
        "目录",
        "第一部分 部门整体绩效目标",
        "1.2024年度机关团工作活动经费绩效目标表",
        "2.2024年度机关党组织活动经费绩效目标表",
    ]


def test_names_of_worksheets_are_legal_and_differ():
    grid = Grid("made", (40.0,), (Row((Cell("", Role.TEXT),)),))
    titles = ["长" * 40, "长" * 41, "[a]:*?/\\b", "AB", "ab", "", "'", "History", "👩" * 20]
    blocks = tuple(SheetBlock(grid, title, f"sheet-{number}") for number, title in enumerate(titles))
    names = opened(Publication("试印", blocks)).sheetnames
    assert names == [
        "长" * 31,
        "长" * 28 + "(2)",
        "ab",
        "AB(2)",
        "ab(3)",
        "正文",
        "正文(2)",
        "History(2)",
        "👩" * 15,
    ]


def test_the_contents_lead_to_every_part_and_state_its_page(publications):
    publication = publications["booklet"]
    entries = list(publication.entries())
    pages = {anchor: number for number, (_, _, anchor) in enumerate(entries, start=3)}
    workbook = opened(publication, pages)
    contents = workbook["目录"]
    rows = list(contents.iter_rows(min_row=2))
    assert [row[0].value for row in rows] == [text for _, text, _ in entries]
    assert [row[1].value for row in rows] == list(pages.values())
    for (text, number), (_, title, _) in zip(
        ((row[0].value, row[0].hyperlink.location) for row in rows), entries, strict=True
    ):
        sheet, _, address = number.rpartition("!")
        target = workbook[sheet.strip("'")]
        assert text == title
        assert target[address].value == text or "第二部分" in text


def test_a_heading_without_text_of_its_own_is_printed_over_the_table_it_leads(publications):
    workbook = opened(publications["booklet"])
    first, second = workbook.worksheets[-2:]
    assert "第二部分 预算项目绩效目标" in first.oddHeader.center.text
    assert not second.oddHeader.center.text


def test_the_narrative_is_one_paragraph_a_row():
    blocks = (Heading(1, "第一部分", "part-1"), Paragraph("=1+1", "（一）"), Paragraph("很长" * 3000, "1、"))
    sheet = opened(Publication("试印", blocks))["第一部分"]
    texts = [row[0].value for row in sheet.iter_rows() if row[0].value]
    assert texts == ["第一部分", "（一）=1+1", "1、" + "很长" * 3000]
    assert all(dimension.height <= 409 for dimension in sheet.row_dimensions.values())


def test_a_title_page_holds_title_mark_and_lines():
    publication = Publication("试印", (Cover(("某单位", "目标"), ("编码：1",)), Contents()), mark="草稿")
    sheet = opened(publication)["封面"]
    assert [row[0].value for row in sheet.iter_rows() if row[0].value] == [
        "某单位",
        "目标",
        "草稿",
        "编码：1",
    ]


def test_a_publication_without_blocks_is_still_a_workbook():
    assert opened(Publication("空", ())).sheetnames == ["正文"]


# Print


def test_a_table_is_set_up_for_one_page_of_a4(publications):
    for sheet, _ in sheets_of(publications["booklet"]):
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight is None  # 1 is the default
        assert sheet.oddHeader.right.text == "草稿"
        assert sheet.oddFooter.left.text == f"校验码 {publications['booklet'].identity[:16]}"
        assert sheet.oddFooter.center.text == "— &P —"


def test_a_long_table_repeats_its_header_row(publications):
    ((sheet, grid),) = sheets_of(publications["long"])
    (header,) = (row for row in grid.rows if row.kind == RowKind.HEADER)
    first, last = (int(number.strip("$")) for number in sheet.print_title_rows.split(":"))
    assert first == last
    found = [cell.value for cell in sheet[first] if cell.value]
    assert found == [cell.text for cell in header.cells]


def test_a_wide_grid_is_printed_landscape(publications):
    ((sheet, _),) = sheets_of(publications["summary"])
    assert sheet.page_setup.orientation == "landscape"


def test_worksheets_count_on_from_the_pages_of_the_pdf(publications):
    publication = publications["booklet"]
    pages = {block.anchor: number for number, block in enumerate(publication.sheets(), start=7)}
    first, second = opened(publication, pages).worksheets[-2:]
    assert (first.page_setup.firstPageNumber, second.page_setup.firstPageNumber) == (7, 8)


def test_the_file_says_what_it_is(publications):
    properties = opened(publications["booklet"]).properties
    assert properties.title == "曹妃甸区直机关工委2024年部门预算绩效目标"
    assert properties.subject == "草稿"
    assert properties.keywords == publications["booklet"].identity


def test_the_same_publication_gives_the_same_bytes(publications):
    assert write_workbook(publications["booklet"]) == write_workbook(publications["booklet"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [("booklet", 5), ("hostile", 2), ("summary", 5), ("long", 8)],
)
def test_libreoffice_prints_one_table_a_page(publications, office_to_pdf, tmp_path, name, expected):
    use_fonts()
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(write_workbook(publications[name]))
    with pikepdf.open(office_to_pdf(path)) as pdf:
        assert len(pdf.pages) == expected
