"""Signing in. The page keeps where the person wanted to go (``next``)."""

from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from departments.forms import LoginForm

login = login_not_required(
    LoginView.as_view(
        form_class=LoginForm, template_name="departments/login.html", redirect_authenticated_user=True
    )
)


@login_not_required
@require_POST
def renew_session(request: HttpRequest) -> JsonResponse:
    """Sign in again from a dialog over a page whose session ended, so that nothing typed there is lost.

    The page says whose it is: nobody else may take over what stands on it.
    """
    form = LoginForm(request, request.POST)
    if not form.is_valid():
        problem = next(message for messages in form.errors.values() for message in messages)
        return JsonResponse({"problem": problem}, status=422)
    user = form.get_user()
    if str(user.pk) != request.headers.get("X-Signed-In-As"):
        problem = "本页由另一用户打开，只能以原用户名重新登录；换人填报的，退出后重新打开。"
        return JsonResponse({"problem": problem}, status=422)
    auth.login(request, user)
    return JsonResponse({"user": user.username})
