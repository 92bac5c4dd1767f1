"""When a session was last acted in, and when it is over for want of an act (docs/decisions/0038)."""

import math
import time

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

_ACTED_AT = "acted_at"  # seconds since the epoch
_SHARE = 30  # an act is noted where the last one noted is a thirtieth of the time old: one write a minute


def note_act(session: SessionBase, *, at_once: bool = False) -> None:
    """Keep a session alive; it is only written where the last act noted is some time ago, or ``at_once``."""
    now = time.time()
    if at_once or now - session.get(_ACTED_AT, 0) >= settings.IDLE_SECONDS / _SHARE:
        session[_ACTED_AT] = now


def seconds_left(session: SessionBase) -> int:
    """Return for how many seconds a session still holds without an act; 0 where it is over."""
    acted_at = session.get(_ACTED_AT, time.time())  # of before there was a limit
    return max(0, math.ceil(acted_at + settings.IDLE_SECONDS - time.time()))
