"""Where the pages of a table, and those of a department's text, are: the same pages under two names."""

from django.urls import reverse

from indicators.queues import Turn
from indicators.reviewed import Reviewed
from projects.models import Declaration

_NAMES = {  # page: (of a table, of a department's text)
    "own": ("table", "department-year"),
    "edit": ("edit-table", "edit-narrative"),
    "review": ("review-table", "review-narrative"),
    "act": ("review-table-act", "review-narrative-act"),
    "comments": ("review-table-comments", "review-narrative-comments"),
    "timeline": ("timeline", "narrative-timeline"),
    "versions": ("versions", "narrative-versions"),
    "version": ("version", "narrative-version"),
    "version-file": ("version-file", "narrative-version-file"),
    "compare": ("compare-versions", "compare-narratives"),
    "adjust": ("open-adjustment", "open-narrative-adjustment"),
    "abandon": ("abandon-adjustment", "abandon-narrative-adjustment"),
    "adjustment-file": ("adjustment-file", "narrative-adjustment-file"),
}
_OF_ALL = ("own", "edit", "timeline", "versions", "compare", "adjust", "abandon")


def page_address(reviewed: Reviewed, page: str, *more: int | str) -> str:
    """Return the address of a page; ``more`` names one of several: a version's key, a file's ending."""
    of_table, of_text = _NAMES[page]
    if isinstance(reviewed, Declaration):
        return reverse(of_table, args=(reviewed.pk, *more))
    found = reverse(of_text, args=(reviewed.fiscal_year.year, reviewed.department.code, *more))
    return f"{found}#narrative" if page == "own" else found


def addresses_of(reviewed: Reviewed) -> dict[str, str]:
    """Return the addresses that templates lead to, by page."""
    return {page: page_address(reviewed, page) for page in _OF_ALL}


def turn_address(turn: Turn | None) -> str:
    """Return the page on which what waits is reviewed; "" where nothing waits."""
    if turn is None:
        return ""
    if turn.is_table:
        return reverse("review-table", args=(turn.pk,))
    return reverse("review-narrative", args=(turn.year, turn.code))
