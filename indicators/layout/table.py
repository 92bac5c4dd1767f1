"""The official 预算项目绩效目标表 (Hebei form, domain.md §2.1) as a grid of twelve base columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, groupby

from indicators.document.labels import INDICATOR
from indicators.document.model import Indicator, Milestone, TargetTable
from indicators.layout.grid import Cell, Grid, Role, Row, RowKind
from perfbudget.lib.money import format_wan, in_wan
from perfbudget.lib.ratios import format_percent

# Millimetres of an A4 page with margins of 15 mm. The label takes the first two columns; every other row of
# the form ends its cells on one of the edges between the remaining ten.
WIDTHS = (11, 11, 25.5, 14, 17.5, 11, 11, 13, 12, 14.5, 10, 29.5)
_LABEL_COLUMNS = 2
_EDGES = tuple(accumulate(WIDTHS[_LABEL_COLUMNS:], initial=0))
_BUDGET_YEAR = re.compile(r"20\d\d\s*年")


@dataclass(frozen=True, slots=True)
class PrintOptions:
    """What a fiscal year decides about its form, and whether the print is a draft."""

    foot_line: bool = False
    blank_other_as_zero: bool = False
    weights: bool = False
    draft: bool = False


def table_title(table: TargetTable, number: int | None = None) -> str:
    """Return the heading of a table: N.{项目名称}绩效目标表, the year put first where the name holds none."""
    year = "" if _BUDGET_YEAR.search(table.name) else f"{table.year}年度"
    return f"{'' if number is None else f'{number}.'}{year}{table.name}绩效目标表"


def lay_out_table(table: TargetTable, options: PrintOptions, number: int | None = None) -> Grid:
    """Return the grid of one table; ``number`` is its place in the booklet."""
    rows = [
        Row((Cell(table_title(table, number), Role.TITLE, columns=12),), RowKind.TITLE),
        _department_line(table),
        _project_row(table),
        *_money_rows(table, options),
        *_plan_rows(table.milestones),
        Row((_label("绩效目标"), Cell(table.goal, Role.TEXT, columns=10, path="goal")), may_break=True),
        *_indicator_rows(table.indicators, options),
    ]
    if options.foot_line:
        rows += _foot_rows(table)
    return Grid("target", WIDTHS, tuple(rows))


def _label(text: str, columns: int = _LABEL_COLUMNS, rows: int = 1) -> Cell:
    return Cell(text, Role.LABEL, columns=columns, rows=rows)


def _department_line(table: TargetTable) -> Row:
    name = f"{table.department_code}{table.department_name}"
    return Row(
        (Cell(name, Role.LINE_START, columns=9), Cell("单位：万元", Role.LINE_END, columns=3)), RowKind.LINE
    )


def _project_row(table: TargetTable) -> Row:
    return Row(
        (
            _label("项目编码"),
            Cell(table.project_code, Role.CODE, columns=3, path="project_code"),
            _label("项目名称"),
            Cell(table.name, Role.TEXT, columns=5, path="name"),
        )
    )


def _money_rows(table: TargetTable, options: PrintOptions) -> tuple[Row, Row]:
    other = table.other_funding
    if other is None and options.blank_other_as_zero:
        other = Decimal(0)
    money = Row(
        (
            _label("预算规模及资金用途", rows=2),
            _label("预算数", 1),
            _money(table.budget, 2, "budget"),
            _label("其中：财政资金"),
            _money(table.fiscal_funding, 2, "fiscal_funding"),
            _label("其他资金"),
            _money(other, 1, "other_funding"),
        )
    )
    return money, Row((Cell(table.purpose, Role.TEXT, columns=10, path="purpose"),), may_break=True)


def _money(yuan: Decimal | None, columns: int, path: str) -> Cell:
    number = None if yuan is None else in_wan(yuan)
    return Cell(format_wan(yuan), Role.MONEY, columns=columns, number=number, path=path)


def _plan_rows(milestones: Sequence[Milestone]) -> tuple[Row, Row]:
    months = [f"{milestone.month}月底" for milestone in milestones] or [""]
    spans = _even_spans(len(months))
    percents = [_percent(milestone, span) for milestone, span in zip(milestones, spans, strict=False)]
    return (
        Row((_label("资金支出计划（%）", rows=2), *map(_label, months, spans))),
        Row(tuple(percents) or (Cell("", Role.PERCENT, columns=10),)),
    )


def _percent(milestone: Milestone, columns: int) -> Cell:
    number = None if milestone.percent is None else milestone.percent / 100
    path = f"milestones/{milestone.month}"
    return Cell(format_percent(milestone.percent), Role.PERCENT, columns=columns, number=number, path=path)


def _even_spans(count: int) -> list[int]:
    """Return how many base columns each of ``count`` cells takes, as even as the edges allow (1 to 10)."""
    columns = len(_EDGES) - 1
    cuts = [0]
    for number in range(1, count):
        wanted = _EDGES[-1] * number / count
        free = range(cuts[-1] + 1, columns - (count - number) + 1)
        cuts.append(min(free, key=lambda edge: abs(_EDGES[edge] - wanted)))
    return [end - start for start, end in zip(cuts, [*cuts[1:], columns], strict=True)]


def _columns(options: PrintOptions) -> tuple[tuple[str, int, Role], ...]:
    """Return (field, base columns, role) of the indicator part; the weight takes one of the value's."""
    weight = (("weight", 1, Role.SHORT),) if options.weights else ()
    return (
        ("first_tier", 2, Role.TIER),
        ("second_tier", 1, Role.TIER),
        ("name", 2, Role.TEXT),
        ("description", 4, Role.TEXT),
        ("value", 2 - len(weight), Role.SHORT),
        *weight,
        ("basis", 1, Role.TEXT),
    )


def _indicator_rows(indicators: Sequence[Indicator], options: PrintOptions) -> list[Row]:
    columns = _columns(options)
    header = Row(tuple(_label(INDICATOR[field], span) for field, span, _ in columns), RowKind.HEADER)
    if not indicators:
        return [header, Row(tuple(Cell("", role, columns=span) for _, span, role in columns))]
    rows = [header]
    for _, first_group in groupby(indicators, key=lambda row: row.first_tier):
        in_first = list(first_group)
        first_merge = len(in_first)
        for _, second_group in groupby(in_first, key=lambda row: row.second_tier):
            in_second = list(second_group)
            second_merge = len(in_second)
            for indicator in in_second:
                merges = {"first_tier": first_merge, "second_tier": second_merge}
                rows.append(Row(_indicator_cells(indicator, columns, merges)))
                first_merge = second_merge = 0
    return rows


def _indicator_cells(
    indicator: Indicator, columns: Sequence[tuple[str, int, Role]], merges: dict[str, int]
) -> tuple[Cell, ...]:
    """Return the cells of one row; a tier whose merge is 0 is covered by the cell above."""
    return tuple(
        Cell(
            _indicator_text(indicator, field),
            role,
            columns=span,
            rows=merges.get(field, 1),
            path=f"indicators/{indicator.uid}/{field}",
        )
        for field, span, role in columns
        if merges.get(field, 1)
    )


def _indicator_text(indicator: Indicator, field: str) -> str:
    if field == "weight":
        return "" if indicator.weight is None else format(indicator.weight.normalize(), "f")
    return getattr(indicator, field)


def _foot_rows(table: TargetTable) -> list[Row]:
    """Return the lines people sign on (domain.md §3.5); who reviews and signs is written by hand."""
    filed = table.prepared_on.isoformat() if table.prepared_on else ""
    texts = (
        f"填报人：{table.preparer}",
        f"联系电话：{table.preparer_phone}",
        f"填报日期：{filed}",
        "审核人：",
        "单位负责人（签字）：",
        "单位（公章）：",
    )
    cells = [Cell(text, Role.LINE_START, columns=4) for text in texts]
    return [Row(tuple(cells[:3]), RowKind.FOOT), Row(tuple(cells[3:]), RowKind.FOOT)]
