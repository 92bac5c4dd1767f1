"""Cost indicators against the budget (R36–R40b).

A cost indicator should say what one unit or one item costs; the whole budget typed once more says nothing
(财预〔2021〕101号). Amounts of tables are 元; values are typed in 元, 万元 or 亿元, or by the unit (元/人).
"""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from indicators.checks.facts import RowFacts, TableFacts
from indicators.checks.model import Hit, Quality, Severity
from indicators.checks.registry import parameter, rule
from indicators.document import NoteKind, TargetTable
from indicators.values import Comparator, ValueKind, canonical_unit, parse_value
from perfbudget.lib.money import format_wan

_AMOUNT_NOTED = re.compile(r"\d+(\.\d+)?", re.ASCII)  # as the import of a project list writes it
_YUAN = {
    "元": Decimal(1),
    "千元": Decimal(1000),
    "万元": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "千万元": Decimal(10_000_000),
    "亿元": Decimal(100_000_000),
}
_COST_BASIS = (
    "《项目支出绩效评价管理办法》配套要求：财预〔2021〕101号，成本指标一般采用单位成本或分项成本控制数"
)
_CAPS = (Comparator.AT_MOST, Comparator.LESS_THAN, Comparator.EQUAL, Comparator.NONE)
_OTHERS_PAY = ("社会成本", "生态", "环境成本")
# A whole budget is typed with two decimals of 万元 more often than to the 分.
_ROUNDING = 200

# Amounts that this year's budget need not cover. 合同金额 in a description mostly says what is measured.
_BEYOND_THE_YEAR = re.compile("总投资|概算|估算|总造价|合同总|累计|全周期|全生命")
_OF_A_CONTRACT = re.compile("合同|中标")
_SEVERAL_YEARS = re.compile(
    r"20\d\d年?度?\s*[-—–~～至到]\s*(?:20)?\d\d年|跨年|分年度|[两三四五二]年(?:行动|计划|规划|内完成)"
    "|续建|总投资|概算|总工期"
)
_TOTAL = re.compile("总|合计|全部|项目成本|资金成本|预算|概算|投资|其中")
_PER_UNIT = re.compile("单位(?:成本|造价|价格)|单价|单项|[人户亩平]均|均价|每|(?<!高)标准|限额|定额")
_SAVING = re.compile("(?<!不)(?:降低|节约|节省|节支|压减|压缩|缩减|减少)")

COST_STANDARDS = parameter(
    "cost_standards", (), "预算支出标准：每条写明对象、上限和单位，例如“培训 ≤550元/人天”（R40）"
)
_STANDARD = re.compile(r"\s*(?P<object>[^\d≤<＜=＝不]+?)\s*(?P<value>(?:[≤<＜=＝]|不超过|不高于)?\s*\d.*)")


def amount_in_yuan(row: RowFacts) -> Decimal | None:
    """Return a row's value in 元 where it is one number in a unit of money; else None (元/人, %, a range)."""
    if row.value.kind != ValueKind.NUMBER:
        return None
    factor = _YUAN.get(row.unit)
    return None if factor is None else row.value.number * factor


def _is_whole(row: RowFacts, amount: Decimal, budget: Decimal) -> bool:
    """Whether the amount is the budget, or the budget rounded to the decimals that were typed."""
    difference = abs(amount - budget)
    last_place = Decimal(1).scaleb(row.value.number.as_tuple().exponent) * _YUAN[row.unit]
    return not difference or (difference < last_place and difference * _ROUNDING <= budget)


def _cost_rows(facts: TableFacts) -> list[RowFacts]:
    """Return the rows under 成本 that the project itself pays."""
    rows = []
    for row in facts.rows:
        tiers = row.indicator.first_tier + row.indicator.second_tier
        if "成本" in tiers and not any(word in row.indicator.second_tier for word in _OTHERS_PAY):
            rows.append(row)
    return rows


def _amounts(facts: TableFacts) -> list[tuple[RowFacts, Decimal]]:
    """Return the cost rows that are capped at an amount of money, with it in 元."""
    return [
        (row, amount)
        for row in _cost_rows(facts)
        if row.value.comparator in _CAPS and (amount := amount_in_yuan(row)) is not None
    ]


def rows_at_budget(facts: TableFacts) -> list[RowFacts]:
    """Return the cost rows whose value is the whole budget."""
    budget = facts.table.budget
    if not budget or budget < 0:
        return []
    return [row for row, amount in _amounts(facts) if _is_whole(row, amount, budget)]


def _without_budget(facts: TableFacts) -> str:
    budget = facts.table.budget
    return "" if budget and budget > 0 else "没有预算数，无法与成本指标比较。"


def _rows_over_budget(facts: TableFacts) -> list[RowFacts]:
    budget = facts.table.budget
    return [row for row, amount in _amounts(facts) if amount > budget and not _is_whole(row, amount, budget)]


def _said(row: RowFacts) -> str:
    return row.indicator.name + row.indicator.description


def _is_beyond_the_year(row: RowFacts) -> bool:
    return bool(_BEYOND_THE_YEAR.search(_said(row)) or _OF_A_CONTRACT.search(row.indicator.name))


def _spans_years(table: TargetTable) -> bool:
    return bool(_SEVERAL_YEARS.search(f"{table.name}\n{table.purpose}\n{table.goal}"))


def _over_budget_blocked(facts: TableFacts) -> str:
    if reason := _without_budget(facts):
        return reason
    over = _rows_over_budget(facts)
    if over and (_spans_years(facts.table) or all(map(_is_beyond_the_year, over))):
        return "成本指标为总投资、概算或跨年度金额，不与本年预算比较。"
    return ""


@rule(
    "R36",
    "成本超过预算",
    Severity.WARNING,
    Quality.APPROPRIATENESS,
    basis="本系统规则：成本指标反映本年预算的开支，不应大于预算数",
    advice="核对成本指标的金额与计量单位，使其不超过本年预算数；属于总投资或概算的，请在指标名称中写明。",
    example="预算数1.80万元，项目总成本 ≤18万元",
    blocked=_over_budget_blocked,
)
def cost_over_budget(facts: TableFacts) -> Iterator[Hit]:
    """R36: equal is not more, and rounding to the decimals typed is not more either (domain.md §4.5)."""
    for row in _rows_over_budget(facts):
        if not _is_beyond_the_year(row):
            value = row.indicator.value
            message = f"成本指标值“{value}”大于本年预算数{format_wan(facts.table.budget)}万元。"
            yield row.hit("value", message, value)


@rule(
    "R37",
    "成本指标就是全部预算",
    Severity.WARNING,
    Quality.APPROPRIATENESS,
    basis="财预〔2021〕101号：成本指标以单位成本为宜，其次为分项成本控制数，不能只是预算总额",
    advice="改为单位成本或分项成本，例如“培训人均成本 ≤（ ）元/人次”“设备单价 ≤（ ）元/台”，数值由单位测算。",
    example="预算数29.73万元，资金成本 ≤29.73万元",
    blocked=_without_budget,
)
def cost_is_the_whole_budget(facts: TableFacts) -> Iterator[Hit]:
    """R37: the budget repeated, and no other row that costs a unit or an item (财预〔2021〕101号)."""
    whole = rows_at_budget(facts)
    if not whole:
        return
    repeated = {row.number for row in whole}
    if any("元" in row.unit for row in _cost_rows(facts) if row.number not in repeated):
        return
    for row in whole:
        value = row.indicator.value
        yield row.hit("value", f"成本指标值“{value}”等于全部预算数，没有单位成本或分项成本。", value)


@rule(
    "R38",
    "称降低或节约而指标值为全部预算",
    Severity.WARNING,
    Quality.APPROPRIATENESS,
    basis="本系统规则：指标名称、描述应与指标值一致",
    advice="没有节约的安排就不写降低、节约；有节约的，写明与什么相比，例如“比上年单位成本降低（ ）%”。",
    example="降低资金成本、节约预算资金 ≤29.73万元（预算数29.73万元）",
    blocked=_without_budget,
)
def saving_nothing(facts: TableFacts) -> Iterator[Hit]:
    """R38: wording of saving while the value is the full budget (domain.md §4.5)."""
    for row in rows_at_budget(facts):
        for field_name in ("description", "name"):
            found = _SAVING.search(getattr(row.indicator, field_name))
            if found:
                value = row.indicator.value
                message = f"写的是“{found[0]}”，而指标值“{value}”等于全部预算数，没有任何节约。"
                yield row.hit(field_name, message, found[0])
                break


def _itemised(facts: TableFacts) -> list[tuple[RowFacts, Decimal]]:
    """Return the rows that are parts of the budget: no totals, by name or by sum, no prices of one unit."""
    budget = facts.table.budget
    parts = [
        (row, amount)
        for row, amount in _amounts(facts)
        if 0 < amount <= budget
        and not _is_whole(row, amount, budget)
        and not _TOTAL.search(row.indicator.name)
        and not _PER_UNIT.search(_said(row))
        and not _is_beyond_the_year(row)
    ]
    total = sum(amount for _, amount in parts)
    return [(row, amount) for row, amount in parts if len(parts) < 3 or amount * 2 != total]


def _items_over_budget(facts: TableFacts) -> Decimal:
    """Return by how many 元 the itemised costs exceed the budget, 0 where they do not."""
    parts = _itemised(facts)
    if len(parts) < 2:
        return Decimal(0)
    budget = facts.table.budget
    excess = sum((amount for _, amount in parts), Decimal(0)) - budget
    return excess if excess * _ROUNDING > budget else Decimal(0)


def _items_blocked(facts: TableFacts) -> str:
    if reason := _without_budget(facts):
        return reason
    if _items_over_budget(facts) and _spans_years(facts.table):
        return "项目跨年度，分项成本不与本年预算比较。"
    return ""


@rule(
    "R39",
    "分项成本之和超过预算",
    Severity.WARNING,
    Quality.APPROPRIATENESS,
    basis="本系统规则：由财预〔2021〕101号的分项成本控制数引申，各分项合计不应大于预算数",
    advice="核对各分项成本的金额与计量单位，使其合计不超过预算数；重复计算的，请合并或写明“其中”。",
    example="预算数10万元，设备购置成本 ≤8万元，安装调试成本 ≤4万元",
    blocked=_items_blocked,
)
def items_exceed_budget(facts: TableFacts) -> Iterator[Hit]:
    """R39: unit prices and totals are no items; half a percent is rounding (domain.md §4.5)."""
    if not _items_over_budget(facts):
        return
    parts = _itemised(facts)
    total = sum(amount for _, amount in parts)
    rows = "、".join(str(row.number) for row, _ in parts)
    message = (
        f"第{rows}行的分项成本合计{format_wan(total)}万元，大于预算数{format_wan(facts.table.budget)}万元。"
    )
    for row, _ in parts:
        yield row.hit("value", message, row.indicator.value)


class _Price(NamedTuple):
    """So many 元 for each ``unit`` (人次, 人天)."""

    yuan: Decimal
    unit: str


class _Standard(NamedTuple):
    """A configured 预算支出标准: the words that name its object, the highest price, its text."""

    words: str
    price: _Price
    text: str


def _price(number: Decimal | None, unit: str) -> _Price | None:
    """Return 3.5 with 万元/人 as 35 000 元 for each 人, None where the unit is no price."""
    money, _, counted = unit.partition("/")
    factor = _YUAN.get(money)
    if number is None or factor is None or not counted:
        return None
    return _Price(number * factor, counted.replace("/", "").replace("·", "").replace("*", ""))


@lru_cache(maxsize=64)
def _read_standards(texts: tuple[str, ...]) -> tuple[_Standard, ...]:
    """Return the standards that can be read; others are left out."""
    standards = []
    for text in texts:
        found = _STANDARD.fullmatch(text.strip())
        value = parse_value(found["value"]) if found else None
        price = _price(value.number, canonical_unit(value.unit)) if value else None
        if price:
            standards.append(_Standard(found["object"], price, text.strip()))
    return tuple(standards)


def _standards(facts: TableFacts) -> tuple[_Standard, ...]:
    texts = facts.policy.value(COST_STANDARDS)
    return _read_standards(tuple(map(str, texts))) if texts else ()


def _no_standard(facts: TableFacts) -> str:
    if _standards(facts):
        return ""
    if facts.policy.value(COST_STANDARDS):
        return "已配置的预算支出标准无法识别，应写成“对象 ≤金额/单位”。"
    return "没有配置预算支出标准。"


@rule(
    "R40",
    "单位成本高于预算支出标准",
    Severity.HINT,
    Quality.APPROPRIATENESS,
    basis="财预〔2021〕101号：以预算支出标准为依据的成本指标值不得超过该标准",
    advice="核对测算过程；确需高于预算支出标准的，请写明文件依据。",
    example="标准“培训 ≤550元/人天”，培训人均成本 ≤800元/人天",
    blocked=_no_standard,
)
def price_above_standard(facts: TableFacts) -> Iterator[Hit]:
    """R40: only against a configured standard for the same object and unit (domain.md §4.5)."""
    standards = _standards(facts)
    for row in _cost_rows(facts):
        price = _price(row.value.number, row.unit)
        for standard in standards if price else ():
            same = standard.price.unit == price.unit and standard.words in _said(row)
            if same and price.yuan > standard.price.yuan:
                value = row.indicator.value
                yield row.hit("value", f"成本指标值“{value}”高于预算支出标准“{standard.text}”。", value)


def unit_cost_references(table: TargetTable) -> list[tuple[int, str]]:
    """Return 测算参考 for the quantity rows: the row's number and what the budget is for each unit.

    A plain division for the reader to judge (29.73万元 ÷ 500人次 = 594.6元/人次), never a finding.
    """
    if not table.budget or table.budget < 0:
        return []
    references = []
    for number, indicator in enumerate(table.indicators, start=1):
        value = parse_value(indicator.value)
        unit = canonical_unit(value.unit)
        counted = value.kind == ValueKind.NUMBER and value.number > 0 and unit and unit[0] not in "%‰‱/"
        if counted and "数量" in indicator.second_tier and "元" not in unit:
            references.append((number, _division(table.budget, value.number, unit)))
    return references


def _division(budget: Decimal, count: Decimal, unit: str) -> str:
    factor, single = (Decimal(10_000), unit[1:]) if unit[0] == "万" and len(unit) > 1 else (Decimal(1), unit)
    exact = budget / (count * factor)
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    sign = "=" if rounded * count * factor == budget else "≈"
    price = f"{rounded:f}".rstrip("0").rstrip(".")
    wan = format_wan(budget).rstrip("0").rstrip(".")
    return f"{wan}万元 ÷ {count:f}{unit} {sign} {price}元/{single}"


def _former_budgets(facts: TableFacts) -> set[Decimal]:
    """Return the budgets (元) that project lists replaced, without what holds today."""
    texts = [note.text for note in facts.table.notes if note.kind == NoteKind.FORMER_BUDGET]
    return {Decimal(text) for text in texts if _AMOUNT_NOTED.fullmatch(text)} - {facts.table.budget}


@rule(
    "R40b",
    "成本指标值等于调整前的预算数",
    Severity.WARNING,
    Quality.APPROPRIATENESS,
    basis="本系统规则：预算数随项目清单调整后，由原预算数测算的成本指标值应重新核对",
    advice="按调整后的预算数重新测算成本指标值；不受调整影响的，写明情况说明。",
    example="预算数由29.73万元调整为25.00万元，资金成本仍为 ≤29.73万元",
)
def cost_of_the_former_budget(facts: TableFacts) -> Iterator[Hit]:
    """R40b: a cost value that is a budget a project list has replaced since (domain.md §4.5)."""
    former = _former_budgets(facts)
    for row, amount in _amounts(facts) if former else ():
        if any(_is_whole(row, amount, budget) for budget in former if budget > 0):
            value = row.indicator.value
            message = f"成本指标值“{value}”等于项目清单调整前的预算数，现预算数为{_said_budget(facts)}。"
            yield row.hit("value", message, value)


def _said_budget(facts: TableFacts) -> str:
    budget = facts.table.budget
    return "空白" if budget is None else f"{format_wan(budget)}万元"
