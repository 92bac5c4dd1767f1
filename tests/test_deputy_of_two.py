"""Who stands in for two people acts for the one who had no hand in it (不相容职务分离)."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from departments.models import Role
from departments.services import name_deputy
from tests.test_transitions import SUBMITTED, act_on, new_person, refused, stand
from trail.services import record
from workflow import transitions as acts


def wrote(person, declaration):
    with transaction.atomic():
        record(actor=person, action="edit", kind="declaration", object_id=declaration.pk, label="改")


def test_a_deputy_of_two_acts_for_the_one_who_had_no_hand_in_it(leader, declaration, department_year):
    unit, today = department_year.department, timezone.localdate()
    other, deputy = new_person("other", Role.LEADER, unit), new_person("deputy", Role.PREPARER, unit)
    for away in (leader, other):
        name_deputy(
            membership=away.memberships.get(),
            deputy=deputy,
            starts_on=today,
            ends_on=today + timedelta(days=7),
            reason="出差",
            actor=away,
        )
    stand(declaration, SUBMITTED)
    wrote(leader, declaration)
    assert act_on(declaration, acts.PASS, deputy).by == "deputy某（代other某）"
    stand(declaration, SUBMITTED)
    wrote(other, declaration)
    assert "不相容职务分离" in refused(declaration, acts.PASS, deputy)
