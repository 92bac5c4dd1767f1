"""历史: one list of edits, comments, moves and exports; runs of saves folded; kinds filtered."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone as django_timezone

from indicators.document import Change
from indicators.services.tables import record_table
from indicators.timeline import entries_of, events_of
from tests.moves import move_text
from tests.queries import queries_of
from trail.models import Entry
from workflow.models import Version
from workflow.transitions import SUBMIT


@pytest.fixture
def clock(monkeypatch):
    """Return a function that puts the clock forward: clock(minutes)."""
    moment = django_timezone.now()

    def forward(minutes):
        nonlocal moment
        moment += timedelta(minutes=minutes)

    monkeypatch.setattr(django_timezone, "now", lambda: moment)
    return forward


@pytest.fixture
def act(declaration):
    """Return a function that records an act on the table: act(person, action, *(place, before, after))."""

    def act(person, action, *changes, reason=""):
        said = [Change(place, place, before, after) for place, before, after in changes]
        with transaction.atomic():
            record_table(declaration, actor=person, action=action, changes=said, reason=reason)

    return act


def told(declaration):
    """Return (who, action, lines, saves) of the events, newest first, without those of the import."""
    return [
        (
            event.who,
            event.action,
            [(line.place, line.before, line.after) for line in event.lines],
            event.saves,
        )
        for event in events_of(entries_of(declaration).exclude(actor=None))
    ]


# folding


def test_saves_of_one_field_within_ten_minutes_are_one(declaration, act, clock, preparer):
    for before, after in (("", "一"), ("一", "二"), ("二", "三")):
        act(preparer, "edit", ("绩效目标", before, after))
        clock(9)

    assert told(declaration) == [("张慧敏", "修改", [("绩效目标", "", "三")], 3)]
    event = events_of(entries_of(declaration))[0]
    assert event.at - event.since == timedelta(minutes=18)


def test_a_longer_pause_begins_another(declaration, act, clock, preparer):
    act(preparer, "edit", ("绩效目标", "", "一"))
    clock(11)
    act(preparer, "edit", ("绩效目标", "一", "二"))

    assert [saves for *_, saves in told(declaration)] == [1, 1]


def test_fields_that_are_filled_in_turn_are_folded_each(declaration, act, clock, preparer):
    for number in range(3):
        act(preparer, "edit", ("绩效目标", str(number), str(number + 1)))
        act(preparer, "edit", ("资金用途", str(number), str(number + 1)))
        clock(1)

    assert told(declaration) == [
        ("张慧敏", "修改", [("资金用途", "0", "3")], 3),
        ("张慧敏", "修改", [("绩效目标", "0", "3")], 3),
    ]


def test_somebody_elses_save_of_the_field_ends_the_run(declaration, act, preparer, administrator):
    act(preparer, "edit", ("绩效目标", "", "一"))
    act(administrator, "edit", ("绩效目标", "一", "二"))
    act(preparer, "edit", ("绩效目标", "二", "三"))

    assert [(who, saves) for who, _, _, saves in told(declaration)] == [
        ("张慧敏", 1),
        ("刘晓光", 1),
        ("张慧敏", 1),
    ]


def test_a_move_ends_the_run(declaration, act, preparer):
    act(preparer, "edit", ("绩效目标", "", "一"))
    act(preparer, "submit", ("status", "草稿", "待单位审核"), ("document_hash", "", "a" * 64))
    act(preparer, "edit", ("绩效目标", "一", "二"))

    assert [action for _, action, _, _ in told(declaration)] == ["修改", "送审", "修改"]


def test_several_fields_at_once_are_not_folded(declaration, act, preparer):
    for _ in range(2):
        act(preparer, "paste", ("指标一", "", "一"), ("指标二", "", "二"))

    assert len(told(declaration)) == 2


# the page


def open_(client, declaration, query=""):
    return client.get(reverse("timeline", args=(declaration.pk,)) + query)


def test_edits_comments_moves_and_prints_stand_in_one_list(declaration, act, auditor, preparer, signed_in):
    act(preparer, "edit", ("绩效目标", "旧", "新"))
    act(preparer, "comment", ("批注", "", "请核实"))
    act(
        preparer,
        "return",
        ("status", "待单位审核", "被退回"),
        ("skipped", "", "主管部门审核"),
        ("document_hash", "", "ab" * 32),
        reason="指标值没有依据。",
    )
    client = signed_in(auditor)
    client.get(reverse("table-file", args=(declaration.pk, "json")))

    text = open_(client, declaration).text

    places = [text.index(f">{word}</span>") for word in ("导出", "退回填报人", "批注", "修改", "导入")]
    assert places == sorted(places)
    for said in (
        "<del>旧</del> → <ins>新</ins>",
        "指标值没有依据。",
        "跳过：主管部门审核",
        "abababababababab",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("sort", "shown", "hidden"),
    [("edit", "改过的", "送审"), ("move", "送审", "改过的"), ("export", "", "改过的")],
)
def test_the_list_is_kept_to_one_kind(sort, shown, hidden, declaration, act, preparer, signed_in):
    act(preparer, "edit", ("绩效目标", "", "改过的"))
    act(preparer, "submit", ("status", "草稿", "待单位审核"), ("document_hash", "", "a" * 64))

    text = open_(signed_in(preparer), declaration, f"?sort={sort}").text

    rows = text.partition("<tbody>")[2]
    assert shown in rows
    assert hidden not in rows
    if not shown:
        assert "没有这一类记录" in text


def test_a_deputy_is_named_with_whom_he_stood_in_for(declaration, preparer, leader, signed_in):
    from trail.services import record

    with transaction.atomic():
        record(
            actor=preparer,
            principal=leader,
            capacity="单位负责人",
            action="pass",
            kind="declaration",
            object_id=declaration.pk,
            label="x",
        )

    text = open_(signed_in(preparer), declaration).text
    assert "张慧敏（代李国强）" in text
    assert "单位负责人" in text


def test_what_was_typed_is_shown_as_text(declaration, act, preparer, signed_in):
    act(preparer, "edit", ("<b>处</b>", "<script>1</script>", "<img src=x>"), reason="<i>因</i>")

    text = open_(signed_in(preparer), declaration).text

    for markup in ("<b>处", "<script>1", "<img src=x", "<i>因"):
        assert markup not in text


def test_a_move_leads_to_its_version(department_year, declaration, preparer, signed_in):
    move_text(department_year, SUBMIT, preparer)

    version = Version.objects.get()
    events = events_of(Entry.objects.filter(action="submit"))
    assert [(event.version, event.moved[1]) for event in events] == [(version, "待单位审核")]
    assert events[0].lines == ()


def test_a_years_history_has_its_tables_and_no_others(
    department_year, declaration, other_department_year, act, preparer, signed_in
):
    act(preparer, "edit", ("绩效目标", "", "改过的"))

    text = signed_in(preparer).get(reverse("year-timeline", args=(2024, "286001"))).text

    assert "改过的" in text
    assert "387001" not in text.partition("<tbody>")[2]


def test_a_hundred_entries_a_page(declaration, act, preparer, signed_in):
    for number in range(101):
        act(preparer, "paste", ("一", "", str(number)), ("二", "", str(number)))

    client = signed_in(preparer)
    assert open_(client, declaration).text.count('<tr id="entry-') == 100
    assert 'rel="next"' in open_(client, declaration).text


def test_the_same_queries_at_one_entry_and_at_thirty(declaration, act, preparer, signed_in):
    client = signed_in(preparer)
    counts = []
    for more in (1, 30):
        for number in range(more):
            act(preparer, "submit", ("status", "草稿", "x"), ("document_hash", "", f"{number:064}"))
        counts.append(queries_of(client, reverse("timeline", args=(declaration.pk,))))
    assert counts[0] == counts[1]
