"""The review page in a real browser: by keys alone, by touch on a tablet, two reviewers at once, on paper."""

import re

import pytest
from playwright.sync_api import expect

from indicators.findings import open_obligations
from indicators.reviewed import filed_of
from indicators.rows import load_table
from indicators.services import explain, refresh_department_findings
from indicators.services.reviewing import move_tables
from projects.models import Declaration
from workflow.models import Comment, Status, Version
from workflow.services.comments import add_comment
from workflow.transitions import PASS, SUBMIT

TEXT = "经与财政部门业务股室核对，按批复的口径填报，保留现有写法。"
TABLET = {"width": 1024, "height": 768}


@pytest.fixture
def people(transactional_db, preparer, leader):
    """Return the personas, stored for the live server's threads to see."""
    return preparer, leader


@pytest.fixture
def submitted(people, declaration) -> Declaration:
    refresh_department_findings(department_year=declaration.department_year)
    for item in open_obligations(declaration):
        explain(rule=item.rule.code, declarations=[declaration], text=TEXT, actor=people[0])
    move_tables(revisions={declaration.pk: 0}, act=SUBMIT, actor=people[0])
    declaration.refresh_from_db()
    return declaration


@pytest.fixture
def review(page, people, sign_in, submitted):
    """Return the page on which the leader reviews the table."""
    sign_in(people[1]).goto(f"/tables/{submitted.pk}/review/")
    return page


def status_of(declaration):
    return Declaration.objects.get(pk=declaration.pk).status


def test_a_table_is_passed_by_the_keyboard_alone(review, submitted):
    review.keyboard.press("a")
    expect(review.get_by_role("button", name="确认通过")).to_be_focused()
    review.keyboard.press("Enter")
    expect(review.locator(".note.success")).to_contain_text("已通过，现在待财政审核")
    assert status_of(submitted) == Status.FINANCE_FIRST


def test_a_table_is_returned_by_the_keyboard_alone(review, submitted):
    review.keyboard.press("r")
    expect(review.get_by_label("退回原因")).to_be_focused()
    review.keyboard.type("ra jk 依据不足。")  # typing is no act
    review.keyboard.press("Tab")
    review.keyboard.press("Space")
    review.get_by_role("button", name="退回填报人").press("Enter")
    expect(review.locator(".note.success")).to_contain_text("已退回填报人")
    reason = Version.objects.latest("pk").reason
    assert reason.startswith("ra jk 依据不足。\n")
    assert status_of(submitted) == Status.RETURNED


def test_escape_closes_a_panel_and_gives_the_focus_back(review, submitted):
    review.keyboard.press("r")
    review.keyboard.press("Escape")
    expect(review.get_by_label("退回原因")).to_be_hidden()
    expect(review.locator("#return > summary")).to_be_focused()
    review.keyboard.press("?")
    expect(review.get_by_role("dialog", name="快捷键")).to_be_visible()
    review.keyboard.press("Escape")
    expect(review.get_by_role("dialog", name="快捷键")).to_be_hidden()
    assert status_of(submitted) == Status.SUBMITTED


def test_a_cell_is_commented_on_by_the_keyboard(review, submitted):
    row = load_table(submitted).indicators[0]
    review.locator(f'.shown [data-path="indicators/{row.uid}/name"]').focus()
    review.keyboard.press("ArrowDown")  # the next cell
    review.keyboard.press("c")
    expect(review.get_by_label("位置", exact=True)).to_have_value(f"indicators/{row.uid}/description")
    expect(review.get_by_role("textbox", name="批注")).to_be_focused()
    review.keyboard.type("写明按什么统计")
    review.get_by_label("类别", exact=True).select_option("须整改")
    review.get_by_role("button", name="提交批注").press("Enter")
    comment = review.locator(".comment")
    expect(comment).to_contain_text("写明按什么统计")
    expect(comment).to_be_visible()  # its tab is the open one
    expect(review.get_by_role("button", name=re.compile("通过"))).to_be_disabled()
    assert Comment.objects.get().path == f"indicators/{row.uid}/description"


def test_escape_leads_from_a_comment_back_to_its_cell_and_the_arrows_on(review, submitted):
    row = load_table(submitted).indicators[0]
    review.locator(f'.shown [data-path="indicators/{row.uid}/name"]').click()
    text = review.get_by_role("textbox", name="批注")
    expect(text).to_be_focused()
    review.keyboard.type("写明")
    review.keyboard.press("Escape")
    review.keyboard.press("ArrowDown")
    expect(review.locator(f'.shown [data-path="indicators/{row.uid}/description"]')).to_be_focused()
    expect(text).to_have_value("写明")


def test_keys_lead_through_the_queue(review, people, submitted, department_year):
    other = department_year.declarations.last()
    Declaration.objects.filter(pk=other.pk).update(status=Status.SUBMITTED)
    review.reload()
    expect(review.locator(".review-bar")).to_contain_text("1/2")
    review.keyboard.press("j")
    expect(review).to_have_url(re.compile(f"/tables/{other.pk}/review/"))
    review.wait_for_load_state()
    review.keyboard.press("ArrowLeft")
    expect(review).to_have_url(re.compile(f"/tables/{submitted.pk}/review/"))


def test_a_return_and_a_comment_are_sent_by_ctrl_enter(review, submitted):
    review.keyboard.press("c")
    review.keyboard.type("请附测算依据")
    review.keyboard.press("Control+Enter")
    expect(review.locator(".comment")).to_contain_text("请附测算依据")
    review.wait_for_load_state()  # the keys work from then on
    review.keyboard.press("r")
    review.keyboard.type("依据不足。")
    review.keyboard.press("Control+Enter")
    expect(review.locator(".note.success")).to_contain_text("已退回填报人")
    assert status_of(submitted) == Status.RETURNED


def test_a_comment_that_is_not_sent_keeps_the_acts_back(review, submitted):
    review.keyboard.press("c")
    review.keyboard.type("请附测算依据")
    review.keyboard.press("Escape")
    review.locator("#pass > summary").click()
    review.get_by_role("button", name="确认通过").click()
    written = review.get_by_role("textbox", name="批注")
    expect(written).to_be_focused()
    expect(written).to_have_value("请附测算依据")
    assert written.evaluate("each => each.validationMessage") == "还没有提交：提交或清空后再办理。"
    assert status_of(submitted) == Status.SUBMITTED
    written.fill("")
    review.locator("#pass > summary").click()
    review.get_by_role("button", name="确认通过").click()
    expect(review.locator(".note.success")).to_contain_text("已通过")


def test_the_second_of_two_reviewers_is_told(review, people, submitted, console_errors):
    move_tables(revisions={submitted.pk: submitted.revision}, act=PASS, actor=people[1])
    review.keyboard.press("r")
    review.keyboard.type("依据不足。")
    with review.expect_response(lambda answer: answer.status == 409):
        review.get_by_role("button", name="退回填报人").click()
    expect(review.locator(".note.error").first).to_contain_text("没有办理")
    assert [line for line in console_errors if "409" not in line] == []
    console_errors.clear()
    assert status_of(submitted) == Status.FINANCE_FIRST


def test_print_is_the_clean_paper_alone(review):
    review.emulate_media(media="print")
    expect(review.locator(".review-side")).to_be_hidden()
    expect(review.locator(".review-bar")).to_be_hidden()
    expect(review.locator(".paper:visible")).to_have_count(1)


def test_a_tablet_shows_paper_and_notes_side_by_side_and_takes_touch(
    chromium, live_server, client, people, submitted
):
    row = load_table(submitted).indicators[0]
    add_comment(
        filed=filed_of(submitted), sort="general", text="核实", path="goal", place="绩效目标", actor=people[1]
    )
    client.force_login(people[1])
    cookie = client.cookies["sessionid"]
    with chromium.new_context(
        base_url=live_server.url, viewport=TABLET, has_touch=True, locale="zh-CN"
    ) as context:
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"/tables/{submitted.pk}/review/")
        sheet, side = (page.locator(name).bounding_box() for name in (".paper.shown", ".review-side"))
        assert sheet["x"] + sheet["width"] <= side["x"]
        assert side["x"] + side["width"] <= TABLET["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= TABLET["width"]
        for target in page.locator(
            ".review-bar .btn:visible, .review-bar summary:visible, .review-tabs a:visible"
        ).all():
            assert target.bounding_box()["height"] >= 40, target.inner_text()
        page.locator(f'.shown [data-path="indicators/{row.uid}/value"]').tap()
        page.get_by_role("textbox", name="批注").fill("按次统计")
        page.get_by_role("button", name="提交批注").tap()
        page.locator(".comment", has_text="按次统计").wait_for()
        page.locator("#pass > summary").tap()
        page.get_by_role("button", name="确认通过").tap()
        page.locator(".note.success").wait_for()
    assert status_of(submitted) == Status.FINANCE_FIRST


def test_without_a_script_all_acts_are_plain_forms(chromium, live_server, client, people, submitted):
    client.force_login(people[1])
    cookie = client.cookies["sessionid"]
    with chromium.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 1366, "height": 768}
    ) as context:
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"/tables/{submitted.pk}/review/")
        page.get_by_text("写批注").click()
        page.get_by_role("textbox", name="批注").fill("补充依据")
        page.get_by_label("类别", exact=True).select_option("一般意见")
        page.get_by_role("button", name="提交批注").click()
        page.locator(".comment", has_text="补充依据").wait_for()
        page.locator("#pass > summary").click()
        page.get_by_role("button", name="确认通过").click()
        page.locator(".note.success").wait_for()
    assert status_of(submitted) == Status.FINANCE_FIRST
