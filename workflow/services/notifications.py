"""Telling people what they should know (消息), and what they do with it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from departments.models import User
from workflow.models import Notification


@dataclass(frozen=True, slots=True)
class Message:
    """What one person is told; ``address`` is the page it is about, a path of this site.

    Of those with the same ``key`` a person gets one.
    """

    recipient: int
    sort: Notification.Sort
    text: str
    address: str = ""
    key: str = ""


def notify(
    *, recipients: Iterable[User], sort: Notification.Sort, text: str, address: str = "", key: str = ""
) -> None:
    """Leave the same message for each of the people, inside the caller's transaction."""
    leave_messages(Message(user.pk, sort, text, address, key) for user in recipients)


def leave_messages(messages: Iterable[Message]) -> None:
    """Leave each message for its person, inside the caller's transaction; one query."""
    now = timezone.now()
    Notification.objects.bulk_create(
        (
            Notification(
                recipient_id=message.recipient,
                sort=message.sort,
                text=message.text,
                address=message.address,
                key=message.key,
                created_at=now,
            )
            for message in messages
        ),
        ignore_conflicts=True,
    )


def notify_joined(
    *,
    recipients: Iterable[User],
    sort: Notification.Sort,
    text: str,
    joined: Callable[[int], str],
    group: str,
    address: str = "",
) -> None:
    """Leave a message, or have the unread one of the same ``group`` say ``joined(number)`` instead.

    Who comes back to ten remarks on one table finds one message of ten. It leads where the first of them
    led. What was read stays as it was read, and the next message counts from one again.
    """
    people = list(recipients)
    unread = Notification.objects.filter(recipient__in=people, read_at=None, key__startswith=f"{group}:")
    waiting = {each.recipient_id: each for each in unread}
    for user in people:
        if not _join(waiting.get(user.pk), joined, group):
            notify(recipients=[user], sort=sort, text=text, address=address, key=_key(group, 1))


def _join(waiting: Notification | None, joined: Callable[[int], str], group: str) -> bool:
    """Count one more in an unread message; False where there is none, or it was read or counted just now."""
    if waiting is None:
        return False
    number = int(waiting.key.split(":")[-2]) + 1
    same = Notification.objects.filter(pk=waiting.pk, key=waiting.key, read_at=None)
    return bool(same.update(text=joined(number), key=_key(group, number), created_at=timezone.now()))


def _key(group: str, number: int) -> str:
    return f"{group}:{number}:{uuid4().hex}"


@transaction.atomic
def mark_read(*, actor, notification: Notification | None = None) -> int:
    """Mark one message of ``actor``'s, or all of them, as read and return how many were not.

    Reading one's own messages is nothing that happened to what is filed: it does not enter the trail.
    """
    unread = Notification.objects.filter(recipient=actor.pk, read_at=None)
    if notification is not None:
        unread = unread.filter(pk=notification.pk)
    return unread.update(read_at=timezone.now())


def mark_done(*, pages: Iterable[str], queue: str, actor) -> None:
    """Mark as read what waits: at ``pages`` for anybody, and what leads ``actor``, who acts, to ``queue``.

    Goes into the transaction of the act, before the next level is told of the same pages.
    """
    done = Q(address__in=list(pages)) | Q(address=queue, recipient=actor)
    waiting = Notification.objects.filter(done, sort=Notification.Sort.WAITING, read_at=None)
    waiting.update(read_at=timezone.now())
