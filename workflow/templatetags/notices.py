"""Template tags of messages: how many are unread, on every page."""

from django import template

from workflow.models import Notification

register = template.Library()
MOST_SHOWN = 99


@register.simple_tag
def unread_of(user) -> str:
    """Return how many messages ``user`` has not read, "" for none, 99+ for more than fit; one query."""
    unread = Notification.objects.filter(recipient=user.pk, read_at=None).order_by()[: MOST_SHOWN + 1].count()
    if unread > MOST_SHOWN:
        return f"{MOST_SHOWN}+"
    return str(unread) if unread else ""
