"""部门 and 用户: what administrators keep on their pages, and how far each of them reaches."""

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import Department, Membership, Role, User
from departments.services import AdministrationError, add_department, create_user, grant_role, revoke_role
from departments.templatetags.frame import rail
from trail.models import Entry

PASSWORD = "海河之畔2024"


@pytest.fixture
def committee(department_year):
    """Return 286, put above its unit 286001."""
    return add_department(code="286", name="曹妃甸区委", actor=None)


@pytest.fixture
def branch_administrator(committee):
    """Return the 系统管理员 of 286 and its units alone."""
    user = create_user(username="branch", full_name="周明", password=PASSWORD, actor=None)
    grant_role(user=user, role=Role.ADMINISTRATOR, department=committee, actor=None)
    return user


@pytest.fixture
def post(signed_in):
    """Return a function that posts a form: post(user, address, *arguments, **fields) -> response."""

    def post(user, address, /, *arguments, **fields):
        return signed_in(user).post(reverse(address, args=arguments), fields)

    return post


def account(user, **changed):
    fields = {"username": user.username, "full_name": user.full_name, "office_phone": user.office_phone}
    return {**fields, "is_active": "on", **changed}


def new_person(place, **changed):
    fields = {"username": "wangfang", "full_name": "王芳", "password": PASSWORD, "again": PASSWORD}
    return {**fields, "role": "leader", "place": place, **changed}


def changes_of(action, kind):
    entry = Entry.objects.filter(action=action, kind=kind).last()
    return [(change["place"], change["before"], change["after"]) for change in entry.changes]


# Departments


def test_a_unit_comes_under_the_department_its_code_begins_with(post, administrator, committee):
    answer = post(administrator, "new-department", code="286002", name="区档案馆", region_code="130209")
    assert answer.status_code == 302
    added = Department.objects.get(code="286002")
    assert (added.parent, added.region_code) == (committee, "130209")
    assert Entry.objects.get(action="create", object_id=added.pk, kind="department").actor == administrator


def test_units_that_were_there_first_come_under_their_new_department(post, administrator, department_year):
    assert post(administrator, "new-department", code="286", name="区委").status_code == 302
    assert Department.objects.get(code="286001").parent.code == "286"
    assert changes_of("edit", "department") == [("主管部门", "", "286区委")]


def test_all_errors_of_a_department_are_said_at_once(post, administrator, department_year):
    answer = post(
        administrator,
        "new-department",
        code="28600",
        region_code="1302",
        valid_from="2024-05-01",
        valid_to="2024-04-30",
    )
    assert answer.status_code == 422
    for sentence in (
        "编码“28600”不是3位数字（主管部门）或6位数字（单位）",
        "没有填写名称，填写后再保存。",
        "行政区划“1302”不是6位数字",
        "停用日期 2024-04-30 早于启用日期 2024-05-01",
    ):
        assert sentence in answer.text
    assert Department.objects.count() == 1


def test_a_code_is_taken_once(post, administrator, department_year):
    answer = post(administrator, "new-department", code="286001", name="又一个")
    assert answer.status_code == 422
    assert "编码 286001 已由曹妃甸区直机关工委使用" in answer.text


def test_a_renamed_department_keeps_its_name_in_years_that_were_begun(post, administrator, department_year):
    fields = {"name": "区直属机关工委", "region_code": "130209", "valid_to": "2024-12-31"}
    answer = post(administrator, "edit-department", "286001", **fields)
    assert answer.status_code == 302
    department_year.refresh_from_db()
    assert (department_year.name, department_year.department.name) == ("曹妃甸区直机关工委", "区直属机关工委")
    assert changes_of("edit", "department") == [
        ("名称", "曹妃甸区直机关工委", "区直属机关工委"),
        ("停用日期", "", "2024-12-31"),
    ]


def test_saving_a_department_unchanged_writes_nothing(post, administrator, department_year):
    entries = Entry.objects.count()
    fields = {"name": " 曹妃甸区直机关工委 ", "region_code": "130209"}
    answer = post(administrator, "edit-department", "286001", **fields)
    assert (answer.status_code, Entry.objects.count()) == (302, entries)


def test_two_departments_are_not_each_others_predecessor(post, administrator, department_year):
    former = department_year.department
    later = add_department(code="286009", name="新工委", predecessor=former, actor=None)
    answer = post(administrator, "edit-department", "286001", name=former.name, predecessor=later.pk)
    assert answer.status_code == 422
    assert "两者不能互为前身" in answer.text
    former.refresh_from_db()
    assert former.predecessor is None


def test_departments_are_found_by_code_and_name_and_by_validity(signed_in, administrator, committee):
    Department.objects.create(code="387001", name="曹妃甸区图书馆", valid_to="2020-01-01")
    client, address = signed_in(administrator), reverse("departments")

    def codes(query):
        return [department.code for department in client.get(address + query).context["page"]]

    assert codes("") == ["286", "286001", "387001"]
    assert codes("?q=2860") == ["286001"]
    assert codes("?q=图书") == ["387001"]
    assert codes("?validity=ended") == ["387001"]
    assert codes("?validity=current") == ["286", "286001"]
    assert codes("?q=没有") == codes("?validity=no-such") == []
    assert "清除筛选" in client.get(address + "?q=没有").text


def test_a_department_counts_the_people_its_link_leads_to(signed_in, administrator, leader, committee):
    grant_role(user=leader, role=Role.PREPARER, department=committee, actor=None)
    client = signed_in(administrator)
    page = client.get(reverse("departments")).context["page"]
    listed = client.get(reverse("users"), {"department": committee.pk}).context["page"]
    assert [department.people for department in page] == [1, 1]
    assert listed.paginator.count == 1


# People


def test_a_new_person_signs_in_with_the_first_password_and_role(post, administrator, department_year):
    answer = post(administrator, "new-user", **new_person(department_year.department_id))
    user = User.objects.get(username="wangfang")
    assert answer.url == reverse("edit-user", args=(user.pk,))
    assert authenticate(username="wangfang", password=PASSWORD) == user
    assert (user.memberships.get().role, user.memberships.get().department.code) == ("leader", "286001")
    entries = Entry.objects.filter(actor=administrator).order_by("sequence")
    assert [(entry.action, entry.kind) for entry in entries] == [
        ("create", "user"),
        ("grant_role", "membership"),
    ]


def test_all_errors_of_a_person_are_said_at_once(post, administrator, leader):
    fields = {"username": "Leader", "password": "leader", "again": "leader2"}
    answer = post(administrator, "new-user", **fields)
    assert answer.status_code == 422
    for sentence in (
        "用户名“Leader”已有人使用",
        "没有填写姓名",
        "密码太短，至少8个字符。",
        "密码与用户名太相似，换一个。",
        "两遍密码不一致",
        "选择角色。",
        "选择部门。",
    ):
        assert sentence in answer.text
    assert User.objects.count() == 2


def test_an_account_is_changed_with_before_and_after_in_the_trail(post, administrator, leader):
    fields = account(leader, full_name="李国栋", office_phone="0315-8850199")
    assert post(administrator, "edit-user", leader.pk, **fields).status_code == 302
    assert changes_of("edit", "user") == [
        ("姓名", "李国强", "李国栋"),
        ("办公电话", "0315-8850112", "0315-8850199"),
    ]


def test_who_is_deactivated_is_signed_out_and_cannot_sign_in(post, signed_in, administrator, leader):
    theirs = signed_in(leader)
    fields = account(leader)
    del fields["is_active"]
    assert post(administrator, "edit-user", leader.pk, **fields).status_code == 302
    assert theirs.get(reverse("home")).status_code == 302
    assert authenticate(username="leader", password="一个够长的密码") is None
    assert User.objects.filter(username="leader").exists()


def test_nobody_deactivates_himself(post, administrator):
    fields = account(administrator)
    del fields["is_active"]
    answer = post(administrator, "edit-user", administrator.pk, **fields)
    assert answer.status_code == 422
    assert "不能停用自己" in answer.text
    administrator.refresh_from_db()
    assert administrator.is_active


def test_a_new_password_ends_the_sessions_of_the_old_and_is_not_in_the_trail(
    post, signed_in, administrator, leader
):
    theirs = signed_in(leader)
    answer = post(administrator, "set-password", leader.pk, password=PASSWORD, again=PASSWORD)
    assert answer.status_code == 302
    assert theirs.get(reverse("home")).status_code == 302
    assert authenticate(username="leader", password=PASSWORD) == leader
    entry = Entry.objects.get(action="set_password")
    leader.refresh_from_db()
    written = str([getattr(entry, field.attname) for field in Entry._meta.fields])
    assert PASSWORD not in written
    assert leader.password not in written


def test_ones_own_password_is_changed_where_the_old_one_is_asked_for(post, administrator):
    before = administrator.password
    answer = post(administrator, "set-password", administrator.pk, password=PASSWORD, again=PASSWORD)
    assert (answer.status_code, answer.url) == (302, reverse("change-password"))
    administrator.refresh_from_db()
    assert administrator.password == before


@pytest.mark.parametrize(
    ("password", "sentence"),
    [("12345678", "这个密码太常见"), ("0315-8850112", "密码与办公电话太相似"), ("", "没有填写密码")],
)
def test_a_weak_password_is_refused_in_chinese(password, sentence, post, administrator, leader):
    before = leader.password
    answer = post(administrator, "set-password", leader.pk, password=password, again=password)
    assert answer.status_code == 422
    assert sentence in answer.text
    leader.refresh_from_db()
    assert leader.password == before


def test_people_are_found_by_name_department_role_and_state(
    signed_in, administrator, leader, auditor, committee
):
    User.objects.filter(pk=auditor.pk).update(is_active=False)
    client, address = signed_in(administrator), reverse("users")

    def names(query):
        return [person.username for person in client.get(address + query).context["page"]]

    assert names("") == ["administrator", "auditor", "leader"]
    assert names("?q=国强") == names("?q=LEAD") == ["leader"]
    assert names(f"?department={committee.pk}") == ["leader"]
    assert names(f"?department={committee.pk}&role=auditor") == []
    assert names("?role=auditor") == names("?state=inactive") == ["auditor"]


# Roles


def test_a_role_is_granted_once_and_revoked_on_the_persons_page(post, administrator, leader, committee):
    for _ in range(2):
        answer = post(administrator, "grant-role", leader.pk, role="preparer", place=committee.pk)
        assert answer.status_code == 302
    granted = leader.memberships.get(role="preparer")
    assert granted.department == committee

    answer = post(administrator, "revoke-role", leader.pk, granted.pk)
    assert answer.url == reverse("edit-user", args=(leader.pk,))
    assert [membership.role for membership in leader.memberships.all()] == ["leader"]
    entries = Entry.objects.filter(actor=administrator, kind="membership").order_by("sequence")
    assert [(entry.action, entry.label) for entry in entries] == [
        ("grant_role", "李国强（leader）：286曹妃甸区委 填报人"),
        ("revoke_role", "李国强（leader）：286曹妃甸区委 填报人"),
    ]


def test_a_role_for_all_departments_has_to_be_chosen(post, administrator, leader):
    assert post(administrator, "grant-role", leader.pk, role="auditor", place="").status_code == 422
    assert leader.memberships.count() == 1
    assert post(administrator, "grant-role", leader.pk, role="auditor", place="all").status_code == 302
    assert leader.memberships.get(role="auditor").department is None


def test_the_last_role_of_a_person_stays(post, administrator, leader):
    entries = Entry.objects.count()
    answer = post(administrator, "revoke-role", leader.pk, leader.memberships.get().pk)
    assert answer.status_code == 409
    assert "唯一的任职，不能撤销" in answer.text
    assert (leader.memberships.count(), Entry.objects.count()) == (1, entries)


def test_nobody_grants_or_revokes_his_own_roles(post, administrator):
    grant_role(user=administrator, role=Role.AUDITOR, department=None, actor=None)
    entries = Entry.objects.count()
    for held in administrator.memberships.all():
        with pytest.raises(AdministrationError, match="不能授予或撤销自己的任职"):
            revoke_role(membership=held, actor=administrator)
    answer = post(administrator, "grant-role", administrator.pk, role="leader", place="all")
    assert answer.status_code == 409
    assert "不能授予或撤销自己的任职：由另一名管理员办理。" in answer.text
    assert (administrator.memberships.count(), Entry.objects.count()) == (2, entries)


def test_another_administrator_revokes_it(administrator, auditor):
    grant_role(user=auditor, role=Role.ADMINISTRATOR, department=None, actor=None)
    revoke_role(membership=auditor.memberships.get(role=Role.ADMINISTRATOR), actor=administrator)
    assert [membership.role for membership in auditor.memberships.all()] == ["auditor"]


# An administrator of a part of the tree


def test_a_branch_administrator_sees_the_branch_alone(signed_in, branch_administrator, leader, outsider):
    client = signed_in(branch_administrator)
    assert [row.code for row in client.get(reverse("departments")).context["page"]] == ["286", "286001"]
    assert [row.username for row in client.get(reverse("users")).context["page"]] == ["branch", "leader"]
    assert client.get(reverse("edit-department", args=("387001",))).status_code == 404
    for name in ("edit-user", "set-password"):
        assert client.get(reverse(name, args=(outsider.pk,))).status_code == 404


def test_a_branch_administrator_adds_units_of_the_branch_alone(post, branch_administrator, outsider):
    for code in ("387", "387002", "286"):
        answer = post(branch_administrator, "new-department", code=code, name="新单位")
        assert answer.status_code == 422
    assert "不在管理范围内" in post(branch_administrator, "new-department", code="387002", name="新").text
    assert Department.objects.count() == 3
    assert post(branch_administrator, "new-department", code="286002", name="新单位").status_code == 302


def test_an_administrator_of_a_unit_adds_no_department(post, signed_in, leader, department_year):
    grant_role(user=leader, role=Role.ADMINISTRATOR, department=department_year.department, actor=None)
    assert "新建部门" not in signed_in(leader).get(reverse("departments")).text
    assert post(leader, "new-department", code="286002", name="新单位").status_code == 403
    assert Department.objects.count() == 1


def test_a_branch_administrator_grants_no_role_outside(post, branch_administrator, leader, outsider):
    memberships = Membership.objects.count()
    outside = Department.objects.get(code="387001").pk
    for place in ("all", outside):
        answer = post(branch_administrator, "grant-role", leader.pk, role="leader", place=place)
        assert answer.status_code == 422
        answer = post(branch_administrator, "new-user", **new_person(place))
        assert answer.status_code == 422
    answer = post(branch_administrator, "grant-role", outsider.pk, role="leader", place=outside)
    assert answer.status_code == 404
    assert Membership.objects.count() == memberships


def test_who_has_a_role_elsewhere_keeps_account_and_password(post, signed_in, branch_administrator, leader):
    grant_role(user=leader, role=Role.FINANCE, department=None, actor=None)
    before = User.objects.get(pk=leader.pk)
    page = signed_in(branch_administrator).get(reverse("edit-user", args=(leader.pk,)))
    assert "在管理范围以外也有任职" in page.text

    acts = (
        ("edit-user", (leader.pk,), account(leader, full_name="别名")),
        ("set-password", (leader.pk,), {"password": PASSWORD, "again": PASSWORD}),
        ("revoke-role", (leader.pk, leader.memberships.get(role="finance").pk), {}),
    )
    for name, arguments, fields in acts:
        assert post(branch_administrator, name, *arguments, **fields).status_code == 403
    after = User.objects.get(pk=leader.pk)
    assert (after.full_name, after.password) == (before.full_name, before.password)
    assert leader.memberships.count() == 2


def test_a_person_who_leaves_the_branch_leaves_its_list(post, branch_administrator, leader):
    held = leader.memberships.get()
    grant_role(user=leader, role=Role.FINANCE, department=None, actor=None)
    assert post(branch_administrator, "revoke-role", leader.pk, held.pk).url == reverse("users")


# Lists and frame


def test_lists_cost_the_same_at_30_rows(signed_in, administrator, department_year):
    client = signed_in(administrator)

    def queries():
        counted = []
        for name in ("departments", "users"):
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse(name))
            counted.append(len(captured))
        return counted

    few = queries()
    for number in range(30):
        place = Department.objects.create(code=f"4010{number:02}", name=f"第{number}小学")
        user = User.objects.create(username=f"person{number}", full_name="某人")
        Membership.objects.create(user=user, role=Role.PREPARER, department=place)
    assert queries() == few


def test_the_rail_has_seven_entries_at_most_outside_its_fold(rf, administrator, department_year):
    for role in (Role.PREPARER, Role.FINANCE):
        grant_role(user=administrator, role=role, department=None, actor=None)
    request = rf.get(reverse("users"))
    request.user = administrator
    drawn = rail({"request": request})
    assert len(drawn["entries"]) == 6
    assert [entry.title for entry in drawn["folded"]][-2:] == ["部门", "用户"]
    assert drawn["folded"][-1].is_here
    assert drawn["is_open"]
