"""Changing one's own password: when it must be done, what a new one has to be, which sessions end."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from departments.models import User
from departments.services import create_user, set_password
from trail.models import Entry, SecurityEvent

OLD, NEW = "一个够长的密码", "海河之畔2024"
PAGE = reverse("change-password")
OF_SCRIPTS = {"Accept": "application/json", "X-Requested-With": "fetch"}


@pytest.fixture
def change(preparer, signed_in):
    """Return a function that sends the form: change(old=…, password=…, again=…, next=…) -> response."""

    def send(old=OLD, password=NEW, again=None, **others):
        typed = {"old": old, "password": password, "again": password if again is None else again, **others}
        return send.client.post(PAGE, typed)

    send.client = signed_in(preparer)
    return send


@pytest.fixture
def newcomer(preparer):
    """Return a 填报人 whose password an administrator has set."""
    set_password(user=preparer, password="管理员设置的密码", actor=None)
    preparer.refresh_from_db()
    return preparer


def unchanged(user) -> bool:
    stored = User.objects.get(pk=user.pk)
    return stored.check_password(OLD) and not Entry.objects.filter(action="change_password").exists()


def test_one_stays_signed_in_here_and_is_signed_out_elsewhere(change, preparer, signed_in):
    elsewhere = signed_in(preparer)
    answer = change()
    assert (answer.status_code, answer.url) == (302, reverse("home"))
    assert "已修改密码，在其他地方的登录随即失效。" in change.client.get(reverse("home")).text
    assert elsewhere.get(reverse("home")).status_code == 302
    assert authenticate(username=preparer.username, password=NEW) == preparer


def test_the_change_is_in_the_trail_without_the_password(change, preparer):
    change()
    entry = Entry.objects.last()
    assert (entry.action, entry.actor, entry.object_id) == ("change_password", preparer, str(preparer.pk))
    written = str([getattr(entry, field.attname) for field in Entry._meta.fields])
    preparer.refresh_from_db()
    assert [secret for secret in (OLD, NEW, preparer.password) if secret in written] == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"old": ""}, "没有填写原密码"),
        ({"old": "猜的密码"}, "原密码不正确"),
        ({"password": ""}, "没有填写新密码"),
        ({"again": "另一个密码啊啊"}, "两遍密码不一致"),
        ({"password": "短"}, "密码太短，至少8个字符。"),
        ({"password": "12345678"}, "这个密码太常见"),
        ({"password": "0315-8850112"}, "密码与办公电话太相似"),
        ({"password": OLD}, "新密码与原密码相同，换一个。"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(change, preparer, typed, sentence):
    answer = change(**typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert unchanged(preparer)


def test_who_guesses_the_old_password_is_locked_out_and_it_is_logged(change, preparer, settings):
    settings.AXES_FAILURE_LIMIT = 3
    for _ in range(2):
        assert "原密码不正确" in change(old="猜的密码").text
    assert "已锁定" in change(old="猜的密码").text
    assert "已锁定" in change().text
    assert unchanged(preparer)
    sorts = SecurityEvent.objects.order_by("pk").values_list("sort", flat=True)
    assert list(sorts) == ["login_failed", "locked_out"]


# what a password has to be is a setting


def policy(settings, **options):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": f"departments.passwords.{name}", "OPTIONS": values} for name, values in options.items()
    ]


def test_the_length_is_a_setting(change, preparer, settings):
    policy(settings, LongEnough={"min_length": 12})
    assert "至少12个字符。" in change(password="海河之畔2024").text
    assert unchanged(preparer)
    assert change(password="海河之畔二零二四年的秋天").status_code == 302


@pytest.mark.parametrize(
    ("password", "used"),
    [("abcdefgh", 1), ("abcd2345", 2), ("海河之畔2024", 2), ("Abcd2345", 3), ("Abc#2345", 4)],
)
def test_classes_of_characters_are_counted(change, preparer, settings, password, used):
    policy(settings, EnoughClasses={"least": used + 1})
    answer = change(password=password)
    assert f"密码只含{used}类字符，应至少含" in answer.text
    assert unchanged(preparer)
    policy(settings, EnoughClasses={"least": used})
    assert change(password=password).status_code == 302


def test_the_page_tells_what_a_password_has_to_be(change, settings):
    change()
    page = change.client.get(PAGE).text
    assert "至少8个字符。不能是常见的密码。不能与用户名、姓名、电话相似。" in page
    policy(settings, EnoughClasses={"least": 3})
    page = change.client.get(PAGE).text
    assert "至少含小写字母、大写字母、数字、汉字或其他字符中的3类。" in page


# who must change it does that first


def test_an_account_made_by_an_administrator_must_change_it(administrator, department_year, signed_in):
    typed = {"username": "wangfang", "full_name": "王芳", "password": NEW, "again": NEW}
    place = {"role": "preparer", "place": str(department_year.department_id)}
    answer = signed_in(administrator).post(reverse("new-user"), {**typed, **place})
    assert answer.status_code == 302
    assert User.objects.get(username="wangfang").must_change_password
    client = Client()
    client.post(reverse("login"), {"username": "wangfang", "password": NEW})
    answer = client.get(reverse("home"))
    assert (answer.status_code, answer.url) == (302, f"{PAGE}?next=%2F")


def test_every_page_leads_there_until_it_is_done(newcomer, signed_in, declaration):
    client = signed_in(newcomer)
    wanted = reverse("edit-table", args=(declaration.pk,))
    led = client.get(wanted)
    assert (led.status_code, led.url) == (302, f"{PAGE}?next=%2Ftables%2F{declaration.pk}%2Fedit%2F")
    page = client.get(led.url).text
    assert "现用密码由管理员设置，先改成只有本人知道的密码，再继续使用。" in page
    assert f'name="next" value="{wanted}"' in page
    assert 'class="rail"' not in page
    typed = {"old": "管理员设置的密码", "password": NEW, "again": NEW, "next": wanted}
    assert client.post(PAGE, typed).url == wanted
    assert client.get(wanted).status_code == 200


def test_nothing_is_written_before_it_is_done(newcomer, signed_in, declaration):
    before, entries = declaration.revision, Entry.objects.count()
    answer = signed_in(newcomer).post(
        reverse("edit-table", args=(declaration.pk,)), {"revision": before, "goal": "被改"}
    )
    assert (answer.status_code, answer.url) == (302, PAGE)
    declaration.refresh_from_db()
    assert (declaration.revision, Entry.objects.count()) == (before, entries)


def test_a_script_is_told_and_writes_nothing(newcomer, signed_in, declaration):
    entries = Entry.objects.count()
    address = reverse("save-field", args=(declaration.pk,))
    answer = signed_in(newcomer).post(address, {"path": "goal", "value": "被改"}, headers=OF_SCRIPTS)
    assert answer.status_code == 403
    assert answer.json() == {
        "problem": "须先修改密码，本次操作没有办理。在另一个窗口打开“修改密码”页，改好后再试。"
    }
    assert Entry.objects.count() == entries
    assert not SecurityEvent.objects.exists()


def test_one_can_sign_out_instead(newcomer, signed_in):
    client = signed_in(newcomer)
    assert client.post(reverse("logout")).url == reverse("login")
    assert client.get(reverse("home")).url == "/login/?next=/"


def test_it_leads_to_no_other_site(newcomer, signed_in):
    typed = {"old": "管理员设置的密码", "password": NEW, "again": NEW, "next": "https://example.org/"}
    assert signed_in(newcomer).post(PAGE, typed).url == reverse("home")


def test_a_password_grows_old_where_the_site_says_so(change, preparer, settings):
    settings.PASSWORD_DAYS = 90
    User.objects.filter(pk=preparer.pk).update(password_set_at=timezone.now() - timedelta(days=91))
    change(old="猜的密码")
    assert change.client.get(reverse("home")).status_code == 302
    assert "现用密码已使用超过90天，先修改密码，再继续使用。" in change.client.get(PAGE).text
    assert change().status_code == 302
    assert change.client.get(reverse("home")).status_code == 200


def test_by_default_no_password_grows_old(preparer, signed_in, settings):
    User.objects.filter(pk=preparer.pk).update(password_set_at=timezone.now() - timedelta(days=5000))
    assert settings.PASSWORD_DAYS == 0
    assert signed_in(preparer).get(reverse("home")).status_code == 200


def test_an_account_for_which_nobody_asks_it_need_not(db):
    user = create_user(username="wangfang", full_name="王芳", password=OLD, actor=None)
    assert not user.must_change_password
