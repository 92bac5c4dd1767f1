"""The lines people sign on below a table: “填报人：… | 联系电话：… | 填报日期：…” (domain.md §3.5)."""

import datetime
import re
from typing import Any

from indicators.importers.outcome import Journal, shown
from indicators.importers.rows import CellRow, SourceCell, label, typed_text

_FIELDS = {"填报人": "preparer", "联系电话": "preparer_phone", "填报日期": "prepared_on"}
LONGEST = {"preparer": 50, "preparer_phone": 30}  # what the database holds
_SIGNED_BY_HAND = ("审核人", "单位负责人(签字)", "单位(公章)")
_LABELS = frozenset({*_FIELDS, *_SIGNED_BY_HAND})
_MOST_CELLS = 3
_CELL = re.compile(r"\s{0,9}([^：:]{1,20})[：:](.*)", re.DOTALL)
_DATE = re.compile(r"([0-9]{4})[-年/.]([0-9]{1,2})[-月/.]([0-9]{1,2})日?")


def is_foot_row(row: CellRow) -> bool:
    """Return whether every cell of the row begins with one of the labels of these lines."""
    if len(row.cells) > _MOST_CELLS:
        return False
    matches = [_CELL.fullmatch(cell.text) for cell in row.cells]
    return all(match and label(match[1]) in _LABELS for match in matches)


def read_foot_row(row: CellRow, journal: Journal) -> dict[str, Any]:
    """Return what the row says of 填报人, 联系电话 and 填报日期; what is signed by hand is not read."""
    values = {}
    for cell in row.cells:
        match = _CELL.fullmatch(cell.text)
        name = _FIELDS.get(label(match[1])) if match else None
        if match and name:
            text = typed_text(match[2], cell.place, journal)
            values[name] = _date(text, cell, journal) if name == "prepared_on" else text
            if len(text) > LONGEST.get(name, len(text)):
                journal.problem(cell.place, f"{match[1]}{shown(text)}过长，最多{LONGEST[name]}个字，请缩短。")
    return values


def _date(text: str, cell: SourceCell, journal: Journal) -> datetime.date | None:
    if not text:
        return None
    match = _DATE.fullmatch(label(text))
    try:
        return datetime.date(*map(int, match.groups())) if match else _no_date(text, cell, journal)
    except ValueError:
        return _no_date(text, cell, journal)


def _no_date(text: str, cell: SourceCell, journal: Journal) -> None:
    journal.problem(cell.place, f"填报日期{shown(text)}无法识别，应写成“2024-01-15”这样的日期。")
