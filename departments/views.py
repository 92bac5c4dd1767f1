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
    """Sign in again from a dialog over a page whose session ended, so that nothing typed there is lost."""
    form = LoginForm(request, request.POST)
    if not form.is_valid():
        problem = next(message for messages in form.errors.values() for message in messages)
        return JsonResponse({"problem": problem}, status=422)
    auth.login(request, form.get_user())
    return JsonResponse({"user": form.get_user().username})
