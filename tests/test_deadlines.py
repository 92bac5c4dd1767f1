"""临近截止: whom the reminders reach, once each, by command and at the first look of a day."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.models import Department, Role
from departments.services import create_department, grant_role
from projects.models import Declaration, DepartmentYear, Project
from projects.services import add_round, close_round, extend_round, remind_of_deadlines
from trail.models import Entry
from workflow.models import Notification, Status


def day(offset):
    return timezone.localdate() + timedelta(days=offset)


@pytest.fixture
def ending(department_year, reviewer):
    """Return a function that makes a round of 2024 that ends in so many days."""

    def make(left, sort="first"):
        return add_round(
            fiscal_year=department_year.fiscal_year,
            sort=sort,
            opens_on=day(-20),
            closes_on=day(left),
            actor=reviewer,
        )

    return make


def texts(user):
    return [each.text for each in Notification.objects.filter(recipient=user, sort="deadline").order_by("pk")]


@pytest.mark.parametrize(
    ("left", "said"),
    [(8, None), (7, "还有7日"), (2, "还有2日"), (1, "还有1日"), (0, "今日截止"), (-1, None)],
)
def test_preparers_are_told_of_what_is_not_filed(ending, preparer, leader, left, said):
    ending(left)
    assert remind_of_deadlines() == (said is not None)
    last = day(left)
    wanted = (
        f"2024年度一上{last.month}月{last.day}日截止，{said}：286001 曹妃甸区直机关工委有2个项目尚未送审。"
    )
    assert texts(preparer) == ([wanted] if said else [])
    assert texts(leader) == []
    if said:
        assert Notification.objects.get().address == reverse("department-year", args=(2024, "286001"))


def test_each_reminder_comes_once_and_a_day_missed_is_made_up(ending, preparer):
    ending(7)
    counts = [
        remind_of_deadlines(today=day(after)) for after in (-1, 0, 0, 1, 3, 5, 5, 6, 7)
    ]  # 8, 7, 7, 6, 4, 2, 2, 1, 0 days before
    assert counts == [0, 1, 0, 0, 0, 1, 0, 1, 0]
    assert len(texts(preparer)) == 3


def test_who_has_filed_everything_is_not_told(ending, preparer):
    ending(3)
    Declaration.objects.update(status=Status.SUBMITTED)
    assert remind_of_deadlines() == 0


def test_tables_that_are_not_due_do_not_count(ending, preparer):
    ending(3)
    Project.objects.update(category="staff")
    assert remind_of_deadlines() == 0


def test_an_extension_moves_the_reminder_of_its_department(ending, preparer, reviewer, department_year):
    extend_round(
        round=ending(3),
        department=department_year.department,
        closes_on=day(12),
        reason="区划调整",
        actor=reviewer,
    )
    assert remind_of_deadlines() == 0
    assert remind_of_deadlines(today=day(5)) == 1
    assert "还有7日" in texts(preparer)[0]


def test_nobody_is_told_of_a_round_that_was_closed_or_is_for_reviewers(ending, preparer, reviewer):
    close_round(round=ending(3), actor=reviewer)
    ending(3, "approval")
    assert remind_of_deadlines() == 0


def test_an_adjustment_round_concerns_open_adjustments_alone(ending, preparer, declaration):
    ending(3, "adjustment")
    assert remind_of_deadlines() == 0
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.ADJUSTING, version=2)
    assert remind_of_deadlines() == 1
    assert "2024年度调整" in texts(preparer)[0]
    assert "有1个项目尚未送审" in texts(preparer)[0]


def test_a_unit_that_has_not_begun_is_told_so(ending, preparer):
    unit = create_department(code="286002", name="曹妃甸区团委", actor=None)
    grant_role(user=preparer, role=Role.PREPARER, department=unit, actor=None)
    ending(3)
    assert remind_of_deadlines() == 1
    assert texts(preparer)[0].endswith("1个单位有2个项目尚未送审，1个单位尚未开始填报。")
    assert Notification.objects.get().address == "/?year=2024"


def test_the_command_says_how_many_it_told_and_nothing_enters_the_trail(ending, preparer, capsys):
    ending(3)
    entries = Entry.objects.count()
    call_command("remind_deadlines")
    assert "已发出1条截止提醒。" in capsys.readouterr().out
    assert Entry.objects.count() == entries


def test_the_first_look_of_a_day_reminds_and_the_next_writes_nothing(ending, preparer, outsider, signed_in):
    ending(3)
    client = signed_in(preparer)
    client.get(reverse("home"))
    assert len(texts(preparer)) == 1
    assert texts(outsider) == []
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("home"))
    assert not [each["sql"] for each in captured if each["sql"].startswith(("INSERT", "UPDATE"))]


def test_reminding_takes_the_same_queries_for_one_unit_and_for_thirty(ending, preparer, department_year):
    ending(3)

    def queries():
        Notification.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            assert remind_of_deadlines() == 1
        return len(captured)

    few = queries()
    for number in range(30):
        unit = Department.objects.create(code=f"2870{number:02}", name=f"第{number}小学")
        DepartmentYear.objects.create(
            department=unit, fiscal_year=department_year.fiscal_year, name=unit.name
        )
        grant_role(user=preparer, role=Role.PREPARER, department=unit, actor=None)
    assert queries() == few
