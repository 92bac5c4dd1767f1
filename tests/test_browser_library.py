"""The library in the in-table editor: search as you type, by keyboard, insertion, undo, proposal."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from indicators.models import LibraryIndicator, LibraryUse
from indicators.rows import load_table
from indicators.services.library import load_starter
from tests.editor_pages import cell, expect_saved, open_editor
from tests.test_library_services import HEADCOUNT, PASS_RATE

ROWS = (
    PASS_RATE,
    HEADCOUNT,
    {**HEADCOUNT, "name": "培训班期数", "explanation": "举办的期数。"},
    {**HEADCOUNT, "first_tier": "成本指标", "second_tier": "经济成本指标", "name": "人均培训成本"},
)


@pytest.fixture
def editor(transactional_db, preparer, sign_in, declaration):
    """Return the editor of the seed's first table, with four indicators in the library."""
    load_starter(rows=ROWS)
    return open_editor(sign_in(preparer), declaration)


def names(declaration):
    return [row.name for row in load_table(declaration).indicators]


def found(editor):
    return editor.locator(".library-results label b")


def test_two_indicators_are_found_and_inserted_by_keyboard_alone_and_undone(editor, declaration):
    before = names(declaration)
    cell(editor, "第1行 三级指标").focus()
    editor.keyboard.press("Control+k")
    dialog = editor.get_by_role("dialog", name="从指标库选")
    expect(dialog.get_by_label("二级指标")).to_have_value("数量指标")
    expect(found(editor)).to_have_text(["培训人次", "培训班期数"])
    editor.keyboard.type("px")
    expect(dialog.get_by_label("查找")).to_be_focused()
    for key in ("ArrowDown", "Space", "ArrowDown", "Space"):
        editor.keyboard.press(key)
    expect(dialog.get_by_text("已选2条：培训人次、培训班期数")).to_be_visible()
    editor.keyboard.press("Enter")
    expect(dialog).to_be_hidden()

    expect(cell(editor, "第2行 指标值")).to_be_focused()
    assert names(declaration) == [before[0], "培训人次", "培训班期数", *before[1:]]
    assert LibraryUse.objects.count() == 2

    editor.keyboard.press("Control+z")
    expect(cell(editor, "第2行 三级指标")).to_have_value(before[1])
    expect_saved(editor)
    assert names(declaration) == before


def test_what_is_ticked_stays_ticked_over_several_searches(editor, declaration):
    editor.get_by_role("link", name="从指标库选").click()
    dialog = editor.get_by_role("dialog", name="从指标库选")
    search = dialog.get_by_label("查找")
    search.fill("合格率")
    expect(found(editor)).to_have_text(["培训人员合格率"])
    dialog.get_by_label("培训人员合格率").check()
    search.fill("成本")
    expect(found(editor)).to_have_text(["人均培训成本"])
    expect(dialog.get_by_text("列入“产出指标”下的“成本指标”")).to_be_visible()
    dialog.get_by_label("人均培训成本").check()
    search.fill("")
    expect(dialog.get_by_label("培训人员合格率")).to_be_checked()
    dialog.get_by_role("button", name="插入所选").click()
    expect(dialog).to_be_hidden()
    rows = {row.name: row for row in load_table(declaration).indicators}
    assert rows["培训人员合格率"].second_tier == "质量指标"
    assert (rows["人均培训成本"].first_tier, rows["人均培训成本"].second_tier) == ("产出指标", "成本指标")


def test_what_is_being_typed_is_saved_before_the_insertion(editor, declaration):
    cell(editor, "第1行 绩效指标描述").fill("正在填写的描述")
    editor.keyboard.press("Control+k")
    editor.get_by_label("培训人次").check()
    editor.keyboard.press("Enter")
    expect(cell(editor, "第2行 指标值")).to_be_focused()
    expect(cell(editor, "第1行 绩效指标描述")).to_have_value("正在填写的描述")
    expect_saved(editor)
    assert load_table(declaration).indicators[0].description == "正在填写的描述"
    assert "培训人次" in names(declaration)


def test_a_search_that_finds_nothing_says_what_to_do_and_esc_gives_the_focus_back(editor, declaration):
    cell(editor, "第1行 三级指标").focus()
    editor.keyboard.press("Control+k")
    editor.keyboard.type("养老")
    expect(editor.get_by_text("没有找到“养老”。")).to_be_visible()
    expect(editor.get_by_role("button", name="插入所选")).to_be_disabled()
    editor.keyboard.press("Escape")  # empties the search
    expect(found(editor)).to_have_text(["培训人次", "培训班期数"])
    editor.keyboard.press("Escape")
    expect(cell(editor, "第1行 三级指标")).to_be_focused()


def test_an_indicator_retired_meanwhile_is_told_in_the_dialog(editor, declaration, console_errors):
    cell(editor, "第1行 三级指标").focus()
    editor.keyboard.press("Control+k")
    editor.get_by_label("培训人次").check()
    LibraryIndicator.objects.update(standing=LibraryIndicator.Standing.RETIRED)
    editor.get_by_role("button", name="插入所选").click()
    expect(editor.get_by_role("alert").get_by_text("有1条已停用")).to_be_visible()
    assert "培训人次" not in names(declaration)
    console_errors.clear()  # Chromium notes the 422


def test_a_row_is_proposed_from_its_menu(editor, declaration):
    row = load_table(declaration).indicators[1]
    editor.get_by_role("button", name="第2行 行操作").click()
    editor.get_by_role("menuitem", name="加入指标库").click()
    editor.wait_for_url("**" + reverse("library-propose", args=(declaration.pk, row.uid)))
    expect(editor.get_by_label("三级指标")).to_have_value(row.name)
    editor.get_by_role("button", name="提出", exact=True).click()
    expect(editor.get_by_text("等待财政部门审定")).to_be_visible()
    assert LibraryIndicator.objects.get(standing="proposed").name == row.name


def test_it_works_without_script(editor, declaration, chromium, live_server):
    state = editor.context.storage_state()
    with chromium.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=state
    ) as context:
        plain = context.new_page()
        plain.goto(reverse("library-insert", args=(declaration.pk,)) + "?q=pxrc")
        plain.get_by_label("培训人次").check()
        plain.get_by_role("button", name="插入所选").click()
        expect(plain.get_by_text("已从指标库插入1条指标")).to_be_visible()
    assert "培训人次" in names(declaration)
