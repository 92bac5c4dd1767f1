"""What changed since an earlier version, on the paper: words, rows that came, rows that went."""

import re
from dataclasses import replace
from html import unescape

import pytest

from indicators.document import Indicator, NarrativeItem
from indicators.document.places import narrative_places, table_places
from indicators.layout.html import publication_html
from indicators.layout.table import PrintOptions
from indicators.layout.tracked import texts_of, track_narrative, track_table, tracked_html
from tests.sample_documents import seed_booklet

OPTIONS = PrintOptions()


@pytest.fixture(scope="module")
def table():
    return seed_booklet().tables[0]


def paper_of(tracked):
    return tracked_html(publication_html(tracked.publication), tracked.runs, {})


def cell(html, path):
    return re.search(f' data-path="{path}"[^>]*>(.*?)</(td|p|span)>', html)[1]


def with_rows(table, *rows):
    return replace(table, indicators=rows)


def test_a_first_filing_has_no_marks(table):
    tracked = track_table(None, table, OPTIONS)
    assert (tracked.runs, tracked.unprinted) == ({}, ())
    assert "<ins>" not in paper_of(tracked)


def test_an_unchanged_table_has_no_marks(table):
    tracked = track_table(table, replace(table), OPTIONS)
    assert (tracked.runs, tracked.unprinted) == ({}, ())


def test_words_are_marked_where_they_changed(table):
    new = replace(table, goal=f"全面{table.goal}", budget=table.budget * 2)
    html = paper_of(track_table(table, new, OPTIONS))
    assert cell(html, "goal").startswith("<ins>全面</ins>")
    assert cell(html, "budget") == "<del>1.80</del><ins>3.60</ins>"


def test_a_removed_row_is_struck_where_it_stood(table):
    first, second, *rest = table.indicators
    tracked = track_table(table, with_rows(table, first, *rest), OPTIONS)
    html = paper_of(tracked)
    assert cell(html, f"indicators/{second.uid}/name") == f"<del>{second.name}</del>"
    assert html.index(first.uid) < html.index(second.uid) < html.index(rest[0].uid)
    assert len(texts_of(tracked.publication)) == len(texts_of(track_table(None, table, OPTIONS).publication))


def test_a_tier_whose_rows_are_all_new_is_marked_too(table):
    row = Indicator("效益指标", "可持续影响指标", "持续年限", value="≥3年", uid="new-row")
    html = paper_of(track_table(table, with_rows(table, *table.indicators, row), OPTIONS))
    assert cell(html, "indicators/new-row/second_tier") == "<ins>可持续影响指标</ins>"
    assert cell(html, "indicators/new-row/value") == "<ins>≥3年</ins>"


def tiers_of(row):
    return row.first_tier, row.second_tier


def in_tier(row, *tiers):
    return replace(row, first_tier=tiers[0], second_tier=tiers[1])


def test_a_row_put_under_another_tier_says_where_it_stood(table):
    first, second, *rest = table.indicators
    moved = with_rows(table, first, in_tier(second, first.first_tier, first.second_tier), *rest)
    tracked = track_table(table, moved, OPTIONS)
    assert tracked.moved == {f"indicators/{second.uid}/name": second.second_tier}
    assert tracked.shows_changes
    assert [change.place for change in tracked.unprinted] == ["绩效指标第2项 二级指标"]
    away = track_table(table, with_rows(table, first, *rest, in_tier(second, *tiers_of(rest[-1]))), OPTIONS)
    assert away.moved == {f"indicators/{second.uid}/name": "›".join(tiers_of(second))}


def test_a_tier_all_rows_of_which_stood_under_another_is_marked_itself(table):
    rows = list(table.indicators)
    rows[1] = in_tier(rows[1], rows[1].first_tier, "成本指标")
    tracked = track_table(table, with_rows(table, *rows), OPTIONS)
    marked = cell(paper_of(tracked), f"indicators/{rows[1].uid}/second_tier")
    assert marked == f"<del>{table.indicators[1].second_tier}</del><ins>成本指标</ins>"
    assert tracked.moved == {}


def test_rows_written_anew_are_recognised_by_tier_and_name(table):
    rows = tuple(replace(row, uid=f"again-{number}") for number, row in enumerate(table.indicators))
    tracked = track_table(table, with_rows(table, replace(rows[0], value="≥77次"), *rows[1:]), OPTIONS)
    assert list(tracked.runs) == ["indicators/again-0/value"]


def test_what_the_form_does_not_print_is_listed(table):
    tracked = track_table(table, replace(table, category="人员类"), OPTIONS)
    assert [change.place for change in tracked.unprinted] == ["项目类别"]


def test_another_order_is_listed_and_rows_that_came_and_went_make_none(table):
    first, second, *rest = table.indicators
    moved = track_table(table, with_rows(table, second, first, *rest), OPTIONS)
    assert [change.place for change in moved.unprinted] == ["绩效指标顺序"]
    new = replace(rest[-1], uid="new-row", name="另一指标")
    assert track_table(table, with_rows(table, second, *rest, new), OPTIONS).unprinted == ()


def test_what_was_typed_stays_text(table):
    attack = "<script>alert(1)</script>"
    html = paper_of(
        track_table(table, replace(table, goal=attack, purpose=f"{table.purpose}{attack}"), OPTIONS)
    )
    assert "<script" not in html
    assert unescape(re.sub("<[^>]*>", "", cell(html, "goal"))).endswith(attack)


def test_a_narrative_shows_what_left_behind_what_it_followed():
    old = seed_booklet()
    first, *rest = old.overall_goals
    added = NarrativeItem("新增的总体目标。", uid="added")
    new = replace(old, overall_goals=(replace(first, text=f"{first.text}并报告"), *rest[1:], added))
    tracked = track_narrative(old, new)
    html = paper_of(tracked)
    gone = rest[0]
    assert cell(html, f"overall_goals/{first.uid}").endswith("<ins>并报告</ins>")
    assert cell(html, f"overall_goals/{first.uid}").startswith("（一）")
    assert cell(html, f"overall_goals/{gone.uid}") == f"（二）<del>{gone.text}</del>"
    assert cell(html, "overall_goals/added").endswith("<ins>新增的总体目标。</ins>")
    assert tracked.unprinted == ()


def test_every_text_of_a_narrative_has_a_name():
    booklet = seed_booklet()
    texts = texts_of(track_narrative(None, booklet).publication)
    places = narrative_places(booklet)
    assert set(texts) == set(places)
    assert next(iter(places.values())) == "总体绩效目标（一）"


def test_every_field_and_row_of_a_table_has_a_name(table):
    places = table_places(table)
    texts = texts_of(track_table(None, table, OPTIONS).publication)
    assert set(texts) <= set(places)
    row = table.indicators[1].uid
    assert (places[f"indicators/{row}"], places[f"indicators/{row}/value"]) == ("第2行", "第2行 指标值")
