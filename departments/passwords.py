"""What a password has to be. Django's validators, in our words: its own translation has gaps."""

from django.contrib.auth import password_validation


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
