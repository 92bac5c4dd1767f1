"""Telling people what they should know (消息)."""

from collections.abc import Iterable

from django.utils import timezone

from departments.models import User
from workflow.models import Notification


def notify(
    *, recipients: Iterable[User], sort: Notification.Sort, text: str, address: str = "", key: str = ""
) -> None:
    """Leave a message for each of the people, inside the caller's transaction.

    ``address`` is the page it is about, a path of this site. With ``key`` a person gets it once only.
    """
    now = timezone.now()
    Notification.objects.bulk_create(
        (
            Notification(recipient=user, sort=sort, text=text, address=address, key=key, created_at=now)
            for user in recipients
        ),
        ignore_conflicts=True,
    )
