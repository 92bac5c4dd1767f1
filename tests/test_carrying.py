"""One table carried into another: what is taken over, what stays, what is told."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.document import Beneficiaries, Milestone, NarrativeItem, SubGoal, TargetTable
from indicators.document.carrying import Choices, Kind, Part, carry, carry_narrative, proposals_for
from tests.documents import target_tables
from tests.sample_documents import party_table, seed_booklet, team_table

MONTHS = (3, 6, 10, 12)


def _blank(**fields) -> TargetTable:
    source = team_table()
    return TargetTable(
        2025,
        source.department_code,
        source.department_name,
        source.project_code,
        "",
        frame=source.frame,
        milestones=tuple(Milestone(month, None) for month in MONTHS),
        **fields,
    )


def _ticked(source, year) -> frozenset[str]:
    return frozenset(each.key for each in proposals_for(source, year, Choices()) if each.shift.ticked)


def _said(carried, kind) -> list[str]:
    return [f"{line.place}：{line.text}" for line in carried.report if line.kind == kind]


def test_a_blank_table_takes_everything_but_year_date_and_uids():
    source = replace(team_table(), category="特定目标类", beneficiaries=Beneficiaries.YES)
    table = carry(source, _blank(), Choices()).table
    assert table == replace(source, year=2025, prepared_on=None)
    assert not {row.uid for row in table.indicators} & {row.uid for row in source.indicators}
    assert table.uid != source.uid


def test_only_ticked_years_move():
    source = replace(team_table(), name="2024年度团费", goal="2024年7月1日前开展；较2023年提高。")
    carried = carry(source, _blank(), Choices(shifts=_ticked(source, 2025)))
    assert (carried.table.name, carried.table.goal) == ("2025年度团费", "2025年7月1日前开展；较2023年提高。")
    assert "绩效目标：2024年7月1日 → 2025年7月1日" in _said(carried, Kind.SHIFTED)
    assert "绩效目标：“2023年”没有改动（早于来源年度，多为基数或往年情况），核对是否仍然适用。" in _said(
        carried, Kind.OPEN
    )


@pytest.mark.parametrize("part", Part)
def test_a_part_alone_is_carried(part):
    before = _blank()
    table = carry(team_table(), before, Choices(parts={part})).table
    names = {
        Part.FACTS: ("name", "preparer", "preparer_phone"),
        Part.MONEY: ("budget", "fiscal_funding", "other_funding"),
        Part.PURPOSE: ("purpose",),
        Part.PLAN: ("milestones",),
        Part.GOAL: ("goal",),
        Part.INDICATORS: ("indicators",),
    }[part]
    source = team_table()
    assert table == replace(before, **{name: getattr(source, name) for name in names})


def test_what_is_filled_in_stays_unless_it_is_asked_for():
    target = replace(
        _blank(),
        name="本年名称",
        purpose="本年用途",
        budget=Decimal(5),
        milestones=(Milestone(6, Decimal(50)),),
        goal="本年目标",
        indicators=party_table().indicators,
    )
    kept = carry(team_table(), target, Choices())
    for name in ("name", "purpose", "budget", "milestones", "goal", "indicators"):
        assert getattr(kept.table, name) == getattr(target, name)
    assert "资金用途：本表已经填写，没有覆盖。" in _said(kept, Kind.KEPT)
    assert f"绩效指标：本表已有{len(target.indicators)}项，没有覆盖。" in _said(kept, Kind.KEPT)
    taken = carry(team_table(), target, Choices(overwrite=frozenset(Part))).table
    assert (taken.purpose, taken.goal) == (team_table().purpose, team_table().goal)
    assert taken.indicators == team_table().indicators


def test_a_listed_name_and_listed_amounts_never_change():
    target = replace(_blank(), name="清单名称", budget=Decimal(90000))
    carried = carry(team_table(), target, Choices(overwrite=frozenset(Part), is_listed=True))
    assert (carried.table.name, carried.table.budget) == ("清单名称", Decimal(90000))
    assert "预算数：来自项目清单，没有改动。" in _said(carried, Kind.KEPT)
    assert not any(each.path == "name" for each in proposals_for(team_table(), 2025, Choices(is_listed=True)))


def test_another_projects_name_and_people_are_not_carried():
    carried = carry(team_table(), _blank(), Choices(same_project=False))
    assert (carried.table.name, carried.table.preparer) == ("", "")
    assert carried.table.purpose == team_table().purpose
    assert any("与来源项目相同" in line for line in _said(carried, Kind.OPEN))


def test_the_report_says_what_must_still_be_decided():
    source = replace(team_table(), nature="新增", purpose="按照《2024年工作计划》执行。")
    said = _said(carry(source, _blank(), Choices()), Kind.OPEN)
    assert "项目属性：上年为新增，本年继续实施的应改为延续。" in said
    assert any(line.startswith("预算规模：预算数1.80万元") and "与上年相同" in line for line in said)
    assert any("（R56）" in line for line in said)
    assert any("（R35）" in line and line.startswith("绩效指标：") for line in said)
    assert any("《2024年工作计划》" in line for line in said)


def test_other_nodes_of_the_plan_take_what_they_can():
    source = replace(team_table(), milestones=(Milestone(6, Decimal(40)), Milestone(12, Decimal(100))))
    carried = carry(source, _blank(), Choices())
    assert [each.percent for each in carried.table.milestones] == [None, 40, None, 100]
    assert "资金支出计划：3月底、10月底在来源中没有，补填比例。" in _said(carried, Kind.OPEN)


def test_another_frame_is_told():
    source, target = replace(team_table(), frame="2015"), replace(_blank(), frame="2021")
    said = _said(carry(source, target, Choices()), Kind.OPEN)
    assert any("来源用2015年框架，本年用2021年框架" in line for line in said)


def test_nothing_in_the_source_is_told():
    carried = carry(_blank(), _blank(), Choices())
    assert {line.text for line in carried.report} == {"来源没有填写。"}


@given(target_tables(), target_tables(), st.booleans())
def test_no_pair_of_tables_raises_and_filled_texts_stay(source, target, same_project):
    proposals = proposals_for(source, target.year, Choices())
    choices = Choices(shifts=frozenset(each.key for each in proposals), same_project=same_project)
    table = carry(source, target, choices).table
    for name in ("name", "purpose", "goal", "budget", "indicators"):
        if getattr(target, name):
            assert getattr(table, name) == getattr(target, name)
    assert (table.year, table.uid, table.project_code) == (target.year, target.uid, target.project_code)


# The narrative

SECTIONS = ("overall_goals", "sub_goals", "safeguards")


def _narrative(source, target=None, **kwargs):
    target = target or replace(source, year=2025, overall_goals=(), sub_goals=(), safeguards=(), tables=())
    wanted = {"sections": SECTIONS, "overwrite": False, "shifts": frozenset(), "codes": frozenset()}
    return carry_narrative(source, target, **wanted | kwargs)


def test_a_narrative_is_carried_with_uids_of_its_own():
    source = seed_booklet()
    carried = _narrative(source).booklet
    assert carried.overall_goals == source.overall_goals
    assert carried.safeguards == source.safeguards
    assert not {item.uid for item in carried.overall_goals} & {item.uid for item in source.overall_goals}


def test_links_lead_to_this_years_projects_alone():
    source = replace(seed_booklet(), sub_goals=(SubGoal("党建", "目标", "", ("A", "B")),))
    carried = _narrative(source, codes=frozenset({"A"}))
    assert carried.booklet.sub_goals[0].project_codes == ("A",)
    (line,) = [line for line in carried.report if line.kind == Kind.OPEN]
    assert line.text == "“党建”对应的项目B本年没有申报，重新选择对应项目。"


def test_a_narrative_that_is_there_stays():
    source = seed_booklet()
    target = replace(source, year=2025, overall_goals=(NarrativeItem("本年的"),))
    assert _narrative(source, target).booklet.overall_goals == target.overall_goals
    assert _narrative(source, target, overwrite=True).booklet.overall_goals == source.overall_goals
