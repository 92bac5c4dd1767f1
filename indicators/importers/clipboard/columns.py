"""What each column of a copied block means: by its header, else by what stands in it."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from indicators.document.labels import INDICATOR
from indicators.importers.clipboard.block import Block
from indicators.importers.clipboard.tiers import FrameTiers, names_first_tier, names_second_tier
from indicators.importers.rows import label
from indicators.values import Comparator, ValueKind, parse_value
from indicators.values.comparators import read_opening
from indicators.values.reading import prepare
from indicators.values.units import is_unit


class Column(StrEnum):
    """A meaning a column can have. The first seven are fields of an indicator."""

    FIRST_TIER = "first_tier"
    SECOND_TIER = "second_tier"
    NAME = "name"
    DESCRIPTION = "description"
    VALUE = "value"
    BASIS = "basis"
    WEIGHT = "weight"
    COMPARATOR = "comparator"
    UNIT = "unit"
    IGNORED = ""


_ALIASES = {
    Column.FIRST_TIER: "一级指标 一级 一级绩效指标",
    Column.SECOND_TIER: "二级指标 二级 二级绩效指标",
    Column.NAME: "三级指标 三级 三级绩效指标 指标名称 绩效指标名称 三级指标名称 绩效指标 指标",
    Column.DESCRIPTION: "绩效指标描述 指标描述 指标解释 指标说明 指标内容 绩效指标说明 描述 说明 解释",
    Column.VALUE: "指标值 目标值 年度指标值 年度目标值 全年目标值 绩效目标值 指标目标值 绩效指标值 数值 值",
    Column.BASIS: "指标值确定依据 确定依据 依据 指标依据 设定依据 目标值依据 指标值依据 目标值确定依据",
    Column.WEIGHT: "权重 分值 指标权重 指标分值 权重分值 分值权重",
    Column.COMPARATOR: "计算符号 符号 运算符 运算符号 比较符 比较符号 指标符号 指标值符号",
    Column.UNIT: "计量单位 单位 度量单位 指标单位 指标值单位 指标值计量单位",
    Column.IGNORED: "序号 编号 备注",
}
_MEANINGS = {
    **{name: Column(field) for field, name in INDICATOR.items()},
    **{alias: column for column, aliases in _ALIASES.items() for alias in aliases.split()},
}
_BRACKET = re.compile(r"\([^()]*\)$")  # 权重（%）
_NOT_COMPARED = frozenset(("定性", "无", "-", "—", "/"))
_BARE_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_PERCENTAGE = re.compile(r"[0-9]+(?:\.[0-9]+)?[%％]?")
_MOSTLY = 0.6  # of the cells of a column
_LONGEST_VALUE = 40


def header_meaning(text: str) -> Column | None:
    """Return what a header names, None where it is no header that is known."""
    return _MEANINGS.get(_BRACKET.sub("", label(text))) if text else None


def header_rows(block: Block) -> range:
    """Return the rows of the header: the first with two known names, and those below that go on with it."""
    for number, row in enumerate(block.rows):
        if is_header(row):
            end = number + 1
            while end < len(block.rows) and is_header(block.rows[end]):
                end += 1
            return range(number, end)
    return range(0)


def is_header(row: Sequence[str]) -> bool:
    """Return whether a row names columns: at least two, or all of what stands in it."""
    meanings = [header_meaning(cell) for cell in row if cell]
    known = [meaning for meaning in meanings if meaning is not None]
    return len(set(known)) >= 2 and len(known) * 2 > len(meanings)


def recognise_columns(block: Block, tiers: FrameTiers) -> tuple[Column, ...]:
    """Return the meaning of each column; all IGNORED where no layout of indicators can be recognised."""
    header = header_rows(block)
    body = Block(block.rows[header.stop :]) if block.rows[header.stop :] else block
    named = _named(block, header)
    columns = _Guess(body, tiers, named).columns()
    sure = {Column.VALUE, Column.FIRST_TIER, Column.SECOND_TIER} & set(columns)
    is_layout = Column.NAME in columns and (header or sure)
    return columns if is_layout else (Column.IGNORED,) * block.width


def _named(block: Block, header: range) -> list[Column | None]:
    """Return what the header says of each column; the lowest name counts, a blank one says nothing."""
    named: list[Column | None] = [None] * block.width
    for number in header:
        for place, cell in enumerate(block.rows[number]):
            if cell:
                meaning = header_meaning(cell)
                named[place] = Column.IGNORED if meaning is None else meaning
    return [
        Column.IGNORED if meaning and place != _heir(named, meaning) else meaning
        for place, meaning in enumerate(named)
    ]


def _heir(named: list[Column | None], meaning: Column) -> int:
    """Return which of several columns of one name has it; 绩效指标 stands at the edge of 三级指标 and all."""
    places = [place for place, other in enumerate(named) if other is meaning]
    return places[-1] if meaning is Column.NAME else places[0]


class _Guess:
    """Finds out by their contents what columns without a name are."""

    def __init__(self, body: Block, tiers: FrameTiers, named: list[Column | None]) -> None:
        self._texts = [body.column(number) for number in range(body.width)]
        self._tiers = tiers
        self._found = [self._known(number, meaning) for number, meaning in enumerate(named)]
        self._has_header = any(meaning is not None for meaning in named)

    def _known(self, number: int, meaning: Column | None) -> Column | None:
        """A blank column is nothing; a header 指标值 over signs heads 符号 | 值 | 单位."""
        if meaning is None and not self._texts[number]:
            return Column.IGNORED
        if meaning is Column.VALUE and _share(self._texts[number], _is_comparator) > _MOSTLY:
            return Column.COMPARATOR
        return meaning

    def columns(self) -> tuple[Column, ...]:
        self._take_serial_numbers()
        self._take_tiers()
        self._take_best(Column.COMPARATOR, _is_comparator)
        self._take_value()
        self._take_unit()
        self._take_weight()
        if not self._has_header:
            self._take_texts()
        return tuple(column or Column.IGNORED for column in self._found)

    def _free(self) -> list[int]:
        return [number for number, column in enumerate(self._found) if column is None]

    def _take_serial_numbers(self) -> None:
        for number in self._free()[:1]:
            if self._texts[number] == [str(place) for place in range(1, len(self._texts[number]) + 1)]:
                self._found[number] = Column.IGNORED

    def _take_tiers(self) -> None:
        own = self._tiers.second
        self._take_best(Column.SECOND_TIER, lambda text: bool(own(text)) or names_second_tier(text))
        self._take_best(
            Column.FIRST_TIER, lambda text: bool(self._tiers.first(text)) or names_first_tier(text)
        )

    def _take_best(self, column: Column, is_one: Callable[[str], bool]) -> None:
        """Give the meaning to the column most of whose cells are such; the first of equals."""
        if column in self._found:
            return
        shares = {number: _share(self._texts[number], is_one) for number in self._free()}
        best = max(shares, key=shares.get, default=None)
        if best is not None and shares[best] > _MOSTLY:
            self._found[best] = column

    def _take_value(self) -> None:
        """Of several columns with numbers the one that compares or has units is the value."""
        if Column.VALUE in self._found:
            return
        weights = {number: _value_score(self._texts[number]) for number in self._free()}
        best = max(weights, key=weights.get, default=None)
        if best is not None and weights[best] > _MOSTLY:
            self._found[best] = Column.VALUE

    def _take_unit(self) -> None:
        """Units stand beside numbers, mostly behind them."""
        if Column.UNIT in self._found or Column.VALUE not in self._found:
            return
        value = self._found.index(Column.VALUE)
        if _share(self._texts[value], lambda text: bool(_BARE_NUMBER.fullmatch(text))) <= _MOSTLY / 2:
            return
        for number in (value + 1, value - 1):
            if number in self._free() and _share(self._texts[number], _is_short_unit) > _MOSTLY:
                self._found[number] = Column.UNIT
                return

    def _take_weight(self) -> None:
        if Column.VALUE in self._found:
            self._take_best(Column.WEIGHT, lambda text: bool(_PERCENTAGE.fullmatch(text)))

    def _take_texts(self) -> None:
        """Name and description stand before the value, its basis behind."""
        value = self._found.index(Column.VALUE) if Column.VALUE in self._found else len(self._found)
        before = iter((Column.NAME, Column.DESCRIPTION))
        behind = iter((Column.BASIS,))
        for number in self._free():
            self._found[number] = next(before if number < value else behind, Column.IGNORED)


def _share(texts: list[str], is_one: Callable[[str], bool]) -> float:
    return sum(map(is_one, texts)) / len(texts) if texts else 0


def _is_comparator(text: str) -> bool:
    if text in _NOT_COMPARED:
        return True
    plain = prepare(text).text if len(text) < 10 else ""
    opening = read_opening(plain)
    return bool(plain) and opening.comparator is not Comparator.NONE and opening.end == len(plain)


def _is_short_unit(text: str) -> bool:
    return text in _NOT_COMPARED or is_unit(prepare(text).text)


def _value_score(texts: list[str]) -> float:
    return sum(map(_likeness, texts)) / len(texts) if texts else 0


def _likeness(text: str) -> float:
    """Return how much a text is like a value; a bare number may be a weight, words a description."""
    if len(text) > _LONGEST_VALUE:
        return 0
    value = parse_value(text)
    if value.kind is ValueKind.TEXT:
        return 0
    if value.comparator or value.unit or value.kind in (ValueKind.DATE, ValueKind.RANGE):
        return 1
    return 0.9 if value.kind is ValueKind.NUMBER else 0.7
