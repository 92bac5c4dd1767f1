"""进度: how far every unit is, who is behind, whom to ask; 催办; the workbook of it."""

import datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from departments.models import Department, Role
from departments.services import grant_role
from indicators import progress, queues
from indicators.progress import ProgressFilter, Standing
from indicators.services.reminders import (
    ALREADY,
    NOBODY,
    NOT_ALLOWED,
    NOT_UNFINISHED,
    ReminderError,
    remind,
)
from projects.models import Category, Declaration, DepartmentYear, Extension, Project, Round
from tests.queries import queries_of
from trail.models import Entry
from workflow.models import Notification, Status

TEXT = "于本周五之前办结。"


def stand(*statuses):
    """Put the tables of 286001, in their order, to these statuses."""
    tables = Declaration.objects.filter(department_year__department__code="286001").order_by("position")
    for declaration, status in zip(tables, statuses, strict=True):
        Declaration.objects.filter(pk=declaration.pk).update(status=status)


def row_of(user, fiscal_year, code="286001"):
    rows = progress.rows_of(user, fiscal_year, ProgressFilter(text=code))
    return next(row for row in rows if row.department.code == code)


@pytest.fixture
def year(department_year):
    return department_year.fiscal_year


@pytest.fixture
def get(signed_in, year):
    """Return a function that opens the page: get(user, **filters) -> response."""
    return lambda user, **filters: signed_in(user).get(reverse("progress", args=(2024,)), filters)


# how far


@pytest.mark.parametrize(
    ("statuses", "standing"),
    [
        (("draft", "draft"), Standing.FILLING_IN),
        (("draft", "approved"), Standing.FILLING_IN),
        (("returned", "submitted"), Standing.RETURNED),
        (("submitted", "to_approve"), Standing.UNDER_REVIEW),
        (("finance_first", "approved"), Standing.UNDER_REVIEW),
        (("to_approve", "approved"), Standing.TO_APPROVE),
        (("approved", "published"), Standing.APPROVED),
        (("published", "published"), Standing.PUBLISHED),
        (("cancelled", "approved"), Standing.APPROVED),
        (("cancelled", "cancelled"), Standing.EMPTY),
    ],
)
def test_a_unit_is_as_far_as_the_table_that_is_least_far(statuses, standing, auditor, year):
    stand(*statuses)
    assert row_of(auditor, year).standing == standing


def test_a_unit_that_has_not_begun_is_there_and_empty(auditor, year):
    Department.objects.create(code="387002", name="曹妃甸区文化馆")
    row = row_of(auditor, year, "387002")
    assert (row.standing, row.filed, row.tally.projects) == (Standing.EMPTY, None, 0)


def test_a_unit_closed_before_the_year_is_not(auditor, year):
    Department.objects.create(code="387002", name="曹妃甸区文化馆", valid_to=datetime.date(2023, 12, 31))
    assert not progress.rows_of(auditor, year, ProgressFilter(text="387002"))


def test_a_unit_without_projects_has_said_so(auditor, year, preparer, department_year):
    Declaration.objects.all().update(status=Status.CANCELLED)
    DepartmentYear.objects.update(no_projects_confirmed_by=preparer, no_projects_confirmed_at=timezone.now())
    assert row_of(auditor, year).standing == Standing.NO_PROJECTS


def test_counts_and_amounts_leave_out_what_is_cancelled_or_files_no_table(auditor, year):
    stand("draft", "cancelled")
    row = row_of(auditor, year)
    assert (row.tally.projects, row.tally.budget) == (1, Decimal("18000.00"))
    Project.objects.update(category=Category.STAFF)
    assert row_of(auditor, year).tally.projects == 0


def test_only_units_in_sight(preparer, outsider, year):
    assert [row.department.code for row in progress.rows_of(preparer, year, ProgressFilter())] == ["286001"]
    assert [row.department.code for row in progress.rows_of(outsider, year, ProgressFilter())] == ["387001"]


def test_filters_and_orders(auditor, year, other_department_year):
    stand("approved", "approved")
    codes = lambda **wanted: [  # noqa: E731
        row.department.code for row in progress.rows_of(auditor, year, ProgressFilter(**wanted))
    ]
    assert codes() == ["286001", "387001"]
    assert codes(order="-code") == ["387001", "286001"]
    assert codes(order="standing") == ["387001", "286001"]
    assert codes(order="-budget") == ["286001", "387001"]
    assert codes(standing=Standing.APPROVED) == ["286001"]
    assert codes(text="图书馆") == ["387001"]


def test_the_sums_are_of_all_rows(get, auditor, other_department_year):
    stand("approved", "draft")
    sums = get(auditor).context["sums"]
    assert (sums.projects, sums.approved, sums.filling_in) == (3, 1, 2)


# too late


@pytest.fixture
def closed_round(year, reviewer):
    today = timezone.localdate()
    return Round.objects.create(
        fiscal_year=year,
        sort=Round.Sort.FIRST,
        opens_on=today - datetime.timedelta(days=30),
        closes_on=today - datetime.timedelta(days=3),
    )


def test_what_is_not_filed_after_the_last_day_is_overdue(closed_round, auditor, year):
    assert row_of(auditor, year).overdue_days == 3
    stand("submitted", "submitted")
    assert row_of(auditor, year).overdue_days == 0


def test_an_extension_counts(closed_round, auditor, year, department_year, reviewer):
    Extension.objects.create(
        round=closed_round,
        department=department_year.department,
        closes_on=timezone.localdate(),
        reason="机构改革。",
        granted_by=reviewer,
        granted_at=timezone.now(),
    )
    assert not row_of(auditor, year).is_overdue


def test_a_later_round_that_is_open_counts(closed_round, auditor, year):
    Round.objects.create(fiscal_year=year, sort=Round.Sort.SECOND, opens_on=timezone.localdate())
    assert not row_of(auditor, year).is_overdue


def test_those_behind_can_be_asked_for(other_department_year, closed_round, auditor, year):
    stand("submitted", "submitted")
    rows = progress.rows_of(auditor, year, ProgressFilter(overdue=True))
    assert [row.department.code for row in rows] == ["387001"]


# whom to ask


def test_the_people_are_the_assigned_ones_else_the_preparers(get, auditor, preparer, outsider, declaration):
    page = get(auditor, q="286001")
    assert page.context["rows"][0].people == (preparer,)
    assert preparer.office_phone in page.text
    Declaration.objects.filter(pk=declaration.pk).update(assignee=outsider)
    assert get(auditor, q="286001").context["rows"][0].people == (outsider,)


def test_the_last_change_is_of_the_trail(get, auditor, department_year):
    row = get(auditor).context["rows"][0]
    assert row.changed_at == Entry.objects.filter(kind="declaration").latest("sequence").at


def test_the_number_of_queries_does_not_grow(signed_in, auditor, year):
    client, address = signed_in(auditor), reverse("progress", args=(2024,))

    def queries():
        return queries_of(client, address)

    queries()
    few = queries()
    for place in range(30):
        unit = Department.objects.create(code=f"4010{place:02}", name=f"第{place}小学")
        DepartmentYear.objects.create(department=unit, fiscal_year=year, name=unit.name)
    assert queries() == few


@pytest.mark.parametrize("query", ["standing=nowhere", "sort=moon", f"q={'长' * 101}"])
def test_a_filter_that_makes_no_sense_lists_nothing(query, signed_in, auditor, year):
    page = signed_in(auditor).get(reverse("progress", args=(2024,)) + f"?{query}")
    assert page.context["rows"] == []
    assert "筛选条件有误" in page.text


# 催办


def told():
    return [(each.recipient.full_name, each.text) for each in Notification.objects.order_by("pk")]


@pytest.mark.parametrize(
    ("status", "persona"),
    [
        ("draft", "preparer"),
        ("returned", "preparer"),
        ("submitted", "leader"),
        ("at_supervisor", "supervisor"),
        ("finance_first", "reviewer"),
    ],
)
def test_who_is_told_is_who_it_hangs_with(
    status, persona, request, preparer, leader, supervisor, reviewer, administrator, department_year
):
    stand(status, "approved")
    unit = Department.objects.get(code="286001")
    (done,) = remind(
        departments=[unit], fiscal_year=department_year.fiscal_year, text=TEXT, actor=administrator
    )
    assert done.people == (request.getfixturevalue(persona),)
    assert told() == [(done.people[0].full_name, f"286001{department_year.name}：{TEXT}")]


def test_a_reminder_is_in_the_trail_and_comes_once_a_day(preparer, reviewer, department_year):
    ask = {
        "departments": [department_year.department],
        "fiscal_year": department_year.fiscal_year,
        "text": TEXT,
        "actor": reviewer,
    }
    remind(**ask)
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.kind, entry.object_id) == (
        "remind",
        "department_year",
        str(department_year.pk),
    )
    assert (entry.reason, entry.changes[0]["after"]) == (TEXT, "张慧敏")
    entries = Entry.objects.count()
    assert remind(**ask)[0].refusal == ALREADY
    assert (Entry.objects.count(), len(told())) == (entries, 1)


def test_a_reminder_makes_nobody_a_preparer(department_year, preparer, administrator, leader):
    """Else whoever urges a unit on could not pass its text any more (不相容职务分离)."""
    DepartmentYear.objects.update(status=Status.SUBMITTED)
    remind(
        departments=[department_year.department],
        fiscal_year=department_year.fiscal_year,
        text=TEXT,
        actor=leader,
    )
    assert list(queues.narratives_to_do(leader)) == [department_year]


def test_what_is_finished_needs_no_reminder(preparer, reviewer, department_year):
    stand("approved", "published")
    (done,) = remind(
        departments=[department_year.department],
        fiscal_year=department_year.fiscal_year,
        text=TEXT,
        actor=reviewer,
    )
    assert (done.refusal, told()) == (NOT_UNFINISHED, [])


def test_a_unit_without_people_is_named(reviewer, department_year):
    (done,) = remind(
        departments=[department_year.department],
        fiscal_year=department_year.fiscal_year,
        text=TEXT,
        actor=reviewer,
    )
    assert done.refusal == NOBODY


@pytest.mark.parametrize("persona", ["preparer", "auditor", "outsider"])
def test_who_does_not_review_a_unit_does_not_urge_it_on(persona, request, preparer, department_year):
    actor = request.getfixturevalue(persona)
    entries = Entry.objects.count()
    (done,) = remind(
        departments=[department_year.department],
        fiscal_year=department_year.fiscal_year,
        text=TEXT,
        actor=actor,
    )
    assert (done.refusal, told(), Entry.objects.count()) == (NOT_ALLOWED, [], entries)


@pytest.mark.parametrize("text", ["", " \n", "长" * 501])
def test_a_text_is_needed_and_short(text, reviewer, department_year):
    with pytest.raises(ReminderError):
        remind(
            departments=[department_year.department],
            fiscal_year=department_year.fiscal_year,
            text=text,
            actor=reviewer,
        )
    assert told() == []


def test_the_page_urges_on_what_is_ticked(signed_in, reviewer, preparer, outsider, year):
    answer = signed_in(reviewer).post(
        reverse("remind", args=(2024,)), {"selected": ["286001"], "text": TEXT, "filter": "q=286001"}
    )
    assert (answer.status_code, answer.url) == (302, reverse("progress", args=(2024,)) + "?q=286001")
    assert [name for name, _ in told()] == ["张慧敏"]


def test_the_page_urges_on_all_that_is_unfinished(signed_in, reviewer, preparer, outsider, year):
    stand("approved", "approved")
    signed_in(reviewer).post(reverse("remind", args=(2024,)), {"scope": "all", "text": TEXT, "filter": ""})
    assert [name for name, _ in told()] == ["孙志强"]


def test_a_refused_text_is_kept(signed_in, reviewer, preparer, year):
    page = signed_in(reviewer).post(
        reverse("remind", args=(2024,)), {"selected": ["286001"], "text": "长" * 501}
    )
    assert page.status_code == 422
    assert "催办内容有501个字，最多500个字" in page.text
    assert "长" * 501 in page.text


def test_the_supervisor_urges_on_the_units_below(signed_in, supervisor, preparer, outsider, year):
    signed_in(supervisor).post(
        reverse("remind", args=(2024,)), {"selected": ["286001", "387001"], "text": TEXT}
    )
    assert [name for name, _ in told()] == ["张慧敏"]


# the workbook


def test_the_workbook_is_the_page(signed_in, auditor, preparer, other_department_year, year):
    stand("approved", "draft")
    grant_role(user=preparer, role=Role.PREPARER, department=other_department_year.department, actor=None)
    answer = signed_in(auditor).get(reverse("progress-workbook", args=(2024,)), {"sort": "-code"})
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))["填报进度"]
    head, *rows = sheet.iter_rows(values_only=True)
    assert [row[0] for row in rows] == ["387001", "286001"]
    of_unit = dict(zip(head, rows[1], strict=True))
    assert (of_unit["进度"], of_unit["应填报项目"], of_unit["已批复"]) == ("填报中", 2, 1)
    assert Decimal(str(of_unit["预算数（万元）"])) == Decimal("31.53")
    assert (of_unit["填报人"], of_unit["联系电话"]) == ("张慧敏", "0315-8850112")
    assert (sheet.freeze_panes, sheet.auto_filter.ref.split(":")[0]) == ("A2", "A1")
    assert sheet["A2"].number_format == "@"


def test_the_workbook_has_only_what_is_in_sight(signed_in, outsider, year):
    answer = signed_in(outsider).get(reverse("progress-workbook", args=(2024,)))
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))["填报进度"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["387001"]


def test_names_are_text_on_the_page_and_in_the_workbook(signed_in, auditor, department_year):
    DepartmentYear.objects.update(name="=1+1<b>")
    client = signed_in(auditor)
    assert "=1+1&lt;b&gt;" in client.get(reverse("progress", args=(2024,))).text
    answer = client.get(reverse("progress-workbook", args=(2024,)))
    cell = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))["填报进度"]["B2"]
    assert (cell.value, cell.data_type) == ("=1+1<b>", "s")


def test_the_rail_leads_to_the_newest_year(signed_in, auditor, department_year):
    assert signed_in(auditor).get(reverse("newest-progress")).url == reverse("progress", args=(2024,))
