"""The page of recommendations and the editor's dialog."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from indicators.rows import load_table
from indicators.services.library import load_starter
from projects.models import Declaration
from tests.editor_pages import open_editor

ROWS = (
    {
        "sector": "一般公共服务",
        "first_tier": "产出指标",
        "second_tier": "数量指标",
        "name": "知识竞赛场次",
        "explanation": "面向团员青年举办的知识竞赛场次，以活动方案为准。",
        "keywords": "知识竞赛、共青团、青年",
        "direction": "≥",
        "unit": "场",
    },
    {
        "sector": "一般公共服务",
        "first_tier": "效益指标",
        "second_tier": "经济效益指标",
        "name": "志愿者服务折算金额",
        "explanation": "志愿者服务时长按当地小时工资折算的金额。",
        "keywords": "志愿者、志愿服务、青年",
        "formula": "服务时长×小时工资",
        "direction": "≥",
        "unit": "万元",
    },
)


@pytest.fixture
def stocked(db):
    load_starter(rows=ROWS)


@pytest.fixture
def opened(signed_in, declaration):
    """Return a function that opens the page as somebody and gives its text."""
    address = reverse("table-recommendation", args=(declaration.pk,))
    return lambda user, **headers: signed_in(user).get(address, headers=headers).content.decode()


def test_the_page_offers_indicators_with_their_reasons_and_marks_missing_tiers(stocked, preparer, opened):
    body = opened(preparer)
    assert "知识竞赛场次" in body
    assert "共同词：知识竞赛" in body
    assert body.index("志愿者服务折算金额") < body.index("知识竞赛场次")
    assert body.count("本表还没有") == 1
    assert "插入所选" in body


def test_who_only_reads_finds_nothing_to_tick(stocked, auditor, opened):
    body = opened(auditor)
    assert "知识竞赛场次" in body
    assert 'name="indicator"' not in body
    assert "插入所选" not in body


def test_the_editor_is_given_the_content_alone(stocked, preparer, opened):
    body = opened(preparer, X_Requested_With="fetch")
    assert body.lstrip().startswith('<div class="recommendation">')


def test_a_blank_project_is_told_what_to_fill_in(stocked, preparer, declaration, opened):
    Declaration.objects.filter(pk=declaration.pk).update(name="", purpose="", goal="")
    assert "都还没有填写" in opened(preparer)


def test_an_empty_library_says_where_to_look(preparer, opened):
    body = opened(preparer)
    assert "指标库中没有与本项目用词相近的指标" in body
    assert "没有相近的申报" in body


def test_ticked_recommendations_are_put_in_and_can_be_undone(
    transactional_db, stocked, preparer, sign_in, declaration
):
    editor = open_editor(sign_in(preparer), declaration)
    before = [row.name for row in load_table(declaration).indicators]
    editor.get_by_role("link", name="推荐指标").click()
    dialog = editor.get_by_role("dialog", name="推荐指标")
    expect(dialog.get_by_role("button", name="插入所选")).to_be_disabled()
    dialog.get_by_label("知识竞赛场次").check()
    expect(dialog.get_by_text("已选1条")).to_be_visible()
    dialog.get_by_role("button", name="插入所选").click()
    expect(dialog).to_be_hidden()
    expect(editor.get_by_text("已从指标库插入1条指标")).to_be_visible()
    assert "知识竞赛场次" in [row.name for row in load_table(declaration).indicators]

    editor.get_by_role("button", name="撤销").last.click()
    expect(editor.locator("textarea", has_text="知识竞赛场次")).to_have_count(0)
    assert [row.name for row in load_table(declaration).indicators] == before
