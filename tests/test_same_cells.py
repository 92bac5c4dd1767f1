"""The same document in every format: its cells on screen, on paper, in the workbook and in the Word file."""

import io
import re
import subprocess
from collections import Counter
from dataclasses import replace

import docx
import openpyxl
import pytest
from docx.table import Table
from lxml import html

from indicators.document import Booklet, TargetTable
from indicators.layout.booklet import lay_out_booklet
from indicators.layout.grid import Grid
from indicators.layout.html import publication_html
from indicators.layout.table import PrintOptions
from perfbudget.lib.money import format_wan
from perfbudget.lib.ratios import format_percent
from reports.pdf import print_publication
from reports.word import write_word
from reports.workbook import write_workbook
from tests.sample_documents import blank_table, hostile_table, seed_booklet
from tests.test_workbook import shown, spans

TEXTS = ("name", "description", "value", "basis")
LINE_STYLES = ("表格标题", "表格说明", "表格签署")


@pytest.fixture(scope="module")
def booklet() -> Booklet:
    hostile = hostile_table()
    hostile = replace(hostile, purpose="@x\n\n<b>&amp;</b>", indicators=hostile.indicators[:5])
    booklet = seed_booklet()
    return replace(booklet, tables=(*booklet.tables, hostile, blank_table()))


@pytest.fixture(scope="module")
def publication(booklet):
    return lay_out_booklet(booklet, PrintOptions(foot_line=True))


def grid_rows(grid: Grid) -> list[list[tuple]]:
    """Return each row's cells as (text, columns, rows), in a line outside the table as (text,)."""
    return [
        [(cell.text, cell.columns, cell.rows) if row.is_ruled else (cell.text,) for cell in row.cells]
        for row in grid.rows
    ]


@pytest.fixture(scope="module")
def expected(publication) -> list[list[list[tuple]]]:
    return [grid_rows(block.grid) for block in publication.sheets()]


# The document itself


def fields_of(table: TargetTable) -> dict[str, str]:
    """Return what the table's form must show, by the path of the field."""
    fields = {name: getattr(table, name) for name in ("project_code", "name", "purpose", "goal")}
    fields |= {
        name: format_wan(getattr(table, name)) for name in ("budget", "fiscal_funding", "other_funding")
    }
    fields |= {f"milestones/{node.month}": format_percent(node.percent) for node in table.milestones}
    for row in table.indicators:
        fields |= {f"indicators/{row.uid}/{name}": getattr(row, name) for name in TEXTS}
    return fields


def test_every_field_of_the_document_stands_in_its_cell(booklet, publication):
    for table, block in zip(booklet.tables, publication.sheets(), strict=True):
        cells = {place.cell.path: place.cell.text for place in block.grid.placed() if place.cell.path}
        tiers = {path: cells.pop(path) for path in list(cells) if path.endswith("_tier")}
        assert cells == fields_of(table)
        known = {row.uid: row for row in table.indicators}
        for path, text in tiers.items():
            _, uid, name = path.split("/")
            assert text == getattr(known[uid], name)


def test_every_indicator_stands_beside_its_tiers(booklet, publication):
    for table, block in zip(booklet.tables, publication.sheets(), strict=True):
        tiers: dict[int, list[str]] = {}
        names: dict[int, str] = {}
        for place in block.grid.placed():
            if place.cell.path.endswith("_tier"):
                for row in range(place.row, place.row + place.cell.rows):
                    tiers.setdefault(row, []).append(place.cell.text)
            elif place.cell.path.startswith("indicators/") and place.cell.path.endswith("/name"):
                names[place.row] = place.cell.text
        found = [(*tiers[row], names[row]) for row in sorted(names)]
        assert found == [(row.first_tier, row.second_tier, row.name) for row in table.indicators]


# The formats


def html_sheets(page: str) -> list:
    def cells(row):
        if row.tag == "div":
            return [(span.text_content(),) for span in row.iterchildren("span")]
        return [
            (cell.text_content(), int(cell.get("colspan", 1)), int(cell.get("rowspan", 1)))
            for cell in row.iterchildren("td")
        ]

    sheets = html.fromstring(page).xpath("//section[contains(@class, 'sheet')]")
    return [
        [cells(row) for row in sheet.xpath(".//tr | .//div[starts-with(@class, 'line')]")] for sheet in sheets
    ]


def workbook_sheets(data: bytes, count: int) -> list:
    def rows(sheet):
        merged = spans(sheet)
        covered = {
            (first_row + row, first_column + column)
            for (first_row, first_column), (tall, wide) in merged.items()
            for row in range(tall)
            for column in range(wide)
        } - merged.keys()
        for number, row in enumerate(sheet.iter_rows()):
            begun = [(at, cell) for at, cell in enumerate(row) if (number, at) not in covered]
            yield [
                (shown(cell), *reversed(merged.get((number, at), (1, 1))))
                if cell.border.left.style
                else (shown(cell),)
                for at, cell in begun
            ]

    worksheets = openpyxl.load_workbook(io.BytesIO(data)).worksheets[-count:]
    return [list(rows(sheet)) for sheet in worksheets]


def word_sheets(data: bytes) -> list:
    sheets = []
    for item in docx.Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(item, Table):
            sheets[-1].extend(word_rows(item))
        elif item.style.name in LINE_STYLES:
            if item.style.name == LINE_STYLES[0]:
                sheets.append([])
            sheets[-1].append([(text,) for text in item.text.split("\t")])
    return sheets


def word_rows(table: Table) -> list:
    """Return the rows of a table; a cell is as tall as there are rows that hold it."""
    slots = [{cell._tc: cell for cell in row.cells} for row in table.rows]
    height = Counter(key for row in slots for key in row)
    rows, seen = [], set()
    for row in slots:
        begun = {key: cell for key, cell in row.items() if key not in seen}
        seen.update(begun)
        rows.append([(cell.text, key.grid_span, height[key]) for key, cell in begun.items()])
    return rows


def test_the_page_shows_the_cells_of_the_grid(publication, expected):
    assert html_sheets(publication_html(publication)) == expected


def test_the_workbook_holds_the_cells_of_the_grid(publication, expected):
    assert workbook_sheets(write_workbook(publication), len(expected)) == expected


def test_the_word_file_holds_the_cells_of_the_grid(publication, expected):
    assert word_sheets(write_word(publication)) == expected


def test_the_pdf_holds_the_cells_of_the_grid_in_order(publication, expected):
    command = ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"]
    pdf = print_publication(publication).pdf
    raw = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    # A PDF knows where letters stand, not how many blanks lie between them.
    whole, position = re.sub(r"\s+", "", raw), 0
    texts = (re.sub(r"\s+", "", cell[0]) for sheet in expected for row in sheet for cell in row)
    for text in texts:
        found = whole.find(text, position)
        assert found >= 0, text
        position = found + len(text)
