"""``record()``: the only way into the trail. Callers write ``from trail.services import record``."""

import re
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import timedelta
from typing import NamedTuple, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from trail.anchors import append_anchor
from trail.chain import seal
from trail.models import Entry, Head, SecurityEvent

WITHOUT_USER = "系统"  # the actor's name for commands that nobody signed in for
remote_address: ContextVar[str] = ContextVar("remote_address", default="")


class Refusal(NamedTuple):
    """An act somebody tried and may not do: a SecurityEvent.Sort, and the sentence they were told."""

    sort: str
    detail: str


noted_refusals: ContextVar[list[Refusal] | None] = ContextVar("noted_refusals", default=None)

ONCE_A_MINUTE = timedelta(minutes=1)
MOST_A_MINUTE = 100  # refusals of one person, or of strangers, at one address: nothing takes rows out again

_LONGEST_NAME, _LONGEST_METHOD, _LONGEST_PATH, _LONGEST_DETAIL = 150, 10, 500, 500
_ADVISORY_LOCK = int.from_bytes(b"trail")
# PostgreSQL stores neither NUL nor half a surrogate pair; SQLite would keep the one and refuse the other.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


class FieldChange(Protocol):
    """What an entry keeps of one changed field; indicators.document.Change is one."""

    path: str
    place: str
    before: str
    after: str


def record(
    *,
    actor,
    action: str,
    kind: str,
    object_id: str | int,
    label: str,
    changes: Iterable[FieldChange] = (),
    department_code: str = "",
    reason: str = "",
    batch: str = "",
    capacity: str = "",
    principal=None,
) -> Entry:
    """Append one entry to the trail, inside the caller's transaction and as its last act.

    From here to the end of the transaction every other writer of the trail waits. A service that records more
    than one entry therefore writes all its rows first: rows locked after this can deadlock on PostgreSQL.
    ``actor`` is None in a command that nobody signed in for; ``label`` says in Chinese what it is about.
    ``capacity`` is the role the act was done in, ``principal`` whom the actor stood in for.
    Text is stored as given, but for what no database stores (NUL, lone surrogates), which becomes U+FFFD.
    Raises TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("record() must run in the transaction it reports on.")
    head = _lock_head()
    entry = Entry(
        sequence=head.sequence + 1,
        at=timezone.now(),
        actor=actor,
        actor_name=_storable(named(actor, principal)),
        capacity=_storable(capacity),
        action=action,
        kind=kind,
        object_id=_storable(str(object_id)),
        label=_storable(label),
        department_code=_storable(department_code),
        changes=[_plain(change) for change in changes],
        reason=_storable(reason),
        batch=batch,
        address=remote_address.get(),
        previous_hash=head.hash,
    )
    _append(entry)
    return entry


def named(actor, principal=None) -> str:
    """Return who acted, as it is printed: 甲, or 甲（代乙） of a deputy."""
    name = str(actor or WITHOUT_USER)
    return f"{name}（代{principal}）" if principal else name


def _append(entry: Entry) -> None:
    entry.hash = seal(entry, settings.TRAIL_KEY)
    entry.save(force_insert=True)
    Head.objects.update(sequence=entry.sequence, hash=entry.hash)
    # Robust: what is committed stands, and a full disk must not turn the answer into an error.
    transaction.on_commit(lambda: append_anchor(entry.sequence, entry.hash, entry.at), robust=True)


def _lock_head() -> Head:
    """Return the head with every other writer kept out until the transaction ends.

    On SQLite the transaction is IMMEDIATE (settings.py) and has kept them out since it began.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
    return Head.objects.get()


def _plain(change: FieldChange) -> dict[str, str]:
    return {name: _storable(getattr(change, name)) for name in ("path", "place", "before", "after")}


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)


def note_refusal(sort: str, detail: str) -> None:
    """Have a refused act entered into the 安全日志 once the request is answered.

    What is refused is rolled back, and a row written here would be too. Commands are nobody's attempts.
    """
    noted = noted_refusals.get()
    if noted is not None:
        noted.append(Refusal(sort, detail))


@transaction.atomic
def log_refusal(
    *,
    sort: str,
    actor=None,
    actor_name: str = "",
    method: str = "",
    path: str = "",
    detail: str = "",
) -> bool:
    """Enter a refused attempt into the 安全日志; the same person's on the same page once within a minute.

    Outside the trail: nobody can fill the chain by knocking, nor this log with ever other pages or names.
    Returns whether it was entered.
    """
    now = timezone.now()
    event = SecurityEvent(
        at=now,
        sort=sort,
        actor=actor,
        actor_name=_storable(actor_name or str(actor or ""))[:_LONGEST_NAME],
        method=method[:_LONGEST_METHOD],
        path=_storable(path)[:_LONGEST_PATH],
        detail=_storable(detail)[:_LONGEST_DETAIL],
        address=remote_address.get(),
    )
    recent = SecurityEvent.objects.filter(at__gt=now - ONCE_A_MINUTE, actor=actor, address=event.address)
    same = recent.filter(sort=sort, actor_name=event.actor_name, path=event.path)
    if same.exists() or recent.count() >= MOST_A_MINUTE:
        return False
    event.save(force_insert=True)
    return True
