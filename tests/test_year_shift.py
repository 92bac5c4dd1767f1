"""Which years may move into the next fiscal year, which are ticked, and which never move."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.document import Indicator, TargetTable
from indicators.document.year_shift import (
    apply_shifts,
    find_shifts,
    narrative_shifts,
    shift_narrative,
    shift_table,
    table_shifts,
)
from tests.documents import booklets, target_tables
from tests.sample_documents import seed_booklet


def _moved(text: str, **kwargs) -> str:
    shifts = find_shifts(text, 2024, 1, **kwargs)
    return apply_shifts(text, [shift for shift in shifts if shift.ticked])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年党建工作经费", "2025年党建工作经费"),
        ("]2024年度机关经费", "]2025年度机关经费"),
        ("2024 年", "2025 年"),
        ("２０２４年度", "２０２５年度"),
        ("二〇二四年工作", "二〇二五年工作"),
        ("二○二四年度", "二○二五年度"),
        ("二零二四年", "二零二五年"),
        ("2024-2025年采暖季", "2025-2026年采暖季"),
        ("2023—2024学年", "2024—2025学年"),
        ("2024年7月1日前完成", "2025年7月1日前完成"),
        ("≤2024年12月", "≤2025年12月"),
        ("2024.12.31前", "2025.12.31前"),
        ("2024-06-30", "2025-06-30"),
        ("2024年建成高标准农田500亩", "2025年建成高标准农田500亩"),
        ("于2024年6月、2024年12月各举办一期", "于2025年6月、2025年12月各举办一期"),
    ],
)
def test_years_of_the_source_move(text, expected):
    assert _moved(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "冀财农〔2024〕12号",
        "冀财农[2018]12号",
        "唐政办（2024）5号",
        "2024年第12号公告",
        "按照《2024年部门预算编制办法》",
        "《关于贯彻<2024年工作要点>的通知》",
        "《预算法》（2018年修正）",
        "2018年成立",
        "2023年12月建成投入使用",
        "2023年印发",
        "13020924P00277210002M",
        "1302092024年",
        "经费2024.5万元",
        "2024元",
        "2024人次",
        "到2035年基本实现现代化",
        "2019-2021年规划",
    ],
)
def test_what_never_moves_is_not_proposed(text):
    assert find_shifts(text, 2024, 1) == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("较2023年提高5%", "早于来源年度，多为基数或往年情况"),
        ("2025年6月完工", "晚于来源年度，多为跨年的期限"),
        ("2021-2025年规划", "多年的期间，多为规划期或工期"),
        ("2024年起施行", "可能是已经发生的事"),
        ("2024级新生", "级别或届别，核对后再定"),
        ("2024年2月29日", "2025年没有2月29日"),
    ],
)
def test_what_is_doubtful_is_proposed_unticked(text, reason):
    (shift,) = find_shifts(text, 2024, 1)
    assert (shift.ticked, shift.reason) == (False, reason)


def test_a_day_that_is_not_there_becomes_the_one_before():
    (shift,) = find_shifts("2024年2月29日", 2024, 1)
    assert shift.after == "2025年2月28日"
    (shift,) = find_shifts("2024年2月29日", 2024, 4)
    assert (shift.after, shift.ticked) == ("2028年2月29日", True)


def test_a_bare_year_counts_in_names_alone():
    (shift,) = find_shifts("2024春节慰问", 2024, 1, is_name=True)
    assert (shift.after, shift.ticked) == ("2025", False)
    assert find_shifts("2024春节慰问", 2024, 1) == ()
    (shift,) = find_shifts("2024 年春节慰问", 2024, 1, is_name=True)
    assert shift.after == "2025 年"


def test_several_years_may_be_skipped():
    (shift,) = find_shifts("2022年度", 2022, 3)
    assert shift.after == "2025年度"


def _table(**fields) -> TargetTable:
    return TargetTable(2024, "286001", "区直机关工委", "13020924P00277210002M", **fields)


def test_proposals_name_their_place_and_the_words_around():
    table = _table(
        name="2024年度党建经费",
        goal="一、全年。\n二、在2024年7月1日前开展庆祝活动。",
        indicators=(Indicator("产出指标", "时效指标", "完成时间", value="2024年12月底前", uid="a"),),
    )
    proposals = table_shifts(table, 2025)
    assert [(each.path, each.place, each.shift.after) for each in proposals] == [
        ("name", "项目名称", "2025年度"),
        ("goal", "绩效目标", "2025年7月1日"),
        ("indicators/a/value", "绩效指标第1项 指标值", "2025年12月"),
    ]
    assert (proposals[1].words_before, proposals[1].words_after) == ("二、在", "前开展庆祝活动。")
    moved = shift_table(table, proposals[1:])
    assert (moved.name, moved.indicators[0].value) == ("2024年度党建经费", "2025年12月底前")
    assert moved.goal == "一、全年。\n二、在2025年7月1日前开展庆祝活动。"


def test_a_narrative_moves_too():
    booklet = seed_booklet()
    proposals = narrative_shifts(booklet, 2025)
    assert shift_narrative(booklet, ()) == booklet
    for proposal in proposals:
        assert proposal.shift.before != proposal.shift.after


@given(target_tables(), st.integers(2000, 2099))
def test_no_table_raises_and_nothing_ticked_moves_nothing(table, year):
    proposals = table_shifts(table, year)
    assert shift_table(table, ()) == table
    assert len({proposal.key for proposal in proposals}) == len(proposals)
    shift_table(table, proposals)


@given(booklets(max_tables=1), st.integers(2000, 2099))
def test_no_narrative_raises(booklet, year):
    shift_narrative(booklet, narrative_shifts(booklet, year))


@given(st.text(alphabet="20245年月日度-—.〔〕《》（）号二〇级成立起 第x", max_size=30), st.integers(-3, 3))
def test_shifts_never_overlap_and_only_change_years(text, by):
    shifts = find_shifts(text, 2024, by, is_name=True)
    ends = [(shift.start, shift.start + len(shift.before)) for shift in shifts]
    assert all(text[start:end] == shift.before for (start, end), shift in zip(ends, shifts, strict=True))
    ordered = sorted(ends)
    assert all(before[1] <= after[0] for before, after in pairwise(ordered))
