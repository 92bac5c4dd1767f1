"""Filling in beside the table: what is known of a project, and new projects."""

import re
from dataclasses import replace
from html import unescape

import pytest
from django.urls import reverse

from indicators.document import Beneficiaries
from indicators.rows import load_table
from indicators.services import save_table
from projects.models import Declaration, Project
from tests.sample_documents import team_table
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
    """Return a function that opens 项目信息, types over some fields and saves: edit(**fields)."""

    def edit(_page=None, **fields):
        address = reverse("edit-project", args=(declaration.pk,))
        data = typed(_page or client.get(address))
        assert fields.keys() <= data.keys() | {"beneficiaries"}
        return client.post(address, {**data, **fields})

    return edit


def test_saving_the_page_untouched_changes_nothing(edit, declaration):
    before, entry = load_table(declaration), Entry.objects.last()
    assert edit().url == reverse("edit-table", args=(declaration.pk,))
    declaration.refresh_from_db()
    assert (load_table(declaration), declaration.revision) == (before, 0)
    assert Entry.objects.last() == entry


def test_a_project_is_described(edit, declaration):
    edit(category="特定目标类", nature="延续", beneficiaries="yes", preparer="李明", prepared_on="2024-01-15")
    table = load_table(declaration)
    assert (table.category, table.nature) == ("特定目标类", "延续")
    assert table.beneficiaries == Beneficiaries.YES
    assert (table.preparer, str(table.prepared_on)) == ("李明", "2024-01-15")


def test_all_errors_are_shown_at_once_beside_everything_typed(edit, declaration):
    response = edit(category="特定目标类", preparer="李" * 51, prepared_on="去年")
    assert response.status_code == 422
    assert "有2处须改正，尚未保存" in response.text
    assert "填报日期应为年-月-日" in response.text
    assert "李" * 51 in response.text
    assert load_table(declaration).category == ""


def test_a_conflict_shows_both_values_and_loses_nothing(edit, client, declaration):
    page = client.get(reverse("edit-project", args=(declaration.pk,)))
    other = replace(load_table(declaration), preparer="他人")
    save_table(declaration=declaration, table=other, revision=0, actor=None)

    response = edit(page, preparer="本人")

    assert response.status_code == 409
    assert "他人" in response.text
    assert "系统于" in response.text
    assert (typed(response)["preparer"], typed(response)["revision"]) == (["本人"], ["1"])
    assert load_table(declaration).preparer == "他人"

    assert edit(response).status_code == 302
    assert load_table(declaration).preparer == "本人"


def test_what_is_approved_is_not_opened_for_change(client, declaration):
    Declaration.objects.update(status=Status.APPROVED)
    response = client.get(reverse("edit-project", args=(declaration.pk,)))
    assert response.status_code == 409
    assert "已批复，不能修改" in response.text


def test_what_was_approved_in_between_is_refused_and_what_was_typed_stays(edit, client, declaration):
    page = client.get(reverse("edit-project", args=(declaration.pk,)))
    Declaration.objects.update(status=Status.APPROVED)
    response = edit(page, preparer="迟到的修改")
    assert response.status_code == 409
    assert "已批复，不能修改" in response.text
    assert "迟到的修改" in response.text
    assert load_table(declaration).preparer != "迟到的修改"


def test_a_form_without_its_revision_is_refused(client, declaration):
    address = reverse("edit-project", args=(declaration.pk,))
    response = client.post(address, {"beneficiaries": "yes", "preparer": "没有修订号"})
    assert response.status_code == 422
    assert "浏览器发来的内容不完整" in response.text


# new projects


def test_a_new_project_comes_last_and_names_its_preparer(client, department_year, preparer):
    address = reverse("new-project", args=(2024, "286001"))
    data = {**typed(client.get(address)), "name": "老干部活动经费", "category": "运转类"}
    response = client.post(address, data)

    created = department_year.declarations.last()
    assert response.url == reverse("edit-table", args=(created.pk,))
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
        ({"name": "短码", "project_code": "1302092"}, "项目编码应为21位，现为7位"),
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
