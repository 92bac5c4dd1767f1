"""Telling people what they should know (消息), and what they do with it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
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


@transaction.atomic
def mark_read(*, actor, notification: Notification | None = None) -> int:
    """Mark one message of ``actor``'s, or all of them, as read and return how many were not.

    Reading one's own messages is nothing that happened to what is filed: it does not enter the trail.
    """
    unread = Notification.objects.filter(recipient=actor.pk, read_at=None)
    if notification is not None:
        unread = unread.filter(pk=notification.pk)
    return unread.update(read_at=timezone.now())
