"""Who the tests act as: one fixture per persona, and what they find there.

A persona is a user; ``signed_in(user)`` gives a client with that user's session.
"""

import dataclasses

import pytest
from django.test import Client

from departments.models import Department, Role
from departments.services import create_user, grant_role
from indicators.services import import_booklet
from projects.models import Declaration, DepartmentYear, FiscalYear
from tests.sample_documents import seed_booklet
from tests.seed_rows import import_seed

PERSONAS = ("preparer", "leader", "supervisor", "reviewer", "auditor", "administrator", "outsider")


@pytest.fixture
def department_year(db) -> DepartmentYear:
    """Return 286001's year 2024 with its narrative and two tables."""
    import_seed()
    return DepartmentYear.objects.select_related("department", "fiscal_year").get()


@pytest.fixture
def declaration(department_year) -> Declaration:
    """Return the first of the two: 机关团工作活动经费, 1.80 万元."""
    return department_year.declarations.select_related("project", "department_year").first()


@pytest.fixture
def next_year(department_year) -> FiscalYear:
    """Return a fiscal year nobody has begun yet."""
    return FiscalYear.objects.create(year=2025, milestone_months=[6, 12], frame="2021")


@pytest.fixture
def other_department_year(department_year) -> DepartmentYear:
    """Return the same year of another department, with one table."""
    table = dataclasses.replace(
        seed_booklet().tables[0], department_code="387001", department_name="曹妃甸区图书馆"
    )
    booklet = dataclasses.replace(
        seed_booklet(),
        department_code="387001",
        department_name="曹妃甸区图书馆",
        sub_goals=(),
        tables=(dataclasses.replace(table, uid="of-the-library"),),
    )
    import_booklet(booklet=booklet, actor=None)
    return DepartmentYear.objects.select_related("department", "fiscal_year").get(department__code="387001")


@pytest.fixture
def preparer(department_year):
    return person("preparer", "张慧敏", Role.PREPARER, department_year.department)


@pytest.fixture
def leader(department_year):
    return person("leader", "李国强", Role.LEADER, department_year.department)


@pytest.fixture
def supervisor(department_year):
    """Return the 主管部门审核人 of the department above 286001."""
    parent, _ = Department.objects.get_or_create(code="286", defaults={"name": "曹妃甸区委"})
    Department.objects.filter(pk=department_year.department_id).update(parent=parent)
    return person("supervisor", "王建军", Role.SUPERVISOR, parent)


@pytest.fixture
def reviewer(db):
    """Return the 财政审核人 of all departments."""
    return person("reviewer", "赵丽华", Role.FINANCE, None)


@pytest.fixture
def approver(db):
    """Return a second 财政审核人: whoever passed a table at a finance step cannot approve it."""
    return person("approver", "钱文华", Role.FINANCE, None)


@pytest.fixture
def auditor(db):
    return person("auditor", "陈志远", Role.AUDITOR, None)


@pytest.fixture
def administrator(db):
    return person("administrator", "刘晓光", Role.ADMINISTRATOR, None)


@pytest.fixture
def outsider(other_department_year):
    """Return a 填报人 of another department."""
    return person("outsider", "孙志强", Role.PREPARER, other_department_year.department)


@pytest.fixture
def signed_in():
    """Return a function that gives a client with a user's session: signed_in(user) -> Client."""

    def sign_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def person(username: str, full_name: str, role: Role, department: Department | None):
    user = create_user(
        username=username,
        full_name=full_name,
        password="一个够长的密码",
        office_phone="0315-8850112",
        actor=None,
    )
    grant_role(user=user, role=role, department=department, actor=None)
    return user
