"""Two papers side by side: what differs is marked on both, nothing else is, and every text stays escaped."""

from dataclasses import replace

from indicators.layout.booklet import lay_out_narrative, lay_out_publication
from indicators.layout.html import publication_html
from indicators.layout.table import PrintOptions
from indicators.side_by_side import side_by_side
from tests.sample_documents import seed_booklet


def paper(table):
    return publication_html(lay_out_publication(table, PrintOptions()))


def table():
    return seed_booklet().tables[0]


def test_two_that_say_the_same_have_no_mark():
    pair = side_by_side(paper(table()), paper(table()))
    assert pair.places == 0
    assert "data-differs" not in pair.before + pair.after


def test_a_changed_text_is_marked_word_by_word_on_both_sides():
    before, after = replace(table(), goal="培训团干部60人次"), replace(table(), goal="培训团干部80人次")
    pair = side_by_side(paper(before), paper(after))
    assert pair.places == 1
    assert 'data-path="goal" data-differs>培训团干部<del>60</del>人次</td>' in pair.before
    assert 'data-path="goal" data-differs>培训团干部<ins>80</ins>人次</td>' in pair.after


def test_a_new_row_is_marked_where_it_is_and_covered_tiers_are_not():
    before = table()
    rows = list(before.indicators)
    rows.insert(1, replace(rows[0], uid="new-row", name="新增指标"))
    pair = side_by_side(paper(before), paper(replace(before, indicators=tuple(rows))))
    assert "data-differs" not in pair.before
    assert 'data-path="indicators/new-row/name" data-differs><ins>新增指标</ins>' in pair.after
    assert pair.after.count("data-differs") == sum(
        bool(getattr(rows[1], name)) for name in ("name", "description", "value", "basis")
    )


def test_markup_that_somebody_typed_stays_text():
    before = replace(table(), goal='<td data-path="goal">&lt;b&gt;</td>')
    pair = side_by_side(paper(before), paper(replace(before, goal='<script>alert("1")</script>')))
    assert "<script" not in pair.after
    assert "&lt;script&gt;" in pair.after.replace("<ins>", "").replace("</ins>", "")
    assert pair.before.count("<td") == pair.after.count("<td")


def test_no_id_stands_twice():
    pair = side_by_side(paper(table()), paper(table()))
    assert ' id="before-table-' in pair.before
    assert ' id="after-table-' in pair.after
    assert ' id="table-' not in pair.before + pair.after


def test_narratives_are_compared_in_their_paragraphs():
    before = seed_booklet()
    goals = (replace(before.overall_goals[0], text="换了总体目标"), *before.overall_goals[1:])
    pair = side_by_side(
        *(
            publication_html(lay_out_narrative(each))
            for each in (before, replace(before, overall_goals=goals))
        )
    )
    assert pair.places == 1
    assert "换了总体目标" in pair.after.replace("<ins>", "").replace("</ins>", "")
