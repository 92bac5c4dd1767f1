"""Documents as canonical JSON (docs/document-schema.json) and back.

Keys are sorted, there is no white space, text stays as it is in UTF-8, decimals are strings, None is null.
What takes no part in equality (uids, import notes) stands beside the content under its own key, so that the
hash covers exactly what is filed: the SHA-256 is taken over the bytes of the content alone.
"""

import dataclasses
import datetime
import hashlib
import json
import types
import typing
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Any

from indicators.document.model import Booklet, TargetTable

SCHEMA = 1
_KINDS = {"table": TargetTable, "booklet": Booklet}


class DocumentError(ValueError):
    """The JSON is no document; the message is a Chinese sentence naming the place."""


def canonical_json(document: TargetTable | Booklet) -> str:
    """Return the document as canonical JSON: {"content": …, "kind": …, "marks": …, "schema": 1}.

    ``content`` is what equality and the hash cover; ``marks`` repeats its shape with uids and import notes.
    """
    kind = next(name for name, cls in _KINDS.items() if isinstance(document, cls))
    return _dump(
        {
            "schema": SCHEMA,
            "kind": kind,
            "content": _content(document),
            "marks": _marks(document),
        }
    )


def content_hash(document: TargetTable | Booklet) -> str:
    """Return the SHA-256 of the document's canonical content, in hexadecimal."""
    return hashlib.sha256(_dump(_content(document)).encode()).hexdigest()


def content_hash_of_json(text: str) -> str:
    """Return the 校验码 of a document as it is stored, whatever its schema. Raises DocumentError."""
    try:
        content = json.loads(text)["content"]
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise DocumentError(f"不是有效的绩效目标文件：{error}。") from error
    return hashlib.sha256(_dump(content).encode()).hexdigest()


def table_from_json(text: str | bytes) -> TargetTable:
    """Read a TargetTable from its canonical JSON. Raises DocumentError."""
    return _load(text, "table")


def booklet_from_json(text: str | bytes) -> Booklet:
    """Read a Booklet from its canonical JSON. Raises DocumentError."""
    return _load(text, "booklet")


def _dump(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case Decimal():
            return format(value.normalize(), "f")
        case datetime.date():
            return value.isoformat()
        case tuple():
            return [_plain(item) for item in value]
    return _content(value) if dataclasses.is_dataclass(value) else value


def _content(node: Any) -> dict[str, Any]:
    return {name: _plain(getattr(node, name)) for name, compared, _ in _fields(type(node)) if compared}


def _marks(node: Any) -> Any:
    """Return the uids and notes of a node and of its parts, in the shape of its content."""
    marks: dict[str, Any] = {}
    for name, compared, _ in _fields(type(node)):
        value = getattr(node, name)
        if not compared:
            marks[name] = value if isinstance(value, str) else [_content(note) for note in value]
        elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
            parts = [_marks(item) for item in value]
            if any(parts):
                marks[name] = parts
    return marks


@cache
def _fields(cls: type) -> tuple[tuple[str, bool, Any], ...]:
    hints = typing.get_type_hints(cls)
    return tuple((field.name, field.compare, hints[field.name]) for field in dataclasses.fields(cls))


def _load(text: str | bytes, kind: str) -> Any:
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"不是有效的JSON文件：{error}。") from error
    if not isinstance(plain, dict) or "schema" not in plain:
        raise DocumentError("不是绩效目标文件：缺少“schema”。")
    if plain["schema"] != SCHEMA:
        raise DocumentError(f"文件结构版本为“{plain['schema']}”，本系统只读版本{SCHEMA}。")
    if plain.get("kind") != kind:
        raise DocumentError(f"文件种类为“{plain.get('kind')}”，应为“{kind}”。")
    return _build(_KINDS[kind], plain.get("content"), plain.get("marks"), kind)


def _build(cls: type, content: Any, marks: Any, place: str) -> Any:
    if not isinstance(content, dict):
        raise DocumentError(f"“{place}”应为对象。")
    marks = marks if isinstance(marks, dict) else {}
    known = _fields(cls)
    if unknown := set(content) - {name for name, compared, _ in known if compared}:
        raise DocumentError(f"“{place}”含有未知项目：{'、'.join(sorted(unknown))}。")
    values = {}
    for name, compared, hint in known:
        source = content if compared else marks
        if name in source:
            values[name] = _read(hint, source[name], marks.get(name), f"{place}.{name}")
    try:
        return cls(**values)
    except TypeError as error:
        raise DocumentError(f"“{place}”缺少必需的项目：{error}。") from error


def _read(hint: Any, value: Any, marks: Any, place: str) -> Any:
    """Return ``value`` as the type the field declares, or raise DocumentError naming the place."""
    if typing.get_origin(hint) is types.UnionType:
        if value is None:
            return None
        hint = next(part for part in typing.get_args(hint) if part is not types.NoneType)
    if typing.get_origin(hint) is tuple:
        return _read_items(typing.get_args(hint)[0], value, marks, place)
    if dataclasses.is_dataclass(hint):
        return _build(hint, value, marks, place)
    try:
        return _read_scalar(hint, value)
    except (ValueError, TypeError, InvalidOperation) as error:
        raise DocumentError(f"“{place}”的值“{value}”无法识别。") from error


def _read_items(hint: Any, value: Any, marks: Any, place: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise DocumentError(f"“{place}”应为列表。")
    beside = marks if isinstance(marks, list) and len(marks) == len(value) else [None] * len(value)
    return tuple(
        _read(hint, item, mark, f"{place}[{number}]")
        for number, (item, mark) in enumerate(zip(value, beside, strict=True), start=1)
    )


def _read_scalar(hint: Any, value: Any) -> Any:
    if hint is int:
        if type(value) is not int:
            raise TypeError
        return value
    if not isinstance(value, str):
        raise TypeError
    if hint is datetime.date:
        return datetime.date.fromisoformat(value)
    number = hint(value)
    if hint is Decimal and not number.is_finite():
        raise ValueError
    return number
