"""Wrong passwords lock a username out at one address, for a while; who may end it (docs/decisions/0038)."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from departments.lockouts import locked_until
from trail.models import Entry, SecurityEvent

PASSWORD = "一个够长的密码"  # of every persona


@pytest.fixture
def limits(settings):
    settings.AXES_FAILURE_LIMIT = 3
    settings.AXES_COOLOFF_TIME = timedelta(minutes=15)


@pytest.fixture
def try_to_sign_in(limits, preparer):
    """Return a function that sends the login form: try_to_sign_in(password, address) -> response."""

    def send(password="不对的密码", address="10.0.0.1", client=None):
        typed = {"username": preparer.username, "password": password}
        return (client or Client()).post(reverse("login"), typed, REMOTE_ADDR=address)

    return send


def sorts():
    return list(SecurityEvent.objects.order_by("pk").values_list("sort", flat=True))


def test_who_types_wrong_passwords_is_locked_out_even_with_the_right_one(try_to_sign_in, preparer):
    for _ in range(2):
        assert "用户名或密码不正确" in try_to_sign_in().text
    page = try_to_sign_in().text
    assert (
        "密码连续输错3次，该用户名在此地址已锁定，15分钟后再试；急需登录的，由系统管理员或安全管理员解锁。"
        in page
    )
    assert "已锁定" in try_to_sign_in(PASSWORD).text
    assert sorts() == ["login_failed", "locked_out"]  # the log keeps no repetition of the same refusal
    assert SecurityEvent.objects.last().actor_name == preparer.username
    assert not Entry.objects.filter(action="login").exists()


def test_another_address_and_another_person_are_not_locked(try_to_sign_in, leader):
    for _ in range(3):
        try_to_sign_in()
    assert try_to_sign_in(PASSWORD, "10.0.0.2").status_code == 302
    typed = {"username": leader.username, "password": PASSWORD}
    assert Client().post(reverse("login"), typed, REMOTE_ADDR="10.0.0.1").status_code == 302


def test_after_a_wrong_password_the_password_has_the_focus(client, try_to_sign_in):
    focused = r'<input[^>]*name="(\w+)"[^>]*autofocus'
    assert re.findall(focused, client.get(reverse("login")).text) == ["username"]
    assert re.findall(focused, try_to_sign_in().text) == ["password"]


def test_the_right_password_in_time_starts_the_count_anew(try_to_sign_in):
    for _ in range(2):
        try_to_sign_in()
    assert try_to_sign_in(PASSWORD).status_code == 302
    assert "用户名或密码不正确" in try_to_sign_in().text
    assert "用户名或密码不正确" in try_to_sign_in().text


def test_the_lock_ends_by_itself_and_trying_again_does_not_prolong_it(try_to_sign_in, preparer):
    for _ in range(3):
        try_to_sign_in()
    until = locked_until(preparer.username)
    try_to_sign_in()
    assert locked_until(preparer.username) == until
    for attempt in AccessAttempt.objects.all():
        AccessAttempt.objects.update(attempt_time=attempt.attempt_time - timedelta(minutes=16))
    assert locked_until(preparer.username) is None
    assert try_to_sign_in(PASSWORD).status_code == 302


def test_the_dialog_over_a_page_is_locked_too(limits, preparer):
    client = Client(headers={"X-Signed-In-As": str(preparer.pk)})
    typed = {"username": preparer.username, "password": "不对的密码"}
    problems = [client.post(reverse("session-renew"), typed).json()["problem"] for _ in range(3)]
    assert "已锁定" in problems[-1]
    refused = client.post(reverse("session-renew"), {**typed, "password": PASSWORD})
    assert refused.status_code == 422
    assert "已锁定" in refused.json()["problem"]


def test_an_administrator_unlocks_and_it_is_recorded(try_to_sign_in, preparer, administrator, signed_in):
    for _ in range(3):
        try_to_sign_in()
    client = signed_in(administrator)
    page = reverse("edit-user", args=(preparer.pk,))
    assert "之前不能登录" in client.get(page).text
    client.post(reverse("unlock-user", args=(preparer.pk,)))
    entry = Entry.objects.last()
    assert (entry.action, entry.actor, entry.object_id) == ("unlock", administrator, str(preparer.pk))
    assert "之前不能登录" not in client.get(page).text
    assert try_to_sign_in(PASSWORD).status_code == 302
    assert "没有锁定" in client.post(reverse("unlock-user", args=(preparer.pk,)), follow=True).text


def test_no_password_is_kept(try_to_sign_in):
    try_to_sign_in("一个秘密的密码")
    assert "一个秘密的密码" not in AccessAttempt.objects.get().post_data


def test_no_password_is_kept_of_those_typed_to_change_one(limits, preparer, signed_in):
    typed = {"old": "记错的旧密码", "password": "新的密码之一", "again": "新的密码之二"}
    signed_in(preparer).post(reverse("change-password"), typed)
    kept = AccessAttempt.objects.get().post_data
    assert [secret for secret in typed.values() if secret in kept] == []


def test_a_forwarded_header_does_not_get_around_the_lock(try_to_sign_in, limits):
    for number in range(3):
        client = Client(headers={"X-Forwarded-For": f"192.0.2.{number}", "X-Real-Ip": f"192.0.2.{number}"})
        try_to_sign_in(client=client)
    assert "已锁定" in try_to_sign_in(PASSWORD, client=Client(headers={"X-Forwarded-For": "192.0.2.9"})).text
