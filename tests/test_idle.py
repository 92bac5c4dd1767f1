"""A session in which nobody acts ends: what is an act, what is not, and what is left of it."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from departments.models import User
from trail.models import Entry

HOME, SESSION = reverse("home"), reverse("session")
OF_SCRIPTS = {"Accept": "application/json", "X-Requested-With": "fetch"}
BY_ITSELF = {**OF_SCRIPTS, "X-Background": "1"}
HALF_AN_HOUR = 30 * 60


@pytest.fixture
def client(preparer, signed_in) -> Client:
    return signed_in(preparer)


def pass_time(client, seconds) -> None:
    """Let the last act have been so much longer ago."""
    session = client.session
    session["acted_at"] -= seconds
    session.save()


def ago(client) -> int:
    """Return how many seconds ago the last act was noted."""
    return round(time.time() - client.session["acted_at"])


def test_half_an_hour_is_the_default(settings):
    assert settings.IDLE_SECONDS == HALF_AN_HOUR


def test_a_page_leads_to_the_login_and_back(client):
    pass_time(client, HALF_AN_HOUR)
    answer = client.get(HOME, {"q": "团"})
    assert (answer.status_code, answer.url) == (302, "/login/?next=/%3Fq%3D%25E5%259B%25A2")
    typed = {"username": "preparer", "password": "一个够长的密码", "next": HOME}
    assert client.post(reverse("login"), typed).url == HOME
    assert client.get(HOME).status_code == 200


def test_a_script_is_told_and_nothing_is_written(client, declaration):
    pass_time(client, HALF_AN_HOUR)
    address = reverse("save-field", args=(declaration.pk,))
    answer = client.post(address, {"path": "goal", "value": "被改"}, headers=OF_SCRIPTS)
    assert (answer.status_code, answer.json()) == (401, {"expired": True})
    before = declaration.goal
    declaration.refresh_from_db()
    assert declaration.goal == before


def test_the_end_is_in_the_trail_once(client, preparer):
    pass_time(client, HALF_AN_HOUR)
    entries = Entry.objects.count()
    for _ in range(2):
        client.get(HOME)
    entry = Entry.objects.last()
    assert (Entry.objects.count(), entry.action, entry.actor) == (entries + 1, "idle_end", preparer)


def test_an_act_keeps_it(client):
    for _ in range(3):
        pass_time(client, HALF_AN_HOUR - 5)
        assert client.get(HOME).status_code == 200
        assert ago(client) == 0


def test_acts_within_a_minute_are_not_written_one_by_one(client):
    pass_time(client, 30)
    client.get(HOME)
    assert ago(client) == 30
    pass_time(client, 40)
    client.get(HOME)
    assert ago(client) == 0


def test_what_scripts_do_by_themselves_keeps_nothing(client, declaration):
    pass_time(client, HALF_AN_HOUR - 5)
    presence = reverse("presence", args=(declaration.pk,))
    assert client.post(presence, headers=BY_ITSELF).status_code == 200
    assert client.get(reverse("table-margin", args=(declaration.pk,)), headers=BY_ITSELF).status_code == 200
    assert client.get(SESSION, headers=BY_ITSELF).json()["left"] <= 5
    pass_time(client, 5)
    assert client.post(presence, headers=BY_ITSELF).status_code == 401


def test_what_a_person_saves_keeps_it(client, declaration):
    pass_time(client, HALF_AN_HOUR - 5)
    address = reverse("save-field", args=(declaration.pk,))
    client.post(address, {"path": "goal", "base": declaration.goal, "value": "新目标"}, headers=OF_SCRIPTS)
    assert ago(client) == 0


def test_going_on_renews_it(client):
    pass_time(client, 20)
    assert client.post(SESSION, headers=OF_SCRIPTS).json() == {"left": HALF_AN_HOUR}


def test_one_asks_and_renews_while_the_password_is_due(client, preparer):
    User.objects.filter(pk=preparer.pk).update(must_change_password=True)
    assert client.get(SESSION, headers=BY_ITSELF).status_code == 200


def test_the_dialog_over_a_page_begins_anew(client, preparer):
    pass_time(client, HALF_AN_HOUR)
    typed = {"username": "preparer", "password": "一个够长的密码"}
    headers = {**OF_SCRIPTS, "X-Signed-In-As": str(preparer.pk)}
    assert client.post(reverse("session-renew"), typed, headers=headers).status_code == 200
    assert client.get(SESSION, headers=BY_ITSELF).json()["left"] >= HALF_AN_HOUR - 1


def test_pages_say_how_much_is_left(client, settings):
    settings.IDLE_SECONDS = 600
    assert 'data-left="600" data-warning="120"' in client.get(HOME).text


def test_a_session_of_before_there_was_a_limit_goes_on(client):
    session = client.session
    del session["acted_at"]
    session.save()
    assert client.get(HOME).status_code == 200
    assert ago(client) == 0


def test_a_public_page_does_not_look(client, settings):
    settings.PUBLIC_PAGES = True
    pass_time(client, HALF_AN_HOUR)
    assert client.get("/public/").status_code == 200
    assert ago(client) == HALF_AN_HOUR
