"""Template tags that tell, on every page, how much waits for who is signed in."""

from django import template
from django.urls import reverse

from indicators.queues import numbers_told

register = template.Library()


@register.simple_tag
def queue_numbers(user) -> dict[str, int]:
    """Return how many things are in a queue of ``user``, by its address, such as the rail shows."""
    return {reverse("queue", args=(name,)): number for name, number in numbers_told(user).items()}
