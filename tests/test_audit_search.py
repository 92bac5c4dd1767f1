"""The auditor's page: whose projects it lists, its filters, order, sums and pages."""

from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from departments.models import Department
from indicators.document import new_uid
from projects.models import Category, Declaration, Project
from tests.queries import queries_of
from trail.models import Entry

SEARCH = reverse("audit-search")
TEAM, PARTY = "2024年度机关团工作活动经费", "]2024年度机关党组织活动经费"


@pytest.fixture
def listed(signed_in, auditor):
    """Return a function that gives the projects the auditor is shown: listed(**query) -> [(unit, name)]."""

    def names(user=auditor, **query):
        answer = signed_in(user).get(SEARCH, query)
        assert answer.status_code == 200
        return [(row.department_year.department.code, row.name) for row in answer.context["page"]]

    return names


def add_declarations(department_year, number: int, **values) -> list[Declaration]:
    """Add filings with one indicator each, past the services: only how many there are matters."""
    projects = Project.objects.bulk_create(
        Project(department=department_year.department) for _ in range(number)
    )
    declarations = Declaration.objects.bulk_create(
        Declaration(
            uid=new_uid(),
            project=project,
            department_year=department_year,
            position=100 + place,
            **{"name": f"第{place:04}个项目", "budget": Decimal("0.01"), **values},
        )
        for place, project in enumerate(projects)
    )
    for declaration in declarations:
        declaration.indicators.create(uid=new_uid(), position=1, name="里程", value_kind="text")
        declaration.milestones.create(month=12, percent=100)
    return declarations


# who


@pytest.mark.parametrize("name", ["audit-search", "audit-workbook"])
@pytest.mark.parametrize("persona", ["preparer", "leader", "administrator", "outsider"])
def test_who_has_a_department_of_their_own_only_is_refused(name, persona, request, signed_in):
    answer = signed_in(request.getfixturevalue(persona)).get(reverse(name))
    assert answer.status_code == 403
    assert "查询和审计导出由审计、财政审核人和主管部门审核人使用" in answer.text


@pytest.mark.parametrize("name", ["audit-search", "audit-workbook"])
def test_nobody_gets_in_without_signing_in(name, client, department_year):
    answer = client.get(reverse(name))
    assert (answer.status_code, answer.url) == (302, f"/login/?next={reverse(name)}")


@pytest.mark.parametrize("name", ["audit-search", "audit-workbook"])
def test_nothing_can_be_posted(name, signed_in, auditor):
    before = Entry.objects.count()
    assert signed_in(auditor).post(reverse(name)).status_code == 405
    assert Entry.objects.count() == before


def test_an_auditor_sees_the_projects_of_all_departments(listed, department_year, other_department_year):
    assert listed() == [("286001", TEAM), ("286001", PARTY), ("387001", TEAM)]


def test_a_supervisor_sees_what_is_below_the_own_department(
    listed, reviewer, supervisor, other_department_year
):
    assert listed(supervisor) == [("286001", TEAM), ("286001", PARTY)]
    assert len(listed(reviewer)) == 3


def test_each_project_leads_to_its_table(signed_in, auditor, declaration):
    page = signed_in(auditor).get(SEARCH).text
    assert f'href="{reverse("table", args=(declaration.pk,))}"' in page
    assert "13020924P00077210002M" in page


# filters


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"year": "2024"}, [TEAM, PARTY, TEAM]),
        ({"year": "2025"}, []),
        ({"department": "286001"}, [TEAM, PARTY]),
        ({"department": "387001"}, [TEAM]),
        ({"q": "党组织活动"}, [PARTY]),  # name
        ({"q": "7110001c"}, [PARTY]),  # code
        ({"q": "图书馆"}, [TEAM]),  # department
        ({"q": "青年志愿者"}, [TEAM, TEAM]),  # goal
        ({"q": "座谈交流"}, [PARTY]),  # indicator
        ({"q": " 图书馆 "}, [TEAM]),
        ({"q": "水利"}, []),
        ({"q": "%"}, []),
        ({"q": "_"}, []),
        ({"q": "机关", "department": "286001", "year": "2024"}, [TEAM, PARTY]),
        ({"category": "none"}, [TEAM, PARTY, TEAM]),
        ({"category": "specific"}, []),
        ({"year": "", "department": "", "q": "", "category": "", "sort": ""}, [TEAM, PARTY, TEAM]),
    ],
)
def test_filters(query, names, listed, other_department_year, next_year):
    assert [name for _, name in listed(**query)] == names


def test_an_indicator_that_matches_twice_lists_its_project_once(listed, declaration):
    assert declaration.indicators.filter(name__contains="率").count() == 2
    assert listed(q="率", department="286001") == [("286001", TEAM), ("286001", PARTY)]


def test_a_department_stands_for_the_units_below_it(listed, supervisor, other_department_year):
    assert listed(department="286") == [("286001", TEAM), ("286001", PARTY)]


def test_category(listed, declaration):
    Project.objects.filter(pk=declaration.project_id).update(category=Category.SPECIFIC)
    assert listed(category="specific") == [("286001", TEAM)]
    assert listed(category="none") == [("286001", PARTY)]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"year": "去年"}, "没有预算年度“去年”，从列表中选择年度。"),
        ({"year": "2031"}, "没有预算年度“2031”，从列表中选择年度。"),
        ({"department": "999"}, "没有可以查看的部门“999”，从列表中选择部门。"),
        ({"category": "其他"}, "没有项目类别“其他”，从列表中选择类别。"),
        ({"sort": "id"}, "没有排序方式“id”，在表头选择排序。"),
        ({"q": "长" * 101}, "文字有101个字，最多100个字，缩短后再查询。"),
    ],
)
def test_a_filter_that_makes_no_sense_lists_nothing_and_says_so(
    query, message, signed_in, auditor, department_year
):
    client = signed_in(auditor)
    answer = client.get(SEARCH, query)
    assert message in unescape(answer.text)
    assert list(answer.context["page"]) == []
    assert answer.context["sums"].projects == 0

    refused = client.get(reverse("audit-workbook"), query, follow=True)
    assert refused.redirect_chain[0][0].startswith(f"{SEARCH}?")
    assert message in unescape(refused.text)


def test_a_department_out_of_sight_is_none_to_choose(signed_in, supervisor, other_department_year):
    answer = signed_in(supervisor).get(SEARCH, {"department": "387001"})
    assert "没有可以查看的部门“387001”" in answer.text
    assert "图书馆" not in answer.text


def test_departments_stand_in_the_order_of_the_tree(signed_in, auditor, supervisor):
    choices = [
        str(label) for _, label in signed_in(auditor).get(SEARCH).context["form"]["department"].field.choices
    ]
    assert choices == ["全部部门", "286 曹妃甸区委", "　286001 曹妃甸区直机关工委"]


# order


def test_order(listed, department_year):
    Declaration.objects.filter(name=PARTY).update(budget=None)
    (blank,) = add_declarations(department_year, 1, name="0号", budget=Decimal("5000000"))
    names = lambda sort: [name for _, name in listed(sort=sort)]  # noqa: E731
    assert names("") == [TEAM, PARTY, blank.name]
    assert names("code") == [blank.name, PARTY, TEAM]
    assert names("-code") == [TEAM, PARTY, blank.name]
    assert names("name") == sorted([TEAM, PARTY, blank.name])
    assert names("-name") == sorted([TEAM, PARTY, blank.name], reverse=True)
    assert names("budget") == [TEAM, blank.name, PARTY]
    assert names("-budget") == [blank.name, TEAM, PARTY]


def test_heads_offer_the_other_order_and_keep_the_filters(signed_in, auditor, department_year):
    client = signed_in(auditor)
    page = unescape(client.get(SEARCH, {"q": "机关", "page": "1"}).text)
    assert 'href="?q=%E6%9C%BA%E5%85%B3&sort=-budget"' in page
    assert "aria-sort" not in page

    page = unescape(client.get(SEARCH, {"sort": "-budget"}).text)
    assert 'aria-sort="descending"><a href="?sort=budget">预算数' in page
    assert '<input type="hidden" name="sort" value="-budget"' in page


# sums and pages


def test_sums_are_exact_and_count_a_blank_amount_as_nothing(signed_in, auditor, other_department_year):
    add_declarations(other_department_year, 130)
    sums = signed_in(auditor).get(SEARCH).context["sums"]
    assert sums.projects == 133
    assert (sums.budget, sums.fiscal_funding, sums.other_funding) == (
        Decimal("333301.30"),
        Decimal("333300.00"),
        Decimal("0.00"),
    )
    filtered = signed_in(auditor).get(SEARCH, {"department": "286001"})
    assert filtered.context["sums"].budget == Decimal("315300.00")
    assert "合计（筛选结果） 2 个项目" in filtered.text
    assert '<td class="number">31.53</td>' in filtered.text


def test_fifty_rows_a_page_and_the_filters_stay(signed_in, auditor, department_year):
    add_declarations(department_year, 99)
    client = signed_in(auditor)
    query = {"department": "286001", "sort": "name"}
    pages = [client.get(SEARCH, {**query, "page": page}) for page in (1, 2, 3)]
    assert [len(answer.context["page"]) for answer in pages] == [50, 50, 1]
    shown = [row.pk for answer in pages for row in answer.context["page"]]
    assert len(set(shown)) == 101
    assert 'href="?department=286001&sort=name&page=3" rel="next"' in unescape(pages[1].text)
    assert "第2页，共3页，101项" in pages[1].text


@pytest.mark.parametrize("query", [{}, {"q": "个项目", "sort": "-budget", "department": "286001"}])
def test_a_page_costs_the_same_queries_at_one_row_and_at_five_hundred(
    query, signed_in, auditor, department_year
):
    client = signed_in(auditor)
    department_year.declarations.all().delete()
    add_declarations(department_year, 1)

    def queries():
        return queries_of(client, SEARCH, query)

    at_one = queries()
    add_declarations(department_year, 499)
    assert queries() == at_one <= 12


# nothing to show


def test_an_empty_list_says_what_belongs_there(signed_in, auditor):
    page = signed_in(auditor).get(SEARCH).text
    assert "还没有项目" in page
    assert "清除筛选" not in page
    assert "没有可以导出的项目" in page
    assert reverse("audit-workbook") not in page


def test_a_list_filtered_empty_offers_to_clear_the_filters(signed_in, auditor, department_year):
    page = signed_in(auditor).get(SEARCH, {"q": "水利"}).text
    assert "没有符合筛选条件的项目" in page
    assert f'<a href="{SEARCH}">清除筛选</a>' in page
    assert 'value="水利"' in page


def test_a_project_without_code_and_name_is_listed_as_such(signed_in, auditor, department_year):
    add_declarations(department_year, 1, name="", budget=None)
    page = signed_in(auditor).get(SEARCH).text
    assert "（名称未填）" in page
    assert '<td class="code"><span class="faint">未定</span></td>' in page


def test_a_text_that_is_markup_is_shown_as_text(signed_in, auditor, department_year):
    add_declarations(department_year, 1, name="<script>alert(1)</script>")
    page = signed_in(auditor).get(SEARCH, {"q": "<script>"}).text
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") == 2


def test_a_renamed_unit_is_found_by_the_name_of_the_year(listed, department_year):
    Department.objects.filter(pk=department_year.department_id).update(name="新的名称")
    assert listed(q="新的名称") == []
    assert len(listed(q="直机关工委")) == 2
