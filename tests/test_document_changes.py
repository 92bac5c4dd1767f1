from dataclasses import replace
from decimal import Decimal

from indicators.document import (
    Beneficiaries,
    Booklet,
    Indicator,
    Milestone,
    NarrativeItem,
    SafeguardSection,
    SubGoal,
    adopt_booklet,
    adopt_table,
    booklet_changes,
    new_uid,
    table_changes,
)
from tests.sample_documents import party_table, team_table


def _as(changes):
    return [(change.place, change.before, change.after) for change in changes]


def _reread(table):
    """The same table as an importer reads it: new uids, and without what a print does not carry."""
    rows = tuple(replace(row, uid=new_uid()) for row in table.indicators)
    return replace(table, indicators=rows, uid=new_uid(), category="", nature="", preparer="")


def test_equal_tables_have_no_changes():
    table = team_table()
    assert table_changes(table, table) == ()


def test_changes_say_where_and_what_as_people_read_it():
    old = team_table()
    new = replace(
        old,
        budget=Decimal(20000),
        other_funding=Decimal(2000),
        beneficiaries=Beneficiaries.NO,
        milestones=(*old.milestones[:2], Milestone(10, Decimal(80)), old.milestones[3]),
    )
    assert _as(table_changes(old, new)) == [
        ("预算数", "1.80万元", "2.00万元"),
        ("其他资金", "", "0.20万元"),
        ("有无服务对象", "未定", "无"),
        ("资金支出计划 10月底", "75%", "80%"),
    ]


def test_a_blank_amount_and_zero_differ():
    old = team_table()
    assert _as(table_changes(old, replace(old, other_funding=Decimal(0)))) == [("其他资金", "", "0.00万元")]


def test_an_edited_indicator_is_told_by_field_with_its_row():
    old = team_table()
    rows = (*old.indicators[:1], replace(old.indicators[1], value="≥95%"), *old.indicators[2:])
    (change,) = table_changes(old, replace(old, indicators=rows))
    assert change.path == f"indicators/{old.indicators[1].uid}/value"
    assert str(change) == "绩效指标第2项 指标值：“≥95百分比” → “≥95%”"


def test_a_removed_indicator_stays_readable_in_full():
    old = team_table()
    (change,) = table_changes(old, replace(old, indicators=old.indicators[1:]))
    assert change.before == "产出指标 数量指标 组织业务培训 组织开展业务活动培训 ≥2次 预算编制"
    assert change.after == ""


def test_an_added_indicator_and_a_new_order_are_told():
    old = team_table()
    extra = Indicator("产出指标", "数量指标", "发展党员", value="≥3人")
    rows = (old.indicators[1], old.indicators[0], *old.indicators[2:], extra)
    changes = table_changes(old, replace(old, indicators=rows))
    assert [change.place for change in changes] == ["绩效指标第7项", "绩效指标顺序"]


def test_a_row_that_went_and_another_that_came_elsewhere_are_no_change_of_one_row():
    old = team_table()
    extra = Indicator("产出指标", "数量指标", "发展党员", value="≥3人")
    rows = (old.indicators[0], extra, *old.indicators[1:4], *old.indicators[5:])
    changes = table_changes(old, replace(old, indicators=rows))
    assert [(change.place, bool(change.before), bool(change.after)) for change in changes] == [
        ("绩效指标第2项", False, True),
        ("绩效指标第5项", True, False),
    ]


def test_a_new_table_is_one_change():
    (change,) = table_changes(None, team_table())
    assert change.after == "13020924P00077210002M 2024年度机关团工作活动经费"


def test_tables_are_matched_by_code_and_a_blank_code_matches_nothing():
    old = Booklet(2024, "286001", "甲", tables=(replace(team_table(), project_code=""), party_table()))
    new = replace(
        old,
        tables=(replace(team_table(), project_code="", uid=new_uid()), replace(party_table(), goal="改")),
    )
    assert [(bool(change.before), bool(change.after)) for change in booklet_changes(old, new)] == [
        (False, True),
        (True, True),
        (True, False),
    ]


def test_narrative_changes_name_the_item():
    old = Booklet(
        2024,
        "286001",
        "甲",
        overall_goals=(NarrativeItem("一"), NarrativeItem("二")),
        sub_goals=(SubGoal("题", "目标", "指标"),),
        safeguards=(SafeguardSection("制度", (NarrativeItem("措施"),)),),
    )
    new = replace(
        old,
        overall_goals=(old.overall_goals[0], replace(old.overall_goals[1], text="二改")),
        sub_goals=(replace(old.sub_goals[0], goal="目标改", project_codes=("A",)),),
        safeguards=(replace(old.safeguards[0], items=(replace(old.safeguards[0].items[0], text="措施改"),)),),
    )
    assert _as(booklet_changes(old, new)) == [
        ("总体绩效目标第2项", "二", "二改"),
        ("分项绩效目标第1项 绩效目标", "目标", "目标改"),
        ("分项绩效目标第1项 对应项目", "", "A"),
        ("工作保障措施第1项 措施第1项", "措施", "措施改"),
    ]


def test_a_table_read_again_is_the_stored_one():
    stored = replace(team_table(), category="特定目标类", nature="延续", frame="2015")
    adopted = adopt_table(stored, _reread(stored))
    assert adopted == stored
    assert adopted.uid == stored.uid
    assert [row.uid for row in adopted.indicators] == [row.uid for row in stored.indicators]


def test_a_renamed_indicator_keeps_its_uid_by_order():
    stored = team_table()
    read = _reread(stored)
    read = replace(read, indicators=(replace(read.indicators[0], name="改名"), *read.indicators[1:]))
    assert adopt_table(stored, read).indicators[0].uid == stored.indicators[0].uid


def test_two_indicators_of_one_name_keep_their_own_uids():
    rows = tuple(Indicator("产出指标", "数量指标", "补助标准", value=f"{n}元") for n in (1, 2, 3))
    stored = replace(team_table(), indicators=rows)
    assert [row.uid for row in adopt_table(stored, _reread(stored)).indicators] == [row.uid for row in rows]


def test_a_booklet_read_again_is_the_stored_one():
    stored = Booklet(
        2024, "286001", "甲", overall_goals=(NarrativeItem("一"),), tables=(team_table(), party_table())
    )
    read = Booklet(
        2024,
        "286001",
        "甲",
        overall_goals=(NarrativeItem("一"),),
        tables=(_reread(team_table()), _reread(party_table())),
    )
    adopted = adopt_booklet(stored, read)
    assert booklet_changes(stored, adopted) == ()
    assert adopted.overall_goals[0].uid == stored.overall_goals[0].uid
    assert [table.uid for table in adopted.tables] == [table.uid for table in stored.tables]
