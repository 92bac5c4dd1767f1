"""What people may see and do, asked without pages."""

from departments.models import Department, Role
from departments.permissions import may_prepare, sees_across_departments
from departments.services import grant_role
from projects.models import Declaration, DepartmentYear
from trail.models import Entry


def test_a_preparer_sees_their_own_departments_only(preparer, outsider, department_year):
    assert list(DepartmentYear.objects.visible_to(preparer)) == [department_year]
    assert not DepartmentYear.objects.visible_to(outsider).filter(pk=department_year.pk).exists()


def test_a_role_for_a_department_covers_its_units(supervisor, department_year):
    assert department_year.department in Department.objects.visible_to(supervisor)
    assert Declaration.objects.visible_to(supervisor).count() == 2


def test_a_role_for_all_covers_everything(auditor, department_year, other_department_year):
    assert Department.objects.visible_to(auditor).count() == 2


def test_someone_without_a_role_sees_nothing(preparer, declaration):
    preparer.memberships.all().delete()
    assert not Declaration.objects.visible_to(preparer).exists()


def test_only_a_preparer_of_the_department_may_prepare(
    preparer, leader, supervisor, reviewer, auditor, administrator, outsider, department_year
):
    allowed = [
        user.username
        for user in (preparer, leader, supervisor, reviewer, auditor, administrator, outsider)
        if may_prepare(user, department_year.department)
    ]
    assert allowed == ["preparer"]


def test_who_reads_other_peoples_departments(preparer, leader, supervisor, reviewer, auditor, administrator):
    across = [
        user.username
        for user in (preparer, leader, supervisor, reviewer, auditor, administrator)
        if sees_across_departments(user)
    ]
    assert across == ["supervisor", "reviewer", "auditor"]


def test_granting_a_role_is_recorded_once(leader, administrator, department_year):
    department = department_year.department
    assert grant_role(user=leader, role=Role.PREPARER, department=department, actor=administrator)
    assert not grant_role(user=leader, role=Role.PREPARER, department=department, actor=administrator)

    entries = Entry.objects.filter(action="grant_role", actor=administrator)
    assert [entry.label for entry in entries] == ["李国强（leader）：286001曹妃甸区直机关工委 填报人"]
