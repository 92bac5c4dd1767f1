"""The commands that make people: demo users, and a real person with a role."""

import io
import re
import stat

import pytest
from django.contrib.auth import authenticate
from django.core.checks import Tags, run_checks
from django.core.management import CommandError, call_command

from departments.models import Membership, Role, User
from trail.models import Entry


@pytest.fixture(autouse=True)
def demonstration(settings):
    settings.DEMO = True


def run(command, *arguments):
    output = io.StringIO()
    call_command(command, *arguments, stdout=output)
    return output.getvalue()


def test_demo_users_are_of_every_role_and_can_sign_in(department_year, var_dir):
    printed = run("create_demo_users")
    users = dict(re.findall(r"^(\w+)\t(\S+)\t", printed, re.MULTILINE))
    assert users.keys() == {*Role.values, "approver"}
    assert all(authenticate(username=name, password=password) for name, password in users.items())
    held = {(each.role, str(each.department or "全部")) for each in Membership.objects.all()}
    assert held == {
        ("preparer", "286001曹妃甸区直机关工委"),
        ("leader", "286001曹妃甸区直机关工委"),
        ("supervisor", "286001曹妃甸区直机关工委"),
        ("finance", "全部"),
        ("auditor", "全部"),
        ("administrator", "全部"),
        ("security", "全部"),
        ("audit_administrator", "全部"),
    }


def test_demo_users_again_change_nothing_and_print_the_same(department_year, var_dir):
    printed, entries = run("create_demo_users"), Entry.objects.count()
    assert run("create_demo_users") == printed
    assert Entry.objects.count() == entries


def test_demo_passwords_are_for_the_owner_alone(department_year, var_dir):
    run("create_demo_users")
    file = var_dir / "demo" / "users.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text(encoding="utf-8").count("\n") == len(Role) + 1


def test_a_lost_file_of_demo_passwords_gives_no_wrong_ones(department_year, var_dir):
    run("create_demo_users")
    (var_dir / "demo" / "users.txt").unlink()
    assert "preparer\t-\t填报人" in run("create_demo_users")


def test_demo_users_need_the_demo_department(db, var_dir):
    with pytest.raises(CommandError, match="还没有单位 286001"):
        run("create_demo_users")


def test_demo_users_are_made_on_no_real_site(department_year, var_dir, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="演示用户只用于演示站点"):
        run("create_demo_users")
    assert not User.objects.exists()
    assert not (var_dir / "demo").exists()


def test_demo_users_sign_in_without_another_password(department_year, var_dir):
    run("create_demo_users")
    assert not User.objects.filter(must_change_password=True).exists()


def deploy_warnings() -> list[str]:
    found = run_checks(tags=[Tags.security], include_deployment_checks=True)
    return [each.msg for each in found if each.id.startswith("departments.")]


def test_a_real_site_is_warned_of_demo_users(department_year, var_dir, settings):
    assert deploy_warnings() == []
    run("create_demo_users")
    assert deploy_warnings() == []
    settings.DEMO = False
    assert deploy_warnings()[0].startswith("正式站点上有演示用户：")
    User.objects.update(is_active=False)
    assert deploy_warnings() == []


def test_settings_under_which_nobody_could_work_are_refused(settings):
    settings.IDLE_SECONDS = 120
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "departments.passwords.EnoughClasses", "OPTIONS": {"least": 5}}
    ]
    errors = [each.id for each in run_checks(tags=[Tags.security]) if each.is_serious()]
    assert errors == ["departments.E001", "departments.E002"]


def test_a_real_person_is_made_with_a_role(department_year, monkeypatch):
    monkeypatch.setenv("PERFBUDGET_PASSWORD", "海河之畔2024")
    arguments = ("--username", "wangfang", "--role", "leader", "--department", "286001")
    printed = run("grant_role", *arguments, "--full-name", "王芳")
    assert printed == "已授予 王芳（wangfang）：286001曹妃甸区直机关工委 单位负责人。\n"
    person = authenticate(username="wangfang", password="海河之畔2024")
    assert (person.full_name, person.must_change_password) == ("王芳", True)

    assert run("grant_role", *arguments).startswith("已有该角色，没有改动")


def test_the_password_is_read_from_standard_input(department_year, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("海河之畔2024\n"))
    run("grant_role", "--username", "li", "--role", "auditor", "--full-name", "李响", "--password-stdin")
    assert authenticate(username="li", password="海河之畔2024")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--username", "new", "--role", "leader"), "要用 --full-name 写明姓名"),
        (("--username", "new", "--role", "leader", "--department", "999999"), "没有编码为“999999”的部门"),
        (("--username", "new", "--role", "leader", "--full-name", "王芳"), "密码不能使用"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_made(arguments, sentence, department_year, monkeypatch):
    monkeypatch.setenv("PERFBUDGET_PASSWORD", "123")
    with pytest.raises(CommandError, match=sentence):
        run("grant_role", *arguments)
    assert not User.objects.exists()
