"""Every page at 1366 × 768: no serious fault of accessibility, no sideways scrolling, no console error.

Looking changes nothing, so one test looks at all pages of a person: making the data takes as long as looking.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from tests.test_urls_matrix import GET, arguments

__all__ = ["arguments"]  # a fixture

SIGNED_OUT = {"login"}
FRAGMENTS = {"table-margin", "narrative-margin"}  # parts of a page
PAGES = sorted(name for name, (_, allowed, *_) in GET.items() if allowed and name not in FRAGMENTS)


def persona_for(name: str) -> str:
    """Return who opens the page: a preparer where one may, else a reviewer, who reads most."""
    allowed = GET[name][1]
    return next(persona for persona in ("preparer", "reviewer", *sorted(allowed)) if persona in allowed)


@pytest.mark.parametrize("persona", sorted({persona_for(name) for name in PAGES}))
def test_pages(persona, page, sign_in, request, transactional_db, arguments, console_errors):
    user = request.getfixturevalue(persona)
    mine = [name for name in PAGES if persona_for(name) == persona]
    faults = {}
    for name in sorted(mine, key=lambda each: each not in SIGNED_OUT):
        if name not in SIGNED_OUT:
            sign_in(user)
        faults[name] = _faults(page, reverse(name, args=arguments[GET[name][0]]), console_errors)
    assert {name: found for name, found in faults.items() if found} == {}


def _faults(page, address: str, console_errors: list[str]) -> list:
    """Return what is wrong with a page; what its console told is taken off ``console_errors``."""
    answer = page.goto(address)
    if "html" not in answer.headers["content-type"]:
        return []  # data that a script of some page asks for
    violations = _violations(page)
    told = console_errors[1:] if answer.status >= 400 else console_errors[:]  # Chromium tells of a refusal
    console_errors.clear()
    return [
        *violations,
        *told,
        *(
            []
            if page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            else ["scrolls sideways"]
        ),
    ]


def _violations(page) -> list[tuple]:
    return [
        (violation["id"], node["target"], node["failureSummary"])
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
