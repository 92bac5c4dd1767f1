"""The 绩效目标审核表 of one table (domain.md §2.8) as a grid: what was reviewed, each 审核要点, the whole."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from indicators.checks import Quality
from indicators.checks.opinion import Grade, PointOpinion
from indicators.checks.review_points import REVIEW_POINTS, points_of
from indicators.document.canonical import content_hash
from indicators.document.model import TargetTable
from indicators.layout.grid import Cell, Grid, Role, Row, RowKind
from indicators.layout.publication import Publication, SheetBlock
from perfbudget.lib.money import format_wan, in_wan

# Millimetres: 审核事项, 审核要点, the first and second part of 审核内容, 等级, 审核说明.
WIDTHS = (20, 26, 26, 36, 16, 56)
TITLE = "绩效目标审核表"


@dataclass(frozen=True, slots=True)
class Review:
    """A filled in 审核表: ``points`` by name (none of old ones), grades, and who said so when."""

    points: Mapping[str, PointOpinion]
    grades: Mapping[Quality, Grade]
    overall: Grade
    text: str
    reviewer: str
    reviewed_on: datetime.date


def lay_out_review_sheet(table: TargetTable, review: Review) -> Publication:
    """Return the 审核表 of what ``table`` said when it was reviewed, whose 校验码 is printed below."""
    rows = (
        Row((Cell(f"{table.year}年度{TITLE}", Role.TITLE, columns=6),), RowKind.TITLE),
        Row(
            (
                Cell(f"{table.department_code}{table.department_name}", Role.LINE_START, columns=4),
                Cell("单位：万元", Role.LINE_END, columns=2),
            ),
            RowKind.LINE,
        ),
        *_project(table),
        _header(),
        *_points(review),
        Row((_label("综合评定等级"), _text(f"{review.overall.label}（{review.overall.consequence}）"))),
        Row((_label("总体意见"), _text(review.text)), may_break=True),
        Row(
            (
                Cell(f"审核人：{review.reviewer}", Role.LINE_START, columns=3),
                Cell(f"审核日期：{review.reviewed_on.isoformat()}", Role.LINE_START),
                Cell("审核单位（盖章）：", Role.LINE_START, columns=2),
            ),
            RowKind.FOOT,
        ),
    )
    title = f"{table.name}{TITLE}"
    return Publication(
        title, (SheetBlock(Grid("review", WIDTHS, rows), title, "review"),), identity=content_hash(table)
    )


def _label(text: str) -> Cell:
    return Cell(text, Role.LABEL, columns=2)


def _text(text: str) -> Cell:
    return Cell(text, Role.TEXT, columns=4)


def _project(table: TargetTable) -> Iterator[Row]:
    yield Row((_label("项目名称"), _text(table.name)))
    number = None if table.budget is None else in_wan(table.budget)
    yield Row(
        (
            _label("项目编码"),
            Cell(table.project_code, Role.CODE, columns=2),
            Cell("预算数", Role.LABEL),
            Cell(format_wan(table.budget), Role.MONEY, number=number),
        )
    )


def _header() -> Row:
    labels = (("审核事项", 1), ("审核要点", 1), ("审核内容", 2), ("等级", 1), ("审核说明", 1))
    return Row(tuple(Cell(text, Role.LABEL, columns=span) for text, span in labels), RowKind.HEADER)


def _points(review: Review) -> Iterator[Row]:
    """Yield a row for each point; a review without points has one for each quality."""
    for quality in Quality:
        tier = f"{quality}\n（{review.grades[quality].label}）"
        points = [point for point in points_of(quality) if point.name in review.points]
        for place, point in enumerate(points):
            said = review.points[point.name]
            first = (Cell(tier, Role.TIER, rows=len(points)),) if place == 0 else ()
            yield Row(
                (
                    *first,
                    Cell(point.label, Role.LABEL),
                    Cell(said.asks or point.asks, Role.TEXT, columns=2),
                    Cell(said.grade.label, Role.SHORT),
                    Cell(said.text, Role.TEXT),
                )
            )
        if not points:
            yield _quality_row(quality, review.grades[quality])


def _quality_row(quality: Quality, grade: Grade) -> Row:
    labels = "、".join(point.label for point in REVIEW_POINTS if point.quality == quality)
    return Row(
        (
            Cell(quality.value, Role.TIER),
            Cell(labels, Role.TEXT, columns=3),
            Cell(grade.label, Role.SHORT),
            Cell("", Role.TEXT),
        )
    )
