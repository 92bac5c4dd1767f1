"""Give a person a role, making the person first where the username is new."""

import getpass
import os
import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from departments import services
from departments.models import Department, Role, User


class Command(BaseCommand):
    help = "给用户授予角色；用户不存在时先建立，密码取自环境变量 PERFBUDGET_PASSWORD、标准输入或当场输入。"

    def add_arguments(self, parser):
        parser.add_argument("--username", required=True, help="用户名")
        parser.add_argument("--role", required=True, choices=Role.values, help="角色")
        parser.add_argument("--department", metavar="CODE", help="部门或单位编码；不写为全部部门")
        parser.add_argument("--full-name", default="", help="姓名，新用户必填")
        parser.add_argument("--office-phone", default="", help="办公电话")
        parser.add_argument("--password-stdin", action="store_true", help="从标准输入读取新用户的密码")

    def handle(self, *, username, role, department, full_name, office_phone, password_stdin, **options):
        place = _department(department) if department else None
        user = User.objects.filter(username=username).first()
        if user is None:
            if not full_name:
                raise CommandError(f"用户“{username}”不存在，新建用户要用 --full-name 写明姓名。")
            password = _password(User(username=username, full_name=full_name), from_stdin=password_stdin)
            user = services.create_user(
                username=username,
                full_name=full_name,
                office_phone=office_phone,
                password=password,
                must_change_password=True,
                actor=None,
            )
        try:
            is_new = services.grant_role(user=user, role=Role(role), department=place, actor=None)
        except services.AdministrationError as refusal:
            raise CommandError(str(refusal)) from None
        granted = f"{user}（{username}）：{place or '全部部门'} {Role(role).label}"
        self.stdout.write(f"已授予 {granted}。" if is_new else f"已有该角色，没有改动：{granted}。")


def _department(code: str) -> Department:
    try:
        return Department.objects.get(code=code)
    except Department.DoesNotExist:
        raise CommandError(f"没有编码为“{code}”的部门，核对 --department。") from None


def _password(user: User, *, from_stdin: bool) -> str:
    """Return the new user's password, asked for where nothing supplies it; CommandError where it is weak."""
    password = os.environ.get("PERFBUDGET_PASSWORD", "")
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif not password and sys.stdin.isatty():
        password = getpass.getpass("新用户的密码：")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError("密码不能使用：" + " ".join(error.messages)) from None
    return password
