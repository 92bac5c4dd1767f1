"""Pasting a block through the pages: the preview writes nothing, the confirmation exactly what was shown."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.document import Indicator
from indicators.rows import load_table
from indicators.services import save_table
from projects.models import Declaration
from tests.sample_documents import party_table, team_table
from trail.models import Entry
from workflow.models import Status

COPIED = Path(__file__).parent / "clipboard"
HEADER = "一级指标\t二级指标\t三级指标\t绩效指标描述\t指标值\t指标值确定依据"
NEW_ROW = f"{HEADER}\n产出指标\t数量指标\t读书会\t举办读书会\t≥4场\t年度计划\n"


@pytest.fixture
def client(signed_in, preparer):
    """Return the preparer's client."""
    return signed_in(preparer)


@pytest.fixture
def preview(client, declaration):
    """Return a function that posts what was copied, as the script does: preview(text=…) -> response."""
    address = reverse("paste-preview", args=(declaration.pk,))

    def post(**fields):
        return client.post(address, fields, headers={"X-Requested-With": "fetch"})

    return post


@pytest.fixture
def confirm(client, declaration):
    """Return a function that sends a preview with other choices: confirm(response, **choices) -> response."""
    address = reverse("paste-apply", args=(declaration.pk,))

    def post(shown, *, script=True, **choices):
        headers = {"X-Requested-With": "fetch"} if script else {}
        return client.post(address, {**chosen(shown), **choices}, headers=headers)

    return post


def chosen(response) -> dict[str, str]:
    """Return what a browser would send from a preview that was not touched."""
    form = response.text.partition('<form class="paste-preview')[2].partition("</form>")[0]
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    fields = {name: unescape(value) for name, value in hidden if name != "csrfmiddlewaretoken"}
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form):
        fields[name] = unescape(re.search(r'value="([^"]*)" selected', options)[1])
    return fields


def rows(declaration):
    return load_table(declaration).indicators


def test_a_preview_shows_what_goes_where_and_writes_nothing(preview, declaration):
    before, entries = load_table(declaration), Entry.objects.count()
    page = preview(text=NEW_ROW)
    assert page.status_code == 200
    assert chosen(page).items() >= {"kind": "rows", "column-2": "name", "act-2": "add"}.items()
    assert "第1行是表头，未贴。" in page.text
    assert (load_table(declaration), Entry.objects.count()) == (before, entries)


def test_new_rows_go_behind_the_last_of_their_tier_with_one_entry(preview, confirm, declaration, preparer):
    before = rows(declaration)
    answer = confirm(preview(text=NEW_ROW)).json()
    pasted = rows(declaration)
    assert pasted == (
        before[0],
        Indicator("产出指标", "数量指标", "读书会", "举办读书会", "≥4场", "年度计划"),
        *before[1:],
    )
    assert answer["message"] == "已粘贴：新增1行指标。"
    assert answer["focus"] == f"indicators/{pasted[1].uid}/name"
    assert answer["revision"] == Declaration.objects.get(pk=declaration.pk).revision == 1
    entry = Entry.objects.last()
    assert (entry.action, entry.actor, len(entry.changes)) == ("paste", preparer, 1)


@pytest.mark.parametrize("name", ["word", "excel", "wps_sheet", "wps_text"])
def test_the_seed_pasted_into_an_empty_table_gives_the_seed(name, preview, confirm, declaration, preparer):
    empty(declaration, preparer)
    confirm(preview(html=(COPIED / f"{name}.html").read_text(encoding="utf-8")))
    assert rows(declaration) == team_table().indicators


def empty(declaration, preparer):
    save_table(
        declaration=declaration,
        table=replace(load_table(declaration), indicators=()),
        revision=declaration.revision,
        actor=preparer,
    )


def test_a_paste_sent_twice_is_done_once(preview, confirm, declaration):
    shown = preview(text=NEW_ROW)
    confirm(shown)
    confirm(shown)
    assert len(rows(declaration)) == 7
    assert Entry.objects.filter(action="paste").count() == 1


# What is there already

CHANGED = NEW_ROW.replace("读书会\t举办读书会", "组织业务培训\t")


def test_existing_rows_stay_unless_asked(preview, confirm, declaration):
    before = rows(declaration)
    shown = preview(text=CHANGED)
    assert chosen(shown)["act-2"] == "leave"
    assert "<del>≥2次</del> <ins>≥4场</ins>" in shown.text
    assert confirm(shown).status_code == 422
    assert rows(declaration) == before


def test_existing_rows_are_written_over_or_doubled_when_asked(preview, confirm, declaration):
    before = rows(declaration)
    confirm(preview(text=CHANGED), **{"act-2": "replace"})
    over = replace(before[0], value="≥4场", basis="年度计划")
    assert rows(declaration) == (over, *before[1:])
    assert rows(declaration)[0].uid == before[0].uid
    confirm(preview(text=CHANGED), **{"act-2": "add"})
    assert rows(declaration)[:2] == (over, replace(over, description=""))


def test_one_choice_for_all_existing_rows_is_shown_before_it_is_done(preview, confirm, declaration):
    before = rows(declaration)
    text = "\n".join("\t".join((row.second_tier, row.name, "≥1次")) for row in before)
    shown = preview(text=text)
    asked = confirm(shown, existing="replace")
    assert "设置已改，核对后再粘贴。" in asked.text
    assert rows(declaration) == before
    assert {value for name, value in chosen(asked).items() if name.startswith("act-")} == {"replace"}
    assert confirm(asked).json()["message"] == "已粘贴：填入6格。"
    assert {row.value for row in rows(declaration)} == {"≥1次"}


def test_what_others_changed_since_the_preview_is_not_written_over(preview, confirm, declaration, preparer):
    table = load_table(declaration)
    shown = preview(text=CHANGED + "产出指标\t数量指标\t读书会\t\t≥4场\t")
    theirs = replace(table.indicators[0], value="≥3次")
    save_table(
        declaration=declaration,
        table=replace(table, indicators=(theirs, *table.indicators[1:])),
        revision=declaration.revision,
        actor=preparer,
    )
    answer = confirm(shown, **{"act-2": "replace"}).json()
    assert answer["refused"] == ["绩效指标第1项 指标值在预览之后已被他人修改，没有覆盖，现为“≥3次”。"]
    assert answer["message"] == "已粘贴：新增1行指标，填入1格。"
    assert rows(declaration)[:2] == (
        replace(theirs, basis="年度计划"),
        Indicator("产出指标", "数量指标", "读书会", value="≥4场"),
    )


# Corrections


def test_a_column_corrected_is_shown_again_and_then_written(preview, confirm, declaration):
    shown = preview(text="读书会\t约四场\n座谈会\t另行确定", kind="rows")
    assert "没有认出各列的含义" in shown.text
    again = confirm(shown, **{"column-0": "name", "column-1": "value"})
    assert (again.status_code, len(rows(declaration))) == (200, 6)
    again = confirm(again, tier="产出指标›数量指标")
    assert confirm(again).json()["message"] == "已粘贴：新增2行指标。"
    assert [(row.name, row.value) for row in rows(declaration)[1:3]] == [
        ("读书会", "约四场"),
        ("座谈会", "另行确定"),
    ]


def test_rows_without_a_tier_need_one(preview, confirm, declaration):
    shown = preview(text="读书会\t举办读书会\t≥4场\t计划")
    refused = confirm(shown)
    assert refused.status_code == 422
    assert "第1行没有写明一级、二级指标，选择归入哪一类后再粘贴。" in refused.text
    assert len(rows(declaration)) == 6


def test_rows_without_a_tier_go_to_that_of_the_selected_row(preview, confirm, declaration):
    selected = rows(declaration)[4]
    confirm(preview(text="读书会\t举办读书会\t≥4场\t计划", path=f"indicators/{selected.uid}/name"))
    assert rows(declaration)[5].name == "读书会"
    assert rows(declaration)[5].second_tier == "社会效益指标"


# Plan and cells


def test_a_plan_is_filled_where_asked(preview, confirm, declaration):
    shown = preview(text="20%\t60%\t80%\t100%")
    assert chosen(shown)["kind"] == "plan"
    assert {name for name in chosen(shown) if name.startswith("act-")} == {"act-1", "act-3"}
    confirm(shown, **{"act-1": "replace", "act-3": "replace"})
    assert [int(milestone.percent) for milestone in load_table(declaration).milestones] == [20, 60, 80, 100]


def test_a_blank_plan_is_filled_without_being_asked(preview, confirm, declaration):
    declaration.milestones.all().delete()
    confirm(preview(text="25\n60\n75\n100"))
    assert load_table(declaration).milestones == team_table().milestones


def test_a_column_fills_downwards_from_the_selected_cell(preview, confirm, declaration):
    before = rows(declaration)
    shown = preview(text="≥3次\n≥96%", path=f"indicators/{before[0].uid}/value")
    assert chosen(shown)["kind"] == "cells"
    confirm(shown, **{"act-1": "replace", "act-2": "replace"})
    assert [row.value for row in rows(declaration)[:3]] == ["≥3次", "≥96%", before[2].value]


def test_a_selected_row_that_is_gone_is_no_place_to_fill(preview):
    shown = preview(text="≥3次\n≥96%", path="indicators/gone/value")
    assert shown.status_code == 200
    assert chosen(shown)["kind"] == "rows"


# Undoing


@pytest.fixture
def undo(client, declaration):
    address = reverse("paste-undo", args=(declaration.pk,))

    def post(answer):
        return client.post(address, {"token": answer.json()["undo"]["token"]})

    return post


def test_a_paste_is_undone_in_one_step(preview, confirm, undo, declaration):
    before = load_table(declaration)
    text = CHANGED + "产出指标\t数量指标\t读书会\t\t≥4场\t"
    done = undo(confirm(preview(text=text), **{"act-2": "replace"}))
    assert (done.json()["message"], done.json()["refused"]) == ("已撤销粘贴。", [])
    assert load_table(declaration) == before
    assert Entry.objects.last().action == "undo_paste"


def test_a_pasted_row_changed_since_is_not_removed(preview, confirm, undo, declaration, preparer):
    answer = confirm(preview(text=NEW_ROW))
    table = load_table(declaration)
    changed = replace(table.indicators[1], value="≥5场")
    save_table(
        declaration=declaration,
        table=replace(table, indicators=(table.indicators[0], changed, *table.indicators[2:])),
        revision=1,
        actor=preparer,
    )
    assert undo(answer).json()["refused"] == ["新增的“读书会”在粘贴之后已被修改，没有删除。"]
    assert rows(declaration)[1] == changed


def test_the_paste_of_another_table_is_not_undone(preview, confirm, client, declaration, department_year):
    token = confirm(preview(text=NEW_ROW)).json()["undo"]["token"]
    other = department_year.declarations.last()
    response = client.post(reverse("paste-undo", args=(other.pk,)), {"token": token})
    assert (response.status_code, response.json()) == (422, {"problem": "没有可以撤销的粘贴。"})
    assert rows(other) == party_table().indicators


# Refusals


@pytest.mark.parametrize("fields", [{}, {"text": " "}, {"html": "<table><tr><td></td></tr></table>"}])
def test_nothing_to_paste_is_said(fields, preview):
    response = preview(**fields)
    assert response.status_code == 422
    assert "剪贴板中没有可粘贴的文字" in response.text


def test_a_preview_that_was_tampered_with_writes_nothing(preview, confirm, declaration):
    shown = preview(text=NEW_ROW)
    state = chosen(shown)["state"]
    response = confirm(shown, state=state[:-3] + "AAA")
    assert response.status_code == 422
    assert "重新复制并粘贴" in response.text
    assert len(rows(declaration)) == 6


def test_a_preview_of_one_table_is_not_written_into_another(preview, client, declaration, department_year):
    other = department_year.declarations.last()
    fields = chosen(preview(text=NEW_ROW))
    response = client.post(reverse("paste-apply", args=(other.pk,)), fields)
    assert response.status_code == 422
    assert rows(other) == party_table().indicators


def test_a_table_out_of_the_preparers_hands_is_not_pasted_into(preview, confirm, declaration):
    shown = preview(text=NEW_ROW)
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.APPROVED)
    entries = Entry.objects.count()
    for response in (preview(text=NEW_ROW), confirm(shown)):
        assert response.status_code == 409
        assert "不能修改" in response.text
    assert (len(rows(declaration)), Entry.objects.count()) == (6, entries)


def test_more_rows_than_a_table_holds_are_refused(preview, confirm, declaration):
    lines = [f"数量指标\t第{number}项\t≥1次" for number in range(200)]
    response = confirm(preview(text="\n".join(lines)))
    assert response.status_code == 422
    assert "一张表最多200行指标，现有6行，不能再加200行。" in response.text
    assert len(rows(declaration)) == 6


def test_markup_in_cells_is_shown_as_text(preview):
    shown = preview(text=NEW_ROW.replace("读书会", "<img src=x onerror=alert(1)>"))
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown.text
    assert "<img" not in shown.text


# Without a script


def test_a_page_takes_the_text_and_shows_the_same_preview(client, confirm, declaration):
    address = reverse("paste-preview", args=(declaration.pk,))
    assert 'name="text"' in client.get(address).text
    shown = client.post(address, {"text": NEW_ROW})
    assert "<title>粘贴表格" in shown.text
    response = confirm(shown, script=False)
    assert response.url == reverse("table", args=(declaration.pk,))
    assert "已粘贴：新增1行指标。" in client.get(response.url).text
    assert rows(declaration)[1].name == "读书会"


def test_a_refused_page_keeps_the_text(client, declaration):
    response = client.post(reverse("paste-preview", args=(declaration.pk,)), {"text": "#" + "\t" * 3})
    assert response.status_code == 200
    refused = client.post(reverse("paste-preview", args=(declaration.pk,)), {"text": "甲" * 200_001})
    assert refused.status_code == 422
    assert "甲甲甲" in refused.text


# Cost


def test_the_preview_asks_the_database_as_often_for_200_rows_as_for_one(preview):
    few, many = ("\n".join(f"数量指标\t第{n}项\t≥1次" for n in range(count)) for count in (1, 200))

    def queries(text):
        with CaptureQueriesContext(connection) as captured:
            assert preview(text=text).status_code == 200
        return len(captured)

    assert queries(few) == queries(many) <= 14
