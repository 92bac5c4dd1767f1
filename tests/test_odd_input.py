"""Whatever a browser sends, no address fails: text no database stores, numbers no column holds."""

import pytest
from django import forms
from django.db import transaction
from django.test import Client
from django.urls import reverse

from departments.models import Role
from departments.services import grant_role
from tests.approved_tables import moved
from tests.test_urls_matrix import GET, POST, arguments  # noqa: F401 - a fixture
from trail.models import SecurityEvent
from workflow.models import Version
from workflow.transitions import SUBMIT

NUL = "a\x00b"
ODD = (NUL, "9" * 5000)  # both, where a list is read; what is read singly is the last
# What views read without a form.
READ = (
    *("page", "view", "before", "after", "day", "source", "group", "next", "template", "edition", "across"),
    *("filed", "filter", "queue", "selected", "narrative", "table", "text", "revision", "reason", "act"),
    *("uid", "uids", "row", "rows", "place", "places", "path", "value", "list", "html", "kind", "digest"),
)


def names() -> set[str]:
    """Return the name of every field that a form of ours declares, and of what is read without one."""
    found, classes = set(READ), [forms.BaseForm]
    while classes:
        each = classes.pop()
        classes += each.__subclasses__()
        found |= set(getattr(each, "base_fields", ()))
    return found


@pytest.fixture
def everybody(reviewer, department_year):
    """Return somebody with every role: nothing is refused before what was sent is looked at."""
    for role in Role:
        place = department_year.department if role in (Role.PREPARER, Role.LEADER) else None
        grant_role(user=reviewer, role=role, department=place, actor=None)
    return reviewer


def test_no_address_fails(everybody, signed_in, arguments, settings):  # noqa: F811 - the fixture
    settings.PUBLIC_PAGES = True
    client, sent = signed_in(everybody), dict.fromkeys(names(), ODD)
    addresses = [("get", reverse(name, args=arguments[GET[name][0]])) for name in GET]
    addresses += [("get", reverse("public-list")), ("get", reverse("audit-search"))]
    addresses += [("post", reverse(name, args=arguments[POST[name][0]])) for name in POST.keys() - {"logout"}]
    failed = []
    for method, address in addresses:
        with transaction.atomic():
            if getattr(client, method)(address, sent).status_code >= 500:
                failed.append((method, address))
            transaction.set_rollback(True)
    assert failed == []


def test_a_name_too_long_to_be_anybodys_is_a_wrong_name(db):
    typed = {"username": "名" * 300, "password": "猜一个"}
    assert "用户名或密码不正确" in Client().post(reverse("login"), typed).text
    assert SecurityEvent.objects.get().actor_name == "名" * 150


@pytest.mark.parametrize("field", ["department", "q"])
def test_a_list_is_asked_for_with_what_no_database_stores(field, everybody, signed_in, settings):
    settings.PUBLIC_PAGES = True
    for name in ("approvals", "public-list"):
        assert signed_in(everybody).get(reverse(name), {field: NUL}).status_code == 200


def test_nobody_is_reminded_by_an_odd_code(everybody, signed_in, department_year):
    typed = {"selected": [NUL, "²", "9" * 6], "text": "抓紧办理。"}
    answer = signed_in(everybody).post(reverse("remind", args=(2024,)), typed, follow=True)
    assert "没有选择要催办的单位" in answer.text


@pytest.mark.parametrize(
    ("reason", "kept"), [("改\x00期\x0b限\r\n", ["改期限"]), (" \x00", [""]), ("长" * 5001, [])]
)
def test_a_reason_is_kept_without_what_no_file_can_hold(reason, kept, signed_in, preparer, declaration):
    moved(declaration, SUBMIT, preparer)
    typed = {"revision": declaration.revision, "reason": reason}
    page = signed_in(preparer).post(reverse("withdraw-table", args=(declaration.pk,)), typed)
    assert page.status_code == (302 if kept else 409)
    assert kept or "原因有5001个字，最多5000个字，缩短后再撤回。" in page.text
    assert list(Version.objects.filter(act="withdraw").values_list("reason", flat=True)) == kept


def test_a_place_in_the_trail_that_is_no_number_is_the_beginning(auditor, signed_in):
    for name in ("trail-search", "security-log"):
        assert signed_in(auditor).get(reverse(name), {"before": "9" * 5000}).status_code == 200
