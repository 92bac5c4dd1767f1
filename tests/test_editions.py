"""A booklet holds what is in force once something was approved, else what is written now (现稿)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from indicators.document import new_uid
from indicators.editions import booklet_in_force
from indicators.rows import load_table
from indicators.services import create_declaration, save_table
from indicators.services.adjustment import open_adjustment
from projects.models import Approval
from tests.approved_tables import approve, text_moved
from tests.sample_documents import team_table
from workflow.models import Status, Version
from workflow.transitions import APPROVE, APPROVE_CANCELLATION, PASS, SUBMIT


@pytest.fixture
def first(declaration, people):
    """Return the first of two tables, approved at 1.80 万元."""
    approve(declaration, **people)
    return declaration


def adjust(declaration, actor, *sorts):
    open_adjustment(
        reviewed=declaration, sorts=sorts, reason="调整。", revision=declaration.revision, actor=actor
    )
    declaration.refresh_from_db()


def test_before_any_approval_the_booklet_is_what_is_written(department_year, auditor, signed_in):
    assert booklet_in_force(department_year) is None
    text = signed_in(auditor).get(reverse("booklet-file", args=(2024, "286001", "html"))).text
    assert "草稿" in text
    assert ">1.80</td>" in text


def test_what_is_adjusted_is_in_the_booklet_as_it_was_approved(
    first, department_year, preparer, auditor, signed_in
):
    adjust(first, preparer, "budget")
    table = replace(load_table(first), budget=Decimal("25000"))
    save_table(declaration=first, table=table, revision=first.revision, actor=preparer)
    assert [each.budget for each in booklet_in_force(department_year).tables] == [Decimal("18000")]
    client, address = signed_in(auditor), reverse("booklet-file", args=(2024, "286001", "html"))
    text = client.get(address).text
    assert ">1.80</td>" in text
    assert ">2.50</td>" not in text
    text = client.get(address, {"edition": "working"}).text
    assert ">2.50</td>" in text
    assert ">29.73</td>" in text  # the second, never approved
    menu = client.get(reverse("department-year", args=(2024, "286001"))).text
    assert "PDF（现行版本）" in menu
    assert "PDF（现稿）" in menu


def test_a_cancellation_is_out_of_the_booklet_once_it_is_approved(first, department_year, people):
    adjust(first, people["preparer"], "cancel")
    assert len(booklet_in_force(department_year).tables) == 1
    approve(first, **people, act=APPROVE_CANCELLATION)
    assert booklet_in_force(department_year).tables == ()


def test_the_departments_text_is_that_which_was_approved(first, department_year, people):
    for act, who in ((SUBMIT, "preparer"), (PASS, "leader"), (PASS, "reviewer"), (APPROVE, "approver")):
        text_moved(department_year, act, people[who])
    approved = booklet_in_force(department_year).overall_goals
    type(department_year).objects.update(status=Status.ADJUSTING, version=2)
    department_year.refresh_from_db()
    department_year.overall_goals.update(text="改动中的文字")
    assert booklet_in_force(department_year).overall_goals == approved


def test_a_project_added_after_the_approval_is_marked(
    first, department_year, approver, preparer, auditor, signed_in
):
    client, address = signed_in(auditor), reverse("department-year", args=(2024, "286001"))
    assert ">追加</span>" not in client.get(address).text
    original = Approval.objects.create(
        fiscal_year=department_year.fiscal_year,
        department=department_year.department,
        department_name=department_year.name,
        document_number="曹财预〔2024〕1号",
        approved_on="2024-02-01",
        issuer="曹妃甸区财政局",
        publish_by="2024-02-21",
        issued_by=approver,
        issued_at=first.moved_at,
        batch="b",
    )
    original.versions.set(Version.objects.filter(kind="declaration", object_id=first.pk, act="approve"))
    table = replace(team_table(), uid=new_uid(), project_code="13020924P00077310001A", name="追加的项目")
    create_declaration(department_year=department_year, table=table, actor=preparer)
    text = client.get(address).text
    assert text.count(">追加</span>") == 2  # the new one, and the second, which was not approved then
