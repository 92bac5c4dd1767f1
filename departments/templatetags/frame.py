"""Template tags of the frame around every page: who is signed in, and where they can go."""

from django import template

from departments.models import Role
from departments.permissions import sees_across_departments

register = template.Library()


@register.simple_tag
def roles_of(user) -> str:
    """Return the roles ``user`` has, in the order of Role, as text: 填报人、单位负责人."""
    held = set(user.memberships.values_list("role", flat=True))
    return "、".join(role.label for role in Role if role.value in held)


@register.inclusion_tag("_rail.html", takes_context=True)
def rail(context):
    """Draw the left rail: only what this person can open."""
    request = context["request"]
    return {
        "path": request.path,
        "sees_across": sees_across_departments(request.user),
    }
