"""The project list of the 一体化 system (项目清单): a sheet and a choice of columns → listed projects.

Codes are texts: a number in a code column has lost its leading zeros, or its last digits, and is told.
Amounts become 元. A blank cell says nothing: it is None, and never replaces what is stored.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from indicators.importers.heads import (
    Field,
    bare,
    find_heads,
    guess_amount_unit,
    guess_columns,
    guess_head_row,
    heads_of,
)
from indicators.importers.outcome import shown
from indicators.importers.sheets import Cell, CellKind, Sheet
from perfbudget.lib.money import AmountError, parse_wan, parse_yuan
from projects.codes import PROJECT_CODE_LENGTH

AMOUNTS = ("budget", "fiscal_funding", "other_funding", "control_figure")
FIELDS = (
    Field(
        "project_code",
        "项目编码",
        ("项目编码", "预算项目编码", "项目代码", "预算项目代码", "项目编号", "编码"),
        ("项目编码", "项目代码"),
    ),
    Field("name", "项目名称", ("项目名称", "预算项目名称", "预算项目", "名称", "项目"), ("项目名称",)),
    Field(
        "department_code",
        "单位编码",
        ("单位编码", "预算单位编码", "单位代码", "预算单位代码", "部门编码"),
        ("单位编码", "单位代码"),
    ),
    Field(
        "department_name",
        "单位名称",
        ("预算单位", "单位名称", "预算单位名称", "单位", "所属单位", "部门名称", "部门"),
        ("单位名称", "预算单位"),
    ),
    Field("category", "项目类别", ("项目类别", "类别", "项目类型", "支出类别", "支出类型"), ("项目类别",)),
    Field(
        "fiscal_funding",
        "财政资金",
        ("财政资金", "财政拨款", "一般公共预算", "财政拨款资金", "一般公共预算拨款", "一般公共预算资金"),
        ("财政资金", "财政拨款", "一般公共预算"),
    ),
    Field(
        "other_funding",
        "其他资金",
        ("其他资金", "单位资金", "自有资金", "其他收入"),
        ("其他资金", "单位资金"),
    ),
    Field("control_figure", "控制数", ("控制数", "预算控制数", "项目控制数", "下达控制数"), ("控制数",)),
    Field(
        "budget",
        "预算数",
        (
            "预算数",
            "年初预算",
            "年初预算数",
            "预算金额",
            "金额",
            "预算数合计",
            "预算数小计",
            "资金总额",
            "项目金额",
        ),
        ("预算数", "年初预算", "预算金额"),
    ),
)
LABELS = {one.name: one.label for one in FIELDS}

_TOTAL = re.compile(r".{0,40}[合小总共]计[:：]?\Z")
_UNIT_CODE = re.compile(r"^\W?(\d{6})(?!\d)\W*(.*)$")
_UNIT_DIGITS = 6
_CATEGORIES = (  # the words of a cell, the label of projects.Category
    (("人员类", "人员支出", "人员经费", "工资福利"), "人员类"),
    (("公用经费", "公用支出"), "公用经费"),
    (("特定目标", "项目支出"), "特定目标类"),
    (("运转类",), "运转类"),
)


@dataclass(frozen=True, slots=True)
class ListLayout:
    """How a sheet is read: where its heads are (row from 1), which column (from 0) holds which field.

    ``amount_unit`` is "yuan" or "wan"; ``department_code`` holds for every row where no column names units.
    """

    sheet: str
    head_row: int
    columns: Mapping[str, int]
    amount_unit: str = ""
    department_code: str = ""

    def plain(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet,
            "head_row": self.head_row,
            "columns": dict(self.columns),
            "amount_unit": self.amount_unit,
            "department_code": self.department_code,
        }


@dataclass(frozen=True, slots=True)
class ListedProject:
    """A row of the list; blank texts and None were not stated. Amounts are 元."""

    row: int
    department_code: str = ""
    department_name: str = ""
    project_code: str = ""
    name: str = ""
    category: str = ""
    budget: Decimal | None = None
    fiscal_funding: Decimal | None = None
    other_funding: Decimal | None = None
    control_figure: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ListProblem:
    """Why a row is not imported: its place, the value there, the rule and what to do."""

    row: int
    place: str
    value: str
    message: str


@dataclass(slots=True)
class ProjectList:
    """What a sheet lists: rows that can be taken, problems of the others, lines that name no project."""

    sheet: Sheet
    layout: ListLayout
    projects: list[ListedProject] = field(default_factory=list)
    problems: list[ListProblem] = field(default_factory=list)
    passed_over: list[int] = field(default_factory=list)

    def place(self, row: int, name: str = "") -> str:
        """Return where a row, or its cell of a field, stands in the file."""
        return self.sheet.place(row, self.layout.columns.get(name))

    def value(self, row: int, name: str) -> str:
        column = self.layout.columns.get(name)
        return "" if column is None else self.sheet.cell(row, column).text


def guess_layout(sheet: Sheet) -> ListLayout:
    """Return how a sheet is most likely to be read; amount_unit is "" where nothing tells it."""
    row = guess_head_row(sheet, FIELDS)
    return layout_at(sheet, row)


def layout_at(sheet: Sheet, row: int) -> ListLayout:
    """Return the likely columns where the heads stand in ``row``."""
    columns = guess_columns(heads_of(sheet, row), FIELDS)
    return ListLayout(sheet.name, row, columns, _amount_unit(sheet, row, columns))


def layout_by(sheet: Sheet, heads: Mapping[str, str], amount_unit: str) -> ListLayout | None:
    """Return how a sheet is read by saved heads ({field: text}); None where they do not fit it."""
    found = find_heads(sheet, heads)
    if found is None:
        return None
    row, columns = found
    return ListLayout(sheet.name, row, columns, _amount_unit(sheet, row, columns) or amount_unit)


def likely_sheet(sheets: Iterable[Sheet]) -> Sheet:
    """Return the sheet whose heads name most fields."""
    return max(sheets, key=lambda sheet: len(guess_layout(sheet).columns))


def _amount_unit(sheet: Sheet, row: int, columns: Mapping[str, int]) -> str:
    heads = heads_of(sheet, row)
    unit = guess_amount_unit(heads[column] for name, column in columns.items() if name in AMOUNTS)
    above = (cell.text for cells in sheet.rows[: row - 1] for cell in cells if "单位" in cell.text)
    return unit or guess_amount_unit(above)


def read_project_list(sheet: Sheet, layout: ListLayout) -> ProjectList:
    """Return what the rows below the heads list, every problem told at its cell."""
    listed = ProjectList(sheet, layout)
    texts_of_heads = heads_of(sheet, layout.head_row)
    heads = {column: bare(texts_of_heads[column]) for column in layout.columns.values()}
    for row in range(layout.head_row + 1, len(sheet.rows) + 1):
        texts = [cell.text for cell in sheet.rows[row - 1] if cell.text]
        if not texts or _repeats_heads(listed, row, heads):
            continue
        if _names_no_project(listed, row, texts):
            listed.passed_over.append(row)
            continue
        reader = _RowReader(listed, row)
        project = reader.read()
        listed.problems += reader.problems
        if not reader.problems:
            listed.projects.append(project)
    _set_repeated_aside(listed)
    return listed


def _names_no_project(listed: ProjectList, row: int, texts: Sequence[str]) -> bool:
    """Totals, lines that group others (one text, merged across), and lines without code and name."""
    code, name = listed.value(row, "project_code").strip("-—"), listed.value(row, "name")
    if len(code) == PROJECT_CODE_LENGTH:
        return False
    said = {bare(text) for text in (texts[0], name, code)}
    return not (code or name) or len(set(texts)) == 1 or any(map(_TOTAL.match, said))


def _repeats_heads(listed: ProjectList, row: int, heads: Mapping[int, str]) -> bool:
    """Printed lists put the heads on every page."""
    texts = [(bare(listed.sheet.cell(row, column).text), head) for column, head in heads.items()]
    return bool(texts) and all(text and text == head for text, head in texts)


class _RowReader:
    """Reads one row, collecting what is wrong with it."""

    def __init__(self, listed: ProjectList, row: int) -> None:
        self._listed, self._row = listed, row
        self._parse = parse_yuan if listed.layout.amount_unit == "yuan" else parse_wan
        self.problems: list[ListProblem] = []

    def read(self) -> ListedProject:
        code, unit = self._listed.layout.department_code, ("", "")
        if {"department_code", "department_name"} & self._listed.layout.columns.keys():
            unit = self._unit()
            code = unit[0]
        name = self._text("name")
        project_code = self._project_code()
        amounts = {amount: self._amount(amount) for amount in AMOUNTS}
        return ListedProject(self._row, code, unit[1], project_code, name, self._category(), **amounts)

    def _cell(self, name: str) -> Cell:
        column = self._listed.layout.columns.get(name)
        return Cell() if column is None else self._listed.sheet.cell(self._row, column)

    def _problem(self, name: str, message: str) -> None:
        value = self._listed.value(self._row, name)
        self.problems.append(ListProblem(self._row, self._listed.place(self._row, name), value, message))

    def _text(self, name: str) -> str:
        cell = self._cell(name)
        if cell.kind in (CellKind.TEXT, CellKind.NUMBER) or not cell.text:
            return cell.text
        self._problem(name, f"“{LABELS[name]}”是{cell.kind.label}，改为文本或数值后再导入。")
        return ""

    def _project_code(self) -> str:
        cell, text = self._cell("project_code"), "".join(self._text("project_code").split())
        if cell.has_lost_digits or re.fullmatch(r"\d(\.\d+)?[Ee]\+?\d+", text):
            self._problem(
                "project_code",
                "项目编码被Excel存成了数值，后几位已经丢失；重新导出，或先把该列设为文本格式再粘贴。",
            )
            return ""
        text = text.strip("-—")
        if text and len(text) != PROJECT_CODE_LENGTH:
            advice = "开头的0可能已被Excel去掉，" if cell.kind == CellKind.NUMBER else ""
            self._problem(
                "project_code",
                f"项目编码应为{PROJECT_CODE_LENGTH}位，现为{len(text)}位；{advice}与一体化系统核对后改正。",
            )
            return ""
        return text

    def _unit(self) -> tuple[str, str]:
        """Return the code and the name of the unit; one column may hold both, as 286001曹妃甸区直机关工委."""
        code, name = "".join(self._text("department_code").split()), self._text("department_name")
        if (found := _UNIT_CODE.match(code or name)) is not None:
            return found[1], name if code else found[2].strip()
        if self._cell("department_code").kind == CellKind.NUMBER and code.isdecimal():
            # A workbook that takes the code for a number drops its leading zeros.
            return code.zfill(_UNIT_DIGITS), name
        if not code and not name:
            self._problem("department_code", "没有单位编码和单位名称，补全后再导入。")
        elif code and not name:
            self._problem("department_code", f"单位编码{shown(code)}应为6位数字，核对后改正。")
        return "", name

    def _category(self) -> str:
        text = self._text("category")
        for words, label in _CATEGORIES:
            if any(word in text for word in words):
                return label
        if text:
            self._problem(
                "category", "项目类别无法识别，应为人员类、公用经费、运转类或特定目标类，改正后再导入。"
            )
        return ""

    def _amount(self, name: str) -> Decimal | None:
        cell, text = self._cell(name), self._text(name)
        if cell.has_lost_digits:
            self._problem(name, f"“{LABELS[name]}”超过15位，Excel未能保全，核对后改正。")
            return None
        try:
            amount = self._parse("" if set(text) <= set("-—") else text)
        except AmountError as error:
            self._problem(name, f"{LABELS[name]}{error}")
            return None
        if amount is not None and amount < 0:
            self._problem(name, f"“{LABELS[name]}”是负数，清单应为调整后的全额，核对后改正。")
        return amount


def _set_repeated_aside(listed: ProjectList) -> None:
    """Take the rows that name a project twice out of the list: which of them holds cannot be known."""
    by_project: dict[tuple[str, str], list[ListedProject]] = defaultdict(list)
    for project in listed.projects:
        unit = project.department_code or project.department_name
        by_project[unit, project.project_code.upper() or f"名称 {project.name}"].append(project)
    repeated = {project.row: rows for rows in by_project.values() if len(rows) > 1 for project in rows}
    listed.problems += _repetitions(listed, repeated)
    listed.problems.sort(key=lambda problem: problem.row)
    listed.projects = [project for project in listed.projects if project.row not in repeated]


def _repetitions(
    listed: ProjectList, repeated: Mapping[int, Iterable[ListedProject]]
) -> Iterator[ListProblem]:
    for row, rows in repeated.items():
        name = "project_code" if listed.value(row, "project_code") else "name"
        others = "、".join(f"第{project.row}行" for project in rows if project.row != row)
        message = f"与{others}是同一个项目，无法确定以哪一行为准；按项目汇总成一行后再导入。"
        yield ListProblem(row, listed.place(row, name), listed.value(row, name), message)
