"""Who may do which act from which status, where it leads, and that a refusal changes and logs nothing."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.models import Membership, Role
from departments.services import create_user, grant_role
from projects.models import Declaration
from projects.services import record_department_year
from tests.personas import PERSONAS
from trail.models import Entry, SecurityEvent
from trail.services import record
from workflow import transitions as acts
from workflow.models import Status, StoredDocument, Version
from workflow.services import RevisionConflictError, Subject, TransitionError, move
from workflow.steps import Filed, Step, acts_open_to, has_role, steps
from workflow.transitions import ACTS, Route

S = Status
EVERYBODY = (*PERSONAS, "approver")
FINANCE = "reviewer approver"
ALL_LEVELS = (S.SUBMITTED, S.AT_SUPERVISOR, S.FINANCE_FIRST, S.FINANCE_SECOND, S.FINANCE_THIRD)
FULL = Route(ALL_LEVELS)
SHA, HASH = "a" * 64, "b" * 64

# Where something stands: (status, version, the move that led there: its act, source and version).
NEW = (S.DRAFT, 1, None)
RETURNED = (S.RETURNED, 1, ("return", S.SUBMITTED, 1))
RETURNED_ADJUSTMENT = (S.RETURNED, 2, ("return", S.SUBMITTED, 2))
ADJUSTING = (S.ADJUSTING, 2, ("adjust", S.PUBLISHED, 2))
SUBMITTED = (S.SUBMITTED, 1, ("submit", S.DRAFT, 1))
SUBMITTED_AGAIN = (S.SUBMITTED, 2, ("submit", S.ADJUSTING, 2))
RECALLED = (S.SUBMITTED, 1, ("recall", S.AT_SUPERVISOR, 1))
SENT_BACK = (S.SUBMITTED, 1, ("return_one", S.AT_SUPERVISOR, 1))
AT_SUPERVISOR = (S.AT_SUPERVISOR, 1, ("pass", S.SUBMITTED, 1))
SENT_BACK_TO_SUPERVISOR = (S.AT_SUPERVISOR, 1, ("return_one", S.FINANCE_FIRST, 1))
FINANCE_FIRST = (S.FINANCE_FIRST, 1, ("pass", S.AT_SUPERVISOR, 1))
PASSED_BY_LEADER = (S.FINANCE_FIRST, 1, ("pass", S.SUBMITTED, 1))
FINANCE_SECOND = (S.FINANCE_SECOND, 1, ("pass", S.FINANCE_FIRST, 1))
FINANCE_THIRD = (S.FINANCE_THIRD, 1, ("pass", S.FINANCE_SECOND, 1))
TO_APPROVE = (S.TO_APPROVE, 1, ("pass", S.FINANCE_THIRD, 1))
ADJUSTMENT_TO_APPROVE = (S.TO_APPROVE, 2, ("pass", S.FINANCE_THIRD, 2))
APPROVED = (S.APPROVED, 1, ("approve", S.TO_APPROVE, 1))
PUBLISHED = (S.PUBLISHED, 1, ("publish", S.APPROVED, 1))
CANCELLED = (S.CANCELLED, 1, ("cancel", S.DRAFT, 1))
CANCELLED_BY_ADJUSTMENT = (S.CANCELLED, 2, ("approve_cancellation", S.TO_APPROVE, 2))

# Of every act from there: who may, and where it leads. What is not named is refused (domain.md §3.2).
MAY = {
    NEW: {"submit": ("preparer", S.SUBMITTED), "cancel": ("preparer", S.CANCELLED)},
    RETURNED: {"submit": ("preparer", S.SUBMITTED), "cancel": ("preparer", S.CANCELLED)},
    RETURNED_ADJUSTMENT: {"submit": ("preparer", S.SUBMITTED), "abandon": ("preparer", S.APPROVED)},
    ADJUSTING: {"submit": ("preparer", S.SUBMITTED), "abandon": ("preparer", S.APPROVED)},
    SUBMITTED: {
        "withdraw": ("preparer", S.DRAFT),
        "pass": ("leader", S.AT_SUPERVISOR),
        "return": ("leader", S.RETURNED),
        "reopen": (f"preparer {FINANCE}", S.RETURNED),
    },
    SUBMITTED_AGAIN: {
        "withdraw": ("preparer", S.ADJUSTING),
        "pass": ("leader", S.AT_SUPERVISOR),
        "return": ("leader", S.RETURNED),
        "reopen": (f"preparer {FINANCE}", S.RETURNED),
    },
    RECALLED: {
        "withdraw": ("preparer", S.DRAFT),
        "pass": ("leader", S.AT_SUPERVISOR),
        "return": ("leader", S.RETURNED),
        "reopen": (f"preparer {FINANCE}", S.RETURNED),
    },
    SENT_BACK: {
        "pass": ("leader", S.AT_SUPERVISOR),
        "return": ("leader", S.RETURNED),
        "reopen": (f"preparer {FINANCE}", S.RETURNED),
    },
    AT_SUPERVISOR: {
        "pass": ("supervisor", S.FINANCE_FIRST),
        "return": ("supervisor", S.RETURNED),
        "return_one": ("supervisor", S.SUBMITTED),
        "recall": ("leader", S.SUBMITTED),
        "reopen": (FINANCE, S.RETURNED),
    },
    SENT_BACK_TO_SUPERVISOR: {
        "pass": ("supervisor", S.FINANCE_FIRST),
        "return": ("supervisor", S.RETURNED),
        "return_one": ("supervisor", S.SUBMITTED),
        "reopen": (FINANCE, S.RETURNED),
    },
    FINANCE_FIRST: {
        "pass": (FINANCE, S.FINANCE_SECOND),
        "return": (FINANCE, S.RETURNED),
        "return_one": (FINANCE, S.AT_SUPERVISOR),
        "recall": ("supervisor", S.AT_SUPERVISOR),
        "reopen": (FINANCE, S.RETURNED),
    },
    PASSED_BY_LEADER: {
        "pass": (FINANCE, S.FINANCE_SECOND),
        "return": (FINANCE, S.RETURNED),
        "return_one": (FINANCE, S.AT_SUPERVISOR),
        "recall": ("leader", S.SUBMITTED),
        "reopen": (FINANCE, S.RETURNED),
    },
    FINANCE_SECOND: {
        "pass": (FINANCE, S.FINANCE_THIRD),
        "return": (FINANCE, S.RETURNED),
        "return_one": (FINANCE, S.FINANCE_FIRST),
        "recall": (FINANCE, S.FINANCE_FIRST),
        "reopen": (FINANCE, S.RETURNED),
    },
    FINANCE_THIRD: {
        "pass": (FINANCE, S.TO_APPROVE),
        "return": (FINANCE, S.RETURNED),
        "return_one": (FINANCE, S.FINANCE_SECOND),
        "recall": (FINANCE, S.FINANCE_SECOND),
        "reopen": (FINANCE, S.RETURNED),
    },
    TO_APPROVE: {
        "approve": (FINANCE, S.APPROVED),
        "return": (FINANCE, S.RETURNED),
        "return_one": (FINANCE, S.FINANCE_THIRD),
        "recall": (FINANCE, S.FINANCE_THIRD),
        "reopen": (FINANCE, S.RETURNED),
    },
    ADJUSTMENT_TO_APPROVE: {
        "approve": (FINANCE, S.APPROVED),
        "approve_cancellation": (FINANCE, S.CANCELLED),
        "return": (FINANCE, S.RETURNED),
        "return_one": (FINANCE, S.FINANCE_THIRD),
        "recall": (FINANCE, S.FINANCE_THIRD),
        "reopen": (FINANCE, S.RETURNED),
    },
    APPROVED: {"publish": ("leader", S.PUBLISHED), "adjust": ("preparer", S.ADJUSTING)},
    PUBLISHED: {"adjust": ("preparer", S.ADJUSTING)},
    CANCELLED: {"restore": ("preparer", S.DRAFT)},
    CANCELLED_BY_ADJUSTMENT: {"adjust": ("preparer", S.ADJUSTING)},
}  # fmt: skip


def stored(pk) -> Declaration:
    return Declaration.objects.select_related("project", "department_year__department").get(pk=pk)


def filed_as(declaration, route=FULL) -> Filed:
    return Filed(declaration, declaration.department_year.department, "declaration", declaration.name, route)


def subject_of(declaration, route=FULL, obstacles=()) -> Subject:
    return Subject(filed_as(declaration, route), "{}", SHA, HASH, obstacles)


def act_on(declaration, act, actor, *, reason="按通知办理", route=FULL, **options) -> Version:
    """Do an act to a declaration as it is stored now."""
    subject = subject_of(stored(declaration.pk), route)
    return move(subjects=[subject], act=act, actor=actor, reason=reason, **options)[0]


def came_by(declaration, act, source, target, number, *, actor=None, principal=None) -> Version:
    """Store that a declaration was moved, without moving it."""
    document, _ = StoredDocument.objects.get_or_create(sha256=SHA, content_hash=HASH, text="{}")
    return Version.objects.create(
        kind="declaration", object_id=declaration.pk, number=number, revision=0, act=act, source=source,
        target=target, document=document, actor=actor, principal=principal, at=timezone.now(),
    )  # fmt: skip


def stand(declaration, standing) -> None:
    """Put a declaration where it stands, with the past that led there."""
    status, version, move_there = standing
    Declaration.objects.filter(pk=declaration.pk).update(status=status, version=version)
    if version > 1:
        came_by(declaration, "approve", S.TO_APPROVE, S.APPROVED, 1)
    if move_there:
        act, source, number = move_there
        came_by(declaration, act, source, status, number)


def snapshot(declaration):
    kept = Declaration.objects.values_list("status", "revision", "version", "moved_at").get(pk=declaration.pk)
    models = (Version, StoredDocument, Entry, SecurityEvent)
    return (*kept, *(model.objects.count() for model in models))


# the table


@pytest.mark.parametrize("standing", MAY, ids=lambda standing: "-".join(map(str, standing[:2])))
def test_every_act_by_everybody(standing, request, declaration):
    people = {name: request.getfixturevalue(name) for name in EVERYBODY}
    stand(declaration, standing)
    before = snapshot(declaration)
    led_to = {}
    for act in ACTS:
        for name, actor in people.items():
            try:
                with transaction.atomic():
                    act_on(declaration, act, actor)
                    after = snapshot(declaration)
                    transaction.set_rollback(True)
            except TransitionError:
                assert snapshot(declaration) == before, (act.name, name)
            else:
                led_to[act.name, name] = Status(after[0])
                assert after[1] == before[1] + 1
                assert (after[4], after[6], after[7]) == (before[4] + 1, before[6] + 1, before[7])
    assert led_to == {
        (act, name): target for act, (names, target) in MAY[standing].items() for name in names.split()
    }


def test_every_status_is_tried():
    assert {status for status, _, _ in MAY} == {*Status}
    assert {act for expected in MAY.values() for act in expected} == {act.name for act in ACTS}


@pytest.mark.parametrize("standing", MAY, ids=lambda standing: "-".join(map(str, standing[:2])))
def test_the_buttons_of_a_filing_are_what_can_be_done(standing, request, declaration):
    names = ("preparer", "leader", "supervisor", "reviewer", "auditor")
    people = {name: request.getfixturevalue(name) for name in names}
    stand(declaration, standing)
    filed = filed_as(stored(declaration.pk))
    for name, user in people.items():
        offered = {act.name for act in acts_open_to(user, filed, ACTS)}
        assert offered == {act for act, (who, _) in MAY[standing].items() if name in who.split()}


def test_the_buttons_of_all_acts_cost_few_queries(reviewer, declaration):
    stand(declaration, ADJUSTMENT_TO_APPROVE)
    filed = filed_as(stored(declaration.pk))
    with CaptureQueriesContext(connection) as captured:
        acts_open_to(reviewer, filed, ACTS)
    assert len(captured) <= 4  # his roles, the last move, who prepared, who passed


@pytest.mark.parametrize("act", [act for act in ACTS if act.needs_reason], ids=str)
def test_a_reason_is_asked_where_one_is_due(act, request, declaration):
    standing = next(standing for standing, expected in MAY.items() if act.name in expected)
    names, target = MAY[standing][act.name]
    actor = request.getfixturevalue(names.split()[0])
    stand(declaration, standing)
    before = snapshot(declaration)
    with pytest.raises(TransitionError, match=f"{act.label}须写明原因。"):
        act_on(declaration, act, actor, reason=" \n")
    assert snapshot(declaration) == before
    version = act_on(declaration, act, actor, reason=" 口径有误 ")
    assert (version.reason, stored(declaration.pk).status) == ("口径有误", target)


@pytest.mark.parametrize("act", ACTS, ids=str)
def test_nobody_signed_in_moves_nothing(act, declaration):
    for standing, expected in MAY.items():
        if act.name in expected:
            Declaration.objects.filter(pk=declaration.pk).update(status=standing[0], version=standing[1])
            with pytest.raises(TransitionError):
                act_on(declaration, act, None)
            assert stored(declaration.pk).status == standing[0]


# the way through the levels


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_finance_review_has_one_to_three_steps(number, leader, supervisor, declaration):
    levels = (S.SUBMITTED, S.AT_SUPERVISOR, S.FINANCE_FIRST, S.FINANCE_SECOND, S.FINANCE_THIRD)[: 2 + number]
    stand(declaration, SUBMITTED)
    act_on(declaration, acts.PASS, leader, route=Route(levels))
    act_on(declaration, acts.PASS, supervisor, route=Route(levels))
    passed = [S.SUBMITTED, S.AT_SUPERVISOR]
    for step in range(number):
        each = new_person(f"finance{step}", Role.FINANCE)
        passed.append(act_on(declaration, acts.PASS, each, route=Route(levels)).source)
    assert tuple(passed) == levels
    assert stored(declaration.pk).status == S.TO_APPROVE


def test_a_level_the_unit_has_not_is_skipped_and_recorded(leader, declaration):
    route = Route(ALL_LEVELS, frozenset({S.AT_SUPERVISOR}))
    stand(declaration, SUBMITTED)
    version = act_on(declaration, acts.PASS, leader, route=route)
    assert (version.target, version.skipped) == (S.FINANCE_FIRST, [S.AT_SUPERVISOR])
    changes = [
        (change["place"], change["before"], change["after"]) for change in Entry.objects.last().changes
    ]
    assert changes[:3] == [
        ("状态", "待单位审核", "待财政审核"),
        ("跳过的环节", "", "主管部门审核"),
        ("校验码", "", HASH),
    ]


def test_a_skipped_level_is_skipped_on_the_way_back(reviewer, leader, declaration):
    route = Route(ALL_LEVELS, frozenset({S.AT_SUPERVISOR}))
    stand(declaration, PASSED_BY_LEADER)
    assert act_on(declaration, acts.RETURN_ONE, reviewer, route=route).target == S.SUBMITTED


def test_the_first_level_has_none_before_it(leader, declaration):
    stand(declaration, SUBMITTED)
    (refusal,) = steps([filed_as(stored(declaration.pk))], acts.RETURN_ONE, leader)
    assert str(refusal) == f"“{declaration.name}”待单位审核，不能退回上一级。"


@pytest.mark.parametrize(("step", "may"), [(None, True), (1, False), (2, True), (3, False)])
def test_a_reviewer_kept_to_one_step_does_no_other(step, may, reviewer, declaration):
    Membership.objects.filter(user=reviewer).update(finance_step=step)
    stand(declaration, FINANCE_SECOND)
    filed = filed_as(stored(declaration.pk))
    for act in (acts.PASS, acts.RETURN, acts.RETURN_ONE):
        assert isinstance(steps([filed], act, reviewer)[0], Step) is may


@pytest.mark.parametrize(("step", "may"), [(None, True), (1, True), (2, False)])
def test_a_pass_is_taken_back_by_its_own_step(step, may, reviewer, declaration):
    Membership.objects.filter(user=reviewer).update(finance_step=step)
    stand(declaration, FINANCE_SECOND)
    assert isinstance(steps([filed_as(stored(declaration.pk))], acts.RECALL, reviewer)[0], Step) is may


def test_a_reviewer_kept_to_a_step_approves_nothing(reviewer, declaration):
    Membership.objects.filter(user=reviewer).update(finance_step=3)
    stand(declaration, TO_APPROVE)
    assert not isinstance(steps([filed_as(stored(declaration.pk))], acts.APPROVE, reviewer)[0], Step)


def test_nothing_is_taken_back_once_the_next_level_acted(preparer, leader, supervisor, declaration):
    act_on(declaration, acts.SUBMIT, preparer)
    act_on(declaration, acts.PASS, leader)
    with pytest.raises(TransitionError, match="待主管部门审核，不能撤回"):
        act_on(declaration, acts.WITHDRAW, preparer)
    act_on(declaration, acts.RETURN_ONE, supervisor)
    with pytest.raises(TransitionError, match="待单位审核，下一环节已经办理，不能撤回"):
        act_on(declaration, acts.WITHDRAW, preparer)
    act_on(declaration, acts.PASS, leader)
    act_on(declaration, acts.RECALL, leader)
    assert act_on(declaration, acts.WITHDRAW, preparer).target == S.DRAFT


# 不相容职务分离


def new_person(username, role, department=None):
    user = create_user(username=username, full_name=f"{username}某", password="一个够长的密码", actor=None)
    grant_role(user=user, role=role, department=department, actor=None)
    return user


def refused(declaration, act, actor) -> str:
    before = snapshot(declaration)
    with pytest.raises(TransitionError) as refusal:
        act_on(declaration, act, actor)
    assert snapshot(declaration) == before
    return str(refusal.value)


def test_who_submitted_does_not_pass(preparer, leader, department_year, declaration):
    grant_role(user=preparer, role=Role.LEADER, department=department_year.department, actor=None)
    act_on(declaration, acts.SUBMIT, preparer)
    assert "由本人填报，不能由本人通过（不相容职务分离）" in refused(declaration, acts.PASS, preparer)
    assert act_on(declaration, acts.PASS, leader).capacity == "单位负责人"


def test_who_wrote_a_field_does_not_pass_though_another_submitted(leader, preparer, declaration):
    with transaction.atomic():
        record(actor=leader, action="edit", kind="declaration", object_id=declaration.pk, label="改")
    act_on(declaration, acts.SUBMIT, preparer)
    assert "由本人填报" in refused(declaration, acts.PASS, leader)
    assert act_on(declaration, acts.RETURN, leader).target == S.RETURNED  # to send back judges nothing


@pytest.mark.parametrize("action", ["comment", "save_opinion", "import_list", "print", "return", "pass"])
def test_who_reviewed_printed_or_handed_figures_down_has_not_prepared(action, leader, declaration):
    with transaction.atomic():
        record(actor=leader, action=action, kind="declaration", object_id=declaration.pk, label="办")
    stand(declaration, SUBMITTED)
    assert act_on(declaration, acts.PASS, leader).target == S.AT_SUPERVISOR


def test_who_wrote_another_thing_of_the_same_number_may_pass(leader, department_year, declaration):
    with transaction.atomic():
        department_year.pk = declaration.pk
        record_department_year(department_year, actor=leader, action="edit")
    stand(declaration, SUBMITTED)
    assert act_on(declaration, acts.PASS, leader).target == S.AT_SUPERVISOR


def test_who_passed_at_one_level_does_not_pass_at_another_nor_approve(reviewer, approver, declaration):
    route = Route((S.SUBMITTED, S.FINANCE_FIRST, S.FINANCE_SECOND))
    stand(declaration, PASSED_BY_LEADER)
    act_on(declaration, acts.PASS, reviewer, route=route)
    assert "已由本人在另一环节审核通过，不能再由本人通过" in refused(declaration, acts.PASS, reviewer)
    act_on(declaration, acts.PASS, approver, route=route)
    assert "不能再由本人批复" in refused(declaration, acts.APPROVE, reviewer)
    assert "不能再由本人批复" in refused(declaration, acts.APPROVE, approver)


def test_who_passed_and_took_it_back_passes_again(reviewer, declaration):
    stand(declaration, FINANCE_FIRST)
    act_on(declaration, acts.PASS, reviewer)
    act_on(declaration, acts.RECALL, reviewer)
    assert act_on(declaration, acts.PASS, reviewer).target == S.FINANCE_SECOND


def test_who_passed_one_version_may_judge_the_next(reviewer, declaration):
    stand(declaration, (S.FINANCE_SECOND, 2, ("pass", S.FINANCE_FIRST, 2)))
    came_by(declaration, "pass", S.FINANCE_FIRST, S.FINANCE_SECOND, 1, actor=reviewer)
    came_by(declaration, "pass", S.FINANCE_FIRST, S.FINANCE_SECOND, 2)
    assert act_on(declaration, acts.PASS, reviewer).target == S.FINANCE_THIRD


# version numbers and what is stored


def test_an_abandoned_adjustment_leaves_its_number_unused(preparer, declaration):
    stand(declaration, APPROVED)
    assert act_on(declaration, acts.ADJUST, preparer).number == 2
    abandoned = act_on(declaration, acts.ABANDON, preparer)
    assert (abandoned.number, abandoned.target) == (1, S.APPROVED)
    assert act_on(declaration, acts.ADJUST, preparer).number == 3
    assert (stored(declaration.pk).version, stored(declaration.pk).status) == (3, S.ADJUSTING)


def test_abandoning_leads_back_to_published_or_cancelled(preparer, declaration):
    stand(declaration, PUBLISHED)
    act_on(declaration, acts.ADJUST, preparer)
    assert act_on(declaration, acts.ABANDON, preparer).target == S.PUBLISHED


def test_a_cancelled_project_can_be_adjusted_and_left_cancelled(preparer, declaration):
    stand(declaration, CANCELLED_BY_ADJUSTMENT)
    assert act_on(declaration, acts.ADJUST, preparer).number == 3
    abandoned = act_on(declaration, acts.ABANDON, preparer)
    assert (abandoned.target, abandoned.number) == (S.CANCELLED, 2)


def test_the_same_text_is_stored_once(preparer, leader, declaration):
    act_on(declaration, acts.SUBMIT, preparer)
    act_on(declaration, acts.PASS, leader)
    assert StoredDocument.objects.count() == 1
    assert [version.document_id for version in Version.objects.all()] == [SHA, SHA]


def test_a_version_and_an_entry_say_who_in_which_capacity_and_why(leader, declaration):
    stand(declaration, SUBMITTED)
    version = act_on(declaration, acts.PASS, leader, reason=" 同意 ", batch="the batch")
    entry = Entry.objects.last()
    assert (version.act, version.source, version.target) == ("pass", S.SUBMITTED, S.AT_SUPERVISOR)
    assert (version.actor, version.by, version.capacity) == (leader, "李国强", "单位负责人")
    assert (version.reason, version.batch, version.number) == ("同意", "the batch", 1)
    assert version.revision == stored(declaration.pk).revision == 1
    assert (entry.action, entry.capacity, entry.reason, entry.batch) == (
        "pass", "单位负责人", "同意", "the batch",
    )  # fmt: skip
    assert entry.department_code == "286001"


def test_a_preparer_of_the_department_above_fills_in_for_its_unit(supervisor, declaration):
    above = supervisor.memberships.get().department
    stranger = new_person("above", Role.PREPARER, above)
    assert act_on(declaration, acts.SUBMIT, stranger).capacity == "填报人（代填）"


# all or none


def test_a_subject_that_cannot_move_keeps_all_others_back(preparer, department_year):
    first, second = department_year.declarations.all()
    Declaration.objects.filter(pk=second.pk).update(revision=7)
    subjects = [subject_of(stored(first.pk)), subject_of(stored(second.pk))]
    Declaration.objects.filter(pk=second.pk).update(revision=8)
    before = snapshot(first), snapshot(second)
    with pytest.raises(RevisionConflictError), transaction.atomic():
        move(subjects=subjects, act=acts.SUBMIT, actor=preparer)
    assert (snapshot(first), snapshot(second)) == before


def test_an_obstacle_refuses(preparer, declaration):
    subject = subject_of(stored(declaration.pk), obstacles=("预算数没有填写。",))
    before = snapshot(declaration)
    with pytest.raises(TransitionError, match="不能送审：预算数没有填写。"):
        move(subjects=[subject], act=acts.SUBMIT, actor=preparer)
    assert snapshot(declaration) == before


def test_of_two_who_move_the_same_one_wins(preparer, declaration):
    twin = subject_of(stored(declaration.pk))
    act_on(declaration, acts.SUBMIT, preparer)
    with pytest.raises(TransitionError, match="待单位审核，不能送审"):
        move(subjects=[twin], act=acts.SUBMIT, actor=preparer)
    assert Version.objects.count() == 1


def test_moving_thirty_costs_the_queries_of_one(leader, department_year, declaration):
    def count(declarations):
        subjects = [subject_of(stored(each.pk)) for each in declarations]
        with CaptureQueriesContext(connection) as captured:
            steps([subject.filed for subject in subjects], acts.PASS, leader)
        return len(captured)

    thirty = [copy_of(declaration, number) for number in range(30)]
    for each in (declaration, *thirty):
        stand(each, SUBMITTED)
    assert count(thirty) == count([declaration])


def copy_of(declaration, number) -> Declaration:
    twin = stored(declaration.pk)
    project = twin.project
    project.pk, project.code, project.uid = None, f"1302092{number:02}", f"twin-{number}"
    project.save()
    twin.pk, twin.project, twin.uid = None, project, f"twin-{number}"
    twin.save()
    return twin


def test_who_may_move(preparer, leader, department_year):
    assert has_role(leader, Role.LEADER, department_year.department)
    assert not has_role(preparer, Role.LEADER, department_year.department)
