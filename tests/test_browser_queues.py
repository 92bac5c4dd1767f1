"""A leader's desk in the browser: the queue, a ticked batch by mouse and by keyboard, one return for all."""

import pytest
from django.urls import reverse
from django.utils import timezone

from indicators.findings import open_obligations
from indicators.services import explain, refresh_department_findings
from projects.models import Declaration
from workflow.models import Status, Version

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "经与财政部门业务股室核对，按批复的口径填报，保留现有写法。"


@pytest.fixture
def submitted(department_year, preparer):
    """Return the two tables of 286001 before their leader, the first explained."""
    tables = list(department_year.declarations.select_related("project").order_by("position"))
    refresh_department_findings(department_year=department_year)
    for item in open_obligations(tables[0]):
        explain(rule=item.rule.code, declarations=[tables[0]], text=TEXT, actor=preparer)
    department_year.declarations.update(status=Status.SUBMITTED, moved_at=timezone.now())
    return tables


def status_of(declaration):
    return Declaration.objects.get(pk=declaration.pk).status


def test_a_leader_passes_what_is_ticked_and_sees_what_stays(page, sign_in, leader, submitted):
    sign_in(leader)
    page.goto(reverse("home"))
    waiting = page.get_by_role("navigation", name="主菜单").get_by_role("link", name="待我审核")
    assert waiting.inner_text().split() == ["待我审核", "2"]
    waiting.click()
    page.get_by_label("选择本页全部项目").check()
    assert page.locator("[data-picked]").inner_text() == "已勾选2个，预算数31.53万元"
    page.get_by_role("button", name="通过所选").click()
    assert page.get_by_role("heading", name="可以通过的1项").is_visible()
    assert page.get_by_role("heading", name="暂不能通过的1项").is_visible()
    assert status_of(submitted[0]) == Status.SUBMITTED
    page.get_by_role("button", name="通过1项").click()
    assert page.get_by_text("已通过1项。").is_visible()
    assert [status_of(each) for each in submitted] == [Status.FINANCE_FIRST, Status.SUBMITTED]


def test_a_batch_is_returned_by_keyboard(page, sign_in, leader, submitted):
    sign_in(leader)
    page.goto(reverse("queue", args=("todo",)))
    page.get_by_label(f"选择 {submitted[0].name}").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="退回所选").focus()
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="退回原因").focus()
    page.keyboard.type("预算数与控制数不符，核对后重报。")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="退回填报人1项").focus()
    page.keyboard.press("Enter")
    page.get_by_text("已退回填报人1项。").wait_for()
    assert [status_of(each) for each in submitted] == [Status.RETURNED, Status.SUBMITTED]
    assert Version.objects.get(act="return").reason == "预算数与控制数不符，核对后重报。"


def test_a_leader_passes_from_the_sheet(page, sign_in, leader, submitted):
    sign_in(leader)
    page.goto(reverse("leader-page", args=(2024, "286001")))
    page.get_by_label(f"选择 {submitted[0].name}").check()
    page.get_by_role("button", name="通过所选").click()
    page.get_by_role("button", name="通过1项").click()
    page.wait_for_url("**/leader/")
    assert status_of(submitted[0]) == Status.FINANCE_FIRST


def test_the_queue_works_without_script(chromium, live_server, client, leader, submitted):
    client.force_login(leader)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    with chromium.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(reverse("queue", args=("todo",)))
        page.get_by_label(f"选择 {submitted[0].name}").check()
        page.get_by_role("button", name="通过所选").click()
        page.get_by_role("button", name="通过1项").click()
        page.get_by_text("已通过1项。").wait_for()
    assert status_of(submitted[0]) == Status.FINANCE_FIRST
