"""What came back to the preparer says on its pages who sent it back, and why."""

import pytest
from django.urls import reverse

from indicators.services.reviewing import move_tables
from projects.models import Declaration
from tests.moves import move_text
from workflow.models import Status
from workflow.transitions import RETURN, SUBMIT

REASON = "人次数与名册不一致。\n按批注核实后重报。"
SHOWN = "人次数与名册不一致。<br>按批注核实后重报。"


@pytest.fixture
def returned(declaration, preparer, leader):
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.SUBMITTED)
    move_tables(revisions={declaration.pk: declaration.revision}, act=RETURN, actor=leader, reason=REASON)
    return declaration


@pytest.mark.parametrize("name", ["table", "edit-table"])
def test_a_returned_table_says_why(name, returned, preparer, leader, signed_in):
    page = signed_in(preparer).get(reverse(name, args=(returned.pk,))).text
    assert SHOWN in page
    assert f"{leader}（单位负责人）" in page


def test_a_returned_text_says_why(department_year, preparer, leader, signed_in):
    move_text(department_year, SUBMIT, preparer)
    move_text(department_year, RETURN, leader, reason=REASON)
    client = signed_in(preparer)
    for name in ("department-year", "edit-narrative"):
        assert SHOWN in client.get(reverse(name, args=(2024, "286001"))).text, name


def test_what_was_submitted_again_does_not(returned, preparer, signed_in):
    Declaration.objects.filter(pk=returned.pk).update(status=Status.SUBMITTED)
    page = reverse("table", args=(returned.pk,))
    assert SHOWN not in signed_in(preparer).get(page).text


def test_a_draft_that_never_came_back_says_nothing(declaration, preparer, signed_in):
    page = reverse("table", args=(declaration.pk,))
    assert "sent-back" not in signed_in(preparer).get(page).text


def test_the_editor_leads_on_to_what_came_back(returned, department_year, preparer, signed_in):
    other = department_year.declarations.exclude(pk=returned.pk).get()
    page = signed_in(preparer).get(reverse("edit-table", args=(other.pk,))).text
    assert f'href="{reverse("edit-table", args=(returned.pk,))}" rel="prev"' in page
