"""三员: 系统管理员, 安全管理员 and 审计管理员, apart where the site wants it and one where it does not."""

import pytest
from django.urls import reverse

from departments.models import Membership, Role, User
from departments.permissions import (
    grants_roles,
    may_open_years,
    may_read_security_log,
    may_read_trail,
    may_set_password,
    reads_whole_trail,
    trail_departments_of,
)
from departments.services import AdministrationError, create_user, grant_role
from trail.models import Entry


@pytest.fixture
def security(db):
    return person("security", "周立新", Role.SECURITY)


@pytest.fixture
def audit_administrator(db):
    return person("audit_administrator", "吴海燕", Role.AUDIT_ADMINISTRATOR)


@pytest.fixture
def separated(settings):
    settings.SEPARATE_ADMINISTRATORS = True


def person(username, full_name, role):
    user = create_user(username=username, full_name=full_name, password="一个够长的密码", actor=None)
    grant_role(user=user, role=role, department=None, actor=None)
    return user


def granting(client, user, **data):
    return client.post(reverse("grant-role", args=(user.pk,)), {"role": "auditor", "place": "all", **data})


NEW_PERSON = {
    "username": "newcomer",
    "full_name": "吴新",
    "office_phone": "",
    "password": "另一个够长的密码",
    "again": "另一个够长的密码",
}


def test_one_administrator_does_everything_where_they_are_not_apart(signed_in, administrator, leader):
    client = signed_in(administrator)
    assert granting(client, leader).status_code == 302
    assert client.get(reverse("set-password", args=(leader.pk,))).status_code == 200
    assert may_read_security_log(administrator)


def test_a_system_administrator_apart_keeps_accounts_and_grants_nothing(
    separated, signed_in, administrator, leader
):
    client = signed_in(administrator)
    memberships, entries = Membership.objects.count(), Entry.objects.count()
    assert granting(client, leader).status_code == 403
    assert client.post(reverse("set-password", args=(leader.pk,)), {}).status_code == 403
    held = leader.memberships.get()
    revoked = client.post(reverse("revoke-role", args=(leader.pk, held.pk)))
    assert revoked.status_code == 403
    assert (Membership.objects.count(), Entry.objects.count()) == (memberships, entries)
    page = client.get(reverse("edit-user", args=(leader.pk,)))
    assert "任职由安全管理员授予和撤销" in page.text
    assert client.get(reverse("departments")).status_code == 200


def test_a_new_person_waits_for_the_security_administrator(separated, signed_in, administrator, security):
    assert signed_in(administrator).post(reverse("new-user"), NEW_PERSON).status_code == 302
    newcomer = User.objects.get(username="newcomer")
    assert not newcomer.memberships.exists()
    assert granting(signed_in(security), newcomer).status_code == 302
    assert newcomer.memberships.get().role == Role.AUDITOR


def test_a_security_administrator_keeps_no_departments_and_no_accounts(
    separated, signed_in, security, leader
):
    client = signed_in(security)
    entries = Entry.objects.count()
    assert client.get(reverse("departments")).status_code == 403
    assert client.get(reverse("new-user")).status_code == 403
    assert client.post(reverse("edit-user", args=(leader.pk,)), {}).status_code == 403
    assert Entry.objects.count() == entries
    assert may_set_password(security, leader)
    assert client.get(reverse("users")).status_code == 200


@pytest.mark.parametrize("role", Role.ADMINISTERING)
def test_nobody_is_two_of_the_three(role, separated, administrator, security, audit_administrator):
    for user in (administrator, security, audit_administrator):
        if user.memberships.get().role == role:
            continue
        entries = Entry.objects.count()
        with pytest.raises(AdministrationError, match="三员分立，分别由三人担任"):
            grant_role(user=user, role=role, department=None, actor=None)
        assert (user.memberships.count(), Entry.objects.count()) == (1, entries)


def test_where_they_are_one_a_person_may_be_several(administrator):
    assert grant_role(user=administrator, role=Role.SECURITY, department=None, actor=None)


def test_the_security_administrator_is_told_that_three_are_apart(
    separated, signed_in, security, administrator
):
    answer = granting(signed_in(security), administrator, role="audit_administrator")
    assert answer.status_code == 409
    assert "刘晓光已是系统管理员，不能兼任审计管理员" in answer.text


def test_who_reads_the_logs(
    separated, administrator, security, audit_administrator, auditor, leader, reviewer, department_year
):
    everybody = (administrator, security, audit_administrator, auditor, leader, reviewer)
    assert [may_read_trail(user) for user in everybody] == [False, False, True, True, False, False]
    assert [may_read_security_log(user) for user in everybody] == [False, True, True, True, False, False]
    assert reads_whole_trail(audit_administrator)


def test_an_auditor_of_a_department_reads_its_entries_alone(leader, other_department_year, department_year):
    grant_role(user=leader, role=Role.AUDITOR, department=department_year.department, actor=None)
    assert list(trail_departments_of(leader)) == [department_year.department]
    assert not reads_whole_trail(leader)
    assert not may_read_security_log(leader)


def test_a_system_administrator_opens_years(administrator, security, settings):
    for settings.SEPARATE_ADMINISTRATORS in (False, True):
        assert may_open_years(administrator)
        assert not may_open_years(security)
        assert grants_roles(security)


@pytest.mark.parametrize(
    ("role", "step", "status"),
    [("finance", "2", 302), ("finance", "", 302), ("leader", "2", 422), ("finance", "4", 422)],
)
def test_a_reviewer_is_kept_to_a_step_of_the_finance_review(
    role, step, status, signed_in, administrator, auditor
):
    answer = granting(signed_in(administrator), auditor, role=role, finance_step=step)
    assert answer.status_code == status
    held = auditor.memberships.filter(role=role).first()
    assert (held is not None) is (status == 302)
    if held:
        assert held.finance_step == (int(step) if step else None)
        recorded = [change["after"] for change in Entry.objects.last().changes]
        assert recorded == ["全部部门 财政审核人", *([f"第{step}环节"] if step else ())]


def test_the_step_of_a_reviewer_is_changed_by_granting_it_again(administrator, reviewer):
    assert grant_role(user=reviewer, role=Role.FINANCE, department=None, finance_step=3, actor=administrator)
    change = Entry.objects.last().changes[0]
    assert (change["place"], change["before"], change["after"]) == ("财政审核环节", "", "第3环节")
    assert reviewer.memberships.get().finance_step == 3
