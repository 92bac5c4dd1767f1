"""What lists that can be sorted and filtered have in common: the heads of their columns, their filter."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: the order a click asks for; ``state`` is its aria-sort now, if any."""

    title: str
    order: str
    state: str


def heads_of(titles: Mapping[str, str], order: str, largest_first: Collection[str]) -> dict[str, Head]:
    """Return the heads by the names of ``titles``, in a list sorted by ``order`` (a name, or "-name").

    A sorted column asks for the other direction, else for the largest first or the first text.
    """
    return {name: _head(name, title, order, name in largest_first) for name, title in titles.items()}


def _head(name: str, title: str, order: str, is_largest_first: bool) -> Head:
    falling = f"-{name}"
    if order == name:
        return Head(title, falling, "ascending")
    if order == falling:
        return Head(title, name, "descending")
    return Head(title, falling if is_largest_first else name, "")


def filter_of(request: HttpRequest) -> str:
    """Return the filter and order in the address, as a query string without the page."""
    asked = request.GET.copy()
    asked.pop("page", None)
    return asked.urlencode()
