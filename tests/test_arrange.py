"""Indicator rows: put in, copied, removed, moved, and always grouped by tier as the form prints them."""

from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.document import Indicator, TargetTable, new_uid
from indicators.document.arrange import (
    MOST_ROWS,
    ArrangeError,
    RowGoneError,
    add_row,
    arrange_rows,
    duplicate_row,
    insert_rows,
    move_row,
    remove_rows,
    restore_row,
    set_tier,
)

COUNT, QUALITY, COST = ("产出指标", "数量指标"), ("产出指标", "质量指标"), ("产出指标", "成本指标")
SOCIAL = ("效益指标", "社会效益指标")
TIERS = (COUNT, QUALITY, COST, SOCIAL, ("满意度指标", "服务对象满意度指标"))
OWN = ("其他指标", "自定指标")


def uid_of(name):
    return name.encode().hex().ljust(32, "0")


def table_of(*rows):
    """Return a table whose rows are named and given as (name, tier)."""
    indicators = tuple(Indicator(*tier, name, uid=uid_of(name)) for name, tier in rows)
    return TargetTable(2024, "286001", "单位", "", "表", indicators=indicators)


def names(table):
    return "".join(row.name or "_" for row in table.indicators)


def tier_of(table, name):
    row = next(row for row in table.indicators if row.name == name)
    return row.first_tier, row.second_tier


@pytest.fixture
def table():
    return table_of(("a", COUNT), ("b", COUNT), ("c", QUALITY), ("d", SOCIAL), ("e", SOCIAL))


def test_a_new_row_goes_behind_the_last_of_its_tier(table):
    assert names(add_row(table, uid=new_uid(), tier=COUNT, tiers=TIERS)) == "ab_cde"
    assert names(add_row(table, uid=new_uid(), tier=SOCIAL, tiers=TIERS)) == "abcde_"


def test_a_new_row_goes_behind_the_one_that_was_selected(table):
    assert names(add_row(table, uid=new_uid(), tier=COUNT, tiers=TIERS, after=uid_of("a"))) == "a_bcde"
    grown = add_row(table, uid=new_uid(), tier=("", ""), tiers=TIERS, after=uid_of("d"))
    assert (names(grown), tier_of(grown, "")) == ("abcd_e", SOCIAL)


@pytest.mark.parametrize("after", ["c", "gone"])
def test_a_new_row_keeps_its_tier_where_the_selected_one_is_gone_or_of_another(after, table):
    grown = add_row(table, uid=new_uid(), tier=COUNT, tiers=TIERS, after=uid_of(after))
    assert (names(grown), tier_of(grown, "")) == ("ab_cde", COUNT)


@pytest.mark.parametrize(
    ("tier", "order"),
    [(COST, "abc_de"), (TIERS[4], "abcde_"), (("产出指标", "时效指标"), "abc_de")],
)
def test_the_first_of_a_tier_stands_where_the_frame_has_it(tier, order, table):
    tiers = (COUNT, QUALITY, ("产出指标", "时效指标"), COST, SOCIAL, TIERS[4])
    assert names(add_row(table, uid=new_uid(), tier=tier, tiers=tiers)) == order


def test_a_tier_outside_the_frame_may_grow_and_an_unknown_one_is_refused(table):
    own = add_row(replace(table, indicators=()), uid=new_uid(), tier=COUNT, tiers=TIERS)
    assert names(own) == "_"
    odd = table_of(("x", OWN), ("a", COUNT))
    assert names(add_row(odd, uid=new_uid(), tier=OWN, tiers=TIERS)) == "x_a"
    with pytest.raises(ArrangeError, match="“其他指标›自定指标”不在本年度的指标框架中"):
        add_row(table, uid=new_uid(), tier=OWN, tiers=TIERS)
    with pytest.raises(ArrangeError, match="选择该指标属于哪一级"):
        add_row(table, uid=new_uid(), tier=("", ""), tiers=TIERS)


def test_what_is_sent_twice_is_done_once(table):
    uid = new_uid()
    once = add_row(table, uid=uid, tier=COUNT, tiers=TIERS)
    assert add_row(once, uid=uid, tier=COUNT, tiers=TIERS) == once
    twin = duplicate_row(table, uid=uid_of("a"), new=uid)
    assert names(duplicate_row(twin, uid=uid_of("a"), new=uid)) == names(twin) == "aabcde"
    less = remove_rows(table, [uid_of("a")])
    assert remove_rows(less, [uid_of("a")]) == less
    back = restore_row(less, table.indicators[0], position=1, tiers=TIERS)
    assert restore_row(back, table.indicators[0], position=1, tiers=TIERS) == back == table


@pytest.mark.parametrize("uid", ["", "abc", "G" * 32, "../" * 8])
def test_a_row_without_a_proper_uid_is_refused(uid, table):
    with pytest.raises(ArrangeError, match="浏览器发来的内容不完整"):
        add_row(table, uid=uid, tier=COUNT, tiers=TIERS)


def test_a_table_has_an_upper_end():
    full = table_of(*((f"{number}", COUNT) for number in range(MOST_ROWS)))
    with pytest.raises(ArrangeError, match="最多200行指标，现有200行，不能再加1行"):
        duplicate_row(full, uid=uid_of("3"), new=new_uid())
    assert duplicate_row(full, uid=uid_of("3"), new=uid_of("4")) == full


def test_acts_on_a_row_that_is_gone_say_so(table):
    for act in (
        lambda: duplicate_row(table, uid="gone", new=new_uid()),
        lambda: move_row(table, uid="gone", before=""),
        lambda: set_tier(table, ["gone"], tier=COUNT, tiers=TIERS),
        lambda: add_row(table, uid=new_uid(), tier=("", ""), tiers=TIERS, after="gone"),
    ):
        with pytest.raises(RowGoneError, match="该行已被删除"):
            act()
    with pytest.raises(RowGoneError, match="要移到的那一行已被删除"):
        move_row(table, uid=uid_of("a"), before="gone")


def test_several_rows_are_put_in_together(table):
    rows = [
        Indicator(*tier, name, uid=uid_of(name)) for name, tier in (("x", COUNT), ("y", COUNT), ("z", OWN))
    ]
    assert names(insert_rows(table, rows, tiers=TIERS)) == "abxycdez"
    assert names(insert_rows(table, rows, tiers=TIERS, after=uid_of("a"))) == "axybcdez"
    assert names(insert_rows(table, [*rows, rows[0]], tiers=TIERS)) == "abxycdez"


def test_a_removed_row_comes_back_to_its_place(table):
    for position, row in enumerate(table.indicators, start=1):
        less = remove_rows(table, [row.uid])
        assert restore_row(less, row, position=position, tiers=TIERS) == table


def test_a_row_comes_back_to_its_tier_where_its_place_is_taken(table):
    first = table.indicators[0]
    less = set_tier(remove_rows(table, [first.uid]), [uid_of("b")], tier=SOCIAL, tiers=TIERS)
    assert names(less) == "cdeb"
    assert names(restore_row(less, first, position=3, tiers=TIERS)) == "acdeb"


@pytest.mark.parametrize(
    ("row", "before", "order", "tier"),
    [
        ("b", "a", "bacde", COUNT),  # inside its tier
        ("a", "c", "bacde", COUNT),
        ("a", "e", "bcdae", SOCIAL),  # into another
        ("e", "b", "aebcd", COUNT),
        ("a", "d", "bcade", QUALITY),  # between two others, coming from above: that of the row above
        ("e", "c", "abecd", QUALITY),  # coming from below: that of the row below
        ("a", "", "bcdea", SOCIAL),
        ("c", "a", "cabde", QUALITY),  # the only one of its tier takes its tier along
        ("c", "", "abdec", SOCIAL),  # not where that would part 产出指标
    ],
)
def test_a_moved_row_takes_the_tier_of_where_it_lands(row, before, order, tier, table):
    moved = move_row(table, uid=uid_of(row), before=before and uid_of(before))
    assert (names(moved), tier_of(moved, row)) == (order, tier)


@pytest.mark.parametrize(("row", "before"), [("a", "a"), ("a", "b"), ("e", "")])
def test_a_row_moved_to_where_it_is_stays(row, before, table):
    assert move_row(table, uid=uid_of(row), before=before and uid_of(before)) is table


def test_rows_that_read_alike_are_told_apart():
    blank = table_of(("", COUNT), ("", COUNT), ("", COUNT))
    rows = tuple(replace(row, uid=uid) for row, uid in zip(blank.indicators, "xyz", strict=True))
    moved = move_row(replace(blank, indicators=rows), uid="z", before="x")
    assert [row.uid for row in moved.indicators] == ["z", "x", "y"]


def test_rows_change_their_tier_and_go_behind_its_last(table):
    changed = set_tier(table, [uid_of("a"), uid_of("b")], tier=SOCIAL, tiers=TIERS)
    assert (names(changed), tier_of(changed, "b")) == ("cdeab", SOCIAL)


def test_rows_stay_where_their_new_tier_fits(table):
    assert names(set_tier(table, [uid_of("c")], tier=COUNT, tiers=TIERS)) == "abcde"
    assert names(set_tier(table, [uid_of("d"), uid_of("e")], tier=TIERS[4], tiers=TIERS)) == "abcde"
    with pytest.raises(ArrangeError, match="不在本年度的指标框架中"):
        set_tier(table, [uid_of("c")], tier=OWN, tiers=TIERS)


def test_a_move_is_undone_by_the_places_before_it(table):
    places = [(row.uid, row.first_tier, row.second_tier) for row in table.indicators]
    moved = move_row(table, uid=uid_of("a"), before=uid_of("e"))
    with_new = add_row(moved, uid=new_uid(), tier=SOCIAL, tiers=TIERS, after=uid_of("d"))
    without_c = remove_rows(with_new, [uid_of("c")])
    undone = arrange_rows(without_c, places)
    assert (names(undone), tier_of(undone, "a")) == ("abd_e", COUNT)


rows_of_some_tier = st.lists(st.sampled_from(TIERS), min_size=1, max_size=12)


def is_grouped(table, depth):
    tiers = [(row.first_tier, row.second_tier)[:depth] for row in table.indicators]
    groups = [tier for tier, _ in groupby(tiers)]
    return len(groups) == len(set(groups))


@given(rows_of_some_tier, st.data())
def test_whatever_is_done_the_tiers_stay_grouped(tiers, data):
    table = table_of(*((chr(97 + place), tier) for place, tier in enumerate(sorted(tiers, key=TIERS.index))))
    for _ in range(4):
        uids = [row.uid for row in table.indicators]
        one, other = data.draw(st.sampled_from(uids)), data.draw(st.sampled_from([*uids, ""]))
        tier = data.draw(st.sampled_from(TIERS))
        removed = next(row for row in table.indicators if row.uid == one)
        acts = (
            lambda: move_row(table, uid=one, before=other),  # noqa: B023 - called in this round
            lambda: set_tier(table, [one], tier=tier, tiers=TIERS),  # noqa: B023
            lambda: add_row(table, uid=new_uid(), tier=tier, tiers=TIERS, after=other),  # noqa: B023
            lambda: restore_row(remove_rows(table, [one]), removed, position=3, tiers=TIERS),  # noqa: B023
        )
        before, table = table, data.draw(st.sampled_from(acts))()
        assert is_grouped(table, 1)
        assert is_grouped(table, 2)
        assert len({row.uid for row in table.indicators}) == len(table.indicators) >= len(before.indicators)
