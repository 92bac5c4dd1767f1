"""A booklet printed as text and read back is the booklet, as far as the form carries it."""

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.document import Booklet, Indicator
from indicators.importers import printed, read_booklet_text
from indicators.layout.booklet import lay_out_booklet
from indicators.layout.table import PrintOptions
from indicators.layout.text_form import text_form
from tests import sample_documents
from tests.documents import readable_booklets

FULL = PrintOptions(foot_line=True, weights=True)


def _read_back(booklet, options):
    text = text_form(lay_out_booklet(booklet, options))
    return read_booklet_text(text, year=booklet.year).booklet


@given(readable_booklets(), st.builds(PrintOptions, st.booleans(), st.booleans(), st.booleans()))
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_printed_booklet_reads_back(booklet, options):
    assert _read_back(booklet, options) == printed(booklet, options)


@given(readable_booklets(max_tables=1))
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_the_projection_changes_nothing_twice(booklet):
    once = printed(booklet, FULL)
    assert printed(once, FULL) == once


def test_the_year_is_read_from_what_is_printed():
    booklet = sample_documents.seed_booklet()
    assert read_booklet_text(text_form(lay_out_booklet(booklet, FULL))).booklet.year == booklet.year


def test_the_projection_keeps_what_the_form_carries():
    booklet = sample_documents.seed_booklet()
    assert [table.indicators for table in printed(booklet, FULL).tables] == [
        table.indicators for table in booklet.tables
    ]
    assert [table.preparer for table in printed(booklet, FULL).tables] == [
        table.preparer for table in booklet.tables
    ]


def _with_rows(*rows: Indicator) -> Booklet:
    booklet = sample_documents.seed_booklet()
    table = dataclasses.replace(booklet.tables[0], indicators=rows)
    return dataclasses.replace(booklet, tables=(table,))


@pytest.mark.parametrize(
    ("tiers", "expected"),
    [
        ([("产出", "数量"), ("", "")], [("产出", "数量"), ("产出", "数量")]),
        ([("产出", "数量"), ("产出", "")], [("产出", "数量"), ("产出", "数量")]),
        ([("产出", "数量"), ("", "质量")], [("产出", "数量"), ("产出", "质量")]),
        ([("产出", "数量"), ("效益", "")], [("产出", "数量"), ("效益", "")]),
        ([("产出", "数量"), ("效益", "数量")], [("产出", "数量"), ("效益", "数量")]),
        ([("", ""), ("产出", "数量")], [("", ""), ("产出", "数量")]),
    ],
)
def test_blank_tiers_are_those_of_the_row_above(tiers, expected):
    booklet = _with_rows(*(Indicator(first, second, "名称") for first, second in tiers))
    (table,) = _read_back(booklet, FULL).tables
    assert [(row.first_tier, row.second_tier) for row in table.indicators] == expected


def test_rows_that_print_nothing_vanish():
    booklet = _with_rows(
        Indicator("产出", "数量", "培训"), Indicator("产出", "数量", " "), Indicator("", "", "")
    )
    (table,) = _read_back(booklet, FULL).tables
    assert [row.name for row in table.indicators] == ["培训"]


def test_a_row_with_a_weight_alone_stays():
    booklet = _with_rows(Indicator("产出", "数量", ""), Indicator("产出", "数量", "", weight=Decimal("2.5")))
    (table,) = _read_back(booklet, FULL).tables
    assert [row.weight for row in table.indicators] == [None, Decimal("2.5")]
