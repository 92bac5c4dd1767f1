"""Who has a table, or a department's text, open.

A courtesy to people and never a lock; no act, so nothing enters the trail.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from indicators.models import Presence
from indicators.reviewed import Reviewed, owner_of

SEEN_FOR = timedelta(seconds=60)  # after the last heartbeat; the page sends one every 20 seconds
_KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else who is editing the same, and since when."""

    name: str
    since: datetime


@transaction.atomic
def be_present(*, reviewed: Reviewed, actor) -> list[Other]:
    """Note that ``actor`` is editing a table, or a department's text, now, and return who else is."""
    owner, now = owner_of(reviewed), timezone.now()
    Presence.objects.filter(seen_at__lt=now - _KEPT_FOR).delete()
    present = {
        presence.user_id: presence
        for presence in Presence.objects.filter(**owner, seen_at__gte=now - SEEN_FOR).select_related("user")
    }
    mine = present.pop(actor.pk, None)
    Presence.objects.update_or_create(
        **owner, user=actor, defaults={"seen_at": now, "since": mine.since if mine else now}
    )
    others = sorted(present.values(), key=lambda presence: presence.since)
    return [Other(str(presence.user), presence.since) for presence in others]
