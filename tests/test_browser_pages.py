"""The main way through the pages in a real browser; ``page`` fails on any error in its console."""

import pytest
from playwright.sync_api import expect

from indicators.rows import load_table
from tests.editor_pages import cell, expect_saved


@pytest.fixture
def people(transactional_db, preparer, auditor):
    """Return the personas, stored for the live server's threads to see."""
    return preparer, auditor


def test_a_preparer_logs_in_and_changes_a_field(page, people, declaration):
    page.goto("/")
    page.get_by_label("用户名").fill("preparer")
    page.get_by_label("密码").fill("一个够长的密码")
    page.get_by_role("button", name="登录").click()

    page.get_by_role("link", name="曹妃甸区直机关工委").click()
    page.get_by_role("link", name="2024年度机关团工作活动经费", exact=True).click()
    expect(page.locator(".paper")).to_contain_text("286001曹妃甸区直机关工委")

    page.get_by_role("link", name="修改", exact=True).click()
    cell(page, "绩效目标").fill("一年内办成两件事：\n读书会、知识竞赛。")
    cell(page, "资金用途").focus()
    expect_saved(page)
    page.get_by_role("link", name="预览").click()
    expect(page.locator(".paper")).to_contain_text("一年内办成两件事")
    assert load_table(declaration).goal == "一年内办成两件事：\n读书会、知识竞赛。"


def test_a_field_is_changed_with_the_keyboard_alone(page, people, sign_in, declaration):
    sign_in(people[0]).goto("/")
    press_until(page, "Tab", "曹妃甸区直机关工委")
    page.keyboard.press("Enter")
    page.wait_for_url("**/departments/286001/")
    press_until(page, "Tab", "2024年度机关团工作活动经费")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tables/*/")
    press_until(page, "Tab", "修改")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit/")
    press_until(page, "Tab", "其他资金")
    page.keyboard.type("0.2")
    page.keyboard.press("Enter")
    expect_saved(page)
    assert str(load_table(declaration).other_funding) == "2000.00"


def test_the_skip_link_comes_first_and_leads_to_the_text(page, people, sign_in):
    sign_in(people[0]).goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_errors_lead_to_their_field(page, people, sign_in, department_year, console_errors):
    sign_in(people[0]).goto("/years/2024/departments/286001/projects/new/")
    page.get_by_label("项目编码").fill("1302092")
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_role("link", name="项目编码应为21位").click()
    expect(page.get_by_label("项目编码")).to_be_focused()
    expect(page.get_by_label("项目编码")).to_have_value("1302092")
    assert console_errors.pop().endswith("422 (Unprocessable Entity)")


def test_an_auditor_reads_and_is_offered_nothing_to_change(page, people, sign_in, declaration):
    sign_in(people[1]).goto(f"/tables/{declaration.pk}/")
    expect(page.locator(".paper")).to_contain_text("单位：万元")
    expect(page.get_by_role("link", name="修改", exact=True)).to_have_count(0)
    for name in ("改写", "提交说明", "采纳", "保存意见"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)


def test_printing_a_table_prints_the_form_alone(page, people, sign_in, declaration):
    sign_in(people[0]).goto(f"/tables/{declaration.pk}/")
    page.emulate_media(media="print")
    for part in (".topbar", ".rail", ".crumbs", ".page-head", ".margin"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.locator(".paper")).to_be_visible()
    assert page.locator(".paper").evaluate("paper => getComputedStyle(paper).boxShadow") == "none"


def press_until(page, key, name):
    """Press a key until what has the focus says ``name``."""
    said = (
        "(here => here.matches('textarea') ? here.getAttribute('aria-label')"
        " : here.labels?.[0]?.textContent || here.textContent)(document.activeElement)"
    )
    for _ in range(60):
        page.keyboard.press(key)
        if name in page.evaluate(said):
            return
    pytest.fail(f"{key} never leads to {name}")


def test_a_preparer_downloads_all_formats(page, people, sign_in, declaration):
    sign_in(people[0]).goto(f"/tables/{declaration.pk}/")
    beginnings = {"PDF": b"%PDF-", "Word": b"PK", "Excel": b"PK", "网页": b"<!DOCTYPE", "数据 JSON": b"{"}
    for name, beginning in beginnings.items():
        page.get_by_text("其他格式").click()
        with page.expect_download() as waiting:
            page.get_by_role("link", name=name, exact=True).click()
        page.get_by_text("其他格式").click()
        download = waiting.value
        assert download.suggested_filename.startswith("286001_13020924P00077210002M_2024年度")
        assert download.path().read_bytes().startswith(beginning)


def test_selected_projects_are_printed_as_one_pdf(page, people, sign_in, department_year):
    sign_in(people[0]).goto("/years/2024/departments/286001/")
    for box in page.locator("input[name=selected]").all():
        box.check()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="打印/导出").click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("width", [1200, 1270, 1339])
def test_paper_and_margin_keep_to_their_desk(page, people, sign_in, declaration, width):
    page.set_viewport_size({"width": width, "height": 768})
    sign_in(people[0])
    for address in ("/years/2024/departments/286001/", f"/tables/{declaration.pk}/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        desk, paper, margin = (
            page.locator(one).bounding_box() for one in (".desk", ".paper", ".desk .margin")
        )
        for part in (paper, margin):
            assert desk["x"] < part["x"]
            assert part["x"] + part["width"] < desk["x"] + desk["width"]
