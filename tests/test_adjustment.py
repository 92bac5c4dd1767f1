"""调整: a version is opened after approval, edited, reviewed, and replaces the one in force or is dropped."""

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from departments.models import Role
from departments.services import grant_role
from indicators.document import content_hash
from indicators.document.fields import field_text
from indicators.project_list_changes import Comparison, ListEntry
from indicators.project_lists import _mark_leaving
from indicators.rows import load_table
from indicators.services import NotEditableError, change_table, save_field, save_table
from indicators.services.adjustment import (
    AdjustmentError,
    abandon_adjustment,
    adjustment_of,
    cancel_declaration,
    open_adjustment,
    restore_declaration,
)
from indicators.services.obstacles import obstacles_to
from indicators.services.submission import candidates_in, submit_declarations
from projects.models import Adjustment, Declaration
from tests.approved_tables import approve, moved, to_approval
from trail.models import Entry
from workflow.models import Status, Version
from workflow.services import RevisionConflictError, TransitionError
from workflow.transitions import APPROVE, APPROVE_CANCELLATION, PASS, RETURN, SUBMIT

REASON = "年中追加预算，按曹财预〔2024〕12号文件调整。"


@pytest.fixture
def approved(declaration, people) -> Declaration:
    approve(declaration, **people)
    return declaration


@pytest.fixture
def adjust(approved, preparer):
    """Return a function that opens an adjustment of the approved table: adjust("budget", …)."""

    def adjust(*sorts):
        adjustment = open_adjustment(
            reviewed=approved, sorts=sorts, reason=REASON, revision=approved.revision, actor=preparer
        )
        approved.refresh_from_db()
        return adjustment

    return adjust


def save_budget(declaration, budget, actor):
    table = load_table(declaration)
    save_table(
        declaration=declaration,
        table=replace(table, budget=budget, fiscal_funding=budget),
        revision=declaration.revision,
        actor=actor,
    )
    declaration.refresh_from_db()


def unchanged(declaration, entries):
    held = Declaration.objects.get(pk=declaration.pk)
    return (held.status, held.revision, held.version, Entry.objects.count()) == (
        declaration.status,
        declaration.revision,
        declaration.version,
        entries,
    )


# opening


def test_opening_makes_the_next_version_editable(approved, adjust, preparer):
    adjustment = adjust("goal", "budget")
    assert (approved.status, approved.version) == (Status.ADJUSTING, 2)
    assert (adjustment.version, adjustment.sorts, adjustment.reason) == (2, ["budget", "goal"], REASON)
    assert adjustment_of(approved) == adjustment


def test_opening_is_in_the_trail_with_its_sorts(approved, adjust):
    adjust("budget", "value")
    move, opening = Entry.objects.order_by("-pk")[:2][::-1]
    assert (move.action, move.reason) == ("adjust", REASON)
    assert (opening.action, opening.changes[0]["after"]) == ("open_adjustment", "预算调整、指标值调整")


@pytest.mark.parametrize(
    ("sorts", "words"),
    [
        ([], "没有选择调整类型"),
        (["nothing"], "没有选择调整类型"),
        (["cancel", "budget"], "取消项目不能与其他调整一并办理"),
        (["restore"], "该项目没有取消"),
    ],
)
def test_sorts_that_do_not_go_together_are_refused(sorts, words, approved, preparer):
    entries = Entry.objects.count()
    with pytest.raises(AdjustmentError, match=words):
        open_adjustment(
            reviewed=approved, sorts=sorts, reason=REASON, revision=approved.revision, actor=preparer
        )
    assert unchanged(approved, entries)
    assert not Adjustment.objects.exists()


def test_without_a_reason_nothing_is_opened(approved, preparer):
    entries = Entry.objects.count()
    with pytest.raises(TransitionError, match="须写明原因"):
        open_adjustment(
            reviewed=approved, sorts=["goal"], reason=" ", revision=approved.revision, actor=preparer
        )
    assert unchanged(approved, entries)


@pytest.mark.parametrize("persona", ["leader", "reviewer", "auditor", "administrator", "outsider"])
def test_only_a_preparer_of_the_unit_opens(persona, approved, request):
    actor = request.getfixturevalue(persona)
    entries = Entry.objects.count()
    with pytest.raises(TransitionError, match="由填报人办理"):
        open_adjustment(
            reviewed=approved, sorts=["goal"], reason=REASON, revision=approved.revision, actor=actor
        )
    assert unchanged(approved, entries)


def test_a_draft_is_not_adjusted(declaration, preparer):
    entries = Entry.objects.count()
    with pytest.raises(TransitionError, match="草稿，不能发起调整"):
        open_adjustment(reviewed=declaration, sorts=["goal"], reason=REASON, revision=0, actor=preparer)
    assert unchanged(declaration, entries)


def test_what_was_moved_since_is_a_conflict(approved, preparer):
    entries = Entry.objects.count()
    with pytest.raises(RevisionConflictError):
        open_adjustment(
            reviewed=approved,
            sorts=["goal"],
            reason=REASON,
            revision=approved.revision - 1,
            actor=preparer,
        )
    assert unchanged(approved, entries)


def test_who_opened_it_cannot_approve_it(approved, leader, reviewer, people):
    grant_role(user=people["approver"], role=Role.PREPARER, department=None, actor=None)
    open_adjustment(
        reviewed=approved,
        sorts=["cancel"],
        reason=REASON,
        revision=approved.revision,
        actor=people["approver"],
    )
    to_approval(approved, preparer=people["preparer"], leader=leader, reviewer=reviewer)
    with pytest.raises(TransitionError, match="不相容职务分离"):
        moved(approved, APPROVE_CANCELLATION, people["approver"])


# approval of what was adjusted


def test_the_new_version_replaces_the_old_one_on_approval(approved, adjust, people):
    adjust("budget")
    save_budget(approved, Decimal("20000"), people["preparer"])
    version = approve(approved, **people)
    assert (approved.status, approved.version, version.number) == (Status.APPROVED, 2, 2)
    assert version.document.content_hash == content_hash(load_table(approved))


# abandoning


def test_abandoning_puts_back_what_is_in_force_to_the_letter(approved, adjust, preparer):
    in_force = Version.objects.get(object_id=approved.pk, act="approve").document
    adjust("budget", "value")
    table = load_table(approved)
    rows = (replace(table.indicators[1], value="≥99%"), *table.indicators[2:])
    changed = replace(
        table, budget=Decimal("99"), goal="换了目标", indicators=rows, milestones=table.milestones[:2]
    )
    save_table(declaration=approved, table=changed, revision=approved.revision, actor=preparer)
    approved.refresh_from_db()
    changes = abandon_adjustment(
        reviewed=approved, reason="上级文件撤回。", revision=approved.revision, actor=preparer
    )
    approved.refresh_from_db()
    assert content_hash(load_table(approved)) == in_force.content_hash
    assert (approved.status, approved.version) == (Status.APPROVED, 1)
    assert {"budget", "goal"} <= {change.path for change in changes}
    adjustment = Adjustment.objects.get()
    assert adjustment.outcome == Adjustment.Outcome.ABANDONED
    assert adjustment.closed_at is not None
    assert adjustment_of(approved) is None


def test_what_was_returned_can_be_abandoned_and_opened_again_as_the_third(approved, adjust, preparer, leader):
    adjust("goal")
    moved(approved, SUBMIT, preparer)
    moved(approved, RETURN, leader, "口径不符")
    abandon_adjustment(reviewed=approved, reason="不再调整。", revision=approved.revision, actor=preparer)
    approved.refresh_from_db()
    assert approved.status == Status.APPROVED
    assert adjust("goal").version == 3


def test_what_is_under_review_is_not_abandoned(approved, adjust, preparer):
    adjust("goal")
    moved(approved, SUBMIT, preparer)
    entries = Entry.objects.count()
    with pytest.raises(TransitionError, match="不能撤销调整"):
        abandon_adjustment(reviewed=approved, reason="不调了。", revision=approved.revision, actor=preparer)
    assert unchanged(approved, entries)
    assert adjustment_of(approved) is not None


def test_abandoning_without_a_reason_leaves_every_row(approved, adjust, preparer):
    adjust("budget")
    save_budget(approved, Decimal("20000"), preparer)
    entries = Entry.objects.count()
    with pytest.raises(TransitionError, match="须写明原因"):
        abandon_adjustment(reviewed=approved, reason="", revision=approved.revision, actor=preparer)
    assert unchanged(approved, entries)
    assert load_table(approved).budget == Decimal("20000")
    assert adjustment_of(approved) is not None


# 取消 and 恢复


def test_a_draft_is_cancelled_and_restored(declaration, preparer):
    cancel_declaration(declaration=declaration, reason="不再实施。", revision=0, actor=preparer)
    declaration.refresh_from_db()
    assert declaration.status == Status.CANCELLED
    restore_declaration(declaration=declaration, revision=declaration.revision, actor=preparer)
    declaration.refresh_from_db()
    assert declaration.status == Status.DRAFT


def test_cancelling_wants_a_reason(declaration, preparer):
    entries = Entry.objects.count()
    with pytest.raises(TransitionError, match="须写明原因"):
        cancel_declaration(declaration=declaration, reason="", revision=0, actor=preparer)
    assert unchanged(declaration, entries)


def test_an_approved_project_is_cancelled_by_adjustment_alone(approved, preparer):
    entries = Entry.objects.count()
    with pytest.raises(TransitionError):
        cancel_declaration(
            declaration=approved, reason="不再实施。", revision=approved.revision, actor=preparer
        )
    assert unchanged(approved, entries)


def test_no_rule_keeps_a_cancelling_adjustment_back(approved, adjust, preparer, department_year):
    adjust("cancel")
    assert [each.declaration for each in candidates_in(department_year.declarations.all()).ready] == [
        approved
    ]
    done = submit_declarations(
        department_year=department_year, revisions={approved.pk: approved.revision}, actor=preparer
    )
    assert [each.declaration for each in done.ready] == [approved]
    hashes = {approved.pk: content_hash(load_table(approved))}
    assert obstacles_to(PASS, [approved], hashes) == {}


def test_a_changing_adjustment_is_kept_back_by_the_rules(approved, adjust, department_year):
    adjust("goal")
    assert approved in [each.declaration for each in candidates_in(department_year.declarations.all()).held]


@pytest.mark.parametrize(("sort", "told"), [("cancel", "批复取消后"), ("budget", "预算调整：")])
def test_the_reviewer_reads_what_is_adjusted_and_why(sort, told, approved, adjust, people, signed_in):
    page, client = reverse("review-table", args=(approved.pk,)), signed_in(people["leader"])
    assert REASON not in client.get(page).text
    adjust(sort)
    moved(approved, SUBMIT, people["preparer"])
    shown = client.get(page).text
    assert REASON in shown
    assert told in shown


@pytest.mark.parametrize(("sort", "sign"), [("cancel", "leaving"), ("budget", "第2版")])
def test_queue_and_batch_tell_a_cancellation_from_a_change(sort, sign, approved, adjust, people, signed_in):
    adjust(sort)
    moved(approved, SUBMIT, people["preparer"])
    client = signed_in(people["leader"])
    ticked = {"queue": "todo", "scope": "ticked", "selected": approved.pk, "act": "pass", "next": "/"}
    for page in (
        client.get(reverse("queue", args=("todo",))).text,
        client.post(reverse("review-batch"), ticked).text,
    ):
        assert sign in page
        assert ("leaving" in page) == (sort == "cancel")


def test_a_cancellation_is_approved_as_one_and_nothing_else_is(approved, adjust, people):
    hashes = {approved.pk: content_hash(load_table(approved))}
    adjust("cancel")
    assert "应办理“批复取消”" in obstacles_to(APPROVE, [approved], hashes)[approved.pk][0]
    assert obstacles_to(APPROVE_CANCELLATION, [approved], hashes) == {}
    approve(approved, **people, act=APPROVE_CANCELLATION)
    assert (approved.status, approved.version) == (Status.CANCELLED, 2)
    adjustment = Adjustment.objects.get()
    Adjustment.objects.update(outcome="approved", closed_at=adjustment.opened_at)  # as the approval does
    with pytest.raises(AdjustmentError, match="只能办理“恢复”"):
        adjust("budget")
    assert adjust("restore", "budget").version == 3
    assert "没有取消项目" in obstacles_to(APPROVE_CANCELLATION, [approved], hashes)[approved.pk][0]


# pages


def test_the_page_opens_an_adjustment_and_leads_to_the_editor(approved, preparer, signed_in):
    client, address = signed_in(preparer), reverse("open-adjustment", args=(approved.pk,))
    assert client.get(address).status_code == 200
    answer = client.post(address, {"revision": approved.revision, "sorts": ["budget"], "reason": REASON})
    assert answer.url == reverse("edit-table", args=(approved.pk,))
    assert adjustment_of(approved).reason == REASON


def test_what_does_not_go_together_is_told_on_the_page_and_typed_text_stays(approved, preparer, signed_in):
    entries = Entry.objects.count()
    data = {"revision": approved.revision, "sorts": ["cancel", "goal"], "reason": "<b>取消</b>"}
    answer = signed_in(preparer).post(reverse("open-adjustment", args=(approved.pk,)), data)
    assert answer.status_code == 422
    assert "取消项目不能与其他调整一并办理" in answer.text
    assert "&lt;b&gt;取消&lt;/b&gt;" in answer.text
    assert "<b>取消</b>" not in answer.text
    assert unchanged(approved, entries)


def test_an_outdated_page_opens_nothing(approved, preparer, signed_in):
    entries = Entry.objects.count()
    data = {"revision": approved.revision - 1, "sorts": ["goal"], "reason": REASON}
    answer = signed_in(preparer).post(reverse("open-adjustment", args=(approved.pk,)), data)
    assert answer.status_code == 409
    assert "又被修改" in answer.text
    assert unchanged(approved, entries)


def test_a_cancelling_adjustment_leads_to_the_table_to_be_submitted(approved, preparer, signed_in):
    data = {"revision": approved.revision, "sorts": ["cancel"], "reason": REASON}
    answer = signed_in(preparer).post(reverse("open-adjustment", args=(approved.pk,)), data)
    assert answer.url == reverse("table", args=(approved.pk,))


def test_nothing_is_written_into_a_table_that_is_being_cancelled(approved, adjust, preparer, signed_in):
    adjust("cancel")
    before = load_table(approved), approved.revision, Entry.objects.count()
    with pytest.raises(NotEditableError, match="正在办理取消，不能修改；不再取消的，先撤销调整。"):
        save_budget(approved, Decimal(70_000), preparer)
    for path, typed in (("purpose", "另行安排"), ("budget", "7.00")):
        with pytest.raises(NotEditableError, match="正在办理取消"):
            save_field(
                declaration=approved, path=path, base=field_text(before[0], path), typed=typed, actor=preparer
            )
    with pytest.raises(NotEditableError, match="正在办理取消"):
        change_table(declaration=approved, change=lambda table: replace(table, goal="改"), actor=preparer)
    client = signed_in(preparer)
    for page in ("edit-table", "edit-project"):
        answer = client.get(reverse(page, args=(approved.pk,)))
        assert (answer.status_code, "正在办理取消" in answer.text) == (409, True)
    approved.refresh_from_db()
    assert (load_table(approved), approved.revision, Entry.objects.count()) == before


def test_what_is_being_cancelled_is_submitted_and_dropped_and_not_edited_on_its_page(
    approved, adjust, preparer, signed_in
):
    adjust("cancel")
    page = signed_in(preparer).get(reverse("table", args=(approved.pk,))).text
    assert "正在办理取消，不能修改。" in page
    assert reverse("abandon-adjustment", args=(approved.pk,)) in page
    assert f"?selected={approved.pk}" in page
    assert reverse("edit-table", args=(approved.pk,)) not in page


def test_a_returned_cancellation_is_not_edited_either_and_goes_back_to_what_is_in_force(
    approved, adjust, people, preparer
):
    adjust("cancel")
    moved(approved, SUBMIT, preparer)
    moved(approved, RETURN, people["leader"], reason="依据不足")
    with pytest.raises(NotEditableError, match="正在办理取消"):
        save_budget(approved, Decimal(70_000), preparer)
    abandon_adjustment(reviewed=approved, reason="不再取消", revision=approved.revision, actor=preparer)
    approved.refresh_from_db()
    assert (approved.status, approved.version) == (Status.APPROVED, 1)


def test_a_list_leaves_what_is_being_cancelled_alone(approved, adjust):
    adjust("cancel")
    comparison = Comparison(approved.department_year.fiscal_year)
    comparison.entries.append(ListEntry(SimpleNamespace(name="", category=""), None, approved))
    _mark_leaving(comparison)
    assert comparison.open_entries == []
    assert comparison.entries[0].is_approved


def test_a_list_of_tables_offers_no_editing_of_what_is_being_cancelled(approved, adjust, preparer, signed_in):
    filed = approved.department_year
    address = reverse("department-year", args=(filed.fiscal_year.year, filed.department.code))
    adjust("goal")
    edit = reverse("edit-table", args=(approved.pk,))
    assert edit in signed_in(preparer).get(address).text
    abandon_adjustment(reviewed=approved, reason="改为取消", revision=approved.revision, actor=preparer)
    approved.refresh_from_db()
    adjust("cancel")
    assert edit not in signed_in(preparer).get(address).text


def test_the_page_drops_an_adjustment_with_its_reason(approved, adjust, preparer, signed_in):
    adjust("goal")
    client, address = signed_in(preparer), reverse("abandon-adjustment", args=(approved.pk,))
    assert client.post(address, {"revision": approved.revision, "reason": ""}).status_code == 422
    assert adjustment_of(approved) is not None
    answer = client.post(address, {"revision": approved.revision, "reason": "不再调整。"})
    assert answer.status_code == 302
    assert adjustment_of(approved) is None


@pytest.mark.parametrize("persona", ["leader", "auditor", "reviewer"])
def test_nobody_else_is_offered_or_allowed_an_adjustment(persona, approved, signed_in, request):
    client = signed_in(request.getfixturevalue(persona))
    address = reverse("open-adjustment", args=(approved.pk,))
    assert address not in client.get(reverse("table", args=(approved.pk,))).text
    assert client.get(address).status_code == 403
