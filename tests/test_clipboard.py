"""What was copied in Excel, Word or WPS is read as what a person sees there; nothing here has a database."""

import csv
import io
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.document import Indicator, Milestone
from indicators.frames import FRAMES
from indicators.importers.clipboard import (
    MOST_COLUMNS,
    MOST_ROWS,
    Act,
    Column,
    FrameTiers,
    Paste,
    PasteKind,
    PasteRefusedError,
    apply_paste,
    propose_cells,
    propose_plan,
    propose_rows,
    read_block,
    recognise_columns,
    recognise_kind,
    revert_paste,
)
from perfbudget.lib.text import clean_text
from tests.sample_documents import party_table, team_table

COPIED = Path(__file__).parent / "clipboard"
MONTHS = (3, 6, 10, 12)
HEADER = "一级指标\t二级指标\t三级指标\t绩效指标描述\t指标值\t指标值确定依据"


def pairs(frame):
    return [(first, second) for first, seconds in FRAMES[frame].items() for second in seconds]


TIERS = FrameTiers(pairs("2015"))


def copied(name):
    return (COPIED / name).read_bytes().decode()


def read(text="", html="", *, stored=(), tiers=TIERS, **options):
    block = read_block(html, text)
    return propose_rows(block, recognise_columns(block, tiers), stored=stored, tiers=tiers, **options)


def rows_of(text="", html="", **options):
    return [proposal.added for proposal in read(text, html, **options).proposals]


def tabbed(*rows):
    return "\n".join("\t".join(row) for row in rows)


def as_excel_writes(rows):
    """Return rows as Excel puts them on the clipboard: a cell of several lines in quotation marks."""

    def cell(text):
        return '"' + text.replace('"', '""') + '"' if "\n" in text or text.startswith('"') else text

    return "".join("\t".join(map(cell, row)) + "\r\n" for row in rows)


# The programs


@pytest.mark.parametrize("name", ["word.html", "excel.html", "wps_sheet.html", "wps_text.html"])
def test_the_seed_copied_from_a_program_gives_its_rows(name):
    assert tuple(rows_of(html=copied(name))) == team_table().indicators


def test_the_seed_copied_as_plain_text_gives_its_rows():
    assert tuple(rows_of(copied("excel.tsv"))) == team_table().indicators


def test_html_goes_before_the_plain_text_beside_it():
    assert tuple(rows_of("别的\t文字", copied("word.html"))) == team_table().indicators


def test_html_without_a_table_leaves_the_plain_text():
    assert tuple(rows_of(copied("excel.tsv"), "<p>只有<b>段落</b></p>")) == team_table().indicators


@pytest.mark.parametrize("table", [team_table(), party_table()])
def test_every_row_with_all_its_tiers_and_no_header(table):
    lines = [
        (row.first_tier, row.second_tier, row.name, row.description, row.value, row.basis)
        for row in table.indicators
    ]
    assert tuple(rows_of(tabbed(*lines))) == table.indicators


# Cells


def block_rows(text="", html=""):
    return read_block(html, text).rows


def test_a_cell_of_several_lines_and_quotation_marks():
    text = '"第一行\n说“是""否""”"\t"两优一先"\t平\r\n乙\t"开头\t丙\r\n'
    assert block_rows(text) == (('第一行\n说“是"否"”', '"两优一先"', "平"), ("乙", '"开头', "丙"))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<p>甲</p>\n <p>乙</p>", "甲\n乙"),
        ("甲<br>\n  乙", "甲\n乙"),
        ("甲\n  乙", "甲乙"),
        ("good\n  idea", "good idea"),
        ("甲<o:p>&nbsp;</o:p>", "甲"),
        ("<span>≥</span><span\n lang=EN-US>95%</span>", "≥95%"),
        ("甲<del>删去的</del><ins>乙</ins>", "甲乙"),
        ("甲<span style='display: none'>藏着</span>乙", "甲乙"),
        ("甲<span style='mso-hide:all'>藏着</span>", "甲"),
        ("<script>alert(1)</script><style>td{}</style>甲", "甲"),
        ("&lt;b&gt;不是标记&lt;/b&gt;", "<b>不是标记</b>"),
        ("甲&#7;乙\x08丙", "甲乙丙"),
        ("<table><tr><td>里</td><td>面</td></tr></table>", "里 面"),
        ("<!--[if gte mso 9]><xml>藏</xml><![endif]-->甲<![if !supportLists]>乙<![endif]>", "甲乙"),
    ],
)
def test_the_text_of_a_cell(cell, text):
    assert block_rows(html=f"<table><tr><td>{cell}</td><td>旁</td></tr></table>") == ((text, "旁"),)


def test_merged_cells_count_for_the_rows_below_and_not_for_the_columns_beside():
    html = (
        "<table><tr><td rowspan=2>甲</td><td colspan=2>乙</td></tr><tr><td>丙</td><td rowspan=9>丁</td></tr>"
        "<tr><td>戊</td><td>己</td></tr></table>"
    )
    assert block_rows(html=html) == (("甲", "乙", ""), ("甲", "丙", "丁"), ("戊", "己", "丁"))


def test_the_largest_of_several_tables_is_read_and_a_frame_around_one_is_not():
    html = (
        "<table><tr><td>小</td><td>表</td></tr></table>"
        "<table><tr><td><table><tr><td>甲</td><td>乙</td><td>丙</td></tr></table></td></tr></table>"
    )
    assert block_rows(html=html) == (("甲", "乙", "丙"),)


def test_blank_ends_are_dropped():
    assert block_rows("甲\t乙\t\t\n丙\t\t\t\n\t\t\t\n") == (("甲", "乙"), ("丙", ""))


# Columns


def meanings(text, tiers=TIERS):
    return [str(column) for column in recognise_columns(read_block("", text), tiers)]


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (
            "一级指标\t二级指标\t指标名称\t指标解释\t符号\t目标值\t计量单位\t依据\t分值",
            "first_tier second_tier name description comparator value unit basis weight",
        ),
        ("二级指标\t三级指标\t绩效指标说明\t指标值\t权重（%）", "second_tier name description value weight"),
        ("三级指标\t绩效指标描述\t年度指标值\t确定依据", "name description value basis"),
        ("序号\t三级指标\t指标值\t备注", " name value "),
        ("绩效指标\t一级指标\t二级指标\t三级指标\t指标值", " first_tier second_tier name value"),
    ],
)
def test_columns_are_known_by_their_header(header, columns):
    filled = tabbed(header.split("\t"), ["文字"] * (header.count("\t") + 1))
    assert meanings(filled) == columns.split(" ")


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (["数量指标|培训人次|培训党员干部|≥500人次|年度计划"], "second_tier name description value basis"),
        (
            ["培训人次|培训党员干部|≥500人次|年度计划", "满意度|抽样调查|≥90%|上年"],
            "name description value basis",
        ),
        (["产出|数量|培训人次|≥|500|人次|20"], "first_tier second_tier name comparator value unit weight"),
        (["1|数量|培训人次|≥500人次", "2|质量|合格率|≥95%"], " second_tier name value"),
        (["培训人次|大于等于|500|人次", "长效机制|定性|健全|无"], "name comparator value unit"),
        (["产出指标|数量指标|培训人次||≥5次|", "||合格率||≥9%|"], "first_tier second_tier name  value"),
    ],
)
def test_columns_without_a_header_are_known_by_what_stands_in_them(rows, columns):
    assert meanings(tabbed(*(row.split("|") for row in rows))) == columns.split(" ")


def test_a_header_over_sign_number_and_unit_is_divided():
    html = (
        "<table><tr><th>三级指标<th colspan=3>指标值<th>依据</tr>"
        "<tr><td>培训人次<td>≥<td>500<td>人次<td>计划</tr></table>"
    )
    assert rows_of(html=html) == [Indicator("", "", "培训人次", "", "≥500人次", "计划")]


def test_a_header_of_two_rows():
    html = (
        "<table><tr><th rowspan=2>二级指标<th rowspan=2>三级指标<th colspan=3>指标值</tr>"
        "<tr><th>符号<th>值<th>单位</tr><tr><td>数量指标<td>培训人次<td>≥<td>500<td>人次</tr></table>"
    )
    assert rows_of(html=html) == [Indicator("产出指标", "数量指标", "培训人次", "", "≥500人次")]


@pytest.mark.parametrize("text", ["甲\t乙\n丙\t丁", "一列\n文字", "12\t34"])
def test_a_block_without_a_layout_is_not_guessed_at(text):
    assert not any(recognise_columns(read_block("", text), TIERS))


# Rows


@pytest.mark.parametrize(
    ("sign", "number", "unit", "value"),
    [
        ("≥", "95", "百分比", "≥95百分比"),
        ("大于等于", "95", "%", "大于等于95%"),
        ("≥", "≥95%", "%", "≥95%"),
        ("定性", "健全", "无", "健全"),
        ("", "9月底前", "/", "9月底前"),
        ("≤", "", "万元", ""),
    ],
)
def test_sign_number_and_unit_become_one_value(sign, number, unit, value):
    text = tabbed(("三级指标", "计算符号", "指标值", "计量单位"), ("培训", sign, number, unit))
    assert [row.value for row in rows_of(text)] == [value]


def test_tiers_are_taken_in_the_spelling_of_the_frame():
    text = tabbed(
        HEADER.split("\t"),
        ("产出\u3000指标（50分）", "数 量", "甲", "", "≥1次", ""),
        ("", "", "乙", "", "≥1次", ""),
        ("效益", "", "丙", "", "≥1次", ""),
        ("", "满意度指标", "丁", "", "", ""),
    )
    assert [(row.first_tier, row.second_tier) for row in rows_of(text)] == [
        ("产出指标", "数量指标"),
        ("产出指标", "数量指标"),
        ("效益指标", ""),
        ("效益指标", "满意度指标"),
    ]


def test_a_second_tier_alone_brings_its_first_as_the_frame_has_it():
    text = tabbed(("二级指标", "三级指标", "指标值"), ("成本指标", "经费", "≤5万元"))
    assert [(row.first_tier, row.second_tier) for row in rows_of(text)] == [("产出指标", "成本指标")]
    text = tabbed(("二级指标", "三级指标", "指标值"), ("经济成本", "经费", "≤5万元"))
    of_2021 = rows_of(text, tiers=FrameTiers(pairs("2021")))
    assert [(row.first_tier, row.second_tier) for row in of_2021] == [("成本指标", "经济成本指标")]


def test_tiers_of_another_frame_are_kept_and_named():
    text = tabbed(
        ("一级指标", "二级指标", "三级指标", "指标值"), ("成本指标", "社会成本指标", "噪声", "≤50分贝")
    )
    preview = read(text)
    assert preview.proposals[0].tiers == ("成本指标", "社会成本指标")
    assert preview.messages[-1] == (
        "第2行的一级、二级指标“成本指标›社会成本指标”不在本年度的指标框架中，按原文贴入；贴入后核对。"
    )


def test_rows_without_a_tier_go_where_they_are_told():
    text = "培训人次\t培训党员干部\t≥500人次\t计划"
    [row] = rows_of(text, default_tier=("产出指标", "数量指标"))
    assert (row.first_tier, row.second_tier) == ("产出指标", "数量指标")


def test_what_is_no_indicator_is_skipped_and_said_at_once():
    text = tabbed(
        ("2024年度绩效目标表",),
        HEADER.split("\t"),
        ("产出指标", "数量指标", "甲", "", "≥1次", ""),
        ("", "", "", "", "", ""),
        HEADER.split("\t"),
        ("效益指标",),
        ("", "社会效益指标", "乙", "", "≥1次", ""),
        ("合计",),
    )
    preview = read(text)
    assert [proposal.added.name for proposal in preview.proposals] == ["甲", "乙"]
    assert preview.proposals[1].tiers == ("效益指标", "社会效益指标")
    assert preview.messages == (
        "第1行是表头之上的内容，未贴。",
        "第2、5行是表头，未贴。",
        "第8行是合计，未贴。",
        "第4、6行没有指标内容，未贴。",
    )


def test_all_that_cannot_be_read_is_named_with_its_place():
    text = tabbed(
        ("三级指标", "指标值", "权重"),
        ("甲", "####", "十"),
        ("乙", "#REF!", "123456"),
        ("丙", "≥1次", "10分"),
    )
    preview = read(text, has_weights=True)
    assert [list(proposal.remarks.values()) for proposal in preview.proposals] == [
        [
            "第2行第2列显示为“####”，看不到原来的内容；改正后重新复制，该格未贴。",
            "第2行第3列“十”不是权重，应为数字，例如 10 或 7.5。该格未贴。",
        ],
        [
            "第3行第2列显示为“#REF!”，看不到原来的内容；改正后重新复制，该格未贴。",
            "第3行第3列“123456”超出范围，权重最多四位整数、两位小数。该格未贴。",
        ],
        [],
    ]
    assert [proposal.added.weight for proposal in preview.proposals] == [None, None, Decimal("10.00")]
    assert preview.proposals[0].added.value == ""


def test_weights_are_left_where_the_form_has_none():
    text = tabbed(("三级指标", "指标值", "权重"), ("甲", "≥1次", "10"))
    preview = read(text)
    assert preview.proposals[0].added.weight is None
    assert preview.messages[-1] == "第3列“权重”没有贴；需要时在该列上方选择它的含义。"


def test_formulas_are_text():
    text = tabbed(("三级指标", "绩效指标描述", "指标值"), ("=1+1", "@SUM(A1)", "+86"))
    assert rows_of(text) == [Indicator("", "", "=1+1", "@SUM(A1)", "+86")]


# Rows that are there already


def test_rows_are_matched_by_second_tier_and_name_and_left_unless_asked():
    stored = team_table().indicators
    changed = replace(stored[0], value="≥3次", description="")
    text = tabbed(
        HEADER.split("\t"),
        (changed.first_tier, changed.second_tier, "组织 业务培训", "", "≥3次", "预算编制"),
        (*stored[1].first_tier.split(), stored[1].second_tier, stored[1].name, "", stored[1].value, ""),
    )
    first, second = read(text, stored=stored).proposals
    assert (first.existing, first.default(), first.acts) == (
        stored[0].uid,
        Act.LEAVE,
        (Act.LEAVE, Act.REPLACE, Act.ADD),
    )
    assert [(change.before, change.after) for change in first.changes] == [
        ("组织业务培训", "组织 业务培训"),
        ("≥2次", "≥3次"),
    ]
    assert first.changes[1].place == "绩效指标第1项 指标值"
    assert (second.existing, second.changes, second.acts) == (stored[1].uid, (), (Act.LEAVE, Act.ADD))


def test_equal_rows_are_matched_one_by_one():
    row = Indicator("产出指标", "数量指标", "甲", value="≥1次")
    stored = (row, replace(row, uid="b" * 32))
    text = tabbed(("二级指标", "三级指标", "指标值"), *[("数量指标", "甲", "≥2次")] * 3)
    proposals = read(text, stored=stored).proposals
    assert [proposal.existing for proposal in proposals] == [row.uid, "b" * 32, ""]


# The plan


def plan_of(text, **options):
    stored = tuple(Milestone(month, None) for month in MONTHS)
    preview = propose_plan(read_block("", text), stored=stored, **options)
    return {
        change.path: change.after for each in preview.proposals for change in each.changes
    }, preview.messages


FULL = {"milestones/3": "25%", "milestones/6": "60%", "milestones/10": "75%", "milestones/12": "100%"}


@pytest.mark.parametrize(
    "text",
    [
        "25%\t60%\t75%\t100%",
        "25\t60\t75\t100",
        "25％\n60％\n75％\n100％",
        "3月底\t6月底\t10月底\t12月底\n25%\t60%\t75%\t100%",
        "资金支出计划（%）\t3月底\t6月底\t10月底\t12月底\n\t25%\t60%\t75%\t100%",
        "12月\t100\n3月\t25\n6月\t60\n10月\t75",
    ],
)
def test_a_copied_plan_fills_the_plan(text):
    block = read_block("", text)
    assert recognise_kind(block, recognise_columns(block, TIERS), months=MONTHS, path="") is PasteKind.PLAN
    assert plan_of(text) == (FULL, ())


def test_percentages_that_are_none_are_named():
    changes, messages = plan_of("25%\t六成\t75%\t1000000%\t100%")
    assert changes == {"milestones/3": "25%", "milestones/10": "75%"}
    assert messages == (
        "第1行第2列“六成”不是百分比，应为数字，例如 25 或 25%。6月底未贴。",
        "第1行第4列“1000000%”超出范围，百分比最多五位整数、两位小数。12月底未贴。",
        "第1行第5列“100%”没有可填的月份，未贴。",
    )


def test_a_piece_of_a_plan_begins_at_the_selected_month():
    assert plan_of("75%\t100%", start=10)[0] == {"milestones/10": "75%", "milestones/12": "100%"}


def test_four_numbers_for_a_column_of_indicators_are_no_plan():
    block = read_block("", "25\n60\n75\n100")
    kind = recognise_kind(block, recognise_columns(block, TIERS), months=MONTHS, path="indicators/x/value")
    assert kind is PasteKind.CELLS


# Filling cells


def test_cells_are_filled_downwards_and_to_the_right():
    stored = team_table().indicators
    block = read_block("", "甲\t≥1次\n乙\t≥2次\n\t≥3次")
    preview = propose_cells(block, stored=stored, uid=stored[3].uid, name="description")
    assert [
        (change.path, change.before, change.after) for each in preview.proposals for change in each.changes
    ] == [
        (f"indicators/{stored[number].uid}/{field}", getattr(stored[number], field), text)
        for number, field, text in [
            (3, "description", "甲"),
            (3, "value", "≥1次"),
            (4, "description", "乙"),
            (4, "value", "≥2次"),
            (5, "value", "≥3次"),
        ]
    ]
    assert {each.default() for each in preview.proposals} == {Act.LEAVE}


def test_blank_cells_are_filled_without_being_asked():
    stored = (Indicator("产出指标", "数量指标", ""),)
    preview = propose_cells(read_block("", "甲"), stored=stored, uid=stored[0].uid, name="name")
    assert [each.default() for each in preview.proposals] == [Act.REPLACE]


def test_what_does_not_fit_is_named():
    stored = team_table().indicators
    block = read_block("", "甲\t乙\t丙\n丁\t戊\t己")
    preview = propose_cells(block, stored=stored, uid=stored[-1].uid, name="value")
    assert preview.messages == (
        "第2行超出最后一行指标，未贴；先增加行，再粘贴。",
        "第3列起超出表格的右边，未贴。",
    )


# Applying


def test_a_paste_and_its_undoing():
    table = team_table()
    text = tabbed(HEADER.split("\t"), ("产出指标", "数量指标", "新指标", "", "≥1次", "计划"))
    text += "\n" + tabbed(("", "", table.indicators[0].name, "", "≥9次", ""))
    new, known = read(text, stored=table.indicators).proposals
    paste = Paste((new.added,), known.changes)
    pasted, refused = apply_paste(table, paste, tiers=TIERS.pairs)
    assert refused == ()
    assert [row.name for row in pasted.indicators][:2] == [table.indicators[0].name, "新指标"]
    assert pasted.indicators[0].value == "≥9次"
    assert apply_paste(pasted, paste, tiers=TIERS.pairs) == (pasted, ())
    assert revert_paste(pasted, paste) == (table, ())


def test_cells_changed_since_are_neither_written_over_nor_restored():
    table = team_table()
    uid = table.indicators[0].uid
    block = read_block("", "甲\n乙")
    preview = propose_cells(block, stored=table.indicators, uid=uid, name="name")
    paste = Paste((), tuple(change for each in preview.proposals for change in each.changes))
    theirs = replace(table, indicators=(replace(table.indicators[0], name="他人所改"), *table.indicators[1:]))
    pasted, refused = apply_paste(theirs, paste, tiers=TIERS.pairs)
    assert [row.name for row in pasted.indicators[:2]] == ["他人所改", "乙"]
    assert refused == ("绩效指标第1项 三级指标在预览之后已被他人修改，没有覆盖，现为“他人所改”。",)
    back, kept = revert_paste(pasted, paste)
    assert back == theirs
    assert kept == ("绩效指标第1项 三级指标在粘贴之后已被修改，没有还原，现为“他人所改”。",)
    gone = replace(theirs, indicators=theirs.indicators[1:])
    pasted, refused = apply_paste(gone, paste, tiers=TIERS.pairs)
    assert [row.name for row in pasted.indicators] == ["乙", *(row.name for row in gone.indicators[1:])]
    assert refused == ("绩效指标第1项 三级指标所在的行已被删除。",)


# Hostile input


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td rowspan=999999999 colspan=999999999>甲</td><td>乙</td></tr></table>",
        "<table>" + ("<tr>" + "<td>甲</td>" * 50 + "</tr>") * 2000,
        "<table><tr><td>甲</td><td>" + "<table><tr><td>" * 3000 + "乙",
        "<table><tr><td>甲</td><td>" + "<div>" * 100_000 + "乙",
        "<table><tr><td>甲</td><td>" + "\n" * 1_000_000 + "乙</td></tr></table>",
        "<table><tr><td>甲</td><td>乙</td></tr></table>" * 20_000,
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><table><tr><td>&e;</td><td>甲</td></tr></table>',
        "<table><tr><td rowspan=-1 colspan=x>甲</td><td rowspan=0>乙</td></tr></table>",
        "<table><tr><td>\ud800甲\x00</td><td>乙\ufffe</td></tr></table>",
    ],
    ids=["spans", "cells", "nested", "deep", "blanks", "tables", "entity", "odd spans", "halves"],
)
def test_hostile_html_is_read_in_time_and_within_limits(html):
    begun = time.perf_counter()
    block = read_block(html, "")
    assert time.perf_counter() - begun < 3
    assert len(block.rows) <= MOST_ROWS
    assert block.width <= MOST_COLUMNS
    assert "root" not in str(block.rows)
    assert all(cell == clean_text(cell) for row in block.rows for cell in row)


@pytest.mark.parametrize(
    "text", ['\t"甲""' * 100_000 + "乙", '"' * 300_001, "甲\t" * 300_000, "甲\n" * 300_000]
)
def test_hostile_text_is_read_in_time_and_within_limits(text):
    begun = time.perf_counter()
    try:
        block = read_block("", text)
    except PasteRefusedError:
        block = None
    assert time.perf_counter() - begun < 3
    assert block is None or (len(block.rows) <= MOST_ROWS and block.width <= MOST_COLUMNS)


@pytest.mark.parametrize(
    ("html", "text", "sentence"),
    [
        ("", "", "剪贴板中没有可粘贴的文字"),
        ("", " \t \n", "剪贴板中没有可粘贴的文字"),
        ("<!-- -->", "", "剪贴板中没有可粘贴的文字"),
        ("<table><tr><td></td><td>&nbsp;</td></tr></table>", "", "剪贴板中没有可粘贴的文字"),
        ("甲" * 2_000_001, "甲", "复制的内容过大"),
        ("", "甲" * 200_001, "复制的文字超过20万字"),
    ],
)
def test_nothing_or_too_much_is_refused(html, text, sentence):
    with pytest.raises(PasteRefusedError, match=sentence):
        read_block(html, text)


def test_what_is_beyond_the_limits_is_said():
    text = tabbed(*[["甲"] * (MOST_COLUMNS + 1)] * (MOST_ROWS + 3))
    assert read_block("", text).messages == (
        "只读取前200行，其余各行未贴；分几次复制。",
        "只读取前30列，其余各列未贴。",
    )


# Anything


cells = st.text(st.characters(blacklist_categories=("Cs",)) | st.sampled_from('"\n甲≥95%'), max_size=8).map(
    clean_text
)


@st.composite
def matrices(draw):
    width = draw(st.integers(1, 6))
    rows = draw(st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=6))
    rows[-1][-1] = rows[-1][-1] or "末"
    return rows


@given(matrices())
def test_any_rows_written_by_excel_read_back_equal(rows):
    assert block_rows(as_excel_writes(rows)) == tuple(map(tuple, rows))


@given(matrices())
def test_any_rows_written_with_all_marks_doubled_read_back_equal(rows):
    written = io.StringIO()
    csv.writer(written, dialect="excel-tab").writerows(rows)
    assert block_rows(written.getvalue()) == tuple(map(tuple, rows))


@given(st.text(), st.text(), st.sampled_from(("", "indicators/x/name", "milestones/3")))
def test_no_text_raises(html, text, path):
    try:
        block = read_block(html, text)
    except PasteRefusedError:
        return
    columns = recognise_columns(block, TIERS)
    recognise_kind(block, columns, months=MONTHS, path=path)
    propose_rows(block, columns, stored=team_table().indicators, tiers=TIERS)
    propose_plan(block, stored=team_table().milestones)
    propose_rows(block, [Column.VALUE] * block.width, stored=(), tiers=TIERS, has_weights=True)
