"""The form of signing in."""

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from departments.forms.fields import bare_helper
from departments.lockouts import is_locked_out, said_of


class LoginForm(AuthenticationForm):
    """Django's login form, its refusals in our words."""

    error_messages = {  # noqa: RUF012 - Django's own attribute
        "invalid_login": "用户名或密码不正确，核对后重新输入；忘记密码时联系系统管理员重设。",
        "inactive": "该用户已停用，需要恢复时联系系统管理员。",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "用户名"
        self.fields["password"].label = "密码"
        if self.data.get("username"):  # it stays as typed; what is typed again is the password
            self.fields["username"].widget.attrs.pop("autofocus", None)
            self.fields["password"].widget.attrs["autofocus"] = True
        self.helper = bare_helper(is_summed_up=False)

    def clean_username(self):
        username = self.cleaned_data["username"]
        if len(username) > self.fields["username"].max_length:  # nobody's, and too long to be counted
            raise self.get_invalid_login_error()
        return username

    def get_invalid_login_error(self):
        if is_locked_out(self.request):
            return ValidationError(said_of(self.request, self.cleaned_data["username"]), code="locked_out")
        return super().get_invalid_login_error()
