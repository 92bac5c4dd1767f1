import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbudget.lib.text import chinese_number, clean_text, file_name


def test_control_characters_go_and_everything_else_stays():
    assert clean_text("\x00a\x0bb\x1f]。      。\ud800𠅤") == "ab]。      。𠅤"


def test_line_ends_become_newlines_and_tabs_blanks():
    assert clean_text(" 1、甲\r\n2、\t乙\r3、丙 ") == "1、甲\n2、 乙\n3、丙"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    assert clean_text(clean_text(text)) == clean_text(text)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"),
        (10, "十"),
        (13, "十三"),
        (20, "二十"),
        (21, "二十一"),
        (99, "九十九"),
        (100, "100"),
        (0, "0"),
    ],
)
def test_items_are_numbered_in_chinese(number, text):
    assert chinese_number(number) == text


def test_a_file_name_drops_what_windows_refuses():
    name = file_name("286001", 'a/b\\c:*?"<>|d\n', " x y ", extension="pdf")
    assert name == "286001_abcd_xy.pdf"


def test_a_long_file_name_is_cut_between_characters():
    name = file_name("绩" * 200, extension="pdf")
    assert len(name.encode()) <= 184
    assert name == "绩" * 60 + ".pdf"


def test_a_file_name_is_never_empty():
    assert file_name("???", "", extension="zip") == "未命名.zip"
