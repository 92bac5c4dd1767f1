"""Workbooks → the booklet: our own, edited in Excel, stretched, damaged or hostile."""

import datetime
import io
import re
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from indicators.importers import ImportRefused, printed, read_booklet_bytes, workbook_guard
from indicators.layout.booklet import lay_out_booklet
from indicators.layout.table import PrintOptions
from reports.workbook import write_workbook
from tests.sample_documents import seed_booklet

OPTIONS = PrintOptions(foot_line=True)
TEAM = "1.2024年度机关团工作活动经费绩效目标表"
SHEET = "xl/worksheets/sheet4.xml"  # cover, contents, narrative, the first table


@pytest.fixture(scope="module")
def workbook() -> bytes:
    return write_workbook(lay_out_booklet(seed_booklet(), OPTIONS))


def _edited(workbook: bytes, edit) -> bytes:
    """Return the workbook as Excel saves it after an edit."""
    book = load_workbook(io.BytesIO(workbook))
    edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _with_cell(workbook: bytes, address: str, value, number_format: str = "") -> bytes:
    def edit(book):
        cell = book[TEAM][address]
        cell.value = value
        if number_format:
            cell.number_format = number_format

    return _edited(workbook, edit)


def _repacked(workbook: bytes, changes: dict[str, bytes]) -> bytes:
    """Return the archive with parts replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, content in changes.items():
            new.writestr(name, content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _part(workbook: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read(name)


def _problems(data: bytes) -> list[str]:
    with pytest.raises(ImportRefused) as refused:
        read_booklet_bytes(data)
    return [str(problem) for problem in refused.value.problems]


# What is read


def test_our_own_workbook_reads_back(workbook):
    reading = read_booklet_bytes(workbook)
    assert reading.booklet == printed(seed_booklet(), OPTIONS, blank_lines=True)


def test_a_workbook_saved_again_reads_the_same(workbook):
    saved = _edited(workbook, lambda book: None)
    assert read_booklet_bytes(saved).booklet == read_booklet_bytes(workbook).booklet


def test_edited_cells_are_read(workbook):
    edited = _with_cell(_with_cell(workbook, "C8", "1、加强\n\n2、组织 "), "D4", 2.5)
    table = read_booklet_bytes(edited).booklet.tables[0]
    assert (table.goal, table.budget) == ("1、加强\n\n2、组织", 25000)


@pytest.mark.parametrize(
    ("value", "number_format", "percent"),
    [
        (0.25, "0%", "25"),
        (0.125, "0.0%", "12.5"),
        (25, "General", "25"),
        ("25%", "@", "25"),
        (1, "0%", "100"),
    ],
)
def test_percentages_are_read_as_shown(workbook, value, number_format, percent):
    table = read_booklet_bytes(_with_cell(workbook, "C7", value, number_format)).booklet.tables[0]
    assert table.milestones[0].percent == Decimal(percent)


@pytest.mark.parametrize(
    ("value", "yuan"),
    [(29.73, "297300"), (0.1 + 0.2, "3000"), (1, "10000"), (None, None), ("1,234.5", "12345000")],
)
def test_amounts_are_exact(workbook, value, yuan):
    table = read_booklet_bytes(_with_cell(workbook, "D4", value)).booklet.tables[0]
    assert table.budget == (None if yuan is None else Decimal(yuan))


def test_a_number_in_a_text_cell_is_its_digits(workbook):
    table = read_booklet_bytes(_with_cell(workbook, "J10", 500)).booklet.tables[0]
    assert table.indicators[0].value == "500"


def test_hidden_sheets_are_left_out_and_told(workbook):
    def hide(book):
        book[TEAM].sheet_state = "hidden"

    reading = read_booklet_bytes(_edited(workbook, hide))
    assert len(reading.booklet.tables) == 1
    assert f"工作表“{TEAM}”是隐藏的，没有读取。" in reading.messages


def test_what_a_merged_cell_hides_is_not_read(workbook):
    """A program that merges cells may leave their values where nobody sees them."""
    sheet = _part(workbook, SHEET).decode()
    hidden = re.sub(
        r'<c r="(A5|B3|A7)" (s="\d+")/>', r'<c r="\1" \2 t="inlineStr"><is><t>x</t></is></c>', sheet
    )
    assert hidden.count("inlineStr") == 3
    repacked = _repacked(workbook, {SHEET: hidden.encode()})
    assert read_booklet_bytes(repacked).booklet == read_booklet_bytes(workbook).booklet


def test_blank_rows_around_a_table_do_not_matter(workbook):
    def add_rows(book):
        sheet = book[TEAM]
        for row in range(sheet.max_row + 2, sheet.max_row + 5):
            sheet.cell(row, 12).value = " "

    assert read_booklet_bytes(_edited(workbook, add_rows)).booklet == read_booklet_bytes(workbook).booklet


# What is refused, with sheet and cell


@pytest.mark.parametrize(
    ("address", "value", "problem"),
    [
        ("D4", "=1+1", "D4：单元格的内容“=1+1”是公式，请改为文本或数值再导入。"),
        ("D4", "#REF!", "D4：单元格的内容“#REF!”是错误值"),
        ("D4", True, "D4：单元格的内容“True”是逻辑值"),
        ("J10", datetime.date(2024, 7, 1), "J10：单元格的内容“2024-07-01 00:00:00”是日期"),
        ("D4", "十万", "D4：预算数“十万”不是金额"),
        ("D4", 1.23456789, "D4：预算数“1.23456789”万元的小数超过六位"),
        ("C3", "13020924P0007721000", "C3：项目编码“13020924P0007721000”有19个字符"),
        ("C3", 130209240007721000021, "C3：数值“1.30209240007721e+20”超过15位"),
        ("C7", "四分之一", "C7：资金支出计划“四分之一”不是百分比"),
        ("M4", "备注", "第4行：以“预算规模及资金用途”开头的一行应有7格，实有8格"),
        ("J2", "单位：元", "J2：金额单位应为“万元”，现为“元”"),
    ],
)
def test_damage_is_refused_with_sheet_and_cell(workbook, address, value, problem):
    found = _problems(_with_cell(workbook, address, value))
    assert any(each.startswith(f"工作表“{TEAM}”{problem}") for each in found), found


def test_a_workbook_of_other_things_is_refused(workbook):
    def empty(book):
        for sheet in book.worksheets[1:]:
            book.remove(sheet)
        book.worksheets[0].title = "其他"

    assert any("没有找到绩效目标表" in problem for problem in _problems(_edited(workbook, empty)))


def test_a_sheet_twice_is_refused(workbook):
    def copy(book):
        book.copy_worksheet(book[TEAM]).title = "副本"

    (problem,) = _problems(_edited(workbook, copy))
    assert problem.startswith("工作表“副本”C3：项目编码“13020924P00077210002M”与工作表“")


# What is damaged or hostile


def test_a_truncated_archive_is_refused(workbook):
    assert _problems(workbook[: len(workbook) // 2])[0].startswith("全文：工作簿已损坏")


def test_entities_are_refused(workbook):
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><worksheet>&b;</worksheet>'
    for name in (SHEET, "xl/sharedStrings.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"):
        (problem,) = _problems(_repacked(workbook, {name: bomb}))
        assert "含有XML实体或外部引用" in problem


def test_an_archive_that_unpacks_to_too_much_is_refused(workbook):
    bomb = _repacked(workbook, {"xl/media/image1.png": bytes(workbook_guard.LARGEST_CONTENT)})
    assert len(bomb) < 1_000_000
    (problem,) = _problems(bomb)
    assert "超过上限" in problem


def test_an_archive_of_too_many_parts_is_refused(workbook):
    many = {f"xl/media/{number}": b"" for number in range(workbook_guard.MOST_ENTRIES)}
    assert "超过上限" in _problems(_repacked(workbook, many))[0]


@pytest.mark.parametrize("ref", ["A1:XFD1048576", "A1:A1048576", "A:XFD", "1:9"])
def test_a_boundless_merge_is_refused(workbook, ref):
    merge = f'<mergeCell ref="{ref}"/></mergeCells>'.encode()
    sheet = _part(workbook, SHEET).replace(b"</mergeCells>", merge)
    assert "合并单元格超出" in _problems(_repacked(workbook, {SHEET: sheet}))[0]


def test_many_large_merges_are_refused(workbook):
    merges = b'<mergeCell ref="A1:GR20000"/>' * 2 + b"</mergeCells>"
    sheet = _part(workbook, SHEET).replace(b"</mergeCells>", merges)
    assert "工作簿的内容过多" in _problems(_repacked(workbook, {SHEET: sheet}))[0]


@pytest.mark.parametrize("cell", ["XFD99", "A1048576", "XFD1048576"])
def test_a_stretched_sheet_is_refused(workbook, cell):
    row = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    far = f'<row r="{row}"><c r="{cell}"><v>1</v></c></row></sheetData>'.encode()
    sheet = _part(workbook, SHEET).replace(b"</sheetData>", far)
    assert "内容超出20000行、200列的范围" in _problems(_repacked(workbook, {SHEET: sheet}))[0]


def test_a_cell_of_endless_digits_is_refused(workbook):
    sheet = _part(workbook, SHEET).replace(b"<v>1.8</v>", b"<v>" + b"9" * 100_000 + b"</v>")
    assert _problems(_repacked(workbook, {SHEET: sheet}))


@given(st.data())
@settings(max_examples=100)
@pytest.mark.filterwarnings("ignore::UserWarning")  # openpyxl tells of what it leaves out
def test_any_damage_is_read_or_refused(workbook, data):
    """Bytes changed inside a part never end in anything but a booklet or a refusal."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        name = data.draw(st.sampled_from([each for each in archive.namelist() if each.startswith("xl/")]))
    part = bytearray(_part(workbook, name))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(part) - 1))
        part[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))
    try:
        booklet = read_booklet_bytes(_repacked(workbook, {name: bytes(part)})).booklet
        problems = ()
    except ImportRefused as refused:
        booklet, problems = None, refused.problems
    assert (booklet is None) == bool(problems)
