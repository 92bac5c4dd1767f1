"""What browsers are told that a page may do: on every answer, and over HTTPS where the site says so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse

ROOT = Path(__file__).parent.parent
POLICY = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}


def policy_of(response) -> dict[str, list[str]]:
    directives = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in directives}


@pytest.mark.parametrize("name", ["home", "library", "findings"])
def test_pages_say_what_they_may_do(name, auditor, signed_in):
    response = signed_in(auditor).get(reverse(name))
    assert policy_of(response) == POLICY
    assert "camera=()" in response["Permissions-Policy"]
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"


def test_pages_without_a_person_and_errors_say_so_too(db, client, preparer, signed_in, settings):
    settings.PUBLIC_PAGES = True
    answers = [client.get(address) for address in ("/login/", "/public/", "/public/2024/no-such/")]
    answers.append(signed_in(preparer).get(reverse("users")))
    assert [answer.status_code for answer in answers] == [200, 200, 404, 403]
    assert [policy_of(answer) for answer in answers] == [POLICY] * 4


def test_a_fault_says_so_too(client, settings):
    del settings.PUBLIC_PAGES  # so that the view fails
    client.raise_request_exception = False
    response = client.get("/public/")
    assert response.status_code == 500
    assert policy_of(response) == POLICY


def test_a_file_taken_away_keeps_its_style(declaration, auditor, signed_in):
    response = signed_in(auditor).get(reverse("table-file", args=(declaration.pk, "html")))
    assert response["Content-Disposition"].startswith("attachment")
    assert "<style>" in response.text
    assert "Content-Security-Policy" not in response.text


def test_a_pdf_is_left_to_the_browser(declaration, auditor, signed_in):
    response = signed_in(auditor).get(reverse("table-file", args=(declaration.pk, "pdf")), {"preview": ""})
    assert response["Content-Type"] == "application/pdf"
    assert "Content-Security-Policy" not in response


def test_a_site_over_https_is_ready_to_be_deployed(tmp_path):
    environment = {**os.environ, "PERFBUDGET_HTTPS": "1", "PERFBUDGET_VAR_DIR": str(tmp_path)}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # the browser tests of this process set it
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_what_a_site_does_not_ask_for_is_off():
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PERFBUDGET_")}
    asked = "from perfbudget import settings as s; print(s.DEBUG, s.DEMO, s.PUBLIC_PAGES)"
    environment = {**plain, "PERFBUDGET_VAR_DIR": os.environ["PERFBUDGET_VAR_DIR"]}
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "False False False\n", done.stderr


def test_a_site_over_https_redirects_to_it(client, settings):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 3600
    plain = type(client)().get("/login/")
    assert (plain.status_code, plain.url) == (301, "https://testserver/login/")
    secure = type(client)().get("/public/", secure=True)
    assert secure["Strict-Transport-Security"] == "max-age=3600"
