"""Copying, page by page: from another project into a table, and a year into the next at once."""

import dataclasses
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.document import new_uid
from indicators.rows import load_booklet, load_table
from indicators.services import import_booklet, save_table
from projects.models import Declaration, DepartmentYear, FiscalYear, Project
from tests.sample_documents import party_table, seed_booklet
from trail.models import Entry
from workflow.models import Status


@pytest.fixture
def client(signed_in, preparer):
    return signed_in(preparer)


@pytest.fixture
def this_year(department_year) -> DepartmentYear:
    """Return 286001's year 2025, begun and empty."""
    year = FiscalYear.objects.create(year=2025, milestone_months=[3, 6, 10, 12], frame="2015")
    return DepartmentYear.objects.create(
        department=department_year.department, fiscal_year=year, name=department_year.name
    )


@pytest.fixture
def listed(this_year, declaration) -> Declaration:
    """Return this year's declaration of the first project as the project list made it: name and amounts."""
    return Declaration.objects.create(
        uid=new_uid(),
        project=declaration.project,
        department_year=this_year,
        position=1,
        name="机关团工作活动经费（清单）",
        budget=Decimal(25000),
        is_listed=True,
    )


def many(department_year, count: int) -> None:
    """File so many projects more in the year."""
    tables = tuple(
        dataclasses.replace(
            party_table(),
            project_code=f"13020924P{number:05}110001C",
            name=f"2024年第{number}项工作经费",
            goal=f"2024年{number % 12 + 1}月底前完成第{number}项工作。",
            uid=new_uid(),
            indicators=tuple(dataclasses.replace(row, uid=new_uid()) for row in party_table().indicators),
        )
        for number in range(count)
    )
    booklet = dataclasses.replace(load_booklet(department_year), tables=tables)
    import_booklet(booklet=booklet, actor=None, replace=True)


# One table


def copy_address(declaration, source=None) -> str:
    address = reverse("copy-table", args=(declaration.pk,))
    return f"{address}?source={source.pk}" if source else address


def typed(page) -> dict[str, list[str] | str]:
    """Return what a browser sends from the page of one table, untouched."""
    form = page.context["form"]
    return {
        "seen": page.context["seen"],
        "parts": [row.part for row in form.part_rows() if row.is_ticked],
        "shifts": [row.key for row in form.shifts() if row.is_ticked],
    }


def test_the_same_projects_last_year_is_offered_first(client, listed, declaration):
    page = client.get(copy_address(listed))
    assert list(page.context["earlier"]) == [declaration]
    assert declaration not in page.context["page"].object_list
    assert copy_address(listed, declaration) in page.text


def test_sources_are_found_among_what_is_visible_alone(client, listed, other_department_year):
    page = client.get(copy_address(listed), {"q": "图书馆"})
    assert "没有编码、名称或单位含“图书馆”的项目" in page.text
    own = client.get(copy_address(listed), {"q": "机关党组织"})
    assert [each.name for each in own.context["page"]] == [party_table().name]


def test_a_source_out_of_sight_is_not_there(client, listed, other_department_year):
    elsewhere = other_department_year.declarations.get()
    assert client.get(copy_address(listed, elsewhere)).status_code == 404
    for odd in ("x", str(listed.pk), "9" * 30):
        assert client.get(f"{copy_address(listed)}?source={odd}").status_code == 404


def test_a_table_takes_what_it_lacks_from_last_year(client, listed, declaration):
    address = copy_address(listed, declaration)
    response = client.post(address, typed(client.get(address)))
    assert response.url == f"{copy_address(listed)}?done=1"
    table, source = load_table(listed), load_table(declaration)
    assert (table.name, table.budget) == ("机关团工作活动经费（清单）", Decimal(25000))
    assert (table.purpose, table.goal, table.milestones) == (source.purpose, source.goal, source.milestones)
    assert table.indicators == source.indicators
    assert not {row.uid for row in table.indicators} & {row.uid for row in source.indicators}
    entry = Entry.objects.order_by("sequence").last()
    assert (entry.action, entry.object_id, entry.reason) == (
        "copy",
        str(listed.pk),
        "复制自2024年度 286001曹妃甸区直机关工委",
    )


def test_the_report_says_what_was_done_and_what_is_open(client, listed, declaration):
    address = copy_address(listed, declaration)
    report = client.post(address, typed(client.get(address)), follow=True)
    assert report.status_code == 200
    for words in ("来自项目清单，没有改动", "（R35）", "（R56）", "已复制"):
        assert words in report.text
    assert client.get(f"{copy_address(declaration)}?done=1").status_code == 302


def test_years_move_only_where_they_are_ticked(client, listed, declaration):
    old = load_table(declaration)
    save_table(
        declaration=declaration,
        table=dataclasses.replace(old, goal="2024年6月底前完成，2024年12月验收。"),
        revision=declaration.revision,
        actor=None,
    )
    address = copy_address(listed, declaration)
    data = typed(client.get(address))
    goal = [key for key in data["shifts"] if key.startswith("goal@")]
    client.post(address, {**data, "shifts": goal[:1]})
    assert load_table(listed).goal == "2025年6月底前完成，2024年12月验收。"


def test_what_is_filled_in_needs_a_tick_to_be_overwritten(client, listed, declaration):
    Declaration.objects.filter(pk=listed.pk).update(purpose="本年用途")
    address = copy_address(listed, declaration)
    client.post(address, typed(client.get(address)))
    assert load_table(listed).purpose == "本年用途"
    client.post(address, {**typed(client.get(address)), "overwrite": ["purpose"]})
    assert load_table(listed).purpose == load_table(declaration).purpose


def test_another_project_gives_neither_name_nor_people(client, this_year, department_year, declaration):
    blank = Declaration.objects.create(
        uid=new_uid(),
        project=Project.objects.create(department=this_year.department, code=""),
        department_year=this_year,
        position=2,
    )
    address = copy_address(blank, declaration)
    client.post(address, typed(client.get(address)))
    table = load_table(blank)
    assert (table.name, table.goal) == ("", load_table(declaration).goal)


def test_nothing_chosen_is_refused(client, listed, declaration):
    address = copy_address(listed, declaration)
    response = client.post(address, {"seen": client.get(address).context["seen"]})
    assert response.status_code == 422
    assert "没有选择要复制的内容" in response.text


def test_a_change_in_between_copies_nothing(client, listed, declaration):
    address = copy_address(listed, declaration)
    data = typed(client.get(address))
    Declaration.objects.filter(pk=declaration.pk).update(goal="他人改过")
    entries = Entry.objects.count()
    response = client.post(address, data)
    assert response.status_code == 409
    assert "本次没有复制" in response.text
    assert load_table(listed).goal == ""
    assert Entry.objects.count() == entries
    assert client.post(address, typed(response)).status_code == 302


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED])
def test_a_table_under_review_is_not_copied_into(client, listed, declaration, status):
    address = copy_address(listed, declaration)
    data = typed(client.get(address))
    Declaration.objects.filter(pk=listed.pk).update(status=status)
    for response in (client.get(address), client.post(address, data)):
        assert response.status_code == 409
        assert "不能修改" in response.text
    assert load_table(listed).goal == ""


# A whole year


@pytest.fixture
def year_address(this_year) -> str:
    return reverse("copy-year", args=(2025, "286001"))


def chosen(page, **changes) -> dict[str, list[str] | str]:
    """Return what a browser sends from the first page of a year, untouched."""
    form = page.context["form"]
    return {
        "step": "check",
        "projects": [pair.source.uid for pair, ticked in page.context["rows"] if ticked],
        "parts": [key for key, _, ticked in form.part_ticks() if ticked],
        "sections": [key for key, _, ticked in form.section_ticks() if ticked],
        **changes,
    }


def confirmed(check) -> dict[str, list[str] | str]:
    """Return what a browser sends from the second page, untouched."""
    choices = check.context["choices"]
    return {
        "step": "copy",
        "seen": check.context["seen"],
        "projects": [pair.source.uid for pair in check.context["chosen"]],
        "parts": list(choices.parts),
        "sections": list(choices.sections),
        "shifts": [row.key for group in check.context["groups"] for row in group.rows if row.is_ticked],
        **({"overwrites": "1"} if choices.overwrites else {}),
    }


def copy_all(client, address, **changes):
    check = client.post(address, chosen(client.get(address), **changes))
    assert check.status_code == 200, check.text
    return client.post(address, confirmed(check), follow=True)


def test_a_year_goes_over_at_once(client, year_address, this_year, department_year):
    report = copy_all(client, year_address)
    before, after = load_booklet(department_year), load_booklet(this_year)
    assert [table.project_code for table in after.tables] == [table.project_code for table in before.tables]
    assert after.overall_goals == before.overall_goals
    assert after.safeguards == before.safeguards
    assert after.sub_goals == before.sub_goals
    assert [table.name for table in after.tables] == [
        table.name.replace("2024年", "2025年") for table in before.tables
    ]
    assert Project.objects.count() == len(before.tables)
    assert (report.context["made"], report.context["filled"]) == (2, 0)


def test_a_year_is_one_batch_with_an_entry_for_each_table(client, year_address, this_year):
    copy_all(client, year_address)
    entries = Entry.objects.filter(action="copy")
    assert [entry.kind for entry in entries.order_by("sequence")] == [
        "department_year",
        "declaration",
        "declaration",
    ]
    assert len(set(entries.values_list("batch", flat=True))) == 1


def test_what_is_filed_already_is_matched_by_code_and_filled(client, year_address, listed, declaration):
    copy_all(client, year_address)
    assert listed.department_year.declarations.count() == 2
    table = load_table(listed)
    assert (table.name, table.budget) == ("机关团工作活动经费（清单）", Decimal(25000))
    assert table.goal == load_table(declaration).goal


def test_what_is_written_already_is_not_ticked_and_stays(client, year_address, listed):
    Declaration.objects.filter(pk=listed.pk).update(goal="本年目标")
    page = client.get(year_address)
    assert [ticked for _, ticked in page.context["rows"]] == [False, True]
    everything = [pair.source.uid for pair, _ in page.context["rows"]]
    copy_all(client, year_address, projects=everything)
    assert load_table(listed).goal == "本年目标"
    copy_all(client, year_address, projects=everything, overwrites="1")
    assert load_table(listed).goal != "本年目标"


def test_a_locked_table_is_shown_and_left(client, year_address, listed):
    Declaration.objects.filter(pk=listed.pk).update(status=Status.SUBMITTED)
    page = client.get(year_address)
    assert "待单位审核，不能修改" in page.text
    copy_all(client, year_address, projects=[pair.source.uid for pair, _ in page.context["rows"]])
    assert load_table(listed).goal == ""
    assert listed.department_year.declarations.count() == 2


def test_a_dropped_project_stays_behind_and_its_link_is_told(
    client, year_address, this_year, department_year
):
    sub_goal = department_year.sub_goals.first()
    sub_goal.declarations.set(department_year.declarations.all())
    first, second = department_year.declarations.all()
    report = copy_all(client, year_address, projects=[second.uid])
    assert [table.project_code for table in load_booklet(this_year).tables] == [second.project.code]
    assert load_booklet(this_year).sub_goals[0].project_codes == (second.project.code,)
    assert f"对应的项目{first.project.code}本年没有申报" in report.text


def test_the_first_page_comes_back_as_it_was_left(client, year_address):
    check = client.post(year_address, chosen(client.get(year_address), parts=["goal"]))
    back = client.post(year_address, {**confirmed(check), "step": "choose"})
    assert back.status_code == 200
    assert [key for key, _, ticked in back.context["form"].part_ticks() if ticked] == ["goal"]


def test_nothing_chosen_of_a_year_is_refused(client, year_address):
    response = client.post(year_address, {"step": "check"})
    assert response.status_code == 422
    assert "至少选择一项" in response.text


def test_a_change_in_between_copies_nothing_of_a_year(client, year_address, this_year, declaration):
    check = client.post(year_address, chosen(client.get(year_address)))
    Declaration.objects.filter(pk=declaration.pk).update(goal="他人改过")
    response = client.post(year_address, confirmed(check))
    assert response.status_code == 409
    assert "本次没有复制" in response.text
    assert not this_year.declarations.exists()
    assert client.post(year_address, confirmed(response)).status_code == 302


def test_a_department_without_an_earlier_year_is_told_what_to_do(client, department_year):
    response = client.get(reverse("copy-year", args=(2024, "286001")))
    assert "系统中没有曹妃甸区直机关工委在2024年度以前的申报" in response.text
    assert reverse("upload-booklet") in response.text


def test_a_year_under_review_is_not_copied_into(client, year_address, this_year):
    DepartmentYear.objects.filter(pk=this_year.pk).update(status=Status.SUBMITTED)
    assert client.get(year_address).status_code == 409
    assert not this_year.declarations.exists()


def test_a_project_without_a_code_is_the_same_project_next_year(client, year_address, this_year, declaration):
    Project.objects.filter(pk=declaration.project_id).update(code="")
    copy_all(client, year_address)
    assert this_year.declarations.filter(project=declaration.project_id).exists()
    assert copy_all(client, year_address, sections=["overall_goals"]).context["made"] == 0


def queries_of(step) -> int:
    with CaptureQueriesContext(connection) as captured:
        step()
    return len(captured)


def test_pages_of_a_year_take_as_many_queries_for_two_projects_as_for_thirty(
    client, year_address, department_year
):
    def visit():
        client.post(year_address, chosen(client.get(year_address)))

    visit()
    few = queries_of(visit)
    many(department_year, 30)
    assert queries_of(visit) == few


def test_sources_take_as_many_queries_for_two_as_for_twenty(client, listed, department_year):
    few = queries_of(lambda: client.get(copy_address(listed)))
    many(department_year, 20)
    assert queries_of(lambda: client.get(copy_address(listed))) == few


def test_a_blank_table_has_the_nodes_of_the_year(client, year_address, this_year):
    copy_all(client, year_address, parts=["goal"], sections=[])
    table = load_booklet(this_year).tables[0]
    assert [each.month for each in table.milestones] == [3, 6, 10, 12]
    assert {each.percent for each in table.milestones} == {None}
    assert seed_booklet().tables[0].purpose
    assert table.purpose == ""
