"""消息: who is told of what, reading them, sending them by e-mail."""

import dataclasses

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.models import Delegation, Membership, User
from indicators.document import new_uid
from indicators.reviewed import filed_of
from indicators.services import create_declaration
from indicators.services.telling import tell_of_moves
from projects.models import Declaration, DepartmentYear
from tests.queries import queries_of
from tests.sample_documents import team_table
from trail.models import Entry
from workflow.models import Notification, Status
from workflow.services import notify
from workflow.transitions import APPROVE, PASS, RETURN, RETURN_ONE, SUBMIT

Sort = Notification.Sort


def at(status, **values) -> list:
    """Put all tables where the test needs them, and return them as filings."""
    tables = Declaration.objects.filter(department_year__department__code="286001")
    tables.update(status=status, **values)
    found = tables.select_related("department_year__department", "department_year__fiscal_year")
    return [filed_of(each) for each in found.order_by("pk")]


def told() -> dict[str, tuple[str, str]]:
    """Return who was told what, with the page: by username."""
    found = Notification.objects.select_related("recipient")
    return {each.recipient.username: (each.text, each.address) for each in found}


# Who is told


def test_what_is_submitted_waits_for_the_leader_and_is_told_once(department_year, preparer, leader, reviewer):
    tell_of_moves(filings=at(Status.SUBMITTED), act=SUBMIT, actor=preparer)
    assert told() == {
        "leader": (
            "286001 曹妃甸区直机关工委 2个项目已送审，等待审核。",
            reverse("queue", args=("todo",)),
        )
    }
    assert Notification.objects.get().sort == Sort.WAITING


def test_one_table_is_named_and_its_review_opens(department_year, declaration, preparer, leader):
    tell_of_moves(filings=at(Status.SUBMITTED)[:1], act=SUBMIT, actor=preparer)
    text, address = told()["leader"]
    assert text == "286001 曹妃甸区直机关工委 “2024年度机关团工作活动经费”已送审，等待审核。"
    assert address == reverse("review-table", args=(declaration.pk,))


def test_a_departments_text_is_told_too(department_year, preparer, leader):
    DepartmentYear.objects.update(status=Status.SUBMITTED)
    department_year.refresh_from_db()
    tell_of_moves(filings=[filed_of(department_year)], act=SUBMIT, actor=preparer)
    assert told()["leader"][0] == "286001 曹妃甸区直机关工委 部门整体绩效目标已送审，等待审核。"


def test_a_deputy_is_told_beside_the_leader(department_year, preparer, leader, auditor):
    today = timezone.localdate()
    Delegation.objects.create(
        membership=leader.memberships.get(),
        deputy=auditor,
        starts_on=today,
        ends_on=today,
        named_by=leader,
        named_at=timezone.now(),
    )
    tell_of_moves(filings=at(Status.SUBMITTED), act=SUBMIT, actor=preparer)
    assert set(told()) == {"leader", "auditor"}


def test_what_a_deputy_passes_says_whom_they_stood_in_for(department_year, preparer, leader, supervisor):
    tables = at(Status.SUBMITTED)[:1]
    tell_of_moves(filings=tables, act=RETURN, actor=supervisor, by="王建军（代李国强）", reason="改正文")
    assert "被王建军（代李国强）退回：改正文" in told()["preparer"][0]


def test_who_acted_and_who_left_are_not_told(department_year, leader, supervisor, reviewer, approver):
    Membership.objects.filter(user=approver).update(finance_step=2)
    filings = at(Status.FINANCE_FIRST)
    tell_of_moves(filings=filings, act=PASS, actor=supervisor)
    assert set(told()) == {"reviewer"}
    Notification.objects.all().delete()
    User.objects.filter(pk=reviewer.pk).update(is_active=False)
    tell_of_moves(filings=filings, act=PASS, actor=supervisor)
    assert told() == {}


def test_what_waited_is_read_once_it_was_done(department_year, preparer, leader, supervisor, reviewer):
    first, second = at(Status.SUBMITTED)
    review = reverse("review-table", args=(first.reviewable.pk,))
    notify(recipients=[leader, supervisor], sort=Sort.WAITING, text="一项", address=review)
    notify(
        recipients=[leader, reviewer],
        sort=Sort.WAITING,
        text="全部",
        address=reverse("queue", args=("todo",)),
    )
    notify(recipients=[leader], sort=Sort.COMMENT, text="批注", address=review)
    Declaration.objects.filter(pk=first.reviewable.pk).update(status=Status.FINANCE_FIRST)
    first.reviewable.refresh_from_db()

    tell_of_moves(filings=[first], act=PASS, actor=leader)

    unread = Notification.objects.filter(read_at=None).order_by("pk")
    assert [(each.recipient.username, each.text) for each in unread] == [
        ("reviewer", "全部"),
        ("leader", "批注"),
        ("reviewer", f"286001 曹妃甸区直机关工委 “{first.reviewable}”已由李国强审核通过，等待审核。"),
    ]
    assert second.reviewable.status == Status.SUBMITTED


def test_what_was_returned_goes_to_its_assignee_with_the_reason(department_year, preparer, leader, outsider):
    filings = at(Status.RETURNED)
    tell_of_moves(filings=filings, act=RETURN, actor=leader, reason="指标值与资金不符")
    assert told() == {
        "preparer": (
            "286001 曹妃甸区直机关工委 2个项目被李国强退回：指标值与资金不符",
            reverse("queue", args=("returned",)),
        )
    }
    Notification.objects.all().delete()
    tell_of_moves(
        filings=at(Status.RETURNED, assignee=outsider)[:1], act=RETURN, actor=leader, reason="改正文"
    )
    assert told()["outsider"][1] == reverse("table", args=(filings[0].reviewable.pk,))
    assert Notification.objects.get().sort == Sort.RETURNED


def test_what_goes_back_one_level_is_told_there(department_year, leader, supervisor, preparer):
    tell_of_moves(filings=at(Status.SUBMITTED), act=RETURN_ONE, actor=supervisor, reason="请核对")
    assert told()["leader"][0] == "286001 曹妃甸区直机关工委 2个项目被王建军退回本环节：请核对"
    assert set(told()) == {"leader"}


def test_the_unit_is_told_of_its_approval(department_year, preparer, leader, approver):
    tell_of_moves(filings=at(Status.APPROVED), act=APPROVE, actor=approver)
    assert set(told()) == {"preparer", "leader"}
    assert told()["preparer"] == (
        "286001 曹妃甸区直机关工委 2个项目已批复。",
        "/years/2024/departments/286001/",
    )


def test_telling_takes_the_same_queries_for_one_table_and_for_thirty(department_year, preparer, leader):
    def queries(act, status):
        filings = at(status)
        with CaptureQueriesContext(connection) as captured:
            tell_of_moves(filings=filings, act=act, actor=None, reason="改正文")
        return len(captured)

    few = queries(SUBMIT, Status.SUBMITTED), queries(RETURN, Status.RETURNED)
    Declaration.objects.update(status=Status.DRAFT)
    for _ in range(28):
        table = dataclasses.replace(team_table(), uid=new_uid(), project_code="")
        create_declaration(department_year=department_year, table=table, actor=preparer)
    assert (queries(SUBMIT, Status.SUBMITTED), queries(RETURN, Status.RETURNED)) == few


# Reading


def leave(user, number=1, text="已送审，等待审核。", address="/library/", sort=Sort.WAITING):
    for _ in range(number):
        notify(recipients=[user], sort=sort, text=text, address=address)
    return Notification.objects.filter(recipient=user)


def test_the_number_of_unread_ones_stands_on_every_page(preparer, signed_in):
    client = signed_in(preparer)
    assert "条未读" not in client.get("/").text
    leave(preparer, 2)
    assert '<span class="unread">2<span' in client.get("/").text
    leave(preparer, 100)
    assert '<span class="unread">99+<span' in client.get("/library/").text


def test_nobody_sees_the_messages_of_others(preparer, leader, signed_in):
    leave(leader, text="机关团工作活动经费已送审。")
    page = signed_in(preparer).get(reverse("notifications"))
    assert "还没有消息" in page.text
    assert "机关团" not in page.text
    pk = Notification.objects.get().pk
    assert signed_in(preparer).post(reverse("open-notification", args=(pk,))).status_code == 404
    assert Notification.objects.get().read_at is None


def test_opening_marks_as_read_and_leads_to_the_page(preparer, signed_in):
    pk = leave(preparer).get().pk
    entries = Entry.objects.count()
    client = signed_in(preparer)
    assert client.get(reverse("open-notification", args=(pk,))).status_code == 405
    assert Notification.objects.get().read_at is None
    answer = client.post(reverse("open-notification", args=(pk,)))
    assert (answer.status_code, answer.url) == (302, "/library/")
    first = Notification.objects.get().read_at
    client.post(reverse("open-notification", args=(pk,)))
    assert first is not None
    assert Notification.objects.get().read_at == first
    assert Entry.objects.count() == entries


@pytest.mark.parametrize(
    "address", ["", "https://elsewhere.example/", "//elsewhere.example/", "javascript:1"]
)
def test_a_message_leads_to_no_other_site(preparer, signed_in, address):
    pk = leave(preparer, address=address).get().pk
    answer = signed_in(preparer).post(reverse("open-notification", args=(pk,)))
    assert answer.url == reverse("notifications")


def test_all_are_marked_as_read_at_once_but_those_of_others(preparer, leader, signed_in):
    leave(preparer, 3)
    leave(leader)
    client = signed_in(preparer)
    page = client.post(reverse("read-all-notifications"), follow=True)
    assert "已将3条消息标为已读。" in page.text
    assert Notification.objects.get(read_at=None).recipient == leader
    assert "没有未读消息。" in client.post(reverse("read-all-notifications"), follow=True).text


def test_the_list_is_narrowed_by_sort_and_escapes_what_people_wrote(preparer, signed_in):
    leave(preparer, text="<script>alert(1)</script>", sort=Sort.RETURNED)
    leave(preparer, text="另一条")
    client = signed_in(preparer)
    page = client.get(reverse("notifications"), {"sort": "returned"}).text
    assert "&lt;script&gt;alert(1)" in page
    assert "另一条" not in page
    assert "没有这一类消息" in client.get(reverse("notifications"), {"sort": "deadline"}).text
    assert "另一条" in client.get(reverse("notifications"), {"sort": "no-such"}).text


def test_the_list_takes_the_same_queries_for_one_and_for_thirty(preparer, signed_in):
    client = signed_in(preparer)

    def queries():
        return queries_of(client, reverse("notifications"))

    leave(preparer)
    few = queries()
    leave(preparer, 29)
    assert queries() == few


# By e-mail


@pytest.fixture
def sends(settings, preparer, leader):
    """Let the site send mail, and give the preparer and the leader an address."""
    settings.SENDS_EMAIL = True
    settings.SITE_ADDRESS = "https://budget.example"
    for user in (preparer, leader):
        user.email = f"{user.username}@example.gov.cn"
        user.save()


def test_each_person_gets_one_mail_and_only_once(sends, preparer, leader, auditor):
    leave(preparer, 2)
    leave(leader)
    leave(auditor)  # has no address
    call_command("send_notifications")
    assert sorted((each.to[0], each.subject) for each in mail.outbox) == [
        ("leader@example.gov.cn", "预算绩效目标管理：1条新消息"),
        ("preparer@example.gov.cn", "预算绩效目标管理：2条新消息"),
    ]
    assert "[待我办理] 已送审，等待审核。\n    https://budget.example/library/" in mail.outbox[0].body
    call_command("send_notifications")
    assert len(mail.outbox) == 2
    assert set(Notification.objects.filter(emailed_at=None).values_list("recipient", flat=True)) == {
        auditor.pk
    }


def test_what_was_read_is_not_sent(sends, preparer):
    leave(preparer).update(read_at=timezone.now())
    call_command("send_notifications")
    assert mail.outbox == []


class RefusingBackend(EmailBackend):
    """A mail server that does not take mail for the preparer."""

    def send_messages(self, messages):
        if messages[0].to == ["preparer@example.gov.cn"]:
            raise ConnectionRefusedError("refused")
        return super().send_messages(messages)


def test_a_mail_that_fails_keeps_no_other_back_and_is_tried_again(sends, settings, preparer, leader):
    leave(preparer)
    leave(leader)
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    with pytest.raises(CommandError, match="有1封没有发出"):
        call_command("send_notifications")
    assert [each.to for each in mail.outbox] == [["leader@example.gov.cn"]]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    call_command("send_notifications")
    assert [each.to for each in mail.outbox[1:]] == [["preparer@example.gov.cn"]]


def test_without_a_mail_server_nothing_is_sent(preparer, settings, capsys):
    settings.SENDS_EMAIL = False
    User.objects.filter(pk=preparer.pk).update(email="preparer@example.gov.cn")
    leave(preparer)
    call_command("send_notifications")
    assert "没有设置邮件服务器" in capsys.readouterr().out
    assert Notification.objects.get().emailed_at is None


def test_a_page_without_unread_messages_says_so(preparer, signed_in):
    assert "没有未读消息" in signed_in(preparer).get(reverse("notifications")).text
