"""Workbooks between preview and import: kept under the site's private files, for a day at most."""

import re
import time
import uuid
from pathlib import Path

from django.conf import settings

_TOKEN = re.compile(r"[0-9a-f]{32}")
_LONGEST = 24 * 60 * 60  # seconds


def keep_upload(data: bytes) -> str:
    """Keep a file and return the token it is asked for with; older ones are thrown away."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if time.time() - path.stat().st_mtime > _LONGEST:
            path.unlink(missing_ok=True)
    token = uuid.uuid4().hex
    (folder / token).write_bytes(data)
    return token


def kept_upload(token: str) -> bytes | None:
    """Return a kept file, None where there is none any more."""
    path = _folder() / token
    return path.read_bytes() if _TOKEN.fullmatch(token) and path.is_file() else None


def drop_upload(token: str) -> None:
    """Throw a kept file away."""
    if _TOKEN.fullmatch(token):
        (_folder() / token).unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "library-uploads"
