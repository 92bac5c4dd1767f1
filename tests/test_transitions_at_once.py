"""Two people who act on the same table at the same moment, on real threads: one wins, the other is told."""

import pytest

from projects.models import Declaration
from tests.at_once import at_once
from tests.test_transitions import FINANCE_FIRST, TO_APPROVE, came_by, stand, stored, subject_of
from trail.models import Entry, Head
from workflow import transitions as acts
from workflow.models import Status, Version
from workflow.services import move

ROUNDS = range(5)


@pytest.fixture
def waiting(transactional_db, declaration) -> Declaration:
    """Return the declaration at the first finance step, stored for other threads to see."""
    stand(declaration, FINANCE_FIRST)
    return declaration


def doing(act, actor, *declarations):
    """Return the work of doing an act to the declarations as they stand now."""
    subjects = [subject_of(stored(declaration.pk)) for declaration in declarations]
    return lambda: move(subjects=subjects, act=act, actor=actor, reason="口径有误")


@pytest.mark.parametrize("other", [acts.PASS, acts.RETURN, acts.RETURN_ONE], ids=str)
def test_of_two_reviewers_at_the_same_moment_one_wins(other, waiting, reviewer, approver):
    for _ in ROUNDS:
        stand(waiting, FINANCE_FIRST)
        versions, entries = Version.objects.count(), Entry.objects.count()
        done = at_once(doing(acts.PASS, reviewer, waiting), doing(other, approver, waiting))
        won = [version for each in done if isinstance(each, tuple) for version in each]
        (refusal,) = (each for each in done if isinstance(each, Exception))
        assert stored(waiting.pk).status == won[0].target
        assert (Version.objects.count(), Entry.objects.count()) == (versions + 1, entries + 1)
        assert Head.objects.get().sequence == Entry.objects.count()
        act = acts.PASS if won[0].actor == approver else other
        assert str(refusal) == f"“{waiting.name}”{Status(won[0].target).label}，不能{act.label}。"


def test_two_batches_in_opposite_order_do_not_wait_for_each_other(waiting, reviewer, approver):
    both = list(waiting.department_year.declarations.all())
    for _ in ROUNDS:
        for each in both:
            stand(each, FINANCE_FIRST)
        done = at_once(doing(acts.PASS, reviewer, *both), doing(acts.RETURN, approver, *reversed(both)))
        targets = {stored(each.pk).status for each in both}
        assert len(targets) == 1
        assert sum(isinstance(each, tuple) for each in done) == 1


def test_one_of_two_submissions_at_the_same_moment_counts(waiting, preparer):
    for _ in ROUNDS:
        Declaration.objects.filter(pk=waiting.pk).update(status=Status.DRAFT)
        done = at_once(doing(acts.SUBMIT, preparer, waiting), doing(acts.SUBMIT, preparer, waiting))
        assert sum(isinstance(each, tuple) for each in done) == 1


def test_an_approval_and_a_recall_at_the_same_moment(waiting, reviewer, approver):
    stand(waiting, TO_APPROVE)
    came_by(waiting, "pass", Status.FINANCE_THIRD, Status.TO_APPROVE, 1, actor=reviewer)
    done = at_once(doing(acts.APPROVE, approver, waiting), doing(acts.RECALL, reviewer, waiting))
    assert sum(isinstance(each, tuple) for each in done) == 1
    assert stored(waiting.pk).status in (Status.APPROVED, Status.FINANCE_THIRD)
