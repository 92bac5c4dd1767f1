"""修改密码: everybody's own, and the page where whoever must change it is led."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from departments.forms.fields import refused
from departments.forms.password import OwnPasswordForm
from departments.lockouts import is_locked_out
from departments.passwords import reason_to_change
from departments.services import change_own_password
from departments.services.sessions import log_failed_login, log_lock_out


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Change the own password; this browser stays signed in, every other one is signed out."""
    form = OwnPasswordForm(request)
    if form.is_valid():
        changed = change_own_password(password=form.cleaned_data["password"], actor=request.user)
        update_session_auth_hash(request, changed)
        messages.success(request, "已修改密码，在其他地方的登录随即失效。")
        return redirect(_wanted(request))
    _log_wrong_password(request, form)
    context = {
        "form": form,
        "forms": refused([form]),
        "reason": reason_to_change(request.user),
        "days": settings.PASSWORD_DAYS,
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    return render(request, "departments/change_password.html", context, status=422 if form.is_bound else 200)


def _wanted(request: HttpRequest) -> str:
    """Return where the person was going before being led here."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)


def _log_wrong_password(request: HttpRequest, form: OwnPasswordForm) -> None:
    if "old" in form.errors and form.data.get("old"):
        log = log_lock_out if is_locked_out(request) else log_failed_login
        log(username=request.user.username, path=request.path, detail=form.errors["old"][0])
