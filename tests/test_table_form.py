"""The editor as a plain form, where no script runs: all fields at once, acts by buttons, nothing lost."""

import re
from dataclasses import replace
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from indicators.document import Milestone, new_uid
from indicators.rows import load_table
from indicators.services import change_table, save_table
from perfbudget.lib.text import clean_text
from projects.models import Category, Declaration, Project
from tests.sample_documents import hostile_table
from trail.models import Entry
from workflow.models import Status


@pytest.fixture
def client(signed_in, preparer):
    """Return the preparer's client."""
    return signed_in(preparer)


@pytest.fixture
def address(declaration):
    return reverse("edit-table", args=(declaration.pk,))


def typed(page) -> dict[str, str]:
    """Return what a browser would send from the table of a page that was not touched."""
    form = page.text.partition('<form id="table-form"')[2].partition("</form>")[0]
    fields = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    data = {name: unescape(text).replace("\n", "\r\n") for name, text in fields}
    data["revision"] = re.search(r'name="revision" value="(\d+)"', form)[1]
    return data


@pytest.fixture
def edit(client, address):
    """Return a function that opens the table, types over some fields and sends it: edit(page, {…})."""

    def edit(fields, page=None):
        data = typed(page or client.get(address))
        assert fields.keys() <= data.keys() | {"act", "row", "tier"}
        return client.post(address, {**data, **fields})

    return edit


def value_of(declaration, number):
    """Return the path of the value of the row with that number from 1."""
    return f"indicators/{load_table(declaration).indicators[number - 1].uid}/value"


def test_the_editor_leads_on_to_the_next_draft_that_files_a_table(client, address, declaration):
    second = declaration.department_year.declarations.exclude(pk=declaration.pk).get()
    onward = f'href="{reverse("edit-table", args=(second.pk,))}" rel="next"'
    back = f'href="{address}" rel="prev"'
    assert onward in client.get(address).text
    assert back in client.get(reverse("edit-table", args=(second.pk,))).text

    Project.objects.filter(pk=second.project_id).update(category=Category.STAFF)
    assert "下一项目" not in client.get(address).text
    Project.objects.filter(pk=second.project_id).update(category="")
    Declaration.objects.filter(pk=second.pk).update(status=Status.SUBMITTED)
    assert "下一项目" not in client.get(address).text


def test_sending_the_table_untouched_changes_nothing(edit, address, declaration):
    before, entry = load_table(declaration), Entry.objects.last()
    assert edit({}).url == address
    declaration.refresh_from_db()
    assert (load_table(declaration), declaration.revision) == (before, 0)
    assert Entry.objects.last() == entry


def test_hostile_text_survives_a_page_untouched(edit, declaration):
    hostile = hostile_table()
    texts = ("first_tier", "second_tier", "name", "description", "value", "basis")
    rows = (
        replace(row, **{name: clean_text(getattr(row, name)) for name in texts}) for row in hostile.indicators
    )
    table = replace(
        load_table(declaration),
        name=clean_text(hostile.name),
        purpose=clean_text(hostile.purpose),
        goal="第一行\n\n第三行  有空格",
        indicators=tuple(rows),
    )
    save_table(declaration=declaration, table=table, revision=0, actor=None)
    before = load_table(declaration)
    assert edit({}).status_code == 302
    assert load_table(declaration) == before


def test_everything_is_saved_at_once_and_recorded_once(edit, declaration, preparer):
    entries = Entry.objects.count()
    response = edit(
        {
            "budget": "１，２３４.5６",
            "other_funding": "",
            "purpose": "第一项\r\n第二项 ",
            "milestones/3": "３０％",
            "milestones/10": "",
            value_of(declaration, 1): "≥99%",
        }
    )
    assert response.status_code == 302
    table = load_table(declaration)
    assert (table.budget, table.other_funding) == (Decimal("12345600.00"), None)
    assert (table.purpose, table.indicators[0].value) == ("第一项\n第二项", "≥99%")
    assert Milestone(3, Decimal("30.00")) in table.milestones
    assert Milestone(10, None) in table.milestones
    entry = Entry.objects.last()
    assert (entry.actor, Entry.objects.count()) == (preparer, entries + 1)
    assert len(entry.changes) == 5


def test_a_month_of_the_year_is_offered_and_stored_once_it_is_filled_in(edit, declaration):
    declaration.milestones.filter(month=10).delete()
    edit({"goal": "改过的目标"})
    assert [milestone.month for milestone in load_table(declaration).milestones] == [3, 6, 12]
    edit({"milestones/10": "90"})
    assert [milestone.month for milestone in load_table(declaration).milestones] == [3, 6, 10, 12]


def test_all_errors_are_shown_at_once_beside_everything_typed(edit, declaration):
    before = load_table(declaration)
    value = value_of(declaration, 2)
    response = edit({"budget": "一万八", "milestones/3": "三成", "goal": "改过的目标", value: "≥97%"})
    assert response.status_code == 422
    assert "有2处须改正，尚未保存" in response.text
    assert '<a href="#at-budget">预算数：“一万八”不是金额' in response.text
    assert 'id="at-budget"' in response.text
    sent = typed(response)
    assert (sent["budget"], sent["milestones/3"]) == ("一万八", "三成")
    assert (sent["goal"], sent[value], sent["revision"]) == ("改过的目标", "≥97%", "0")
    assert load_table(declaration) == before


def test_a_conflict_shows_both_values_and_loses_nothing(edit, client, address, declaration):
    page = client.get(address)
    written = replace(load_table(declaration), goal="他人写的目标")
    save_table(declaration=declaration, table=written, revision=0, actor=None)

    response = edit({"goal": "本人写的目标"}, page)

    assert response.status_code == 409
    assert "他人写的目标" in response.text
    assert "系统于" in response.text
    assert (typed(response)["goal"], typed(response)["revision"]) == ("本人写的目标", "1")
    assert load_table(declaration).goal == "他人写的目标"

    assert edit({}, response).status_code == 302
    assert load_table(declaration).goal == "本人写的目标"


def test_rows_that_others_added_stay_and_texts_of_rows_they_removed_are_shown(
    edit, client, address, declaration
):
    page = client.get(address)
    stored = load_table(declaration)
    added = replace(stored.indicators[0], name="他人新增的指标", uid=new_uid())
    change_table(
        declaration=declaration,
        change=lambda table: replace(table, indicators=(*table.indicators[1:], added)),
        actor=None,
    )
    gone = f"indicators/{stored.indicators[0].uid}/value"

    response = edit({gone: "写进已删的行", "goal": "本人写的"}, page)

    assert response.status_code == 409
    assert "写进已删的行" in response.text
    assert "（该行已被删除）" in response.text
    assert edit({}, response).status_code == 302
    table = load_table(declaration)
    assert (table.goal, table.indicators[-1].name) == ("本人写的", "他人新增的指标")
    assert stored.indicators[0].uid not in {row.uid for row in table.indicators}


@pytest.mark.parametrize("revision", ["", "x", "-1", "²"])
def test_a_form_without_its_revision_is_refused(revision, edit, client, address, declaration):
    data = {**typed(client.get(address)), "goal": "没有修订号", "revision": revision}
    response = client.post(address, data)
    assert response.status_code == 422
    assert "浏览器发来的内容不完整" in response.text
    assert "没有修订号" in response.text
    assert load_table(declaration).goal != "没有修订号"


def test_a_draft_is_submitted_from_the_editor_and_nothing_else_is(edit, client, address, declaration):
    submission = f"{reverse('submit-tables', args=(2024, '286001'))}?selected={declaration.pk}"
    page = client.get(address)
    assert f'<a class="btn btn-primary" href="{submission}">送审</a>' in page.text
    assert [each.declaration for each in client.get(submission).context["held"]] == [declaration]

    Declaration.objects.filter(pk=declaration.pk).update(status=Status.SUBMITTED)
    response = edit({"purpose": "改过的用途"}, page)
    assert response.status_code == 409
    assert "改过的用途" in response.text
    assert submission not in response.text


def test_what_is_approved_is_not_opened_for_change(client, address, declaration):
    Declaration.objects.update(status=Status.APPROVED)
    response = client.get(address)
    assert response.status_code == 409
    assert "已批复，不能修改" in response.text


def test_what_was_approved_in_between_is_refused_and_what_was_typed_stays(edit, client, address, declaration):
    page = client.get(address)
    Declaration.objects.update(status=Status.APPROVED)
    response = edit({"goal": "迟到的修改"}, page)
    assert response.status_code == 409
    assert "已批复，不能修改" in response.text
    assert typed(response)["goal"] == "迟到的修改"
    assert load_table(declaration).goal != "迟到的修改"


# Acts on rows


def test_a_row_is_added_after_what_was_typed_was_saved(edit, client, address, declaration):
    response = edit({"goal": "先写的目标", "act": "add", "tier": "产出指标›质量指标"})
    table = load_table(declaration)
    assert table.goal == "先写的目标"
    (blank,) = (row for row in table.indicators if not row.name)
    assert (blank.first_tier, blank.second_tier) == ("产出指标", "质量指标")
    assert response.url == f"{address}#at-indicators-{blank.uid}-name"
    assert f'id="at-indicators-{blank.uid}-name"' in client.get(address).text


@pytest.mark.parametrize(
    ("act", "row", "order"),
    [
        ("duplicate", 0, "aabcdef"),
        ("remove", 2, "abdef"),
        ("up", 1, "bacdef"),
        ("up", 0, "abcdef"),
        ("down", 0, "bacdef"),
        ("down", 5, "abcdef"),
    ],
)
def test_buttons_act_on_the_chosen_row(act, row, order, edit, declaration):
    stored = load_table(declaration)
    rows = tuple(
        replace(part, first_tier="产出指标", second_tier="数量指标", name=name)
        for part, name in zip(stored.indicators, "abcdef", strict=True)
    )
    save_table(declaration=declaration, table=replace(stored, indicators=rows), revision=0, actor=None)
    edit({"act": act, "row": rows[row].uid})
    assert "".join(part.name for part in load_table(declaration).indicators) == order


def test_the_tier_of_the_chosen_row_is_changed(edit, declaration):
    uid = load_table(declaration).indicators[0].uid
    edit({"act": "tier", "row": uid, "tier": "产出指标›时效指标"})
    row = next(row for row in load_table(declaration).indicators if row.uid == uid)
    assert (row.first_tier, row.second_tier) == ("产出指标", "时效指标")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"act": "remake", "row": ""}, "浏览器发来的内容不完整"),
        ({"act": "duplicate", "row": "gone"}, "该行已被删除"),
        ({"act": "add", "tier": "没有›这个"}, "不在本年度的指标框架中"),
    ],
)
def test_a_refused_act_is_told_and_what_was_typed_is_saved(
    fields, sentence, edit, client, address, declaration
):
    rows = load_table(declaration).indicators
    edit({"goal": "照样保存", **fields})
    assert sentence in client.get(address).text
    table = load_table(declaration)
    assert (table.goal, table.indicators) == ("照样保存", rows)


def test_nothing_is_acted_on_where_something_typed_is_refused(edit, declaration):
    before = load_table(declaration)
    response = edit({"budget": "一万八", "act": "remove", "row": before.indicators[0].uid})
    assert response.status_code == 422
    assert load_table(declaration) == before


def test_weights_are_asked_for_where_the_year_has_them(edit, client, address, declaration):
    uid = load_table(declaration).indicators[0].uid
    assert f"indicators/{uid}/weight" not in typed(client.get(address))
    fiscal_year = declaration.department_year.fiscal_year
    fiscal_year.has_weights = True
    fiscal_year.save()

    refused = edit({f"indicators/{uid}/weight": "十分"})
    assert "第1行 权重：“十分”不是权重" in refused.text
    edit({f"indicators/{uid}/weight": "12.5"})
    assert load_table(declaration).indicators[0].weight == Decimal("12.50")
