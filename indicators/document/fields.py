"""The fields of a table that people fill in, by path: the text that is printed, and what typed text says.

Paths: name, project_code, budget, fiscal_funding, other_funding, purpose, goal, milestones/<month>,
indicators/<uid>/<name|description|value|basis|weight>. Amounts are typed in 万元, 25 is 25%.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from indicators.document.labels import INDICATOR, MONEY_FIELDS, TABLE
from indicators.document.model import Milestone, TargetTable
from perfbudget.lib.money import AmountError, format_wan, parse_wan
from perfbudget.lib.ratios import PercentError, format_percent, parse_percent
from perfbudget.lib.text import clean_text

TABLE_FIELDS = ("name", "project_code", "budget", "fiscal_funding", "other_funding", "purpose", "goal")
ROW_FIELDS = ("name", "description", "value", "basis", "weight")
LONGEST_TEXT = 100_000  # characters; far above any real text, and below what a request may hold
_WEIGHT = re.compile(r"[+-]?\d+(\.\d+)?\Z")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．－＋", "0123456789.-+")


class FieldError(ValueError):
    """The typed text cannot be stored; the message is a Chinese sentence for the person who typed it."""


class NoSuchFieldError(LookupError):
    """The path leads to no field that is filled in."""


class NoSuchRowError(NoSuchFieldError):
    """The indicator row that the path names is not there (any more)."""


def with_months(table: TargetTable, months: Iterable[int]) -> TargetTable:
    """Return the table with a blank milestone for every month of the year that it lacks, to be filled in."""
    held = {milestone.month: milestone for milestone in table.milestones}
    every = sorted({*held, *months})
    return replace(table, milestones=tuple(held.get(month) or Milestone(month, None) for month in every))


def field_texts(table: TargetTable) -> dict[str, str]:
    """Return the text of every field by its path, in the order of the form."""
    texts = {name: _printed(name, getattr(table, name)) for name in TABLE_FIELDS}
    for milestone in table.milestones:
        texts[f"milestones/{milestone.month}"] = format_percent(milestone.percent)
    for row in table.indicators:
        for name in ROW_FIELDS:
            texts[f"indicators/{row.uid}/{name}"] = _printed(name, getattr(row, name))
    return texts


def field_text(table: TargetTable, path: str) -> str:
    """Return the text of one field as it is printed; '' for a month that is not stored yet.

    Raises NoSuchFieldError, NoSuchRowError.
    """
    match path.split("/"):
        case [name] if name in TABLE_FIELDS:
            return _printed(name, getattr(table, name))
        case ["milestones", month] if _month(month):
            percents = {milestone.month: milestone.percent for milestone in table.milestones}
            return format_percent(percents.get(int(month)))
        case ["indicators", uid, name] if name in ROW_FIELDS:
            row = next((row for row in table.indicators if row.uid == uid), None)
            if row is None:
                raise NoSuchRowError(path)
            return _printed(name, getattr(row, name))
    raise NoSuchFieldError(path)


def field_place(table: TargetTable, path: str) -> str:
    """Return what people call a field: 预算数, 资金支出计划 6月底, 第3行 指标值."""
    match path.split("/"):
        case ["milestones", month]:
            return f"资金支出计划 {month}月底"
        case ["indicators", uid, name]:
            row = next(number for number, row in enumerate(table.indicators, start=1) if row.uid == uid)
            return f"第{row}行 {INDICATOR[name]}"
    return TABLE[path]


def read_field(path: str, typed: str) -> Any:
    """Return what ``typed`` says for the field: 元, a percentage, a weight, or the text itself.

    Raises FieldError.
    """
    try:
        if path in MONEY_FIELDS:
            return parse_wan(typed)
        if path.startswith("milestones/"):
            return parse_percent(typed)
    except (AmountError, PercentError) as error:
        raise FieldError(str(error)) from None
    if path.endswith("/weight"):
        return _read_weight(typed)
    if len(typed) > LONGEST_TEXT:
        raise FieldError(f"内容有{len(typed)}个字，最多{LONGEST_TEXT}个字，缩短后再填写。")
    return clean_text(typed)


def with_field(table: TargetTable, path: str, value: Any) -> TargetTable:
    """Return the table with ``value`` (of ``read_field``) in one field. Raises as ``field_text``."""
    field_text(table, path)
    match path.split("/"):
        case ["milestones", month]:
            held = {milestone.month: milestone for milestone in table.milestones}
            if value is not None or int(month) in held:
                held[int(month)] = Milestone(int(month), value)
            return replace(table, milestones=tuple(held[month] for month in sorted(held)))
        case ["indicators", uid, name]:
            rows = (replace(row, **{name: value}) if row.uid == uid else row for row in table.indicators)
            return replace(table, indicators=tuple(rows))
    return replace(table, **{path: value})


def says_the_same(path: str, one: str, other: str) -> bool:
    """True where two texts of a field are stored alike: 25 and 25%, 1.8 and 1.80, with and without blanks."""
    try:
        return read_field(path, one) == read_field(path, other)
    except FieldError:
        return clean_text(one) == clean_text(other)


def _printed(name: str, value: Any) -> str:
    if name in MONEY_FIELDS:
        return format_wan(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value or ""


def _month(text: str) -> bool:
    return text in map(str, range(1, 13))


def _read_weight(typed: str) -> Decimal | None:
    compact = "".join(typed.split()).translate(_FULL_WIDTH)
    if not compact:
        return None
    if not _WEIGHT.match(compact):
        raise FieldError(f"“{typed.strip()[:40]}”不是权重，应为数字，例如 10 或 7.5。")
    whole, _, places = compact.lstrip("+-").partition(".")
    if len(whole.lstrip("0")) > 4 or len(places.rstrip("0")) > 2:
        raise FieldError(f"“{typed.strip()[:40]}”超出范围，权重最多四位整数、两位小数。")
    return Decimal(compact).quantize(Decimal("0.01"))
