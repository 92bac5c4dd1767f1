"""The test harness: databases, browser, office programs. Personas and their data are in tests/personas.py."""

import os
import shutil
import subprocess
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings as django_settings

pytest_plugins = ["tests.personas", "tests.published"]

hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")

# A fixture on the left puts the mark on the right on every test that uses it.
MARKS = {
    "db": "database",
    "transactional_db": "database",
    "live_server": "database",
    "django_db_setup": "database",
    "chromium": "browser",
    "office_to_pdf": "office",
}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_SWITCHES = [
    "--no-sandbox",  # it refuses to start as root otherwise
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure():
    # The real hasher takes a third of a second for each persona of each test.
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Each client would walk all static files before its first request.
    django_settings.WHITENOISE_AUTOREFRESH = True


@pytest.hookimpl(tryfirst=True)  # before `-m` picks
def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("django_db"):
            item.add_marker("database")
        for name in MARKS.keys() & set(item.fixturenames):
            item.add_marker(MARKS[name])


# Databases


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """Put SQLite's test database into a file: in memory, the live server's threads would not see it."""
    from django.db import connection

    if connection.vendor == "sqlite":
        file = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connection.settings_dict.setdefault("TEST", {})["NAME"] = str(file)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """After a test with real transactions, flush despite the triggers and restore what migrations wrote."""
    from django.core.management import call_command
    from django.db import connection
    from django.test import TransactionTestCase

    from trail.triggers import triggers_dropped

    with django_db_blocker.unblock():
        after_migrations = connection.creation.serialize_db_to_string()

    def flush(_test):
        with triggers_dropped(connection):
            call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
            connection.creation.deserialize_db_from_string(after_migrations)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush)
        yield


@pytest.fixture
def var_dir(settings, tmp_path):
    """Return a new directory that stands for var/ in this test."""
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    return settings.VAR_DIR


# Browser


@pytest.fixture(scope="session")
def chromium():
    """Return Debian's Chromium under Playwright, started once per test process."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if not program:
        pytest.fail("No Chromium: bin/test installs it.")
    # Playwright keeps an event loop running in this thread from here on, which Django takes for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def console_errors():
    """Collect what the page complained of; a test that provokes an error checks the list and clears it."""
    return []


@pytest.fixture
def page(chromium, live_server, console_errors):
    """Return a page on the live server; an error in its console or a request elsewhere fails the test."""
    with chromium.new_context(
        base_url=live_server.url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 1366, "height": 768},
    ) as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: console_errors.append(f"exception: {error}"))
        page.on("console", lambda line: console_errors.extend(_errors(line)))
        page.on("request", lambda sent: console_errors.extend(_foreign(sent.url, live_server.url)))
        yield page
    assert console_errors == []


def _errors(line) -> list[str]:
    # Chromium asks for the icon of pages that name none, such as an error page.
    return [line.text] if line.type == "error" and not line.location["url"].endswith("/favicon.ico") else []


def _foreign(url: str, home: str) -> list[str]:
    return [] if url.startswith((home, "data:", "blob:", "about:")) else [f"asked another site: {url}"]


@pytest.fixture
def sign_in(page, client, live_server):
    """Return a function that signs a user in without the login page: sign_in(user) -> page."""

    def sign_in(user):
        client.force_login(user)
        cookie = client.cookies[django_settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return page

    return sign_in


# Office programs


@pytest.fixture(scope="session")
def office_profile(tmp_path_factory) -> Path:
    """Return LibreOffice's own profile directory: two that share one refuse to run at the same time."""
    return tmp_path_factory.mktemp("office") / "profile"


@pytest.fixture
def office_to_pdf(office_profile, tmp_path):
    """Return a function that converts a document with LibreOffice: office_to_pdf(path) -> path of the PDF."""
    program = shutil.which("soffice")
    if not program:
        pytest.fail("No LibreOffice: bin/test installs it.")

    def convert(document: Path) -> Path:
        done = subprocess.run(
            [
                program,
                f"-env:UserInstallation={office_profile.as_uri()}",
                "--headless",
                *("--convert-to", "pdf", "--outdir", str(tmp_path), str(document)),
            ],
            capture_output=True,
            text=True,
            timeout=180,
        )
        written = tmp_path / f"{document.stem}.pdf"
        assert written.exists(), done.stdout + done.stderr
        return written

    return convert
