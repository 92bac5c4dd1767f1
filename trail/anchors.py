"""The anchor file: the head after every entry, kept outside the database, so that a truncated trail shows.

Whoever can write to the database can cut off the newest entries and set the head back, and what is left is a
whole chain. Only what the database cannot reach tells: this file, best on another disk or machine and
append-only (``chattr +a``). Its lines need no seal: without the key a hash is as hard to forge here as there.
"""

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

_LINE = re.compile(r"(\d{1,18}) ([0-9a-f]{64}) \S+")


class Anchor(NamedTuple):
    """A line of the file; sequence and hash are None where it cannot be read."""

    line: int
    text: str
    sequence: int | None
    hash: str | None


def anchor_file() -> Path | None:
    """Return settings.TRAIL_ANCHOR_FILE, by default in var/; None where a site turned it off."""
    configured = getattr(settings, "TRAIL_ANCHOR_FILE", settings.VAR_DIR / "trail-anchors.log")
    return Path(configured) if configured else None


def append_anchor(sequence: int, hash: str, at: datetime.datetime) -> None:
    """Append “sequence hash time” to the anchor file, in one write, so that processes do not mix lines."""
    if path := anchor_file():
        with path.open("a", encoding="ascii") as file:
            file.write(f"{sequence} {hash} {at.isoformat()}\n")


def read_anchors() -> Iterator[Anchor]:
    """Yield the lines of the anchor file; nothing where there is none."""
    path = anchor_file()
    if not path or not path.exists():
        return
    with path.open(encoding="ascii", errors="backslashreplace") as file:
        for number, text in enumerate(file, start=1):
            match = _LINE.fullmatch(text.rstrip("\n"))
            sequence, hash_ = (int(match[1]), match[2]) if match else (None, None)
            yield Anchor(number, text.strip(), sequence, hash_)
