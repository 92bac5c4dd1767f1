"""A department's projects as a list: what it finds, counts, sums, orders; how full a table is."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from departments.models import Role
from departments.services import create_user, grant_role
from indicators import listings
from indicators.completeness import PARTS, Completeness, filled_parts, is_complete
from indicators.document import Beneficiaries, new_uid
from indicators.forms.lists import ticked
from indicators.listings import Sums
from indicators.models import Explanation, Finding
from indicators.rows import load_table
from indicators.services import create_declaration, refresh_department_findings, save_table
from projects.listings import contains
from projects.models import Category, Declaration, DepartmentYear, Project
from tests.queries import queries_of
from tests.sample_documents import team_table
from workflow.models import Status


@pytest.fixture
def lines(signed_in, preparer, department_year):
    """Return a function that opens the list and gives its projects: lines(q="团") -> names in order."""
    client = signed_in(preparer)
    address = reverse("department-year", args=(2024, "286001"))

    def lines(**query):
        page = client.get(address, query)
        assert page.status_code == 200
        return [line.declaration.name for line in page.context["lines"]]

    return lines


@pytest.fixture
def add(department_year, preparer):
    """Return a function that files a project: add("名称", budget=…, category=…) -> Declaration."""

    def add(name, *, category="", **fields):
        table = replace(team_table(), uid=new_uid(), project_code="", name=name)
        declaration = create_declaration(department_year=department_year, table=table, actor=preparer)
        Project.objects.filter(pk=declaration.project_id).update(category=category)
        Declaration.objects.filter(pk=declaration.pk).update(**fields)
        declaration.refresh_from_db()
        return declaration

    return add


TEAM, PARTY = "2024年度机关团工作活动经费", "]2024年度机关党组织活动经费"


# searching


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("数据机房", "数据机房运维"),
        ("ＵＰＳ", "机房UPS电源"),
        ("ups 电源", "机房UPS电源"),
        ("(二期)", "平台建设（二期）"),
        ("（二期）", "平台建设(二期)"),
        ("100%.*", "达标率100%.*"),
        ("\\", "路径\\共享"),
        ("机房　运维", "数据机房运维"),
        ("—", "甲—乙"),
    ],
)
def test_a_text_is_found_in_either_width_and_case(typed, name, add, department_year):
    add(name)
    add("别的项目")
    assert [each.name for each in department_year.declarations.filter(contains(typed, "name"))] == [name]


def test_a_text_is_found_in_the_code(lines):
    assert lines(q="77210002m") == [TEAM]
    assert lines(q="没有这样的") == []


def test_words_may_stand_in_different_fields(lines):
    assert lines(q="党组织 77110001") == [PARTY]
    assert lines(q="党组织 77210002") == []


# narrowing


def test_by_status(lines, declaration):
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.SUBMITTED)
    assert lines(status="submitted") == [TEAM]
    assert lines(status="draft") == [PARTY]


def test_exempt_projects_are_listed_only_where_they_are_asked_for(lines, add):
    add("在职人员工资", category=Category.STAFF)
    add("定额公用经费", category=Category.OFFICE)
    add("专项", category=Category.SPECIFIC)
    assert lines() == [TEAM, PARTY, "专项"]
    assert lines(category="staff") == ["在职人员工资"]
    assert lines(category="office") == ["定额公用经费"]
    assert lines(category="specific") == ["专项"]
    assert lines(category="none") == [TEAM, PARTY]


def test_by_assignee(lines, declaration, preparer, leader):
    Declaration.objects.filter(pk=declaration.pk).update(assignee=preparer)
    assert lines(assignee="mine") == [TEAM]
    assert lines(assignee="none") == [PARTY]
    Declaration.objects.filter(name=PARTY).update(assignee=leader)
    assert lines(assignee=str(leader.pk)) == [PARTY]
    assert lines(assignee="none") == []


def test_by_findings(lines, add, department_year, preparer):
    blank = add("空表", purpose="")
    refresh_department_findings(department_year=department_year)
    assert "空表" in lines(findings="error")
    assert lines(findings="nothing") == []
    assert set(lines(findings="blocked")) == {TEAM, PARTY, "空表"}
    assert lines(findings="clear") == []

    Finding.objects.filter(run__declaration=blank).delete()
    assert lines(findings="clear") == lines(findings="nothing") == ["空表"]


def test_an_explained_warning_is_no_obstacle(lines, declaration, department_year, preparer):
    refresh_department_findings(department_year=department_year)
    for finding in Finding.objects.blocking().filter(run__declaration=declaration):
        Explanation.objects.create(
            department_year=department_year,
            declaration=declaration,
            rule=finding.rule,
            text="已经核对过的理由",
            evidence_hash=finding.evidence_hash,
            author=preparer,
            written_at=timezone.now(),
        )
    assert lines(findings="clear") == [TEAM]
    assert lines(findings="warning") == [TEAM, PARTY]


def test_by_completeness(lines, declaration):
    Declaration.objects.filter(pk=declaration.pk).update(goal="")
    assert lines(filled="incomplete") == [TEAM]
    assert lines(filled="complete") == [PARTY]


@pytest.mark.parametrize(
    "query",
    [
        {"status": "gone"},
        {"category": "x"},
        {"findings": "1"},
        {"assignee": "99999999999999999999"},
        {"sort": "password"},
        {"q": "长" * 101},
        {"q": "\0"},
    ],
)
def test_a_filter_that_makes_no_sense_lists_nothing_and_says_so(query, signed_in, preparer, department_year):
    page = signed_in(preparer).get(reverse("department-year", args=(2024, "286001")), query)
    assert page.context["lines"] == []
    assert "筛选条件有误，没有列出项目" in page.text
    assert 'role="alert"' in page.text


# order


@pytest.mark.parametrize("order", [*listings.ORDERS, *(f"-{name}" for name in listings.ORDERS)])
def test_every_column_sorts(order, lines, add):
    add("零", budget=0, fiscal_funding=0, other_funding=0, control_figure=1, status=Status.SUBMITTED)
    add("空", budget=None, fiscal_funding=None, goal="", assignee=None)
    assert sorted(lines(sort=order)) == sorted([TEAM, PARTY, "零", "空"])


def test_amounts_sort_with_blanks_last(lines, add):
    add("空", budget=None)
    assert lines(sort="budget") == [TEAM, PARTY, "空"]
    assert lines(sort="-budget") == [PARTY, TEAM, "空"]
    assert lines() == [TEAM, PARTY, "空"]


def test_completeness_and_findings_sort(lines, add):
    add("少", purpose="", goal="")
    assert lines(sort="completeness")[0] == "少"
    assert lines(sort="-errors")[-1] == TEAM


def test_a_list_is_paged_with_the_sums_of_all(signed_in, preparer, add, department_year):
    for number in range(52):
        add(f"项目{number}", budget=Decimal("10000"))
    client, address = signed_in(preparer), reverse("department-year", args=(2024, "286001"))
    first, second = client.get(address), client.get(address, {"page": 2})
    assert (len(first.context["lines"]), len(second.context["lines"])) == (50, 4)
    assert first.context["sums"] == second.context["sums"]
    assert first.context["sums"].budget == Decimal("835300")
    assert client.get(address, {"page": "很后"}).context["page"].number == 1


# sums


def test_the_year_is_summed_with_the_exempt_apart(add, department_year):
    add("工资", category=Category.STAFF, budget=Decimal("0.01"), fiscal_funding=None, other_funding=None)
    add("公用", category=Category.OFFICE, budget=Decimal(30000), status=Status.SUBMITTED)
    add("送审的", budget=None, fiscal_funding=None, status=Status.SUBMITTED)
    department_year.control_figure = Decimal("345300")
    year = listings.year_sums(department_year)
    assert year.due == Sums(3, Decimal("315300"), Decimal("315300"), Decimal(0))
    assert list(year.exempt) == [Category.STAFF, Category.OFFICE]
    assert year.exempt[Category.STAFF] == Sums(1, Decimal("0.01"), Decimal(0), Decimal(0))
    assert (year.all.projects, year.all.budget) == (5, Decimal("345300.01"))
    assert (year.remaining, year.excess) == (Decimal("-0.01"), Decimal("0.01"))
    assert [(status, number) for status, _, number in year.standings if number] == [
        ("draft", 2),
        ("submitted", 1),
    ]


def test_no_control_figure_is_no_comparison(department_year):
    year = listings.year_sums(department_year)
    assert (year.remaining, year.excess) == (None, None)


def test_what_goes_beyond_the_control_figure_is_said_in_words(signed_in, preparer, declaration):
    DepartmentYear.objects.update(control_figure=Decimal("315299.99"))
    Declaration.objects.filter(pk=declaration.pk).update(control_figure=Decimal("17000"))
    text = signed_in(preparer).get(reverse("department-year", args=(2024, "286001"))).text
    assert "▲ 超出控制数 <b>0.000001</b> 万元" in text
    assert "▲ 超出 0.10" in text


# completeness


def missing(declaration):
    filled = Declaration.objects.annotate(filled=filled_parts()).get(pk=declaration.pk).filled
    return Completeness(filled).missing


def empty(table, part):
    if part == "资金支出计划":
        return replace(table, milestones=(replace(table.milestones[0], percent=None), *table.milestones[1:]))
    if part in ("数量指标", "质量指标"):
        kept = tuple(row for row in table.indicators if row.second_tier != part)
        return replace(table, indicators=kept)
    if part in ("效益指标", "满意度指标"):
        return replace(table, indicators=tuple(row for row in table.indicators if row.first_tier != part))
    if part == "指标各栏":
        return replace(table, indicators=(replace(table.indicators[0], basis=""), *table.indicators[1:]))
    names = {
        "项目编码": "project_code", "项目名称": "name", "预算数": "budget", "财政资金": "fiscal_funding",
        "资金用途": "purpose", "绩效目标": "goal",
    }  # fmt: skip
    blank = None if part in ("预算数", "财政资金") else ""
    return replace(table, **{names[part]: blank})


def test_a_full_table_misses_nothing(declaration):
    assert missing(declaration) == []
    assert declaration in Declaration.objects.filter(is_complete())


@pytest.mark.parametrize("part", [name for name, _ in PARTS])
def test_each_part_is_missed_by_name(part, declaration):
    table = empty(load_table(declaration), part)
    save_table(declaration=declaration, table=table, revision=0, actor=None)
    assert missing(declaration) == [part]
    assert declaration not in Declaration.objects.filter(is_complete())


def test_an_empty_table_misses_everything(department_year, add):
    blank = replace(
        team_table(), uid=new_uid(), project_code="", name="", budget=None, fiscal_funding=None, purpose="",
        milestones=(), goal="", indicators=(),
    )  # fmt: skip
    created = create_declaration(department_year=department_year, table=blank, actor=None)
    assert missing(created) == [name for name, _ in PARTS]


def test_nobody_served_needs_no_satisfaction(declaration):
    table = replace(empty(load_table(declaration), "满意度指标"), beneficiaries=Beneficiaries.NO)
    save_table(declaration=declaration, table=table, revision=0, actor=None)
    assert missing(declaration) == []


def test_a_weight_is_asked_where_the_year_has_weights(declaration, department_year):
    year = department_year.fiscal_year
    year.has_weights = True
    year.save()
    assert missing(declaration) == ["指标各栏"]


def test_the_percentage_never_rounds_up_to_all():
    assert [Completeness(filled).percent for filled in (0, 1, 0b111111, 0b011111111111, 0b111111111111)] == [
        0,
        8,
        50,
        91,
        100,
    ]


def test_what_is_missing_stands_beside_the_name(signed_in, preparer, declaration):
    Declaration.objects.filter(pk=declaration.pk).update(goal="", purpose="")
    page = signed_in(preparer).get(reverse("department-year", args=(2024, "286001")))
    assert 'title="未填：资金用途、绩效目标">未填2项<' in page.text
    assert '<span class="visually-hidden">：资金用途、绩效目标</span>' in page.text
    assert "83%" in page.text


# what was ticked


def choose(user, text):
    return {declaration.name for declaration in ticked(QueryDict(text), user)}


def test_ticks_reach_only_what_the_person_sees(preparer, department_year, other_department_year):
    keys = "&".join(f"selected={pk}" for pk in Declaration.objects.values_list("pk", flat=True))
    assert choose(preparer, keys + "&selected=x&selected=99999999999999999999") == {TEAM, PARTY}


def test_all_of_the_filter_is_more_than_the_page(preparer, department_year, add):
    for number in range(60):
        add(f"项目{number}")
    found = choose(preparer, f"scope=all&filed={department_year.pk}&filter=q%3D%E9%A1%B9%E7%9B%AE")
    assert len(found) == 60


@pytest.mark.parametrize("text", ["scope=all", "scope=all&filed=x", "scope=all&filed={pk}&filter=status%3Dx"])
def test_all_of_a_filter_that_makes_no_sense_is_nothing(text, preparer, department_year):
    assert choose(preparer, text.format(pk=department_year.pk)) == set()


def test_all_of_another_unit_is_nothing(preparer, other_department_year):
    assert choose(preparer, f"scope=all&filed={other_department_year.pk}") == set()


def test_all_that_match_are_exported(signed_in, preparer, department_year):
    data = {"scope": "all", "filed": department_year.pk, "filter": "q=团", "extension": "json"}
    answer = signed_in(preparer).post(reverse("selected-files"), data)
    assert answer.headers["Content-Type"] == "application/zip"


# cost and empty states


def test_many_rows_cost_the_queries_of_one(signed_in, preparer, department_year, add):
    client, address = signed_in(preparer), reverse("department-year", args=(2024, "286001"))

    def count(**query):
        client.get(address, query)
        return queries_of(client, address, query)

    queries = [{}, {"q": "团", "findings": "blocked", "filled": "complete", "sort": "-errors"}]
    few = [count(**query) for query in queries]
    other = create_user(username="second", full_name="王芳", password="一个够长的密码", actor=None)
    grant_role(user=other, role=Role.PREPARER, department=department_year.department, actor=None)
    for number in range(45):
        add(f"团项目{number}", assignee=other)
    assert [count(**query) for query in queries] == few


@pytest.mark.parametrize(("name", "words"), [("preparer", "导入项目清单"), ("leader", "该单位填报后")])
def test_an_empty_year_says_what_to_do(name, words, request, signed_in, next_year, department_year):
    DepartmentYear.objects.create(
        department=department_year.department, fiscal_year=next_year, name=department_year.name
    )
    page = signed_in(request.getfixturevalue(name)).get(reverse("department-year", args=(2025, "286001")))
    assert words in page.text
    assert ("确认无项目申报" in page.text) is (name == "preparer")


def test_a_filter_that_finds_nothing_offers_to_clear_it(signed_in, preparer, department_year):
    page = signed_in(preparer).get(reverse("department-year", args=(2024, "286001")), {"q": "水利"})
    assert "没有符合筛选条件的项目" in page.text
    assert "清除筛选" in page.text
