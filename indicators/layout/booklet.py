"""What is published and filed: one table, a department's booklet (domain.md §2.2, §5), the 汇总表 (§3.5)."""

import dataclasses
from collections.abc import Iterator, Sequence
from decimal import Decimal

from indicators.document.canonical import content_hash
from indicators.document.due import filed_tables
from indicators.document.model import Booklet, SafeguardSection, SubGoal, TargetTable
from indicators.layout.grid import Cell, Grid, Role, Row, RowKind
from indicators.layout.publication import Block, Contents, Cover, Heading, Paragraph, Publication, SheetBlock
from indicators.layout.table import PrintOptions, lay_out_table, table_title
from perfbudget.lib.money import format_wan, in_wan
from perfbudget.lib.text import chinese_number

DRAFT = "草稿"
PART_ONE = "第一部分 部门整体绩效目标"
PROJECT_TARGETS = "预算项目绩效目标"
PART_TWO = f"第二部分 {PROJECT_TARGETS}"
OVERALL_GOALS = "总体绩效目标"
SUB_GOALS = "分项绩效目标"
SAFEGUARDS = "工作保障措施"
NO_PROJECTS = "本年度无预算项目绩效目标。"
GOAL_LEAD = "绩效目标："
INDICATORS_LEAD = "绩效指标："
_SUMMARY_WIDTHS = (12, 52, 58, 24, 65, 16, 40)
_SUMMARY_GOAL = 60


def lay_out_publication(table: TargetTable, options: PrintOptions) -> Publication:
    """Return the publication of one table by itself."""
    title = table_title(table)
    block = SheetBlock(lay_out_table(table, options), title, _anchor(table))
    return Publication(title, (block,), _mark(options), content_hash(table))


def lay_out_tables(tables: Sequence[TargetTable], options: PrintOptions, title: str) -> Publication:
    """Return selected tables as one publication, each on its own page."""
    blocks = (
        SheetBlock(lay_out_table(table, options), table_title(table), _anchor(table)) for table in tables
    )
    return Publication(title, tuple(blocks), _mark(options))


def lay_out_booklet(booklet: Booklet, options: PrintOptions) -> Publication:
    """Return the booklet: cover, contents, the narrative, all tables."""
    title = f"{booklet.department_name}{booklet.year}年部门预算绩效目标"
    blocks = (_cover(booklet), Contents(), *_narrative(booklet), *_tables(booklet, options))
    return Publication(title, blocks, _mark(options), content_hash(booklet))


def lay_out_disclosure(booklet: Booklet, options: PrintOptions) -> Publication:
    """Return the booklet as it is published: a department without a text of its own has no 第一部分."""
    whole = lay_out_booklet(booklet, options)
    if booklet.overall_goals or booklet.sub_goals or booklet.safeguards:
        return whole
    blocks = (_cover(booklet), Contents(), *_tables(booklet, options, PROJECT_TARGETS))
    return dataclasses.replace(whole, blocks=blocks)


def lay_out_narrative(booklet: Booklet) -> Publication:
    """Return 第一部分 alone, as it is read on the screen."""
    return Publication(PART_ONE, tuple(_narrative(booklet)))


def lay_out_summary(booklet: Booklet, options: PrintOptions) -> Publication:
    """Return the 项目支出绩效目标汇总表 of the department as one landscape sheet."""
    title = f"{booklet.year}年度项目支出绩效目标汇总表"
    name = f"{booklet.department_code}{booklet.department_name}"
    tables = filed_tables(booklet)
    rows = (
        Row((Cell(title, Role.TITLE, columns=7),), RowKind.TITLE),
        Row(
            (Cell(name, Role.LINE_START, columns=4), Cell("单位：万元", Role.LINE_END, columns=3)),
            RowKind.LINE,
        ),
        Row(
            tuple(
                Cell(label, Role.LABEL)
                for label in ("序号", "项目编码", "项目名称", "预算数", "绩效目标摘要", "指标数", "备注")
            ),
            RowKind.HEADER,
        ),
        *(_summary_row(number, table) for number, table in enumerate(tables, start=1)),
        _summary_total(tables),
    )
    block = SheetBlock(Grid("summary", _SUMMARY_WIDTHS, rows, landscape=True), title, "summary")
    return Publication(f"{booklet.department_name}{title}", (block,), _mark(options), content_hash(booklet))


def _cover(booklet: Booklet) -> Cover:
    return Cover(
        (booklet.department_name, f"{booklet.year}年部门预算绩效目标"),
        (f"单位编码：{booklet.department_code}", f"预算年度：{booklet.year}年"),
    )


def _mark(options: PrintOptions) -> str:
    return DRAFT if options.draft else ""


def _anchor(table: TargetTable) -> str:
    return f"table-{table.uid}"


def _narrative(booklet: Booklet) -> Iterator[Block]:
    yield Heading(1, PART_ONE, "part-1")
    yield Heading(2, f"一、{OVERALL_GOALS}", "overall-goals")
    for number, item in enumerate(booklet.overall_goals, start=1):
        yield Paragraph(item.text, f"（{chinese_number(number)}）", f"overall_goals/{item.uid}")
    yield Heading(2, f"二、{SUB_GOALS}", "sub-goals")
    for number, sub_goal in enumerate(booklet.sub_goals, start=1):
        yield from _sub_goal(number, sub_goal)
    yield Heading(2, f"三、{SAFEGUARDS}", "safeguards")
    for number, section in enumerate(booklet.safeguards, start=1):
        yield from _safeguard(number, section)


def _sub_goal(number: int, sub_goal: SubGoal) -> Iterator[Block]:
    path = f"sub_goals/{sub_goal.uid}"
    yield _item_heading(number, sub_goal.title, f"sub-goal-{sub_goal.uid}", f"{path}/title")
    yield Paragraph(sub_goal.goal, GOAL_LEAD, f"{path}/goal")
    yield Paragraph(sub_goal.indicators, INDICATORS_LEAD, f"{path}/indicators")


def _safeguard(number: int, section: SafeguardSection) -> Iterator[Block]:
    path = f"safeguards/{section.uid}"
    yield _item_heading(number, section.title, f"safeguard-{section.uid}", f"{path}/title")
    for place, item in enumerate(section.items, start=1):
        yield Paragraph(item.text, f"{place}、", f"{path}/items/{item.uid}")


def _item_heading(number: int, title: str, anchor: str, path: str) -> Heading:
    lead = f"（{chinese_number(number)}）"
    return Heading(3, lead + title, anchor, lead, path)


def _tables(booklet: Booklet, options: PrintOptions, title: str = PART_TWO) -> Iterator[Block]:
    yield Heading(1, title, "part-2")
    tables = filed_tables(booklet)
    if not tables:
        yield Paragraph(NO_PROJECTS)
    for number, table in enumerate(tables, start=1):
        grid = lay_out_table(table, options, number)
        yield SheetBlock(grid, table_title(table, number), _anchor(table))


def _summary_row(number: int, table: TargetTable) -> Row:
    goal = " ".join(table.goal.split())
    shortened = goal if len(goal) <= _SUMMARY_GOAL else goal[: _SUMMARY_GOAL - 1] + "…"
    return Row(
        (
            _count(number),
            Cell(table.project_code, Role.CODE),
            Cell(table.name, Role.TEXT),
            _amount(table.budget),
            Cell(shortened, Role.TEXT),
            _count(len(table.indicators)),
            Cell("", Role.TEXT),
        )
    )


def _summary_total(tables: Sequence[TargetTable]) -> Row:
    total = sum((table.budget or Decimal(0) for table in tables), Decimal(0))
    return Row(
        (
            Cell("合计", Role.LABEL, columns=3),
            _amount(total),
            Cell("", Role.TEXT),
            _count(sum(len(table.indicators) for table in tables)),
            Cell("", Role.TEXT),
        )
    )


def _count(number: int) -> Cell:
    return Cell(str(number), Role.COUNT, number=Decimal(number))


def _amount(yuan: Decimal | None) -> Cell:
    return Cell(format_wan(yuan), Role.MONEY, number=None if yuan is None else in_wan(yuan))
