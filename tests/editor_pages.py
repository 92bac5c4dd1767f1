"""What the tests of the in-table editor do over and over: open it, find a cell, wait until all is saved."""

import re
from contextlib import contextmanager

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect

SAVED = re.compile(r"^已保存 \d\d:\d\d$")


def open_editor(page: Page, declaration) -> Page:
    page.goto(f"/tables/{declaration.pk}/edit/")
    expect(page.locator("body")).to_have_class(re.compile("scripted"))
    return page


def cell(page: Page, label: str) -> Locator:
    """Return the control that is called so, such as 第3行 指标值."""
    return page.get_by_label(label, exact=True)


def expect_saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_have_text(SAVED)


def row_names(page: Page) -> list[str]:
    return [control.input_value() for control in page.locator('textarea[data-path$="/name"]').all()]


@contextmanager
def another_browser(chromium: Browser, base_url: str, *, script: bool = True, **options):
    """Give a page of its own, with its own storage and cookies; what its console says is not judged."""
    with chromium.new_context(
        base_url=base_url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 1366, "height": 768},
        java_script_enabled=script,
        **options,
    ) as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        yield page


def sign_in_there(page: Page, user, base_url: str) -> Page:
    """Sign a user in to another browser without the login page."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base_url}])
    return page
