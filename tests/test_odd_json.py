"""What scripts of the editors send as JSON may be anything: no address fails, on SQLite or PostgreSQL."""

import json

import pytest
from django.db import transaction
from django.urls import reverse

from tests.test_urls_matrix import arguments  # noqa: F401 - a fixture

UID = "0123456789abcdef0123456789abcdef"
DEEP = "[" * 20_000 + "]" * 20_000
# As they stand in JSON: half a character, NUL, numbers that no column holds, what is of another type.
ODD = (
    *(r'"\ud800"', r'"a\u0000b"', '"' + "长" * 20_000 + '"'),
    *("9" * 4000, "9" * 5000, "-1", "1e400", "NaN", "null", "true", "[]", '{"a": 1}', "", DEEP),
)
ROW = {"uid": UID, "first_tier": "产出指标", "second_tier": "数量指标", "name": "次数", "value": "≥2次",
       "description": "", "basis": "", "weight": "", "position": 1}  # fmt: skip
SECTION = {"uid": UID, "title": "制度", "items": [{"uid": "f" * 32, "text": "办法"}]}
SUB_GOAL = {"uid": UID, "title": "目标", "goal": "完成", "indicators": "2次", "codes": []}
ITEM = {"uid": UID, "text": "一条"}


def with_odd(plain):
    """Yield a value as JSON with each odd one in the place of each of its parts, and of the whole."""
    yield from ODD
    parts = plain.items() if isinstance(plain, dict) else enumerate(plain)
    for key, part in parts:
        nested = isinstance(part, (dict, list)) and part
        for odd in with_odd(part) if nested else ODD:
            changed = (
                plain | {key: "ODD"} if isinstance(plain, dict) else [*plain[:key], "ODD", *plain[key + 1 :]]
            )
            yield json.dumps(changed).replace('"ODD"', odd)


def row_acts():
    for text in with_odd([ROW]):
        yield {"act": "restore", "rows": text}
    for text in with_odd([{"uid": UID}]):
        yield {"act": "insert", "rows": text, "after": ""}
    for text in with_odd({"uid": UID, "position": 1}):
        yield {"act": "restore", "row": text, "position": "1"}
    for text in with_odd([[UID, "产出指标", "数量指标"]]):
        yield {"act": "arrange", "places": text}
    for text in read(ODD):
        yield {"act": "restore", "row": json.dumps(ROW | {"position": None}), "position": text}
        yield {"act": "add", "uid": text, "first_tier": "产出指标", "second_tier": "数量指标"}
        yield {"act": "add", "uid": UID, "first_tier": text, "second_tier": text, "after": text}
        yield {"act": "duplicate", "uid": text, "new": text}
        yield {"act": "tier", "uids": text, "first_tier": text, "second_tier": text}


def part_acts():
    for listed, plain in (("safeguards", SECTION), ("sub_goals", SUB_GOAL), ("overall_goals", ITEM)):
        for text in with_odd(plain):
            yield {"act": "restore", "list": listed, "position": "0", "row": text}
        for text in read(ODD):
            yield {"act": "restore", "list": listed, "position": text, "row": json.dumps(plain)}
            yield {"act": "add", "list": listed, "uid": text, "after": text}
    for text in read(ODD):
        yield {"act": "restore", "list": text, "position": "0", "row": json.dumps(ITEM)}
        yield {"act": "move", "part": text, "before": text}
        yield {"act": "link", "part": text, "codes": text}


def fields():
    for text in read(ODD):
        for path in (
            "goal",
            "budget",
            "milestones/3",
            "milestones/" + text,
            f"indicators/{text}/value",
            text,
        ):
            yield {"path": path, "base": "", "value": text}
            yield {"path": path, "base": text, "value": "1"}


def read(odd):
    """Return the odd values as a form sends them: what a browser can send is UTF-8 without halves."""
    return [text.replace(r"\u0000", "\x00") for text in odd]


@pytest.mark.parametrize(
    ("name", "of", "sent"),
    [
        ("edit-rows", "table", row_acts),
        ("edit-narrative-parts", "year", part_acts),
        ("save-field", "table", fields),
        ("save-narrative-field", "year", fields),
    ],
)
def test_no_script_brings_an_address_down(name, of, sent, arguments, preparer, signed_in):  # noqa: F811
    client, address, answers = signed_in(preparer), reverse(name, args=arguments[of]), {}
    client.raise_request_exception = False
    for data in sent():
        with transaction.atomic():
            status = client.post(address, data).status_code
            transaction.set_rollback(True)
        answers.setdefault(status, []).append({key: value[:80] for key, value in data.items()})
    assert answers.keys() <= {200, 409, 422}, answers.get(500, answers.keys())
