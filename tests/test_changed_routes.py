"""The levels of review change while tables are on their way: nothing is stuck, nothing starts again."""

import pytest

from departments.models import Department
from projects.models import Declaration, DepartmentYear, FiscalYear
from projects.routes import route_of
from tests.test_transitions import act_on, came_by, refused
from workflow import transitions as acts
from workflow.models import Status
from workflow.transitions import ADJUST, LEVELS, PASS, ROLE_AT, WAY, Route

S = Status


def route_now(declaration) -> Route:
    years = DepartmentYear.objects.select_related("department", "fiscal_year")
    return route_of(years.get(pk=declaration.department_year_id))


def came(declaration, source, target, actor=None):
    """Put a table at ``target``, passed from ``source``."""
    Declaration.objects.filter(pk=declaration.pk).update(status=target)
    came_by(declaration, "pass", source, target, 1, actor=actor)


@pytest.mark.parametrize(
    ("source", "after", "before"),
    [
        (S.DRAFT, S.SUBMITTED, None),
        (S.RETURNED, S.SUBMITTED, None),
        (S.SUBMITTED, S.FINANCE_FIRST, None),
        (S.AT_SUPERVISOR, S.FINANCE_FIRST, S.SUBMITTED),
        (S.FINANCE_FIRST, S.TO_APPROVE, S.SUBMITTED),
        (S.FINANCE_SECOND, S.TO_APPROVE, S.FINANCE_FIRST),
        (S.FINANCE_THIRD, S.TO_APPROVE, S.FINANCE_FIRST),
        (S.TO_APPROVE, None, S.FINANCE_FIRST),
    ],
)
def test_what_stands_at_a_level_the_year_has_no_longer_goes_on_from_there(source, after, before):
    route = Route((S.SUBMITTED, S.FINANCE_FIRST))
    assert route.before(source) == before
    if after:
        assert route.after(source)[0] == after


@pytest.mark.parametrize("has_supervisor_step", [True, False])
@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("source", WAY[:-1])
def test_every_level_leads_on_by_every_route(has_supervisor_step, steps, source):
    levels = tuple(level for level in LEVELS[: 2 + steps] if has_supervisor_step or level != S.AT_SUPERVISOR)
    for inapplicable in (frozenset(), frozenset({S.AT_SUPERVISOR})):
        target, _ = Route(levels, inapplicable).after(source)
        assert WAY.index(target) > WAY.index(source)
        assert acts.transitions_of(PASS, source)[0].role == ROLE_AT[source]


def test_a_pass_at_a_step_that_was_dropped_leads_to_the_approval(department_year, declaration, reviewer):
    came(declaration, S.FINANCE_SECOND, S.FINANCE_THIRD)  # the year had three steps, and has one
    FiscalYear.objects.update(finance_steps=["财政审核"])
    version = act_on(declaration, acts.PASS, reviewer, route=route_now(declaration))
    assert version.target == S.TO_APPROVE


def test_a_pass_taken_back_lands_on_a_level_the_year_has(department_year, declaration, reviewer):
    came(declaration, S.FINANCE_THIRD, S.TO_APPROVE, actor=reviewer)
    FiscalYear.objects.update(finance_steps=["财政审核"])
    version = act_on(declaration, acts.RECALL, reviewer, route=route_now(declaration))
    assert version.target == S.FINANCE_FIRST


def test_without_a_supervisor_step_its_pass_is_taken_back_to_the_unit(declaration, supervisor, leader):
    came(declaration, S.AT_SUPERVISOR, S.FINANCE_FIRST, actor=supervisor)
    FiscalYear.objects.update(has_supervisor_step=False)
    version = act_on(declaration, acts.RECALL, supervisor, route=route_now(declaration))
    assert version.target == S.SUBMITTED
    assert act_on(declaration, acts.PASS, leader, route=route_now(declaration)).target == S.FINANCE_FIRST


def test_what_waits_at_a_supervisor_step_that_was_dropped_is_passed_or_returned_by_it(
    declaration, supervisor, leader
):
    came(declaration, S.SUBMITTED, S.AT_SUPERVISOR)
    FiscalYear.objects.update(has_supervisor_step=False)
    assert act_on(declaration, acts.PASS, supervisor, route=route_now(declaration)).target == S.FINANCE_FIRST
    came(declaration, S.SUBMITTED, S.AT_SUPERVISOR)
    back = act_on(declaration, acts.RETURN_ONE, supervisor, route=route_now(declaration))
    assert back.target == S.SUBMITTED


def test_what_waits_at_a_supervisor_the_unit_has_not_any_more_is_taken_back_by_its_leader(
    declaration, supervisor, leader
):
    came(declaration, S.SUBMITTED, S.AT_SUPERVISOR, actor=leader)
    Department.objects.update(parent=None)
    assert "本人不是" in refused(declaration, acts.PASS, supervisor)
    version = act_on(declaration, acts.RECALL, leader, route=route_now(declaration))
    assert version.target == S.SUBMITTED
    version = act_on(declaration, acts.PASS, leader, route=route_now(declaration))
    assert (version.target, version.skipped) == (S.FINANCE_FIRST, [S.AT_SUPERVISOR])


def test_a_settled_table_is_adjusted_along_the_route_of_today(declaration, preparer):
    FiscalYear.objects.update(finance_steps=["一", "二", "三"])
    Declaration.objects.filter(pk=declaration.pk).update(status=S.APPROVED)
    came_by(declaration, "approve", S.TO_APPROVE, S.APPROVED, 1)
    FiscalYear.objects.update(finance_steps=["财政审核"], has_supervisor_step=False)
    act_on(declaration, ADJUST, preparer, route=route_now(declaration))
    assert act_on(declaration, acts.SUBMIT, preparer, route=route_now(declaration)).target == S.SUBMITTED
