"""批注 as they stand beside a paper: each with the cell it is about and what became of its text."""

from collections.abc import Mapping
from dataclasses import dataclass

from indicators.layout.tracked import first_within
from indicators.reviewed import Reviewed, filed_of
from indicators.views.marking import cell_id
from workflow.comments import Thread, Voice, threads_of, voice_of
from workflow.models import Comment

_CHANGED = "原文已修改"
_GONE = "该行已删除"


@dataclass(frozen=True, slots=True)
class Remark:
    """A thread beside its paper: ``anchor`` is the id of its cell, ``standing`` what became of its place."""

    thread: Thread
    anchor: str
    standing: str

    @property
    def comment(self) -> Comment:
        return self.thread.comment


@dataclass(frozen=True, slots=True)
class Remarks:
    """All 批注 on a document; ``may_answer`` is False for who reads only."""

    threads: tuple[Remark, ...]
    may_answer: bool

    @property
    def number_open(self) -> int:
        return sum(remark.thread.is_open for remark in self.threads)

    @property
    def number_blocking(self) -> int:
        return sum(remark.thread.blocks for remark in self.threads)


def remarks_of(reviewed: Reviewed, voice: Voice, texts: Mapping[str, str]) -> Remarks:
    """Return the 批注 on a document; ``texts`` is what is printed at each path now."""
    threads = threads_of(filed_of(reviewed), voice)
    return Remarks(tuple(_remark(thread, texts) for thread in threads), bool(voice))


def remarks_for(user, reviewed: Reviewed, texts: Mapping[str, str]) -> Remarks:
    """Return the 批注 as ``user`` sees them on a page that is not the review's."""
    return remarks_of(reviewed, voice_of(user, filed_of(reviewed)), texts)


def text_at(texts: Mapping[str, str], path: str) -> str | None:
    """Return what a field says, or a row with all its fields; None for what is not there (any more)."""
    if path in texts:
        return texts[path]
    parts = [text for each, text in texts.items() if path and each.startswith(f"{path}/")]
    return " ".join(filter(None, parts)) if parts else None


def _remark(thread: Thread, texts: Mapping[str, str]) -> Remark:
    path = thread.comment.path
    if not path:
        return Remark(thread, "", "")
    now = text_at(texts, path)
    if now is None:
        return Remark(thread, "", _GONE)
    cell = cell_id(first_within(texts, path))
    return Remark(thread, cell, "" if now == thread.comment.quote else _CHANGED)
