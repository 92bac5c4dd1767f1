"""Rows of the in-table editor: add, duplicate, delete, move, tier; a whole table by keyboard; a long one."""

import dataclasses

import pytest
from playwright.sync_api import expect

from indicators.document import Milestone, TargetTable
from indicators.rows import load_table
from indicators.services import create_declaration, save_table
from tests.editor_pages import cell, expect_saved, open_editor, row_names
from tests.sample_documents import long_table, party_table

TIERS = ("数量指标", "质量指标", "时效指标", "成本指标", "社会效益指标", "服务对象满意度指标")


@pytest.fixture
def editor(transactional_db, preparer, sign_in, declaration):
    """Return the editor of the seed's first table, open for its preparer."""
    return open_editor(sign_in(preparer), declaration)


def stored_names(declaration):
    return [row.name for row in load_table(declaration).indicators]


def test_a_row_is_added_below_and_filled_in(editor, declaration):
    cell(editor, "第2行 三级指标").focus()
    editor.keyboard.press("Control+Enter")
    expect(cell(editor, "第3行 三级指标")).to_be_focused()
    expect(cell(editor, "第3行 三级指标")).to_have_value("")
    editor.keyboard.type("培训合格率")
    editor.keyboard.press("Tab")
    editor.keyboard.press("Tab")
    editor.keyboard.type("≥95%")
    editor.keyboard.press("Tab")
    expect_saved(editor)
    row = load_table(declaration).indicators[2]
    assert (row.first_tier, row.second_tier, row.name, row.value) == (
        "产出指标",
        "质量指标",
        "培训合格率",
        "≥95%",
    )


def test_a_tier_without_rows_is_begun_from_the_bar(editor, declaration):
    editor.get_by_role("button", name="加一行 经济效益指标").click()
    expect(cell(editor, "第5行 三级指标")).to_be_focused()
    expect(editor.get_by_role("button", name="第5行 二级指标 经济效益指标")).to_be_visible()
    assert load_table(declaration).indicators[4].second_tier == "经济效益指标"


def test_a_row_is_duplicated_and_the_copy_undone(editor, declaration):
    before = stored_names(declaration)
    editor.get_by_role("row").filter(has=cell(editor, "第2行 三级指标")).hover()
    editor.get_by_role("button", name="第2行 行操作").click()
    editor.get_by_role("menuitem", name="复制").click()
    expect(cell(editor, "第3行 三级指标")).to_be_focused()
    assert stored_names(declaration) == [*before[:2], before[1], *before[2:]]
    uids = [row.uid for row in load_table(declaration).indicators]
    assert len(set(uids)) == 7
    editor.keyboard.press("Control+z")
    expect(editor.locator("tr[data-uid]")).to_have_count(6)
    expect(cell(editor, "第3行 三级指标")).to_be_focused()
    assert stored_names(declaration) == before


def test_a_deleted_row_comes_back_with_its_uid(editor, declaration):
    before = load_table(declaration).indicators
    cell(editor, "第3行 指标值").focus()
    editor.keyboard.press("Shift+F10")
    editor.keyboard.press("End")
    editor.keyboard.press("Enter")
    expect(editor.locator("tr[data-uid]")).to_have_count(5)
    assert [row.uid for row in load_table(declaration).indicators] == [
        row.uid for row in before if row is not before[2]
    ]
    editor.locator(".undo-bar").get_by_role("button", name="撤销").click()
    expect(editor.locator("tr[data-uid]")).to_have_count(6)
    assert load_table(declaration).indicators == before
    assert [row.uid for row in load_table(declaration).indicators] == [row.uid for row in before]


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_the_bar_leaves_the_reading_of_a_value_free(size, editor):
    editor.set_viewport_size({"width": size[0], "height": size[1]})
    cell(editor, "第3行 指标值").focus()
    editor.keyboard.press("Shift+F10")
    editor.keyboard.press("End")
    editor.keyboard.press("Enter")
    bar = editor.locator(".undo-bar").bounding_box()
    value = cell(editor, "第5行 指标值")
    value.click()
    value.fill("≥98%")
    assert bar["x"] + bar["width"] < editor.locator(".reading").bounding_box()["x"]


def test_the_bar_undoes_the_deletion_it_names_whatever_was_saved_since(editor, declaration):
    before = load_table(declaration).indicators
    cell(editor, "第3行 指标值").focus()
    editor.keyboard.press("Shift+F10")
    editor.keyboard.press("End")
    editor.keyboard.press("Enter")
    expect(editor.locator("tr[data-uid]")).to_have_count(5)
    cell(editor, "第1行 三级指标").focus()
    editor.keyboard.type("改过的名称")
    editor.keyboard.press("Tab")
    expect_saved(editor)
    editor.locator(".undo-bar").get_by_role("button", name="撤销").click()
    expect(editor.locator("tr[data-uid]")).to_have_count(6)
    assert stored_names(declaration) == ["改过的名称", *(row.name for row in before[1:])]
    cell(editor, "第1行 三级指标").focus()
    editor.keyboard.press("Control+z")
    expect(cell(editor, "第1行 三级指标")).to_have_value(before[0].name)
    expect(editor.locator(".undo-bar")).to_have_count(0)


def test_what_is_typed_and_not_left_is_saved_before_its_row_moves(editor, declaration):
    before = stored_names(declaration)
    cell(editor, "第5行 三级指标").focus()
    editor.keyboard.type("改过的名称")
    editor.keyboard.press("Alt+ArrowDown")
    expect(cell(editor, "第6行 三级指标")).to_have_value("改过的名称")
    expect(cell(editor, "第6行 三级指标")).to_be_focused()
    assert stored_names(declaration) == [*before[:4], before[5], "改过的名称"]
    editor.keyboard.press("Alt+ArrowUp")
    expect(cell(editor, "第5行 三级指标")).to_be_focused()
    assert stored_names(declaration) == [*before[:4], "改过的名称", before[5]]


def test_a_row_is_dragged_and_the_move_undone(editor, declaration):
    before = load_table(declaration)
    grip = editor.locator("[data-grip]").nth(5)
    editor.locator("tr[data-uid]").nth(5).hover()
    start, end = grip.bounding_box(), editor.locator("tr[data-uid]").nth(1).bounding_box()
    editor.mouse.move(start["x"] + 5, start["y"] + 8)
    editor.mouse.down()
    editor.mouse.move(start["x"] + 5, end["y"] + 20, steps=4)
    editor.mouse.move(start["x"] + 5, end["y"] + 2, steps=2)
    expect(editor.locator(".drop-line")).to_be_visible()
    editor.mouse.up()
    expect(cell(editor, "第2行 三级指标")).to_have_value(before.indicators[5].name)
    assert stored_names(declaration)[1] == before.indicators[5].name
    editor.get_by_role("button", name="撤销").click()
    expect(cell(editor, "第6行 三级指标")).to_have_value(before.indicators[5].name)
    expect_saved(editor)
    assert load_table(declaration).indicators == before.indicators


def test_the_tier_of_a_group_is_changed_from_its_cell(editor, declaration):
    button = editor.get_by_role("button", name="第4行 二级指标 成本指标")
    button.focus()
    editor.keyboard.press("Enter")
    expect(editor.get_by_role("menuitemradio", name="成本指标")).to_be_focused()
    editor.get_by_role("menuitemradio", name="经济效益指标", exact=True).click()
    expect(editor.get_by_role("button", name="第4行 二级指标 经济效益指标")).to_be_focused()
    row = load_table(declaration).indicators[3]
    assert (row.first_tier, row.second_tier) == ("效益指标", "经济效益指标")
    editor.keyboard.press("Control+z")
    expect(editor.get_by_role("button", name="第4行 二级指标 成本指标")).to_be_visible()


def test_the_seeds_second_table_is_filled_in_by_keyboard_alone(
    page, transactional_db, preparer, sign_in, department_year
):
    wanted = party_table()
    blank = TargetTable(
        year=2024,
        department_code=wanted.department_code,
        department_name=wanted.department_name,
        project_code="",
        name="新项目",
        category=wanted.category,
        frame=wanted.frame,
        milestones=tuple(Milestone(milestone.month, None) for milestone in wanted.milestones),
    )
    declaration = create_declaration(department_year=department_year, table=blank, actor=preparer)
    editor = open_editor(sign_in(preparer), declaration)
    keyboard = editor.keyboard
    cell(editor, "项目编码").focus()
    percents = [f"{milestone.percent.normalize():f}" for milestone in wanted.milestones]
    heads = (
        "13020924P00077110001D",
        wanted.name,
        "29.73",
        "29.73",
        "",
        wanted.purpose,
        *percents,
        wanted.goal,
    )
    for text in heads:
        keyboard.insert_text(text)  # as an input method does
        keyboard.press("Tab")
    for row, tier in zip(wanted.indicators, TIERS, strict=True):
        press_until(editor, "Tab", f"加一行 {tier}")
        keyboard.press("Enter")
        number = wanted.indicators.index(row) + 1
        expect(cell(editor, f"第{number}行 三级指标")).to_be_focused()
        for text in (row.name, row.description, row.value, row.basis):
            keyboard.insert_text(text)
            keyboard.press("Tab")
    expect_saved(editor)
    stored = load_table(declaration)
    same = (
        "name",
        "budget",
        "fiscal_funding",
        "other_funding",
        "purpose",
        "milestones",
        "goal",
        "indicators",
    )
    assert {name: getattr(stored, name) for name in same} == {name: getattr(wanted, name) for name in same}


def press_until(page, key: str, label: str) -> None:
    for _ in range(40):
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == label:
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead to {label}")


def test_forty_rows_and_a_long_goal_fit_without_sideways_scrolling(editor, preparer, declaration):
    kept = {name: getattr(load_table(declaration), name) for name in ("project_code", "uid", "year")}
    long = dataclasses.replace(
        long_table(), **kept, department_code="286001", department_name="曹妃甸区直机关工委"
    )
    save_table(declaration=declaration, table=long, revision=declaration.revision, actor=preparer)
    editor.reload()
    expect(editor.locator("tr[data-uid]")).to_have_count(40)
    assert editor.evaluate("document.documentElement.scrollWidth") <= 1366
    clipped = (
        "controls => controls.filter(one => one.scrollHeight > one.clientHeight + 1).map(one => one.name)"
    )
    assert editor.locator("textarea[data-path]").evaluate_all(clipped) == []
    assert len(row_names(editor)) == 40
    cell(editor, "第40行 指标值").focus()
    expect(cell(editor, "第40行 指标值")).to_be_in_viewport()
    editor.keyboard.type("≥1项")
    editor.keyboard.press("Enter")
    expect_saved(editor)
    assert load_table(declaration).indicators[39].value == "≥1项"
