from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbudget.lib.money import AmountError, format_wan, in_wan, parse_wan, parse_yuan

CENTS = st.integers(1 - 10**15, 10**15 - 1).map(lambda cents: Decimal(cents) / 100)


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        ("1.80", "18000.00"),
        ("29.73", "297300.00"),
        ("0.000001", "0.01"),
        ("1,234.5", "12345000.00"),
        ("１２．５", "125000.00"),
        (" 3 ", "30000.00"),
        ("-1.5", "-15000.00"),
        ("0", "0.00"),
        ("1.8000000", "18000.00"),
    ],
)
def test_wan_is_read_as_yuan(typed, yuan):
    assert parse_wan(typed) == Decimal(yuan)


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\t"])
def test_a_blank_is_no_amount(blank):
    assert parse_wan(blank) is None


@pytest.mark.parametrize("typed", ["十万", "1.8万元", "1..8", "1,23", "NaN", "1e3", "--1", "﹣1", "1.8.0"])
def test_what_is_no_amount_is_refused_with_its_text(typed):
    with pytest.raises(AmountError, match="不是金额"):
        parse_wan(typed)


def test_less_than_a_cent_is_refused():
    with pytest.raises(AmountError, match="超过六位"):
        parse_wan("1.0000001")


def test_decimals_are_counted_however_many_digits_stand_before_them():
    with pytest.raises(AmountError, match="超过六位"):
        parse_wan("123.00000000000000000000000000000001")


def test_a_million_digits_are_refused_and_not_reckoned_with():
    with pytest.raises(AmountError, match="过大"):
        parse_wan("9" * 1_000_000)


def test_what_the_column_cannot_hold_is_refused():
    with pytest.raises(AmountError, match="过大"):
        parse_wan("9" * 40)


@pytest.mark.parametrize(
    ("yuan", "text"),
    [("18000", "1.80"), ("0", "0.00"), ("0.01", "0.000001"), ("12345", "1.2345"), ("-5", "-0.0005")],
)
def test_yuan_is_printed_in_wan_with_two_to_six_decimals(yuan, text):
    assert format_wan(Decimal(yuan)) == text


def test_lists_group_thousands_and_forms_do_not():
    assert format_wan(Decimal(123456789), grouped=True) == "12,345.6789"
    assert format_wan(Decimal(123456789)) == "12345.6789"


def test_no_amount_prints_blank():
    assert format_wan(None) == ""


@given(CENTS)
def test_what_is_printed_reads_back_exactly(yuan):
    assert parse_wan(format_wan(yuan)) == yuan
    assert parse_wan(format_wan(yuan, grouped=True)) == yuan
    assert in_wan(yuan) * 10_000 == yuan


def test_yuan_is_read_to_the_cent():
    assert parse_yuan("297,300.00") == Decimal("297300.00")
    assert parse_yuan(" ") is None
    with pytest.raises(AmountError, match="元的小数超过两位"):
        parse_yuan("1.234")
