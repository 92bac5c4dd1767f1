"""The trail (操作日志): what record() keeps, and that nobody can change it afterwards."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test import RequestFactory
from django.utils import timezone

from indicators.document import Change
from trail.middleware import remember_address
from trail.models import AppendOnlyError, Entry, Head
from trail.services import record, remote_address
from trail.triggers import REFUSAL

LABEL = "286001 2024年度机关团工作活动经费"
GOAL = Change("goal", "绩效目标", "", "开展主题团日活动12次。")
BUDGET = Change("budget", "预算数", "1.80万元", "2.00万元")


@pytest.fixture
def preparer(db):
    return get_user_model().objects.create_user("zhang", full_name="张三")


def act(actor=None, **details):
    return record(
        **{"actor": actor, "action": "edit", "kind": "table", "object_id": 7, "label": LABEL} | details
    )


# What is kept


def test_an_entry_says_who_did_what_to_which_object_when_and_why(preparer):
    batch = "0" * 31 + "1"
    before = timezone.now()

    act(preparer, changes=iter([GOAL, BUDGET]), department_code="286001", reason="年中调整", batch=batch)

    entry = Entry.objects.get()
    assert (entry.sequence, entry.actor, entry.actor_name) == (1, preparer, "张三")
    assert (entry.action, entry.kind, entry.object_id, entry.label) == ("edit", "table", "7", LABEL)
    assert (entry.department_code, entry.reason, entry.batch) == ("286001", "年中调整", batch)
    assert before <= entry.at <= timezone.now()
    assert entry.changes == [
        {"path": "goal", "place": "绩效目标", "before": "", "after": "开展主题团日活动12次。"},
        {"path": "budget", "place": "预算数", "before": "1.80万元", "after": "2.00万元"},
    ]


def test_a_command_without_a_user_is_recorded_as_the_system(db):
    entry = act(None)

    assert (entry.actor, entry.actor_name) == (None, "系统")


def test_the_name_stays_as_it_was_when_the_person_is_renamed(preparer):
    act(preparer)

    preparer.full_name = "张三丰"
    preparer.save()

    assert Entry.objects.get().actor_name == "张三"


def test_a_person_with_entries_cannot_be_deleted(preparer):
    act(preparer)

    with pytest.raises(ProtectedError):
        preparer.delete()


def test_text_is_kept_as_given(db):
    text = "  ≥95％\t“引号”'\"\\u0000 <b>&amp;</b>\r\n𠮷😀e\u0301 "

    act(label=text, reason=text, changes=[Change(text, text, text, text)])

    entry = Entry.objects.get()
    assert (entry.label, entry.reason) == (text, text)
    assert entry.changes == [{"path": text, "place": text, "before": text, "after": text}]


def test_characters_no_database_stores_are_marked_as_lost(db):
    act(label="甲\x00乙", reason="\ud83d", changes=[Change("goal", "绩效目标", "甲\x00", "\udc00乙")])

    entry = Entry.objects.get()
    assert (entry.label, entry.reason) == ("甲\ufffd乙", "\ufffd")
    assert entry.changes == [
        {"path": "goal", "place": "绩效目标", "before": "甲\ufffd", "after": "\ufffd乙"},
    ]


def test_chinese_in_changes_can_be_searched_in_the_database(db):
    act(changes=[GOAL])

    assert Entry.objects.filter(changes__icontains="主题团日").exists()
    assert not Entry.objects.filter(changes__icontains="党日").exists()


# Transactions


def test_recording_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        act()


def test_what_is_rolled_back_leaves_no_gap(db):
    act(label="第一件")
    with transaction.atomic():
        act(label="没有做成")
        transaction.set_rollback(True)
    act(label="第二件")

    kept = Entry.objects.order_by("sequence").values_list("sequence", "label")
    assert list(kept) == [(1, "第一件"), (2, "第二件")]
    assert Head.objects.get().sequence == 2


# Where it came from


def answer(view, **meta):
    return remember_address(view)(RequestFactory().post("/", **meta))


def test_the_clients_address_is_recorded_and_forgotten_afterwards(db):
    answer(lambda request: act(), REMOTE_ADDR="10.1.2.3")
    act()

    assert list(Entry.objects.order_by("sequence").values_list("address", flat=True)) == ["10.1.2.3", ""]


def test_a_forwarded_header_is_not_believed(db):
    answer(lambda request: act(), REMOTE_ADDR="10.1.2.3", HTTP_X_FORWARDED_FOR="1.1.1.1")

    assert Entry.objects.get().address == "10.1.2.3"


def test_the_address_is_forgotten_when_the_page_fails():
    with pytest.raises(ZeroDivisionError):
        answer(lambda request: 1 / 0, REMOTE_ADDR="10.1.2.3")

    assert remote_address.get() == ""


# Nobody changes it


STATEMENTS = {
    "update": "UPDATE trail_entry SET label = 'x' WHERE sequence = 1",
    "delete": "DELETE FROM trail_entry WHERE sequence = 1",
    "delete the head": "DELETE FROM trail_head",
}
STATEMENTS_OF = {
    "sqlite": {
        "replace": "INSERT OR REPLACE INTO trail_entry SELECT * FROM trail_entry WHERE sequence = 1",
        "upsert": (
            "INSERT INTO trail_entry SELECT * FROM trail_entry WHERE sequence = 1 "
            "ON CONFLICT (sequence) DO UPDATE SET label = 'x'"
        ),
    },
    "postgresql": {
        "truncate": "TRUNCATE trail_entry",
        "truncate the head": "TRUNCATE trail_head",
        "upsert": (
            "INSERT INTO trail_entry SELECT * FROM trail_entry WHERE sequence = 1 "
            "ON CONFLICT (sequence) DO UPDATE SET label = 'x'"
        ),
    },
}[connection.vendor]


@pytest.mark.parametrize("statement", (STATEMENTS | STATEMENTS_OF).values(), ids=STATEMENTS | STATEMENTS_OF)
def test_the_database_refuses_to_change_the_trail(db, statement):
    act()
    connection.check_constraints()  # PostgreSQL truncates no table with deferred checks pending

    with pytest.raises(IntegrityError, match=REFUSAL), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Entry.objects.get().label == LABEL
    assert Head.objects.get().sequence == 1


@pytest.mark.parametrize("change", [Entry.save, Entry.delete, lambda entry: entry.save(force_update=True)])
def test_the_database_refuses_to_change_an_entry_that_was_read(db, change):
    act()
    entry = Entry.objects.get()
    entry.at += timedelta(days=1)

    with pytest.raises(IntegrityError, match=REFUSAL), transaction.atomic():
        change(entry)

    assert Entry.objects.get().at != entry.at


@pytest.mark.parametrize(
    "change",
    [
        lambda: Entry.objects.update(label="x"),
        lambda: Entry.objects.filter(sequence=1).update(label="x"),
        lambda: Entry.objects.filter(sequence=1).delete(),
        lambda: Entry.objects.bulk_create([Entry(sequence=2)]),
        lambda: Entry.objects.bulk_update([Entry(sequence=1)], ["label"]),
        lambda: Entry.objects.update_or_create(sequence=1, defaults={"label": "x"}),
    ],
    ids=["update", "filtered update", "delete", "bulk_create", "bulk_update", "update_or_create"],
)
def test_querysets_refuse_to_change_the_trail(change):
    with pytest.raises(AppendOnlyError, match="操作日志只能追加"):
        change()
