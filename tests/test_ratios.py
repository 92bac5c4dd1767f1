from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbudget.lib.ratios import PercentError, format_percent, parse_percent, rate


@pytest.mark.parametrize(
    ("typed", "percent"),
    [("25%", "25"), ("25", "25"), ("２５％", "25"), ("12.5 %", "12.5"), ("100.00%", "100"), ("260", "260")],
)
def test_a_percentage_is_read_as_people_type_it(typed, percent):
    assert parse_percent(typed) == Decimal(percent)


@pytest.mark.parametrize("blank", ["", " ", "\u3000"])
def test_a_blank_is_no_percentage(blank):
    assert parse_percent(blank) is None


@pytest.mark.parametrize("typed", ["%", "四分之一", "25%%", "1/4", "abc", "25％%", "NaN%"])
def test_what_is_no_percentage_is_refused(typed):
    with pytest.raises(PercentError, match="不是百分比"):
        parse_percent(typed)


@pytest.mark.parametrize("typed", ["100000", "0.001%"])
def test_what_the_column_cannot_hold_is_refused(typed):
    with pytest.raises(PercentError, match="超出范围"):
        parse_percent(typed)


@pytest.mark.parametrize(
    ("percent", "text"), [("25.00", "25%"), ("12.50", "12.5%"), ("0", "0%"), ("100", "100%"), ("-5", "-5%")]
)
def test_a_percentage_is_printed_without_needless_zeros(percent, text):
    assert format_percent(Decimal(percent)) == text


def test_no_percentage_prints_blank():
    assert format_percent(None) == ""


@given(st.integers(-9_999_999, 9_999_999).map(lambda number: Decimal(number) / 100))
def test_what_is_printed_reads_back(percent):
    assert parse_percent(format_percent(percent)) == percent


def test_a_rate_is_rounded_half_up_and_not_to_even():
    assert rate(Decimal("27.00"), Decimal("29.73")) == Decimal("90.82")
    assert rate(Decimal(1), Decimal(800)) == Decimal("0.13")


def test_a_rate_of_nothing_is_none():
    assert rate(Decimal(1), Decimal(0)) is None
