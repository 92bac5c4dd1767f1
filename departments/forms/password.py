"""The form in which a person changes the own password."""

from crispy_forms.layout import Div, Layout
from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest

from departments.forms.people import PasswordForm
from departments.lockouts import is_locked_out, said_of


class OwnPasswordForm(PasswordForm):
    """The old password and the new one, twice; wrong old ones are counted as at signing in."""

    old = forms.CharField(
        label="原密码",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
        error_messages={"required": "没有填写原密码，填写后再保存。"},
    )
    field_order = ("old", "password", "again")

    def __init__(self, request: HttpRequest):
        super().__init__(request.POST if request.method == "POST" else None, user=request.user)
        self.request = request
        self.fields["password"].label = "新密码"
        self.fields["password"].error_messages["required"] = "没有填写新密码，填写后再保存。"
        self.fields["again"].label = "再输一遍新密码"
        self.fields["again"].error_messages["required"] = "没有再输一遍新密码，填写后再保存。"
        self.helper.layout = Layout(
            Div("old", Div(), css_class="fields"), Div("password", "again", css_class="fields")
        )

    def clean_old(self):
        username, old = self.user.username, self.cleaned_data["old"]
        if authenticate(self.request, username=username, password=old) is None:
            locked = said_of(self.request, username) if is_locked_out(self.request) else ""
            raise forms.ValidationError(locked or "原密码不正确，重新输入；忘记时由管理员重设。")
        return old
