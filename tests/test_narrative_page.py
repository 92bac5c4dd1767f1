"""Filling in the narrative: field by field for the script, all at once without it."""

import json
from dataclasses import replace

import pytest
from django.urls import reverse

from departments.models import Role
from indicators.document import new_uid
from indicators.models import Presence
from indicators.rows import load_narrative
from indicators.services import save_narrative
from projects.models import DepartmentYear
from tests.personas import person
from trail.models import Entry

HERE = (2024, "286001")


def address(name):
    return reverse(name, args=HERE)


@pytest.fixture
def client(signed_in, preparer):
    return signed_in(preparer)


@pytest.fixture
def stored(department_year):
    """Return a function that reads the narrative as it is now."""
    return lambda: load_narrative(department_year)


def save(client, path, base, value):
    return client.post(address("save-narrative-field"), {"path": path, "base": base, "value": value})


def act(client, **fields):
    return client.post(address("edit-narrative-parts"), fields)


def plain_form(booklet, revision, **more):
    """Return what a browser without a script sends for the narrative as it is."""
    data = {"revision": revision}
    data |= {f"overall_goals/{part.uid}": part.text for part in booklet.overall_goals}
    for part in booklet.sub_goals:
        data |= {
            f"sub_goals/{part.uid}/{name}": getattr(part, name) for name in ("title", "goal", "indicators")
        }
        data[f"sub_goals/{part.uid}/project_codes"] = ["", *part.project_codes]
    for part in booklet.safeguards:
        data[f"safeguards/{part.uid}/title"] = part.title
        data |= {f"safeguards/{part.uid}/items/{item.uid}": item.text for item in part.items}
    return data | more


def changed_by_somebody(department_year, text):
    booklet = load_narrative(department_year)
    first, *others = booklet.overall_goals
    changed = replace(booklet, overall_goals=(replace(first, text=text), *others))
    save_narrative(
        department_year=department_year, booklet=changed, revision=department_year.revision, actor=None
    )


# Field by field


def test_a_field_is_saved_alone_and_recorded(client, stored):
    goal = stored().overall_goals[0]
    answer = save(client, f"overall_goals/{goal.uid}", goal.text, " 统筹机关党建。 ").json()
    assert (answer["text"], answer["changed"], answer["revision"]) == ("统筹机关党建。", True, 2)
    assert stored().overall_goals[0].text == "统筹机关党建。"
    assert [change["after"] for change in Entry.objects.last().changes] == ["统筹机关党建。"]


def test_saving_the_same_text_again_changes_nothing(client, stored):
    goal = stored().overall_goals[0]
    entries = Entry.objects.count()
    answer = save(client, f"overall_goals/{goal.uid}", "什么都行", goal.text).json()
    assert (answer["changed"], Entry.objects.count()) == (False, entries)


@pytest.mark.parametrize("field", ["title", "goal", "indicators"])
def test_every_field_of_a_sub_goal_is_saved(client, stored, field):
    part = stored().sub_goals[0]
    save(client, f"sub_goals/{part.uid}/{field}", getattr(part, field), "新的内容")
    assert getattr(stored().sub_goals[0], field) == "新的内容"


def test_only_a_changed_text_of_that_very_field_is_a_conflict(client, stored, department_year):
    first, second = stored().overall_goals[:2]
    changed_by_somebody(department_year, "他人的内容")

    assert save(client, f"overall_goals/{second.uid}", second.text, "另一处").status_code == 200
    refused = save(client, f"overall_goals/{first.uid}", first.text, "我的内容")

    assert refused.status_code == 409
    conflict = refused.json()["conflict"]
    assert (conflict["mine"], conflict["theirs"], conflict["by"]) == ("我的内容", "他人的内容", "系统")
    assert conflict["place"] == "总体绩效目标第1项"
    assert [goal.text for goal in stored().overall_goals[:2]] == ["他人的内容", "另一处"]


def test_a_field_of_a_removed_part_is_told_as_gone(client, stored):
    goal = stored().overall_goals[0]
    act(client, act="remove", part=f"overall_goals/{goal.uid}")
    answer = save(client, f"overall_goals/{goal.uid}", goal.text, "还在写")
    assert (answer.status_code, "已被删除" in answer.json()["gone"]) == (409, True)


@pytest.mark.parametrize("path", ["", "tables", "overall_goals", "sub_goals/x/uid", "department_name"])
def test_a_path_that_is_no_field_is_refused(client, stored, path):
    before = stored()
    assert save(client, path, "", "x").status_code == 422
    assert stored() == before


# Parts


def test_parts_are_added_filled_moved_and_removed(client, stored):
    uid = new_uid()
    first = stored().overall_goals[0]

    added = act(client, act="add", list="overall_goals", uid=uid).json()
    assert f'name="overall_goals/{uid}"' in added["parts"]
    save(client, f"overall_goals/{uid}", "", "新增的目标")
    act(client, act="move", part=f"overall_goals/{uid}", before=first.uid)
    assert [goal.text for goal in stored().overall_goals[:2]] == ["新增的目标", first.text]

    act(client, act="remove", part=f"overall_goals/{uid}")
    assert uid not in [goal.uid for goal in stored().overall_goals]


@pytest.mark.parametrize("name", ["overall_goals", "sub_goals", "safeguards"])
def test_a_removed_part_comes_back_with_all_it_held(client, stored, name):
    before = stored()
    part = getattr(before, name)[0]
    undo = act(client, act="remove", part=f"{name}/{part.uid}").json()["undo"]
    assert len(getattr(stored(), name)) == len(getattr(before, name)) - 1

    act(client, **undo)

    assert stored() == before
    assert [each.uid for each in getattr(stored(), name)] == [each.uid for each in getattr(before, name)]


def test_a_measure_is_added_to_its_block(client, stored):
    section, uid = stored().safeguards[0], new_uid()
    act(client, act="add", list=f"safeguards/{section.uid}/items", uid=uid)
    assert stored().safeguards[0].items[-1].uid == uid


def test_projects_are_linked(client, stored, declaration):
    part = stored().sub_goals[0]
    links = f"sub_goals/{part.uid}/project_codes"
    act(client, act="link", part=links, codes=declaration.project.code)
    assert stored().sub_goals[0].project_codes == (declaration.project.code,)
    act(client, act="link", part=links, codes="")
    assert stored().sub_goals[0].project_codes == ()


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"act": "explode"},
        {"act": "add", "list": "overall_goals", "uid": "<script>"},
        {"act": "add", "list": "tables", "uid": "0" * 32},
        {"act": "remove", "part": "overall_goals/none"},
        {"act": "move", "part": "x", "before": ""},
        {"act": "restore", "list": "overall_goals", "position": "-1", "row": "{}"},
        {"act": "restore", "list": "overall_goals", "position": "0", "row": "[" * 9000},
        {"act": "restore", "list": "overall_goals", "position": "0", "row": json.dumps({"uid": "0" * 32})},
        {"act": "link", "part": "sub_goals/none/project_codes", "codes": ""},
    ],
)
def test_an_act_that_makes_no_sense_is_refused_and_changes_nothing(client, stored, fields):
    before, entries = stored(), Entry.objects.count()
    assert act(client, **fields).status_code in (409, 422)
    assert (stored(), Entry.objects.count()) == (before, entries)


def test_what_left_the_preparers_hands_is_locked(client, stored, department_year):
    goal = stored().overall_goals[0]
    DepartmentYear.objects.update(status="submitted")
    answer = save(client, f"overall_goals/{goal.uid}", goal.text, "晚了")
    assert (answer.status_code, "不能修改" in answer.json()["locked"]) == (409, True)
    assert client.get(address("edit-narrative")).status_code == 409
    assert stored().overall_goals[0] == goal


# Without a script


def test_a_plain_form_saves_all_that_was_typed(client, stored):
    booklet = stored()
    first, title = booklet.overall_goals[0], booklet.safeguards[0]
    typed = {f"overall_goals/{first.uid}": "改写", f"safeguards/{title.uid}/title": "新标题"}
    answer = client.post(address("edit-narrative"), plain_form(booklet, 1, **typed), follow=True)
    assert "已保存部门整体绩效目标，改动2处。" in answer.text
    assert (stored().overall_goals[0].text, stored().safeguards[0].title) == ("改写", "新标题")


def test_a_plain_form_as_it_came_changes_nothing(client, stored):
    entries = Entry.objects.count()
    answer = client.post(address("edit-narrative"), plain_form(stored(), 1), follow=True)
    assert "内容没有变化" in answer.text
    assert Entry.objects.count() == entries


@pytest.mark.parametrize(
    ("button", "order"), [("down:{0}", [1, 0, 2]), ("up:{1}", [1, 0, 2]), ("up:{0}", [0, 1, 2])]
)
def test_a_button_saves_first_and_then_orders(client, stored, button, order):
    goals = stored().overall_goals
    paths = [f"overall_goals/{goal.uid}" for goal in goals]
    typed = plain_form(stored(), 1, act=button.format(*paths), **{paths[0]: "先存下"})
    client.post(address("edit-narrative"), typed)
    assert [goal.uid for goal in stored().overall_goals[:3]] == [goals[place].uid for place in order]
    assert "先存下" in [goal.text for goal in stored().overall_goals]


def test_a_button_adds_a_blank_part(client, stored):
    client.post(address("edit-narrative"), plain_form(stored(), 1, act="add:sub_goals"))
    assert stored().sub_goals[-1].title == ""


def test_a_newer_revision_shows_both_texts_and_keeps_what_was_typed(client, stored, department_year):
    form = plain_form(stored(), 1, **{f"overall_goals/{stored().overall_goals[0].uid}": "我的内容"})
    changed_by_somebody(department_year, "他人的内容")

    answer = client.post(address("edit-narrative"), form)

    assert answer.status_code == 409
    for said in ("已被他人修改", "他人的内容", "我的内容"):
        assert said in answer.text
    assert stored().overall_goals[0].text == "他人的内容"

    again = client.post(address("edit-narrative"), {**form, "revision": 2})
    assert again.status_code == 302
    assert stored().overall_goals[0].text == "我的内容"


def test_what_was_typed_into_a_part_that_is_gone_is_shown_to_be_kept(client, stored):
    goal = stored().overall_goals[0]
    form = plain_form(stored(), 1, **{f"overall_goals/{goal.uid}": "写了很久的一段"})
    act(client, act="remove", part=f"overall_goals/{goal.uid}")
    answer = client.post(address("edit-narrative"), form)
    assert "写了很久的一段" in answer.text
    assert "已被他人删除" in answer.text


def test_the_page_takes_as_many_queries_for_many_parts(client, stored, django_assert_max_num_queries):
    def queries():
        client.get(address("edit-narrative"))
        with django_assert_max_num_queries(100) as counted:
            client.get(address("edit-narrative"))
        return len(counted)

    few = queries()
    for _ in range(20):
        act(client, act="add", list="overall_goals", uid=new_uid())
    assert queries() == few


def test_a_link_to_a_project_that_is_not_filed_is_neither_stored_nor_recorded(client, stored):
    before, entries = stored(), Entry.objects.count()
    part = before.sub_goals[0]
    codes = ",".join((*part.project_codes, "13020924P00000000000X"))

    answer = act(client, act="link", part=f"sub_goals/{part.uid}/project_codes", codes=codes)

    assert answer.status_code == 200
    assert stored() == before
    assert Entry.objects.count() == entries


def test_a_part_of_another_kind_is_refused(client, stored):
    before = stored()
    section = json.dumps({"uid": "a" * 32, "title": "标题", "items": []})
    answer = act(client, act="restore", list="overall_goals", position="0", row=section)
    assert answer.status_code == 409
    assert stored() == before


def test_people_who_edit_one_text_see_each_other_and_nobody_at_a_table(
    client, declaration, department_year, signed_in, preparer
):
    other = person("colleague", "周建华", Role.PREPARER, department_year.department)
    there, text = signed_in(other), address("narrative-presence")
    assert there.post(reverse("presence", args=(declaration.pk,))).json()["others"] == []
    assert client.post(text).json() == {"revision": department_year.revision, "others": []}
    assert [each["name"] for each in there.post(text).json()["others"]] == ["张慧敏"]
    assert [each["name"] for each in client.post(text).json()["others"]] == ["周建华"]
    assert Presence.objects.filter(declaration=None).count() == 2
