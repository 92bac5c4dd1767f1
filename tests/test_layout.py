import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.document import Indicator, Milestone, TargetTable
from indicators.document.due import EXEMPT_CATEGORIES, filed_tables
from indicators.layout.booklet import lay_out_booklet, lay_out_publication, lay_out_summary
from indicators.layout.grid import Break, Role, RowKind
from indicators.layout.publication import Heading, Paragraph
from indicators.layout.table import PrintOptions, lay_out_table, table_title
from projects.models import EXEMPT
from tests.sample_documents import party_table, seed_booklet, team_table

PAPER = Path(__file__).parent.parent / "static" / "css" / "paper.css"


def _texts(grid):
    return [[cell.text for cell in row.cells] for row in grid.rows]


def test_the_official_form_stands_row_by_row():
    assert _texts(lay_out_table(party_table(), PrintOptions(), number=2))[:9] == [
        ["2.]2024年度机关党组织活动经费绩效目标表"],
        ["286001曹妃甸区直机关工委", "单位：万元"],
        ["项目编码", "13020924P00077110001C", "项目名称", "]2024年度机关党组织活动经费"],
        ["预算规模及资金用途", "预算数", "29.73", "其中：财政资金", "29.73", "其他资金", ""],
        [party_table().purpose],
        ["资金支出计划（%）", "3月底", "6月底", "10月底", "12月底"],
        ["25%", "60%", "80%", "100%"],
        ["绩效目标", party_table().goal],
        ["一级指标", "二级指标", "三级指标", "绩效指标描述", "指标值", "指标值确定依据"],
    ]


def _assert_tiles(grid):
    """Every base column of every row is covered by exactly one cell."""
    covered = [[0] * len(grid.widths) for _ in grid.rows]
    for place in grid.placed():
        for row in range(place.row, place.row + place.cell.rows):
            for column in range(place.column, place.column + place.cell.columns):
                covered[row][column] += 1
    assert covered == [[1] * len(grid.widths) for _ in grid.rows]


TIERS = st.sampled_from(["", "产出指标", "效益指标", "数量指标"])
ROWS = st.lists(st.builds(Indicator, TIERS, TIERS, st.just("名")), max_size=12)
MONTHS = st.sets(st.integers(1, 12), max_size=10).map(
    lambda months: tuple(Milestone(month, Decimal(month)) for month in sorted(months))
)


@given(ROWS, MONTHS, st.builds(PrintOptions, st.booleans(), st.booleans(), st.booleans()))
def test_every_form_fills_its_twelve_columns(rows, milestones, options):
    table = replace(team_table(), indicators=tuple(rows), milestones=milestones)
    _assert_tiles(lay_out_table(table, options))


@given(ROWS, st.data())
def test_a_grid_cut_anywhere_still_fills_its_columns_and_keeps_its_texts(rows, data):
    grid = lay_out_table(replace(team_table(), indicators=tuple(rows)), PrintOptions())
    places = st.builds(Break, st.integers(2, len(grid.rows) - 1), st.just(0)) | st.builds(
        Break, st.just(7), st.integers(1, len(team_table().goal) - 1)
    )
    cut = grid.broken(data.draw(st.sets(places, max_size=6)))
    _assert_tiles(cut)
    goal = "".join(cell.text for row in cut.rows for cell in row.cells if cell.path == "goal")
    assert goal == team_table().goal


def test_tiers_merge_where_they_follow_each_other():
    grid = lay_out_table(team_table(), PrintOptions())
    spans = [(place.cell.text, place.cell.rows) for place in grid.placed() if place.cell.role == Role.TIER]
    assert spans[:2] == [("产出指标", 4), ("数量指标", 1)]
    assert [text for text, _ in spans].count("产出指标") == 1


def test_a_cut_label_is_repeated_and_so_is_the_header():
    grid = lay_out_table(team_table(), PrintOptions()).broken([Break(11)])
    assert grid.rows[11].kind == RowKind.HEADER
    assert grid.rows[11].starts_page
    assert [cell.text for cell in grid.rows[12].cells][:2] == ["产出指标（续）", "时效指标"]
    assert not grid.rows[12].starts_page


def test_a_text_in_which_a_page_begins_becomes_two_rows():
    grid = lay_out_table(team_table(), PrintOptions()).broken([Break(7, 32)])
    assert [[cell.text for cell in row.cells] for row in grid.rows[7:9]] == [
        ["绩效目标", team_table().goal[:32]],
        ["绩效目标（续）", team_table().goal[32:]],
    ]
    assert [row.starts_page for row in grid.rows[7:9]] == [False, True]


def test_numbers_stand_beside_their_texts():
    cells = {place.cell.path: place.cell for place in lay_out_table(team_table(), PrintOptions()).placed()}
    assert (cells["budget"].text, cells["budget"].number) == ("1.80", Decimal("1.8"))
    assert (cells["milestones/3"].text, cells["milestones/3"].number) == ("25%", Decimal("0.25"))
    assert (cells["other_funding"].text, cells["other_funding"].number) == ("", None)


def test_a_blank_is_printed_as_zero_only_where_the_year_says_so():
    cells = lay_out_table(team_table(), PrintOptions(blank_other_as_zero=True)).placed()
    assert next(place.cell.text for place in cells if place.cell.path == "other_funding") == "0.00"


def test_weights_have_a_column_where_the_year_files_them():
    table = replace(team_table(), indicators=(replace(team_table().indicators[0], weight=Decimal("12.50")),))
    header, row = lay_out_table(table, PrintOptions(weights=True)).rows[-2:]
    assert [cell.text for cell in header.cells][4:] == ["指标值", "权重", "指标值确定依据"]
    assert [cell.text for cell in row.cells][4:] == ["≥2次", "12.5", "预算编制"]


def test_the_foot_line_is_there_where_the_year_prints_it():
    rows = lay_out_table(team_table(), PrintOptions(foot_line=True)).rows[-2:]
    assert [cell.text for row in rows for cell in row.cells] == [
        "填报人：张三",
        "联系电话：0315-8820000",
        "填报日期：2023-11-20",
        "审核人：",
        "单位负责人（签字）：",
        "单位（公章）：",
    ]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("2024年度机关团工作活动经费", "2024年度机关团工作活动经费绩效目标表"),
        ("]2024年度机关党组织活动经费", "]2024年度机关党组织活动经费绩效目标表"),
        ("提前下达农村公路养护补助", "2024年度提前下达农村公路养护补助绩效目标表"),
        ("冀财农〔2023〕12号高标准农田", "2024年度冀财农〔2023〕12号高标准农田绩效目标表"),
        ("2023-2025年高标准农田建设", "2023-2025年高标准农田建设绩效目标表"),
    ],
)
def test_the_year_is_put_before_a_name_that_holds_none(name, title):
    assert table_title(TargetTable(2024, "286001", "甲", "", name)) == title


def test_an_empty_table_still_shows_the_form():
    grid = lay_out_table(TargetTable(2024, "286001", "甲", "", ""), PrintOptions())
    _assert_tiles(grid)
    assert [cell.text for cell in grid.rows[-1].cells] == [""] * 6


def test_the_booklet_draws_its_numbering():
    blocks = lay_out_booklet(seed_booklet(), PrintOptions()).blocks
    leads = [block.lead for block in blocks if isinstance(block, Paragraph)]
    assert leads[:2] == ["（一）", "（二）"]
    titles = [block.text for block in blocks if isinstance(block, Heading) and block.level < 3]
    assert titles == [
        "第一部分 部门整体绩效目标",
        "一、总体绩效目标",
        "二、分项绩效目标",
        "三、工作保障措施",
        "第二部分 预算项目绩效目标",
    ]


def test_a_booklet_without_projects_says_so():
    blocks = lay_out_booklet(replace(seed_booklet(), tables=()), PrintOptions()).blocks
    assert blocks[-1] == Paragraph("本年度无预算项目绩效目标。")


def test_the_summary_adds_up():
    sheet = next(lay_out_summary(seed_booklet(), PrintOptions()).sheets())
    _assert_tiles(sheet.grid)
    assert _texts(sheet.grid)[-1] == ["合计", "31.53", "", "12", ""]
    assert sheet.grid.rows[-1].cells[1].number == Decimal("31.53")


def test_what_is_not_approved_is_marked():
    assert lay_out_publication(team_table(), PrintOptions(draft=True)).mark == "草稿"
    assert lay_out_publication(team_table(), PrintOptions()).mark == ""


@pytest.mark.parametrize("name", ["target", "summary"])
def test_the_style_sheet_knows_the_widths_of_the_grid(name):
    rule = rf"\.grid-{name} col:nth-child\((\d+)\) {{ width: ([\d.]+)mm; }}"
    found = {int(number): float(width) for number, width in re.findall(rule, PAPER.read_text())}
    publication = lay_out_summary(seed_booklet(), PrintOptions())
    grid = (
        lay_out_table(team_table(), PrintOptions()) if name == "target" else next(publication.sheets()).grid
    )
    assert found == dict(enumerate(grid.widths, start=1))


def test_exempt_projects_without_a_table_are_not_printed():
    table = replace(team_table(), category="人员类")
    listed = replace(table, purpose="", goal="", indicators=())
    booklet = replace(seed_booklet(), tables=(listed,))
    texts = [
        block.text
        for block in lay_out_booklet(booklet, PrintOptions()).blocks
        if isinstance(block, Paragraph)
    ]
    assert "本年度无预算项目绩效目标。" in texts
    assert filed_tables(replace(booklet, tables=(listed, table))) == (table,)


def test_the_exempt_categories_are_those_of_the_projects():
    assert tuple(category.label for category in EXEMPT) == EXEMPT_CATEGORIES
