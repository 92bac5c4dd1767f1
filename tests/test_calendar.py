"""The windows of a fiscal year: what they bind, what they leave free, who sets them (docs/decisions/0037)."""

import dataclasses
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.models import Department
from indicators.document import new_uid
from indicators.findings import open_obligations
from indicators.rows import load_narrative, load_table
from indicators.services import (
    NotEditableError,
    WindowClosedError,
    change_table,
    create_declaration,
    explain,
    import_booklet,
    save_narrative,
    save_table,
)
from indicators.services.adjustment import cancel_declaration, restore_declaration
from indicators.services.attachments import AttachmentError, add_attachment, withdraw_attachment
from indicators.services.reviewing import move_tables
from indicators.services.submission import submit_declarations
from projects.calendar import window_for
from projects.models import Approval, Declaration, Extension, FiscalYear, Round
from projects.services import (
    CalendarError,
    NoProjectsError,
    add_round,
    change_round,
    change_year_settings,
    close_round,
    confirm_no_projects,
    extend_round,
    reopen_round,
)
from tests.sample_documents import seed_booklet, team_table
from tests.test_attachments import pdf
from trail.models import Entry
from workflow.models import Status
from workflow.services import TransitionError
from workflow.transitions import RETURN, SUBMIT, WITHDRAW

S = Round.Sort
TEXT = "经与财政部门业务股室核对，按批复的口径填报，保留现有写法。"


def day(offset: int) -> date:
    return timezone.localdate() + timedelta(days=offset)


@pytest.fixture
def open_round(department_year, reviewer):
    """Return a function that makes a round of 2024: open_round(sort, first, last), days from today."""

    def make(sort=S.FIRST, first=-10, last=10) -> Round:
        return add_round(
            fiscal_year=department_year.fiscal_year,
            sort=sort,
            opens_on=day(first),
            closes_on=None if last is None else day(last),
            actor=reviewer,
        )

    return make


def put(declaration, **values):
    """Put a declaration where the test needs it, and return it as a page would load it."""
    Declaration.objects.filter(pk=declaration.pk).update(**values)
    return Declaration.objects.select_related("department_year__department").get(pk=declaration.pk)


def approve(department_year, actor, department=None):
    return Approval.objects.create(
        fiscal_year=department_year.fiscal_year,
        department=department or department_year.department,
        department_name="某部门",
        document_number="曹财预〔2024〕1号",
        approved_on=day(-5),
        issuer="曹妃甸区财政局",
        publish_by=day(15),
        issued_by=actor,
        issued_at=timezone.now(),
        batch="b",
    )


# What is open


def test_a_year_without_rounds_is_open_at_any_time(declaration, department_year):
    assert window_for(declaration).is_open
    assert window_for(department_year).is_open
    assert window_for(department_year, new=True).is_open


@pytest.mark.parametrize(
    ("first", "last", "is_open"),
    [(0, 0, True), (-1, 0, True), (0, None, True), (1, 2, False), (-2, -1, False)],
)
def test_both_days_of_a_round_are_included(open_round, declaration, first, last, is_open):
    open_round(S.FIRST, first, last)
    window = window_for(declaration)
    assert window.is_open == is_open
    if is_open:
        assert window.closes_on == (None if last is None else day(last))


@pytest.mark.parametrize("sort", [S.FIRST, S.SECOND])
def test_a_first_version_is_filed_in_either_round_of_filing(open_round, declaration, department_year, sort):
    open_round(sort)
    assert window_for(declaration).is_open
    assert window_for(department_year).is_open


@pytest.mark.parametrize("sort", [S.APPROVAL, S.ADJUSTMENT, S.SUPPLEMENT])
def test_no_other_round_opens_a_first_version(open_round, declaration, sort):
    open_round(sort)
    window = window_for(declaration)
    assert not window.is_open
    assert window.message == "2024年度尚未开设一上或二上轮次；确需填报的，由财政部门在年度日程中开设。"


def test_what_was_returned_can_be_corrected_at_any_time(open_round, declaration):
    open_round(S.FIRST, -20, -10)
    assert window_for(put(declaration, status=Status.RETURNED)).is_open
    assert window_for(put(declaration, status=Status.RETURNED, version=2)).is_open


@pytest.mark.parametrize("status", [Status.ADJUSTING, Status.APPROVED, Status.PUBLISHED])
def test_an_adjustment_needs_its_own_round(open_round, declaration, status):
    open_round(S.FIRST)
    adjusted = put(declaration, status=status, version=2 if status == Status.ADJUSTING else 1)
    assert not window_for(adjusted).is_open
    open_round(S.ADJUSTMENT)
    assert window_for(adjusted).is_open


@pytest.mark.parametrize("of_the_parent", [False, True])
def test_what_is_added_after_the_approval_needs_a_round_of_its_own(
    open_round, declaration, department_year, supervisor, reviewer, of_the_parent
):
    department_year.department.refresh_from_db()
    open_round(S.FIRST)
    approve(department_year, reviewer, department_year.department.parent if of_the_parent else None)
    assert not window_for(department_year, new=True).is_open
    assert not window_for(declaration).is_open
    open_round(S.SUPPLEMENT)
    assert window_for(department_year, new=True).is_open
    assert window_for(declaration).is_open


def test_a_department_extension_holds_for_the_units_below_it_and_nobody_else(
    open_round, declaration, other_department_year, supervisor, reviewer
):
    declaration = put(declaration)
    closed = open_round(S.FIRST, -20, -1)
    parent = Department.objects.get(code="286")
    extend_round(round=closed, department=parent, closes_on=day(3), reason="区划调整", actor=reviewer)
    assert window_for(declaration).is_open
    assert window_for(declaration).closes_on == day(3)
    assert not window_for(other_department_year).is_open


def test_a_round_closed_by_hand_is_closed_for_extensions_too(open_round, declaration, reviewer):
    held = open_round()
    extend_round(
        round=held,
        department=declaration.department_year.department,
        closes_on=day(20),
        reason="补报",
        actor=reviewer,
    )
    close_round(round=held, reason="提前完成", actor=reviewer)
    assert not window_for(declaration).is_open
    assert "一上已由赵丽华于" in window_for(declaration).message
    reopen_round(round=held, actor=reviewer)
    assert window_for(declaration).closes_on == day(20)


def test_a_closed_window_says_since_when_by_whom_and_what_can_be_done(open_round, declaration):
    open_round(S.FIRST, -20, -1)
    yesterday = day(-1)
    assert window_for(declaration).message == (
        f"一上已于{yesterday.month}月{yesterday.day}日截止（赵丽华设定）；"
        "确需填报的，联系赵丽华（0315-8850112）申请延期。"
    )


def test_a_window_to_come_is_told_before_one_that_is_past(open_round, declaration):
    open_round(S.FIRST, -20, -10)
    open_round(S.SECOND, 5, 10)
    begins = day(5)
    assert window_for(declaration).message == (
        f"二上{begins.month}月{begins.day}日开始（赵丽华设定），开始之后可以填报。"
    )


def test_a_window_is_one_query(open_round, declaration):
    open_round(S.FIRST)
    open_round(S.SUPPLEMENT)
    declaration = Declaration.objects.select_related(
        "department_year__department", "department_year__fiscal_year"
    ).get(pk=declaration.pk)
    with CaptureQueriesContext(connection) as captured:
        window_for(declaration)
    assert len(captured) == 1


# What a closed window keeps from being done


@pytest.fixture
def closed(open_round):
    return open_round(S.FIRST, -20, -1)


def unchanged(declaration):
    held = Declaration.objects.get(pk=declaration.pk)
    return held.revision, held.status, Declaration.objects.count(), Entry.objects.count()


def test_nothing_is_saved_in_a_closed_window(closed, declaration, department_year, preparer):
    before, table = unchanged(declaration), load_table(declaration)
    changed = dataclasses.replace(table, goal="改了")
    with pytest.raises(WindowClosedError, match="一上已于"):
        save_table(declaration=declaration, table=changed, revision=0, actor=preparer)
    with pytest.raises(WindowClosedError):
        change_table(declaration=declaration, change=lambda _: changed, actor=preparer)
    narrative = dataclasses.replace(load_narrative(department_year), overall_goals=())
    with pytest.raises(WindowClosedError):
        save_narrative(department_year=department_year, booklet=narrative, revision=0, actor=preparer)
    assert unchanged(declaration) == before


def test_nothing_is_added_in_a_closed_window(closed, declaration, department_year, preparer):
    before = unchanged(declaration)
    table = dataclasses.replace(team_table(), uid=new_uid(), project_code="")
    with pytest.raises(WindowClosedError):
        create_declaration(department_year=department_year, table=table, actor=preparer)
    extra = dataclasses.replace(seed_booklet().tables[0], uid=new_uid(), project_code="", name="另一个项目")
    booklet = dataclasses.replace(seed_booklet(), tables=(*seed_booklet().tables, extra))
    with pytest.raises(WindowClosedError):
        import_booklet(booklet=booklet, actor=preparer)
    with pytest.raises(NoProjectsError, match="一上已于"):
        confirm_no_projects(department_year=department_year, actor=preparer)
    assert unchanged(declaration) == before


def test_nothing_is_withdrawn_in_a_closed_window_but_reviewers_go_on(
    open_round, declaration, preparer, leader
):
    for item in open_obligations(declaration):
        explain(rule=item.rule.code, declarations=[declaration], text=TEXT, actor=preparer)
    move_tables(revisions={declaration.pk: 0}, act=SUBMIT, actor=preparer)
    open_round(S.FIRST, -20, -1)
    submitted = put(declaration)
    before = unchanged(declaration)
    with pytest.raises(TransitionError, match=r"撤回之后不能再送审：一上已于.*由审核人退回"):
        move_tables(revisions={submitted.pk: submitted.revision}, act=WITHDRAW, actor=preparer)
    assert unchanged(declaration) == before
    move_tables(revisions={submitted.pk: submitted.revision}, act=RETURN, actor=leader, reason="改正文")
    returned = put(declaration)
    assert returned.status == Status.RETURNED
    changed = dataclasses.replace(load_table(returned), goal="改了")
    assert save_table(declaration=returned, table=changed, revision=returned.revision, actor=preparer)


def test_what_is_not_open_stays_behind_when_tables_are_submitted(
    closed, declaration, department_year, preparer
):
    before = unchanged(declaration)
    done = submit_declarations(department_year=department_year, revisions={declaration.pk: 0}, actor=preparer)
    assert [each.declaration for each in done.held] == [declaration]
    assert done.held[0].obstacles[0].message.startswith("一上已于")
    assert unchanged(declaration) == before


def test_beside_a_table_only_its_signed_scan_is_added_in_a_closed_window(
    open_round, declaration, preparer, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path

    def add(kind, name):
        return add_attachment(
            declaration=declaration, kind=kind, name=name, data=pdf() + name.encode(), actor=preparer
        )

    kept = add("basis", "立项.pdf")
    open_round(S.FIRST, -20, -1)
    before = unchanged(declaration)
    with pytest.raises(AttachmentError, match="只能补传签字盖章扫描件：一上已于"):
        add("basis", "测算.pdf")
    with pytest.raises(AttachmentError, match="现在不能撤下：一上已于"):
        withdraw_attachment(attachment=kept, actor=preparer)
    assert unchanged(declaration) == before
    add("signed", "盖章.pdf")
    assert declaration.attachments.filter(withdrawn_at=None).count() == 2
    put(declaration, status=Status.RETURNED)
    withdraw_attachment(attachment=kept, actor=preparer)


def test_the_page_of_attachments_says_why_only_the_scan_is_taken(closed, declaration, preparer, signed_in):
    page = signed_in(preparer).get(reverse("attachments", args=(declaration.pk,))).text
    assert "现在只能补传签字盖章扫描件：一上已于" in page


def test_a_project_is_cancelled_at_any_time_and_restored_as_one_is_added(open_round, declaration, preparer):
    open_round(S.FIRST, -20, -1)
    cancel_declaration(declaration=declaration, reason="重复填报", revision=0, actor=preparer)
    cancelled = put(declaration)
    before = unchanged(declaration)
    with pytest.raises(TransitionError, match="不能恢复：一上已于"):
        restore_declaration(declaration=cancelled, revision=cancelled.revision, actor=preparer)
    assert unchanged(declaration) == before
    open_round(S.SECOND)
    restore_declaration(declaration=cancelled, revision=cancelled.revision, actor=preparer)
    assert put(declaration).status == Status.DRAFT


def test_a_project_is_added_wherever_the_departments_text_stands(open_round, department_year, preparer):
    open_round(S.FIRST)
    type(department_year).objects.update(status=Status.SUBMITTED)
    department_year.refresh_from_db()
    table = dataclasses.replace(team_table(), uid=new_uid(), project_code="")
    assert create_declaration(department_year=department_year, table=table, actor=preparer).version == 1


def test_an_approved_year_takes_a_project_in_its_own_round(open_round, department_year, reviewer, preparer):
    approve(department_year, reviewer)
    type(department_year).objects.update(status=Status.APPROVED)
    department_year.refresh_from_db()
    open_round(S.FIRST)
    table = dataclasses.replace(team_table(), uid=new_uid(), project_code="")
    with pytest.raises(NotEditableError):
        create_declaration(department_year=department_year, table=table, actor=preparer)
    open_round(S.SUPPLEMENT)
    assert create_declaration(department_year=department_year, table=table, actor=preparer).version == 1


# Setting the calendar


def test_a_round_is_recorded_with_its_days(open_round, reviewer):
    held = open_round(S.FIRST, 0, 5)
    entry = Entry.objects.last()
    assert (entry.action, entry.kind, entry.label) == ("create", "round", "2024年度一上")
    assert [(change["place"], change["after"]) for change in entry.changes] == [
        ("开始日期", str(day(0))),
        ("截止日期", str(day(5))),
    ]
    changes = change_round(round=held, opens_on=day(0), closes_on=day(7), actor=reviewer)
    assert [(change.before, change.after) for change in changes] == [(str(day(5)), str(day(7)))]
    assert change_round(round=held, opens_on=day(0), closes_on=day(7), actor=reviewer) == ()
    close_round(round=held, reason="提前", actor=reviewer)
    assert (Entry.objects.last().action, Entry.objects.last().reason) == ("close", "提前")


def test_all_that_is_wrong_with_a_round_is_told_at_once(open_round, department_year, reviewer):
    open_round(S.FIRST, 0, 5)
    entries = Entry.objects.count()
    with pytest.raises(CalendarError, match="重叠"):
        open_round(S.FIRST, 5, 9)
    with pytest.raises(CalendarError, match="早于开始日期"):
        open_round(S.SECOND, 5, 4)
    with pytest.raises(CalendarError) as refusal:
        add_round(
            fiscal_year=department_year.fiscal_year,
            sort=S.SECOND,
            opens_on=date(1999, 1, 1),
            closes_on=date(2099, 1, 1),
            actor=reviewer,
        )
    assert len(refusal.value.messages) == 2
    assert (Round.objects.count(), Entry.objects.count()) == (1, entries)
    open_round(S.SECOND, 0, 5)


def test_a_round_without_a_last_day_overlaps_all_that_follow(open_round):
    open_round(S.FIRST, 0, None)
    with pytest.raises(CalendarError, match="重叠"):
        open_round(S.FIRST, 100, 110)


def test_all_that_is_wrong_with_an_extension_is_told_at_once(open_round, department_year, reviewer):
    held = open_round(S.FIRST, -20, -5)
    with pytest.raises(CalendarError) as refusal:
        extend_round(
            round=held, department=department_year.department, closes_on=day(-6), reason=" ", actor=reviewer
        )
    assert len(refusal.value.messages) == 3
    endless = open_round(S.SECOND, 0, None)
    with pytest.raises(CalendarError, match="没有截止日期"):
        extend_round(
            round=endless,
            department=department_year.department,
            closes_on=day(9),
            reason="补报",
            actor=reviewer,
        )
    assert not Extension.objects.exists()


def test_what_tables_were_begun_with_stays(department_year, reviewer):
    year = department_year.fiscal_year
    entries = Entry.objects.count()
    with pytest.raises(CalendarError) as refusal:
        change_year_settings(
            fiscal_year=year,
            values={"milestone_months": [9, 6, 13], "finance_steps": ["甲", "甲"], "publication_days": 0},
            actor=reviewer,
        )
    assert len(refusal.value.messages) == 5
    assert FiscalYear.objects.get(pk=year.pk).milestone_months == [3, 6, 10, 12]
    assert Entry.objects.count() == entries


def test_a_level_at_which_tables_wait_does_not_vanish(department_year, declaration, reviewer):
    year = department_year.fiscal_year
    three = ["业务股室", "绩效科", "复核"]
    changes = change_year_settings(fiscal_year=year, values={"finance_steps": three}, actor=reviewer)
    assert [(change.before, change.after) for change in changes] == [("财政审核", "业务股室、绩效科、复核")]
    put(declaration, status=Status.FINANCE_THIRD)
    with pytest.raises(CalendarError, match="有1个项目正在要取消的环节"):
        change_year_settings(fiscal_year=year, values={"finance_steps": three[:2]}, actor=reviewer)
    put(declaration, status=Status.AT_SUPERVISOR)
    with pytest.raises(CalendarError, match="不能取消主管部门审核"):
        change_year_settings(fiscal_year=year, values={"has_supervisor_step": False}, actor=reviewer)
    assert FiscalYear.objects.get(pk=year.pk).finance_steps == three
    change_year_settings(fiscal_year=year, values={"finance_steps": three[:2]}, actor=reviewer)


@pytest.mark.parametrize("persona", ["preparer", "leader", "supervisor", "auditor", "outsider"])
def test_who_is_no_reviewer_of_everything_sets_nothing(persona, request, department_year):
    actor = request.getfixturevalue(persona)
    entries = Entry.objects.count()
    with pytest.raises(PermissionDenied):
        add_round(fiscal_year=department_year.fiscal_year, sort=S.FIRST, opens_on=day(0), actor=actor)
    with pytest.raises(PermissionDenied):
        change_year_settings(
            fiscal_year=department_year.fiscal_year, values={"publication_days": 5}, actor=actor
        )
    assert (Round.objects.count(), Entry.objects.count()) == (0, entries)


def test_an_administrator_of_everything_sets_the_calendar(department_year, administrator):
    add_round(fiscal_year=department_year.fiscal_year, sort=S.FIRST, opens_on=day(0), actor=administrator)
    assert Round.objects.get().set_by == administrator
