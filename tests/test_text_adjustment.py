"""调整 of a department's text (部门整体绩效目标): as of a table, from its opening to 调整批复, or dropped."""

import io
from dataclasses import replace

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from departments.models import Role
from departments.services import grant_role
from indicators.adjustments import comparison_of, comparison_of_year
from indicators.approvals import draft_text, scope_of
from indicators.checks import RULES
from indicators.document import NarrativeItem, content_hash, new_uid
from indicators.editions import booklet_in_force, has_two_editions
from indicators.models import RuleSetting
from indicators.rows import load_narrative
from indicators.services import save_narrative
from indicators.services.adjustment import (
    AdjustmentError,
    abandon_adjustment,
    adjustment_of,
    open_adjustment,
)
from indicators.services.approval import Letter, approve_year
from projects.models import Adjustment, Approval, DepartmentYear, Round
from tests.approved_tables import approve, text_moved
from trail.models import Entry
from workflow.models import Status, Version
from workflow.services import RevisionConflictError, TransitionError
from workflow.transitions import APPROVE, PASS, RETURN, SUBMIT

REASON = "根据<曹办发>〔2024〕8号文件，职责调整。"
NEW = "新增机关党校集中培训2期。"
YEAR = (2024, "286001")


@pytest.fixture
def approved(department_year, people) -> DepartmentYear:
    """Return the year with its text approved, its tables not."""
    to_approval(department_year, people)
    text_moved(department_year, APPROVE, people["approver"])
    return department_year


@pytest.fixture
def adjusted(approved, preparer) -> DepartmentYear:
    """Return the year with the second version of its text opened, one goal changed."""
    open_text(approved, preparer)
    change_goal(approved, NEW, preparer)
    return approved


def to_approval(department_year, people):
    for act, who in ((SUBMIT, "preparer"), (PASS, "leader"), (PASS, "reviewer")):
        text_moved(department_year, act, people[who])


def open_text(department_year, actor, **other):
    given = {"sorts": ["goal"], "reason": REASON, "revision": department_year.revision, **other}
    adjustment = open_adjustment(reviewed=department_year, actor=actor, **given)
    department_year.refresh_from_db()
    return adjustment


def change_goal(department_year, text, actor):
    booklet = load_narrative(department_year)
    goals = (replace(booklet.overall_goals[0], text=text), *booklet.overall_goals[1:])
    save_narrative(
        department_year=department_year,
        booklet=replace(booklet, overall_goals=goals),
        revision=department_year.revision,
        actor=actor,
    )
    department_year.refresh_from_db()


def state(department_year):
    held = DepartmentYear.objects.get(pk=department_year.pk)
    counts = (Entry.objects.count(), Version.objects.count(), Adjustment.objects.count())
    return held.status, held.revision, held.version, content_hash(load_narrative(held)), *counts


def refused(error, words, act, department_year, *args, **kwargs):
    before = state(department_year)
    with pytest.raises(error, match=words):
        act(department_year, *args, **kwargs)
    assert state(department_year) == before


# opening


def test_opening_makes_the_next_version_of_the_text_editable_and_is_in_the_trail(approved, preparer):
    adjustment = open_text(approved, preparer)
    assert (approved.status, approved.version) == (Status.ADJUSTING, 2)
    assert (adjustment.version, adjustment.sorts, adjustment.declaration) == (2, ["goal"], None)
    assert adjustment_of(approved) == adjustment
    move, opening = Entry.objects.order_by("-pk")[:2][::-1]
    assert (move.action, move.kind, move.reason) == ("adjust", "department_year", REASON)
    assert (opening.action, opening.kind, opening.capacity) == (
        "open_adjustment",
        "department_year",
        "填报人",
    )
    assert opening.changes[0]["after"] == "目标调整"


@pytest.mark.parametrize("sorts", [["budget"], ["goal", "value"], ["cancel"], ["restore"]])
def test_a_text_knows_no_other_sort(sorts, approved, preparer):
    refused(AdjustmentError, "只能办理“目标调整”", open_text, approved, preparer, sorts=sorts)


@pytest.mark.parametrize("persona", ["leader", "reviewer", "auditor", "administrator", "outsider"])
def test_only_a_preparer_of_the_unit_opens(persona, approved, request):
    refused(TransitionError, "由填报人办理", open_text, approved, request.getfixturevalue(persona))


def test_without_a_reason_or_on_an_old_page_nothing_is_opened(approved, preparer):
    refused(TransitionError, "须写明原因", open_text, approved, preparer, reason=" ")
    refused(
        RevisionConflictError, "已被他人修改", open_text, approved, preparer, revision=approved.revision - 1
    )


def test_a_closed_window_keeps_a_text_from_being_adjusted(approved, preparer, signed_in):
    Round.objects.create(
        fiscal_year=approved.fiscal_year, sort=Round.Sort.FIRST, opens_on=timezone.localdate()
    )
    refused(AdjustmentError, "尚未开设调整轮次", open_text, approved, preparer)
    answer = signed_in(preparer).get(reverse("open-narrative-adjustment", args=YEAR))
    assert (answer.status_code, "尚未开设调整轮次" in answer.text) == (409, True)
    text = signed_in(preparer).get(reverse("department-year", args=YEAR)).text
    assert reverse("open-narrative-adjustment", args=YEAR) not in text


def test_who_opened_it_cannot_approve_it(approved, people):
    approver = people["approver"]
    grant_role(user=approver, role=Role.PREPARER, department=None, actor=None)
    open_text(approved, approver)
    to_approval(approved, people)
    refused(TransitionError, "不相容职务分离", text_moved, approved, APPROVE, approver)


# dropping


def test_dropping_puts_back_the_text_in_force_to_the_letter(adjusted, preparer):
    in_force = Version.objects.get(kind="department_year", act="approve").document
    booklet = load_narrative(adjusted)
    shuffled = replace(
        booklet,
        overall_goals=booklet.overall_goals[:0:-1],
        sub_goals=(replace(booklet.sub_goals[0], project_codes=(), goal="换了"),),
        safeguards=booklet.safeguards[1:],
    )
    save_narrative(department_year=adjusted, booklet=shuffled, revision=adjusted.revision, actor=preparer)
    adjusted.refresh_from_db()
    changes = abandon_adjustment(
        reviewed=adjusted, reason="文件撤回。", revision=adjusted.revision, actor=preparer
    )
    adjusted.refresh_from_db()
    assert content_hash(load_narrative(adjusted)) == in_force.content_hash
    assert (adjusted.status, adjusted.version) == (Status.APPROVED, 1)
    assert Adjustment.objects.get().outcome == Adjustment.Outcome.ABANDONED
    entry = Entry.objects.last()
    assert (entry.action, entry.reason, len(entry.changes)) == ("put_back", "文件撤回。", len(changes))
    assert comparison_of(adjusted) is None


def test_what_was_returned_can_be_dropped_and_opened_again_as_the_third(adjusted, preparer, leader):
    text_moved(adjusted, SUBMIT, preparer)
    text_moved(adjusted, RETURN, leader, "口径不符")
    abandon_adjustment(reviewed=adjusted, reason="不再调整。", revision=adjusted.revision, actor=preparer)
    adjusted.refresh_from_db()
    assert open_text(adjusted, preparer).version == 3


def test_what_is_under_review_is_not_dropped(adjusted, preparer):
    text_moved(adjusted, SUBMIT, preparer)

    def drop(department_year):
        revision = department_year.revision
        abandon_adjustment(reviewed=department_year, reason="不调了。", revision=revision, actor=preparer)

    refused(TransitionError, "不能撤销调整", drop, adjusted)


# 原值 and 新值


def test_the_comparison_says_old_and_new_and_speaks_of_no_money(adjusted):
    (only,) = comparison_of(adjusted).adjusted
    assert (only.versions, only.sorts, only.reason, only.is_approved) == ((1, 2), "目标调整", REASON, False)
    assert [(change.place, change.after) for change in only.changes] == [("总体绩效目标第1项", NEW)]
    assert only.transfer is None
    assert comparison_of(adjusted).is_of_text


def test_the_text_stands_before_the_tables_in_the_sheet_of_the_year(adjusted, declaration, people):
    approve(declaration, **people)
    open_adjustment(
        reviewed=declaration,
        sorts=["goal"],
        reason="调整。",
        revision=declaration.revision,
        actor=people["preparer"],
    )
    comparison = comparison_of_year(adjusted)
    assert [each.is_text for each in comparison.adjusted] == [True, False]
    assert not comparison.is_of_text


def test_the_sheet_comes_in_every_format(adjusted, auditor, signed_in):
    client = signed_in(auditor)
    files = {
        extension: client.get(reverse("narrative-adjustment-file", args=(*YEAR, extension)))
        for extension in ("html", "pdf", "xlsx", "docx")
    }
    assert {response.status_code for response in files.values()} == {200}
    assert files["pdf"].content.startswith(b"%PDF")
    assert NEW in files["html"].text
    assert "调剂金额" not in files["html"].text
    assert "未批复" in files["html"].text
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"].content))
    values = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert NEW in values
    assert "调剂金额" not in values
    assert Entry.objects.filter(action="export", kind="department_year").count() == len(files)


def test_there_is_no_sheet_without_an_adjustment_nor_for_an_outsider(approved, people, outsider, signed_in):
    address = reverse("narrative-adjustment-file", args=(*YEAR, "pdf"))
    assert signed_in(people["leader"]).get(address).status_code == 404
    open_text(approved, people["preparer"])
    assert signed_in(people["leader"]).get(address).status_code == 200
    assert signed_in(outsider).get(address).status_code == 404


# approval


@pytest.fixture
def approve_adjustments(people):
    """Return a function that issues the 调整批复 of a year, with no rule holding anything back."""

    def issue(department_year):
        RuleSetting.objects.bulk_create(
            RuleSetting(fiscal_year=department_year.fiscal_year, rule=code, enabled=False) for code in RULES
        )
        scope = scope_of(
            department_year.department, department_year.fiscal_year, people["approver"], adjustments=True
        )
        today = timezone.localdate()
        return scope, approve_year(
            department=department_year.department,
            fiscal_year=department_year.fiscal_year,
            letter=Letter("某财预〔2024〕18号", today, "某某区财政局", draft_text(scope)),
            **scope.revisions,
            adjustments=True,
            actor=people["approver"],
        )

    return issue


def test_an_adjusted_text_is_part_of_the_approval_of_adjustments_and_replaces_the_old(
    adjusted, people, approve_adjustments, signed_in
):
    to_approval(adjusted, people)
    scope, approval = approve_adjustments(adjusted)
    assert "同意2024年度调整后的部门整体绩效目标，自本批复之日起执行" in draft_text(scope)
    assert approval.sort == Approval.Sort.ADJUSTMENT
    version = approval.versions.get()
    assert (version.kind, version.number, version.act) == ("department_year", 2, "approve")
    adjusted.refresh_from_db()
    assert (adjusted.status, adjusted.version) == (Status.APPROVED, 2)
    adjustment = Adjustment.objects.get()
    assert (adjustment.outcome, adjustment.closed_at is not None) == ("approved", True)
    assert comparison_of(adjusted).adjusted[0].is_approved
    client = signed_in(people["preparer"])
    page = client.get(reverse("approval", args=(approval.pk,))).text
    assert "合计" not in page
    assert NEW in client.get(reverse("approval-file", args=(approval.pk, "html"))).text
    assert open_text(adjusted, people["preparer"]).version == 3


def test_while_it_is_adjusted_the_text_in_force_stays_printed(adjusted, declaration, people, signed_in):
    approve(declaration, **people)
    assert booklet_in_force(adjusted).overall_goals[0].text != NEW
    assert has_two_editions(adjusted)
    client, address = signed_in(people["leader"]), reverse("booklet-file", args=(*YEAR, "html"))
    assert NEW not in client.get(address).text
    assert NEW in client.get(address, {"edition": "working"}).text


# pages


def test_the_page_opens_an_adjustment_with_a_reason_alone_and_leads_to_the_editor(
    approved, preparer, signed_in
):
    client, address = signed_in(preparer), reverse("open-narrative-adjustment", args=YEAR)
    page = client.get(reverse("department-year", args=YEAR)).text
    assert f'href="{address}"' in page
    assert 'name="sorts"' not in client.get(address).text
    before = state(approved)
    nothing = client.post(address, {"revision": approved.revision, "reason": " "})
    old = client.post(address, {"revision": approved.revision - 1, "reason": REASON})
    assert (nothing.status_code, old.status_code) == (422, 409)
    assert "&lt;曹办发&gt;" in old.text
    assert state(approved) == before
    answer = client.post(address, {"revision": approved.revision, "reason": REASON})
    assert answer.url == reverse("edit-narrative", args=YEAR)
    assert adjustment_of(approved).reason == REASON


def test_the_page_of_the_year_shows_old_beside_new_and_drops_the_adjustment(adjusted, preparer, signed_in):
    client, address = signed_in(preparer), reverse("abandon-narrative-adjustment", args=YEAR)
    text = client.get(reverse("department-year", args=YEAR)).text
    assert "第2版调整中；现行为" in text
    assert "根据&lt;曹办发&gt;" in text
    assert "改动1处" in text
    assert f'href="{address}"' in text
    assert client.post(address, {"revision": adjusted.revision, "reason": ""}).status_code == 422
    answer = client.post(address, {"revision": adjusted.revision, "reason": "不再调整。"})
    assert answer.url == reverse("department-year", args=YEAR)  # at the top, where the message stands
    assert NEW not in client.get(reverse("department-year", args=YEAR)).text


@pytest.mark.parametrize("persona", ["leader", "auditor", "reviewer"])
def test_nobody_else_is_offered_or_allowed_it(persona, adjusted, signed_in, request):
    client, before = signed_in(request.getfixturevalue(persona)), state(adjusted)
    address = reverse("abandon-narrative-adjustment", args=YEAR)
    assert address not in client.get(reverse("department-year", args=YEAR)).text
    assert client.post(address, {"revision": adjusted.revision, "reason": "不调了。"}).status_code == 403
    assert state(adjusted) == before


def test_the_reviewer_reads_the_reason_and_the_changes_word_by_word(adjusted, people, signed_in):
    text_moved(adjusted, SUBMIT, people["preparer"])
    text = signed_in(people["leader"]).get(reverse("review-narrative", args=YEAR)).text
    assert "第2版，目标调整" in text
    assert "根据&lt;曹办发&gt;" in text
    assert ("<ins" in text, "<del" in text) == (True, True)


def test_the_text_has_a_history_of_its_own_that_leads_to_its_versions(
    adjusted, declaration, people, signed_in
):
    approve(declaration, **people)
    client = signed_in(people["leader"])
    text = client.get(reverse("narrative-timeline", args=YEAR)).text.partition("<tbody>")[2]
    version = Version.objects.filter(kind="department_year").first()
    assert "发起调整" in text
    assert NEW in text
    assert reverse("narrative-version", args=(*YEAR, version.pk)) in text
    assert str(declaration) not in text
    both = client.get(reverse("year-timeline", args=YEAR)).text
    of_table = Version.objects.filter(kind="declaration").first()
    assert reverse("version", args=(declaration.pk, of_table.pk)) in both


def test_who_fills_in_for_the_unit_is_recorded_as_such(approved, supervisor):
    parent = supervisor.memberships.get().department
    grant_role(user=supervisor, role=Role.PREPARER, department=parent, actor=None)
    held = DepartmentYear.objects.select_related("department", "fiscal_year").get(pk=approved.pk)
    open_text(held, supervisor)
    change_goal(DepartmentYear.objects.get(pk=approved.pk), NEW, supervisor)
    assert set(Entry.objects.filter(actor=supervisor).values_list("action", "capacity")) == {
        ("adjust", "填报人（代填）"),
        ("open_adjustment", "填报人（代填）"),
        ("edit", "填报人（代填）"),
    }


def test_the_editor_tells_what_its_fields_held_while_the_text_is_adjusted(adjusted, preparer, signed_in):
    booklet = load_narrative(adjusted)
    goals = (*booklet.overall_goals[:1], *booklet.overall_goals[2:])
    save_narrative(
        department_year=adjusted,
        booklet=replace(booklet, overall_goals=goals),
        revision=adjusted.revision,
        actor=preparer,
    )
    page = signed_in(preparer).get(reverse("edit-narrative", args=YEAR))
    changed, removed = page.context["changes_beside"].lines
    assert (changed.cell, changed.name) == (f"overall_goals/{goals[0].uid}", "原值")
    assert (removed.cell, removed.text) == ("", f"<del>{booklet.overall_goals[1].text}</del>")
    assert "根据&lt;曹办发&gt;" in page.text
    assert "第2版调整中；现行为" in page.text


def test_a_new_part_of_the_text_is_told_as_added(adjusted, preparer, signed_in):
    booklet = load_narrative(adjusted)
    goal = NarrativeItem("新的总体绩效目标。", uid=new_uid())
    save_narrative(
        department_year=adjusted,
        booklet=replace(booklet, overall_goals=(*booklet.overall_goals, goal)),
        revision=adjusted.revision,
        actor=preparer,
    )
    page = signed_in(preparer).get(reverse("edit-narrative", args=YEAR))
    added = page.context["changes_beside"].lines[-1]
    assert (added.cell, added.name, added.is_added) == (f"overall_goals/{goal.uid}", "新增的内容", True)


def test_the_editor_of_a_first_version_tells_nothing_of_the_kind(department_year, preparer, signed_in):
    page = signed_in(preparer).get(reverse("edit-narrative", args=YEAR))
    assert (page.context["changes_beside"], page.context["adjusting"]) == (None, None)
