"""Project lists as other systems write them: heads found, cells read, every problem at its cell."""

import io
import subprocess
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from indicators.importers.outcome import ImportRefused
from indicators.importers.project_list import (
    ListLayout,
    guess_layout,
    layout_by,
    likely_sheet,
    read_project_list,
)
from indicators.importers.sheets import Cell, CellKind, Sheet, read_sheets
from tests.project_list_files import HEADS, NEW, PARTY, TEAM, UNIT, list_workbook, saved

NAMES = (
    "department_code",
    "department_name",
    "project_code",
    "name",
    "category",
    "budget",
    "fiscal_funding",
    "other_funding",
    "control_figure",
)


def read(data: bytes):
    sheet = likely_sheet(read_sheets(data))
    return read_project_list(sheet, guess_layout(sheet))


def told(listed):
    return [(problem.place, problem.value, problem.message) for problem in listed.problems]


def one_problem(*row, **options):
    (problem,) = read(list_workbook(row, **options)).problems
    return problem


# Heads


def test_heads_are_found_below_a_title_and_amounts_are_taken_for_yuan():
    sheet = likely_sheet(read_sheets(list_workbook(TEAM)))
    layout = guess_layout(sheet)
    assert (layout.head_row, layout.amount_unit) == (2, "yuan")
    assert layout.columns == {name: place for place, name in enumerate(NAMES)}


@pytest.mark.parametrize(
    ("heads", "columns"),
    [
        (("编码", "名称", "金额"), {"project_code": 0, "name": 1, "budget": 2}),
        (
            ("序号", "预算单位", "项目代码", "项目名称", "年初预算（万元）"),
            {"department_name": 1, "project_code": 2},
        ),
        (
            ("*项目编码", "★项目名称", "其中：一般公共预算", "单位资金"),
            {"fiscal_funding": 2, "other_funding": 3},
        ),
        (
            ("预算单位编码", "预算单位名称", "预算项目", "预算控制数"),
            {"department_code": 0, "control_figure": 3},
        ),
    ],
)
def test_columns_are_known_by_the_usual_heads(heads, columns):
    sheet = likely_sheet(read_sheets(list_workbook(("1",), heads=heads, above=())))
    assert guess_layout(sheet).columns.items() >= columns.items()


def test_heads_of_two_rows_with_merged_cells():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["2024年项目支出预算表"])
    sheet.append(["单位", "项目编码", "项目名称", "预算数", None, None])
    sheet.append([None, None, None, "小计", "财政拨款", "单位资金"])
    sheet.append(["286001曹妃甸区直机关工委", NEW[2], NEW[3], 5, 4, 1])
    sheet.append([None, PARTY[2], "机关党组织活动经费", 29.73, 29.73, None])
    sheet.append(["单位：万元"])
    for merge in ("A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:F2", "A4:A5"):
        sheet.merge_cells(merge)
    listed = read(saved(book))
    assert listed.layout.head_row == 3
    fields = ("department_name", "project_code", "name", "budget", "fiscal_funding", "other_funding")
    assert listed.layout.columns == {name: place for place, name in enumerate(fields)}
    listed = read_project_list(listed.sheet, ListLayout(**{**listed.layout.plain(), "amount_unit": "wan"}))
    assert [(row.department_code, row.budget, row.other_funding) for row in listed.projects] == [
        ("286001", Decimal("50000.00"), Decimal("10000.00")),
        ("286001", Decimal("297300.00"), None),
    ]
    assert listed.passed_over == [6]


def test_a_saved_choice_fits_where_its_heads_stand_in_any_row_and_order():
    saved_heads = {"project_code": "项目编码", "name": "项目名称", "budget": "批复数"}
    heads = ("批复数", "项目名称", "项目编码", "备注")
    sheet = likely_sheet(read_sheets(list_workbook(heads=heads, above=(("题",), ("又一题",)))))
    layout = layout_by(sheet, saved_heads, "wan")
    assert (layout.head_row, layout.columns) == (3, {"project_code": 2, "name": 1, "budget": 0})
    assert layout.amount_unit == "wan"
    assert layout_by(sheet, {**saved_heads, "category": "类别"}, "wan") is None


@pytest.mark.parametrize(
    ("title", "head", "unit"),
    [
        ("清单", "预算数（万元）", "wan"),
        ("清单", "预算数(元)", "yuan"),
        ("金额单位：万元", "预算数", "wan"),
        ("单位：元", "预算数", "yuan"),
        ("清单", "预算数", ""),
    ],
)
def test_the_unit_of_money_is_read_from_heads_or_the_line_above(title, head, unit):
    sheet = likely_sheet(read_sheets(list_workbook(heads=("项目编码", "项目名称", head), above=((title,),))))
    assert guess_layout(sheet).amount_unit == unit


def test_the_sheet_with_most_heads_is_read():
    book = openpyxl.load_workbook(io.BytesIO(list_workbook(TEAM)))
    book.create_sheet("说明", 0).append(["编码说明"])
    hidden = book.create_sheet("备份", 0)
    hidden.append(list(HEADS))
    hidden.sheet_state = "hidden"
    sheets = read_sheets(saved(book))
    assert [sheet.name for sheet in sheets] == ["说明", "项目清单"]
    assert likely_sheet(sheets).name == "项目清单"


# Rows


def test_a_row_is_read_whole():
    (project,) = read(list_workbook(NEW)).projects
    assert (project.row, project.department_code, project.department_name) == (3, *UNIT)
    assert (project.project_code, project.name, project.category) == (NEW[2], "工会活动经费", "特定目标类")
    assert (project.budget, project.fiscal_funding) == (Decimal("50000.00"),) * 2
    assert (project.other_funding, project.control_figure) == (None, Decimal("50000.00"))


def test_totals_groups_repeated_heads_and_blank_rows_are_passed_over():
    rows = [
        ("合计", "", "", "", "", 315300),
        ("", "", "", "特定目标类小计", "", 315300),
        ("286001", "曹妃甸区直机关工委", "", "", "", 315300),
        (),
        HEADS,
        TEAM,
        ("填表说明：金额以元为单位。",),
    ]
    listed = read(list_workbook(*rows))
    assert [project.row for project in listed.projects] == [8]
    assert listed.passed_over == [3, 4, 5, 9]
    assert listed.problems == []


def test_an_audit_project_is_no_total():
    assert [row.name for row in read(list_workbook((*TEAM[:3], "工程审计", *TEAM[4:]))).projects] == [
        "工程审计"
    ]


@pytest.mark.parametrize(
    ("cell", "label"),
    [
        ("特定目标类项目", "特定目标类"),
        ("其他运转类", "运转类"),
        ("运转类（公用经费）", "公用经费"),
        ("人员类项目", "人员类"),
        ("", ""),
    ],
)
def test_categories_are_known_by_their_words(cell, label):
    (project,) = read(list_workbook((*TEAM[:4], cell, *TEAM[5:]))).projects
    assert project.category == label


def test_a_unit_code_stated_as_a_number_gets_its_zeros_back():
    (project,) = read(list_workbook((1001, "", *TEAM[2:]))).projects
    assert project.department_code == "001001"


@pytest.mark.parametrize(
    "text", ["286001-曹妃甸区直机关工委", "[286001]曹妃甸区直机关工委", "286001 曹妃甸区直机关工委"]
)
def test_code_and_name_of_a_unit_may_share_a_cell(text):
    (project,) = read(list_workbook(("", text, *TEAM[2:]))).projects
    assert (project.department_code, project.department_name) == UNIT


# Problems


def test_a_code_that_became_a_number_is_told_with_its_cell():
    problem = one_problem(*TEAM[:2], 1.30209240000772e20, *TEAM[3:])
    assert (problem.place, problem.value) == ("工作表“项目清单”C3", "1.30209240000772E+20")
    assert "被Excel存成了数值" in problem.message


def test_a_code_of_another_length_is_told():
    assert "应为21位，现为20位" in one_problem(*TEAM[:2], TEAM[2][1:], *TEAM[3:]).message


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("三万", "不是金额"),
        ("=1+1", "是公式"),
        (-5, "负数"),
        (1.234, "小数超过两位"),
        (1e15, "超过15位"),
        (99999999999999, "过大"),
    ],
)
def test_an_amount_that_is_none_is_told_at_its_cell(amount, said):
    problem = one_problem(*TEAM[:5], amount, *TEAM[6:])
    assert problem.place == "工作表“项目清单”F3"
    assert said in problem.message


def test_an_unknown_category_and_a_missing_unit_are_told_together():
    listed = read(list_workbook(("", "", TEAM[2], TEAM[3], "专项", *TEAM[5:])))
    assert [(place, value) for place, value, _ in told(listed)] == [
        ("工作表“项目清单”A3", ""),
        ("工作表“项目清单”E3", "专项"),
    ]
    assert listed.projects == []


def test_a_project_listed_twice_is_told_at_both_rows_and_taken_from_neither():
    listed = read(list_workbook(TEAM, PARTY, (*TEAM[:2], TEAM[2].lower(), *TEAM[3:])))
    assert [(problem.row, problem.message[:4]) for problem in listed.problems] == [
        (3, "与第5行"),
        (5, "与第3行"),
    ]
    assert [project.project_code for project in listed.projects] == [PARTY[2]]


def test_all_problems_are_told_at_once():
    bad = [(*TEAM[:2], f"短码{place}", *TEAM[3:]) for place in range(150)]
    assert len(read(list_workbook(*bad)).problems) == 150


# Files


def test_csv_of_gb18030_is_read():
    text = "\r\n".join(",".join(map(str, row)) for row in (("单位：元",), HEADS, TEAM))
    listed = read(text.encode("gb18030"))
    assert [(row.name, row.budget) for row in listed.projects] == [(TEAM[3], Decimal("18000.00"))]


def test_xls_is_read(tmp_path, office_profile):
    (tmp_path / "清单.xlsx").write_bytes(list_workbook(TEAM, NEW))
    subprocess.run(
        [
            *("soffice", f"-env:UserInstallation={office_profile.as_uri()}", "--headless"),
            *("--convert-to", "xls", "--outdir", str(tmp_path), str(tmp_path / "清单.xlsx")),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    listed = read((tmp_path / "清单.xls").read_bytes())
    assert [(row.project_code, row.budget) for row in listed.projects] == [
        (TEAM[2], Decimal("18000.00")),
        (NEW[2], Decimal("50000.00")),
    ]


def test_a_sheet_goes_into_json_and_back():
    sheet = Sheet(
        "甲", ((Cell("文"), Cell(), Cell("1.5", CellKind.NUMBER)), (), (Cell("=A1", CellKind.FORMULA),))
    )
    assert Sheet.from_plain(sheet.plain()) == sheet


def zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (101 * 1024 * 1024))
    return file.getvalue()


def far_cell() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(list(HEADS))
    book.active.cell(1_048_576, 1, "远处")
    return saved(book)


def far_columns() -> bytes:
    """Return a file of a few kB that is read as millions of blank cells."""
    source, file = io.BytesIO(list_workbook(TEAM)), io.BytesIO()
    rows = "".join(f'<row r="{row}"><c r="XFD{row}"/></row>' for row in range(10, 110))
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(file, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            after.writestr(name, data.replace(b"</sheetData>", f"{rows}</sheetData>".encode()))
    return file.getvalue()


def entities() -> bytes:
    source, file = io.BytesIO(list_workbook(TEAM)), io.BytesIO()
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(file, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            if name == "xl/workbook.xml":
                data = b'<!DOCTYPE x [<!ENTITY a "b">]>' + data
            after.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "文件是空的"),
        (b"  \n", "文件是空的"),
        (b"%PDF-1.7 ...", "这是PDF文件"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页或XML"),
        (b"PK\x03\x04 broken", "已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "不是Excel工作簿"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + b"\x00" * 600, "已损坏"),
        (b"a\x00b", "不是可以读取的表格"),
        (b"\xff\xfe\xff\xff", "编码无法识别"),
        (list_workbook(TEAM)[:-200], "已损坏"),
        (b"0" * (11 * 1024 * 1024), "超过上限10MB"),
    ],
)
def test_what_is_no_list_is_refused_in_chinese(data, said):
    with pytest.raises(ImportRefused, match=said):
        read_sheets(data)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (zip_bomb, "解压后"),
        (far_cell, "第1048576行：内容超出5000行"),
        (entities, "XML实体"),
        (far_columns, "内容过多"),
    ],
)
def test_what_would_exhaust_the_server_is_refused(make, said):
    with pytest.raises(ImportRefused, match=said):
        read_sheets(make())


def test_a_word_document_under_another_name_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(ImportRefused, match="这是Word文档"):
        read_sheets(file.getvalue())


def test_blank_styled_rows_far_below_are_no_content():
    book = openpyxl.load_workbook(io.BytesIO(list_workbook(TEAM)))
    book.active.cell(60_000, 1).number_format = "@"
    assert len(read(saved(book)).projects) == 1
