"""Signing in and out, for the trail. Who does not get in is in the 安全日志 instead."""

from axes.utils import reset
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from departments.models import Role, User
from departments.permissions import role_acted_in
from departments.services.changes import FieldChange
from trail.models import SecurityEvent
from trail.services import log_refusal, record


@transaction.atomic
def record_login(*, actor: User) -> None:
    """Say in the trail that somebody signed in."""
    _record(actor, "login")


@transaction.atomic
def record_logout(*, actor: User) -> None:
    """Say in the trail that somebody signed out."""
    _record(actor, "logout")


@transaction.atomic
def end_idle_session(*, request: HttpRequest) -> None:
    """Sign out of a session that is over for want of an act; the trail has it when it is next asked for.

    A session nobody comes back to leaves nothing. Of two requests at once, one ends it and says so.
    """
    user = request.user
    is_first = bool(Session.objects.filter(pk=request.session.session_key).delete()[0])
    logout(request)
    if is_first and user.is_authenticated:
        _record(user, "idle_end")


def log_failed_login(*, username: str, path: str, detail: str) -> None:
    """Say in the security log that somebody tried to sign in; the password tried is kept nowhere."""
    log_refusal(
        sort=SecurityEvent.Sort.LOGIN_FAILED, actor_name=username, method="POST", path=path, detail=detail
    )


def log_lock_out(*, username: str, path: str, detail: str) -> None:
    """Say in the security log that somebody was locked out, or tried again meanwhile."""
    log_refusal(
        sort=SecurityEvent.Sort.LOCKED_OUT, actor_name=username, method="POST", path=path, detail=detail
    )


@transaction.atomic
def unlock_user(*, user: User, actor) -> bool:
    """Let a locked out person try again at every address; return whether any failure was counted."""
    is_counted = bool(reset(username=user.username))
    if is_counted:
        _record(
            user,
            "unlock",
            actor,
            changes=[FieldChange("lock", "登录", "已锁定或输错过密码", "可以登录")],
            capacity=role_acted_in(actor, Role.ADMINISTRATOR, Role.SECURITY),
        )
    return is_counted


def _record(user: User, action: str, actor: User | None = None, **entry) -> None:
    label = f"{user.full_name}（{user.username}）"
    record(actor=actor or user, action=action, kind="user", object_id=user.pk, label=label, **entry)
