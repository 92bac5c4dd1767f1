"""What the trail says of administration: in which role it was done, for whom, and before and after."""

from django.utils import timezone

from departments.models import Delegation, Membership, Role
from departments.services import add_department, add_person, end_delegation, grant_role, revoke_role
from projects.models import Round
from projects.services.calendar import close_round
from projects.services.filing import open_fiscal_year
from trail.models import Entry


def _last(number: int = 1) -> Entry:
    return Entry.objects.order_by("-sequence")[number - 1]


def _fields(entry: Entry) -> dict[str, tuple[str, str]]:
    return {change["place"]: (change["before"], change["after"]) for change in entry.changes}


def test_a_new_person_is_recorded_with_account_and_role(administrator, department_year):
    add_person(
        username="feng", full_name="冯新民", office_phone="0315-8850199", password="一个够长的密码",
        role=Role.PREPARER, department=department_year.department, actor=administrator,
    )  # fmt: skip
    made, granted = _last(2), _last(1)
    assert (made.action, granted.action) == ("create", "grant_role")
    assert {made.capacity, granted.capacity} == {"系统管理员"}
    assert {after for _, after in _fields(made).values()} == {"feng", "冯新民", "0315-8850199"}
    assert _fields(granted) == {"任职": ("", "286001曹妃甸区直机关工委 填报人")}


def test_a_revoked_role_is_recorded_with_what_was_held(administrator, leader, department_year):
    grant_role(user=leader, role=Role.PREPARER, department=department_year.department, actor=administrator)
    revoke_role(membership=leader.memberships.get(role=Role.PREPARER), actor=administrator)
    assert _fields(_last()) == {"任职": ("286001曹妃甸区直机关工委 填报人", "")}


def test_a_new_department_is_recorded_with_its_fields(administrator):
    add_department(code="387001", name="曹妃甸区图书馆", actor=administrator)
    assert {"387001", "曹妃甸区图书馆"} <= {after for _, after in _fields(_last()).values()}
    assert _last().capacity == "系统管理员"


def test_a_new_year_is_recorded_with_what_it_takes_over(department_year, reviewer):
    opened = open_fiscal_year(previous=department_year.fiscal_year, actor=reviewer)
    entry = _last()
    assert (entry.object_id, entry.capacity) == (str(opened.pk), "财政审核人")
    assert ("", "3、6、10、12") in _fields(entry).values()


def test_rounds_are_kept_in_the_role_that_keeps_them(department_year, reviewer):
    year = department_year.fiscal_year
    kept = Round.objects.create(
        fiscal_year=year, sort="first", opens_on=timezone.localdate(), set_by=reviewer
    )
    close_round(round=kept, actor=reviewer)
    assert _last().capacity == "财政审核人"


def test_an_ended_delegation_says_what_it_was_before(reviewer, approver):
    today = timezone.localdate()
    named = Delegation.objects.create(
        membership=Membership.objects.get(user=reviewer), deputy=approver, starts_on=today,
        ends_on=today, named_by=reviewer, named_at=timezone.now(),
    )  # fmt: skip
    end_delegation(delegation=named, actor=reviewer)
    assert (_last().capacity, _fields(_last())) == ("财政审核人", {"状态": ("代理中", "已结束")})


def test_whoever_has_two_roles_acts_in_the_one_that_allows_it(administrator, department_year):
    grant_role(user=administrator, role=Role.PREPARER, department=department_year.department, actor=None)
    add_department(code="387001", name="曹妃甸区图书馆", actor=administrator)
    assert _last().capacity == "系统管理员"


def test_a_command_has_no_role(db):
    add_department(code="387001", name="曹妃甸区图书馆", actor=None)
    assert (_last().actor_name, _last().capacity) == ("系统", "")
