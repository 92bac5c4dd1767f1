"""A copied 资金支出计划: 25% 60% 75% 100% in a row or a column, with or without its months."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from indicators.document import Change, Milestone
from indicators.importers.clipboard.block import Block, place
from indicators.importers.clipboard.proposals import PastePreview, Proposal
from indicators.importers.rows import label
from perfbudget.lib.ratios import PercentError, format_percent, parse_percent

_MONTH = re.compile(r"(1[0-2]|[1-9])月[底末]?")
_LABEL = "资金支出计划"


class _Cell(NamedTuple):
    text: str
    place: str
    month: int | None


def is_plan(block: Block, months: Sequence[int]) -> bool:
    """Return whether the block is a plan without a doubt: months above, or as many percentages as months."""
    cells = _cells(block)
    read = [_percent(cell.text) is not None for cell in cells]
    if all(cell.month for cell in cells):
        return any(read)
    return len(cells) == len(months) and all(read)


def propose_plan(block: Block, *, stored: Sequence[Milestone], start: int | None = None) -> PastePreview:
    """Return a proposal for each month; without months above, from month ``start`` on, else the first."""
    percents = {milestone.month: milestone.percent for milestone in stored}
    months = sorted(percents)
    following = iter(months[months.index(start) if start in percents else 0 :])
    proposals: list[Proposal] = []
    messages: list[str] = []
    for cell in _cells(block):
        month = cell.month or next(following, None)
        if month not in percents:
            messages.append(f"{cell.place}“{cell.text}”没有可填的月份，未贴。")
            continue
        try:
            percent = parse_percent(cell.text)
        except PercentError as error:
            messages.append(f"{cell.place}{error}{month}月底未贴。")
            continue
        change = Change(
            f"milestones/{month}",
            f"资金支出计划 {month}月底",
            format_percent(percents[month]),
            format_percent(percent),
        )
        changes = () if change.before == change.after else (change,)
        proposals.append(Proposal(len(proposals) + 1, changes=changes))
    return PastePreview(tuple(proposals), tuple(messages))


def _cells(block: Block) -> list[_Cell]:
    """Return the cells of a plan with their months; nothing where the block is of another shape."""
    cells = [
        [
            (text, place(row, column))
            for column, text in enumerate(texts)
            if text and not label(text).startswith(_LABEL)
        ]
        for row, texts in enumerate(block.rows)
    ]
    rows = [row for row in cells if row]
    if len(rows) == 2 and len(rows[0]) == len(rows[1]) and all(_month(text) for text, _ in rows[0]):
        return [_Cell(*cell, _month(above)) for (above, _), cell in zip(*rows, strict=True)]
    if all(len(row) == 2 and _month(row[0][0]) for row in rows):
        return [_Cell(*row[1], _month(row[0][0])) for row in rows]
    if len(rows) == 1:
        return [_Cell(*cell, None) for cell in rows[0]]
    if all(len(row) == 1 for row in rows):
        return [_Cell(*row[0], None) for row in rows]
    return []


def _month(text: str) -> int | None:
    found = _MONTH.fullmatch(label(text))
    return int(found[1]) if found else None


def _percent(text: str) -> Decimal | None:
    try:
        return parse_percent(text)
    except PercentError:
        return None
