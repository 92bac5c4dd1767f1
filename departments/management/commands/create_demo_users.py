"""Make users of every role, so that a fresh installation can be tried from every side."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from departments import services
from departments.demo import DEMO_USERS, DemoUser
from departments.models import Department, Role, User

DEPARTMENT = "286001"
_NO_DEPARTMENT = (
    f"还没有单位 {DEPARTMENT}，先导入演示数据：manage.py import_booklet demo/{DEPARTMENT}_2024.txt"
)
_NO_DEMONSTRATION = (
    "演示用户只用于演示站点：bin/run 自行建立；另行演示的，设环境变量 PERFBUDGET_DEMO=1 后再运行。"
)


class Command(BaseCommand):
    help = "建立演示用户，每个角色至少一名，显示登录用的密码（也存在 var/demo/users.txt）；再次运行不作改动。"

    def handle(self, **options):
        if not settings.DEMO:
            raise CommandError(_NO_DEMONSTRATION)
        unit = Department.objects.select_related("parent").filter(code=DEPARTMENT).first()
        if unit is None:
            raise CommandError(_NO_DEPARTMENT)
        file = Path(settings.VAR_DIR) / "demo" / "users.txt"
        names = {demo_user.username for demo_user in DEMO_USERS}
        users = {user.username: user for user in User.objects.filter(username__in=names)}
        passwords = _kept_passwords(file)
        for name in names - users.keys():
            passwords.setdefault(name, secrets.token_urlsafe(9))
        text = "".join(_line(demo_user, passwords) for demo_user in DEMO_USERS)
        _keep(file, text)  # before the users are made: a password nobody knows would be of no use
        for demo_user in DEMO_USERS:
            user = users.get(demo_user.username) or _make(demo_user, passwords[demo_user.username])
            place = _place(demo_user, unit)
            services.grant_role(user=user, role=demo_user.role, department=place, actor=None)
        self.stdout.write("演示用户（用户名、密码、角色、姓名）：\n" + text, ending="")


def _make(demo_user: DemoUser, password: str) -> User:
    return services.create_user(
        username=demo_user.username,
        full_name=demo_user.full_name,
        office_phone=demo_user.office_phone,
        password=password,
        actor=None,
    )


def _place(demo_user: DemoUser, unit: Department) -> Department | None:
    if demo_user.everywhere:
        return None
    return unit.parent or unit if demo_user.role == Role.SUPERVISOR else unit


def _line(demo_user: DemoUser, passwords: dict[str, str]) -> str:
    """Return a line of the file; a password that was made elsewhere is not known here."""
    password = passwords.get(demo_user.username, "-")
    return f"{demo_user.username}\t{password}\t{demo_user.role.label}\t{demo_user.full_name}\n"


def _kept_passwords(file: Path) -> dict[str, str]:
    """Return username → password as an earlier run wrote them."""
    if not file.exists():
        return {}
    rows = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines())
    return {row[0]: row[1] for row in rows if len(row) > 1 and row[1] != "-"}


def _keep(file: Path, text: str) -> None:
    """Write the file so that its owner alone can read it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        os.fchmod(descriptor, 0o600)
        opened.write(text)
