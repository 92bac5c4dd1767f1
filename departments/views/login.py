"""Signing in. The page keeps where the person wanted to go (``next``)."""

from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from departments.forms import LoginForm
from departments.lockouts import is_locked_out
from departments.permissions import reviews_somewhere
from departments.services.sessions import log_failed_login, log_lock_out, record_login, record_logout


class RecordedLogin(LoginView):
    """Django's login page; who got in is in the trail, who did not in the 安全日志."""

    form_class = LoginForm
    template_name = "departments/login.html"
    redirect_authenticated_user = True

    def get_redirect_url(self):
        """Return where the person wanted to go; to open the site by its bare address is no such wish."""
        wanted = super().get_redirect_url()
        return "" if wanted == reverse("home") else wanted

    def get_default_redirect_url(self):
        """Lead who reviews to what waits for them, everybody else to their departments."""
        if reviews_somewhere(self.request.user):
            return reverse("queue", args=("todo",))
        return super().get_default_redirect_url()

    def form_valid(self, form):
        response = super().form_valid(form)
        record_login(actor=self.request.user)
        return response

    def form_invalid(self, form):
        _log_failure(self.request, form)
        return super().form_invalid(form)


class RecordedLogout(LogoutView):
    """Django's way out, recorded."""

    def post(self, request, *args, **kwargs):
        user = request.user
        response = super().post(request, *args, **kwargs)
        if user.is_authenticated:
            record_logout(actor=user)
        return response


login = login_not_required(RecordedLogin.as_view())
logout = RecordedLogout.as_view()


@login_not_required
@require_POST
def renew_session(request: HttpRequest) -> JsonResponse:
    """Sign in again from a dialog over a page whose session ended, so that nothing typed there is lost.

    The page says whose it is: nobody else may take over what stands on it.
    """
    form = LoginForm(request, request.POST)
    if not form.is_valid():
        _log_failure(request, form)
        return JsonResponse({"problem": _first_problem(form)}, status=422)
    user = form.get_user()
    if str(user.pk) != request.headers.get("X-Signed-In-As"):
        problem = "本页由另一用户打开，只能以原用户名重新登录；换人填报的，退出后重新打开。"
        return JsonResponse({"problem": problem}, status=422)
    auth.login(request, user)
    record_login(actor=user)
    return JsonResponse({"user": user.username})


def _log_failure(request: HttpRequest, form: LoginForm) -> None:
    if username := request.POST.get("username", "").strip():
        log = log_lock_out if is_locked_out(request) else log_failed_login
        log(username=username, path=request.path, detail=_first_problem(form))


def _first_problem(form: LoginForm) -> str:
    return next(message for messages in form.errors.values() for message in messages)
