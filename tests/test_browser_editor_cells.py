"""Cells of the in-table editor: typing, autosave, refusal, reading, keys, findings beside the rows."""

import pytest
from playwright.sync_api import expect

from indicators.document import TargetTable
from indicators.models import Explanation
from indicators.rows import load_table
from indicators.services import create_declaration
from projects.models import Declaration
from tests.editor_pages import another_browser, cell, expect_saved, open_editor, sign_in_there
from trail.models import Entry


@pytest.fixture
def editor(transactional_db, preparer, sign_in, declaration):
    """Return the editor of the seed's first table, open for its preparer."""
    return open_editor(sign_in(preparer), declaration)


def test_typing_is_saved_on_leaving_the_cell_and_survives_a_reload(editor, declaration):
    cell(editor, "资金用途").click()
    editor.keyboard.press("Control+A")
    editor.keyboard.type("用于读书会")
    editor.keyboard.press("Enter")
    editor.keyboard.type("和知识竞赛。")
    editor.keyboard.press("Tab")
    expect_saved(editor)
    assert load_table(declaration).purpose == "用于读书会\n和知识竞赛。"
    editor.reload()
    expect(cell(editor, "资金用途")).to_have_value("用于读书会\n和知识竞赛。")


def test_typing_is_saved_after_a_pause_without_leaving_the_cell(editor, declaration):
    cell(editor, "预算数").click()
    editor.keyboard.press("Control+A")
    editor.keyboard.type("2")
    expect(editor.locator("#save-state")).to_have_text("未保存")
    expect_saved(editor)
    assert str(load_table(declaration).budget) == "20000.00"
    expect(cell(editor, "预算数")).to_be_focused()
    expect(cell(editor, "预算数")).to_have_value("2")
    editor.keyboard.press("Tab")
    expect(cell(editor, "预算数")).to_have_value("2.00")


def test_a_refused_value_stays_in_its_cell_with_the_reason(editor, declaration, console_errors):
    cell(editor, "财政资金").click()
    editor.keyboard.press("End")
    editor.keyboard.type("一万八")
    editor.keyboard.press("Tab")
    reason = editor.locator(".refusal")
    expect(reason).to_contain_text("不是金额")
    expect(cell(editor, "财政资金")).to_have_value("1.80一万八")
    expect(cell(editor, "财政资金")).to_have_attribute("aria-invalid", "true")
    expect(editor.locator("#save-state")).to_contain_text("1 处未保存")
    assert str(load_table(declaration).fiscal_funding) == "18000.00"
    assert [line for line in console_errors if "422" not in line] == []
    console_errors.clear()

    cell(editor, "财政资金").fill("1.9")
    editor.keyboard.press("Tab")
    expect_saved(editor)
    expect(reason).to_have_count(0)
    assert str(load_table(declaration).fiscal_funding) == "19000.00"


def test_other_cells_are_saved_beside_a_refused_one(editor, declaration, console_errors):
    cell(editor, "3月底累计支出比例").fill("四分之一")
    cell(editor, "6月底累计支出比例").fill("55")
    editor.keyboard.press("Tab")
    expect(cell(editor, "6月底累计支出比例")).to_have_value("55%")
    expect(cell(editor, "3月底累计支出比例")).to_have_value("四分之一")
    assert [str(milestone.percent) for milestone in load_table(declaration).milestones[:2]] == [
        "25.00",
        "55.00",
    ]
    console_errors.clear()


def test_the_reading_of_a_value_appears_while_it_is_typed(editor):
    cell(editor, "第2行 指标值").click()
    cell(editor, "第2行 指标值").fill("≥98%")
    expect(editor.locator(".reading")).to_contain_text("读作：")
    expect(editor.locator(".reading")).to_contain_text("98")
    editor.keyboard.press("Tab")
    expect(editor.locator(".reading")).to_have_count(0)


def test_a_value_is_picked_from_sign_number_and_unit(editor, declaration):
    cell(editor, "第2行 指标值").click()
    editor.keyboard.press("Alt+ArrowDown")
    editor.get_by_label("符号").select_option("≤")
    editor.get_by_label("数值").fill("3")
    editor.get_by_role("combobox", name="单位").fill("天")
    editor.get_by_role("button", name="填入").click()
    expect(cell(editor, "第2行 指标值")).to_be_focused()
    expect_saved(editor)
    assert load_table(declaration).indicators[1].value == "≤3天"


def test_arrows_tab_and_enter_go_as_in_a_spreadsheet(editor):
    cell(editor, "项目编码").focus()
    for key, label in (
        ("ArrowRight", "项目名称"),
        ("ArrowDown", "财政资金"),
        ("ArrowLeft", "预算数"),
        ("ArrowDown", "资金用途"),
        ("ArrowDown", "3月底累计支出比例"),
        ("Tab", "6月底累计支出比例"),
        ("Shift+Tab", "3月底累计支出比例"),
        ("ArrowDown", "绩效目标"),
        ("Tab", "第1行 三级指标"),
        ("ArrowDown", "第2行 三级指标"),
        ("ArrowLeft", "第2行 二级指标 质量指标"),
        ("ArrowLeft", "第1至4行 一级指标 产出指标"),
        ("ArrowRight", "第1行 二级指标 数量指标"),
    ):
        editor.keyboard.press(key)
        expect(cell(editor, label)).to_be_focused()


def test_enter_ends_editing_and_goes_down_and_escape_restores(editor, declaration):
    cell(editor, "第1行 三级指标").focus()
    editor.keyboard.press("F2")
    editor.keyboard.type("（场次）")
    editor.keyboard.press("Enter")
    expect(cell(editor, "第2行 三级指标")).to_be_focused()
    expect_saved(editor)
    assert load_table(declaration).indicators[0].name.endswith("（场次）")
    before = load_table(declaration).indicators[1].name
    editor.keyboard.type("全部换掉")
    expect(cell(editor, "第2行 三级指标")).to_have_value("全部换掉")
    editor.keyboard.press("Escape")
    expect(cell(editor, "第2行 三级指标")).to_have_value(before)
    editor.keyboard.press("ArrowDown")
    expect(cell(editor, "第3行 三级指标")).to_be_focused()
    assert load_table(declaration).indicators[1].name == before


def test_delete_clears_and_control_z_undoes_the_last_saved_change(editor, declaration):
    before = load_table(declaration).goal
    cell(editor, "绩效目标").focus()
    editor.keyboard.press("Delete")
    expect_saved(editor)
    assert load_table(declaration).goal == ""
    entries = Entry.objects.count()
    editor.keyboard.press("Control+z")
    expect(cell(editor, "绩效目标")).to_have_value(before)
    expect_saved(editor)
    assert load_table(declaration).goal == before
    assert Entry.objects.count() == entries + 1


def test_the_help_sheet_opens_with_its_key_but_not_while_typing(editor):
    cell(editor, "第1行 指标值").focus()
    editor.keyboard.press("?")
    sheet = editor.get_by_role("dialog", name="键盘操作")
    expect(sheet).to_be_visible()
    editor.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(cell(editor, "第1行 指标值")).to_be_focused()
    editor.keyboard.press("F2")
    editor.keyboard.type("?")
    expect(sheet).to_have_count(0)


def test_findings_follow_a_save_and_lead_to_their_cell(editor):
    tally = editor.locator('.editor-bar [data-jump="error"] span')
    expect(tally).to_have_text("0")
    cell(editor, "其他资金").fill("5")
    editor.keyboard.press("Tab")
    expect(tally).not_to_have_text("0")
    note = editor.locator(".remark.error").first
    expect(note).to_be_visible()
    note.get_by_role("link").first.click()
    expect(editor.locator(".editor .filled.selected")).to_have_count(1)
    editor.locator('[data-jump="error"]').click()
    expect(editor.locator(".remark.error summary").first).to_be_focused()


def test_a_fix_is_taken_without_leaving_the_editor(editor, declaration):
    cell(editor, "资金用途").click()
    editor.keyboard.type("另")
    editor.get_by_role("button", name="改写 ≥95百分比 为 ≥95%").first.click()
    expect(cell(editor, "第2行 指标值")).to_have_value("≥95%")
    stored = load_table(declaration)
    assert stored.indicators[1].value == "≥95%"
    assert stored.purpose == cell(editor, "资金用途").input_value()
    assert editor.url.endswith("/edit/")


def test_a_reason_is_written_in_the_margin(editor):
    editor.locator("#note-R13 .reason > summary").click()
    editor.get_by_label("R13 情况说明").fill("活动集中在年底结算，协议约定十一月付款。")
    editor.locator("#note-R13").get_by_role("button", name="提交说明").click()
    expect(editor.locator("#note-R13 .answer")).to_contain_text("协议约定十一月付款")
    assert Explanation.objects.get().rule == "R13"
    assert editor.url.endswith("/edit/")


def test_nothing_scrolls_sideways_and_the_head_of_the_columns_stays(editor):
    assert editor.evaluate("document.documentElement.scrollWidth") <= 1366
    editor.locator(".add-rows").scroll_into_view_if_needed()
    head = editor.locator(".editor thead td").first
    expect(head).to_be_in_viewport()
    assert head.bounding_box()["y"] >= editor.locator(".editor-bar").bounding_box()["y"] + 80


def test_labels_break_as_in_print(editor):
    label = editor.locator(".ruled td.label", has_text="预算规模及资金用途")
    ends = """cell => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getClientRects().length;
    }"""
    assert label.evaluate(ends) == 2


def test_the_bar_keeps_to_its_two_lines(sign_in, transactional_db, preparer, declaration, department_year):
    second = declaration.department_year.declarations.exclude(pk=declaration.pk).get()
    third = TargetTable(2024, "286001", "曹妃甸区直机关工委", project_code="", name="丙")
    create_declaration(department_year=department_year, table=third, actor=preparer)
    Declaration.objects.filter(pk=second.pk).update(name="党建活动和教育培训" * 6)
    editor = open_editor(sign_in(preparer), second)
    acts = editor.locator(".editor-title .actions .btn:visible")
    assert acts.all_text_contents() == [
        "← 上一项目",
        "下一项目 →",
        "项目信息",
        "附件",
        "预览",
        "导出 PDF",
        "送审",
    ]
    assert len({(act.bounding_box()["y"], act.bounding_box()["height"]) for act in acts.all()}) == 1
    assert acts.last.bounding_box()["x"] + acts.last.bounding_box()["width"] <= 1366 - 24


def test_the_form_saves_without_a_script(chromium, live_server, transactional_db, preparer, declaration):
    with another_browser(chromium, live_server.url, script=False) as page:
        sign_in_there(page, preparer, live_server.url)
        page.goto(f"/tables/{declaration.pk}/edit/")
        cell(page, "第3行 指标值").fill("≤6个月")
        cell(page, "预算数").fill("2.5")
        page.get_by_role("button", name="保存", exact=True).click()
        expect(cell(page, "预算数")).to_have_value("2.50")
        page.get_by_label("类别").select_option("效益指标›经济效益指标")
        page.get_by_role("button", name="在所选类别加一行").click()
        expect(page.locator('textarea[data-path$="/name"]')).to_have_count(7)
    stored = load_table(declaration)
    assert (stored.indicators[2].value, str(stored.budget)) == ("≤6个月", "25000.00")
    assert "经济效益指标" in [row.second_tier for row in stored.indicators]
