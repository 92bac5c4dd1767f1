"""Forms of the people: what their list is narrowed to, an account, a password, a role to grant."""

from crispy_forms.layout import Div, Layout
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db.models import Exists, OuterRef, Q

from departments.forms.fields import LineField, bare_helper, department_label, filter_choice, filter_text
from departments.models import MOST_FINANCE_STEPS, Department, Membership, Role, User

ALL_DEPARTMENTS = "all"
_NEW_PASSWORD = {"autocomplete": "new-password"}
_ACTIVE, _INACTIVE = "active", "inactive"
_NO_SUCH_DEPARTMENT = "所选部门不在管理范围内，从列表中选择。"


class UserFilterForm(forms.Form):
    """What the list of people is narrowed to, as the address states it."""

    q = filter_text("姓名或用户名")
    department = filter_choice("部门", "全部部门")
    role = filter_choice("角色", "全部角色", Role.choices)
    state = filter_choice("状态", "全部状态", [(_ACTIVE, "在用"), (_INACTIVE, "已停用")])

    def __init__(self, data, *, within):
        super().__init__(data)
        self.fields["department"].choices = [("", "全部部门"), *_department_choices(within)]

    def narrow(self, people):
        """Return the people that are asked for; after is_valid(). A 主管部门 includes its units."""
        cleaned = self.cleaned_data
        if text := cleaned["q"]:
            people = people.filter(Q(full_name__icontains=text) | Q(username__icontains=text))
        if cleaned["state"]:
            people = people.filter(is_active=cleaned["state"] == _ACTIVE)
        held = Membership.objects.filter(user=OuterRef("pk"))
        if cleaned["department"]:
            place = Q(department=cleaned["department"]) | Q(department__parent=cleaned["department"])
            held = held.filter(place)
        if cleaned["role"]:
            held = held.filter(role=cleaned["role"])
        return people.filter(Exists(held)) if cleaned["department"] or cleaned["role"] else people

    @property
    def narrows(self) -> bool:
        return any(self.data.get(name) for name in self.fields)


class NewAccountForm(forms.Form):
    """Under which name a person signs in, and how the person is named and reached."""

    username = LineField(
        label="用户名",
        most=150,
        help_text="登录时使用。",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    full_name = LineField(label="姓名", most=50, help_text="打印在表上，并记入操作日志。")
    office_phone = LineField(label="办公电话", most=30, required=False)
    layout = (Div("username", "full_name", "office_phone", css_class="fields"),)

    def __init__(self, data=None, *, user: User | None = None):
        initial = {name: getattr(user, name) for name in self.base_fields} if user else None
        super().__init__(data, initial=initial)
        self.user = user
        self.helper = bare_helper()
        self.helper.layout = Layout(*self.layout)

    def clean_username(self):
        username = self.cleaned_data["username"]
        try:
            UnicodeUsernameValidator()(username)
        except forms.ValidationError:
            raise forms.ValidationError(
                f"用户名“{username}”含有不能使用的字符，只能用汉字、字母、数字和 @ . + - _。"
            ) from None
        same = User.objects.filter(username__iexact=username)
        if same.exclude(pk=self.user.pk if self.user else None).exists():
            raise forms.ValidationError(username_taken(username))
        return username

    def values(self) -> dict[str, object]:
        """Return the fields as add_person() and change_user() take them; after is_valid()."""
        return {name: self.cleaned_data[name] for name in self.base_fields}

    def unsaved_user(self) -> User:
        """Return whom the form is about, as typed, to judge a password by."""
        return User(**{name: self.data.get(name, "") for name in self.base_fields})


class AccountForm(NewAccountForm):
    """An account that is there, which can be deactivated."""

    is_active = forms.BooleanField(
        label="在用", required=False, help_text="停用后不能登录；用户不删除，已有的记录保留姓名。"
    )
    layout = (*NewAccountForm.layout, "is_active")


def username_taken(username: str) -> str:
    return f"用户名“{username}”已有人使用，换一个；是同一人的，不必新建，由能管理该用户的系统管理员授予任职。"


class GrantForm(forms.Form):
    """A role and where it holds. All departments must be chosen: a blank would give too much by mistake."""

    role = forms.ChoiceField(
        label="角色",
        choices=[("", "（选择）"), *Role.choices],
        error_messages={"required": "选择角色。", "invalid_choice": "没有角色“%(value)s”，从列表中选择。"},
    )
    place = forms.ChoiceField(
        label="部门",
        help_text="主管部门（3位编码）包括其下各单位。",
        error_messages={"required": "选择部门。", "invalid_choice": _NO_SUCH_DEPARTMENT},
    )
    finance_step = forms.ChoiceField(
        label="财政审核环节",
        required=False,
        choices=[
            ("", "各环节"),
            *((str(step), f"第{step}环节") for step in range(1, MOST_FINANCE_STEPS + 1)),
        ],
        help_text="财政审核人可以限定在一个环节；批复由不限定环节的财政审核人办理。",
        error_messages={"invalid_choice": "没有环节“%(value)s”，从列表中选择。"},
    )

    def __init__(self, data=None, *, within, may_grant_all: bool, **kwargs):
        super().__init__(data, **kwargs)
        every = [(ALL_DEPARTMENTS, "全部部门")] if may_grant_all else []
        self.fields["place"].choices = [("", "（选择）"), *every, *_department_choices(within)]
        self.helper = bare_helper()
        self.helper.layout = Layout(Div("role", "place", "finance_step", css_class="fields"))

    def clean(self):
        super().clean()
        step, role = self.cleaned_data.get("finance_step"), self.cleaned_data.get("role")
        if step and role and role != Role.FINANCE:
            self.add_error(
                "finance_step", f"只有财政审核人可以限定环节，{Role(role).label}不限定；选“各环节”。"
            )

    def granted(self) -> dict[str, object]:
        """Return role, department and step as grant_role() takes them; after is_valid()."""
        place, step = self.cleaned_data["place"], self.cleaned_data["finance_step"]
        department = None if place == ALL_DEPARTMENTS else Department.objects.get(pk=place)
        return {
            "role": Role(self.cleaned_data["role"]),
            "department": department,
            "finance_step": int(step) if step else None,
        }


class PasswordForm(forms.Form):
    """A password, typed twice, judged by the site's validators."""

    password = forms.CharField(
        label="密码",
        strip=False,
        widget=forms.PasswordInput(_NEW_PASSWORD),
        error_messages={"required": "没有填写密码，填写后再保存。"},
    )
    again = forms.CharField(
        label="再输一遍密码",
        strip=False,
        widget=forms.PasswordInput(_NEW_PASSWORD),
        error_messages={"required": "没有再输一遍密码，填写后再保存。"},
    )

    def __init__(self, data=None, *, user: User | None = None):
        super().__init__(data)
        self.user = user
        self.fields["password"].help_text = "".join(password_validators_help_texts())
        self.helper = bare_helper()
        self.helper.layout = Layout(Div("password", "again", css_class="fields"))

    def clean(self):
        super().clean()
        password, again = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if password and again and password != again:
            self.add_error("again", "两遍密码不一致，重新输入。")
        if password:
            try:
                validate_password(password, self.user)
            except forms.ValidationError as refusal:
                self.add_error("password", refusal)


def _department_choices(departments) -> list[tuple[str, str]]:
    return [(str(department.pk), department_label(department)) for department in departments]
