"""代理: who names a deputy, what a deputy may do in whose name, and that nobody judges twice by it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from departments.models import Delegation, Membership, Role
from departments.services import (
    AdministrationError,
    create_user,
    end_delegation,
    grant_role,
    name_deputy,
    revoke_role,
)
from tests.queries import queries_of
from tests.test_transitions import (
    FINANCE_FIRST,
    SUBMITTED,
    act_on,
    came_by,
    filed_as,
    refused,
    stand,
    stored,
)
from trail.models import Entry
from workflow import transitions as acts
from workflow.models import Status
from workflow.steps import acts_open_to


def days(number):
    return timezone.localdate() + timedelta(days=number)


@pytest.fixture
def deputy(department_year):
    """Return a second 填报人 of the unit, who has nothing to do with its tables."""
    user = create_user(username="deputy", full_name="周文斌", password="一个够长的密码", actor=None)
    grant_role(user=user, role=Role.PREPARER, department=department_year.department, actor=None)
    return user


@pytest.fixture
def name(leader, deputy):
    """Return a function that names the deputy of the leader: name(starts=0, ends=7) -> Delegation."""

    def name(*, starts=0, ends=7, who=deputy, actor=leader, membership=None, reason="出差"):
        return name_deputy(
            membership=membership or leader.memberships.get(),
            deputy=who,
            starts_on=days(starts),
            ends_on=days(ends),
            reason=reason,
            actor=actor,
        )

    return name


def nothing_changed(call, message=None, error=AdministrationError):
    before = Delegation.objects.count(), Entry.objects.count()
    with pytest.raises(error, match=message):
        call()
    assert (Delegation.objects.count(), Entry.objects.count()) == before


def test_a_deputy_acts_in_the_name_of_who_is_away(name, leader, deputy, declaration):
    name()
    stand(declaration, SUBMITTED)
    version = act_on(declaration, acts.PASS, deputy)
    assert (version.by, version.capacity, version.principal) == ("周文斌（代李国强）", "单位负责人", leader)
    entry = Entry.objects.last()
    assert (entry.actor_name, entry.actor) == ("周文斌（代李国强）", deputy)


def test_the_table_page_says_who_acted_for_whom(name, deputy, preparer, signed_in, declaration):
    name()
    stand(declaration, SUBMITTED)
    act_on(declaration, acts.PASS, deputy)
    assert (
        "由周文斌（代李国强）通过" in signed_in(preparer).get(reverse("table", args=(declaration.pk,))).text
    )


@pytest.mark.parametrize(("starts", "ends"), [(1, 7), (0, 0)])
def test_it_holds_on_its_days_alone(starts, ends, name, deputy, declaration):
    delegation = name(starts=starts, ends=ends)
    stand(declaration, SUBMITTED)
    offered = acts_open_to(deputy, filed_as(stored(declaration.pk)), [acts.PASS])
    assert bool(offered) is (starts == 0)
    Delegation.objects.filter(pk=delegation.pk).update(starts_on=days(-9), ends_on=days(-1))
    assert acts_open_to(deputy, filed_as(stored(declaration.pk)), [acts.PASS]) == ()


def test_the_person_away_can_still_act(name, leader, declaration):
    name()
    stand(declaration, SUBMITTED)
    assert act_on(declaration, acts.PASS, leader).by == "李国强"


def test_what_ended_gives_no_right(name, leader, deputy, declaration):
    delegation = name()
    end_delegation(delegation=delegation, actor=leader)
    stand(declaration, SUBMITTED)
    assert "通过由单位负责人办理" in refused(declaration, acts.PASS, deputy)
    entry = Entry.objects.filter(kind="delegation").last()
    assert (entry.action, entry.label) == (
        "end_delegation",
        "周文斌（deputy）代李国强：286001曹妃甸区直机关工委 单位负责人",
    )
    nothing_changed(lambda: end_delegation(delegation=delegation, actor=leader), "已经结束")


def test_who_left_gives_no_right(name, leader, deputy, declaration):
    name()
    leader.is_active = False
    leader.save()
    stand(declaration, SUBMITTED)
    assert "通过由单位负责人办理" in refused(declaration, acts.PASS, deputy)


def test_naming_is_recorded_with_period_and_reason(name, leader, department_year):
    name(starts=1, ends=3, reason=" 出差 ")
    entry = Entry.objects.last()
    assert (entry.action, entry.kind, entry.actor, entry.reason) == (
        "name_deputy",
        "delegation",
        leader,
        "出差",
    )
    assert [(change["place"], change["after"]) for change in entry.changes] == [
        ("开始日期", str(days(1))),
        ("结束日期", str(days(3))),
    ]


# separated duties, deputies included


def test_a_deputy_judges_nothing_he_prepared(name, deputy, declaration):
    name()
    act_on(declaration, acts.SUBMIT, deputy)
    assert "由本人或李国强填报，不能由本人通过" in refused(declaration, acts.PASS, deputy)


def test_a_deputy_judges_nothing_that_who_is_away_prepared(name, leader, deputy, declaration):
    grant_role(user=leader, role=Role.PREPARER, department=None, actor=None)
    name(membership=leader.memberships.get(role=Role.LEADER))
    act_on(declaration, acts.SUBMIT, leader)
    assert "由本人或李国强填报" in refused(declaration, acts.PASS, deputy)


def test_neither_deputy_nor_principal_judges_twice(reviewer, approver, declaration):
    membership = reviewer.memberships.get()
    name_deputy(
        membership=membership,
        deputy=approver,
        starts_on=days(0),
        ends_on=days(5),
        reason="休假",
        actor=reviewer,
    )
    Membership.objects.filter(user=approver).update(finance_step=3)  # at step 1 he acts for the reviewer
    stand(declaration, FINANCE_FIRST)
    version = act_on(declaration, acts.PASS, approver)
    assert version.by == "钱文华（代赵丽华）"
    assert "已由本人在另一环节审核通过" in refused(declaration, acts.PASS, reviewer)
    assert "已由本人或赵丽华在另一环节审核通过" in refused(declaration, acts.PASS, approver)


def test_a_deputy_does_not_approve_what_the_principal_passed(reviewer, approver, declaration):
    stand(declaration, FINANCE_FIRST)
    came_by(declaration, "pass", Status.FINANCE_FIRST, Status.FINANCE_SECOND, 1, actor=reviewer)
    stand(declaration, (Status.FINANCE_SECOND, 1, ("pass", Status.FINANCE_FIRST, 1)))
    name_deputy(
        membership=reviewer.memberships.get(),
        deputy=approver,
        starts_on=days(0),
        ends_on=days(5),
        reason="休假",
        actor=reviewer,
    )
    Membership.objects.filter(user=approver).update(finance_step=1)
    assert "已由本人或赵丽华在另一环节审核通过" in refused(declaration, acts.PASS, approver)


# who names whom


@pytest.mark.parametrize("persona", ["preparer", "supervisor", "auditor", "outsider"])
def test_only_the_holder_or_an_administrator_names_a_deputy(persona, request, name, leader):
    actor = request.getfixturevalue(persona)
    nothing_changed(lambda: name(actor=actor), error=PermissionDenied)


def test_an_administrator_names_a_deputy_for_who_is_ill(name, administrator):
    assert name(actor=administrator).named_by == administrator


def test_a_deputy_cannot_pass_it_on(name, leader, deputy, supervisor):
    name()
    nothing_changed(lambda: name(who=supervisor, actor=deputy, starts=20, ends=30), error=PermissionDenied)


def test_nobody_stands_in_for_himself(name, leader):
    nothing_changed(lambda: name(who=leader), "代理人不能是本人")


@pytest.mark.parametrize("persona", ["auditor", "administrator", "outsider"])
def test_auditors_administrators_and_strangers_stand_in_for_nobody(persona, request, name):
    who = request.getfixturevalue(persona)
    nothing_changed(lambda: name(who=who), "不能代理：代理人须在用")


def test_filling_in_cannot_be_delegated(name, preparer, deputy):
    held = preparer.memberships.get()
    nothing_changed(lambda: name(membership=held, actor=preparer), "填报人的职责不能代理")


@pytest.mark.parametrize(
    ("starts", "ends", "message"), [(3, 2, "早于开始日期"), (-5, -1, "已经过去"), (5, 9, "只能有一名代理人")]
)
def test_a_wrong_period_is_refused(starts, ends, message, name):
    name(starts=0, ends=7)
    nothing_changed(lambda: name(starts=starts, ends=ends), message)


def test_revoking_a_role_ends_its_delegations(name, leader, administrator, deputy, department_year):
    name()
    grant_role(user=leader, role=Role.PREPARER, department=department_year.department, actor=None)
    revoke_role(membership=leader.memberships.get(role=Role.LEADER), actor=administrator)
    assert [entry.action for entry in Entry.objects.order_by("-sequence")[:2]] == [
        "revoke_role",
        "end_delegation",
    ]
    assert not Membership.objects.held_by(deputy).filter(role=Role.LEADER).exists()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_becomes_an_auditor_or_administrator_is_no_deputy_any_more(
    role, name, deputy, administrator, declaration
):
    delegation = name()
    grant_role(user=deputy, role=role, department=None, actor=administrator)
    delegation.refresh_from_db()
    assert delegation.ended_at is not None
    assert [(entry.action, entry.reason) for entry in Entry.objects.order_by("-sequence")[:2]] == [
        ("end_delegation", "代理人的任职变动，代理随之终止。"),
        ("grant_role", ""),
    ]
    stand(declaration, SUBMITTED)
    assert "通过由单位负责人办理" in refused(declaration, acts.PASS, deputy)


def test_who_moves_to_another_department_is_no_deputy_any_more(
    name, deputy, administrator, declaration, other_department_year
):
    name(), name(starts=20, ends=30)
    grant_role(
        user=deputy, role=Role.PREPARER, department=other_department_year.department, actor=administrator
    )
    assert not Delegation.objects.exclude(ended_at=None).exists()  # still with a role in the old one
    here = declaration.department_year.department
    revoke_role(membership=deputy.memberships.get(department=here), actor=administrator)
    assert not Delegation.objects.filter(ended_at=None).exists()
    assert not Membership.objects.held_by(deputy).filter(department=here).exists()
    assert Entry.objects.filter(action="end_delegation").count() == 2


# the page


def test_a_deputy_is_named_and_ended_on_the_page(signed_in, leader, deputy, department_year):
    client = signed_in(leader)
    data = {
        "membership": leader.memberships.get().pk,
        "deputy": deputy.pk,
        "starts_on": str(days(0)),
        "ends_on": str(days(3)),
        "reason": "出差",
    }
    assert client.post(reverse("delegations"), data).status_code == 302
    page = client.get(reverse("delegations"))
    assert "代理中" in page.text
    mine = signed_in(deputy).get(reverse("delegations")).text
    assert "李国强" in mine
    assert "指定代理人" not in mine
    assert "填报人、代李国强" in mine
    end = reverse("end-delegation", args=(Delegation.objects.get().pk,))
    assert end not in mine
    assert signed_in(deputy).post(end).status_code == 403
    assert client.post(end).status_code == 302
    assert "已提前结束" in client.get(reverse("delegations")).text
    assert client.post(end).status_code == 409


def test_refusals_stand_on_the_page_with_all_that_was_typed(signed_in, leader, deputy, department_year):
    data = {"membership": leader.memberships.get().pk, "deputy": deputy.pk, "reason": "出差"}
    page = signed_in(leader).post(reverse("delegations"), data)
    assert page.status_code == 422
    assert "没有填写开始日期" in page.text
    page = signed_in(leader).post(
        reverse("delegations"), {**data, "starts_on": str(days(3)), "ends_on": str(days(1))}
    )
    assert page.status_code == 422
    assert page.text.count("早于开始日期") == 1
    assert Delegation.objects.count() == 0


def test_many_delegations_cost_the_queries_of_one(signed_in, leader, name):
    client = signed_in(leader)

    def count():
        client.get(reverse("delegations"))
        return queries_of(client, reverse("delegations"))

    name(starts=100, ends=100)
    few = count()
    for day in range(101, 130):
        name(starts=day, ends=day)
    assert count() == few
