"""Files → rows: which files are read, which are refused by name, and what a row of the text form is."""

import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from indicators.document import NoteKind
from indicators.importers import (
    LARGEST_FILE,
    ImportRefused,
    read_booklet,
    read_booklet_bytes,
    read_booklet_text,
)
from indicators.importers.outcome import Journal
from indicators.importers.rows import CellRow, TextLine, label
from indicators.importers.text_source import text_rows

SEED = Path(__file__).parents[1] / "demo" / "286001_2024.txt"


@pytest.fixture(scope="module")
def seed():
    return SEED.read_text(encoding="utf-8")


def _refusal(data: bytes) -> str:
    with pytest.raises(ImportRefused) as refused:
        read_booklet_bytes(data)
    return str(refused.value)


# Encodings


def test_gb18030_is_read(seed):
    reading = read_booklet_bytes(seed.encode("gb18030"))
    assert reading.booklet == read_booklet_text(seed).booklet
    assert "文件编码为GB18030，已按此编码读取。" in reading.messages


def test_a_byte_order_mark_is_no_text(seed):
    reading = read_booklet_bytes(b"\xef\xbb\xbf" + seed.encode())
    assert reading.booklet == read_booklet_text(seed).booklet


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_endings_do_not_matter(seed, ending):
    reading = read_booklet_bytes(seed.replace("\n", ending).encode())
    assert reading.booklet == read_booklet_text(seed).booklet


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("utf-32-be", "UTF-32"),
        ("big5", "Big5"),
        ("shift_jis", "Shift_JIS"),
        ("euc_jp", "EUC-JP"),
        ("euc_kr", "EUC-KR"),
    ],
)
def test_other_encodings_are_refused_by_name(seed, codec, name):
    assert f"文件编码是{name}，本系统只读UTF-8和GB18030编码的文本" in _refusal(seed.encode(codec, "replace"))


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        ("預算項目績效目標表\n項目編碼\n一級指標\n" * 9, "big5", "Big5"),
        ("これは部門の成果をまとめたものです。\n" * 9, "shift_jis", "Shift_JIS"),
        ("これは部門の成果をまとめたものです。\n" * 9, "euc_jp", "EUC-JP"),
        ("부서별 성과 계획서입니다.\n" * 9, "euc_kr", "EUC-KR"),
    ],
)
def test_texts_of_other_scripts_are_refused_by_name(text, codec, name):
    assert f"文件编码是{name}，" in _refusal(text.encode(codec))


def test_an_unknown_encoding_is_refused(seed):
    assert "文件编码无法识别" in _refusal("Größe, naïve façade. ".encode("latin-1") * 20)


@pytest.mark.parametrize(("codec", "name"), [("utf-8", "UTF-8"), ("gb18030", "GB18030")])
def test_a_damaged_byte_is_refused_with_its_line(seed, codec, name):
    lines = seed.encode(codec).split(b"\n")
    lines[50] += b"\xff"
    assert _refusal(b"\n".join(lines)).startswith(f"第51行：字节“FF”不是{name}编码，")


# Files


def test_an_empty_file_is_refused():
    assert "文件是空的" in _refusal(b"")
    assert "文件是空的" in _refusal(b" \r\n\t\n")


def test_a_binary_file_is_refused_with_its_line():
    assert _refusal(b"abc\ndef\x00ghi").startswith("第2行：含有空字节，这是二进制文件")


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"%PDF-1.7\n", "PDF文件"),
        (b"{\\rtf1", "RTF文件"),
        (b"7z\xbc\xaf\x27\x1c", "7z压缩文件"),
        (b"\x89PNG\r\n", "图片"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "旧版Excel工作簿（xls）"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "旧版Word文档（doc）"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "设有打开密码"),
    ],
)
def test_other_kinds_of_file_are_refused_by_name(start, name):
    assert name in _refusal(start + bytes(100))


@pytest.mark.parametrize(
    ("entry", "name"),
    [("word/document.xml", "Word文档已损坏"), ("readme.txt", "压缩文件"), ("xl/workbook.bin", "xlsb")],
)
def test_other_archives_are_refused_by_name(tmp_path, entry, name):
    with zipfile.ZipFile(tmp_path / "file", "w") as archive:
        archive.writestr(entry, "<x/>")
    assert name in _refusal((tmp_path / "file").read_bytes())


def test_a_large_file_is_refused_without_reading_it(tmp_path):
    path = tmp_path / "large.txt"
    with path.open("wb") as stream:
        stream.truncate(100 * 1024 * 1024)
    tracemalloc.start()
    with pytest.raises(ImportRefused, match="文件大小为100MB，超过上限20MB"):
        read_booklet(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
    assert LARGEST_FILE == 20 * 1024 * 1024


def test_a_missing_file_and_a_directory_are_refused(tmp_path):
    for path in (tmp_path / "没有.txt", tmp_path):
        with pytest.raises(ImportRefused, match="没有这个文件，或它不是普通文件"):
            read_booklet(path)


def test_the_seed_reads_fast():
    read_booklet(SEED)
    started = time.process_time()
    read_booklet(SEED)
    assert time.process_time() - started < 0.05


# Rows


def _rows(text):
    return list(text_rows(text, Journal()))


def _texts(row):
    return [cell.text for cell in row.cells]


def test_tab_led_lines_are_cells_and_a_blank_line_ends_the_row():
    first, second = _rows("\t甲\n\t乙\n\n\t丙\n \n")
    assert _texts(first) == ["甲", "乙"]
    assert _texts(second) == ["丙"]
    assert [cell.place for cell in first.cells] == ["第1行第1格", "第2行第2格"]
    assert second.place == "第4行"


def test_a_blank_cell_is_a_cell():
    (row,) = _rows("\t\n\t \n\t丙\n")
    assert _texts(row) == ["", " ", "丙"]


def test_blanks_before_the_tab_begin_a_new_row():
    first, second = _rows("\t甲\n \t乙\n\t丙\n")
    assert (_texts(first), _texts(second)) == (["甲"], ["乙", "丙"])


def test_a_line_below_a_cell_goes_on_with_it():
    (row,) = _rows("\t甲\n  乙  \n丙\n\t丁\n")
    assert _texts(row) == ["甲\n  乙  \n丙", "丁"]


def test_lines_without_tab_are_text():
    assert _rows("甲\n\n乙\n") == [TextLine("甲", "第1行"), TextLine("乙", "第3行")]


def test_a_text_line_after_a_blank_line_is_no_cell():
    row, line = _rows("\t甲\n\n乙\n")
    assert isinstance(row, CellRow)
    assert line == TextLine("乙", "第3行")


def test_a_heading_right_below_a_table_is_no_cell():
    row, heading, _ = _rows("\t预算编制\n2.乙绩效目标表\n\t286001甲\n\t单位：万元\n")
    assert _texts(row) == ["预算编制"]
    assert heading.text == "2.乙绩效目标表"


def test_a_cell_may_end_like_a_heading():
    (row,) = _rows("\t编制\n乙绩效目标表\n\t丙\n\t丁\n")
    assert _texts(row) == ["编制\n乙绩效目标表", "丙", "丁"]


def test_marks_of_conversion_are_dropped_and_noted():
    journal = Journal()
    (line,) = text_rows("[bookmark: _Toc_2]一、总体绩效目标\n", journal)
    assert line.text == "一、总体绩效目标"
    assert [(note.kind, note.place, note.text) for note in journal.notes] == [
        (NoteKind.CONVERSION_MARK, "第1行", "[bookmark: _Toc_2]")
    ]


def test_only_line_feeds_end_a_line():
    (line,) = _rows("甲\u2028乙\x85丙\x0b丁\n")
    assert line.text == "甲\u2028乙\x85丙\x0b丁"


def test_a_row_without_end_is_refused():
    with pytest.raises(ImportRefused, match=r"第1行：从这里开始的一行超过100格"):
        _rows("\t甲\n" * 101)


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("其中：财政    资金", "其中:财政资金"),
        ("资金支出计划（％）", "资金支出计划(%)"),
        ("\u3000项目 编码\n", "项目编码"),
        ("长" * 61, "长" * 61),
        ("", ""),
    ],
)
def test_labels_are_compared_without_blanks_and_widths(typed, compared):
    assert label(typed) == compared
