"""The chain of the trail: whatever is done to it behind record()'s back, verify() names it."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone
from threading import Barrier

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone as django_timezone

from indicators.document import Change
from trail.chain import GENESIS, SEALED_FIELDS, SEALED_WHERE_GIVEN, seal
from trail.models import Entry, Head
from trail.services import record
from trail.triggers import triggers_dropped
from trail.verification import verify

COLUMNS = [field.column for field in Entry._meta.concrete_fields]
sqlite_only = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL stores nothing that its column type cannot hold."
)


@pytest.fixture(autouse=True)
def anchor_file(settings, tmp_path):
    settings.TRAIL_ANCHOR_FILE = tmp_path / "anchors.log"
    return settings.TRAIL_ANCHOR_FILE


@pytest.fixture
def people(db):
    create = get_user_model().objects.create_user
    return [create("zhang", full_name="张三"), create("li", full_name="李四")]


def act(number, actor=None):
    return record(
        actor=actor,
        action="edit",
        kind="table",
        object_id=f"{number}",
        label=f"286001 2024年度项目{number}",
        changes=[
            Change("goal", "绩效目标", "旧目标", f"目标{number}"),
            Change("budget", "预算数", "", "1.80万元"),
        ],
        department_code="286001",
        reason="年中调整",
        batch="c0ffee",
        capacity="填报人",
    )


@pytest.fixture
def five_entries(people, anchor_file, django_capture_on_commit_callbacks):
    """Record five acts of two people, with their anchors written."""
    with django_capture_on_commit_callbacks(execute=True):
        return [act(number, people[number % 2]) for number in range(1, 6)]


def run(statement, *values):
    """Do to the trail what only somebody with the database in his hands can do."""
    with triggers_dropped(connection), connection.cursor() as cursor:
        cursor.execute(statement, values)


def set_head(sequence, hash_):
    Head.objects.update(sequence=sequence, hash=hash_)


def copy_entry(source, target, **changed):
    """Insert a copy of one entry as another, its columns changed as given."""
    picked = {column: f'"{column}"' for column in COLUMNS} | {"sequence": "%s"}
    picked |= dict.fromkeys(changed, "%s")
    columns = ", ".join(f'"{column}"' for column in COLUMNS)
    values = [{"sequence": target, **changed}[column] for column in COLUMNS if picked[column] == "%s"]
    run(
        f"INSERT INTO trail_entry ({columns}) SELECT {', '.join(picked.values())} "
        "FROM trail_entry WHERE sequence = %s",
        *values,
        source,
    )


# A whole chain


def test_an_empty_trail_is_whole(db):
    assert verify() == []


def test_entries_link_to_one_another_and_the_head_is_the_last(five_entries):
    hashes = [entry.hash for entry in five_entries]

    assert [entry.sequence for entry in five_entries] == [1, 2, 3, 4, 5]
    assert [entry.previous_hash for entry in five_entries] == [GENESIS, *hashes[:-1]]
    assert (Head.objects.get().sequence, Head.objects.get().hash) == (5, hashes[-1])
    assert verify() == []


def test_the_chain_is_whole_where_something_was_rolled_back(db):
    act(1)
    with transaction.atomic():
        act(2)
        transaction.set_rollback(True)
    act(3)

    assert verify() == []


@pytest.mark.parametrize("microsecond", [0, 1, 120_000, 999_999])
def test_the_seal_fits_after_a_round_trip_through_the_database(db, microsecond, monkeypatch):
    moment = django_timezone.now().replace(microsecond=microsecond)
    moment = moment.astimezone(timezone(timedelta(hours=8)))
    monkeypatch.setattr(django_timezone, "now", lambda: moment)

    act("\x00≥95％ “引号”'\"\\ \r\n𠮷😀e\u0301")

    assert Entry.objects.get().at == moment
    assert verify() == []


def test_every_column_is_covered_by_the_seal():
    columns = sorted(field.attname for field in Entry._meta.concrete_fields)
    assert columns == sorted([*SEALED_FIELDS, *SEALED_WHERE_GIVEN, "hash"])


def test_equal_acts_have_different_seals(db):
    assert act(1).hash != act(1).hash


# Tampering


def flipped(text):
    """Return the text with the lowest bit of its last character flipped."""
    return text[:-1] + chr(ord(text[-1]) ^ 1)


TAMPERED = {
    "at": lambda entry: connection.ops.adapt_datetimefield_value(entry.at + timedelta(microseconds=1)),
    "actor_id": lambda entry: get_user_model().objects.exclude(pk=entry.actor_id).get().pk,
    "changes": lambda entry: json.dumps(
        [entry.changes[0], entry.changes[1] | {"before": "0"}], ensure_ascii=False
    ),
    "address": lambda entry: "1",
} | {
    column: lambda entry, column=column: flipped(getattr(entry, column))
    for column in COLUMNS
    if column not in ("sequence", "at", "actor_id", "changes", "address", "hash")
}


@pytest.mark.parametrize("column", TAMPERED)
@pytest.mark.parametrize("sequence", [1, 3, 5])
def test_an_altered_column_is_found(five_entries, column, sequence):
    run(
        f"UPDATE trail_entry SET {column} = %s WHERE sequence = %s",
        TAMPERED[column](five_entries[sequence - 1]),
        sequence,
    )

    assert verify() == [f"第{sequence}条内容与校验值不符：被改动过，或者是插入的。"]


@pytest.mark.parametrize("sequence", [1, 3, 5])
def test_an_altered_hash_is_found(five_entries, sequence):
    altered = flipped(five_entries[sequence - 1].hash)
    run("UPDATE trail_entry SET hash = %s WHERE sequence = %s", altered, sequence)

    assert verify() == [
        f"第{sequence}条内容与校验值不符：被改动过，或者是插入的。",
        f"第{sequence}条的校验值与锚文件登记的不符：日志曾被截断后重写，或者校验值被改动。",
    ]


def test_the_tampering_covers_every_column():
    assert {*TAMPERED, "sequence", "hash"} == set(COLUMNS)


def test_every_altered_entry_is_named(five_entries):
    run("UPDATE trail_entry SET reason = '' WHERE sequence IN (1, 3, 4)")

    assert verify() == [
        "第1条内容与校验值不符：被改动过，或者是插入的。",
        "第3条至第4条内容与校验值不符：被改动过，或者是插入的。",
    ]


@sqlite_only
@pytest.mark.parametrize(
    "damage",
    [
        "at = '昨天'",
        "at = '2026-13-45 00:00:00'",
        "at = 5",
        "label = CAST(x'ff' AS TEXT)",
        'changes = \'[{"path": "\\ud800"}]\'',
        "changes = '[{'",
    ],
)
def test_an_entry_that_can_no_longer_be_read_is_named(five_entries, damage):
    with triggers_dropped(connection), connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(f"UPDATE trail_entry SET {damage} WHERE sequence IN (2, 4)")
        cursor.execute("PRAGMA ignore_check_constraints = OFF")

    assert verify() == [
        "第2条内容与校验值不符：被改动过，或者是插入的。",
        "第4条内容与校验值不符：被改动过，或者是插入的。",
    ]


def test_a_wrong_key_fails_every_entry(five_entries, settings):
    settings.TRAIL_KEY = "another"

    assert verify() == [
        "第1条至第5条内容与校验值不符：被改动过，或者是插入的。",
        "全部条目均与校验值不符，请先核对密钥（PERFBUDGET_TRAIL_KEY）是否为写入日志时的密钥。",
    ]


# Removing and inserting


def test_a_removed_entry_is_named(five_entries, anchor_file):
    anchor_file.unlink()
    run("DELETE FROM trail_entry WHERE sequence = 3")

    assert verify() == ["第3条缺失，已被删除。"]


def test_a_removed_beginning_is_named(five_entries, anchor_file):
    anchor_file.unlink()
    run("DELETE FROM trail_entry WHERE sequence < 3")

    assert verify() == ["第1条至第2条缺失，已被删除。"]


def test_closing_the_gap_does_not_hide_a_removed_entry(five_entries, anchor_file):
    anchor_file.unlink()
    run("DELETE FROM trail_entry WHERE sequence = 3")
    for number in (4, 5):
        run("UPDATE trail_entry SET sequence = %s WHERE sequence = %s", number - 1, number)

    assert verify() == [
        "第5条缺失，已被删除。",
        "第3条至第4条内容与校验值不符：被改动过，或者是插入的。",
    ]


def test_an_entry_inserted_after_the_head_is_named(five_entries):
    copy_entry(5, 6, previous_hash=five_entries[4].hash)

    assert verify() == ["第6条排在末条登记之后：是插入的，或者末条登记被改回。"]


def test_an_entry_inserted_before_the_first_is_named(five_entries):
    copy_entry(1, 0)

    assert verify() == ["第0条内容与校验值不符：被改动过，或者是插入的。"]


def test_an_entry_sealed_with_another_key_is_named(five_entries):
    forged = Entry.objects.get(sequence=5)
    forged.sequence, forged.previous_hash = 6, forged.hash
    forged.hash = seal(forged, "another key")
    forged.save(force_insert=True)
    set_head(6, forged.hash)

    assert verify() == ["第6条内容与校验值不符：被改动过，或者是插入的。"]


def test_two_entries_that_changed_places_are_named(five_entries):
    for old, new in ((2, 12), (3, 2), (12, 3)):
        run("UPDATE trail_entry SET sequence = %s WHERE sequence = %s", new, old)

    assert "第2条至第3条内容与校验值不符：被改动过，或者是插入的。" in verify()


def test_a_true_entry_from_another_history_does_not_fit(five_entries, anchor_file):
    anchor_file.unlink()
    run("DELETE FROM trail_entry WHERE sequence = 5")
    set_head(4, five_entries[3].hash)
    act("另一个5")
    act("另一个6")
    run("DELETE FROM trail_entry WHERE sequence = 5")
    five_entries[4].save(force_insert=True)

    assert verify() == ["第6条与前一条不衔接：前一条被换成了另一条记录。"]


# The end of the chain


def test_a_truncated_tail_is_named(five_entries, anchor_file):
    anchor_file.unlink()
    run("DELETE FROM trail_entry WHERE sequence > 3")

    assert verify() == ["第4条至第5条缺失，已被删除。"]


def test_the_anchor_file_shows_truncation_when_the_head_was_set_back(five_entries):
    run("DELETE FROM trail_entry WHERE sequence > 3")
    set_head(3, five_entries[2].hash)

    assert verify() == ["锚文件登记过第4条至第5条，日志中没有：日志被截断，或者换成了旧的备份。"]


def test_the_anchor_file_shows_truncation_even_when_the_trail_has_grown_again(
    five_entries, django_capture_on_commit_callbacks
):
    run("DELETE FROM trail_entry WHERE sequence > 3")
    set_head(3, five_entries[2].hash)
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(4, 8):
            act(number)

    assert verify() == ["第4条至第5条的校验值与锚文件登记的不符：日志曾被截断后重写，或者校验值被改动。"]


def test_a_trail_emptied_and_begun_anew_is_found(five_entries):
    run("DELETE FROM trail_entry")
    set_head(0, GENESIS)

    assert verify() == ["锚文件登记过第1条至第5条，日志中没有：日志被截断，或者换成了旧的备份。"]


def test_a_head_set_back_alone_is_found(five_entries):
    set_head(3, five_entries[2].hash)

    assert verify() == ["第4条至第5条排在末条登记之后：是插入的，或者末条登记被改回。"]


def test_a_head_with_another_hash_is_found(five_entries):
    set_head(5, five_entries[3].hash)

    assert verify() == ["末条登记的校验值与第5条不符：末条登记被改动，或者第5条被换成了另一条记录。"]


def test_a_removed_head_is_found_and_the_entries_are_still_checked(five_entries):
    run("DELETE FROM trail_head")
    run("UPDATE trail_entry SET reason = '' WHERE sequence = 5")

    assert verify() == [
        "末条登记缺失，已被删除。",
        "第5条内容与校验值不符：被改动过，或者是插入的。",
    ]


# The anchor file


def test_the_anchor_file_has_sequence_hash_and_time_of_every_entry(five_entries, anchor_file):
    assert anchor_file.read_text().splitlines() == [
        f"{entry.sequence} {entry.hash} {entry.at.isoformat()}" for entry in five_entries
    ]


@pytest.mark.parametrize(
    "line", ["5 abc 2026-01-01T00:00:00+00:00", "乱码", "", "9" * 30 + f" {GENESIS} now"]
)
def test_a_line_of_the_anchor_file_that_cannot_be_read_is_named(five_entries, anchor_file, line):
    with anchor_file.open("a", encoding="gb18030") as file:
        file.write(line + "\n")

    [problem] = verify()

    assert problem.startswith("锚文件第6行无法识别：")


def test_only_what_was_committed_is_anchored(transactional_db, anchor_file):
    with transaction.atomic():
        act(1)
    with transaction.atomic():
        act(2)
        transaction.set_rollback(True)

    assert [line.split()[0] for line in anchor_file.read_text().splitlines()] == ["1"]
    assert verify() == []


def test_an_anchor_file_that_cannot_be_written_does_not_undo_the_act(
    transactional_db, settings, tmp_path, caplog
):
    settings.TRAIL_ANCHOR_FILE = tmp_path / "absent" / "anchors.log"

    with transaction.atomic():
        act(1)

    assert Entry.objects.count() == 1
    assert "FileNotFoundError" in caplog.text


def test_a_site_may_do_without_the_anchor_file(transactional_db, settings, anchor_file):
    settings.TRAIL_ANCHOR_FILE = None

    with transaction.atomic():
        act(1)

    assert not anchor_file.exists()
    assert verify() == []


# The command


def test_the_command_names_the_last_entry_of_a_whole_trail(five_entries, capsys):
    call_command("verify_trail")

    assert capsys.readouterr().out == f"操作日志完好：末条为第5条，校验值{five_entries[4].hash}。\n"


def test_the_command_prints_every_problem_and_fails(five_entries, capsys):
    run("UPDATE trail_entry SET reason = '' WHERE sequence IN (2, 4)")

    with pytest.raises(CommandError, match="操作日志有2处问题。") as failure:
        call_command("verify_trail")

    assert failure.value.returncode == 1
    assert capsys.readouterr().out.splitlines() == [
        "第2条内容与校验值不符：被改动过，或者是插入的。",
        "第4条内容与校验值不符：被改动过，或者是插入的。",
    ]


# Many writers


def test_writers_at_the_same_time_leave_one_unbroken_chain(transactional_db):
    writers, acts = 4, 15
    together = Barrier(writers)

    def write(writer):
        together.wait()
        for number in range(acts):
            with transaction.atomic():
                act(f"{writer}-{number}")
                transaction.set_rollback(number % 3 == 2)
        connection.close()

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))

    assert list(Entry.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 41))
    assert verify() == []


def test_verifying_while_others_write_reports_nothing(transactional_db):
    begun = Barrier(2)

    def write():
        begun.wait()
        for number in range(60):
            with transaction.atomic():
                act(number)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        begun.wait()
        found = [verify()]
        while not writing.done():
            found.append(verify())
        writing.result()

    assert found == [[]] * len(found)
    assert Entry.objects.count() == 60
