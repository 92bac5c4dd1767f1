"""Who is not signed in gets no further: a page leads to the login, a script is told so."""

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, JsonResponse


class SignedInMiddleware(LoginRequiredMiddleware):
    """Django's, but for requests of scripts: a redirect would hand them the login page as their answer."""

    def handle_no_permission(self, request: HttpRequest, view_func):
        if is_from_script(request):
            return JsonResponse({"expired": True}, status=401)
        return super().handle_no_permission(request, view_func)


def is_from_script(request: HttpRequest) -> bool:
    """True for a request of our own scripts (static/js/editor/requests.js): it wants data, not a page."""
    return "application/json" in request.headers.get("Accept", "") or (
        request.headers.get("X-Requested-With") == "fetch"
    )
