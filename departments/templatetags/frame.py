"""Template tags of the frame around every page: who is signed in, and where they can go."""

from dataclasses import dataclass

from django import template
from django.urls import reverse

from departments.models import Role
from departments.permissions import ACROSS_ROLES, IMPORTING_ROLES

register = template.Library()
MOST_ENTRIES = 7  # of the rail; whoever has many roles finds the rest under 更多


@dataclass(frozen=True, slots=True)
class RailEntry:
    """A page of the left rail; what lies below its address belongs to it, all other pages to the first."""

    title: str
    address: str
    is_here: bool


@register.simple_tag
def roles_of(user) -> str:
    """Return the roles ``user`` has, in the order of Role, as text: 填报人、单位负责人."""
    held = set(user.memberships.values_list("role", flat=True))
    return "、".join(role.label for role in Role if role.value in held)


@register.inclusion_tag("_rail.html", takes_context=True)
def rail(context):
    """Draw the left rail: only what this person can open."""
    request = context["request"]
    held = set(request.user.memberships.values_list("role", flat=True))
    across, imports = bool(held & ACROSS_ROLES), bool(held & IMPORTING_ROLES)
    administers = Role.ADMINISTRATOR in held
    named = [("我的部门", "home")]
    if imports:
        named.append(("导入项目清单", "project-list"))
    if across or imports or administers:
        named += [("审核提示清单", "findings"), ("指标库", "library")]
    if across:
        named += [("查询", "audit-search"), ("规则", "rules")]
    if across or imports or administers:
        named.append(("回填导出", "backfill"))
    if administers:
        named += [("部门", "departments"), ("用户", "users")]
    pages = [(title, reverse(name)) for title, name in named]
    home, *others = (address for _, address in pages)
    here = next((address for address in others if request.path.startswith(address)), home)
    entries = [RailEntry(title, address, address == here) for title, address in pages]
    shown = MOST_ENTRIES if len(entries) <= MOST_ENTRIES else MOST_ENTRIES - 1
    folded = entries[shown:]
    return {
        "entries": entries[:shown],
        "folded": folded,
        "is_open": any(entry.is_here for entry in folded),
    }
