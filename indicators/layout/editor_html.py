"""The official table as a form: the same Grid as on paper, with a control in every cell that is filled in.

A control is a textarea lying over the printed text of its cell. The text gives the cell its height, so lines
break and rows grow as they do in print, and nothing has to be measured. No white space stands inside a cell,
since cells keep theirs.

Without a script the page is a plain form: beside all the fields it sends ``act`` (add, duplicate, remove, up,
down, tier) with ``row`` (a uid) and ``tier`` (一级›二级).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import TypeAlias

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from indicators.document.labels import INDICATOR, TABLE
from indicators.document.model import Indicator, TargetTable
from indicators.layout.grid import Cell, Grid, Line, Role, Section
from indicators.layout.grid_html import columns_html, line_html
from indicators.layout.table import PrintOptions, lay_out_table

Tier: TypeAlias = tuple[str, str]  # the names of a first tier and of a second one under it
ANCHOR = "sheet"
TIER_MARK = "›"
_OF_SEVERAL_LINES = frozenset({"purpose", "goal"})
_NUMERIC = frozenset({Role.MONEY, Role.PERCENT})
_LISTED = "来自项目清单，不在这里修改；有误的在一体化系统中改正后重新导入清单"
_ACTS = (
    ("duplicate", "复制"),
    ("remove", "删除"),
    ("up", "上移"),
    ("down", "下移"),
    ("tier", "改为所选类别"),
)


def table_form_html(
    table: TargetTable,
    options: PrintOptions,
    *,
    tiers: Sequence[Tier],
    locked: Collection[str] = (),
    typed: Mapping[str, str] = MappingProxyType({}),
) -> SafeString:
    """Return the whole paper with controls in its cells; ``locked`` paths are printed as text.

    ``tiers`` are those of the year's frame in their official order: a row may be added to each. ``typed`` are
    texts by path that could not be stored: they stand in their cells again.
    """
    # A blank amount that is printed as 0.00 is still blank to the person who types.
    grid = lay_out_table(table, replace(options, blank_other_as_zero=False))
    drawing = _Drawing(_numbered(table), frozenset(locked), options, typed)
    sections = "\n".join(_section(section, grid, drawing) for section in grid.sections())
    paper = mark_safe(f'<div class="grid grid-{grid.name}">\n{sections}\n</div>')  # noqa: S308 - escaped below
    return format_html("{}\n{}\n{}", paper, _add_bar(tiers), _plain_acts(table.indicators, tiers))


def rows_html(table: TargetTable, options: PrintOptions) -> SafeString:
    """Return the tbody of the indicators alone, to be put in the place of the one on the page."""
    grid = lay_out_table(table, options)
    drawing = _Drawing(_numbered(table), frozenset(), options)
    section = next(section for section in grid.sections() if section.header)
    return mark_safe(_rows_of(section, drawing))  # noqa: S308 - escaped below


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What the cells of one table are drawn with."""

    rows: dict[str, tuple[int, Indicator]]  # by uid, with the number people see
    locked: frozenset[str]
    options: PrintOptions
    typed: Mapping[str, str] = field(default_factory=dict)

    def of_path(self, path: str) -> tuple[int, Indicator] | None:
        """Return the indicator row a path belongs to, with its number from 1."""
        return self.rows.get(path.split("/")[1]) if path.startswith("indicators/") else None


def _numbered(table: TargetTable) -> dict[str, tuple[int, Indicator]]:
    return {row.uid: (number, row) for number, row in enumerate(table.indicators, start=1)}


def _section(section: Section, grid: Grid, drawing: _Drawing) -> str:
    if not section.is_ruled:
        return "\n".join(line_html(line, ANCHOR) for line in section.body)
    head = "".join(_row(line, drawing) for line in section.header)
    head = f"<thead>{head}</thead>" if head else ""
    return f'<table class="ruled">{columns_html(grid)}{head}{_rows_of(section, drawing)}</table>'


def _rows_of(section: Section, drawing: _Drawing) -> str:
    name = ' id="indicator-rows"' if section.header else ""
    return f"<tbody{name}>{chr(10).join(_row(line, drawing) for line in section.body)}</tbody>"


def _row(line: Line, drawing: _Drawing) -> str:
    covered = ' class="covered"' if line.is_covered else ""
    last = line.row.cells[-1]
    found = drawing.of_path(last.path)
    about = f' data-uid="{found[1].uid}" {_tier_data(found[1])}' if found else ""
    cells = [
        _cell(cell, drawing, _row_tools(found[0]) if found and cell is last else "")
        for cell in line.row.cells
    ]
    return f'<tr id="{ANCHOR}-row-{line.number}"{covered}{about}>{"".join(cells)}</tr>'


def _tier_data(row: Indicator) -> str:
    return format_html('data-first="{}" data-second="{}"', row.first_tier, row.second_tier)


def _cell(cell: Cell, drawing: _Drawing, tools: str) -> str:
    span = (f' colspan="{cell.columns}"' if cell.columns > 1 else "") + (
        f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    )
    path = conditional_escape(cell.path)
    if not cell.path:
        return f'<td class="{cell.role}"{span}>{conditional_escape(cell.text)}</td>'
    if cell.path in drawing.locked:
        text = conditional_escape(cell.text)
        return f'<td class="{cell.role} locked"{span} data-path="{path}" title="{_LISTED}">{text}</td>'
    inside = _tier(cell, drawing) if cell.role == Role.TIER else _field(cell, drawing)
    return f'<td class="{cell.role} filled"{span}>{inside}{tools}</td>'


def _field(cell: Cell, drawing: _Drawing) -> str:
    path, text = conditional_escape(cell.path), conditional_escape(drawing.typed.get(cell.path, cell.text))
    label = conditional_escape(_label(cell.path, drawing))
    extra = ' data-lines="1"' if cell.path in _OF_SEVERAL_LINES else ""
    extra += ' inputmode="decimal"' if cell.role in _NUMERIC else ""
    if cell.path == "other_funding" and drawing.options.blank_other_as_zero:
        extra += ' placeholder="0.00"'
    # The parser drops a line break right after the tag, so that one is put there which may be dropped.
    return (
        f'<div class="entry"><span aria-hidden="true">{text}</span>'
        f'<textarea name="{path}" data-path="{path}" aria-label="{label}" rows="1"{extra}>\n{text}</textarea>'
        "</div>"
    )


def _tier(cell: Cell, drawing: _Drawing) -> str:
    number, _ = drawing.of_path(cell.path)
    rows = f"第{number}行" if cell.rows == 1 else f"第{number}至{number + cell.rows - 1}行"
    label = f"{rows} {INDICATOR[cell.path.rpartition('/')[2]]} {cell.text or '未定'}"
    return format_html(
        '<button type="button" class="tier-button" data-path="{}" data-rows="{}" aria-haspopup="menu"'
        ' aria-label="{}">{}</button>',
        cell.path,
        cell.rows,
        label,
        cell.text,
    )


def _label(path: str, drawing: _Drawing) -> str:
    """Return how a control is called: 第3行 指标值, 6月底, 绩效目标."""
    if found := drawing.of_path(path):
        return f"第{found[0]}行 {INDICATOR[path.rpartition('/')[2]]}"
    if path.startswith("milestones/"):
        return f"{path.rpartition('/')[2]}月底累计支出比例"
    return TABLE[path]


def _row_tools(number: int) -> str:
    return (
        f'<div class="row-tools"><span class="row-number" aria-hidden="true">{number}</span>'
        f'<span class="grip" data-grip title="按住拖动"></span>'
        f'<button type="button" data-row-menu aria-haspopup="menu" aria-label="第{number}行 行操作"></button>'
        "</div>"
    )


def _add_bar(tiers: Sequence[Tier]) -> SafeString:
    """Return a button for every second tier, so that one without a row can be begun."""
    groups = ((first, [second for _, second in group]) for first, group in groupby(tiers, key=itemgetter(0)))
    return format_html(
        '<div class="add-rows" role="group" aria-label="加一行">{}</div>',
        format_html_join(
            "", "<p><b>{}</b>{}</p>", ((first, _add_buttons(first, seconds)) for first, seconds in groups)
        ),
    )


def _add_buttons(first: str, seconds: Iterable[str]) -> SafeString:
    button = (
        '<button type="button" data-add data-first="{}" data-second="{}" aria-label="加一行 {}">{}</button>'
    )
    return format_html_join("", button, ((first, second, second, second) for second in seconds))


def _plain_acts(indicators: Sequence[Indicator], tiers: Sequence[Tier]) -> SafeString:
    """Return what stands in for menus and dragging where no script runs."""
    rows = ((row.uid, f"第{number}行 {row.name}"[:24]) for number, row in enumerate(indicators, start=1))
    choices = ((f"{first}{TIER_MARK}{second}",) * 2 for first, second in tiers)
    option = '<option value="{}">{}</option>'
    act = '<button class="btn btn-sm btn-outline-secondary" name="act" value="{}">{}</button>'
    return format_html(
        '<div class="plain-acts"><p><label>类别 <select name="tier">{}</select></label>{}</p>'
        '<p><label>行 <select name="row">{}</select></label>{}</p></div>',
        format_html_join("", option, choices),
        format_html(act, "add", "在所选类别加一行"),
        format_html_join("", option, rows),
        format_html_join("", act, _ACTS),
    )
