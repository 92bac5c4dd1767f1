"""Finding the columns of a foreign table by the words in their heads, for lists read and templates filled."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from indicators.importers.sheets import Cell, Sheet

SEARCHED_ROWS = 30
_LEVELS = 2  # rows above the head that its upper heads may stand in
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_MARKS = re.compile(r"^[*★☆#\s]+|^其中[:,]?|[:*\s]+$")
# A head that says nothing without the one above it.
_DEPENDENT = frozenset({"合计", "小计", "总计", "金额", "编码", "名称", "代码"})
_WAN = re.compile("万元")
_YUAN = re.compile(r"(?<![万亿千百])元")


@dataclass(frozen=True, slots=True)
class Field:
    """What a column can hold; ``words`` are heads it is known by, ``parts`` what such a head contains."""

    name: str
    label: str
    words: tuple[str, ...]
    parts: tuple[str, ...] = ()


def bare(head: str) -> str:
    """Return a head as heads are compared: no blanks, brackets or marks, half width."""
    compact = unicodedata.normalize("NFKC", "".join(head.split()))
    return _MARKS.sub("", _BRACKETS.sub("", compact))


def heads_of(sheet: Sheet, row: int) -> list[str]:
    """Return the head of every column where the head stands in ``row`` (from 1).

    A blank head, or one that says nothing by itself (小计), takes what stands above it.
    """
    above = [number for number in range(row - 1, max(row - 1 - _LEVELS, 0), -1) if _has_heads(sheet, number)]
    return [_head(sheet, row, column, above) for column in range(sheet.width)]


def _has_heads(sheet: Sheet, row: int) -> bool:
    """Several different texts stand in a row of heads, only one in a title."""
    return len({cell.text for cell in sheet.rows[row - 1] if cell.text}) >= 3


def _head(sheet: Sheet, row: int, column: int, above: Sequence[int]) -> str:
    own = _line(sheet.cell(row, column))
    uppers = [_line(sheet.cell(number, column)) for number in above]
    upper = next((text for text in uppers if text and text != own), "")
    if not own:
        return upper
    return f"{upper}{own}" if upper and bare(own) in _DEPENDENT else own


def _line(cell: Cell) -> str:
    return " ".join(cell.text.split())[:100]


def guess_columns(heads: Sequence[str], fields: Iterable[Field]) -> dict[str, int]:
    """Return the column (from 0) of every field that a head names: whole words first, then parts of heads."""
    found: dict[str, int] = {}
    known = list(fields)
    texts = [bare(head) for head in heads]
    for matches in (lambda field, text: text in field.words, _contains):
        for field in known:
            taken = set(found.values())
            candidates = [
                (rank, column)
                for column, text in enumerate(texts)
                if text and column not in taken and matches(field, text)
                for rank in [field.words.index(text) if text in field.words else 0]
            ]
            if field.name not in found and candidates:
                found[field.name] = min(candidates)[1]
    return found


def _contains(field: Field, text: str) -> bool:
    return any(part in text for part in field.parts)


def guess_head_row(sheet: Sheet, fields: Iterable[Field]) -> int:
    """Return the row (from 1) whose heads name most fields, the first of equals."""
    known = tuple(fields)
    rows = range(1, min(len(sheet.rows), SEARCHED_ROWS) + 1)
    return max(rows, key=lambda row: (len(guess_columns(heads_of(sheet, row), known)), -row), default=1)


def find_heads(sheet: Sheet, columns: Mapping[str, str]) -> tuple[int, dict[str, int]] | None:
    """Return the row in which all these heads ({field: text}) stand, with the column of each; else None."""
    wanted = {name: bare(head) for name, head in columns.items()}
    for row in range(1, min(len(sheet.rows), SEARCHED_ROWS) + 1):
        places: dict[str, int] = {}
        for column, head in enumerate(heads_of(sheet, row)):
            places.setdefault(bare(head), column)
        if wanted and all(head in places for head in wanted.values()):
            return row, {name: places[head] for name, head in wanted.items()}
    return None


def guess_amount_unit(texts: Iterable[str]) -> str:
    """Return "wan" or "yuan" where the heads (or a line above them) name one unit of money, else ""."""
    units = {unit for text in texts for unit in _units_in(text)}
    return units.pop() if len(units) == 1 else ""


def _units_in(text: str) -> list[str]:
    found = ["wan"] if _WAN.search(text) else []
    return found + (["yuan"] if _YUAN.search(text) else [])
