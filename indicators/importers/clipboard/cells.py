"""Plain cells without a layout: filled downwards and to the right from the selected cell, as a sheet does."""

from collections.abc import Sequence
from dataclasses import replace

from indicators.document import Change, Indicator
from indicators.document.fields import ROW_FIELDS, FieldError
from indicators.document.labels import INDICATOR
from indicators.importers.clipboard.block import Block, place
from indicators.importers.clipboard.columns import is_header
from indicators.importers.clipboard.proposals import PastePreview, Proposal, numbered_lines, row_text
from indicators.importers.clipboard.rows import read_weight
from indicators.importers.outcome import shown


def propose_cells(
    block: Block, *, stored: Sequence[Indicator], uid: str, name: str, has_weights: bool = False
) -> PastePreview:
    """Return a proposal for each cell, from field ``name`` of the row ``uid`` on."""
    fields = [field for field in ROW_FIELDS if has_weights or field != "weight"]
    fields = fields[fields.index(name) :]
    start = next(index for index, row in enumerate(stored) if row.uid == uid)
    lines = [number for number, row in enumerate(block.rows) if not is_header(row)]
    messages = []
    if beyond := [number + 1 for number in lines[len(stored) - start :] if any(block.rows[number])]:
        messages.append(f"{numbered_lines(beyond)}超出最后一行指标，未贴；先增加行，再粘贴。")
    if any(any(row[len(fields) :]) for row in block.rows):
        messages.append(f"第{len(fields) + 1}列起超出表格的右边，未贴。")
    proposals: list[Proposal] = []
    for number, (line, row) in enumerate(zip(lines, stored[start:], strict=False), start=start + 1):
        for column, field in enumerate(fields[: block.width]):
            text = block.rows[line][column]
            problem = _problem(field, text, place(line, column))
            if problem:
                messages.append(problem)
            elif text:
                proposals.append(_proposal(len(proposals) + 1, row, number, field, text))
    return PastePreview(tuple(proposals), tuple(messages))


def _problem(field: str, text: str, where: str) -> str:
    if field != "weight" or not text:
        return ""
    try:
        read_weight(text)
    except FieldError as error:
        return f"{where}{error}该格未贴。"
    return ""


def _proposal(order: int, row: Indicator, number: int, field: str, text: str) -> Proposal:
    pasted = row_text(replace(row, weight=read_weight(text)), field) if field == "weight" else text
    where = f"绩效指标第{number}项 {INDICATOR[field]}"
    if row.name and field != "name":
        where += f"（{shown(row.name)[1:-1]}）"
    change = Change(f"indicators/{row.uid}/{field}", where, row_text(row, field), pasted)
    return Proposal(order, changes=() if change.before == change.after else (change,))
