"""Lists cost the same number of queries at 1 row and at 30."""

import dataclasses

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.models import Department
from indicators.document import new_uid
from indicators.services import create_declaration
from projects.models import DepartmentYear
from tests.queries import queries_of
from tests.sample_documents import team_table
from workflow.models import Status, StoredDocument, Version
from workflow.transitions import RETURN, SUBMIT


@pytest.fixture
def queries(auditor, preparer, signed_in):
    """Return a function that counts the queries of a page: queries(user, address) -> number."""

    def count(user, address):
        client = signed_in(user)
        client.get(address)  # what was pending is computed once
        return queries_of(client, address)

    return count


def add_projects(department_year, number):
    for _ in range(number):
        table = dataclasses.replace(team_table(), uid=new_uid(), project_code="")
        create_declaration(department_year=department_year, table=table, actor=None)


def add_departments(fiscal_year, number):
    for place in range(number):
        department = Department.objects.create(code=f"4010{place:02}", name=f"第{place}小学")
        DepartmentYear.objects.create(
            department=department, fiscal_year=fiscal_year, name=department.name, control_figure=100
        )


def test_home(queries, auditor, preparer, department_year):
    few = [queries(user, reverse("home")) for user in (auditor, preparer)]
    add_departments(department_year.fiscal_year, 30)
    assert [queries(user, reverse("home")) for user in (auditor, preparer)] == few
    assert max(few) <= 20  # the frame's counts of what waits and is unread among them


def test_department_year(queries, preparer, department_year):
    address = reverse("department-year", args=(2024, "286001"))
    few = queries(preparer, address)
    add_projects(department_year, 28)
    assert queries(preparer, address) == few


def test_table(queries, preparer, department_year, declaration):
    address = reverse("table", args=(declaration.pk,))
    few = queries(preparer, address)
    add_projects(department_year, 28)
    assert queries(preparer, address) == few


def test_the_editor_of_a_table(queries, preparer, department_year, declaration):
    address = reverse("edit-table", args=(declaration.pk,))
    few = queries(preparer, address)
    add_projects(department_year, 28)
    assert queries(preparer, address) == few


def test_edit_narrative(queries, preparer, department_year):
    address = reverse("edit-narrative", args=(2024, "286001"))
    few = queries(preparer, address)
    for number in range(30):
        department_year.overall_goals.create(uid=new_uid(), position=10 + number, text="又一条")
    assert queries(preparer, address) == few


def test_findings(queries, auditor, department_year):
    few = queries(auditor, reverse("findings"))
    add_projects(department_year, 28)
    queries(auditor, reverse("department-year", args=(2024, "286001")))
    assert queries(auditor, reverse("findings")) == few
    assert queries(auditor, reverse("findings") + "?state=none&q=%E6%8C%87%E6%A0%87") <= few + 1


def test_findings_workbook(queries, auditor, department_year):
    address = reverse("findings-workbook")
    few = queries(auditor, address)
    add_projects(department_year, 28)
    queries(auditor, reverse("department-year", args=(2024, "286001")))
    assert queries(auditor, address) == few


def test_explain(queries, preparer, department_year):
    address = reverse("explain", args=(2024, "286001", "R26"))
    few = queries(preparer, address)
    add_projects(department_year, 28)
    assert queries(preparer, address) == few


def test_rules(queries, reviewer, department_year):
    few = queries(reviewer, reverse("rules"))
    add_projects(department_year, 28)
    assert queries(reviewer, reverse("rules")) == few


@pytest.mark.parametrize("name", ["todo", "done", "returned", "submitted"])
def test_queues(name, queries, leader, preparer, department_year):
    address = reverse("queue", args=(name,))
    department_year.declarations.update(status=Status.RETURNED if name == "returned" else Status.SUBMITTED)
    act = {"done": RETURN, "submitted": SUBMIT}.get(name)
    user = preparer if name == "submitted" else leader

    def move():
        for pk in department_year.declarations.values_list("pk", flat=True):
            _moved(pk, act, user)

    if act:
        move()
    few = queries(user, address)
    add_projects(department_year, 28)
    department_year.declarations.update(status=Status.RETURNED if name == "returned" else Status.SUBMITTED)
    if act:
        move()
    assert queries(user, address) == few


def _moved(pk, act, user):
    document, _ = StoredDocument.objects.get_or_create(sha256="0" * 64, content_hash="0" * 64, text="{}")
    Version.objects.create(
        kind="declaration",
        object_id=pk,
        number=1,
        revision=0,
        act=act.name,
        source=Status.DRAFT,
        target=Status.SUBMITTED,
        document=document,
        actor=user,
        at=timezone.now(),
    )
