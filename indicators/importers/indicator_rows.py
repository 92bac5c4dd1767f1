"""The indicator part of a table: its header row, then a row for each indicator."""

from decimal import Decimal

from indicators.document.labels import INDICATOR
from indicators.document.model import Indicator
from indicators.importers.outcome import Journal, shown
from indicators.importers.rows import CellRow, SourceCell, short, typed_text
from perfbudget.lib.ratios import PercentError, parse_percent

LARGEST_WEIGHT = Decimal("9999.99")  # what Decimal(6, 2) holds
_FIELDS = {name: field for field, name in INDICATOR.items()} | {
    "确定依据": "basis",
    "指标描述": "description",
}
_REQUIRED = tuple(field for field in INDICATOR if field != "weight")


def opens_indicators(row: CellRow) -> bool:
    """Return whether the row is the header “一级指标 | 二级指标 | 三级指标 | …”."""
    return row.cells[0].label == INDICATOR["first_tier"]


class IndicatorRows:
    """Takes the rows below the header. A blank tier cell goes on with the one above."""

    def __init__(self, header: CellRow, journal: Journal) -> None:
        self._journal = journal
        self._header = header
        self._fields = [self._field(cell) for cell in header.cells]
        self._found: list[Indicator] = []
        self._tiers = ("", "")
        self._count = 0
        missing = [INDICATOR[field] for field in _REQUIRED if field not in self._fields]
        if missing:
            journal.problem(header.place, f"绩效指标的表头缺少“{'”、“'.join(missing)}”，请补全。")

    def _field(self, cell: SourceCell) -> str:
        field = _FIELDS.get(cell.label, "")
        if not field:
            names = "、".join(INDICATOR.values())
            self._journal.problem(cell.place, f"表头{shown(cell.text)}无法识别，应为{names}之一。")
        return field

    def read(self, row: CellRow) -> None:
        """Read an indicator; a row without any text is none."""
        self._count += 1
        if opens_indicators(row) and row.cells[-1].label == self._header.cells[-1].label:
            message = f"又出现绩效指标的表头，前一处在{self._header.place}，请删去或补全两处之间的表格。"
            self._journal.problem(row.place, message)
        elif len(row.cells) != len(self._fields):
            self._journal.problem(
                row.place,
                f"绩效指标一行应有{len(self._fields)}格，实有{len(row.cells)}格（以{shown(row.cells[0].text)}开头），"
                "请补全或删去多余的单元格。",
            )
        elif not row.is_blank:
            self._found.append(self._indicator(row))

    def _indicator(self, row: CellRow) -> Indicator:
        texts = {
            field: typed_text(cell.text, cell.place, self._journal)
            for field, cell in zip(self._fields, row.cells, strict=True)
            if field and field != "weight"
        }
        self._tiers = inherited_tiers(texts.get("first_tier", ""), texts.get("second_tier", ""), self._tiers)
        texts["first_tier"], texts["second_tier"] = self._tiers
        return Indicator(**{"name": ""} | texts, weight=self._weight(row))

    def _weight(self, row: CellRow) -> Decimal | None:
        if "weight" not in self._fields:
            return None
        cell = row.cells[self._fields.index("weight")]
        try:
            weight = parse_percent(short(cell.text))
        except PercentError as error:
            self._journal.problem(cell.place, f"权重{error}")
            return None
        if weight is not None and abs(weight) > LARGEST_WEIGHT:
            self._journal.problem(cell.place, f"权重{shown(cell.text)}过大，最多四位整数、两位小数。")
        return weight

    def finish(self) -> tuple[Indicator, ...]:
        """Return the indicators; a header with nothing below it is a table cut off."""
        if not self._count:
            self._journal.problem(
                self._header.place, "绩效指标的表头之下没有任何一行，文件可能不完整，请补全。"
            )
        return tuple(self._found)


def inherited_tiers(first: str, second: str, above: tuple[str, str]) -> tuple[str, str]:
    """Return the tiers of a row: a blank one is that of the row above, within the same first tier."""
    same_first = not first or first == above[0]
    return first or above[0], second or (above[1] if same_first else "")
