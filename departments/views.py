"""Signing in. The page keeps where the person wanted to go (``next``)."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView

from departments.forms import LoginForm

login = login_not_required(
    LoginView.as_view(
        form_class=LoginForm, template_name="departments/login.html", redirect_authenticated_user=True
    )
)
