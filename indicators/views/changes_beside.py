"""What a preparer changed since something was approved, or sent back: beside the paper of its editor (原值).

A script takes the list as it stands in the margin, marks the cells, and shows beside the one in focus what it
held.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from indicators.document import Booklet, TargetTable
from indicators.forms.row_acts import plain_rows
from indicators.layout.tracked import runs_html
from indicators.review_papers import ADDED, REMOVED, ChangeLine, ReviewPaper, paper_since, seen_before
from indicators.reviewed import Reviewed
from indicators.tracked_changes import Kind
from indicators.versions import SETTLING, document_of
from indicators.views.marking import cell_id
from workflow.models import Version

_AROUND = 12  # characters
_KEPT = '{}<span class="kept"><span>{}</span></span>{}'


@dataclass(frozen=True, slots=True)
class ChangeBeside:
    """One line of the list. ``cell`` is the path of the control that bears the mark, '' where none does.

    ``name`` says what it held (原值), or 新增 of a row or a part of a text; ``removed`` is a removed row as
    it is put back.
    """

    line: ChangeLine
    cell: str
    name: str
    removed: str

    @property
    def anchor(self) -> str:
        return cell_id(self.cell) if self.cell else ""

    @property
    def is_added(self) -> bool:
        return self.line.what == ADDED

    @property
    def text(self) -> SafeString:
        """Return the runs as HTML; what a list may leave out of a long text stands in ``kept``."""
        last = len(self.line.runs) - 1
        pieces = (
            _same(run.text, place > 0, place < last) if run.kind == Kind.SAME else runs_html((run,))
            for place, run in enumerate(self.line.runs)
        )
        return format_html_join("", "{}", ((piece,) for piece in pieces))


@dataclass(frozen=True, slots=True)
class ChangesBeside:
    """All that changed since ``since``; ``is_adjustment`` where that is what was approved before."""

    since: Version
    is_adjustment: bool
    lines: tuple[ChangeBeside, ...]


def changes_beside(reviewed: Reviewed, document: TargetTable | Booklet) -> ChangesBeside | None:
    """Return what ``document`` changes; None where nobody has decided on an earlier version."""
    since = seen_before(reviewed) if reviewed.is_editable else None
    if since is None:
        return None
    is_adjustment = since.act in SETTLING
    paper, name = paper_since(since, reviewed, document), "原值" if is_adjustment else "退回时"
    is_table = isinstance(document, TargetTable)
    old = document_of(since)
    lines = _lines(paper.changes, old, name) if is_table else _text_lines(paper, name, old, document)
    return ChangesBeside(since, is_adjustment, tuple(lines))


def _text_lines(paper: ReviewPaper, name: str, old: Booklet, new: Booklet) -> Iterator[ChangeBeside]:
    """Yield the changes of a department's text; what was removed from it has no control any more."""
    added = _parts_of(new) - _parts_of(old)
    for line in paper.changes:
        if line.path not in paper.texts:
            yield ChangeBeside(line, "", "", "")
        elif added.isdisjoint(line.path.split("/")):
            yield ChangeBeside(line, line.path, name, "")
        else:
            yield ChangeBeside(replace(line, what=ADDED), line.path, "新增的内容", "")


def _parts_of(text: Booklet) -> set[str]:
    """Return the uids of all that a department's text is made of."""
    parts = (*text.overall_goals, *text.sub_goals, *text.safeguards)
    return {part.uid for part in (*parts, *(item for section in text.safeguards for item in section.items))}


def _same(text: str, is_behind: bool, is_before: bool) -> SafeString:
    """Return what did not change, as much as a reader needs beside what did."""
    start, end = _AROUND * is_behind, len(text) - _AROUND * is_before
    if end - start <= _AROUND:
        return format_html("{}", text)
    return format_html(_KEPT, text[:start], text[start:end], text[end:])


def _lines(changes: list[ChangeLine], old: TargetTable, name: str) -> Iterator[ChangeBeside]:
    rows = {f"indicators/{row['uid']}": row for row in plain_rows(old)}
    for line in changes:
        is_row = line.path.startswith("indicators/") and line.path.count("/") == 1
        cell = f"{line.path}/name" if is_row else line.path
        if line.what == REMOVED:
            yield ChangeBeside(line, "", "", json.dumps(rows[line.path], ensure_ascii=False))
        elif line.what == ADDED:
            yield ChangeBeside(line, cell, "新增的行", "")
        else:
            tier = line.place.partition(" ")[2] if is_row else ""
            yield ChangeBeside(line, cell, f"{tier}{name}", "")
