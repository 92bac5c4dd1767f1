"""The editor's requests: one field, rows, fields, margin, readings, presence; what each is told."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from indicators.contexts import document_hash
from indicators.document import new_uid
from indicators.document.fields import field_text
from indicators.models import CheckRun, Finding, Pending, Presence
from indicators.rows import load_table
from indicators.services import change_table, create_declaration, refresh_department_findings, save_table
from projects.models import Declaration
from tests.personas import person
from tests.queries import queries_of
from tests.sample_documents import long_table
from trail.models import Entry
from workflow.models import Status


@pytest.fixture
def client(signed_in, preparer):
    """Return the preparer's client."""
    return signed_in(preparer)


@pytest.fixture
def colleague(department_year):
    """Return another preparer of the unit."""
    return person("colleague", "刘建国", "preparer", department_year.department)


@pytest.fixture
def save(client, declaration):
    """Return a function that saves a field as the editor does: save(path, value, base=None) -> response."""

    def save(path, value, base=None):
        if base is None:
            base = field_text(load_table(declaration), path)
        return client.post(
            reverse("save-field", args=(declaration.pk,)), {"path": path, "base": base, "value": value}
        )

    return save


@pytest.fixture
def act(client, declaration):
    """Return a function that acts on rows as the editor does: act(name, **arguments) -> response."""

    def act(name, **arguments):
        texts = {
            key: value if isinstance(value, str) else json.dumps(value) for key, value in arguments.items()
        }
        return client.post(reverse("edit-rows", args=(declaration.pk,)), {"act": name, **texts})

    return act


def written_by(user, declaration, **values):
    """Save some fields of the table as somebody else."""
    change_table(declaration=declaration, change=lambda table: replace(table, **values), actor=user)


def uids(declaration):
    return [row.uid for row in load_table(declaration).indicators]


def is_as_before(declaration, before, entries):
    """Nothing was written: neither rows nor trail."""
    declaration.refresh_from_db()
    return (load_table(declaration), declaration.revision, Entry.objects.count()) == (*before, entries)


@pytest.fixture
def unchanged(declaration):
    """Return a function that asserts that nothing was written since the test began."""
    before, entries = (load_table(declaration), declaration.revision), Entry.objects.count()

    def check():
        assert is_as_before(declaration, before, entries)

    return check


# One field


def test_a_field_is_saved_and_told_as_it_is_printed(save, declaration, preparer):
    answer = save("budget", "１，２３４.5６")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["revision"], told["text"], told["changed"], told["reading"]) == (1, "1234.56", True, None)
    assert told["saved_at"] == timezone.localtime().strftime("%H:%M")
    assert told["tally"].keys() == {"error", "warning", "hint"}
    entry = Entry.objects.last()
    assert (entry.actor, entry.action) == (preparer, "edit")
    assert [(change["path"], change["before"], change["after"]) for change in entry.changes] == [
        ("budget", "1.80万元", "1234.56万元")
    ]
    assert Declaration.objects.get(pk=declaration.pk).budget == Decimal("12345600.00")


@pytest.mark.parametrize(
    ("path", "typed", "text"),
    [
        ("name", "改名", "改名"),
        ("project_code", "13020924P00077210003X", "13020924P00077210003X"),
        ("project_code", "", ""),
        ("fiscal_funding", "", ""),
        ("purpose", "一\r\n二 ", "一\n二"),
        ("goal", "", ""),
        ("milestones/3", "30", "30%"),
        ("row/name", "改过的名称", "改过的名称"),
        ("row/value", "≥99%", "≥99%"),
        ("row/weight", "12.50", "12.5"),
    ],
)
def test_every_field_is_stored_and_its_findings_fit_the_document(path, typed, text, save, declaration):
    path = path.replace("row", f"indicators/{uids(declaration)[1]}")
    before = load_table(declaration)
    answer = save(path, typed)
    assert answer.status_code == 200
    assert answer.json()["text"] == text
    table = load_table(declaration)
    assert field_text(table, path) == text
    assert [row.uid for row in table.indicators] == [row.uid for row in before.indicators]
    assert CheckRun.objects.get(declaration=declaration).document_hash == document_hash(table)


def test_a_saved_value_is_told_with_its_reading(save, declaration):
    reading = save(f"indicators/{uids(declaration)[0]}/value", "≥95%").json()["reading"]
    assert reading == {
        "kind": "number",
        "comparator": "≥",
        "number": "95",
        "upper": None,
        "date": None,
        "unit": "%",
        "words": "读作：大于等于 95 %",
    }


def test_the_tally_is_that_of_the_table_after_the_save(save, declaration):
    before = save("goal", "甲").json()["tally"]
    after = save("fiscal_funding", "99999").json()["tally"]
    found = Finding.objects.found().filter(run__declaration=declaration)
    assert after["error"] == found.filter(severity="error").count() > before["error"]


def test_what_is_sent_twice_is_stored_once(save, declaration):
    path = f"indicators/{uids(declaration)[0]}/name"
    assert save(path, "新名称", base="旧的").status_code == 409
    first = save(path, "新名称")
    entries = Entry.objects.count()
    again = save(path, "新名称", base="旧的")
    assert (again.status_code, again.json()["changed"], again.json()["revision"]) == (200, False, 1)
    assert first.json()["revision"] == 1
    assert Entry.objects.count() == entries


@pytest.mark.parametrize(("path", "typed"), [("budget", "1.8"), ("milestones/3", "25"), ("name", " ]机关")])
def test_the_same_in_another_spelling_is_no_change(path, typed, save, declaration, unchanged):
    if path == "name":
        typed = f" {load_table(declaration).name} "
    answer = save(path, typed)
    assert (answer.status_code, answer.json()["changed"]) == (200, False)
    unchanged()


@pytest.mark.parametrize(
    ("path", "typed", "sentence"),
    [
        ("budget", "一万八", "“一万八”不是金额"),
        ("milestones/3", "三成", "“三成”不是百分比"),
        ("name", " ", "填写项目名称"),
        ("project_code", "1302092", "项目编码应为21位，现为7位"),
        ("project_code", "13020924P00077110001C", "本单位已有编码为“13020924P00077110001C”的项目"),
        ("indicators/{}/weight", "十分", "“十分”不是权重"),
    ],
)
def test_a_refused_text_is_told_why(path, typed, sentence, save, declaration, unchanged):
    answer = save(path.format(uids(declaration)[0]), typed)
    assert answer.status_code == 422
    assert sentence in answer.json()["problem"]
    unchanged()


@pytest.mark.parametrize("path", ["", "year", "status", "milestones/13", "indicators", "department_name"])
def test_what_is_no_field_is_refused(path, save, unchanged):
    answer = save(path, "改", base="")
    assert (answer.status_code, answer.json()) == (
        422,
        {"problem": "浏览器发来的内容不完整，刷新页面后重试。"},
    )
    unchanged()


@pytest.mark.parametrize("missing", ["path", "base", "value"])
def test_an_incomplete_request_is_refused(missing, client, declaration, unchanged):
    data = {"path": "goal", "base": "", "value": "改"}
    del data[missing]
    answer = client.post(reverse("save-field", args=(declaration.pk,)), data)
    assert answer.status_code == 422
    assert "不完整" in answer.json()["problem"]
    unchanged()


def test_the_same_cell_is_a_conflict_with_both_values_and_whose_it_is(save, declaration, colleague):
    opened = load_table(declaration).goal
    written_by(colleague, declaration, goal="同事写的")
    written_by(colleague, declaration, purpose="另一处")
    answer = save("goal", "本人写的", base=opened)
    assert answer.status_code == 409
    assert answer.json() == {
        "conflict": {
            "path": "goal",
            "place": "绩效目标",
            "mine": "本人写的",
            "theirs": "同事写的",
            "by": "刘建国",
            "at": timezone.localtime().strftime("%H:%M"),
        },
        "revision": 2,
    }
    assert load_table(declaration).goal == "同事写的"

    assert save("goal", "本人写的", base="同事写的").status_code == 200
    assert load_table(declaration).goal == "本人写的"


def test_whose_a_conflict_is_tells_the_last_act_on_that_row(save, declaration, colleague, preparer):
    uid = uids(declaration)[0]
    path = f"indicators/{uid}/value"
    rows = load_table(declaration).indicators
    written_by(colleague, declaration, indicators=(replace(rows[0], value="≥1%"), *rows[1:]))
    written_by(preparer, declaration, goal="别处")
    conflict = save(path, "≥3%", base=rows[0].value).json()["conflict"]
    assert (conflict["place"], conflict["by"]) == ("第1行 指标值", "刘建国")


def test_different_cells_of_one_row_just_save(save, declaration, colleague):
    uid = uids(declaration)[0]
    rows = load_table(declaration).indicators
    written_by(colleague, declaration, indicators=(replace(rows[0], value="≥1%"), *rows[1:]))
    assert save(f"indicators/{uid}/name", "本人写的", base=rows[0].name).status_code == 200
    row = load_table(declaration).indicators[0]
    assert (row.name, row.value) == ("本人写的", "≥1%")


def test_both_typing_the_same_is_no_conflict(save, declaration, colleague):
    opened = load_table(declaration).goal
    written_by(colleague, declaration, goal="同样的话")
    answer = save("goal", "同样的话", base=opened)
    assert (answer.status_code, answer.json()["changed"], answer.json()["revision"]) == (200, False, 1)


def test_a_row_that_is_gone_says_so(save, declaration, unchanged):
    answer = save("indicators/gone/value", "≥95%", base="")
    assert answer.status_code == 409
    assert "该行已被删除" in answer.json()["gone"]
    unchanged()


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED])
def test_what_left_the_preparers_hands_is_locked(status, save, act, declaration):
    Declaration.objects.filter(pk=declaration.pk).update(status=status)
    before = load_table(declaration)
    for answer in (save("goal", "迟到的修改"), act("remove", uid=before.indicators[0].uid)):
        assert answer.status_code == 409
        assert "不能修改" in answer.json()["locked"]
    assert load_table(declaration) == before


def test_a_name_from_the_project_list_stays(save, declaration, client, preparer, unchanged):
    Declaration.objects.filter(pk=declaration.pk).update(is_listed=True)
    answer = save("name", "自拟的名称")
    assert answer.status_code == 422
    assert "名称来自项目清单，不能修改" in answer.json()["problem"]
    table = replace(load_table(declaration), name="自拟的名称")
    declaration.refresh_from_db()
    with pytest.raises(Exception, match="名称来自项目清单"):
        save_table(declaration=declaration, table=table, revision=0, actor=preparer)
    unchanged()
    assert 'name="name"' not in client.get(reverse("edit-table", args=(declaration.pk,))).text
    save_table(declaration=declaration, table=table, revision=0, actor=preparer, by_list=True)
    assert load_table(declaration).name == "自拟的名称"


def test_saving_one_field_writes_that_one_row(save, declaration):
    path = f"indicators/{uids(declaration)[2]}/value"
    base = field_text(load_table(declaration), path)
    with CaptureQueriesContext(connection) as captured:
        assert save(path, "≥88%", base=base).status_code == 200
    written = [sql["sql"] for sql in captured if sql["sql"].startswith('INSERT INTO "indicators_indicator"')]
    assert len(written) == 1
    assert written[0].count("≥88%") == 1
    assert not any('UPDATE "projects_project"' in sql["sql"] for sql in captured)


def test_saving_takes_the_same_queries_however_many_rows_and_tables(save, declaration, department_year):
    refresh_department_findings(department_year=department_year)

    def queries(text):
        with CaptureQueriesContext(connection) as captured:
            assert save("goal", text, base=text[:-1]).status_code == 200
        return len(captured)

    save("goal", "甲")
    few = queries("甲乙")
    rows = load_table(declaration).indicators
    many = tuple(replace(rows[0], name=f"指标{number}", uid=new_uid()) for number in range(34))
    change_table(
        declaration=declaration, change=lambda table: replace(table, indicators=(*rows, *many)), actor=None
    )
    for number in range(28):
        table = replace(long_table(indicators=2), project_code=f"{number:021}", uid=new_uid())
        create_declaration(department_year=department_year, table=table, actor=None)
    assert queries("甲乙丙") == few <= 29  # PostgreSQL's two row locks among them


# Rows


def test_a_row_is_added_with_the_uid_the_browser_gave_it(act, declaration):
    uid, first = new_uid(), uids(declaration)[0]
    row = load_table(declaration).indicators[0]
    answer = act("add", uid=uid, after=first, first_tier=row.first_tier, second_tier=row.second_tier)
    told = answer.json()
    assert (answer.status_code, told["revision"]) == (200, 1)
    assert (told["focus"], told["undo"]) == (f"indicators/{uid}/name", {"act": "remove", "uids": uid})
    assert f'name="indicators/{uid}/value"' in told["rows"]
    assert told["rows"].startswith("<tbody")
    assert uids(declaration)[:2] == [first, uid]

    again = act("add", uid=uid, after=first, first_tier=row.first_tier, second_tier=row.second_tier).json()
    assert (again["revision"], again["undo"]) == (1, None)
    assert uids(declaration).count(uid) == 1


def undone(act, told):
    """Do what an answer says undoes it."""
    undo = dict(told["undo"])
    return act(undo.pop("act"), **undo)


@pytest.mark.parametrize(
    "arguments",
    [
        {"act": "duplicate", "uid": "0", "new": new_uid()},
        {"act": "remove", "uid": "2"},
        {"act": "remove", "uids": "0,3,5"},
        {"act": "move", "uid": "0", "before": "4"},
        {"act": "move", "uid": "5", "before": "0"},
        {"act": "move", "uid": "0", "before": ""},
        {"act": "tier", "uids": "0,1", "first_tier": "产出指标", "second_tier": "成本指标"},
    ],
)
def test_every_act_on_rows_can_be_undone(arguments, act, declaration):
    before, order = load_table(declaration), uids(declaration)

    arguments = {
        key: ",".join(order[int(place)] if len(place) == 1 else place for place in value.split(","))
        if key in ("uid", "uids", "before") and value
        else value
        for key, value in arguments.items()
    }
    told = act(arguments.pop("act"), **arguments).json()
    assert (load_table(declaration), uids(declaration)) != (before, order)
    assert undone(act, told).status_code == 200
    assert (load_table(declaration), uids(declaration)) == (before, order)


def test_rows_are_inserted_with_their_texts(act, declaration):
    uid = new_uid()
    row = {
        "uid": uid, "first_tier": "产出指标", "second_tier": "质量指标", "name": " 合格率\t高 ",
        "description": "", "value": "≥95%", "basis": None, "weight": "5",
    }  # fmt: skip
    told = act("insert", rows=[row], after="").json()
    assert told["undo"] == {"act": "remove", "uids": uid}
    stored = next(part for part in load_table(declaration).indicators if part.uid == uid)
    assert (stored.name, stored.value, stored.weight) == ("合格率 高", "≥95%", Decimal("5.00"))
    assert Entry.objects.last().action == "edit"


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        ({"act": "nonsense"}, 422, "不完整"),
        ({"act": "add", "uid": "kurz", "first_tier": "产出指标", "second_tier": "数量指标"}, 422, "不完整"),
        ({"act": "add", "uid": "a" * 32}, 422, "选择该指标属于哪一级"),
        (
            {"act": "add", "uid": "a" * 32, "first_tier": "没有", "second_tier": "有"},
            422,
            "不在本年度的指标框架",
        ),
        ({"act": "duplicate", "uid": "gone", "new": "b" * 32}, 409, "该行已被删除"),
        ({"act": "move", "uid": "gone", "before": ""}, 409, "该行已被删除"),
        ({"act": "insert", "rows": "{"}, 422, "不完整"),
        ({"act": "insert", "rows": "[1]"}, 422, "不完整"),
        ({"act": "insert", "rows": '[{"name": 5, "uid": "c"}]'}, 422, "不完整"),
        ({"act": "insert", "rows": '[{"name": "x", "weight": "很", "uid": "c"}]'}, 422, "“很”不是权重"),
        ({"act": "insert", "rows": "[" * 100_000}, 422, "不完整"),
        ({"act": "restore", "rows": '[{"name": "x"}]'}, 422, "不完整"),
        ({"act": "arrange", "places": "[1]"}, 422, "不完整"),
        ({"act": "arrange", "places": f'[["a", "{"长" * 200_000}", "b"]]'}, 422, "不完整"),
        ({"act": "insert", "rows": '[{"name": "x", "uid": 5}]'}, 422, "不完整"),
        ({"act": "insert", "rows": '[{"name": "x", "uid": "\\"><b>"}]'}, 422, "不完整"),
        ({}, 422, "不完整"),
    ],
)
def test_a_refused_act_is_told_why(arguments, status, sentence, client, declaration, unchanged):
    answer = client.post(reverse("edit-rows", args=(declaration.pk,)), arguments)
    assert answer.status_code == status
    assert sentence in answer.json()["gone" if status == 409 else "problem"]
    unchanged()


def test_too_many_rows_are_refused(act, declaration, unchanged):
    row = {"first_tier": "产出指标", "second_tier": "质量指标", "name": "x"}
    answer = act("insert", rows=[{**row, "uid": new_uid()} for _ in range(200)])
    assert answer.status_code == 422
    assert answer.json()["problem"] == "一张表最多200行指标，现有6行，不能再加200行。"
    unchanged()


def test_a_tier_outside_the_frame_stays(act, declaration):
    row = declaration.indicators.first()
    row.first_tier, row.second_tier = "其他指标", "自定指标"
    row.save()
    order = uids(declaration)
    assert act("move", uid=order[3], before=order[2]).status_code == 200
    first = load_table(declaration).indicators[0]
    assert (first.first_tier, first.second_tier) == ("其他指标", "自定指标")


# Fields, margin, readings


def test_all_fields_are_told_with_the_months_of_the_year(client, declaration):
    declaration.milestones.filter(month=10).delete()
    told = client.get(reverse("table-fields", args=(declaration.pk,))).json()
    assert (told["revision"], told["rows"]) == (0, uids(declaration))
    assert (told["fields"]["budget"], told["fields"]["milestones/10"]) == ("1.80", "")
    assert f"indicators/{told['rows'][0]}/value" in told["fields"]


def test_the_margin_shows_what_was_computed_and_across_tables_only_when_asked(client, save, declaration):
    address = reverse("table-margin", args=(declaration.pk,))
    refresh_department_findings(department_year=declaration.department_year)
    save("goal", "改过的目标")
    assert "待重算" in client.get(address).text
    assert CheckRun.objects.get(declaration=declaration).pending == Pending.ACROSS
    page = client.get(address, {"across": "1"})
    assert "待重算" not in page.text
    assert "审核提示" in page.text
    assert "<html" not in page.text
    assert CheckRun.objects.get(declaration=declaration).pending == Pending.NOTHING


def test_opening_the_editor_runs_nothing_across_tables(client, save, declaration):
    save("goal", "改过的目标")
    page = client.get(reverse("edit-table", args=(declaration.pk,)))
    assert page.status_code == 200
    assert CheckRun.objects.get(declaration=declaration).pending == Pending.ACROSS


def test_a_value_is_read_while_it_is_typed(client):
    told = client.get(reverse("value-reading"), {"text": "2024年9月底前"}).json()
    assert (told["kind"], told["date"], told["words"]) == ("date", "2024-09-30", "读作：不晚于 2024年9月30日")
    assert client.get(reverse("value-reading")).json()["words"] == ""


@pytest.mark.parametrize("name", ["table-fields", "table-margin", "edit-table"])
def test_reading_takes_the_same_queries_for_one_row_and_for_forty(name, client, declaration):
    def queries():
        return queries_of(client, reverse(name, args=(declaration.pk,)))

    many = queries()
    declaration.indicators.filter(position__gt=1).delete()
    assert queries() == many


# Presence


def meet(client, declaration):
    return client.post(reverse("presence", args=(declaration.pk,))).json()


def test_people_who_edit_one_table_see_each_other(client, declaration, signed_in, colleague, preparer):
    assert meet(client, declaration) == {"revision": 0, "others": []}
    met = meet(signed_in(colleague), declaration)["others"]
    assert met == [{"name": "张慧敏", "since": timezone.localtime().strftime("%H:%M")}]
    assert [other["name"] for other in meet(client, declaration)["others"]] == ["刘建国"]


def test_who_was_not_seen_for_a_minute_is_gone_and_after_a_day_forgotten(
    client, declaration, signed_in, colleague
):
    there = signed_in(colleague)
    meet(there, declaration)
    long_ago = timezone.now() - timedelta(seconds=70)
    Presence.objects.update(seen_at=long_ago, since=long_ago)
    assert meet(client, declaration)["others"] == []
    Presence.objects.filter(user=colleague).update(seen_at=timezone.now() - timedelta(hours=25))
    meet(client, declaration)
    assert not Presence.objects.filter(user=colleague).exists()


def test_since_is_when_somebody_came_and_not_the_last_heartbeat(client, declaration, preparer):
    meet(client, declaration)
    came = timezone.now() - timedelta(minutes=9)
    Presence.objects.update(since=came)
    meet(client, declaration)
    presence = Presence.objects.get(user=preparer)
    assert presence.since == came < presence.seen_at


def test_presence_is_no_act(client, declaration):
    entries = Entry.objects.count()
    meet(client, declaration)
    assert Entry.objects.count() == entries


# Sessions


def test_a_script_whose_session_ended_is_told_so(client, declaration, unchanged):
    client.logout()
    address = reverse("save-field", args=(declaration.pk,))
    for headers in ({"Accept": "application/json"}, {"X-Requested-With": "fetch"}):
        answer = client.post(address, {"path": "goal", "base": "", "value": "改"}, headers=headers)
        assert (answer.status_code, answer.json()) == (401, {"expired": True})
    assert client.post(address).status_code == 302
    unchanged()


def test_a_session_is_renewed_in_place_and_the_change_replayed(client, save, declaration, preparer):
    client.logout()
    address, page = reverse("session-renew"), {"X-Signed-In-As": str(preparer.pk)}
    refused = client.post(address, {"username": "preparer", "password": "猜的"}, headers=page)
    assert refused.status_code == 422
    assert refused.json()["problem"].startswith("用户名或密码不正确")
    assert save("goal", "改").status_code == 302

    anonymous = client.session.session_key
    renewed = client.post(address, {"username": "preparer", "password": "一个够长的密码"}, headers=page)
    assert client.session.session_key != anonymous
    assert (renewed.status_code, renewed.json()) == (200, {"user": "preparer"})
    assert save("goal", "改").status_code == 200


def test_a_session_is_renewed_for_the_person_whose_page_it_is_alone(client, leader, preparer):
    typed = {"username": "leader", "password": "一个够长的密码"}
    for headers in ({}, {"X-Signed-In-As": str(preparer.pk)}):
        answer = client.post(reverse("session-renew"), typed, headers=headers)
        assert (answer.status_code, answer.json()["problem"][:9]) == (422, "本页由另一用户打开")
        assert client.session["_auth_user_id"] == str(preparer.pk)


def test_what_one_person_typed_is_not_stored_in_the_name_of_who_logged_in_since(
    signed_in, preparer, leader, declaration
):
    client = signed_in(preparer)
    typed = {"path": "goal", "base": declaration.goal, "value": "在他人名下"}
    address = reverse("save-field", args=(declaration.pk,))

    refused = client.post(address, typed, headers={"X-Signed-In-As": str(leader.pk)})

    assert (refused.status_code, refused.json()) == (401, {"expired": True})
    assert load_table(declaration).goal == declaration.goal
    own = client.post(address, typed, headers={"X-Signed-In-As": str(preparer.pk)})
    assert own.status_code == 200
