"""The pages people read: departments, a department's year, a table, errors, signing in."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from departments.models import Role
from departments.services import grant_role
from indicators.layout.html import publication_html
from indicators.listings import Sums
from indicators.views.pages import FORMATS
from projects.models import DepartmentYear, FiscalYear
from reports import files
from trail.models import Entry
from workflow.models import Status


@pytest.fixture
def get(signed_in):
    """Return a function that opens a page as a user: get(user, name, *args, **query) -> response."""

    def get(user, name, *args, **query):
        return signed_in(user).get(reverse(name, args=args), query)

    return get


# signing in


def test_login_keeps_where_the_person_wanted_to_go(client, preparer, declaration):
    wanted = reverse("table", args=(declaration.pk,))
    refused = client.post(reverse("login"), {"username": "preparer", "password": "错", "next": wanted})
    assert "用户名或密码不正确" in refused.text
    assert f'value="{wanted}"' in refused.text

    response = client.post(
        reverse("login"), {"username": "preparer", "password": "一个够长的密码", "next": wanted}
    )
    assert (response.status_code, response.url) == (302, wanted)


def test_login_never_leads_to_another_site(client, preparer):
    response = client.post(
        reverse("login"),
        {"username": "preparer", "password": "一个够长的密码", "next": "https://example.invalid/"},
    )
    assert response.url == reverse("home")


@pytest.mark.parametrize("persona", ["leader", "supervisor", "reviewer"])
@pytest.mark.parametrize("wanted", [None, "/"])
def test_who_reviews_begins_with_what_waits(client, request, persona, wanted):
    user = request.getfixturevalue(persona)
    typed = {"username": user.username, "password": "一个够长的密码"} | ({"next": wanted} if wanted else {})
    assert client.post(reverse("login"), typed).url == reverse("queue", args=("todo",))


@pytest.mark.parametrize("persona", ["preparer", "auditor", "administrator"])
def test_who_reviews_nothing_begins_with_the_departments(client, request, persona):
    user = request.getfixturevalue(persona)
    typed = {"username": user.username, "password": "一个够长的密码", "next": "/"}
    assert client.post(reverse("login"), typed).url == reverse("home")


def test_logout_ends_the_session(signed_in, preparer):
    client = signed_in(preparer)
    assert client.post(reverse("logout")).url == reverse("login")
    assert client.get(reverse("home")).status_code == 302


# my departments


def test_home_lists_my_departments_with_their_sums(get, preparer, department_year, other_department_year):
    department_year.control_figure = Decimal("300000")
    department_year.save()
    text = get(preparer, "home").text
    assert "曹妃甸区直机关工委" in text
    assert "曹妃甸区图书馆" not in text
    assert "31.53" in text
    assert "▲ 超出 1.53" in text


def test_home_opens_the_newest_year_with_data_and_offers_the_others(get, auditor, department_year):
    FiscalYear.objects.create(year=2025, milestone_months=[12], frame="2021")
    older = FiscalYear.objects.create(year=2023, milestone_months=[12], frame="2015")
    DepartmentYear.objects.create(
        department=department_year.department, fiscal_year=older, name="曹妃甸区机关党委"
    )

    assert get(auditor, "home").context["year"] == 2024
    page = get(auditor, "home", year=2023)
    assert "曹妃甸区机关党委" in page.text
    assert [year for year, _, _ in page.context["years"]] == [2024, 2023]
    assert get(auditor, "home", year="去年").context["year"] == 2024


def test_home_filters_by_code_and_name(get, auditor, department_year, other_department_year):
    page = get(auditor, "home", q="图书")
    assert [row.name for row in page.context["rows"]] == ["曹妃甸区图书馆"]
    assert page.context["totals"] == {
        "projects": 1,
        "drafts": 1,
        "returned": 0,
        "submitted": 0,
        "approved": 0,
        "exempt": 0,
        "budget": Decimal("18000"),
        "control_figure": None,
    }
    assert "没有编码或名称含“水利”的部门" in get(auditor, "home", q="水利").text


def test_home_of_someone_without_a_role_says_what_to_do(get, preparer):
    preparer.memberships.all().delete()
    assert "由系统管理员授予角色" in get(preparer, "home").text


def test_a_preparer_begins_a_year(get, signed_in, preparer, leader, next_year):
    assert get(preparer, "home").context["year"] == 2024
    assert "开始填报" in get(preparer, "home", year=2025).text
    assert get(leader, "home", year=2025).context["year"] == 2024

    address = reverse("start-department-year", args=(2025, "286001"))
    response = signed_in(preparer).post(address)

    assert response.url == reverse("department-year", args=(2025, "286001"))
    begun = DepartmentYear.objects.get(fiscal_year=next_year)
    assert (begun.name, begun.status) == ("曹妃甸区直机关工委", Status.DRAFT)
    entry = Entry.objects.last()
    assert (entry.actor, entry.action, entry.object_id) == (preparer, "open", str(begun.pk))

    signed_in(preparer).post(address)
    assert Entry.objects.last() == entry


def test_finance_opens_the_next_year_like_the_one_before(get, signed_in, reviewer, preparer, department_year):
    assert "开设2025年度" not in get(preparer, "home").text
    assert "开设2025年度" in get(reviewer, "home").text
    FiscalYear.objects.update(has_weights=True)

    address = reverse("open-fiscal-year", args=(2025,))
    response = signed_in(reviewer).post(address, follow=True)

    assert "已开设2025年度，规则设置沿用2024年度" in response.text
    assert "2025年度还没有单位开始填报。" in response.text
    assert "开设2026年度" not in response.text  # not before a unit has begun 2025
    before, opened = (FiscalYear.objects.get(year=year) for year in (2024, 2025))
    assert (opened.frame, opened.milestone_months) == (before.frame, before.milestone_months)
    assert opened.has_weights
    entry = Entry.objects.last()
    assert (entry.actor, entry.action, entry.kind) == (reviewer, "open", "fiscal_year")
    assert "开始填报" in get(preparer, "home", year=2025).text

    again = signed_in(reviewer).post(address, follow=True)
    assert "2025年度已经开设，未作改动。" in again.text
    assert Entry.objects.last() == entry
    assert signed_in(reviewer).post(reverse("open-fiscal-year", args=(2031,))).status_code == 404
    assert FiscalYear.objects.count() == 2


def test_a_department_without_projects_says_what_to_do(get, signed_in, preparer, next_year):
    signed_in(preparer).post(reverse("start-department-year", args=(2025, "286001")))
    text = get(preparer, "department-year", 2025, "286001").text
    assert "还没有项目。" in text
    assert f'href="{reverse("project-list")}?year=2025"' in text
    assert "还没有部门整体绩效目标。" in text


# a department's year


def test_a_department_year_shows_projects_sums_and_narrative(get, leader, department_year):
    page = get(leader, "department-year", 2024, "286001")
    assert page.context["sums"] == Sums(2, Decimal("315300"), Decimal("315300"), Decimal(0))
    assert "]2024年度机关党组织活动经费" in page.text
    assert "（一）统一组织、规划、部署区直机关党的工作" in page.text
    assert "第二部分" not in page.text


def test_the_list_of_projects_is_filtered_by_code_and_name(get, leader, department_year):
    page = get(leader, "department-year", 2024, "286001", q="党组织")
    assert [str(line.declaration) for line in page.context["lines"]] == ["]2024年度机关党组织活动经费"]
    assert page.context["sums"].budget == Decimal("297300")
    assert "清除筛选" in page.text
    by_code = get(leader, "department-year", 2024, "286001", q="77210002M")
    assert [str(line.declaration) for line in by_code.context["lines"]] == ["2024年度机关团工作活动经费"]


def test_only_a_preparer_is_offered_to_change_something(get, preparer, auditor, department_year, declaration):
    for user, offered in ((preparer, True), (auditor, False)):
        pages = get(user, "department-year", 2024, "286001").text + get(user, "table", declaration.pk).text
        assert ("/edit/" in pages) is offered
        assert ("新建项目" in pages) is offered
        assert ("涉密项目按保密规定另行报送，不得录入" in pages) is offered


def test_nothing_approved_is_offered_for_change(get, preparer, department_year, declaration):
    declaration.status = Status.APPROVED
    declaration.save()
    page = get(preparer, "table", declaration.pk).text
    assert "已批复" in page
    assert "/edit/" not in page


def test_the_rail_leads_only_where_a_role_may_go(get, preparer, auditor):
    assert reverse("audit-search") not in get(preparer, "home").text
    assert reverse("audit-search") in get(auditor, "home").text


def test_every_format_is_offered(get, leader, department_year, declaration):
    assert {extension for extension, _ in FORMATS} == set(files.ALL_FORMATS)
    page = get(leader, "table", declaration.pk).text
    assert [reverse("table-file", args=(declaration.pk, extension)) in page for extension, _ in FORMATS] == [
        True
    ] * len(FORMATS)


# a table


def test_a_table_page_is_the_official_form(get, leader, declaration):
    page = get(leader, "table", declaration.pk)
    assert publication_html(page.context["publication"]) in re.sub(r' id="at-[^>]*(?=>)', "", page.text)
    assert "草稿" in page.text


def test_a_table_leads_to_its_neighbours(get, leader, declaration, department_year):
    last = department_year.declarations.last()
    first_page, last_page = get(leader, "table", declaration.pk), get(leader, "table", last.pk)
    assert (first_page.context["before"], first_page.context["after"]) == (None, last)
    assert (last_page.context["before"], last_page.context["after"]) == (declaration, None)


def test_text_of_users_is_never_markup(get, leader, declaration):
    declaration.name = declaration.goal = "<script>alert(1)</script>"
    declaration.save()
    for page in (get(leader, "table", declaration.pk), get(leader, "department-year", 2024, "286001")):
        assert "<script>" not in page.text
        assert "&lt;script&gt;" in page.text


def test_someone_with_two_roles_is_shown_both(get, preparer, department_year):
    grant_role(user=preparer, role=Role.LEADER, department=department_year.department, actor=None)
    assert "填报人、单位负责人" in get(preparer, "home").text
