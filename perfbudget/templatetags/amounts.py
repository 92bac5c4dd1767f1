"""Template filters for amounts and percentages; the formatting itself lives in perfbudget.lib."""

from django import template

from perfbudget.lib import money, ratios

register = template.Library()


@register.filter
def wan(yuan):
    """Print an amount of 元 in 万元 with thousands separators; blank stays blank."""
    return money.format_wan(yuan, grouped=True)


@register.filter
def percent(value):
    """Print 25 as 25%."""
    return ratios.format_percent(value)
