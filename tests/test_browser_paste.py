"""Pasting into the table with a real paste event: what Excel, Word and WPS put on the clipboard."""

from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from indicators.rows import load_table
from indicators.services import save_table
from tests.sample_documents import team_table
from trail.models import Entry

COPIED = Path(__file__).parent / "clipboard"
PASTE = """(control, data) => {
  const clipboardData = new DataTransfer();
  for (const [type, text] of Object.entries(data)) clipboardData.setData(type, text);
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  return control.dispatchEvent(event);
}"""


def copied(name):
    return (COPIED / name).read_bytes().decode()


@pytest.fixture
def editor(page, transactional_db, sign_in, preparer, declaration):
    """Return the page of the editor of a table of six indicators."""
    sign_in(preparer).goto(f"/tables/{declaration.pk}/edit/")
    expect(page.locator("body.scripted")).to_be_attached()
    return page


def paste(page, path, *, html="", text=""):
    """Select a cell and paste; return whether the browser was left to do it."""
    control = page.locator(f'textarea[data-path="{path}"]')
    control.evaluate("control => control.closest('form').editor.keys.select(control)")
    return control.evaluate(PASTE, {"text/html": html, "text/plain": text})


def dialog(page):
    return page.get_by_role("dialog", name="粘贴表格")


def rows(declaration):
    return load_table(declaration).indicators


@pytest.mark.parametrize("name", ["word.html", "excel.html", "wps_sheet.html", "wps_text.html", "excel.tsv"])
def test_the_seed_is_pasted_into_an_empty_table(name, editor, declaration, preparer):
    table = replace(load_table(declaration), indicators=())
    save_table(declaration=declaration, table=table, revision=0, actor=preparer)
    editor.reload()
    kind = "html" if name.endswith(".html") else "text"
    assert paste(editor, "budget", **{kind: copied(name)}) is False
    expect(dialog(editor).get_by_role("row")).to_have_count(8)
    editor.keyboard.press("Enter")
    expect(dialog(editor)).to_have_count(0)
    expect(editor.locator("#indicator-rows")).to_contain_text("≥90百分比")
    assert rows(declaration) == team_table().indicators
    assert Entry.objects.filter(action="paste").count() == 1


def test_existing_rows_stay_and_a_paste_is_undone_with_ctrl_z(editor, declaration):
    before = rows(declaration)
    lines = (
        copied("excel.tsv").replace("≥2次", "≥3次") + "产出指标\t数量指标\t读书会\t举办读书会\t≥4场\t计划\n"
    )
    paste(editor, "budget", text=lines)
    existing = dialog(editor).get_by_role("row", name="组织业务培训")
    expect(existing.get_by_role("combobox")).to_have_value("leave")
    expect(existing.locator("ins")).to_have_text("≥3次")
    existing.get_by_role("combobox").select_option("replace")
    dialog(editor).get_by_role("button", name="粘贴", exact=True).click()
    bar = editor.get_by_role("status").filter(has_text="已粘贴：新增1行指标，填入1格。")
    expect(bar.first).to_be_visible()
    pasted = rows(declaration)
    assert [row.value for row in pasted[:2]] == ["≥3次", "≥4场"]
    expect(editor.locator(f'[data-path="indicators/{pasted[1].uid}/name"]')).to_be_focused()
    editor.keyboard.press("Control+z")
    expect(editor.locator("#indicator-rows")).not_to_contain_text("读书会")
    expect(editor.locator(f'[data-path="indicators/{before[0].uid}/value"]')).to_have_value("≥2次")
    assert rows(declaration) == before


def test_escape_cancels_and_the_cell_has_the_focus_again(editor, declaration):
    before = rows(declaration)
    path = f"indicators/{before[2].uid}/name"
    paste(editor, path, html=copied("word.html"))
    expect(dialog(editor)).to_be_visible()
    editor.keyboard.press("Escape")
    expect(dialog(editor)).to_have_count(0)
    expect(editor.locator(f'[data-path="{path}"]')).to_be_focused()
    assert rows(declaration) == before


def test_a_plan_fills_the_plan(editor, declaration):
    paste(editor, "milestones/3", text="20%\t60%\t80%\t100%\n")
    expect(dialog(editor).get_by_role("rowheader")).to_have_text(
        ["资金支出计划 3月底", "资金支出计划 10月底"]
    )
    dialog(editor).get_by_label("遇到已有内容").select_option("replace")
    for number in (1, 3):
        expect(dialog(editor).locator(f"[name=act-{number}]")).to_have_value("replace")
    dialog(editor).get_by_role("button", name="粘贴", exact=True).click()
    expect(editor.locator('[data-path="milestones/10"]')).to_have_value("80%")
    assert [int(milestone.percent) for milestone in load_table(declaration).milestones] == [20, 60, 80, 100]


def test_a_column_is_corrected_by_keyboard(editor, declaration):
    paste(editor, "budget", text="读书会\t约四场\n座谈会\t另行确定\n")
    dialog(editor).get_by_label("第1列的含义").focus()
    dialog(editor).get_by_label("第1列的含义").select_option("name")
    expect(dialog(editor).get_by_label("第1列的含义")).to_be_focused()
    dialog(editor).get_by_label("第2列的含义").select_option("value")
    dialog(editor).get_by_label("没有写明类别的行归入").select_option("产出指标›数量指标")
    expect(dialog(editor).get_by_role("row", name="读书会")).to_contain_text("数量指标")
    dialog(editor).get_by_role("button", name="粘贴", exact=True).press("Enter")
    expect(dialog(editor)).to_have_count(0)
    assert [row.name for row in rows(declaration)[:3]] == ["组织业务培训", "读书会", "座谈会"]


def test_lines_fill_downwards_from_the_selected_cell(editor, declaration):
    first, second = rows(declaration)[:2]
    paste(editor, f"indicators/{first.uid}/value", text="≥3次\n≥96%")
    expect(dialog(editor).get_by_label("粘贴为")).to_have_value("cells")
    dialog(editor).get_by_label("遇到已有内容").select_option("replace")
    expect(dialog(editor).locator("[name=act-2]")).to_have_value("replace")
    dialog(editor).get_by_role("button", name="粘贴", exact=True).click()
    expect(editor.locator(f'[data-path="indicators/{second.uid}/value"]')).to_have_value("≥96%")
    assert [row.value for row in rows(declaration)[:2]] == ["≥3次", "≥96%"]


@pytest.mark.parametrize(
    "data",
    [
        {"text": "一个单元格\n"},
        {"html": "<table><tr><td>一个单元格</td></tr></table>", "text": "一个\n单元格"},
        {"html": "<p>一段<b>文字</b></p>", "text": "一段文字"},
    ],
)
def test_a_single_cell_is_the_browsers(data, editor, declaration):
    path = f"indicators/{rows(declaration)[0].uid}/name"
    assert paste(editor, path, **data) is True
    expect(dialog(editor)).to_have_count(0)


def test_lines_belong_to_the_text_that_is_being_typed(editor):
    control = editor.locator('textarea[data-path="goal"]')
    control.evaluate("control => control.closest('form').editor.keys.select(control)")
    editor.keyboard.press("Enter")
    assert control.evaluate(PASTE, {"text/html": "", "text/plain": "一\n二\t三"}) is True


def test_paragraphs_belong_to_a_selected_cell_of_several_lines(editor):
    goal = {"html": "<p>1、举办培训。</p><p>2、培训党员。</p>", "text": "1、举办培训。\n2、培训党员。"}
    assert paste(editor, "goal", **goal) is True
    assert paste(editor, "goal", text=copied("excel.tsv")) is False
    expect(dialog(editor)).to_have_count(1)


def test_the_button_opens_a_place_to_paste_into(editor, declaration):
    editor.get_by_role("link", name="粘贴表格").click()
    area = dialog(editor).get_by_label("在此粘贴")
    expect(area).to_be_focused()
    area.evaluate(PASTE, {"text/html": copied("excel.html"), "text/plain": ""})
    expect(dialog(editor).get_by_role("row", name="组织业务培训")).to_contain_text("已有相同")
    dialog(editor).get_by_role("button", name="取消").click()
    expect(dialog(editor)).to_have_count(0)


def test_nothing_to_read_and_no_server_are_said(editor, declaration, console_errors):
    before = rows(declaration)
    paste(editor, "budget", html="<table><tr><td></td><td></td></tr></table>")
    expect(dialog(editor).get_by_role("alert")).to_contain_text("剪贴板中没有可粘贴的文字")
    editor.keyboard.press("Escape")
    paste(editor, "budget", text=copied("excel.tsv") + "效益指标\t社会效益指标\t读书会\t\t≥4场\t\n")
    expect(dialog(editor)).to_be_visible()
    editor.context.set_offline(True)
    dialog(editor).get_by_role("button", name="粘贴", exact=True).click()
    expect(dialog(editor).get_by_role("alert")).to_contain_text("没有连上服务器，内容尚未粘贴")
    assert rows(declaration) == before
    editor.context.set_offline(False)
    dialog(editor).get_by_role("button", name="粘贴", exact=True).click()
    expect(dialog(editor)).to_have_count(0)
    assert len(rows(declaration)) == 7
    console_errors.clear()  # the refused request and those sent without a connection


def test_an_expired_session_is_renewed_and_the_paste_goes_on(editor, declaration, preparer, console_errors):
    editor.context.clear_cookies(name="sessionid")
    paste(editor, "budget", text=copied("excel.tsv") + "效益指标\t社会效益指标\t读书会\t\t≥4场\t\n")
    editor.get_by_label("密码").fill("一个够长的密码")
    editor.get_by_role("button", name="登录").click()
    expect(dialog(editor).get_by_role("row", name="读书会")).to_be_visible()
    dialog(editor).get_by_role("button", name="粘贴", exact=True).click()
    expect(dialog(editor)).to_have_count(0)
    assert len(rows(declaration)) == 7
    console_errors.clear()  # 401


def test_the_preview_can_be_read_by_everyone(editor, declaration):
    paste(editor, "budget", html=copied("excel.html"))
    expect(dialog(editor)).to_be_visible()
    found = Axe().run(editor, context=".paste-dialog").response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []


def test_without_a_script_a_page_takes_the_text(
    chromium, live_server, transactional_db, client, preparer, declaration
):
    client.force_login(preparer)
    session = client.cookies["sessionid"].value
    with chromium.new_context(java_script_enabled=False, base_url=live_server.url) as context:
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"/tables/{declaration.pk}/edit/")
        page.get_by_role("link", name="粘贴表格").click()
        page.get_by_label("复制的表格").fill("读书会\t举办读书会\t≥4场\t计划")
        page.get_by_role("button", name="核对").click()
        page.get_by_label("没有写明类别的行归入").select_option("产出指标›数量指标")
        page.get_by_role("button", name="按以上设置重新核对").click()
        page.get_by_role("button", name="粘贴", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("已粘贴：新增1行指标。")
    assert rows(declaration)[1].name == "读书会"
