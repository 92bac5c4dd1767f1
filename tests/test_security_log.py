"""安全日志: what a person was refused, who did not get in; and who signed in, in the trail."""

import pytest
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from departments.models import Role
from departments.services import grant_role
from tests.moves import move_text
from trail.middleware import RefusalMiddleware
from trail.models import Entry, SecurityEvent
from trail.services import log_refusal
from workflow.models import Version
from workflow.services import TransitionError
from workflow.transitions import APPROVE, PASS, SUBMIT


def events():
    return list(SecurityEvent.objects.order_by("pk").values_list("sort", "actor_name", "method", "path"))


# who gets in


def test_signing_in_and_out_is_recorded_with_the_address(preparer):
    client = Client(REMOTE_ADDR="10.1.2.3")
    client.post(reverse("login"), {"username": "preparer", "password": "一个够长的密码"})
    client.post(reverse("logout"))

    entries = Entry.objects.filter(action__in=("login", "logout")).order_by("sequence")
    assert [(entry.actor, entry.action, entry.label, entry.address) for entry in entries] == [
        (preparer, "login", "张慧敏（preparer）", "10.1.2.3"),
        (preparer, "logout", "张慧敏（preparer）", "10.1.2.3"),
    ]
    assert events() == []


def test_signing_in_again_over_a_page_is_recorded(preparer):
    client = Client()
    data = {"username": "preparer", "password": "一个够长的密码"}
    client.post(reverse("session-renew"), data, headers={"X-Signed-In-As": str(preparer.pk)})

    assert Entry.objects.filter(action="login", actor=preparer).count() == 1


@pytest.mark.parametrize("name", ["login", "session-renew"])
def test_a_failed_login_is_in_the_security_log_without_the_password(preparer, name):
    entries = Entry.objects.count()
    Client(REMOTE_ADDR="10.1.2.3").post(reverse(name), {"username": "preparer", "password": "猜一个"})

    event = SecurityEvent.objects.get()
    assert (event.sort, event.actor, event.actor_name) == ("login_failed", None, "preparer")
    assert (event.path, event.address) == (reverse(name), "10.1.2.3")
    assert "用户名或密码不正确" in event.detail
    assert "猜" not in "".join(map(str, SecurityEvent.objects.values_list().get()))
    assert Entry.objects.count() == entries


def test_a_login_without_a_name_is_no_attempt(db):
    Client().post(reverse("login"), {"username": " ", "password": "x"})

    assert events() == []


# what is refused


def test_a_refused_page_is_logged_and_the_trail_says_nothing(auditor, declaration, signed_in):
    entries = Entry.objects.count()
    address = reverse("edit-table", args=(declaration.pk,))

    assert signed_in(auditor).get(address).status_code == 403

    event = SecurityEvent.objects.get()
    assert (event.sort, event.actor, event.actor_name) == ("denied", auditor, "陈志远")
    assert (event.method, event.path) == ("GET", address)
    assert "不是“曹妃甸区直机关工委”的填报人" in event.detail
    assert Entry.objects.count() == entries


def test_the_same_attempt_within_a_minute_is_one_row(auditor, declaration, signed_in):
    client = signed_in(auditor)
    for name in ("edit-table", "edit-table", "edit-project"):
        client.get(reverse(name, args=(declaration.pk,)))

    assert [path for *_, path in events()] == [
        reverse("edit-table", args=(declaration.pk,)),
        reverse("edit-project", args=(declaration.pk,)),
    ]


def test_nobody_fills_the_log(auditor, declaration, signed_in, monkeypatch):
    monkeypatch.setattr("trail.services.MOST_A_MINUTE", 3)
    guessing, knocking = Client(REMOTE_ADDR="10.1.2.3"), signed_in(auditor)
    for number in range(5):
        guessing.post(reverse("login"), {"username": f"name-{number}", "password": "猜一个"})
        knocking.get(reverse("edit-department", args=(f"28600{number}",)))
    Client(REMOTE_ADDR="10.1.2.4").post(reverse("login"), {"username": "another", "password": "猜一个"})

    assert [name for _, name, *_ in events()] == [
        *("name-0", "陈志远", "name-1", "陈志远", "name-2", "陈志远"),
        "another",
    ]


def test_what_is_out_of_sight_and_an_expired_form_are_no_attempts(outsider, preparer, declaration, signed_in):
    signed_in(outsider).get(reverse("table", args=(declaration.pk,)))
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(preparer)
    assert careful.post(reverse("edit-table", args=(declaration.pk,))).status_code == 403
    Client().get(reverse("table", args=(declaration.pk,)))

    assert events() == []


def test_long_and_unstorable_text_is_cut_not_refused(db):
    log_refusal(
        sort="denied", actor_name="甲\x00" * 200, path="/" + "x" * 900, detail="\ud800" * 900, method="X" * 20
    )

    event = SecurityEvent.objects.get()
    assert (len(event.actor_name), len(event.path), len(event.detail)) == (150, 500, 500)


def test_an_answer_stands_where_the_log_cannot_be_written(auditor, declaration, signed_in, caplog):
    def refuse(execute, sql, params, many, context):
        if sql.startswith("INSERT") and "trail_securityevent" in sql:
            raise DatabaseError("disk full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        response = signed_in(auditor).get(reverse("edit-table", args=(declaration.pk,)))

    assert response.status_code == 403
    assert events() == []
    assert "could not be written" in caplog.text


# refused moves


@pytest.fixture
def attempt(rf):
    """Return a function by which somebody tries a move inside a request: attempt(user, year, act)."""

    def attempt(user, department_year, act):
        def view(request):
            with pytest.raises(TransitionError):
                move_text(department_year, act, user)
            return HttpResponse(status=409)

        request = rf.post("/tables/act/")
        request.user = user
        RefusalMiddleware(view)(request)

    return attempt


def test_a_move_without_the_role_is_logged(attempt, auditor, department_year):
    attempt(auditor, department_year, SUBMIT)

    assert events() == [("move_refused", "陈志远", "POST", "/tables/act/")]
    assert "本人不是“曹妃甸区直机关工委”的填报人" in SecurityEvent.objects.get().detail
    assert Version.objects.count() == 0


def test_a_move_that_comes_too_late_is_no_attempt(attempt, reviewer, department_year):
    attempt(reviewer, department_year, APPROVE)

    assert events() == []


def test_passing_what_one_prepared_is_logged(attempt, preparer, department_year):
    grant_role(user=preparer, role=Role.LEADER, department=department_year.department, actor=None)
    move_text(department_year, SUBMIT, preparer)

    attempt(preparer, department_year, PASS)

    assert "不相容职务分离" in SecurityEvent.objects.get().detail
