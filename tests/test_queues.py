"""The queues: what waits for whom, who had a hand in it, what comes next."""

import datetime

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from departments.models import Delegation, Membership, Role
from departments.services import grant_role
from indicators import queues
from indicators.services.reviewing import move_tables
from projects.models import Declaration, DepartmentYear
from tests.approved_tables import moved
from trail.services import record
from workflow.models import Status, StoredDocument, Version
from workflow.transitions import RETURN, RETURN_ONE, SUBMIT


def stand(status, *declarations):
    """Put tables to a status as a former move would have."""
    Declaration.objects.filter(pk__in=[each.pk for each in declarations]).update(
        status=status, moved_at=timezone.now()
    )


def waiting(user):
    return [each.pk for each in queues.todo_of(user)]


@pytest.fixture
def two(department_year):
    return list(department_year.declarations.order_by("position"))


@pytest.mark.parametrize(
    ("status", "persona"),
    [
        (Status.SUBMITTED, "leader"),
        (Status.AT_SUPERVISOR, "supervisor"),
        (Status.FINANCE_FIRST, "reviewer"),
        (Status.TO_APPROVE, "reviewer"),
        (Status.RETURNED, "preparer"),
    ],
)
def test_a_table_waits_for_whose_turn_it_is_and_for_nobody_else(
    status, persona, two, preparer, leader, supervisor, reviewer, auditor, administrator, outsider
):
    people = {"preparer": preparer, "leader": leader, "supervisor": supervisor, "reviewer": reviewer}
    stand(status, two[0])
    for name, user in people.items():
        assert waiting(user) == ([two[0].pk] if name == persona else []), name
    for user in (auditor, administrator, outsider):
        assert waiting(user) == []


@pytest.mark.parametrize("status", [Status.DRAFT, Status.APPROVED, Status.PUBLISHED, Status.CANCELLED])
def test_what_is_nobodys_turn_waits_for_nobody(status, two, preparer, leader, reviewer):
    stand(status, *two)
    assert [waiting(user) for user in (preparer, leader, reviewer)] == [[], [], []]


def test_a_reviewer_kept_to_one_step_has_only_that_step(two, reviewer):
    stand(Status.FINANCE_FIRST, two[0])
    stand(Status.FINANCE_SECOND, two[1])
    Membership.objects.filter(user=reviewer).update(finance_step=2)
    assert waiting(reviewer) == [two[1].pk]
    stand(Status.TO_APPROVE, two[1])
    assert waiting(reviewer) == []


def test_what_somebody_filled_in_does_not_wait_for_them(two, leader, preparer):
    stand(Status.SUBMITTED, *two)
    record(actor=leader, action="edit", kind="declaration", object_id=two[0].pk, label="改")
    assert waiting(leader) == [two[1].pk]


def test_a_remark_is_no_filling_in(two, leader):
    stand(Status.SUBMITTED, *two)
    record(actor=leader, action="comment", kind="declaration", object_id=two[0].pk, label="批注")
    assert waiting(leader) == [two[0].pk, two[1].pk]


def passed(declaration, user, source):
    document, _ = StoredDocument.objects.get_or_create(sha256="0" * 64, content_hash="0" * 64, text="{}")
    Version.objects.create(
        kind="declaration",
        object_id=declaration.pk,
        number=1,
        revision=0,
        act="pass",
        source=source,
        target=Status.TO_APPROVE,
        document=document,
        actor=user,
        at=timezone.now(),
    )


def test_whoever_passed_it_at_another_level_does_not_approve_it(two, reviewer, approver):
    stand(Status.TO_APPROVE, *two)
    passed(two[0], reviewer, Status.FINANCE_FIRST)
    assert waiting(reviewer) == [two[1].pk]
    assert waiting(approver) == [two[0].pk, two[1].pk]


def test_what_was_passed_in_a_former_version_waits_again(two, reviewer):
    stand(Status.TO_APPROVE, two[0])
    passed(two[0], reviewer, Status.FINANCE_FIRST)
    Declaration.objects.filter(pk=two[0].pk).update(version=2)
    assert waiting(reviewer) == [two[0].pk]


def test_what_came_back_to_the_level_waits_again(two, reviewer):
    stand(Status.FINANCE_FIRST, two[0])
    passed(two[0], reviewer, Status.FINANCE_FIRST)
    assert waiting(reviewer) == [two[0].pk]


def test_a_deputy_has_the_queue_of_whom_they_stand_in_for(two, leader, auditor):
    stand(Status.SUBMITTED, two[0])
    today = timezone.localdate()
    deputised = Delegation.objects.create(
        membership=Membership.objects.get(user=leader),
        deputy=auditor,
        starts_on=today,
        ends_on=today,
        named_by=leader,
        named_at=timezone.now(),
    )
    assert waiting(auditor) == [two[0].pk]
    deputised.ends_on = deputised.starts_on = today - datetime.timedelta(days=1)
    deputised.save()
    assert waiting(auditor) == []


def test_the_hands_of_the_principal_bind_the_deputy(two, reviewer, auditor):
    stand(Status.TO_APPROVE, two[0])
    passed(two[0], reviewer, Status.FINANCE_FIRST)
    today = timezone.localdate()
    Delegation.objects.create(
        membership=Membership.objects.get(user=reviewer),
        deputy=auditor,
        starts_on=today,
        ends_on=today,
        named_by=reviewer,
        named_at=timezone.now(),
    )
    assert waiting(auditor) == []


def test_what_is_assigned_to_a_colleague_is_not_mine_to_correct(two, preparer, outsider):
    stand(Status.RETURNED, *two)
    Declaration.objects.filter(pk=two[0].pk).update(assignee=outsider)
    assert waiting(preparer) == [two[1].pk]
    assert {each.pk for each in queues.returned_of(preparer)} == {each.pk for each in two}


def test_the_text_of_a_department_waits_too(department_year, two, leader, preparer):
    stand(Status.SUBMITTED, two[0])
    DepartmentYear.objects.filter(pk=department_year.pk).update(status=Status.SUBMITTED)
    assert [each.pk for each in queues.narratives_to_do(leader)] == [department_year.pk]
    assert (queues.number_to_do(leader), queues.number_to_do(preparer)) == (2, 0)


def test_the_number_returned_is_for_who_fills_in(department_year, two, leader, preparer):
    stand(Status.RETURNED, two[0])
    DepartmentYear.objects.filter(pk=department_year.pk).update(status=Status.RETURNED)
    assert (queues.number_returned(preparer), queues.number_returned(leader)) == (2, 0)


def test_the_next_one_follows_and_after_the_last_comes_the_first(two, leader):
    stand(Status.SUBMITTED, *two)
    assert queues.place_in_queue(leader, two[0]).following.pk == two[1].pk
    assert queues.place_in_queue(leader, two[1]).following.pk == two[0].pk
    assert queues.place_in_queue(leader, two[1]).number == 2


def test_the_next_one_is_found_after_a_table_left_the_queue(two, leader):
    stand(Status.SUBMITTED, two[1])
    assert queues.place_in_queue(leader, two[0]).following.pk == two[1].pk
    assert queues.place_in_queue(leader, two[0]).number is None


def test_the_text_of_a_department_stands_before_its_tables(department_year, two, leader):
    stand(Status.SUBMITTED, *two)
    DepartmentYear.objects.filter(pk=department_year.pk).update(status=Status.SUBMITTED)
    place = queues.place_in_queue(leader, department_year)
    assert (place.number, place.total, place.following.pk) == (1, 3, two[0].pk)
    assert not queues.place_in_queue(leader, two[1]).following.is_table
    assert queues.place_in_queue(leader, two[0]).previous == queues.Turn.of(department_year)


def test_behind_the_only_one_comes_nothing(two, leader):
    stand(Status.SUBMITTED, two[0])
    assert queues.place_in_queue(leader, two[0]).following is None


def test_done_is_what_somebody_handled(two, leader, preparer):
    stand(Status.SUBMITTED, *two)
    move_tables(revisions={two[0].pk: 0}, act=RETURN, reason="名称不规范。", actor=leader)
    assert [each.pk for each in queues.done_by(leader)] == [two[0].pk]
    assert list(queues.done_by(preparer)) == []
    assert waiting(leader) == [two[1].pk]
    assert waiting(preparer) == [two[0].pk]


def test_what_was_handled_last_stands_first(two, leader, signed_in):
    stand(Status.SUBMITTED, *two)
    for each in two:
        move_tables(revisions={each.pk: 0}, act=RETURN, reason="名称不规范。", actor=leader)
    page = signed_in(leader).get(reverse("queue", args=("done",)))
    assert [row.line.reviewed for row in page.context["rows"]] == [two[1], two[0]]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps statistics and chooses by them")
@pytest.mark.parametrize("queue", [queues.done_by, queues.submitted_by])
def test_what_somebody_did_is_found_by_who_did_it(queue, leader):
    plan = queue(leader).order_by().values("pk").explain()
    assert "version_actor" in plan
    assert "version_object" not in plan


def test_done_stays_in_sight_only_as_long_as_the_role(two, leader):
    stand(Status.SUBMITTED, *two)
    move_tables(revisions={two[0].pk: 0}, act=RETURN, reason="名称不规范。", actor=leader)
    Membership.objects.filter(user=leader).delete()
    assert list(queues.done_by(leader)) == []


def test_a_person_with_two_roles_has_both_queues(two, leader):
    grant_role(user=leader, role=Role.PREPARER, department=two[0].department_year.department, actor=None)
    stand(Status.SUBMITTED, two[0])
    stand(Status.RETURNED, two[1])
    assert waiting(leader) == [two[0].pk, two[1].pk]


# the pages


def test_the_page_shows_what_waits_how_long_and_why(signed_in, two, leader, reviewer):
    stand(Status.FINANCE_FIRST, two[0])
    move_tables(revisions={two[0].pk: 0}, act=RETURN_ONE, reason="单位先核对<预算数>。", actor=reviewer)
    page = signed_in(leader).get(reverse("queue", args=("todo",))).text
    assert two[0].name in page
    assert "待单位审核" in page
    assert "赵丽华 退回上一级" in page
    assert "单位先核对&lt;预算数&gt;。" in page
    assert "今天" in page


def test_the_page_of_what_came_back_names_the_reason(signed_in, two, leader, preparer):
    stand(Status.SUBMITTED, two[0])
    move_tables(revisions={two[0].pk: 0}, act=RETURN, reason="名称不规范。", actor=leader)
    page = signed_in(preparer).get(reverse("queue", args=("returned",))).text
    assert "李国强 退回填报人" in page
    assert "名称不规范。" in page


def test_what_was_sent_tells_what_became_of_it(signed_in, two, leader, preparer):
    sent = moved(two[0], SUBMIT, preparer)
    move_tables(revisions={two[0].pk: two[0].revision}, act=RETURN, reason="名称不规范。", actor=leader)
    (row,) = signed_in(preparer).get(reverse("queue", args=("submitted",))).context["rows"]
    assert (row.line.since, row.line.last.by, row.line.act) == (sent.at, "李国强", "退回填报人")


def test_the_text_of_a_department_is_a_row_among_the_tables(signed_in, department_year, two, leader):
    stand(Status.SUBMITTED, *two)
    DepartmentYear.objects.filter(pk=department_year.pk).update(
        status=Status.SUBMITTED, moved_at=timezone.now()
    )
    page = signed_in(leader).get(reverse("queue", args=("todo",)))
    assert next(row.line.name for row in page.context["rows"]) == "部门整体绩效目标"
    assert f'name="narrative" value="{department_year.pk}"' in page.text


@pytest.mark.parametrize("order", ["name", "-budget", "since", "-status", "code", "-code"])
def test_a_queue_sorts_by_every_column(order, signed_in, department_year, two, leader):
    stand(Status.SUBMITTED, *two)
    DepartmentYear.objects.filter(pk=department_year.pk).update(status=Status.SUBMITTED)
    page = signed_in(leader).get(reverse("queue", args=("todo",)), {"sort": order})
    assert len(page.context["rows"]) == 3


def test_the_largest_amount_first_and_what_has_none_last(signed_in, department_year, two, leader):
    stand(Status.SUBMITTED, *two)
    DepartmentYear.objects.filter(pk=department_year.pk).update(status=Status.SUBMITTED)
    page = signed_in(leader).get(reverse("queue", args=("todo",)), {"sort": "-budget"})
    lines = [row.line for row in page.context["rows"]]
    assert [line.reviewed for line in lines] == [two[1], two[0], department_year]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"q": "党组织"}, 1),
        ({"q": "286001"}, 0),
        ({"q": "直机关工委"}, 2),
        ({"year": 2024}, 2),
        ({"department": "286001"}, 2),
        ({"status": "submitted"}, 2),
        ({"status": "at_supervisor"}, 0),
    ],
)
def test_a_queue_narrows_by_its_address(query, number, signed_in, two, leader):
    stand(Status.SUBMITTED, *two)
    page = signed_in(leader).get(reverse("queue", args=("todo",)), query)
    assert len(page.context["rows"]) == number


@pytest.mark.parametrize("query", [{"year": "1999"}, {"status": "nowhere"}, {"department": "999999"}])
def test_a_filter_that_makes_no_sense_lists_nothing(query, signed_in, two, leader):
    stand(Status.SUBMITTED, *two)
    page = signed_in(leader).get(reverse("queue", args=("todo",)), query)
    assert page.context["rows"] == []
    assert "筛选条件有误" in page.text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("todo", "没有待办的项目"),
        ("done", "还没有办理过的项目"),
        ("returned", "没有被退回的项目"),
        ("submitted", "还没有送审过项目"),
    ],
)
def test_an_empty_queue_says_what_it_is_for(name, words, signed_in, auditor, department_year):
    assert words in signed_in(auditor).get(reverse("queue", args=(name,))).text


def test_there_are_four_queues(signed_in, auditor):
    assert signed_in(auditor).get("/queues/others/").status_code == 404


def test_the_rail_begins_with_what_waits_and_counts_it(signed_in, two, leader, preparer):
    stand(Status.SUBMITTED, two[0])
    stand(Status.RETURNED, two[1])
    rail = [entry.title for entry in _rail(signed_in(leader))]
    assert rail[:2] == ["待我审核", "我的部门"]
    assert next(entry.number for entry in _rail(signed_in(leader))) == 1
    assert [(entry.title, entry.number) for entry in _rail(signed_in(preparer))][:2] == [
        ("我的部门", 0),
        ("被退回", 1),
    ]


def _rail(client):
    return client.get(reverse("home")).context["entries"]
