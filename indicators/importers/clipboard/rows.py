"""A block with columns of known meaning → new rows of indicators, and existing ones they are taken for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from indicators.document import Change, Indicator, new_uid
from indicators.document.fields import ROW_FIELDS, FieldError, read_field
from indicators.document.labels import INDICATOR
from indicators.importers.clipboard.block import Block, place
from indicators.importers.clipboard.columns import Column, header_rows, is_header
from indicators.importers.clipboard.proposals import PastePreview, Proposal, numbered_lines, row_text
from indicators.importers.clipboard.tiers import FrameTiers
from indicators.importers.indicator_rows import inherited_tiers
from indicators.importers.outcome import shown
from indicators.importers.rows import label
from indicators.values.comparators import read_opening
from indicators.values.reading import prepare

_TOTALS = frozenset(("合计", "总计", "小计", "总分", "合计:"))
_NO_SIGN = frozenset(("定性", "无", "-", "—", "－", "/", "\\"))
_SPREADSHEET_ERRORS = frozenset(
    ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")
)
_SUBJECT = (Column.NAME, Column.DESCRIPTION, Column.VALUE, Column.BASIS)


@dataclass(slots=True)
class _Row:
    """A row of the block as read: its texts by meaning, and what could not be read."""

    number: int
    texts: dict[Column, str]
    weight: Decimal | None = None
    remarks: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Skipped:
    """Rows that hold no indicator, by the reason."""

    header: list[int] = field(default_factory=list)
    above: list[int] = field(default_factory=list)
    total: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)

    def messages(self) -> list[str]:
        reasons = {
            "是表头之上的内容": self.above,
            "是表头": self.header,
            "是合计": self.total,
            "没有指标内容": self.blank,
        }
        return [f"{numbered_lines(rows)}{reason}，未贴。" for reason, rows in reasons.items() if rows]


def propose_rows(
    block: Block,
    columns: Sequence[Column],
    *,
    stored: Sequence[Indicator],
    tiers: FrameTiers,
    default_tier: tuple[str, str] = ("", ""),
    has_weights: bool = False,
) -> PastePreview:
    """Return a proposal for each indicator of the block.

    ``default_tier`` is where rows go that name no tier. Weights are read where the year's form has them.
    """
    if not has_weights:
        columns = [Column.IGNORED if column is Column.WEIGHT else column for column in columns]
    rows, skipped = _read_rows(block, columns)
    proposals: list[Proposal] = []
    above = default_tier
    unmatched = list(stored)
    for row in rows:
        above = _tiers_of(row, above, tiers)
        if any(row.texts.get(column) for column in _SUBJECT) or row.remarks:
            proposals.append(_proposal(row, above, unmatched, stored))
        else:
            skipped.blank.append(row.number)
    messages = [*skipped.messages(), *_unnamed(block, columns), *_tier_messages(proposals, tiers)]
    return PastePreview(tuple(proposals), tuple(messages))


def _read_rows(block: Block, columns: Sequence[Column]) -> tuple[list[_Row], _Skipped]:
    header, skipped, rows = header_rows(block), _Skipped(), []
    for index, cells in enumerate(block.rows):
        number = index + 1
        if index in header or is_header(cells):
            skipped.header.append(number)
        elif index < header.start and header:
            skipped.above.append(number)
        elif not any(cells):
            skipped.blank.append(number)
        elif _is_total(cells):
            skipped.total.append(number)
        else:
            rows.append(_read_row(number, cells, columns))
    return rows, skipped


def _is_total(cells: Sequence[str]) -> bool:
    return next((label(cell) for cell in cells if cell), "") in _TOTALS


def _read_row(number: int, cells: Sequence[str], columns: Sequence[Column]) -> _Row:
    row = _Row(number, {})
    for index, (column, text) in enumerate(zip(columns, cells, strict=True)):
        if not text or column is Column.IGNORED:
            continue
        where = place(number - 1, index)
        if text in _SPREADSHEET_ERRORS or set(text) == {"#"}:
            row.remarks[index] = f"{where}显示为{shown(text)}，看不到原来的内容；改正后重新复制，该格未贴。"
        elif column is Column.WEIGHT:
            _read_weight(row, index, text, where)
        else:
            row.texts[column] = text
    _join_value(row)
    return row


def _read_weight(row: _Row, index: int, text: str, where: str) -> None:
    try:
        row.weight = read_weight(text)
    except FieldError as error:
        row.remarks[index] = f"{where}{error}该格未贴。"


def read_weight(text: str) -> Decimal | None:
    """Return a weight as sheets write it: 10, 10分, 10%. Raises FieldError."""
    return read_field("/weight", text.rstrip().removesuffix("分").removesuffix("%").removesuffix("％"))


def _join_value(row: _Row) -> None:
    """Make one text of 符号 | 值 | 单位; what the value says itself is not said twice."""
    sign, unit = row.texts.pop(Column.COMPARATOR, ""), row.texts.pop(Column.UNIT, "")
    value = row.texts.get(Column.VALUE, "")
    if not value:
        return
    if sign not in _NO_SIGN and not read_opening(prepare(value).text).comparator:
        value = sign + value
    if unit not in _NO_SIGN and not value.endswith(unit):
        value += unit
    row.texts[Column.VALUE] = value


def _tiers_of(row: _Row, above: tuple[str, str], tiers: FrameTiers) -> tuple[str, str]:
    """Return the tiers of a row: as named, else those of the row above."""
    first, second = row.texts.get(Column.FIRST_TIER, ""), row.texts.get(Column.SECOND_TIER, "")
    if first or second:
        first, second = tiers.completed(first, second)
    return inherited_tiers(first, second, above)


def _proposal(
    row: _Row, tiers: tuple[str, str], unmatched: list[Indicator], stored: Sequence[Indicator]
) -> Proposal:
    texts = {column.value: row.texts.get(column, "") for column in _SUBJECT}
    added = Indicator(*tiers, **texts, weight=row.weight, uid=new_uid())
    existing = next((other for other in unmatched if added.name and _key(other) == _key(added)), None)
    if existing is None:
        return Proposal(row.number, added, remarks=row.remarks, tiers=tiers)
    unmatched[:] = [other for other in unmatched if other.uid != existing.uid]
    return Proposal(
        row.number,
        added,
        changes=_changes(existing, added, _number(existing, stored)),
        existing=existing.uid,
        remarks=row.remarks,
        tiers=tiers,
    )


def _number(indicator: Indicator, stored: Sequence[Indicator]) -> int:
    """Return the row number; equal indicators differ in their uid alone."""
    return next(number for number, other in enumerate(stored, start=1) if other.uid == indicator.uid)


def _key(indicator: Indicator) -> tuple[str, str]:
    return label(indicator.second_tier), label(indicator.name)


def _changes(existing: Indicator, pasted: Indicator, number: int) -> tuple[Change, ...]:
    """Return what writing over a row changes; a blank cell of the block takes nothing away."""
    return tuple(
        Change(
            f"indicators/{existing.uid}/{name}",
            f"绩效指标第{number}项 {INDICATOR[name]}",
            row_text(existing, name),
            row_text(pasted, name),
        )
        for name in ROW_FIELDS
        if row_text(pasted, name) and getattr(existing, name) != getattr(pasted, name)
    )


def _unnamed(block: Block, columns: Sequence[Column]) -> list[str]:
    """Return a sentence about columns with a header that was not understood."""
    header = header_rows(block)
    texts = {
        index: block.rows[header.stop - 1][index]
        for index, column in enumerate(columns)
        if header and column is Column.IGNORED and block.column(index)
    }
    named = "、".join(f"第{index + 1}列{shown(text) if text else ''}" for index, text in texts.items())
    return [f"{named}没有贴；需要时在该列上方选择它的含义。"] if named else []


def _tier_messages(proposals: Sequence[Proposal], tiers: FrameTiers) -> list[str]:
    unknown: dict[tuple[str, str], list[int]] = {}
    for proposal in proposals:
        if any(proposal.tiers) and not tiers.knows(*proposal.tiers):
            unknown.setdefault(proposal.tiers, []).append(proposal.number)
    return [
        f"{numbered_lines(numbers)}的一级、二级指标“{'›'.join(filter(None, pair))}”不在本年度的指标框架中，"
        "按原文贴入；贴入后核对。"
        for pair, numbers in unknown.items()
    ]
