"""Nothing typed is lost: sessions that end, browsers that close, servers that die, two people at once."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from playwright.sync_api import expect

from departments.models import Role
from indicators.rows import load_table
from tests.editor_pages import another_browser, cell, expect_saved, open_editor, sign_in_there
from tests.personas import person

DRAFTS = "Object.keys(localStorage).filter(key => key.startsWith('perfbudget:draft:'))"


@pytest.fixture
def editor(transactional_db, preparer, sign_in, declaration):
    """Return the editor of the seed's first table, open for its preparer."""
    return open_editor(sign_in(preparer), declaration)


@pytest.fixture
def colleague(chromium, live_server, declaration):
    """Return the same table, open in the browser of another preparer."""
    user = person("colleague", "周建华", Role.PREPARER, declaration.department_year.department)
    with another_browser(chromium, live_server.url) as page:
        yield open_editor(sign_in_there(page, user, live_server.url), declaration)


def test_an_ended_session_is_renewed_in_a_dialog_and_the_change_replayed(editor, declaration, console_errors):
    cell(editor, "第1行 指标值").click()
    Session.objects.all().delete()
    cell(editor, "第1行 指标值").fill("≥3次")
    editor.keyboard.press("Tab")
    dialog = editor.get_by_role("dialog", name="登录已失效")
    expect(dialog.get_by_label("用户名")).to_have_value("preparer")
    dialog.get_by_label("密码").fill("猜错的密码")
    editor.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_be_visible()
    assert load_table(declaration).indicators[0].value != "≥3次"
    dialog.get_by_label("密码").fill("一个够长的密码")
    editor.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect_saved(editor)
    assert load_table(declaration).indicators[0].value == "≥3次"
    assert [line for line in console_errors if "401" not in line and "422" not in line] == []
    console_errors.clear()


def test_two_people_in_different_cells_both_save_and_see_each_other(editor, colleague, declaration):
    cell(editor, "第1行 指标值").fill("≥3次")
    editor.keyboard.press("Tab")
    expect_saved(editor)
    cell(colleague, "第2行 指标值").fill("≥96%")
    colleague.keyboard.press("Tab")
    expect_saved(colleague)
    values = [row.value for row in load_table(declaration).indicators[:2]]
    assert values == ["≥3次", "≥96%"]
    colleague.evaluate("dispatchEvent(new Event('focus'))")
    expect(cell(colleague, "第1行 指标值")).to_have_value("≥3次")
    expect(colleague.locator("#others")).to_contain_text("张慧敏")


@pytest.mark.parametrize(("choice", "kept"), [("用我的", "≥5次"), ("用对方的", "≥4次")])
def test_two_people_in_the_same_cell_are_asked(editor, colleague, declaration, console_errors, choice, kept):
    cell(colleague, "第1行 指标值").fill("≥4次")
    colleague.keyboard.press("Tab")
    expect_saved(colleague)
    cell(editor, "第1行 指标值").fill("≥5次")
    editor.keyboard.press("Tab")
    dialog = editor.get_by_role("dialog", name="与他人修改冲突")
    expect(dialog).to_contain_text("≥4次")
    expect(dialog).to_contain_text("≥5次")
    assert load_table(declaration).indicators[0].value == "≥4次"
    dialog.get_by_role("button", name=choice).click()
    expect(editor.locator("#save-state")).to_have_class("save-state saved")
    expect(cell(editor, "第1行 指标值")).to_have_value(kept)
    assert load_table(declaration).indicators[0].value == kept
    assert editor.evaluate(DRAFTS) == []
    assert [line for line in console_errors if "409" not in line] == []
    console_errors.clear()


def test_a_draft_is_offered_back_after_the_browser_was_closed(
    chromium, live_server, transactional_db, preparer, declaration, tmp_path
):
    kept = tmp_path / "storage.json"
    with another_browser(chromium, live_server.url) as page:
        open_editor(sign_in_there(page, preparer, live_server.url), declaration)
        page.context.set_offline(True)
        cell(page, "绩效目标").click()
        page.keyboard.type("断网时写的。")
        typed = cell(page, "绩效目标").input_value()
        cell(page, "第2行 指标值").fill("≥97%")
        expect(page.locator("#save-state")).to_contain_text("未保存")
        page.context.storage_state(path=kept)
    assert "断网" not in load_table(declaration).goal
    with another_browser(chromium, live_server.url, storage_state=kept) as page:
        open_editor(page, declaration)
        bar = page.locator(".draft-bar")
        expect(bar).to_contain_text("2 处")
        expect(bar).to_contain_text("≥97%")
        bar.get_by_role("button", name="恢复").click()
        expect(cell(page, "绩效目标")).to_have_value(typed)
        expect_saved(page)
        assert page.evaluate(DRAFTS) == []
    stored = load_table(declaration)
    assert (stored.goal, stored.indicators[1].value) == (typed, "≥97%")


def test_signing_out_leaves_no_draft_behind(editor, console_errors):
    editor.context.set_offline(True)
    cell(editor, "绩效目标").click()
    editor.keyboard.type("草稿")
    assert len(editor.evaluate(DRAFTS)) == 1
    cell(editor, "预算数").click()
    expect(editor.locator("#save-state").get_by_role("button", name="重试")).to_be_visible()
    editor.context.set_offline(False)
    editor.on("dialog", lambda dialog: dialog.accept())
    editor.get_by_role("button", name="退出").click()
    expect(editor.get_by_role("button", name="登录")).to_be_visible()
    assert editor.evaluate(DRAFTS) == []
    console_errors.clear()


def test_leaving_is_questioned_only_while_something_is_unsaved(editor, console_errors):
    asked = []
    editor.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    cell(editor, "预算数").fill("1.9")
    editor.get_by_role("link", name="预览").click()
    editor.wait_for_url(re.compile(r"/tables/\d+/$"))
    expect(editor.locator(".paper")).to_contain_text("1.90")
    assert asked == []
    editor.go_back()
    cell(editor, "预算数").fill("不是数")
    editor.keyboard.press("Tab")
    expect(editor.locator(".refusal")).to_be_visible()
    editor.get_by_role("link", name="预览").click()
    editor.wait_for_url(re.compile(r"/tables/\d+/$"))
    assert asked == ["beforeunload"]
    console_errors.clear()


def test_a_server_killed_while_saving_loses_nothing(
    chromium, tmp_path, transactional_db, preparer, declaration, settings
):
    if connection.vendor != "sqlite":
        pytest.skip("The second server works on a copy of the database file.")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with another_browser(chromium, address) as page:
        sign_in_there(page, preparer, address)
        place = own_place(tmp_path, settings)
        with running_server(place, port):
            open_editor(page, declaration)
            cell(page, "资金用途").fill("第一次写的用途。")
            page.keyboard.press("Tab")
            expect_saved(page)
            page.route("**/field/", lambda route: (time.sleep(0.3), route.continue_()))
            cell(page, "绩效目标").fill("服务器停止时正在保存的目标。")
            page.keyboard.press("Tab")
        expect(page.locator("#save-state").get_by_role("button", name="重试")).to_be_visible()
        page.unroute("**/field/")
        cell(page, "第1行 指标值").fill("≥9次")
        page.keyboard.press("Tab")
        with running_server(place, port):
            page.get_by_role("button", name="重试").click()
            expect_saved(page)
            page.reload()
            expect(cell(page, "资金用途")).to_have_value("第一次写的用途。")
            expect(cell(page, "绩效目标")).to_have_value("服务器停止时正在保存的目标。")
            expect(cell(page, "第1行 指标值")).to_have_value("≥9次")
            expect(page.locator(".draft-bar")).to_have_count(0)


def own_place(directory, settings) -> dict[str, str]:
    """Return the environment of a server of its own on a copy of the database, sharing its sessions."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(directory / "perfbudget.sqlite3")])
    own = {"PERFBUDGET_VAR_DIR": str(directory), "PERFBUDGET_SECRET_KEY": settings.SECRET_KEY}
    return {name: text for name, text in os.environ.items() if name != "DATABASE_URL"} | own


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running_server(place: dict, port: int):
    """Run a real server until the block ends, then kill it as a power cut would."""
    command = [sys.executable, "manage.py", "runserver", "--noreload", str(port)]
    server = subprocess.Popen(command, env=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_it_answers(port)
        yield
    finally:
        server.kill()
        server.wait()


def wait_until_it_answers(port: int) -> None:
    for _ in range(600):  # a busy machine takes longer than ten seconds
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/login/", timeout=2)
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not start")
