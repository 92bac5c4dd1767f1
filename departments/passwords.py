"""What a password has to be, and for how long. Django's validators in our words: its translation has gaps."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils import timezone

# What a password is made of; 汉字 and signs are of the last class.
_CLASSES = (
    ("小写字母", str.islower),
    ("大写字母", str.isupper),
    ("数字", str.isdecimal),
    ("汉字或其他字符", lambda character: not character.isascii() or not character.isalnum()),
)
MOST_CLASSES = len(_CLASSES)


class LongEnough(password_validation.MinimumLengthValidator):
    """At least eight characters, or ``min_length``."""

    def get_error_message(self):
        return f"密码太短，至少{self.min_length}个字符。"

    def get_help_text(self):
        return f"至少{self.min_length}个字符。"


class NotCommon(password_validation.CommonPasswordValidator):
    """None of the 20 000 that are tried first."""

    def get_error_message(self):
        return "这个密码太常见，容易被猜到，换一个。"

    def get_help_text(self):
        return "不能是常见的密码。"


class NotAboutOneself(password_validation.UserAttributeSimilarityValidator):
    """Not the person's own name or telephone number."""

    def __init__(self):
        super().__init__(user_attributes=("username", "full_name", "office_phone"))

    def get_error_message(self):
        return "密码与%(verbose_name)s太相似，换一个。"

    def get_help_text(self):
        return "不能与用户名、姓名、电话相似。"


class EnoughClasses:
    """Characters of several classes; ``least`` of lower case, upper case, digits and others."""

    def __init__(self, least: int):
        self.least = least

    def validate(self, password, user=None):
        used = sum(any(map(is_of_class, password)) for _, is_of_class in _CLASSES)
        if used < self.least:
            raise ValidationError(
                f"密码只含{used}类字符，应{self.get_help_text().rstrip('。')}，补充后再保存。"
            )

    def get_help_text(self):
        if not self.least:
            return ""
        return f"至少含{'、'.join(name for name, _ in _CLASSES)}中的{self.least}类。"


class NotTheOldOne:
    """Another one than before, whoever sets it."""

    def validate(self, password, user=None):
        if user is not None and user.pk and user.check_password(password):
            raise ValidationError("新密码与原密码相同，换一个。")

    def get_help_text(self):
        return ""  # a new account has none; the page of one's own password says it


def reason_to_change(user) -> str:
    """Return why a person must choose another password before anything else, '' where it need not be."""
    if user.must_change_password:
        return "现用密码由管理员设置，先改成只有本人知道的密码，再继续使用。"
    days = settings.PASSWORD_DAYS
    if days and timezone.now() - user.password_set_at > timedelta(days=days):
        return f"现用密码已使用超过{days}天，先修改密码，再继续使用。"
    return ""
