"""智能审核 in a real browser: notes lead to cells; fixes, reasons, opinions, the list, the rules."""

import pytest
from playwright.sync_api import expect

from indicators.models import Explanation, Finding, Opinion
from indicators.policy import policy_of
from indicators.rows import load_table
from projects.models import Declaration
from workflow.models import Status

REASON = "活动集中在年底结算，协议约定十一月付款。"


@pytest.fixture
def people(transactional_db, preparer, reviewer, leader):
    """Return the personas, stored for the live server's threads to see."""
    return preparer, reviewer, leader


def test_a_note_leads_to_its_cell_on_the_sheet(page, people, sign_in, declaration):
    sign_in(people[0]).goto(f"/tables/{declaration.pk}/")
    page.locator("#note-R41").get_by_role("link", name="提供优质服务").click()
    cell = page.locator(".paper td:target")
    expect(cell).to_have_text("提供优质服务")
    expect(cell).to_be_in_viewport()


def test_notes_stand_right_of_the_sheet_and_never_below_one_another(page, people, sign_in, declaration):
    sign_in(people[0]).goto(f"/tables/{declaration.pk}/")
    sheet = page.locator(".paper").bounding_box()
    notes = [note.bounding_box() for note in page.locator(".remark").all()]
    assert len(notes) > 15
    assert {note["x"] >= sheet["x"] + sheet["width"] for note in notes} == {True}
    assert {note["x"] + note["width"] <= 1366 for note in notes} == {True}
    bottoms = [note["y"] + note["height"] for note in notes]
    assert all(bottom <= after["y"] for bottom, after in zip(bottoms, notes[1:], strict=False))


def test_a_lonely_note_stands_at_the_height_of_its_cell(page, people, sign_in, declaration):
    sign_in(people[1]).goto(f"/tables/{declaration.pk}/")
    Finding.objects.exclude(rule="R26").delete()
    page.reload()
    cell = page.locator(".paper [data-mark]")
    expect(cell).to_have_text("≤1年")
    heights = cell.bounding_box()["y"], page.locator("#note-R26").bounding_box()["y"]
    assert abs(heights[0] - heights[1]) < 2


def test_a_fix_is_taken_with_one_click(page, people, sign_in, declaration):
    sign_in(people[0]).goto(f"/tables/{declaration.pk}/")
    page.get_by_role("button", name="改写 ≥95百分比 为 ≥95%").first.click()
    expect(page.locator(".paper td", has_text="≥95%")).to_have_count(1)
    assert load_table(declaration).indicators[1].value == "≥95%"


def test_a_reason_is_written_with_the_keyboard_alone(page, people, sign_in, declaration):
    sign_in(people[0]).goto(f"/tables/{declaration.pk}/")
    page.locator("#note-R13 .reason > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("R13 情况说明")).to_be_focused()
    page.keyboard.type(REASON)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#note-R13 .answer")).to_contain_text(REASON)
    expect(page.locator("#note-R13 .answer")).to_contain_text("已说明")
    expect(page.locator("#note-R13")).to_be_in_viewport()


def test_a_known_phrase_is_put_in_and_then_judged(page, people, sign_in, declaration):
    sign_in(people[0]).goto("/years/2024/departments/286001/explain/R25/")
    page.get_by_label("情况说明", exact=True).fill(REASON)
    page.get_by_role("button", name="提交说明").click()
    page.goto(f"/tables/{declaration.pk}/")
    page.locator("#note-R13 .reason > summary").click()
    page.get_by_label("R13 常用说明").select_option(REASON)
    page.locator("#note-R13").get_by_role("button", name="提交说明").click()
    assert Explanation.objects.filter(text=REASON).count() == 3

    sign_in(people[2]).goto(f"/tables/{declaration.pk}/")
    page.get_by_label("R13 审定意见").fill("协议在案。")
    page.locator("#note-R13").get_by_role("button", name="采纳", exact=True).click()
    expect(page.locator("#note-R13 .answer")).to_contain_text("李国强")
    expect(page.locator("#note-R13 .standing")).to_have_text("已采纳")


def test_a_reviewer_fills_in_the_review_sheet(page, people, sign_in, declaration):
    Declaration.objects.update(status=Status.FINANCE_FIRST)
    sign_in(people[1]).goto(f"/tables/{declaration.pk}/")
    page.get_by_label("目标相关性", exact=True).select_option("良")
    page.get_by_label("目标相关性的审核说明").fill("与部门职责一致。")
    page.get_by_label("总体意见").fill("按提示修改后进入预算安排。")
    page.get_by_role("button", name="保存审核表").click()
    expect(page.locator(".opinion .block-head")).to_contain_text("赵丽华")
    opinion = Opinion.objects.get()
    assert opinion.text == "按提示修改后进入预算安排。"
    assert opinion.points["goal"] == {"grade": "good", "text": "与部门职责一致。"}


def test_the_list_narrows_and_leads_to_the_note(page, people, sign_in, declaration):
    sign_in(people[1]).goto(f"/tables/{declaration.pk}/")
    page.get_by_role("link", name="审核提示清单").click()
    page.get_by_role("complementary").get_by_role("link", name="R26").click()
    expect(page.get_by_label("规则")).to_have_value("R26")
    page.get_by_role("link", name="2024年度机关团工作活动经费", exact=True).click()
    expect(page.locator("#note-R26")).to_be_in_viewport()
    page.go_back()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="导出Excel").click()
    assert waiting.value.path().read_bytes().startswith(b"PK")


def test_rules_are_tried_and_then_saved(page, people, sign_in, declaration):
    sign_in(people[1]).goto(f"/tables/{declaration.pk}/")
    page.get_by_text("更多", exact=True).click()
    page.get_by_role("link", name="规则", exact=True).click()
    page.get_by_label("R26 程度").select_option("须改正")
    page.get_by_role("button", name="试算").click()
    expect(page.get_by_role("status")).to_contain_text("会改变 2 张表")
    expect(page.get_by_label("R26 程度")).to_have_value("error")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("改动1处")
    assert policy_of(declaration.department_year.fiscal_year).rules["R26"].severity == "error"


def test_printing_leaves_no_mark_on_the_form(page, people, sign_in, declaration):
    sign_in(people[1]).goto(f"/tables/{declaration.pk}/")
    page.emulate_media(media="print")
    expect(page.locator(".margin")).to_be_hidden()
    expect(page.locator(".opinion")).to_be_hidden()
    marked = page.locator(".paper [data-mark]").first
    assert marked.evaluate("cell => getComputedStyle(cell).backgroundImage") == "none"
