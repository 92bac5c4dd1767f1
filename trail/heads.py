"""The head of a day: the last entry's number and hash, to be printed, signed and filed, and checked later."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from trail.models import Entry
from trail.search import midnight


@dataclass(frozen=True, slots=True)
class DayHead:
    """Where the chain stood at the end of a day: its last entry, and how many were written that day."""

    day: str
    sequence: int
    hash: str
    at: str
    entries: int

    @property
    def moment(self) -> datetime:
        """Return the time of the last entry."""
        return datetime.fromisoformat(self.at)


class HeadError(ValueError):
    """A file is no head of a day; the message is a Chinese sentence."""


def head_of(day: date) -> DayHead | None:
    """Return the head at the end of a day; None where the trail had no entry by then."""
    end = midnight(day + timedelta(days=1))
    last = Entry.objects.filter(at__lt=end).order_by("-at", "-sequence").first()
    if last is None:
        return None
    written = Entry.objects.filter(at__gte=midnight(day), at__lt=end).count()
    at = timezone.localtime(last.at).isoformat(timespec="seconds")
    return DayHead(day.isoformat(), last.sequence, last.hash, at, written)


def head_json(head: DayHead) -> str:
    """Return a head as the JSON that ``read_head`` reads."""
    return json.dumps(asdict(head), ensure_ascii=False, indent=2) + "\n"


def read_head(text: str) -> DayHead:
    """Read an exported head. Raises HeadError."""
    try:
        plain: Any = json.loads(text)
        head = DayHead(**plain)
    except (ValueError, TypeError) as error:
        raise HeadError("不是导出的日志末条：应为本系统导出的JSON文件。") from error
    if type(head.sequence) is not int or not isinstance(head.hash, str):
        raise HeadError("不是导出的日志末条：序号或校验值无法识别。")
    return head


def head_problems(head: DayHead) -> list[str]:
    """Return what is wrong with the chain as a filed head knows it: one sentence, or none."""
    entry = Entry.objects.filter(sequence=head.sequence).first()
    if entry is None:
        return [f"存档的{head.day}末条为第{head.sequence}条，日志中没有：日志被截断，或者换成了旧的备份。"]
    if entry.hash != head.hash:
        return [f"第{head.sequence}条的校验值与存档的{head.day}末条不符：日志曾被截断后重写，或者被改动。"]
    return []
