"""Where a request came from, for the trail, and what was refused to it, for the 安全日志."""

import logging

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError

from trail.models import SecurityEvent
from trail.services import Refusal, log_refusal, noted_refusals, remote_address

_FORBIDDEN = 403
logger = logging.getLogger(__name__)


def remember_address(get_response):
    """Let ``record()`` know the client's address while a request is answered.

    REMOTE_ADDR only: anybody can send a forwarded header. Behind a proxy this is the proxy's address, unless
    the server in front of Django is told by the proxy itself (gunicorn: ``proxy_protocol``).
    """

    def middleware(request):
        token = remote_address.set(request.META.get("REMOTE_ADDR", ""))
        try:
            return get_response(request)
        finally:
            remote_address.reset(token)

    return middleware


class RefusalMiddleware:
    """Enter into the 安全日志 what a signed-in person was refused: pages (403), and acts a service noted.

    It writes when the answer is made and the refused transaction is over. A form whose token has expired is
    403 too and no attempt: the check of tokens answers before any view is reached.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = noted_refusals.set([])
        try:
            response = self.get_response(request)
            refusals = [*noted_refusals.get()]
        finally:
            noted_refusals.reset(token)
        is_denied = response.status_code == _FORBIDDEN and getattr(request, "reached_view", False)
        if is_denied and not refusals:
            refusals = [Refusal(SecurityEvent.Sort.DENIED, getattr(request, "denial", ""))]
        if refusals and request.user.is_authenticated:
            _log(request, refusals)
        return response

    def process_view(self, request, view_func, view_args, view_kwargs):
        request.reached_view = True

    def process_exception(self, request, exception):
        if isinstance(exception, PermissionDenied):
            request.denial = str(exception)


def _log(request, refusals):
    for refusal in refusals:
        try:
            log_refusal(
                sort=refusal.sort,
                actor=request.user,
                method=request.method,
                path=request.path,
                detail=refusal.detail,
            )
        except DatabaseError:  # the answer stands, whatever becomes of the log
            logger.exception("The security log could not be written.")
