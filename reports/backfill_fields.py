"""回填: what a column of a template can be filled with, and its value for a table or an indicator."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.document import Indicator, TargetTable
from indicators.importers.heads import Field, guess_columns
from indicators.values import IndicatorValue, ValueKind, parse_value
from perfbudget.lib.money import in_wan

Value = str | int | Decimal | None
MONTHS = (3, 6, 9, 10, 12)


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the file: a table, one of its indicators (None where it is written whole), the serials."""

    table: TargetTable
    serial: int
    indicator: Indicator | None = None
    value: IndicatorValue | None = None


@dataclass(frozen=True, slots=True)
class BackfillField(Field):
    """A field with its value for a record; amounts are 元, percents 25 for 25%."""

    take: Callable[[Record], Value] = str
    is_amount: bool = False
    is_code: bool = False
    is_percent: bool = False
    of_indicator: bool = False


def _of_table(name: str, label: str, words: tuple[str, ...], parts: tuple[str, ...] = (), **kind: bool):
    return BackfillField(name, label, words, parts, lambda record: getattr(record.table, name), **kind)


def _of_indicator(
    name: str, label: str, words: tuple[str, ...], parts: tuple[str, ...] = (), take=None
) -> BackfillField:
    attribute = name.removeprefix("indicator_")

    def text(record: Record) -> Value:
        return getattr(record.indicator, attribute) if record.indicator else None

    return BackfillField(name, label, words, parts, take or text, of_indicator=True)


def _milestone(month: int) -> BackfillField:
    def percent(record: Record) -> Value:
        found = (one.percent for one in record.table.milestones if one.month == month)
        return next(found, None)

    label = f"{month}月底累计支出（%）"
    words = (f"{month}月底", f"{month}月", f"{month}月末", f"{month}月底累计支出", f"{month:02}月")
    return BackfillField(f"milestone_{month}", label, words, (f"{month}月底",), percent, is_percent=True)


def _comparator(record: Record) -> Value:
    return record.value.comparator.value if record.value else None


def _number(record: Record) -> Value:
    """Return the figure of a value that is one number, else the whole text: 1-2期, 长期."""
    if record.value is None:
        return None
    is_number = record.value.kind == ValueKind.NUMBER and record.value.number is not None
    return record.value.number if is_number else record.value.original


def _unit(record: Record) -> Value:
    return record.value.unit if record.value and record.value.kind == ValueKind.NUMBER else None


FIELDS: tuple[BackfillField, ...] = (
    BackfillField("serial", "序号", ("序号",), (), lambda record: record.serial),
    _of_table("year", "预算年度", ("预算年度", "年度", "年份")),
    _of_table(
        "department_code", "单位编码", ("单位编码", "预算单位编码", "单位代码"), ("单位编码",), is_code=True
    ),
    _of_table("department_name", "单位名称", ("单位名称", "预算单位", "预算单位名称", "单位"), ("单位名称",)),
    _of_table(
        "project_code",
        "项目编码",
        ("项目编码", "预算项目编码", "项目代码", "编码"),
        ("项目编码", "项目代码"),
        is_code=True,
    ),
    _of_table("name", "项目名称", ("项目名称", "预算项目名称", "名称"), ("项目名称",)),
    _of_table("category", "项目类别", ("项目类别", "类别", "项目类型")),
    _of_table("nature", "项目属性", ("项目属性", "项目性质")),
    _of_table(
        "fiscal_funding",
        "财政资金",
        ("财政资金", "财政拨款", "一般公共预算"),
        ("财政资金", "财政拨款"),
        is_amount=True,
    ),
    _of_table("other_funding", "其他资金", ("其他资金", "单位资金"), ("其他资金",), is_amount=True),
    _of_table("budget", "预算数", ("预算数", "预算金额", "年初预算", "金额"), ("预算数",), is_amount=True),
    _of_table("purpose", "资金用途", ("资金用途", "用途"), ("资金用途",)),
    _of_table(
        "goal",
        "绩效目标",
        ("绩效目标", "年度绩效目标", "总体目标", "年度目标", "年度总体目标"),
        ("绩效目标", "总体目标"),
    ),
    *map(_milestone, MONTHS),
    _of_table("preparer", "填报人", ("填报人",)),
    _of_table("preparer_phone", "联系电话", ("联系电话", "电话"), is_code=True),
    _of_indicator("first_tier", "一级指标", ("一级指标",), ("一级指标",)),
    _of_indicator("second_tier", "二级指标", ("二级指标",), ("二级指标",)),
    _of_indicator("indicator_name", "三级指标", ("三级指标", "指标名称", "三级指标名称"), ("三级指标",)),
    _of_indicator(
        "indicator_description",
        "绩效指标描述",
        ("绩效指标描述", "指标描述", "指标解释", "指标说明", "描述"),
        ("指标描述", "指标解释"),
    ),
    _of_indicator(
        "comparator", "计算符号", ("计算符号", "符号", "指标符号", "运算符号"), ("符号",), _comparator
    ),
    _of_indicator("number", "指标值（数值）", ("目标值", "指标值数值", "数值"), (), _number),
    _of_indicator("unit", "计量单位", ("计量单位", "度量单位", "指标单位"), ("计量单位",), _unit),
    _of_indicator("indicator_value", "指标值（全文）", ("指标值", "年度指标值", "绩效指标值"), ("指标值",)),
    _of_indicator(
        "indicator_basis",
        "指标值确定依据",
        ("指标值确定依据", "指标值设定依据", "确定依据", "依据", "指标来源"),
        ("依据",),
    ),
    _of_indicator("indicator_weight", "权重", ("权重", "指标权重", "分值", "分值权重"), ("权重",)),
)
BY_NAME = {field.name: field for field in FIELDS}


def guess_template_columns(heads: Sequence[str]) -> dict[str, int]:
    """Return the likely columns; beside a column of signs, 指标值 is the figure alone."""
    columns = guess_columns(heads, FIELDS)
    if "comparator" in columns and "indicator_value" in columns and "number" not in columns:
        columns["number"] = columns.pop("indicator_value")
    return columns


def is_by_indicator(columns: Iterable[str]) -> bool:
    """True where the file has a row for every indicator, False where it has one for every project."""
    return any(BY_NAME[name].of_indicator for name in columns)


def records_of(tables: Iterable[TargetTable], columns: Iterable[str]) -> Iterator[Record]:
    """Yield the rows of the file; a table without indicators has one row all the same."""
    by_indicator = is_by_indicator(columns)
    for serial, table in enumerate(tables, start=1):
        if not by_indicator or not table.indicators:
            yield Record(table, serial)
            continue
        for indicator in table.indicators:
            yield Record(table, serial, indicator, parse_value(indicator.value))


def values_of(record: Record, columns: Mapping[str, int], amount_unit: str) -> dict[str, Value]:
    """Return what stands in each chosen column; amounts in the unit of the template ("yuan" or "wan")."""
    values: dict[str, Value] = {}
    for name in columns:
        value = BY_NAME[name].take(record)
        if BY_NAME[name].is_amount and isinstance(value, Decimal) and amount_unit == "wan":
            value = in_wan(value)
        values[name] = value
    return values
