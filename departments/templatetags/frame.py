"""Template tags of the frame around every page: who is signed in, and where they can go."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django import template
from django.conf import settings
from django.urls import reverse

from departments.idle import seconds_left
from departments.models import Membership, Role
from departments.permissions import ACROSS_ROLES, IMPORTING_ROLES

register = template.Library()
MOST_ENTRIES = 7  # of the rail; whoever has many roles finds the rest under 更多


@dataclass(frozen=True, slots=True)
class RailEntry:
    """A page of the left rail; what lies below its address belongs to it, all other pages to 我的部门.

    ``number`` says how much waits there, 0 where nothing does or nobody told.
    """

    title: str
    address: str
    is_here: bool
    number: int = 0


@register.simple_tag
def roles_of(user) -> str:
    """Return the roles ``user`` has, in the order of Role, and whom he stands in for: 填报人、代李国强."""
    held = set(Membership.objects.held_by(user).values_list("user", "user__full_name", "role"))
    own = {role for holder, _, role in held if holder == user.pk}
    others = sorted({name for holder, name, _ in held if holder != user.pk})
    roles = (role.label for role in Role if role.value in own)
    return "、".join((*roles, *(f"代{name}" for name in others)))


@register.inclusion_tag("departments/_idle.html", takes_context=True)
def idle_dialogs(context):
    """Draw what is opened before and after the session ends, with the seconds that are left."""
    request = context["request"]
    left = seconds_left(request.session)
    return {"user": request.user, "left": left, "warning": settings.IDLE_WARNING_SECONDS}


@register.inclusion_tag("_rail.html", takes_context=True)
def rail(context, numbers: Mapping[str, int] | None = None):
    """Draw the left rail: only what this person can open; ``numbers`` of what waits are by address."""
    request = context["request"]
    held = set(Membership.objects.held_by(request.user).values_list("role", flat=True))
    pages = [(title, reverse(name, args=args)) for title, name, *args in _pages(held)]
    here = _here(request.path, [address for _, address in pages])
    waiting = numbers or {}
    entries = [
        RailEntry(title, address, address == here, waiting.get(address, 0)) for title, address in pages
    ]
    shown = MOST_ENTRIES if len(entries) <= MOST_ENTRIES else MOST_ENTRIES - 1
    folded = entries[shown:]
    return {
        "entries": entries[:shown],
        "folded": folded,
        "is_open": any(entry.is_here for entry in folded),
    }


def _pages(held: set[str]) -> Iterator[tuple[str, ...]]:
    """Yield title, name of the address and its arguments of every page these roles can open, in order."""
    across, imports = bool(held & ACROSS_ROLES), bool(held & IMPORTING_ROLES)
    administers, reviews = Role.ADMINISTRATOR in held, bool(held & set(Role.REVIEWING))
    reads_trail = bool(held & {Role.AUDITOR, Role.AUDIT_ADMINISTRATOR})
    if reviews:
        yield "待我审核", "queue", "todo"
    yield "我的部门", "home"
    if Role.PREPARER in held:
        yield "被退回", "queue", "returned"
    if reviews or across or administers:
        yield "进度", "newest-progress"
    if Role.FINANCE in held:
        yield "批复", "approvals"
    if reads_trail:
        if across:
            yield "查询", "audit-search"
        yield from (("操作日志", "trail-search"), ("核验", "trail-head"))
    if imports:
        yield "导入项目清单", "project-list"
    if across or imports or administers:
        yield from (("审核提示清单", "findings"), ("指标库", "library"))
    if across and not reads_trail:
        yield "查询", "audit-search"
    if across:
        yield "规则", "rules"
    if across or imports or administers:
        yield "回填导出", "backfill"
    if Role.PREPARER in held:
        yield "消息", "notifications"
    if Role.SECURITY in held and not reads_trail:
        yield "安全日志", "security-log"
    if administers:
        yield "部门", "departments"
    if administers or Role.SECURITY in held:
        yield "用户", "users"


def _here(path: str, addresses: Sequence[str]) -> str:
    """Return which of the addresses a page belongs to; 我的部门 has what belongs to no other."""
    home = reverse("home")
    own = [address for address in addresses if address != home and path.startswith(address)]
    if own:
        return own[0]
    begins = next((begin for part, begin in _ELSEWHERE if part in path), None)
    return next((each for each in addresses if begins and each.startswith(begins)), home)


# Pages that do not lie below the entry they belong to: a part of their address, how the entry's begins.
_ELSEWHERE = (
    *(("/queues/", "/queues/"), ("/review/", "/queues/"), ("/progress/", "/progress/")),
    *(("/approve/", "/approvals/"), ("/security-log/", "/trail/")),
)
