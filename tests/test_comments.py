"""批注: who may write, answer and resolve them, what they keep back, what the trail and the messages say."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.models import Delegation, Role
from departments.services import grant_role
from indicators.document import content_hash
from indicators.reviewed import filed_of
from indicators.rows import load_table
from indicators.services import save_table
from indicators.services.obstacles import obstacles_to
from projects.models import Declaration
from trail.models import Entry
from workflow.comments import threads_of, voice_of
from workflow.models import Comment, Notification, Status
from workflow.services import mark_read
from workflow.services.comments import (
    CommentError,
    add_comment,
    answer_comment,
    reopen_comment,
    resolve_comment,
)
from workflow.transitions import PASS

Sort = Comment.Sort


@pytest.fixture
def filed(declaration):
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.SUBMITTED)
    declaration.refresh_from_db()
    return filed_of(declaration)


@pytest.fixture
def remark(filed, leader) -> Comment:
    """Return a 须整改 of the leader on the goal."""
    return add_comment(
        filed=filed, sort=Sort.RECTIFY, text="目标过于笼统", path="goal", place="绩效目标", quote="原文",
        actor=leader,
    )  # fmt: skip


def obstacles(declaration):
    hashes = {declaration.pk: content_hash(load_table(declaration))}
    return [
        each for each in obstacles_to(PASS, [declaration], hashes).get(declaration.pk, ()) if "批注" in each
    ]


def refused(error, act, **arguments):
    """Assert that an act is refused and leaves neither a row nor an entry behind."""
    before = list(Comment.objects.values()), Entry.objects.count(), Notification.objects.count()
    with pytest.raises(error) as refusal:
        act(**arguments)
    assert (list(Comment.objects.values()), Entry.objects.count(), Notification.objects.count()) == before
    return str(refusal.value)


# writing


def test_a_comment_keeps_its_place_its_words_and_in_which_role_it_was_written(remark, declaration, leader):
    assert (remark.kind, remark.object_id, remark.version) == ("declaration", declaration.pk, 1)
    assert (remark.author, remark.capacity, remark.quote) == (leader, "单位负责人", "原文")
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.kind, entry.object_id) == ("comment", "declaration", str(declaration.pk))
    assert (entry.capacity, entry.department_code) == ("单位负责人", "286001")
    assert entry.changes == [
        {"path": "goal", "place": "批注（须整改）绩效目标", "before": "", "after": "目标过于笼统"}
    ]


def test_a_preparer_comments_and_demands_nothing(filed, preparer):
    comment = add_comment(filed=filed, sort=Sort.QUESTION, text="按哪个口径填写", actor=preparer)
    assert (comment.capacity, comment.path) == ("填报人", "")
    assert "审核人" in refused(
        PermissionDenied, add_comment, filed=filed, sort=Sort.RECTIFY, text="须改", actor=preparer
    )


@pytest.mark.parametrize("persona", ["auditor", "administrator", "outsider"])
def test_who_neither_reviews_nor_prepares_reads_only(filed, remark, persona, request):
    actor = request.getfixturevalue(persona)
    refused(PermissionDenied, add_comment, filed=filed, sort=Sort.GENERAL, text="意见", actor=actor)
    refused(PermissionDenied, answer_comment, filed=filed, comment=remark, text="答复", actor=actor)
    refused(PermissionDenied, resolve_comment, filed=filed, comment=remark, actor=actor)


@pytest.mark.parametrize(("text", "said"), [(" \n", "写明批注的内容"), ("长" * 2001, "最多2000个字")])
def test_a_blank_or_endless_comment_is_refused(filed, leader, text, said):
    assert said in refused(CommentError, add_comment, filed=filed, sort=Sort.GENERAL, text=text, actor=leader)


def deputise(principal, deputy) -> None:
    today = timezone.localdate()
    Delegation.objects.create(
        membership=principal.memberships.get(), deputy=deputy, starts_on=today,
        ends_on=today + timedelta(days=1), named_by=principal, named_at=timezone.now(),
    )  # fmt: skip


def test_a_deputy_comments_in_the_name_of_the_leader(filed, leader, auditor):
    deputise(leader, auditor)
    comment = add_comment(filed=filed, sort=Sort.RECTIFY, text="须核实", actor=auditor)
    entry = Entry.objects.latest("sequence")
    assert comment.capacity == "单位负责人（代李国强）"
    assert (entry.actor_name, entry.capacity) == ("陈志远（代李国强）", "单位负责人")


# telling


def told_of(text: str) -> set:
    return {told.recipient for told in Notification.objects.filter(sort="comment", text__contains=text)}


@pytest.mark.parametrize("sort", [Sort.RECTIFY, Sort.QUESTION])
def test_what_a_reviewer_asks_is_told_once_to_who_fills_in(filed, preparer, leader, reviewer, sort):
    comment = add_comment(filed=filed, sort=sort, text="补充依据", actor=leader, address="/tables/1/review/")
    (told,) = Notification.objects.all()
    assert (told.recipient, told.sort) == (preparer, "comment")
    assert told.address == f"/tables/1/review/#comment-{comment.pk}"
    assert told.text == f"李国强对“{filed.label}”提出批注（{sort.label}）：补充依据"


def test_unread_messages_of_one_table_and_sort_are_one(filed, reviewer, preparer):
    for number in range(3):
        add_comment(filed=filed, sort=Sort.RECTIFY, text=f"第{number}处", actor=reviewer, address="/t/1/")
    add_comment(filed=filed, sort=Sort.QUESTION, text="为何", actor=reviewer, address="/t/1/")
    rectify, question = preparer.notifications.order_by("pk")
    assert rectify.text == f"“{filed.label}”有3条新批注（须整改），最近一条由{reviewer}提出：第2处"
    assert rectify.address == f"/t/1/#comment-{Comment.objects.earliest('pk').pk}"
    assert question.text == f"{reviewer}对“{filed.label}”提出批注（询问）：为何"


def test_a_message_that_was_read_is_not_counted_on(filed, reviewer, preparer):
    for text in ("甲处", "乙处"):
        add_comment(filed=filed, sort=Sort.RECTIFY, text=text, actor=reviewer)
        mark_read(actor=preparer)
    before = list(preparer.notifications.values("pk", "text", "read_at"))
    add_comment(filed=filed, sort=Sort.RECTIFY, text="丙处", actor=reviewer)
    texts = list(preparer.notifications.filter(read_at=None).values_list("text", flat=True))
    assert texts == [f"{reviewer}对“{filed.label}”提出批注（须整改）：丙处"]
    assert (
        list(preparer.notifications.filter(read_at__isnull=False).values("pk", "text", "read_at")) == before
    )
    assert len(before) == 2


def test_the_assignee_is_told_and_not_the_whole_unit(filed, declaration, preparer, outsider, leader):
    Declaration.objects.filter(pk=declaration.pk).update(assignee=outsider)
    declaration.refresh_from_db()
    add_comment(filed=filed_of(declaration), sort=Sort.RECTIFY, text="补充依据", actor=leader)
    assert told_of("补充依据") == {outsider}


def test_a_general_remark_and_a_question_of_a_draft_tell_nobody(declaration, preparer, leader):
    draft = filed_of(declaration)
    add_comment(filed=draft, sort=Sort.GENERAL, text="写得清楚", actor=leader)
    add_comment(filed=draft, sort=Sort.QUESTION, text="按哪个口径填写", actor=preparer)
    assert Notification.objects.count() == 0


def test_a_question_of_who_fills_in_goes_to_who_reviews_now(filed, preparer, leader, reviewer):
    add_comment(filed=filed, sort=Sort.QUESTION, text="按哪个口径填写", actor=preparer)
    assert told_of("按哪个口径填写") == {leader}


def test_who_fills_in_and_reviews_is_not_told_of_their_own_remark(filed, leader, department_year):
    grant_role(user=leader, role=Role.PREPARER, department=department_year.department, actor=None)
    add_comment(filed=filed, sort=Sort.RECTIFY, text="补充依据", actor=leader)
    assert told_of("补充依据") == set()


def test_a_message_says_whom_a_deputy_speaks_for(filed, remark, preparer, leader, auditor):
    deputise(leader, auditor)
    add_comment(filed=filed, sort=Sort.RECTIFY, text="补充依据", actor=auditor)
    answer_comment(filed=filed, comment=remark, text="再核对", actor=auditor)
    assert told_of("陈志远（代李国强）对“") == {preparer}
    assert told_of("陈志远（代李国强）答复了“") == {leader}


# answering


def test_an_answer_is_told_to_all_others_in_the_thread(filed, remark, preparer, leader, reviewer):
    answer_comment(filed=filed, comment=remark, text="已改", actor=preparer, address="/tables/1/")
    told = Notification.objects.get(text__contains="答复了")
    assert (told.recipient, told.sort, told.address) == (leader, "comment", "/tables/1/")
    assert "已改" in told.text
    answer_comment(filed=filed, comment=remark, text="还不够具体", actor=reviewer)
    recipients = {
        notification.recipient for notification in Notification.objects.filter(text__contains="还不够")
    }
    assert recipients == {leader, preparer}
    assert Entry.objects.latest("sequence").action == "answer_comment"


def test_an_answer_is_not_answered(filed, remark, preparer, leader):
    answer = answer_comment(filed=filed, comment=remark, text="已改", actor=preparer)
    refused(CommentError, answer_comment, filed=filed, comment=answer, text="再答", actor=leader)


def test_a_comment_of_another_table_is_refused(filed, remark, department_year, leader):
    other = filed_of(department_year.declarations.last())
    refused(CommentError, answer_comment, filed=other, comment=remark, text="答", actor=leader)
    refused(CommentError, resolve_comment, filed=other, comment=remark, actor=leader)


# resolving


def test_only_an_open_demand_keeps_a_table_back(filed, declaration, remark, leader):
    add_comment(filed=filed, sort=Sort.GENERAL, text="可以更好", actor=leader)
    assert obstacles(declaration) == ["须整改的批注没有销号：“绩效目标”目标过于笼统"]
    resolve_comment(filed=filed, comment=remark, actor=leader)
    assert obstacles(declaration) == []
    reopen_comment(filed=filed, comment=remark, actor=leader)
    assert len(obstacles(declaration)) == 1
    actions = Entry.objects.order_by("-sequence").values_list("action", flat=True)[:2]
    assert list(actions) == ["reopen_comment", "resolve_comment"]


def test_a_higher_level_resolves_and_a_lower_one_does_not(filed, leader, reviewer, preparer):
    mine = add_comment(filed=filed, sort=Sort.RECTIFY, text="财政的意见", actor=reviewer)
    theirs = add_comment(filed=filed, sort=Sort.RECTIFY, text="单位的意见", actor=leader)
    refused(PermissionDenied, resolve_comment, filed=filed, comment=mine, actor=leader)
    refused(PermissionDenied, resolve_comment, filed=filed, comment=theirs, actor=preparer)
    resolve_comment(filed=filed, comment=theirs, actor=reviewer)
    theirs.refresh_from_db()
    assert theirs.resolved_by == reviewer


def test_who_filled_in_the_table_does_not_resolve_what_others_want_put_right(
    filed, declaration, remark, approver
):
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.DRAFT)
    declaration.refresh_from_db()
    table = replace(load_table(declaration), purpose="另写的用途")
    save_table(declaration=declaration, table=table, revision=declaration.revision, actor=approver)
    refused(PermissionDenied, resolve_comment, filed=filed, comment=remark, actor=approver)


def test_a_comment_is_resolved_once(filed, remark, leader, reviewer):
    resolve_comment(filed=filed, comment=remark, actor=leader)
    assert "已经销号" in refused(CommentError, resolve_comment, filed=filed, comment=remark, actor=reviewer)
    reopen_comment(filed=filed, comment=remark, actor=reviewer)
    refused(CommentError, reopen_comment, filed=filed, comment=remark, actor=leader)


# reading


def test_threads_show_what_is_open_first_in_the_same_number_of_queries(filed, remark, leader, preparer):
    def number_of_queries():
        with CaptureQueriesContext(connection) as queries:
            threads_of(filed, voice_of(leader, filed))
        return len(queries)

    answer_comment(filed=filed, comment=remark, text="已改", actor=preparer)
    at_one = number_of_queries()
    resolve_comment(filed=filed, comment=remark, actor=leader)
    for number in range(30):
        add_comment(filed=filed, sort=Sort.GENERAL, text=f"意见{number}", actor=leader)
    assert number_of_queries() == at_one
    threads = threads_of(filed, voice_of(leader, filed))
    assert [thread.is_open for thread in threads] == [True] * 30 + [False]
    assert [answer.text for answer in threads[-1].answers] == ["已改"]
