"""The approval (批复) as an official document: the letter, what it approves as a list, and every table.

It is laid out from what was stored when it was issued, so that it reads the same for ever.
"""

import datetime
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

from indicators.document import NARRATIVE_NAME
from indicators.document.canonical import content_hash
from indicators.document.model import Booklet, TargetTable
from indicators.layout.booklet import lay_out_narrative
from indicators.layout.grid import Cell, Grid, Role, Row, RowKind
from indicators.layout.publication import (
    Block,
    Heading,
    Letterhead,
    Paragraph,
    Place,
    Publication,
    SheetBlock,
)
from indicators.layout.table import PrintOptions, lay_out_table, table_title
from perfbudget.lib.money import format_wan, in_wan

# Millimetres: 序号, 项目编码, 项目名称, 预算数, 校验码, 备注.
WIDTHS = (11, 49, 45, 26, 38, 11)
SUMMARY = "项目支出绩效目标汇总表"
TABLES = "项目支出绩效目标表"
EXCERPT = "（本件为节选，附件只列本单位的内容。）"
_SHORT_HASH = 16


@dataclass(frozen=True, slots=True)
class Letter:
    """What an approval says itself; ``title`` may have two lines, ``text`` has a paragraph a line.

    It is not whole where a unit reads what was addressed to its 主管部门: the annex has its own part alone.
    """

    issuer: str
    document_number: str
    title: str
    addressee: str
    text: str
    approved_on: datetime.date
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class ApprovedTable:
    """A table as it was approved, and how its form is printed; of a cancelled one only its name is."""

    table: TargetTable
    is_cancelled: bool = False

    @property
    def budget(self) -> Decimal:
        return Decimal(0) if self.is_cancelled else self.table.budget or Decimal(0)


def lay_out_approval(
    letter: Letter, narratives: Sequence[Booklet], tables: Sequence[ApprovedTable], options: PrintOptions
) -> Publication:
    """Return the whole document; ``tables`` in the order of their units."""
    annexes = _annexes(letter, narratives, tables, options)
    blocks = (
        Letterhead(f"{letter.issuer}文件", letter.document_number, letter.title),
        Paragraph(f"{letter.addressee}：", place=Place.ADDRESSEE),
        *(Paragraph(line.strip(), place=Place.LETTER) for line in letter.text.splitlines() if line.strip()),
        *_list_of_annexes(tuple(annexes)),
        *(() if letter.is_whole else (Paragraph(EXCERPT, place=Place.LETTER),)),
        Paragraph(letter.issuer, place=Place.SIGNATURE),
        Paragraph(chinese_date(letter.approved_on), place=Place.SIGNATURE),
        *(block for blocks in annexes.values() for block in blocks),
    )
    title = letter.title.replace("\n", "")
    return Publication(title, blocks, identity=_identity(letter, narratives, tables))


def chinese_date(day: datetime.date) -> str:
    """Return a date as official documents write it: 2024年2月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _identity(letter: Letter, narratives: Sequence[Booklet], tables: Sequence[ApprovedTable]) -> str:
    """Return one hash over the letter and the 校验码 of all it approves."""
    said = (letter.issuer, letter.document_number, letter.addressee, letter.approved_on.isoformat())
    hashes = [content_hash(document) for document in (*narratives, *(each.table for each in tables))]
    return hashlib.sha256("\n".join((*said, letter.text, *hashes)).encode()).hexdigest()


def _annexes(
    letter: Letter, narratives: Sequence[Booklet], tables: Sequence[ApprovedTable], options: PrintOptions
) -> Mapping[str, tuple[Block, ...]]:
    """Return the blocks of each annex by its name."""
    kept = [each.table for each in tables if not each.is_cancelled]
    annexes: dict[str, tuple[Block, ...]] = {}
    if narratives:
        annexes[NARRATIVE_NAME] = tuple(block for each in narratives for block in _narrative(each))
    if tables:
        annexes[SUMMARY] = (_summary(letter, tables),)
    if kept:
        annexes[f"{TABLES}（{len(kept)}张）"] = tuple(_sheet(table, options) for table in kept)
    return annexes


def _list_of_annexes(names: Sequence[str]) -> Iterator[Paragraph]:
    if len(names) == 1:
        yield Paragraph(f"附件：{names[0]}", place=Place.LETTER)
        return
    for number, name in enumerate(names, start=1):
        yield Paragraph(f"{'附件：' if number == 1 else '　　　'}{number}.{name}", place=Place.LETTER)


def _narrative(booklet: Booklet) -> Iterator[Block]:
    """Yield a unit's text; several units stand in one document, so its anchors carry the unit's code."""
    head, *blocks = lay_out_narrative(booklet).blocks
    yield replace(
        head, text=f"{booklet.department_name}{NARRATIVE_NAME}", anchor=f"unit-{booklet.department_code}"
    )
    for block in blocks:
        anchor = f"unit-{booklet.department_code}-{getattr(block, 'anchor', '')}"
        yield replace(block, anchor=anchor) if isinstance(block, Heading) else block


def _sheet(table: TargetTable, options: PrintOptions) -> SheetBlock:
    return SheetBlock(lay_out_table(table, options), table_title(table), f"table-{table.uid}")


def _summary(letter: Letter, tables: Sequence[ApprovedTable]) -> SheetBlock:
    title = f"{tables[0].table.year}年度{SUMMARY}"
    labels = ("序号", "项目编码", "项目名称", "预算数", "校验码", "备注")
    rows = (
        Row((Cell(title, Role.TITLE, columns=6),), RowKind.TITLE),
        Row(
            (
                Cell(letter.addressee, Role.LINE_START, columns=4),
                Cell("单位：万元", Role.LINE_END, columns=2),
            ),
            RowKind.LINE,
        ),
        Row(tuple(Cell(label, Role.LABEL) for label in labels), RowKind.HEADER),
        *_summary_rows(tables),
        _sum("合计", tables),
    )
    return SheetBlock(Grid("approved", WIDTHS, rows), title, "summary")


def _summary_rows(tables: Sequence[ApprovedTable]) -> Iterator[Row]:
    number = 0
    units = [(unit, list(group)) for unit, group in groupby(tables, key=lambda each: _unit(each.table))]
    for unit, group in units:
        if len(units) > 1:
            yield _sum(unit, group)
        for each in group:
            number += 1
            yield _summary_row(number, each)


def _unit(table: TargetTable) -> str:
    return f"{table.department_code}{table.department_name}"


def _summary_row(number: int, each: ApprovedTable) -> Row:
    return Row(
        (
            Cell(str(number), Role.COUNT, number=Decimal(number)),
            Cell(each.table.project_code, Role.CODE),
            Cell(each.table.name, Role.TEXT),
            _amount(each.table.budget),
            Cell(content_hash(each.table)[:_SHORT_HASH], Role.CODE),
            Cell("取消" if each.is_cancelled else "", Role.SHORT),
        )
    )


def _sum(label: str, tables: Sequence[ApprovedTable]) -> Row:
    total = sum((each.budget for each in tables), Decimal(0))
    return Row(
        (
            Cell(label, Role.LABEL, columns=3),
            _amount(total),
            Cell("", Role.SHORT),
            Cell("", Role.SHORT),
        )
    )


def _amount(yuan: Decimal | None) -> Cell:
    return Cell(format_wan(yuan), Role.MONEY, number=None if yuan is None else in_wan(yuan))
