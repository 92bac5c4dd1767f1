import dataclasses
import hashlib
import json
import pathlib

import pytest
from hypothesis import given

from indicators.document import (
    Booklet,
    DocumentError,
    Indicator,
    Milestone,
    NarrativeItem,
    SafeguardSection,
    SubGoal,
    TargetTable,
    booklet_from_json,
    canonical_json,
    content_hash,
    new_uid,
    table_from_json,
)
from tests.documents import booklets, target_tables

SCHEMA = pathlib.Path(__file__).parent.parent / "docs" / "document-schema.json"


@given(target_tables())
def test_a_table_comes_back_exactly(table):
    again = table_from_json(canonical_json(table))
    assert again == table
    assert again.uid == table.uid
    assert again.notes == table.notes
    assert [row.uid for row in again.indicators] == [row.uid for row in table.indicators]


@given(booklets())
def test_a_booklet_comes_back_exactly(booklet):
    text = canonical_json(booklet)
    assert booklet_from_json(text) == booklet
    assert canonical_json(booklet_from_json(text)) == text


@given(target_tables())
def test_uids_and_notes_do_not_touch_the_hash(table):
    other = dataclasses.replace(table, uid=new_uid(), notes=())
    assert other == table
    assert content_hash(other) == content_hash(table)


@given(target_tables())
def test_the_hash_is_that_of_the_bytes_of_the_content(table):
    text = canonical_json(table)
    content = text[len('{"content":') : text.index(',"kind":"table","marks":')]
    assert json.loads(content) == json.loads(text)["content"]
    assert hashlib.sha256(content.encode()).hexdigest() == content_hash(table)


def test_a_blank_is_neither_empty_nor_zero():
    blank = TargetTable(2024, "286001", "甲", "", "乙")
    content = json.loads(canonical_json(blank))["content"]
    assert content["other_funding"] is None
    assert content["purpose"] == ""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "不是有效的JSON"),
        ("[]", "缺少“schema”"),
        ('{"schema": 2}', "结构版本为“2”"),
        ('{"schema": 1, "kind": "booklet"}', "种类为“booklet”"),
        ('{"schema": 1, "kind": "table"}', "“table”应为对象"),
        ('{"schema": 1, "kind": "table", "content": {"who": 1}}', "未知项目：who"),
        ('{"schema": 1, "kind": "table", "content": {}}', "缺少必需的项目"),
        ('{"schema": 1, "kind": "table", "content": {"year": "2024"}}', "“table.year”的值“2024”"),
        ('{"schema": 1, "kind": "table", "content": {"year": true}}', "“table.year”的值“True”"),
        ('{"schema": 1, "kind": "table", "content": {"budget": 1.8}}', "“table.budget”的值“1.8”"),
        ('{"schema": 1, "kind": "table", "content": {"budget": "NaN"}}', "“table.budget”的值“NaN”"),
        ('{"schema": 1, "kind": "table", "content": {"prepared_on": "昨天"}}', "“table.prepared_on”"),
        ('{"schema": 1, "kind": "table", "content": {"indicators": {}}}', "“table.indicators”应为列表"),
        ('{"schema": 1, "kind": "table", "content": {"milestones": [3]}}', "“table.milestones[1]”应为对象"),
    ],
)
def test_what_is_no_document_is_refused_with_the_place(text, complaint):
    with pytest.raises(DocumentError, match=complaint.replace("[", r"\[")):
        table_from_json(text)


def test_the_schema_names_every_field():
    definitions = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]
    for part in (Booklet, TargetTable, Milestone, Indicator, NarrativeItem, SubGoal, SafeguardSection):
        fields = {field.name for field in dataclasses.fields(part) if field.compare}
        assert definitions[part.__name__]["properties"].keys() == fields
