"""Where a request came from, for the trail."""

from trail.services import remote_address


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
