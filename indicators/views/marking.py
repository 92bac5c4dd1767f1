"""Marks on a rendered document: the places findings speak of, so that a note in the margin leads to its cell.

Works on our own markup alone, where cells and paragraphs carry ``data-path``.
"""

import re
from collections.abc import Mapping

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from indicators.checks import Severity

_PLACE = re.compile(r' data-path="([^"]*)"')
_NOT_IN_ID = re.compile(r"[^\w-]")
_HEADINGS = {"sub_goals": "sub-goal", "safeguards": "safeguard"}  # the ids layout gives to headings


class MarkedPaper:
    """A rendered document whose cells can be linked to, and those with findings marked."""

    def __init__(self, html: SafeString):
        self.html = html
        self.paths = dict.fromkeys(_PLACE.findall(html))  # escaped, in the order of the document

    def anchor_of(self, path: str) -> str:
        """Return the id of where ``path`` is shown, or its first part; '' where it is nowhere."""
        if cell := self._cell_of(path) or self._first_in(path):
            return cell_id(cell)
        part, _, rest = path.partition("/")
        heading = f"{_HEADINGS.get(part, part)}-{rest.partition('/')[0]}"
        return heading if f'id="{conditional_escape(heading)}"' in self.html else ""

    def order_of(self, path: str) -> int:
        """Return how far down ``path`` is shown; what is about the whole document comes first."""
        cell = self._cell_of(path) or self._first_in(path)
        if cell:
            return self.html.index(f' data-path="{cell}"')
        anchor = self.anchor_of(path)
        return self.html.index(f'id="{conditional_escape(anchor)}"') if anchor else -1

    def marked(self, severities: Mapping[str, Severity]) -> SafeString:
        """Return the document with an id on every cell, and the severity on the cells of these paths."""
        marks: dict[str, Severity] = {}
        for path, severity in severities.items():
            if cell := self._cell_of(path):
                marks[cell] = max(severity, marks.get(cell, severity), key=lambda grave: grave.weight)

        def attributes(match: re.Match) -> str:
            mark = f' data-mark="{marks[match[1]]}"' if match[1] in marks else ""
            return f'{match[0]} id="{cell_id(match[1])}"{mark}'

        # All that is put in is escaped already, as it stands in the markup, or our own.
        return mark_safe(_PLACE.sub(attributes, self.html))  # noqa: S308

    def _cell_of(self, path: str) -> str:
        """Return the cell that shows ``path``; a tier may be covered, then its row's name stands for it."""
        path = conditional_escape(path)
        row = f"{path.rpartition('/')[0]}/name"
        return next((cell for cell in (path, row) if cell in self.paths), "")

    def _first_in(self, path: str) -> str:
        start = f"{conditional_escape(path)}/"
        return next((cell for cell in self.paths if path and cell.startswith(start)), "")


def cell_id(path: str) -> str:
    """Return the id of the cell that shows ``path``."""
    return f"at-{_NOT_IN_ID.sub('-', path)}"
