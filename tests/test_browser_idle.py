"""The warning before a session ends for want of an act, and what a page does after."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from departments.idle import seconds_left
from trail.models import Entry


@pytest.fixture
def short(settings):
    settings.IDLE_SECONDS, settings.IDLE_WARNING_SECONDS = 8, 6


@pytest.fixture
def home(short, transactional_db, preparer, sign_in):
    page = sign_in(preparer)
    page.goto("/")
    return page


def warning(page):
    return page.get_by_role("alertdialog", name="登录即将失效")


def test_it_counts_down_and_going_on_keeps_the_session(home, client):
    expect(warning(home)).to_be_visible()
    expect(warning(home).get_by_role("timer")).to_have_text(re.compile("^[1-6]秒$"))
    warning(home).get_by_role("button", name="继续使用").click()
    expect(warning(home)).to_have_count(0)
    assert seconds_left(client.session) >= 6


def test_an_act_in_another_tab_takes_the_warning_away(home):
    expect(warning(home)).to_be_visible()
    with home.context.new_page() as other:
        other.goto("/")
        expect(warning(home)).to_have_count(0)


def test_an_untouched_page_leads_to_the_login(home, console_errors):
    home.wait_for_url("**/login/?next=%2F", timeout=20_000)
    assert Entry.objects.last().action == "idle_end"
    assert [line for line in console_errors if "401" not in line] == []
    console_errors.clear()


def test_what_is_typed_stays_and_is_sent_after_logging_in_on_the_page(
    short, transactional_db, preparer, sign_in, declaration, console_errors
):
    page = sign_in(preparer)
    page.goto(reverse("edit-project", args=(declaration.pk,)))
    typed = page.locator("[name=preparer]")
    typed.fill("周建华")
    dialog = page.get_by_role("dialog", name="登录已失效")
    expect(dialog).to_be_visible(timeout=20_000)
    dialog.get_by_label("密码").fill("一个够长的密码")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(typed).to_have_value("周建华")
    typed.press("Enter")
    page.wait_for_url("**" + reverse("edit-table", args=(declaration.pk,)))
    declaration.refresh_from_db()
    assert declaration.preparer == "周建华"
    assert [line for line in console_errors if "401" not in line] == []
    console_errors.clear()
