"""The table of transitions and move(): who, from where, and that a refusal changes nothing."""

import dataclasses
import itertools

import pytest

from indicators.document import content_hash
from indicators.rows import load_table
from projects.models import Declaration
from tests.personas import PERSONAS
from trail.models import Entry
from workflow.models import Status
from workflow.services import RevisionConflictError, Subject, TransitionError, may_move, move
from workflow.transitions import SUBMIT, TRANSITIONS, WITHDRAW

ALLOWED = {
    (transition.name, source, "preparer") for transition in TRANSITIONS for source in transition.sources
}


def subject_of(declaration, obstacles=()):
    department = declaration.department_year.department
    table_hash = content_hash(load_table(declaration))
    return Subject(declaration, department, "declaration", str(declaration), table_hash, obstacles)


def standing(declaration):
    return Declaration.objects.filter(pk=declaration.pk).values_list("status", "revision").get()


@pytest.mark.parametrize(
    ("transition", "status", "persona"), list(itertools.product(TRANSITIONS, Status, PERSONAS)), ids=str
)
def test_every_transition_from_every_status_as_everybody(transition, status, persona, request, declaration):
    actor = request.getfixturevalue(persona)
    Declaration.objects.filter(pk=declaration.pk).update(status=status)
    declaration.refresh_from_db()
    entries = Entry.objects.count()

    if (transition.name, status, persona) in ALLOWED:
        move(subjects=[subject_of(declaration)], transition=transition, actor=actor)
        assert standing(declaration) == (transition.target, 1)
        assert (declaration.status, declaration.revision) == (transition.target, 1)
        assert Entry.objects.count() == entries + 1
    else:
        with pytest.raises(TransitionError):
            move(subjects=[subject_of(declaration)], transition=transition, actor=actor)
        assert standing(declaration) == (status, 0)
        assert Entry.objects.count() == entries


def test_the_trail_keeps_status_hash_reason_and_batch(preparer, declaration):
    move(
        subjects=[subject_of(declaration)],
        transition=SUBMIT,
        actor=preparer,
        reason=" 按通知送审 ",
        batch="the batch",
    )
    entry = Entry.objects.last()
    assert (entry.action, entry.reason, entry.batch) == ("submit", "按通知送审", "the batch")
    assert [(change["place"], change["before"], change["after"]) for change in entry.changes] == [
        ("状态", "草稿", "已送审"),
        ("校验码", "", content_hash(load_table(declaration))),
    ]


def test_a_subject_that_cannot_move_keeps_all_others_back(preparer, department_year):
    first, second = department_year.declarations.select_related("department_year__department")
    Declaration.objects.filter(pk=second.pk).update(revision=7)
    entries = Entry.objects.count()
    with pytest.raises(RevisionConflictError):
        move(subjects=[subject_of(first), subject_of(second)], transition=SUBMIT, actor=preparer)
    assert standing(first) == (Status.DRAFT, 0)
    assert Entry.objects.count() == entries


def test_an_obstacle_refuses(preparer, declaration):
    with pytest.raises(TransitionError, match="不能送审：预算数没有填写。"):
        move(subjects=[subject_of(declaration, ("预算数没有填写。",))], transition=SUBMIT, actor=preparer)
    assert standing(declaration) == (Status.DRAFT, 0)


def test_of_two_who_move_the_same_one_wins(preparer, declaration):
    twin = Declaration.objects.select_related("department_year__department").get(pk=declaration.pk)
    move(subjects=[subject_of(declaration)], transition=SUBMIT, actor=preparer)
    with pytest.raises(TransitionError, match="已送审，不能送审"):
        move(subjects=[subject_of(twin)], transition=SUBMIT, actor=preparer)
    assert standing(declaration) == (Status.SUBMITTED, 1)


def test_a_reason_is_asked_where_one_is_due(preparer, declaration):
    asks = dataclasses.replace(SUBMIT, needs_reason=True)
    with pytest.raises(TransitionError, match="送审须写明原因"):
        move(subjects=[subject_of(declaration)], transition=asks, actor=preparer, reason="  ")
    assert standing(declaration) == (Status.DRAFT, 0)
    move(subjects=[subject_of(declaration)], transition=asks, actor=preparer, reason="补报")
    assert standing(declaration) == (Status.SUBMITTED, 1)


def test_nobody_signed_in_moves_nothing(declaration):
    with pytest.raises(TransitionError, match="由填报人办理"):
        move(subjects=[subject_of(declaration)], transition=SUBMIT, actor=None)


def test_who_may_move(preparer, leader, department_year):
    assert may_move(preparer, department_year.department, WITHDRAW)
    assert not may_move(leader, department_year.department, SUBMIT)
