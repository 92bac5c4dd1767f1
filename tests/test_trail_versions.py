"""Versions and stored documents: the database refuses to change them, and verify() names what was changed."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from tests.moves import move_text
from tests.test_trail_chain import run
from trail.models import AppendOnlyError, Entry
from trail.triggers import REFUSAL, drop_triggers, install_triggers
from trail.verification import verify
from workflow.models import StoredDocument, Version
from workflow.transitions import SUBMIT, WITHDRAW
from workflow.triggers import VERSIONS


@pytest.fixture(autouse=True)
def anchor_file(settings, tmp_path):
    settings.TRAIL_ANCHOR_FILE = tmp_path / "anchors.log"


@pytest.fixture
def moved(department_year, preparer):
    """Submit a department's text and take it back: two versions of one document."""
    for act in (SUBMIT, WITHDRAW):
        move_text(department_year, act, preparer)
    return list(Version.objects.order_by("pk"))


def test_versions_that_were_moved_are_whole(moved):
    assert len(moved) == 2
    assert StoredDocument.objects.count() == 1
    assert verify() == []


STATEMENTS = {
    "update a version": "UPDATE workflow_version SET reason = 'x'",
    "delete a version": "DELETE FROM workflow_version",
    "update a document": "UPDATE workflow_storeddocument SET text = 'x'",
    "delete a document": "DELETE FROM workflow_storeddocument",
    "update the security log": "UPDATE trail_securityevent SET detail = 'x' WHERE id = 0",
    "delete the security log": "DELETE FROM trail_securityevent WHERE id = 0",
}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_the_database_refuses_to_change_versions(moved, statement):
    if "securityevent" in statement and connection.vendor == "sqlite":
        make_event()  # SQLite's triggers fire for rows alone
        statement = statement.removesuffix(" WHERE id = 0")
    before = list(Version.objects.values()), list(StoredDocument.objects.values())
    connection.check_constraints()

    with pytest.raises(IntegrityError, match=REFUSAL), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert (list(Version.objects.values()), list(StoredDocument.objects.values())) == before


def make_event():
    from trail.services import log_refusal

    log_refusal(sort="denied", actor=None, actor_name="某人", path="/")


@pytest.mark.parametrize(
    "change",
    [
        lambda: Version.objects.update(reason="x"),
        lambda: Version.objects.all().delete(),
        lambda: StoredDocument.objects.update(text="x"),
        lambda: StoredDocument.objects.all().delete(),
        lambda: StoredDocument.objects.bulk_update([], ["text"]),
    ],
)
def test_querysets_refuse_to_change_versions(change):
    with pytest.raises(AppendOnlyError, match="只能追加"):
        change()


def test_storing_a_document_again_keeps_the_first(moved):
    document = StoredDocument.objects.get()
    again = StoredDocument(sha256=document.sha256, content_hash="0" * 64, text="别的")

    StoredDocument.objects.bulk_create([again], ignore_conflicts=True)

    assert StoredDocument.objects.get().text == document.text


def test_one_byte_of_a_stored_document_is_found(moved):
    document = StoredDocument.objects.get()
    run("UPDATE workflow_storeddocument SET text = replace(text, '机关', '机构')")

    named = document.sha256[:16]
    versions = "、".join(str(version.pk) for version in moved)
    assert verify() == [
        f"版本内容{named}的文字与SHA-256不符：被改动过（版本记录{versions}）。",
        f"版本内容{named}与其校验码{document.content_hash[:16]}不符：被改动过。",
    ]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL stores no broken UTF-8.")
def test_a_document_that_can_no_longer_be_read_is_named(moved):
    key = StoredDocument.objects.get().sha256
    run("UPDATE workflow_storeddocument SET text = CAST(x'ff' AS TEXT)")

    assert any(problem.startswith(f"版本内容{key[:16]}的文字与SHA-256不符") for problem in verify())


def test_an_altered_content_hash_is_found(moved):
    run("UPDATE workflow_storeddocument SET content_hash = %s", "0" * 64)

    assert verify() == [
        f"版本内容{StoredDocument.objects.get().sha256[:16]}与其校验码{'0' * 16}不符：被改动过。"
    ]


ALTERED = {
    "number": "9",
    "revision": "9",
    "object_id": "9",
    "kind": "'x'",
    "act": "'pass'",
    "source": "'approved'",
    "target": "'approved'",
    "skipped": """'["x"]'""",
    "actor_id": "NULL",
    "capacity": "'财政审核人'",
    "reason": "'补记'",
    "batch": "'b'",
    "at": "'2020-01-01 00:00:00'",
}


@pytest.mark.parametrize("column", ALTERED)
def test_an_altered_version_is_named_with_its_entry(moved, column):
    entry = Entry.objects.filter(action="withdraw").get()
    run(f"UPDATE workflow_version SET {column} = {ALTERED[column]} WHERE id = {moved[1].pk}")

    altered, missing = verify()

    assert altered.startswith(f"版本记录{moved[1].pk}（")
    assert altered.endswith("在操作日志中没有相符的登记：版本被改动、插入，或者登记它的日志被改动、删除。")
    assert missing.startswith(f"操作日志第{entry.sequence}条登记的版本（“{entry.label}”撤回）不在版本记录中")


def test_a_removed_version_is_named(moved):
    entry = Entry.objects.filter(action="withdraw").get()
    run("DELETE FROM workflow_version WHERE act = 'withdraw'")

    assert verify() == [
        f"操作日志第{entry.sequence}条登记的版本（“{entry.label}”撤回）不在版本记录中：被删除，或者被改动过。"
    ]


def test_an_inserted_version_is_named(moved):
    copied = moved[0]
    copied.pk, copied.act = None, "approve"
    copied.save(force_insert=True)

    (problem,) = verify()

    assert problem.startswith(f"版本记录{copied.pk}（部门年度{copied.object_id} 第1版 批复）")
    assert problem.endswith("或者登记它的日志被改动、删除。")


def test_versions_that_changed_places_are_named(moved):
    first, second = (version.pk for version in moved)
    for old, new in ((first, 0), (second, first), (0, second)):
        run(f"UPDATE workflow_version SET id = {new} WHERE id = {old}")

    (problem,) = verify()

    assert problem.startswith(f"版本记录{second}（")
    assert "版本记录被调换过" in problem


def test_missing_triggers_are_named(db):
    drop_triggers(connection, VERSIONS)
    try:
        assert verify() == [
            "数据表workflow_storeddocument缺少防篡改触发器：被人为去掉过。",
            "数据表workflow_version缺少防篡改触发器：被人为去掉过。",
        ]
    finally:
        install_triggers(connection, VERSIONS)


def test_the_command_fails_on_an_altered_version(moved):
    run("UPDATE workflow_version SET reason = '补记'")
    said = io.StringIO()

    with pytest.raises(CommandError, match=r"有\d处问题"):
        call_command("verify_trail", stdout=said)

    assert f"版本记录{moved[0].pk}" in said.getvalue()
