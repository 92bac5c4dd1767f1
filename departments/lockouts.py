"""Locking a username out at one address after too many wrong passwords (docs/decisions/0038, django-axes)."""

from datetime import datetime, timedelta

from axes.backends import AxesStandaloneBackend
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest
from django.utils import timezone


class LockOutBackend(AxesStandaloneBackend):
    """Keeps who is locked out from signing in; a command that asks for a password has no request."""

    def authenticate(self, request: HttpRequest | None, username=None, password=None, **kwargs):
        if request is None:
            return None
        return super().authenticate(request, username, password, **kwargs)


def is_locked_out(request: HttpRequest) -> bool:
    """True where this very attempt was refused, or led to the lock."""
    return bool(getattr(request, "axes_locked_out", False))


def locked_until(username: str, address: str = "") -> datetime | None:
    """Return until when a username is locked at an address, at whichever is last without one; None if not."""
    began = timezone.now() - settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(username=username, attempt_time__gt=began)
    if address:
        attempts = attempts.filter(ip_address=address)
    counted = attempts.order_by().values("ip_address")
    summed = counted.annotate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
    locked = summed.filter(failures__gte=settings.AXES_FAILURE_LIMIT).values_list("last", flat=True)
    return max(locked) + settings.AXES_COOLOFF_TIME if locked else None


def said_of(request: HttpRequest, username: str) -> str:
    """Return what who is locked out is told: for how long, and who can end it."""
    until = locked_until(username, request.META.get("REMOTE_ADDR", ""))
    left = until - timezone.now() if until else settings.AXES_COOLOFF_TIME
    minutes = max(1, -(-left // timedelta(minutes=1)))
    return (
        f"密码连续输错{settings.AXES_FAILURE_LIMIT}次，该用户名在此地址已锁定，{minutes}分钟后再试；"
        "急需登录的，由系统管理员或安全管理员解锁。"
    )
