"""The way of an adjustment in a browser: opened with its reason, a value changed, compared, dropped again."""

import re

import pytest
from playwright.sync_api import expect

from projects.models import Declaration
from tests.approved_tables import approve
from tests.editor_pages import cell
from workflow.models import Status

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def approved(declaration, preparer, leader, reviewer, approver) -> Declaration:
    approve(declaration, preparer=preparer, leader=leader, reviewer=reviewer, approver=approver)
    return declaration


def test_an_approved_table_is_adjusted_compared_and_put_back(sign_in, approved, preparer, console_errors):
    page = sign_in(preparer)
    page.goto(f"/tables/{approved.pk}/")
    page.get_by_role("link", name="发起调整").click()

    page.get_by_role("button", name="发起调整").click()
    expect(page.get_by_role("alert")).to_contain_text("至少选择一项调整类型")
    expect(page.get_by_role("alert")).to_contain_text("写明原因")
    assert "422" in console_errors.pop()
    page.get_by_label("指标值调整").check()
    page.get_by_label("原因").fill("参训人数增加，相应调整。")
    page.get_by_role("button", name="发起调整").click()

    expect(page).to_have_url(re.compile(rf"/tables/{approved.pk}/edit/$"))
    expect(page.get_by_text("参训人数增加，相应调整。")).to_be_visible()
    changes = page.locator(".changes-block")
    expect(changes).to_contain_text("还没有改动。")
    value = cell(page, "第1行 指标值")
    value.fill("≥5次")
    value.press("Tab")
    expect(changes).to_contain_text("1 处，与第1版相比")
    expect(value).to_have_accessible_description("原值 ≥2次")
    expect(page.get_by_text("原值 ≥2次")).to_be_hidden()
    cell(page, "第1行 绩效指标描述").press("ArrowRight")
    expect(page.get_by_text("原值 ≥2次")).to_be_visible()

    value.press("Control+Enter")  # a row below
    expect(cell(page, "第2行 三级指标")).to_have_accessible_description("新增的行")
    page.get_by_label("第3行 行操作").click()
    page.get_by_role("menuitem", name="删除").click()
    expect(changes).to_contain_text("绩效指标 删除")
    changes.get_by_role("button", name="恢复此行").press("Enter")
    expect(cell(page, "第3行 三级指标")).to_have_value("正常运转率")
    expect(cell(page, "第3行 三级指标")).to_be_focused()
    page.get_by_label("第2行 行操作").click()
    page.get_by_role("menuitem", name="删除").click()
    expect(changes).to_contain_text("1 处，与第1版相比")

    page.goto(f"/tables/{approved.pk}/")
    expect(page.get_by_text("第2版调整中；现行为")).to_be_visible()
    rows = page.locator(".comparison-rows")
    expect(rows).to_contain_text("改动1处")
    expect(rows.locator("ins")).to_have_text("5")
    with page.expect_download() as download:
        rows.get_by_role("link", name="网页").click()
    assert "调整对照表" in download.value.suggested_filename

    page.get_by_role("link", name="与现行版本对比").click()
    expect(page.locator(".pair [data-differs]")).to_have_count(2)
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0

    page.goto(f"/tables/{approved.pk}/")
    page.get_by_role("link", name="撤销调整").click()
    page.get_by_label("原因").fill("不再调整。")
    page.get_by_role("button", name="撤销调整").click()
    expect(page.get_by_text("已撤销调整，恢复为现行版本的内容。")).to_be_visible()
    approved.refresh_from_db()
    assert (approved.status, approved.version) == (Status.APPROVED, 1)
    assert approved.indicators.first().value != "≥5次"


def test_two_versions_are_chosen_in_the_list(sign_in, approved, preparer):
    page = sign_in(preparer)
    page.goto(f"/tables/{approved.pk}/versions/")
    page.get_by_label(re.compile("送审时为原版")).check()
    page.get_by_role("button", name="对比所选两版").click()
    expect(page.get_by_text("两个版本的内容一致。")).to_be_visible()
