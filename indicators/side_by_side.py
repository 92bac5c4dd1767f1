"""Two versions side by side on paper: what differs is marked in the cells of both.

Works on our own markup alone, where cells and paragraphs carry ``data-path`` and hold nothing but text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from indicators.tracked_changes import Kind, tracked

_PLACE = re.compile(r'<(td|p|span)((?: [^<>]*)? data-path="([^"]*)")>(.*?)</\1>', re.DOTALL)
_TIERS = ("first_tier", "second_tier")  # drawn once for several rows: elsewhere they are covered, not gone
_TAGS = {Kind.DELETED: "del", Kind.INSERTED: "ins"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Both papers, and in how many places they differ."""

    before: SafeString
    after: SafeString
    places: int


def side_by_side(before: SafeString, after: SafeString) -> Pair:
    """Return both documents with what differs marked: what went out on the left, what came in right."""
    left, right = _texts(before), _texts(after)
    return Pair(
        _marked(before, left, right, Kind.DELETED, "before-"),
        _marked(after, right, left, Kind.INSERTED, "after-"),
        len(set(_differing(left, right)) | set(_differing(right, left))),
    )


def _texts(html: str) -> dict[str, str]:
    return {path: unescape(text) for _, _, path, text in _PLACE.findall(html)}


def _differing(texts: Mapping[str, str], others: Mapping[str, str]) -> Iterator[str]:
    """Yield the paths of ``texts`` that the others have not, or have otherwise."""
    for path, text in texts.items():
        row, _, name = path.rpartition("/")
        if name in _TIERS and path not in others and f"{row}/name" in others:
            continue
        if others.get(path) != text:
            yield path


def _marked(
    html: str, texts: Mapping[str, str], others: Mapping[str, str], kind: Kind, prefix: str
) -> SafeString:
    differing = set(_differing(texts, others))

    def place(match: re.Match) -> str:
        tag, attributes, path, _ = match.groups()
        if path not in differing:
            return match[0]
        content = _runs(texts[path], others.get(path, ""), kind)
        return f"<{tag}{attributes} data-differs>{content}</{tag}>"

    # Both stand on one page: every id of our markup gets the side's name before it.
    own = _PLACE.sub(place, html).replace(' id="', f' id="{prefix}')
    return mark_safe(own)  # noqa: S308 - our own markup, every text escaped


def _runs(text: str, other: str, kind: Kind) -> str:
    before, after = (text, other) if kind == Kind.DELETED else (other, text)
    pieces = (run for run in tracked(before, after) if run.kind in (Kind.SAME, kind))
    return "".join(_run(run.text, _TAGS.get(run.kind)) for run in pieces)


def _run(text: str, tag: str | None) -> str:
    escaped = conditional_escape(text)
    return f"<{tag}>{escaped}</{tag}>" if tag else escaped
