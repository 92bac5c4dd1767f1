"""What changed since a table was approved, or sent back, beside the paper of its editor (原值)."""

import json
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.rows import load_table
from indicators.services import change_table
from indicators.services.adjustment import open_adjustment
from projects.models import Adjustment, Declaration
from tests.approved_tables import approve, moved
from tests.sample_documents import long_table
from tests.test_escaping import MARK, is_clean
from workflow.models import Status
from workflow.transitions import PASS, RETURN, SUBMIT


@pytest.fixture
def client(signed_in, preparer):
    return signed_in(preparer)


@pytest.fixture
def adjusting(declaration, preparer, leader, reviewer, approver) -> Declaration:
    approve(declaration, preparer=preparer, leader=leader, reviewer=reviewer, approver=approver)
    open_adjustment(
        reviewed=declaration,
        sorts=[Adjustment.Sort.GOAL],
        reason="参训人数增加。",
        revision=declaration.revision,
        actor=preparer,
    )
    declaration.refresh_from_db()
    return declaration


def change(declaration, actor, change):
    change_table(declaration=declaration, change=change, actor=actor)
    declaration.refresh_from_db()


def without_second_row(table):
    first, _, *rest = table.indicators
    return replace(table, indicators=(first, *rest))


def editor(client, declaration):
    return client.get(reverse("edit-table", args=(declaration.pk,)))


def lines(page):
    found = page.context["changes_beside"].lines
    return [(each.line.place, each.line.what, each.name, each.cell) for each in found]


def test_a_first_filing_has_nothing_to_compare(declaration, client):
    page = editor(client, declaration)
    assert (page.context["changes_beside"], page.context["adjusting"]) == (None, None)
    assert "changes-block" not in page.text


def test_an_adjustment_says_its_reason_and_that_nothing_changed_yet(adjusting, client):
    page = editor(client, adjusting)
    assert "第2版调整中；现行为" in page.text
    assert "目标调整：参训人数增加。" in page.text
    assert lines(page) == []
    assert "还没有改动。" in page.text


def test_fields_rows_and_tiers_lead_to_their_cells(adjusting, client, preparer):
    first, second, third, *rest = load_table(adjusting).indicators
    new = replace(rest[-1], uid="a" * 32, name="参训人员满意度")

    def adjusted(table):
        moved_row = replace(third, second_tier=first.second_tier)
        rows = (replace(first, value="≥5次"), moved_row, *rest, new)
        return replace(table, goal=f"全面{table.goal}", preparer="王芳", indicators=rows)

    change(adjusting, preparer, adjusted)
    page = editor(client, adjusting)
    assert lines(page) == [
        ("绩效目标", "", "原值", "goal"),
        ("第1行 指标值", "", "原值", f"indicators/{first.uid}/value"),
        ("绩效指标", "删除", "", ""),
        ("第2行 二级指标", "", "二级指标原值", f"indicators/{third.uid}/name"),
        ("第6行", "新增", "新增的行", f"indicators/{new.uid}/name"),
        ("填报人", "", "原值", ""),
    ]
    assert f'<a href="#at-indicators-{first.uid}-value">第1行 指标值</a>' in page.text
    assert "≥<del>2</del><ins>5</ins>次" in page.text
    assert second.name in page.text


def test_what_a_list_leaves_out_of_a_long_text_is_on_the_page(adjusting, client, preparer):
    change(adjusting, preparer, lambda table: replace(table, goal=f"{table.goal}并报告。"))
    (line,) = editor(client, adjusting).context["changes_beside"].lines
    goal = load_table(adjusting).goal.removesuffix("并报告。")
    assert line.text == (
        f'<span class="kept"><span>{goal[:-12]}</span></span>{goal[-12:]}<ins>并报告。</ins>'
    )


def test_after_a_return_it_is_compared_with_what_was_returned(adjusting, client, preparer, leader):
    change(adjusting, preparer, lambda table: replace(table, goal="先改的目标"))
    moved(adjusting, SUBMIT, preparer)
    moved(adjusting, RETURN, leader, "再改。")
    assert lines(editor(client, adjusting)) == []
    change(adjusting, preparer, lambda table: replace(table, purpose="后改的用途"))
    page = editor(client, adjusting)
    assert lines(page) == [("资金用途", "", "退回时", "purpose")]
    assert f"{leader}退回时相比" in page.text
    assert "参训人数增加。" in page.text


def test_a_removed_row_comes_back_without_a_script(adjusting, client, preparer):
    before = load_table(adjusting)
    change(adjusting, preparer, without_second_row)
    (line,) = editor(client, adjusting).context["changes_beside"].lines
    address = reverse("edit-table", args=(adjusting.pk,))
    answer = client.post(address, {"revision": adjusting.revision, "restore": line.removed})
    assert answer.status_code == 302
    assert answer.url == f"{address}#at-indicators-{before.indicators[1].uid}-name"
    assert load_table(adjusting) == before


@pytest.mark.parametrize("removed", ["", "{", json.dumps({"uid": "x", "position": 1}), "[]"])
def test_a_row_that_cannot_be_read_is_not_restored(removed, adjusting, client, preparer):
    change(adjusting, preparer, without_second_row)
    before = load_table(adjusting)
    client.post(
        reverse("edit-table", args=(adjusting.pk,)), {"revision": adjusting.revision, "restore": removed}
    )
    assert load_table(adjusting) == before


def test_nobody_else_restores_a_row(adjusting, signed_in, reviewer, preparer):
    change(adjusting, preparer, without_second_row)
    before = load_table(adjusting)
    row = json.dumps({"uid": "a" * 32, "position": 1, "name": "另一指标"})
    address = reverse("edit-table", args=(adjusting.pk,))
    answer = signed_in(reviewer).post(address, {"revision": adjusting.revision, "restore": row})
    assert answer.status_code == 403
    assert load_table(adjusting) == before


def test_what_was_typed_stays_text(adjusting, client, preparer):
    change(adjusting, preparer, lambda table: replace(without_second_row(table), goal=f"{MARK}{table.goal}"))
    assert is_clean(editor(client, adjusting))


def test_under_review_the_editor_compares_nothing(adjusting, client, preparer, leader):
    change(adjusting, preparer, lambda table: replace(table, goal="改后的目标"))
    moved(adjusting, SUBMIT, preparer)
    moved(adjusting, PASS, leader)
    assert adjusting.status not in Status.EDITABLE
    answer = client.post(
        reverse("edit-table", args=(adjusting.pk,)), {"revision": adjusting.revision, "goal": "再改"}
    )
    assert (answer.status_code, answer.context["changes_beside"]) == (409, None)


def test_the_margin_takes_the_same_queries_for_one_change_and_for_forty(adjusting, client, preparer):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            page = client.get(reverse("table-margin", args=(adjusting.pk,)))
        return len(captured), len(page.context["changes_beside"].lines)

    change(adjusting, preparer, lambda table: replace(table, goal="改后的目标"))
    few, one = queries()
    rows = long_table().indicators[:40]
    change(adjusting, preparer, lambda table: replace(table, indicators=rows))
    many, forty = queries()
    assert (few, one) == (many, 1)
    assert forty > 40
