"""What stands around every answer: who is not signed in gets no further; what a page of ours may do."""

from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse

# Nothing here takes a picture, hears or looks for a place: no script may either.
_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope"),
        *("magnetometer", "microphone", "midi", "payment", "usb"),
    )
)


class ContentPolicyMiddleware(CSPMiddleware):
    """Tell browsers what a page of ours may do: settings.CONTENT_SECURITY_POLICY, Permissions-Policy.

    A PDF gets no content policy: browsers show it in a page of their own, which the policy would stop.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response.setdefault("Permissions-Policy", _PERMISSIONS)
        if response.get("Content-Type") == "application/pdf":
            return response
        return super().process_response(request, response)


class SignedInMiddleware(LoginRequiredMiddleware):
    """Django's, but for requests of scripts: a redirect would hand them the login page as their answer.

    A script says whose page it runs on. Where somebody else has logged in meanwhile, in another tab of the
    same browser, it is told the same: what one person typed is never stored in another's name.
    """

    def process_view(self, request: HttpRequest, view_func, view_args, view_kwargs):
        if not getattr(view_func, "login_required", True):
            return None  # a public page never looks who is there: its answer is everybody's
        meant = request.headers.get("X-Signed-In-As")
        if meant and request.user.is_authenticated and meant != str(request.user.pk):
            return JsonResponse({"expired": True}, status=401)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func):
        if is_from_script(request):
            return JsonResponse({"expired": True}, status=401)
        return super().handle_no_permission(request, view_func)


def is_from_script(request: HttpRequest) -> bool:
    """True for a request of our own scripts (static/js/editor/requests.js): it wants data, not a page."""
    return "application/json" in request.headers.get("Accept", "") or (
        request.headers.get("X-Requested-With") == "fetch"
    )
