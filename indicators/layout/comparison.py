"""调整对照表 (domain.md §2.9): 原值 and 新值 of every field an adjustment changes, for all formats."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.document.changes import Change
from indicators.layout.grid import Cell, Grid, Role, Row, RowKind
from indicators.layout.publication import Publication, SheetBlock
from perfbudget.lib.money import format_wan, in_wan

BLANK = "（空）"
UNDECIDED = "未批复"
WIDTHS = (11, 50, 22, 41, 34, 42, 42, 25)
WIDTHS_OF_TEXT = (11, 36, 21, 41, 38, 60, 60)  # whole paragraphs beside each other, and no money
_FIELDS = ("调整类型", "调整原因", "调整内容", "原值", "新值")
_HEADS = ("序号", "项目", *_FIELDS, "调剂金额")
_HEADS_OF_TEXT = ("序号", "文本", *_FIELDS)
_SIGNATURES = ("填报人：", "单位负责人（签字）：", "单位（公章）：")
_DECISIONS = ("主管部门（公章）：", "财政部门（公章）：", "日期：")


@dataclass(frozen=True, slots=True)
class Adjusted:
    """One adjustment of a table, or of a department's text, which has neither code nor money.

    ``versions`` are those it leads from and to, the first one 0 where a project was added (新增);
    ``is_budget`` says that 预算调整 is among its sorts; ``transfer`` is new budget − old in 元, None where
    the budget stays.
    """

    code: str
    name: str
    versions: tuple[int, int]
    sorts: str
    reason: str
    changes: tuple[Change, ...]
    transfer: Decimal | None
    is_budget: bool
    is_approved: bool
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """The adjustments of one table, or of a department's year."""

    year: int
    department_code: str
    department_name: str
    adjusted: tuple[Adjusted, ...]

    @property
    def title(self) -> str:
        return f"{self.year}年度预算绩效目标调整对照表"

    @property
    def is_of_text(self) -> bool:
        """True where no project was adjusted, but the department's text: no money is spoken of."""
        return bool(self.adjusted) and all(each.is_text for each in self.adjusted)

    @property
    def transfer(self) -> Decimal:
        """The sum of all 调剂金额 in 元."""
        return sum((each.transfer or Decimal(0) for each in self.adjusted), Decimal(0))

    @property
    def note(self) -> str:
        """What to say where money moved between projects does not add up to nothing, else ''.

        With what was cancelled it may add up too: its money went to the others.
        """
        moved = [each.transfer for each in self.adjusted if each.is_budget and each.transfer]
        balance = sum(moved, Decimal(0))
        if len(moved) < 2 or not balance or not self.transfer:
            return ""
        return (
            f"{len(moved)}个项目作了预算调整，调剂金额合计{format_wan(balance)}万元，不为0。"
            "项目之间调剂的，调增与调减应当相等；属于追加或者核减的，在调整原因中写明依据。"
        )


def lay_out_comparison(comparison: Comparison) -> Publication:
    """Return the 调整对照表 as one landscape sheet; it is marked as long as one of them is not approved."""
    name = f"{comparison.department_code}{comparison.department_name}"
    grid, widths, heads, unit = "comparison", WIDTHS, _HEADS, "单位：万元"
    if comparison.is_of_text:
        grid, widths, heads, unit = "text-comparison", WIDTHS_OF_TEXT, _HEADS_OF_TEXT, ""
    columns = len(widths)
    rows = (
        Row((Cell(comparison.title, Role.TITLE, columns=columns),), RowKind.TITLE),
        Row(
            (Cell(name, Role.LINE_START, columns=5), Cell(unit, Role.LINE_END, columns=columns - 5)),
            RowKind.LINE,
        ),
        Row(tuple(Cell(label, Role.LABEL) for label in heads), RowKind.HEADER),
        *(
            row
            for number, each in enumerate(comparison.adjusted, 1)
            for row in _rows(number, each, has_money=not comparison.is_of_text)
        ),
        *_closing(comparison),
        *(Row(_foot(texts, columns), RowKind.FOOT) for texts in (_SIGNATURES, _DECISIONS)),
    )
    block = SheetBlock(Grid(grid, widths, rows, landscape=True), comparison.title, "comparison")
    mark = "" if all(each.is_approved for each in comparison.adjusted) else UNDECIDED
    return Publication(f"{comparison.department_name}{comparison.title}", (block,), mark)


def _rows(number: int, adjusted: Adjusted, *, has_money: bool) -> Iterator[Row]:
    changes = adjusted.changes or (Change("", "（没有改动）", "", ""),)
    former, newer = adjusted.versions
    versions = f"第{former}版→第{newer}版" if former else f"第{newer}版"
    name = "\n".join(filter(None, (adjusted.name, adjusted.code, versions)))
    merged = len(changes)
    for place, change in enumerate(changes):
        fields = (
            Cell(change.place, Role.TEXT),
            Cell(_shown(change, change.before), Role.TEXT),
            Cell(_shown(change, change.after), Role.TEXT),
        )
        if place:
            yield Row(fields)
            continue
        yield Row(
            (
                Cell(str(number), Role.COUNT, rows=merged, number=Decimal(number)),
                Cell(name, Role.TEXT, rows=merged),
                Cell(adjusted.sorts, Role.TEXT, rows=merged),
                Cell(adjusted.reason, Role.TEXT, rows=merged),
                *fields,
                *((_amount(adjusted.transfer, rows=merged),) if has_money else ()),
            )
        )


def _shown(change: Change, text: str) -> str:
    return text or (BLANK if change.path else "")


def _closing(comparison: Comparison) -> Iterator[Row]:
    if len(comparison.adjusted) > 1 and not comparison.is_of_text:
        yield Row((Cell("合计", Role.LABEL, columns=7), _amount(comparison.transfer)))
    if comparison.note:
        yield Row((Cell("说明", Role.LABEL), Cell(comparison.note, Role.TEXT, columns=7)))


def _amount(yuan: Decimal | None, rows: int = 1) -> Cell:
    number = None if yuan is None else in_wan(yuan)
    return Cell(format_wan(yuan), Role.MONEY, rows=rows, number=number)


def _foot(texts: Sequence[str], columns: int) -> tuple[Cell, ...]:
    spans = (3, 3, columns - 6)
    return tuple(Cell(text, Role.LINE_START, columns=span) for text, span in zip(texts, spans, strict=True))
