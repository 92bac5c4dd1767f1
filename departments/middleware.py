"""What stands around every answer: who is not signed in gets no further; what a page of ours may do."""

from csp.middleware import CSPMiddleware
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from departments.idle import note_act, seconds_left
from departments.passwords import reason_to_change
from departments.services.sessions import end_idle_session

# Nothing here takes a picture, hears or looks for a place: no script may either.
_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope"),
        *("magnetometer", "microphone", "midi", "payment", "usb"),
    )
)
_CHANGE_FIRST = "须先修改密码，本次操作没有办理。在另一个窗口打开“修改密码”页，改好后再试。"


class ContentPolicyMiddleware(CSPMiddleware):
    """Tell browsers what a page of ours may do: settings.CONTENT_SECURITY_POLICY, Permissions-Policy.

    A PDF gets no content policy: browsers show it in a page of their own, which the policy would stop.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response.setdefault("Permissions-Policy", _PERMISSIONS)
        if response.get("Content-Type") == "application/pdf":
            return response
        return super().process_response(request, response)


class IdleMiddleware:
    """End a session in which nobody has acted for settings.IDLE_SECONDS; any request is an act.

    But for what scripts ask by themselves, which they say: who else is here, whether the session still holds.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func, view_args, view_kwargs):
        if not getattr(view_func, "login_required", True) or SESSION_KEY not in request.session:
            return
        if not seconds_left(request.session):
            end_idle_session(request=request)
        elif "X-Background" not in request.headers:
            note_act(request.session)


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


class PasswordMiddleware:
    """Lead whoever must change the password there, from every page, until it is done; out is always open."""

    OPEN = frozenset({"change-password", "logout", "session"})

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func, view_args, view_kwargs):
        is_open = not getattr(view_func, "login_required", True)
        if is_open or request.resolver_match.url_name in self.OPEN or not reason_to_change(request.user):
            return None
        if is_from_script(request):
            return JsonResponse({"problem": _CHANGE_FIRST}, status=403)
        wanted = {"next": request.get_full_path()} if request.method == "GET" else {}
        return redirect(f"{reverse('change-password')}?{urlencode(wanted)}".rstrip("?"))


def is_from_script(request: HttpRequest) -> bool:
    """True for a request of our own scripts (static/js/editor/requests.js): it wants data, not a page."""
    return "application/json" in request.headers.get("Accept", "") or (
        request.headers.get("X-Requested-With") == "fetch"
    )
