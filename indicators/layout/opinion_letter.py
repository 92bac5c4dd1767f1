"""The 审核意见书 of a department's year: the opinion as a letter, and what it is about as a list."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.checks.opinion import Grade
from indicators.layout.approval import chinese_date
from indicators.layout.grid import Cell, Grid, Role, Row, RowKind
from indicators.layout.publication import Letterhead, Paragraph, Place, Publication, SheetBlock
from perfbudget.lib.money import format_wan, in_wan

# Millimetres: 序号, 项目名称, 预算数, 等级, 审核意见.
WIDTHS = (11, 58, 22, 17, 72)
TITLE = "预算绩效目标审核意见书"


@dataclass(frozen=True, slots=True)
class OpinionLetter:
    """What the finance review says of a unit's year; ``identity`` is one hash over all it was said about.

    ``mark`` is printed on every page.
    """

    year: int
    addressee: str
    document_number: str
    overall: Grade
    text: str
    reviewer: str
    written_on: datetime.date
    identity: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class ReviewedTable:
    """One project of the list; no grade where no 审核表 was filled in. ``budget`` is 元."""

    name: str
    budget: Decimal | None
    grade: Grade | None
    text: str


def lay_out_opinion_letter(letter: OpinionLetter, tables: Sequence[ReviewedTable]) -> Publication:
    """Return the letter with the list of projects as its annex."""
    title = f"{letter.year}年度{TITLE}"
    blocks = (
        Letterhead("", letter.document_number, title),
        Paragraph(f"{letter.addressee}：", place=Place.ADDRESSEE),
        *(Paragraph(line.strip(), place=Place.LETTER) for line in letter.text.splitlines() if line.strip()),
        Paragraph(
            f"综合评定等级：{letter.overall.label}（{letter.overall.consequence}）", place=Place.LETTER
        ),
        Paragraph("附件：项目审核情况", place=Place.LETTER),
        Paragraph(f"审核人：{letter.reviewer}", place=Place.SIGNATURE),
        Paragraph(chinese_date(letter.written_on), place=Place.SIGNATURE),
        _list(letter, tables),
    )
    return Publication(f"{letter.addressee}{title}", blocks, letter.mark, letter.identity)


def _list(letter: OpinionLetter, tables: Sequence[ReviewedTable]) -> SheetBlock:
    labels = ("序号", "项目名称", "预算数", "等级", "审核意见")
    rows = (
        Row((Cell("项目审核情况", Role.TITLE, columns=5),), RowKind.TITLE),
        Row(
            (Cell("", Role.LINE_START, columns=3), Cell("单位：万元", Role.LINE_END, columns=2)), RowKind.LINE
        ),
        Row(tuple(Cell(label, Role.LABEL) for label in labels), RowKind.HEADER),
        *(_row(number, table) for number, table in enumerate(tables, start=1)),
    )
    return SheetBlock(Grid("opinions", WIDTHS, rows), "项目审核情况", "opinions")


def _row(number: int, table: ReviewedTable) -> Row:
    amount = None if table.budget is None else in_wan(table.budget)
    return Row(
        (
            Cell(str(number), Role.COUNT, number=Decimal(number)),
            Cell(table.name, Role.TEXT),
            Cell(format_wan(table.budget), Role.MONEY, number=amount),
            Cell(table.grade.label if table.grade else "未评定", Role.SHORT),
            Cell(table.text, Role.TEXT),
        ),
        may_break=True,
    )
