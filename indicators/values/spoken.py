"""How a value was read, in words, so that who types ≥95% sees at once what the system makes of it."""

from decimal import Decimal

from indicators.values.model import Comparator, IndicatorValue, ValueKind

_OF_NUMBERS = {
    Comparator.AT_LEAST: "大于等于 ",
    Comparator.MORE_THAN: "大于 ",
    Comparator.EQUAL: "等于 ",
    Comparator.LESS_THAN: "小于 ",
    Comparator.AT_MOST: "小于等于 ",
    Comparator.NONE: "",
}
_OF_DATES = {
    Comparator.AT_LEAST: "不早于 ",
    Comparator.MORE_THAN: "晚于 ",
    Comparator.EQUAL: "",
    Comparator.LESS_THAN: "早于 ",
    Comparator.AT_MOST: "不晚于 ",
    Comparator.NONE: "",
}


def spoken(value: IndicatorValue) -> str:
    """Return the reading as a short Chinese line, '' for a blank: 读作：大于等于 95 %."""
    if not value.original.strip():
        return ""
    match value.kind:
        case ValueKind.NUMBER | ValueKind.RANGE:
            figures = plain_number(value.number)
            if value.upper is not None:
                figures = f"{figures} 至 {plain_number(value.upper)}"
            return f"读作：{_OF_NUMBERS[value.comparator]}{figures} {value.unit}".strip()
        case ValueKind.DATE if value.date:
            day = f"{value.date.year}年{value.date.month}月{value.date.day}日"
            return f"读作：{_OF_DATES[value.comparator]}{day}"
        case ValueKind.DATE:
            return "读作：时间节点，没有写明年份"
        case ValueKind.QUALITATIVE:
            return "读作：定性要求"
    return "读作：文字，不能计算；可写作 ≥95%、9月底前、优良"


def plain_number(number: Decimal | None) -> str:
    """Return a number without idle zeros, '' for none."""
    return "" if number is None else format(number.normalize(), "f")
