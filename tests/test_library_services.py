"""Proposing, deciding, retiring and importing indicators of the library (indicators/services/library.py)."""

import pytest
from django.core.exceptions import PermissionDenied

from indicators.models import LibraryIndicator
from indicators.services.library import (
    LibraryError,
    approve_proposal,
    change_indicator,
    import_library,
    load_starter,
    plan_import,
    propose_indicator,
    reject_proposal,
    restore_indicator,
    retire_indicator,
    values_of,
)
from trail.models import Entry

Standing = LibraryIndicator.Standing
PASS_RATE = {
    "sector": "教育",
    "subsector": "教师培训",
    "funding_use": "培训费",
    "first_tier": "产出指标",
    "second_tier": "质量指标",
    "name": "培训人员合格率",
    "explanation": "参加培训并考核合格的人数占参加培训人数的比例。",
    "formula": "考核合格人数÷参加培训人数×100%",
    "direction": "≥",
    "unit": "%",
    "plan_standard": "年度培训计划",
    "keywords": "培训、考核",
}
HEADCOUNT = {
    "first_tier": "产出指标",
    "second_tier": "数量指标",
    "name": "培训人次",
    "explanation": "参加培训的人次。",
}


def add(**values) -> LibraryIndicator:
    """Put an indicator into the library."""
    row = {**PASS_RATE, **values}
    assert load_starter(rows=[row]) == 1
    return LibraryIndicator.objects.get(name=row["name"], sector=row["sector"])


@pytest.fixture
def proposal(declaration, preparer) -> LibraryIndicator:
    return propose_indicator(declaration=declaration, values=PASS_RATE, actor=preparer)


def test_a_proposal_waits_with_who_made_it_and_for_whom(proposal, preparer, declaration):
    assert proposal.standing == Standing.PROPOSED
    assert (proposal.proposed_by, proposal.proposed_for) == (
        preparer,
        declaration.department_year.department,
    )
    assert values_of(proposal)["name"] == "培训人员合格率"
    assert proposal.words.split()[:5] == ["培训人员合格率", "培训", "考核", "人员", "合格率"]
    assert proposal.initials.split()[0] == "pxryhgl"
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.kind, entry.object_id) == ("propose", "library", str(proposal.pk))
    assert entry.department_code == "286001"


def test_only_a_preparer_of_the_department_proposes(declaration, leader, outsider):
    for person in (leader, outsider):
        with pytest.raises(PermissionDenied):
            propose_indicator(declaration=declaration, values=PASS_RATE, actor=person)
    assert not LibraryIndicator.objects.exists()


def test_a_proposal_names_everything_that_is_wrong(declaration, preparer):
    with pytest.raises(LibraryError) as refusal:
        propose_indicator(
            declaration=declaration,
            values={
                **PASS_RATE,
                "name": "",
                "direction": "大于",
                "second_tier": "数量质量",
                "unit": "人" * 21,
            },
            actor=preparer,
        )
    assert refusal.value.messages == (
        "“三级指标”没有填写，该列每行都要填写。",
        "“方向”的“大于”无法识别，应为≥、＞、＝、＜、≤之一或空白。",
        "“计量单位”有21字，不能超过20字。",
        "“二级指标”的“数量质量”不在“产出指标”之下，应为数量指标、质量指标、时效指标、成本指标之一。",
    )
    assert not LibraryIndicator.objects.exists()


def test_what_the_library_has_is_not_proposed_again(declaration, preparer):
    add()
    with pytest.raises(LibraryError, match="指标库已有"):
        propose_indicator(declaration=declaration, values=PASS_RATE, actor=preparer)
    assert LibraryIndicator.objects.count() == 1


def test_approval_rewords_and_records_it(proposal, reviewer):
    approve_proposal(
        indicator=proposal, values={**PASS_RATE, "name": "培训合格率"}, actor=reviewer, remark="改短"
    )
    proposal.refresh_from_db()
    assert (proposal.standing, proposal.name, proposal.decided_by) == (
        Standing.APPROVED,
        "培训合格率",
        reviewer,
    )
    assert proposal.initials.split()[0] == "pxhgl"
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.reason) == ("approve", "改短")
    assert [(change["place"], change["after"]) for change in entry.changes] == [
        ("状态", "已入库"),
        ("三级指标", "培训合格率"),
    ]


def test_two_proposals_of_the_same_indicator_are_not_both_approved(declaration, preparer, reviewer):
    first, second = (
        propose_indicator(declaration=declaration, values=PASS_RATE, actor=preparer) for _ in range(2)
    )
    approve_proposal(indicator=first, values=PASS_RATE, actor=reviewer)
    with pytest.raises(LibraryError, match="不能再入库一条"):
        approve_proposal(indicator=second, values=PASS_RATE, actor=reviewer)
    second.refresh_from_db()
    assert second.standing == Standing.PROPOSED


def test_a_rejection_needs_a_reason(proposal, reviewer):
    with pytest.raises(LibraryError, match="没有填写理由"):
        reject_proposal(indicator=proposal, reason="  ", actor=reviewer)
    proposal.refresh_from_db()
    assert proposal.standing == Standing.PROPOSED

    reject_proposal(indicator=proposal, reason="与培训合格率重复", actor=reviewer)
    proposal.refresh_from_db()
    assert (proposal.standing, proposal.remark) == (Standing.REJECTED, "与培训合格率重复")


def test_a_decision_is_made_once(proposal, reviewer):
    reject_proposal(indicator=proposal, reason="重复", actor=reviewer)
    entries = Entry.objects.count()
    with pytest.raises(LibraryError, match="状态已是“未采纳”"):
        approve_proposal(indicator=proposal, values=PASS_RATE, actor=reviewer)
    assert Entry.objects.count() == entries


def test_only_the_finance_bureau_keeps_the_library(proposal, preparer, leader, auditor):
    kept = add(name="按期完成率")
    for person in (preparer, leader, auditor):
        for act in (
            lambda who: approve_proposal(indicator=proposal, values=PASS_RATE, actor=who),
            lambda who: reject_proposal(indicator=proposal, reason="重复", actor=who),
            lambda who: retire_indicator(indicator=kept, reason="不再使用", actor=who),
            lambda who: change_indicator(indicator=kept, values=PASS_RATE, actor=who),
            lambda who: import_library(rows=[HEADCOUNT], actor=who),
        ):
            with pytest.raises(PermissionDenied):
                act(person)
    proposal.refresh_from_db()
    kept.refresh_from_db()
    assert (proposal.standing, kept.standing, kept.name) == (
        Standing.PROPOSED,
        Standing.APPROVED,
        "按期完成率",
    )
    assert LibraryIndicator.objects.count() == 2


def test_an_indicator_is_retired_and_restored_with_reasons(db, reviewer):
    kept = add()
    retire_indicator(indicator=kept, reason="口径已变", actor=reviewer)
    kept.refresh_from_db()
    assert kept.standing == Standing.RETIRED
    restore_indicator(indicator=kept, reason="口径恢复", actor=reviewer)
    kept.refresh_from_db()
    assert kept.standing == Standing.APPROVED
    assert [entry.reason for entry in Entry.objects.filter(kind="library").order_by("sequence")][1:] == [
        "口径已变",
        "口径恢复",
    ]


def test_a_retired_indicator_does_not_come_back_beside_its_successor(db, reviewer):
    kept = add()
    retire_indicator(indicator=kept, reason="口径已变", actor=reviewer)
    LibraryIndicator.objects.create(**{**PASS_RATE, "explanation": "新口径"}, standing=Standing.APPROVED)
    with pytest.raises(LibraryError, match="指标库已有"):
        restore_indicator(indicator=kept, reason="恢复", actor=reviewer)


def test_an_unchanged_indicator_is_not_recorded(db, reviewer):
    kept = add()
    entries = Entry.objects.count()
    assert change_indicator(indicator=kept, values=values_of(kept), actor=reviewer) == ()
    assert Entry.objects.count() == entries


def test_an_import_adds_changes_and_leaves(db, reviewer):
    add()
    add(name="按期完成率")
    retired = add(name="已停用指标")
    retire_indicator(indicator=retired, reason="停用", actor=reviewer)
    rows = [
        {**PASS_RATE, "unit": "％"},
        {**PASS_RATE, "name": "按期完成率"},
        {**PASS_RATE, "name": "已停用指标"},
        HEADCOUNT,
    ]
    plan = plan_import(rows)
    assert [row["name"] for row in plan.new] == ["培训人次"]
    assert [str(change) for one in plan.changed for change in one.changes] == [
        "培训人员合格率 计量单位：“%” → “％”"
    ]
    assert (plan.unchanged, plan.retired) == (1, (retired,))

    import_library(rows=rows, actor=reviewer)

    assert LibraryIndicator.objects.get(name="培训人员合格率").unit == "％"
    assert LibraryIndicator.objects.get(name="培训人次").standing == Standing.APPROVED
    assert Entry.objects.latest("sequence").label == "指标库导入：新增1条，变化1条"
    assert plan_import(rows).does_nothing


def test_a_column_the_file_does_not_have_stays(db, reviewer):
    add()
    without = {field: text for field, text in PASS_RATE.items() if field != "formula"}
    assert plan_import([without]).does_nothing


def test_a_wrong_row_stops_the_whole_import(db, reviewer):
    rows = [HEADCOUNT, {**HEADCOUNT, "name": ""}, HEADCOUNT]
    with pytest.raises(LibraryError) as refusal:
        import_library(rows=rows, actor=reviewer)
    assert refusal.value.messages == (
        "第2条：“三级指标”没有填写，该列每行都要填写。",
        "第3条：与第1条是同一指标“培训人次”，只保留一条。",
    )
    assert not LibraryIndicator.objects.exists()


def test_the_starter_set_is_loaded_once_and_respects_what_changed(db, reviewer):
    kept = add()
    change_indicator(indicator=kept, values={**PASS_RATE, "unit": "‰"}, actor=reviewer)
    entries = Entry.objects.count()
    assert load_starter(rows=[PASS_RATE]) == 0
    kept.refresh_from_db()
    assert kept.unit == "‰"
    assert Entry.objects.count() == entries
