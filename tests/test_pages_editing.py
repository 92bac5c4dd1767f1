"""Filling in: what is typed is what is stored, and nothing typed is lost."""

import re
from dataclasses import replace
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from indicators.document import Beneficiaries, Milestone, new_uid
from indicators.rows import load_narrative, load_table
from indicators.services import save_table
from perfbudget.lib.text import clean_text
from projects.models import Declaration, DepartmentYear, Project
from tests.sample_documents import hostile_table, team_table
from trail.models import Entry
from workflow.models import Status


@pytest.fixture
def client(signed_in, preparer):
    """Return the preparer's client."""
    return signed_in(preparer)


def typed(response) -> dict[str, str | list[str]]:
    """Return what a browser would send from the edit form of a page that was not touched."""
    form = response.text.partition('<form id="edit"')[2].partition("</form>")[0]
    data: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        ticked = attributes.get("type") not in ("checkbox", "radio") or re.search(r"\schecked\b", tag)
        if ticked and attributes["name"] != "csrfmiddlewaretoken":
            data.setdefault(attributes["name"], []).append(unescape(attributes.get("value", "")))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        data[name] = [unescape(text).replace("\n", "\r\n")]
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        data[name] = [unescape(value) for value in re.findall(r'<option value="([^"]*)"\s+selected', options)]
    return data


@pytest.fixture
def edit(client, declaration):
    """Return a function that opens an edit page, types over some fields and saves: edit(part, **fields)."""

    def edit(part, _page=None, **fields):
        address = reverse(f"edit-{part}", args=(declaration.pk,))
        data = typed(_page or client.get(address))
        assert fields.keys() <= data.keys() | {"add", "onward"} | {key for key in fields if "delete" in key}
        return client.post(address, {**data, **fields})

    return edit


PARTS = ("project", "money", "plan", "goal", "indicators")


@pytest.mark.parametrize("part", PARTS)
def test_saving_a_page_untouched_changes_nothing(part, edit, declaration):
    before, entry = load_table(declaration), Entry.objects.last()
    response = edit(part)
    assert response.url == reverse("table", args=(declaration.pk,))
    declaration.refresh_from_db()
    assert (load_table(declaration), declaration.revision) == (before, 0)
    assert Entry.objects.last() == entry


@pytest.mark.parametrize("part", PARTS)
def test_hostile_text_survives_a_page_untouched(part, edit, client, declaration):
    hostile = hostile_table()
    table = replace(
        load_table(declaration),
        name=clean_text(hostile.name),
        purpose=clean_text(hostile.purpose),
        goal="第一行\n\n第三行  有空格",
        indicators=tuple(
            replace(
                row,
                **{
                    name: clean_text(getattr(row, name))
                    for name in ("first_tier", "second_tier", "name", "description", "value", "basis")
                },
            )
            for row in hostile.indicators
        ),
    )
    save_table(declaration=declaration, table=table, revision=0, actor=None)
    before = load_table(declaration)
    response = edit(part)
    assert response.status_code == 302
    assert load_table(declaration) == before


def test_amounts_are_typed_in_wan_and_stored_in_yuan(edit, declaration, preparer):
    response = edit("money", budget="１，２３４.5６", other_funding="0.000001", purpose="第一项\r\n第二项 ")
    assert response.status_code == 302
    declaration.refresh_from_db()
    assert declaration.budget == Decimal("12345600.00")
    assert declaration.other_funding == Decimal("0.01")
    assert declaration.purpose == "第一项\n第二项"
    entry = Entry.objects.last()
    assert (entry.actor, entry.action, len(entry.changes)) == (preparer, "edit", 3)


def test_a_blank_amount_is_null(edit, declaration):
    edit("money", budget="")
    declaration.refresh_from_db()
    assert declaration.budget is None


def test_all_errors_are_shown_at_once_beside_everything_typed(edit, declaration):
    response = edit("money", budget="一万八", other_funding="1.1234567", purpose="改过的用途")
    assert response.status_code == 422
    assert "有2处须改正，尚未保存" in response.text
    assert '<a href="#id_budget">预算数（万元）：“一万八”不是金额' in response.text
    assert 'aria-describedby="id_budget_helptext id_budget_error"' in response.text
    assert 'value="一万八"' in response.text
    assert "改过的用途" in response.text
    assert Declaration.objects.get(pk=declaration.pk).purpose == declaration.purpose


def test_the_plan_has_the_months_of_the_year(edit, declaration):
    assert edit("plan", month_3="３０％", month_10="").status_code == 302
    assert load_table(declaration).milestones == (
        Milestone(3, Decimal("30.00")),
        Milestone(6, Decimal("60.00")),
        Milestone(10, None),
        Milestone(12, Decimal("100.00")),
    )
    refused = edit("plan", month_6="六成")
    assert refused.status_code == 422
    assert "“六成”不是百分比" in refused.text


def test_a_project_is_described(edit, declaration):
    edit(
        "project",
        name="]机关团工作活动经费",
        category="特定目标类",
        nature="延续",
        beneficiaries="yes",
        preparer="李明",
        prepared_on="2024-01-15",
    )
    table = load_table(declaration)
    assert (table.name, table.category, table.nature) == ("]机关团工作活动经费", "特定目标类", "延续")
    assert table.beneficiaries == Beneficiaries.YES
    assert (table.preparer, str(table.prepared_on)) == ("李明", "2024-01-15")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("1302092", "项目编码应为21位，现为7位"),
        ("13020924P00077110001C", "本单位已有编码为“13020924P00077110001C”的项目"),
    ],
)
def test_a_wrong_code_is_refused(code, sentence, edit, declaration):
    response = edit("project", project_code=code)
    assert response.status_code == 422
    assert sentence in response.text
    assert Project.objects.get(pk=declaration.project_id).code == "13020924P00077210002M"


def test_a_code_may_be_blank_and_may_repeat_in_another_unit(edit, declaration, other_department_year):
    assert edit("project", project_code="").status_code == 302
    assert edit("project", project_code="13020924P00077210002M").status_code == 302


def test_saving_can_lead_to_the_next_part(edit, declaration):
    assert edit("money", onward="1").url == reverse("edit-plan", args=(declaration.pk,))


# conflicts


def test_a_conflict_shows_both_values_and_loses_nothing(edit, client, declaration):
    address = reverse("edit-goal", args=(declaration.pk,))
    page = client.get(address)
    other = replace(load_table(declaration), goal="他人写的目标")
    save_table(declaration=declaration, table=other, revision=0, actor=None)

    response = edit("goal", page, goal="本人写的目标")

    assert response.status_code == 409
    assert "他人写的目标" in response.text
    assert "本人写的目标" in response.text
    assert "系统于" in response.text
    assert typed(response) == {"goal": ["本人写的目标"], "revision": ["1"]}
    assert load_table(declaration).goal == "他人写的目标"

    assert edit("goal", response).status_code == 302
    assert load_table(declaration).goal == "本人写的目标"


def test_a_conflict_over_rows_keeps_those_that_others_added(edit, client, declaration):
    page = client.get(reverse("edit-indicators", args=(declaration.pk,)))
    stored = load_table(declaration)
    added = replace(stored.indicators[0], name="他人新增的指标", uid=new_uid())
    other = replace(stored, indicators=(*stored.indicators, added))
    save_table(declaration=declaration, table=other, revision=0, actor=None)

    response = edit("indicators", page, **{"rows-1-value": "≥99%"})
    assert response.status_code == 409
    assert "他人新增的指标" in response.text

    assert edit("indicators", response).status_code == 302
    table = load_table(declaration)
    assert [row.name for row in table.indicators].count("他人新增的指标") == 1
    assert (
        table.indicators[[row.uid for row in table.indicators].index(stored.indicators[1].uid)].value
        == "≥99%"
    )
    assert {row.uid for row in table.indicators} == {row.uid for row in other.indicators}


@pytest.mark.parametrize("part", PARTS)
def test_what_is_approved_is_not_opened_for_change(part, client, declaration):
    Declaration.objects.update(status=Status.APPROVED)
    response = client.get(reverse(f"edit-{part}", args=(declaration.pk,)))
    assert response.status_code == 409
    assert "已批复，不能修改" in response.text


def test_what_was_approved_in_between_is_refused_and_what_was_typed_stays(edit, client, declaration):
    page = client.get(reverse("edit-goal", args=(declaration.pk,)))
    Declaration.objects.update(status=Status.APPROVED)
    response = edit("goal", page, goal="迟到的修改")
    assert response.status_code == 409
    assert "已批复，不能修改" in response.text
    assert "迟到的修改" in response.text
    assert load_table(declaration).goal != "迟到的修改"


def test_a_form_without_its_revision_is_refused(client, declaration):
    response = client.post(reverse("edit-goal", args=(declaration.pk,)), {"goal": "没有修订号"})
    assert response.status_code == 422
    assert "浏览器发来的内容不完整" in response.text


# rows of indicators


def test_a_row_is_added_without_saving_and_keeps_what_was_typed(edit, client, declaration):
    before = load_table(declaration)
    longer = edit("indicators", add="rows", **{"rows-0-name": "改了一半"})
    assert longer.status_code == 200
    data = typed(longer)
    assert data["rows-0-name"] == ["改了一半"]
    assert data["rows-TOTAL_FORMS"] == ["7"]
    assert re.search(r'<select[^>]*name="rows-6-tier"[^>]*autofocus', longer.text)
    assert load_table(declaration) == before

    saved = edit(
        "indicators",
        longer,
        **{"rows-6-tier": "产出指标›质量指标", "rows-6-name": "培训合格率", "rows-6-value": "≥95%"},
    )
    assert saved.status_code == 302
    names = [row.name for row in load_table(declaration).indicators]
    assert names[:4] == ["改了一半", "正常运转率", "培训合格率", "按期完成率"]


def test_an_added_row_needs_its_tier_and_a_blank_one_is_ignored(edit, declaration):
    longer = edit("indicators", add="rows")
    assert edit("indicators", longer).status_code == 302
    assert len(load_table(declaration).indicators) == 6

    refused = edit("indicators", longer, **{"rows-6-name": "没有类别"})
    assert refused.status_code == 422
    assert "第7行 一级、二级指标：选择该指标属于哪一级、二级指标。" in refused.text


def test_rows_are_moved_and_deleted(edit, declaration):
    names = [row.name for row in load_table(declaration).indicators]
    edit("indicators", **{"rows-5-order": "2", "rows-2-delete": "on"})
    table = load_table(declaration)
    assert [row.name for row in table.indicators] == [names[0], names[5], names[1], names[3], names[4]]

    edit("indicators", **{"rows-0-order": "3"})
    assert [row.name for row in load_table(declaration).indicators] == [
        names[5], names[1], names[0], names[3], names[4],
    ]  # fmt: skip


def test_a_row_that_was_emptied_is_asked_about(edit, declaration):
    texts = ("tier", "name", "description", "value", "basis")
    response = edit("indicators", **{f"rows-0-{name}": "" for name in texts})
    assert response.status_code == 422
    assert "要删除时勾选“删除”" in response.text
    assert len(load_table(declaration).indicators) == 6


def test_a_uid_of_another_table_makes_a_new_row(edit, declaration, department_year):
    foreign = department_year.declarations.last().indicators.first()
    edit("indicators", **{"rows-0-uid": foreign.uid, "rows-0-name": "冒用"})
    assert {row.name for row in load_table(department_year.declarations.last()).indicators}.isdisjoint(
        {"冒用"}
    )
    mine = load_table(declaration).indicators
    assert "冒用" in {row.name for row in mine}
    assert foreign.uid not in {row.uid for row in mine}


def test_a_tier_outside_the_frame_stays(edit, declaration):
    row = declaration.indicators.first()
    row.first_tier, row.second_tier = "其他指标", "自定指标"
    row.save()
    edit("indicators", **{"rows-1-name": "另一处修改"})
    first = load_table(declaration).indicators[0]
    assert (first.first_tier, first.second_tier) == ("其他指标", "自定指标")


def test_weights_are_asked_for_where_the_year_has_them(edit, client, declaration):
    assert "权重" not in client.get(reverse("edit-indicators", args=(declaration.pk,))).text
    fiscal_year = declaration.department_year.fiscal_year
    fiscal_year.has_weights = True
    fiscal_year.save()

    refused = edit("indicators", **{"rows-0-weight": "十分"})
    assert "第1行 权重：权重应为数字" in refused.text
    edit("indicators", **{"rows-0-weight": "12.5"})
    assert load_table(declaration).indicators[0].weight == Decimal("12.50")


# new projects


def test_a_new_project_comes_last_and_names_its_preparer(client, department_year, preparer):
    address = reverse("new-project", args=(2024, "286001"))
    data = {**typed(client.get(address)), "name": "老干部活动经费", "category": "运转类"}
    response = client.post(address, data)

    created = department_year.declarations.last()
    assert response.url == reverse("table", args=(created.pk,))
    table = load_table(created)
    assert (table.name, table.project_code, table.category) == ("老干部活动经费", "", "运转类")
    assert (table.preparer, table.preparer_phone) == ("张慧敏", "0315-8850112")
    assert [milestone.month for milestone in table.milestones] == [3, 6, 10, 12]
    assert (Entry.objects.last().action, Entry.objects.last().actor) == ("create", preparer)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "填写项目名称"),
        ({"name": "重号", "project_code": "13020924P00077210002M"}, "本单位已有编码为"),
    ],
)
def test_a_new_project_that_is_wrong_is_not_made(fields, sentence, client, department_year):
    address = reverse("new-project", args=(2024, "286001"))
    response = client.post(address, {**typed(client.get(address)), **fields})
    assert response.status_code == 422
    assert sentence in response.text
    assert department_year.declarations.count() == 2


def test_the_page_of_a_new_project_carries_the_notice(client, department_year):
    page = client.get(reverse("new-project", args=(2024, "286001")))
    assert "涉密项目按保密规定另行报送，不得录入" in page.text


def test_a_project_of_an_earlier_year_is_filed_again_under_its_code(client, preparer, next_year, declaration):
    client.post(reverse("start-department-year", args=(2025, "286001")))
    address = reverse("new-project", args=(2025, "286001"))
    data = {**typed(client.get(address)), "name": "团工作经费", "project_code": team_table().project_code}
    assert client.post(address, data).status_code == 302
    assert Project.objects.get(code=team_table().project_code).declarations.count() == 2


# the narrative


@pytest.fixture
def edit_narrative(client, department_year):
    address = reverse("edit-narrative", args=(2024, "286001"))

    def edit(_page=None, **fields):
        return client.post(address, {**typed(_page or client.get(address)), **fields})

    return edit


def narrative():
    return load_narrative(DepartmentYear.objects.select_related("department", "fiscal_year").get())


def test_saving_the_narrative_untouched_changes_nothing(edit_narrative, department_year):
    before, entry = narrative(), Entry.objects.last()
    assert edit_narrative().status_code == 302
    assert narrative() == before
    assert Entry.objects.last() == entry


def test_the_narrative_is_changed_in_all_its_parts(edit_narrative, department_year):
    before = narrative()
    response = edit_narrative(
        **{
            "goals-0-text": "改过的第一条",
            "goals-2-order": "1",
            "goals-1-delete": "on",
            "sub_goals-0-project_codes": ["13020924P00077110001C"],
            "sections-0-title": "改过的标题",
            "sections-0-items-1-text": "改过的措施\r\n第二行",
        }
    )
    assert response.url == reverse("department-year", args=(2024, "286001"))
    after = narrative()
    assert [item.text for item in after.overall_goals] == [before.overall_goals[2].text, "改过的第一条"]
    assert after.sub_goals[0].project_codes == ("13020924P00077110001C",)
    assert after.safeguards[0].title == "改过的标题"
    assert after.safeguards[0].items[1].text == "改过的措施\n第二行"
    assert after.safeguards[0].uid == before.safeguards[0].uid


def test_parts_of_the_narrative_are_added_without_saving(edit_narrative, department_year):
    before = narrative()
    with_section = edit_narrative(add="sections", **{"goals-0-text": "未保存"})
    assert narrative() == before
    with_item = edit_narrative(with_section, add="sections-1-items")
    with_goal = edit_narrative(with_item, add="goals")
    data = typed(with_goal)
    assert data["goals-0-text"] == ["未保存"]
    assert data["sections-1-items-TOTAL_FORMS"] == ["2"]

    saved = edit_narrative(
        with_goal,
        **{
            "goals-3-text": "新增一条",
            "sections-1-title": "加强内部监督",
            "sections-1-items-0-text": "第一条措施",
            "sections-1-items-1-text": "第二条措施",
        },
    )
    assert saved.status_code == 302
    after = narrative()
    assert after.overall_goals[3].text == "新增一条"
    assert [item.text for item in after.safeguards[1].items] == ["第一条措施", "第二条措施"]


def test_a_block_is_deleted_with_its_measures(edit_narrative, department_year):
    edit_narrative(**{"sections-0-delete": "on"})
    assert narrative().safeguards == ()


def test_a_conflict_over_the_narrative_keeps_what_others_added(edit_narrative, client, department_year):
    page = client.get(reverse("edit-narrative", args=(2024, "286001")))
    with_block = edit_narrative(add="sections")
    edit_narrative(with_block, **{"sections-1-title": "他人的一项", "sections-1-items-0-text": "他人的措施"})
    response = edit_narrative(page, **{"goals-0-text": "本人改的"})
    assert response.status_code == 409
    assert "他人的一项" in response.text

    assert edit_narrative(response).status_code == 302
    after = narrative()
    assert after.overall_goals[0].text == "本人改的"
    assert [(part.title, part.items[0].text) for part in after.safeguards][1] == ("他人的一项", "他人的措施")
