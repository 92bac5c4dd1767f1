"""The fields of a table by their paths: what is printed, what typed text says, what is refused."""

from decimal import Decimal

import pytest

from indicators.document import Milestone
from indicators.document.fields import (
    FieldError,
    NoSuchFieldError,
    NoSuchRowError,
    field_text,
    field_texts,
    read_field,
    says_the_same,
    with_field,
    with_months,
)
from tests.sample_documents import team_table


@pytest.fixture
def table():
    return team_table()


def test_every_field_has_its_text_as_printed(table):
    texts = field_texts(table)
    row = table.indicators[0]
    assert (texts["budget"], texts["milestones/3"]) == ("1.80", "25%")
    assert texts[f"indicators/{row.uid}/value"] == row.value
    assert {path: field_text(table, path) for path in texts} == texts
    assert len(texts) == 7 + len(table.milestones) + 5 * len(table.indicators)


def test_what_is_typed_is_read_and_put_back(table):
    for path, typed, text in (
        ("budget", "１，２３４.5６", "1234.56"),
        ("fiscal_funding", " ", ""),
        ("goal", " 一\r\n二\t三 ", "一\n二 三"),
        ("milestones/6", "６０", "60%"),
        ("milestones/9", "77.5%", "77.5%"),
        (f"indicators/{table.indicators[1].uid}/weight", "12.50", "12.5"),
        (f"indicators/{table.indicators[1].uid}/value", "≥95%", "≥95%"),
    ):
        changed = with_field(table, path, read_field(path, typed))
        assert field_text(changed, path) == text
        assert {key: value for key, value in field_texts(changed).items() if key != path} == {
            key: value for key, value in field_texts(table).items() if key != path
        }


@pytest.mark.parametrize(
    ("path", "typed", "sentence"),
    [
        ("budget", "一万八", "“一万八”不是金额"),
        ("other_funding", "1.1234567", "小数超过六位"),
        ("milestones/3", "三成", "“三成”不是百分比"),
        ("indicators/x/weight", "十分", "“十分”不是权重"),
        ("indicators/x/weight", "10000", "权重最多四位整数、两位小数"),
        ("indicators/x/weight", "1.005", "权重最多四位整数、两位小数"),
        ("goal", "长" * 100_001, "最多100000个字"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_a_sentence(path, typed, sentence):
    with pytest.raises(FieldError, match=sentence):
        read_field(path, typed)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "year",
        "uid",
        "milestones",
        "milestones/13",
        "milestones/03",
        "milestones/²",
        "goal/x",
        "indicators",
    ],
)
def test_a_path_that_is_no_field_is_refused(path, table):
    with pytest.raises(NoSuchFieldError):
        field_text(table, path)
    with pytest.raises(NoSuchFieldError):
        with_field(table, path, "改")


def test_a_field_of_a_row_that_is_gone_is_told_apart(table):
    with pytest.raises(NoSuchRowError):
        field_text(table, "indicators/gone/value")
    with pytest.raises(NoSuchFieldError) as refusal:
        field_text(table, f"indicators/{table.indicators[0].uid}/first_tier")
    assert not isinstance(refusal.value, NoSuchRowError)


def test_months_of_the_year_are_offered_and_stored_once_filled_in(table):
    offered = with_months(table, [3, 6, 9, 12])
    assert [milestone.month for milestone in offered.milestones] == [3, 6, 9, 10, 12]
    assert field_text(table, "milestones/9") == ""
    assert with_field(table, "milestones/9", None) == table
    assert Milestone(9, Decimal(80)) in with_field(table, "milestones/9", Decimal(80)).milestones


def test_texts_that_are_stored_alike_say_the_same():
    assert says_the_same("milestones/3", "25", "25%")
    assert says_the_same("budget", "1.8", "１.80")
    assert says_the_same("goal", "一\r\n二 ", "一\n二")
    assert says_the_same("budget", "未定 ", "未定")
    assert not says_the_same("budget", "未定", "1.80")
    assert not says_the_same("goal", "一", "二")
