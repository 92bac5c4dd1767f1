"""The table as a form: the same cells as on paper, a control for every field, no other to type into."""

import re
from html.parser import HTMLParser

import pytest

from indicators.document.fields import field_texts
from indicators.frames import FRAMES
from indicators.layout.editor_html import rows_html, table_form_html
from indicators.layout.grid_html import grid_html
from indicators.layout.table import PrintOptions, lay_out_table
from tests.sample_documents import blank_table, hostile_table, long_table, party_table, team_table

TIERS = [(first, second) for first, seconds in FRAMES["2015"].items() for second in seconds]
TABLES = {
    "team": team_table(),
    "party": party_table(),
    "long": long_table(),
    "blank": blank_table(),
    "hostile": hostile_table(),
}
OPTIONS = PrintOptions(weights=True, foot_line=True)


class Reader(HTMLParser):
    """Collects the cells with their spans and printed texts, and the controls with their values."""

    def __init__(self, html):
        super().__init__()
        self.cells, self.controls, self.labels, self.path, self.is_open = [], {}, {}, None, False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "td":
            self.cells.append([found.get("colspan", "1"), found.get("rowspan", "1"), ""])
            self.is_open = True
        if tag == "textarea":
            self.path = found["data-path"]
            assert found["name"] == self.path
            self.controls[self.path], self.labels[self.path] = "", found["aria-label"]

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.path = None
        if tag in ("td", "table"):
            self.is_open = False
        if tag == "div" and self.cells:
            self.is_open = False  # what stands behind the entry belongs to no print

    def handle_data(self, text):
        if self.path:
            self.controls[self.path] += text
        elif self.is_open:
            self.cells[-1][2] += text


@pytest.mark.parametrize("name", TABLES)
def test_it_shows_the_cells_of_the_paper_with_their_spans(name):
    drawn = Reader(table_form_html(TABLES[name], OPTIONS, tiers=TIERS)).cells
    assert drawn == Reader(grid_html(lay_out_table(TABLES[name], OPTIONS), "sheet")).cells


@pytest.mark.parametrize("name", TABLES)
def test_every_field_has_one_control_that_holds_its_text(name):
    controls = Reader(table_form_html(TABLES[name], OPTIONS, tiers=TIERS)).controls
    # The parser drops the line break behind the tag; Python's leaves it to us.
    assert {path: text.removeprefix("\n") for path, text in controls.items()} == field_texts(TABLES[name])


def test_every_control_says_where_it_stands():
    labels = list(Reader(table_form_html(party_table(), OPTIONS, tiers=TIERS)).labels.values())
    assert len(set(labels)) == len(labels)
    assert {"项目名称", "6月底累计支出比例", "绩效目标", "第3行 指标值", "第6行 权重"} <= set(labels)


def test_a_locked_field_is_printed_and_cannot_be_typed_into():
    html = table_form_html(party_table(), OPTIONS, tiers=TIERS, locked=("name",))
    reader = Reader(html)
    assert "name" not in reader.controls
    assert ["5", "1", party_table().name] in reader.cells
    assert "重新导入清单" in html


def test_a_blank_amount_printed_as_zero_is_blank_to_type_into():
    reader = Reader(table_form_html(party_table(), PrintOptions(blank_other_as_zero=True), tiers=TIERS))
    assert reader.controls["other_funding"].strip() == ""


def test_every_tier_can_be_begun():
    html = table_form_html(blank_table(), OPTIONS, tiers=TIERS)
    assert re.findall(r'data-add data-first="(.+?)" data-second="(.+?)"', html) == TIERS


def test_rows_alone_are_those_of_the_form():
    table = long_table()
    assert str(rows_html(table, OPTIONS)) in table_form_html(table, OPTIONS, tiers=TIERS)
