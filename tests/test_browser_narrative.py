"""Filling in the narrative in a real browser: saved on leaving a field, parts put in order."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from departments.models import Role
from indicators.rows import load_narrative
from tests.editor_pages import another_browser, expect_saved, sign_in_there
from tests.personas import person


@pytest.fixture
def opened(page, sign_in, transactional_db, preparer, department_year):
    """Return the page of the narrative, its script at work."""
    sign_in(preparer).goto(reverse("edit-narrative", args=(2024, "286001")))
    expect(page.locator("body.scripted")).to_be_attached()
    return page


@pytest.fixture
def stored(department_year):
    return lambda: load_narrative(department_year)


def test_a_field_is_saved_when_it_is_left_and_survives_a_reload(opened, stored):
    field = opened.get_by_role("textbox", name="总体绩效目标（二）")
    field.fill("全年开展主题党日12次。")
    opened.get_by_role("textbox", name="总体绩效目标（三）").focus()
    expect_saved(opened)
    assert stored().overall_goals[1].text == "全年开展主题党日12次。"
    opened.reload()
    expect(opened.get_by_role("textbox", name="总体绩效目标（二）")).to_have_value("全年开展主题党日12次。")


def test_parts_are_added_moved_and_removed_by_keyboard_and_numbers_are_drawn(opened, stored):
    goals = [goal.text for goal in stored().overall_goals]
    opened.get_by_role("textbox", name="总体绩效目标（一）").focus()
    opened.keyboard.press("Control+Enter")
    added = opened.get_by_role("textbox", name="总体绩效目标（二）")
    expect(added).to_be_focused()
    opened.keyboard.type("新增一条")
    opened.keyboard.press("Alt+ArrowUp")
    expect(opened.get_by_role("textbox", name="总体绩效目标（一）")).to_have_value("新增一条")
    expect_saved(opened)
    assert [goal.text for goal in stored().overall_goals] == ["新增一条", *goals]
    expect(opened.locator(".numeral").first).to_have_text("（一）")

    opened.get_by_role("button", name="总体绩效目标（一） 操作").click()
    opened.get_by_role("menuitem", name="删除").click()
    expect(opened.get_by_role("textbox", name="总体绩效目标（一）")).to_have_value(goals[0])
    opened.locator(".undo-bar").get_by_role("button", name="撤销").click()
    expect(opened.get_by_role("textbox", name="总体绩效目标（一）")).to_have_value("新增一条")
    expect_saved(opened)
    assert [goal.text for goal in stored().overall_goals] == ["新增一条", *goals]


@pytest.fixture
def colleague(chromium, live_server, department_year):
    """Return the same page in the browser of another preparer."""
    user = person("colleague", "周建华", Role.PREPARER, department_year.department)
    with another_browser(chromium, live_server.url) as page:
        sign_in_there(page, user, live_server.url).goto(reverse("edit-narrative", args=(2024, "286001")))
        expect(page.locator("body.scripted")).to_be_attached()
        yield page


def look(page):
    """Let the page ask at once who else is there, as it does every twenty seconds."""
    page.evaluate("dispatchEvent(new Event('focus'))")


def test_two_people_at_one_text_see_each_other_and_what_the_other_saved(opened, colleague, stored):
    other = colleague.get_by_role("textbox", name="总体绩效目标（二）")
    other.fill("同事改的一条。")
    opened.get_by_role("textbox", name="总体绩效目标（一）").fill("本人正在写")
    colleague.get_by_role("textbox", name="总体绩效目标（三）").focus()
    expect_saved(colleague)
    look(opened)
    expect(opened.locator("#others")).to_contain_text("周建华")
    expect(opened.locator("#others")).to_contain_text("也在填报")
    # Under the typing hand the other's text comes in, and what is being typed stays.
    expect(opened.get_by_role("textbox", name="总体绩效目标（二）")).to_have_value("同事改的一条。")
    expect(opened.get_by_role("textbox", name="总体绩效目标（一）")).to_have_value("本人正在写")
    expect(opened.get_by_role("textbox", name="总体绩效目标（一）")).to_be_focused()
    opened.keyboard.press("Tab")
    expect_saved(opened)
    assert [goal.text for goal in stored().overall_goals[:2]] == ["本人正在写", "同事改的一条。"]


def test_parts_that_somebody_else_adds_come_in_once_nobody_types(opened, colleague, stored):
    goals = len(stored().overall_goals)
    field = opened.get_by_role("textbox", name="总体绩效目标（一）")
    field.focus()
    colleague.get_by_role("button", name="增加一项总体绩效目标").click()
    expect_saved(colleague)
    look(opened)
    expect(opened.locator("#others")).to_contain_text("周建华")
    expect(opened.locator(".typed[data-part^=overall_goals]")).to_have_count(goals)
    field.evaluate("control => control.blur()")
    look(opened)
    expect(opened.locator(".typed[data-part^=overall_goals]")).to_have_count(goals + 1)


def test_a_part_is_dragged_by_its_grip(opened, stored):
    goals = [goal.text for goal in stored().overall_goals]
    opened.get_by_role("textbox", name="总体绩效目标（二）").hover()
    grip = opened.locator(".typed[data-part^=overall_goals] [data-grip]").nth(1).bounding_box()
    top = opened.get_by_role("textbox", name="总体绩效目标（一）").bounding_box()
    opened.mouse.move(grip["x"] + 5, grip["y"] + 8)
    opened.mouse.down()
    opened.mouse.move(grip["x"] + 5, top["y"] + 2, steps=4)
    opened.mouse.up()
    expect(opened.get_by_role("textbox", name="总体绩效目标（一）")).to_have_value(goals[1])
    expect_saved(opened)
    assert [goal.text for goal in stored().overall_goals][:2] == [goals[1], goals[0]]


def test_projects_are_ticked(opened, stored, declaration):
    before = set(stored().sub_goals[0].project_codes)
    opened.locator("details.links summary").first.click()
    opened.get_by_role("checkbox", name=declaration.project.code).first.click()
    expect_saved(opened)
    assert set(stored().sub_goals[0].project_codes) == before ^ {declaration.project.code}


def test_what_was_typed_offline_is_saved_once_the_network_is_back(opened, stored, console_errors):
    opened.context.set_offline(True)
    opened.get_by_role("textbox", name="总体绩效目标（一）").fill("断网时写的")
    opened.get_by_role("textbox", name="总体绩效目标（二）").focus()
    expect(opened.locator("#save-state")).to_contain_text("未保存")
    opened.context.set_offline(False)
    expect_saved(opened)
    assert stored().overall_goals[0].text == "断网时写的"
    assert all("ERR_INTERNET_DISCONNECTED" in error for error in console_errors)
    console_errors.clear()
