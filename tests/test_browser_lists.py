"""The list of projects in a real browser: filter, tick, submit past what blocks, hand over."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from departments.models import Role
from departments.services import create_user, grant_role
from indicators.findings import open_obligations
from indicators.services import explain, refresh_department_findings
from projects.models import Declaration
from workflow.models import Status

LIST = "/years/2024/departments/286001/"
TEAM, PARTY = "2024年度机关团工作活动经费", "]2024年度机关党组织活动经费"


@pytest.fixture
def ready(transactional_db, preparer, declaration, department_year):
    """Return the first table with every warning explained; the second is kept back by its name."""
    refresh_department_findings(department_year=department_year)
    for item in open_obligations(declaration):
        explain(
            rule=item.rule.code,
            declarations=[declaration],
            text="经与财政部门业务股室核对，按批复的口径填报，保留现有写法。",
            actor=preparer,
        )
    return declaration


def tick(page, name):
    page.get_by_role("checkbox", name=f"选择 {name}", exact=True).check()


def test_filters_narrow_the_list_and_stay_in_the_address(
    page, sign_in, transactional_db, preparer, declaration
):
    sign_in(preparer).goto(LIST)
    page.get_by_label("编码或名称").fill("党组织　７７１１")
    page.get_by_role("combobox", name="审核提示").select_option("有须改正")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("table.projects tbody tr")).to_have_count(1)
    expect(page.get_by_role("combobox", name="审核提示")).to_have_value("error")
    page.reload()
    expect(page.locator("table.projects tbody")).to_contain_text(PARTY)
    page.get_by_role("link", name="预算数").click()
    page.wait_for_url(re.compile("sort=-budget"))
    assert "findings=error" in page.url
    page.get_by_role("link", name="清除筛选").click()
    expect(page.locator("table.projects tbody tr")).to_have_count(2)


def test_an_empty_row_is_no_higher_than_a_complete_one(
    page, sign_in, transactional_db, preparer, declaration
):
    Declaration.objects.filter(pk=declaration.pk).update(goal="", purpose="", budget=None)
    sign_in(preparer).goto(LIST)
    names = page.locator("table.projects tbody th")
    expect(names.filter(has_text="未填3项")).to_have_count(1)
    assert len({name.locator(".under").bounding_box()["height"] for name in names.all()}) == 1


def test_ticking_counts_and_sums(page, sign_in, transactional_db, preparer, declaration):
    sign_in(preparer).goto(LIST)
    picked, every = page.locator("[data-picked]"), page.get_by_label("选择本页全部项目")
    expect(picked).to_be_hidden()
    tick(page, TEAM)
    expect(picked).to_have_text("已勾选1个，预算数1.80万元")
    assert every.evaluate("box => box.indeterminate")
    colour = "box => getComputedStyle(box).backgroundColor"
    half_ticked = every.evaluate(colour)
    every.check()
    assert every.evaluate(colour) == half_ticked
    expect(picked).to_have_text("已勾选2个，预算数31.53万元")
    every.uncheck()
    expect(picked).to_be_hidden()


def test_what_can_go_is_submitted_and_what_stays_is_explained(page, sign_in, ready, preparer):
    sign_in(preparer).goto(LIST)
    page.get_by_label("选择本页全部项目").check()
    page.get_by_role("button", name="送审").click()

    expect(page.get_by_role("heading", name="暂不能送审的1个")).to_be_visible()
    expect(page.locator(".obstacles")).to_contain_text("R05")
    assert Declaration.objects.get(pk=ready.pk).status == Status.DRAFT
    page.get_by_role("button", name="送审1个项目").click()

    expect(page.get_by_role("status").first).to_contain_text("已送审1个项目")
    expect(page.locator("tr", has_text=TEAM)).to_contain_text("待单位审核")
    assert Declaration.objects.get(pk=ready.pk).status == Status.SUBMITTED

    page.get_by_role("link", name=TEAM, exact=True).click()
    expect(page.locator(".with-act")).to_contain_text("由张慧敏送审")
    page.get_by_role("button", name="撤回").click()
    expect(page.get_by_role("status").first).to_contain_text("已撤回")
    assert Declaration.objects.get(pk=ready.pk).status == Status.DRAFT


def test_an_obstacle_leads_to_its_note(page, sign_in, ready, preparer):
    sign_in(preparer).goto(LIST)
    tick(page, PARTY)
    page.get_by_role("button", name="送审").click()
    page.locator(".obstacles li", has_text="R05").get_by_role("link", name="修改").click()
    page.wait_for_url(re.compile("#note-R05$"))
    expect(page.locator("#note-R05")).to_be_visible()


def test_ticked_drafts_are_handed_over(
    page, sign_in, transactional_db, preparer, declaration, department_year
):
    other = create_user(username="wangfang", full_name="王芳", password="一个够长的密码", actor=None)
    grant_role(user=other, role=Role.PREPARER, department=department_year.department, actor=None)
    sign_in(preparer).goto(LIST)
    tick(page, TEAM)
    page.get_by_role("button", name="移交").click()
    expect(page.locator(".chosen")).to_contain_text(TEAM)
    page.get_by_label("移交给").select_option(label="王芳（wangfang）")
    page.get_by_label("原因").fill("张慧敏调往他处")
    page.get_by_role("button", name="移交").click()
    expect(page.get_by_role("status").first).to_contain_text("已把1个项目移交给王芳")
    assert Declaration.objects.get(pk=declaration.pk).assignee == other


def test_all_that_the_filter_finds_are_exported(page, sign_in, transactional_db, preparer, declaration):
    sign_in(preparer).goto(LIST + "?q=机关")
    page.get_by_label("对", exact=True).select_option("all")
    page.get_by_label("格式").select_option("json")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="打印/导出").click()
    assert waiting.value.suggested_filename.endswith(".zip")


@pytest.mark.parametrize("address", [LIST, "/years/2024/progress/"])
@pytest.mark.parametrize("size", [(1024, 768), (1280, 800), (1366, 768), (1920, 1080)])
def test_lists_need_no_sideways_scrolling(
    size, address, page, sign_in, transactional_db, preparer, leader, declaration
):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    Declaration.objects.filter(pk=declaration.pk).update(
        budget="123456789.01", fiscal_funding="123456789.01", other_funding="123456789.01", control_figure=1
    )
    sign_in(preparer if address == LIST else leader).goto(address)
    expect(page.locator("table.projects tbody tr").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_amounts_of_hundreds_of_millions_and_long_statuses_stay_inside_the_page(
    page, sign_in, transactional_db, preparer, declaration
):
    amount = Decimal("98765432109.87")
    Declaration.objects.update(budget=amount, fiscal_funding=amount, status=Status.AT_SUPERVISOR)
    sign_in(preparer).goto(LIST)
    right = "selector => document.querySelector(selector).getBoundingClientRect().right"
    assert page.evaluate(right, "table.projects") <= page.evaluate(right, ".page-head")
