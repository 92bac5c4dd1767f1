"""操作日志: what auditors find, in their scope, and take away; the head of a day, printed and checked."""

import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.models import Department, Role
from departments.services import create_user, grant_role
from indicators.document import Change
from reports import trail_views
from reports.trail_forms import NEEDS_BOUNDS
from tests.test_trail_chain import run
from trail.heads import head_json, head_of
from trail.models import Entry
from trail.services import log_refusal, record


@pytest.fixture(autouse=True)
def anchor_file(settings, tmp_path):
    settings.TRAIL_ANCHOR_FILE = tmp_path / "anchors.log"


@pytest.fixture
def act(db):
    """Return a function that records an act: act(person, action="edit", code="286001", **details)."""

    def act(person=None, action="edit", code="286001", **details):
        about = {"kind": "declaration", "object_id": 1, "label": f"{code} 项目"} | details
        with transaction.atomic():
            return record(actor=person, action=action, department_code=code, **about)

    return act


@pytest.fixture
def search(auditor, signed_in):
    """Return a function that searches: search(**filters) -> the numbers of the entries found."""
    client = signed_in(auditor)

    def search(**filters):
        answer = client.get(reverse("trail-search"), filters)
        assert answer.status_code == 200
        return [entry.sequence for entry, _ in answer.context["rows"]]

    return search


def day(days=0):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


@pytest.fixture
def clock(monkeypatch):
    """Return a function that puts the clock forward: clock(days=…)."""
    moment = timezone.now()

    def forward(**by):
        nonlocal moment
        moment += timedelta(**by)

    monkeypatch.setattr(timezone, "now", lambda: moment)
    return forward


# what is found


def test_entries_are_found_by_each_filter(act, search, preparer, leader):
    first = act(preparer, label="286001 团队建设", changes=[Change("goal", "绩效目标", "旧的", "新的")])
    second = act(leader, action="export", code="387001", batch="b" * 32)
    for filters, found in (
        ({"who": "张慧敏"}, [first]),
        ({"who": "LEADER"}, [second]),
        ({"what": "团队"}, [first]),
        ({"action": "export"}, [second]),
        ({"department": "286001", "inside": "新的"}, [first]),
        ({"since": day(), "inside": "旧的"}, [first]),
        ({"batch": "b" * 32}, [second]),
        ({"who": "无此人"}, []),
    ):
        assert search(**filters) == [entry.sequence for entry in found], filters


def test_a_project_code_finds_its_tables_also_inside(act, search, declaration, preparer):
    code, key = declaration.project.code, str(declaration.pk)
    change = [Change("budget", "预算数", "1.80万元", "2.80万元")]
    own = act(preparer, kind="declaration", object_id=key, changes=change)
    act(preparer, kind="declaration", object_id="0", changes=change)
    act(preparer, kind="user", object_id=key, changes=change)

    assert search(what=code.lower(), inside="2.80") == [own.sequence]
    assert search(what=code)[0] == own.sequence
    assert search(what=code[:-1], since=day()) == []


def test_the_name_of_a_project_bounds_a_search_for_what_was_changed(act, search, declaration, preparer):
    key = str(declaration.pk)
    change = [Change("budget", "预算数", "1.80万元", "2.80万元")]
    own = act(preparer, kind="declaration", object_id=key, label="从前的名称", changes=change)
    act(preparer, kind="declaration", object_id="0", changes=change)

    assert search(what="机关团工作", inside="2.80") == [own.sequence]


def test_an_entry_leads_to_the_history_of_its_table(act, signed_in, auditor, declaration, preparer):
    act(preparer, kind="declaration", object_id=str(declaration.pk))
    act(preparer, kind="declaration", object_id="0")
    page = signed_in(auditor).get(reverse("trail-search")).text
    assert f'href="{reverse("timeline", args=(declaration.pk,))}"' in page
    assert f'href="{reverse("timeline", args=(0,))}"' not in page


def test_a_sort_of_action_finds_all_of_it(act, search, preparer):
    edit, paste, submit = (act(preparer, action=name).sequence for name in ("edit", "paste", "submit"))

    assert search(action="every-edit", who="张慧敏") == [paste, edit]
    assert search(action="edit", who="张慧敏") == [edit]
    assert search(action="every-move", who="张慧敏") == [submit]


def test_commands_are_found_as_the_system(act, search, preparer):
    act(preparer)
    assert set(search(who="系统")) == set(Entry.objects.filter(actor=None).values_list("pk", flat=True))


def test_a_period_holds_its_days_and_no_others(act, search, clock):
    clock(days=2)
    entry = act()
    clock(days=2)
    later = act()

    assert search(since=day(-2), until=day(-2)) == [entry.sequence]
    assert search(since=day(-1)) == [later.sequence]
    assert search(since=day(1)) == []
    assert entry.sequence in search(until=day(-1))
    assert later.sequence not in search(until=day(-1))


def test_a_department_stands_for_its_units(act, search, supervisor, department_year):
    act(code="286", label="上级")
    act(code="286001", label="本级")
    act(code="387001", label="别处")

    found = Entry.objects.filter(pk__in=search(department="286", since=day()))
    assert {"上级", "本级"} <= set(found.values_list("label", flat=True))
    assert "别处" not in set(found.values_list("label", flat=True))


def test_quotes_and_backslashes_are_found_inside(act, search):
    entry = act(changes=[Change("goal", "目标", "", 'a"b\\c')])

    assert search(since=day(), inside='"b\\') == [entry.sequence]


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"inside": "目标"}, NEEDS_BOUNDS),
        ({"since": "2024-13-01"}, "日期应为年-月-日"),
        ({"since": "2024-02-01", "until": "2024-01-01"}, "截止日期不能早于起始日期"),
        ({"department": "999"}, "没有可以查看的部门“999”"),
        ({"action": "no-such"}, "操作没有“no-such”这一项"),
    ],
)
def test_a_filter_that_makes_no_sense_lists_nothing_and_says_why(filters, said, act, auditor, signed_in):
    act()
    answer = signed_in(auditor).get(reverse("trail-search"), filters)

    assert said in answer.text
    assert answer.context["rows"] == []
    assert "筛选条件有误" in answer.text


def test_fifty_a_page_and_the_older_ones_after_them(act, auditor, signed_in):
    numbers = [act().sequence for _ in range(60)][::-1]
    client = signed_in(auditor)

    first = client.get(reverse("trail-search"))
    assert [entry.sequence for entry, _ in first.context["rows"]] == numbers[:50]
    assert f"before={numbers[49]}" in first.text
    second = client.get(reverse("trail-search"), {"before": numbers[49]})
    assert [entry.sequence for entry, _ in second.context["rows"]][:10] == numbers[50:]
    assert client.get(reverse("trail-search"), {"before": "9" * 30}).status_code == 200


def test_what_was_typed_is_shown_as_text(act, auditor, signed_in):
    act(label="<b>象</b>", reason="<i>因</i>", changes=[Change("p", "<u>处</u>", "<s>1</s>", "<q>2</q>")])

    text = signed_in(auditor).get(reverse("trail-search")).text

    for markup in ("<b>象", "<i>因", "<u>处", "<s>1", "<q>2"):
        assert markup not in text


def test_the_same_queries_at_one_row_and_at_thirty(act, auditor, signed_in):
    client = signed_in(auditor)
    counts = []
    for more in (1, 29):
        for _ in range(more):
            act(auditor)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("trail-search"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# whose entries


def test_an_auditor_of_a_department_sees_its_entries_alone(act, signed_in, department_year):
    partial = create_user(username="partial", full_name="周审计", password="一个够长的密码", actor=None)
    grant_role(user=partial, role=Role.AUDITOR, department=department_year.department, actor=None)
    Department.objects.get_or_create(code="387001", defaults={"name": "图书馆"})
    act(code="286001", label="本部门的")
    act(code="387001", label="别部门的")
    act(code="", label="没有部门的")
    client = signed_in(partial)

    text = client.get(reverse("trail-search")).text

    assert "本部门的" in text
    assert "别部门的" not in text
    assert "没有部门的" not in text
    assert client.get(reverse("security-log")).status_code == 403


# taken away


def workbook(answer):
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_list_is_taken_away_with_a_row_for_each_field_and_recorded(act, auditor, signed_in, preparer):
    act(preparer, changes=[Change("a", "甲", "=1", "2"), Change("b", "乙", "", "3")], reason="因")

    book = workbook(signed_in(auditor).get(reverse("trail-workbook"), {"who": "张慧敏"}))

    head, *rows = book["操作日志"].iter_rows(values_only=True)
    cells = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(each["操作人"], each["操作"], each["字段"], each["原值"], each["新值"]) for each in cells] == [
        ("张慧敏", "修改", "甲", "=1", "2"),
        ("张慧敏", "修改", "乙", None, "3"),
    ]
    entry = Entry.objects.latest("sequence")
    assert (entry.actor, entry.action, entry.label) == (auditor, "export", "操作日志")
    assert ("操作人", "张慧敏") in [(change["place"], change["after"]) for change in entry.changes]


def test_too_many_entries_are_refused_and_nothing_is_recorded(act, auditor, signed_in, monkeypatch):
    monkeypatch.setattr(trail_views, "MOST_ENTRIES", 2)
    for _ in range(3):
        act()
    entries = Entry.objects.count()

    answer = signed_in(auditor).get(reverse("trail-workbook"), follow=True)

    assert "超过一次导出2条的上限，没有导出" in answer.text
    assert Entry.objects.count() == entries


@pytest.mark.parametrize("name", ["trail-workbook", "trail-head-file", "security-workbook"])
@pytest.mark.parametrize("persona", ["preparer", "leader", "supervisor", "reviewer", "outsider"])
def test_nobody_else_takes_it_away(name, persona, request, signed_in):
    user = request.getfixturevalue(persona)
    entries = Entry.objects.count()

    assert signed_in(user).get(reverse(name)).status_code == 403
    assert Entry.objects.count() == entries


# 安全日志


def test_refused_attempts_are_listed_filtered_and_taken_away(auditor, signed_in):
    log_refusal(sort="denied", actor=auditor, path="/rules/", detail="<b>无权</b>")
    log_refusal(sort="login_failed", actor_name="猜测者", path="/login/")
    client = signed_in(auditor)

    text = client.get(reverse("security-log")).text
    assert "猜测者" in text
    assert "&lt;b&gt;无权" in text
    filtered = client.get(reverse("security-log"), {"sort": "denied", "since": day(), "until": day()})
    assert [event.path for event in filtered.context["rows"]] == ["/rules/"]
    assert client.get(reverse("security-log"), {"until": day(-1)}).context["rows"] == []
    assert "没有符合筛选条件的" in client.get(reverse("security-log"), {"who": "无"}).text

    book = workbook(client.get(reverse("security-workbook"), {"who": "猜测"}))
    _, *rows = book["安全日志"].iter_rows(values_only=True)
    assert [row[1:3] for row in rows] == [("登录失败", "猜测者")]


# the head of a day


def test_the_head_of_a_day_is_its_last_entry(act, clock):
    act()
    last = act()
    clock(days=1)
    later = act()

    head = head_of(timezone.localdate() - timedelta(days=1))
    assert (head.sequence, head.hash, head.entries) == (last.sequence, last.hash, 2)
    assert head_of(timezone.localdate()).sequence == later.sequence
    clock(days=1)
    assert (head_of(timezone.localdate()).sequence, head_of(timezone.localdate()).entries) == (
        later.sequence,
        0,
    )
    assert head_of(timezone.localdate() - timedelta(days=9)) is None


def test_the_head_is_shown_to_be_printed_and_taken_away(act, auditor, signed_in):
    client = signed_in(auditor)
    last = Entry.objects.latest("sequence")

    assert last.hash in client.get(reverse("trail-head")).text
    taken = client.get(reverse("trail-head-file"))
    assert (taken.json()["sequence"], taken.json()["hash"]) == (last.sequence, last.hash)
    assert Entry.objects.latest("sequence").label == "操作日志末条"
    assert "及以前没有日志" in client.get(reverse("trail-head"), {"day": "2001-01-01"}).text
    assert client.get(reverse("trail-head"), {"day": "2001-13-45"}).status_code == 200
    assert client.get(reverse("trail-head-file"), {"day": "2001-01-01"}).status_code == 302


def test_the_page_checks_the_last_entries(act, auditor, signed_in):
    entry = act(reason="原因")
    client = signed_in(auditor)
    assert "最近1000条完好" in client.get(reverse("trail-head"), {"check": 1}).text

    run("UPDATE trail_entry SET reason = 'x' WHERE sequence = %s", entry.sequence)

    assert f"第{entry.sequence}条内容与校验值不符" in client.get(reverse("trail-head"), {"check": 1}).text


def verify_with(path):
    said = io.StringIO()
    call_command("verify_trail", head=[path], stdout=said)
    return said.getvalue()


def test_a_filed_head_is_held_against_the_chain(act, tmp_path):
    for _ in range(3):
        act()
    file = tmp_path / "head.json"
    file.write_text(head_json(head_of(timezone.localdate())))
    act()
    assert "操作日志完好" in verify_with(file)

    filed = json.loads(file.read_text())
    file.write_text(json.dumps(filed | {"hash": "0" * 64}))
    with pytest.raises(CommandError, match="有1处问题"):
        verify_with(file)
    file.write_text(json.dumps(filed | {"sequence": 99}))
    with pytest.raises(CommandError, match="有1处问题"):
        verify_with(file)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"day": 1}', '{"day":"","sequence":"1","hash":"","at":"","entries":0}']
)
def test_a_file_that_is_no_head_is_refused(text, db, tmp_path):
    file = tmp_path / "head.json"
    file.write_text(text)

    with pytest.raises(CommandError, match="不是导出的日志末条"):
        verify_with(file)
