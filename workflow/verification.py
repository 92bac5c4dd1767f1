"""Are the versions what ``move()`` stored? Each problem is one Chinese sentence that names the version."""

import datetime
import hashlib
import json
from collections.abc import Iterator

from trail.labels import kind_of
from trail.models import Entry
from trail.verification import readable_rows
from workflow.models import StoredDocument, Version
from workflow.transitions import ACTS

DIGEST = "version_digest"  # the path under which the entry of a move keeps the digest of its version
_MOST_NAMED = 3
_ACTS = {act.name: act.label for act in ACTS}
_COLUMNS = (
    *("kind", "object_id", "number", "revision", "act", "source", "target", "skipped", "document_id"),
    *("actor_id", "principal_id", "capacity", "reason", "batch"),
)
_UNRECORDED = "在操作日志中没有相符的登记：版本被改动、插入，或者登记它的日志被改动、删除。"


def digest_of(version: Version) -> str:
    """Return the SHA-256, in hexadecimal, over all columns of a version but its primary key."""
    content = {name: getattr(version, name) for name in _COLUMNS}
    content["at"] = version.at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def version_problems() -> Iterator[str]:
    """Hold every version against the entry of its move, and every stored document against its SHA-256.

    The entries are sealed (trail.chain), so what they say of a version is what was stored.
    """
    yield from _documents()
    yield from _versions(_recorded())


def _documents() -> Iterator[str]:
    for key, document in readable_rows(StoredDocument.objects.all()):
        if document is None or _sha256(document.text) != key:
            yield f"版本内容{key[:16]}的文字与SHA-256不符：被改动过（{_bearers(key)}）。"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _bearers(key: str) -> str:
    keys = Version.objects.filter(document=key).order_by("pk").values_list("pk", flat=True)[:_MOST_NAMED]
    return f"版本记录{'、'.join(map(str, keys))}" if keys else "没有版本引用"


def _recorded() -> dict[str, tuple[int, str]]:
    """Return sequence and name of the entry of every move, by the digest of its version."""
    recorded = {}
    for sequence, entry in readable_rows(Entry.objects.filter(action__in=_ACTS)):
        for change in entry.changes if entry else ():
            if change["path"] == DIGEST:
                recorded[change["after"]] = (sequence, f"“{entry.label}”{_ACTS[entry.action]}")
    return recorded


def _versions(recorded: dict[str, tuple[int, str]]) -> Iterator[str]:
    last: dict[tuple[str, int], int] = {}
    for key, version in readable_rows(Version.objects.all()):
        found = recorded.pop(digest_of(version), None) if version and version.at else None
        if found is None:
            yield f"{_named(key, version)}{_UNRECORDED}"
            continue
        subject = (version.kind, version.object_id)
        if found[0] < last.get(subject, 0):
            yield f"{_named(key, version)}的先后与操作日志第{found[0]}条不符：版本记录被调换过。"
        last[subject] = found[0]
    for sequence, name in sorted(recorded.values()):
        yield f"操作日志第{sequence}条登记的版本（{name}）不在版本记录中：被删除，或者被改动过。"


def _named(key: int, version: Version | None) -> str:
    if version is None:
        return f"版本记录{key}"
    act = _ACTS.get(version.act, version.act)
    return f"版本记录{key}（{kind_of(version.kind)}{version.object_id} 第{version.number}版 {act}）"
