"""Every page at 1366 × 768: no serious fault of accessibility, no sideways scrolling, no console error."""

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


@pytest.mark.parametrize("name", PAGES)
def test_page(name, page, sign_in, request, transactional_db, arguments, console_errors):
    if name not in SIGNED_OUT:
        sign_in(request.getfixturevalue(persona_for(name)))
    answer = page.goto(reverse(name, args=arguments[GET[name][0]]))
    if "html" not in answer.headers["content-type"]:
        return  # data that a script of some page asks for
    page.wait_for_load_state("networkidle")

    violations = Axe().run(page).response["violations"]

    serious = [
        (violation["id"], node["target"], node["failureSummary"])
        for violation in violations
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    assert serious == []
    if answer.status >= 400:  # a refusal is a page too; Chromium tells of its status
        del console_errors[:1]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
