"""指标值: presence and threshold (R24, R30–R32, R34, R35)."""

import re
from collections.abc import Iterator
from decimal import Decimal

from indicators.checks.facts import RowFacts, TableFacts
from indicators.checks.known_units import KNOWN_UNITS
from indicators.checks.model import Hit, Quality, Scope, Severity
from indicators.checks.registry import parameter, rule
from indicators.checks.rules.direction import FALLING, RISING, should_be_high
from indicators.checks.rules.frame import without_rows
from indicators.checks.rules.units import bare_name
from indicators.values import Comparator, ValueKind

MAY_PASS_100 = parameter(
    "R30.may_pass_100",
    (
        *("增长", "增幅", "增速", "增加", "增值", "提高", "提升", "上升", "上涨", "同比", "环比", "超"),
        *("放大", "杠杆", "毛入", "产能", "床位", "病床", "负债", "流动比", "速动比", "备付", "充足"),
        *("拨备", "保障倍数", "投入产出", "收益", "利润", "回报", "指数", "偿债", "入住", "上座", "负荷"),
        *("变动", "偏差", "较上年", "比上年", "与上年"),
    ),
    "可以超过100%的指标名称或描述用词",
)
LOWEST = parameter("R31.lowest", 80, "满意度和合格率等质量指标低于此百分数时提示")
USUAL_RATIOS = parameter("R32.values", (90, 95, 100), "模板化的百分数")
FEWEST_RATIOS = parameter("R32.fewest", 3, "百分数指标达到此数才判断是否模板化")
REASONS = parameter(
    "R35.reasons",
    (
        "因",
        "由于",
        "调整",
        "核减",
        "压减",
        "缩减",
        "减少",
        "下降",
        "退坡",
        "到期",
        "平均",
        "收官",
        "上年",
        "去年",
    ),
    "描述或依据含这些词的，视为说明了低于上年的原因",
)
# R24

_UNITS = frozenset(KNOWN_UNITS)
_SIGN_ALONE = re.compile(r"\s*[≥≧⩾≤≦⩽＞>＜<＝=﹥﹤]+\s*(.*)", re.DOTALL)
_GRADED = re.compile("[优良中差好]|合格|达标|先进|领先|级|档|等|星|[A-Za-zⅠ-Ⅻ一二三四五六七八九十]")
_BLANK_TO_FILL = re.compile(r"[\s_＿—…]+")


def _value_fault(row: RowFacts) -> str:
    """Return what is missing in a value that has no number: '' where the words can be judged."""
    typed = row.indicator.value
    if not typed.strip():
        return "没有填写指标值"
    if row.value.kind not in (ValueKind.TEXT, ValueKind.QUALITATIVE):
        return ""
    found = _SIGN_ALONE.fullmatch(typed[:100])
    if not found:
        return ""
    rest = _BLANK_TO_FILL.sub("", found[1])
    if not rest or rest in _UNITS:
        return f"指标值“{typed}”只有符号，没有数值"
    unclear = row.value.kind == ValueKind.QUALITATIVE and row.value.comparator in (*RISING, *FALLING)
    return f"指标值“{typed}”用了比较符号，却没有数值" if unclear and not _GRADED.search(rest) else ""


@rule(
    "R24",
    "指标值没有数值",
    Severity.ERROR,
    Quality.COMPLETENESS,
    basis="财预〔2021〕101号：指标值应当量化；定性指标不用比较符号",
    advice="在符号后填写数值和单位；不能量化的，去掉符号，写明可评判的定性标准。",
    example="≥",
    blocked=without_rows,
)
def value_missing(facts: TableFacts) -> Iterator[Hit]:
    for row in facts.rows:
        if row.value.number is None and row.value.date is None and (fault := _value_fault(row)):
            message = f"第{row.number}行“{row.indicator.name}”{fault}。"
            yield row.hit("value", message, row.indicator.value or row.indicator.name)


# R30


@rule(
    "R30",
    "百分数超出可能的范围",
    Severity.WARNING,
    Quality.APPROPRIATENESS,
    basis="本系统规则：占总数的比例不超过100%，也不为负",
    advice="核对数值和口径；比上年增长的，名称写明“增长率”。",
    example="验收合格率 ≥110%",
    blocked=without_rows,
)
def percentage_out_of_range(facts: TableFacts) -> Iterator[Hit]:
    for row in facts.rows:
        if row.unit != "%" or row.value.number is None:
            continue
        least, most = row.value.number, row.value.upper or row.value.number
        if least >= 0 and (most <= 100 or row.value.comparator in FALLING):
            continue
        text = row.indicator.name + row.indicator.description
        if any(word in text for word in facts.policy.value(MAY_PASS_100)) or (least < 0 and "降" in text):
            continue
        said = f"第{row.number}行“{row.indicator.name}”的指标值“{row.indicator.value}”"
        yield row.hit("value", f"{said}{'小于0' if least < 0 else '大于100%'}。", row.indicator.value)


# R31, R32

_QUALITY_KEPT = re.compile("(?:合格|达标|准确|完好|运转|及时)率$")


def _ratios(rows: list[RowFacts] | tuple[RowFacts, ...]) -> list[RowFacts]:
    return [row for row in rows if row.unit == "%" and row.value.kind == ValueKind.NUMBER]


@rule(
    "R31",
    "满意度或质量目标过低或全为100%",
    Severity.HINT,
    Quality.APPROPRIATENESS,
    basis="绩效评价通报的常见问题：目标值过低，或不留余地",
    advice="对照上年实际和同类项目确定目标值，既不低于应有水平，也能够实现。",
    example="服务对象满意度 ≥70%",
    blocked=without_rows,
)
def threshold_unlikely(facts: TableFacts) -> Iterator[Hit]:
    """Below 80 %, or every satisfaction and quality percentage exactly 100."""
    judged = _ratios(facts.rows_under("质量", "满意"))
    lowest = facts.policy.value(LOWEST)
    for row in judged:
        name = bare_name(row.indicator.name)
        kept = should_be_high(row) and (name.endswith("满意度") or _QUALITY_KEPT.search(name))
        if kept and row.value.comparator not in FALLING and row.value.number < lowest:
            said = f"第{row.number}行“{row.indicator.name}”的目标值“{row.indicator.value}”"
            yield row.hit("value", f"{said}低于{lowest}%，请说明是否偏低。", row.indicator.value)
    if len(judged) > 1 and all(row.value.number == 100 for row in judged):
        numbers = "、".join(str(row.number) for row in judged)
        message = f"第{numbers}行的质量和满意度目标都正好是100%，请确认能够实现。"
        yield Hit("indicators", message, "、".join(row.indicator.value for row in judged))


@rule(
    "R32",
    "百分数雷同，疑似套用模板",
    Severity.HINT,
    Quality.APPROPRIATENESS,
    basis="绩效评价通报的常见问题“指标模板化”",
    advice="按各指标的历史水平和工作要求分别确定目标值，并在依据中写明来源。",
    example="全部百分数为95%、95%、90%",
    blocked=without_rows,
)
def usual_ratios(facts: TableFacts) -> Iterator[Hit]:
    ratios = _ratios(facts.rows)
    usual = facts.policy.value(USUAL_RATIOS)
    if len(ratios) < facts.policy.value(FEWEST_RATIOS) or any(
        row.value.number not in usual for row in ratios
    ):
        return
    told = "、".join(f"{row.value.number}%" for row in ratios)
    numbers = "、".join(str(row.number) for row in ratios)
    yield Hit("indicators", f"第{numbers}行的百分数为{told}，都是常见的整数，疑似套用模板。", told)


# R34

# 补助标准 ＝300元/月 and the number of people on a list are exact by nature.
_EXACT_BY_NATURE = re.compile("标准|补助|补贴|单价|定额|名单|编制|期限|时长|年限|天数|月数|版本|温度|得分")
_PHYSICAL = ("℃", "摄氏度", "分贝", "dB", "mg/L", "mg/l", "毫克/升", "ppm", "Pa", "MPa", "兆帕")


def _better_bound(row: RowFacts) -> str:
    """Return the sign a value with ＝ would better have, or 一个范围; '' where ＝ may be right."""
    name = row.indicator.name
    if _EXACT_BY_NATURE.search(name):
        return "一个范围" if "温度" in name and row.unit in _PHYSICAL else ""
    if row.unit == "%":
        return "≥" if should_be_high(row) and row.value.number < 100 else ""
    if row.is_under("成本"):
        return "≤" if row.unit in ("万元", "亿元") else ""
    if row.is_under("数量", "社会", "经济"):
        return "≥" if row.unit in ("人次", "万人次", "千人次") else ""
    return "一个范围" if row.unit in _PHYSICAL else ""


@rule(
    "R34",
    "等号没有余地",
    Severity.HINT,
    Quality.APPROPRIATENESS,
    basis="本系统规则：由财预〔2021〕101号“计算符号”的分类引出",
    advice="不必正好达到的数量和比率用≥，成本用≤；检测值写成范围；政策规定的标准和固定的时间可以用＝。",
    example="培训人次 ＝500人次",
    blocked=without_rows,
)
def exact_where_a_bound_fits(facts: TableFacts) -> Iterator[Hit]:
    for row in facts.rows:
        if row.value.comparator != Comparator.EQUAL or row.value.kind != ValueKind.NUMBER:
            continue
        if better := _better_bound(row):
            said = f"第{row.number}行“{row.indicator.name}”的指标值“{row.indicator.value}”"
            yield row.hit(
                "value", f"{said}用“＝”，多一点少一点都算未达到，宜用{better}。", row.indicator.value
            )


# R35


@rule(
    "R35",
    "目标值低于上年",
    Severity.WARNING,
    Quality.APPROPRIATENESS,
    basis="财预〔2015〕88号绩效目标审核表：绩效合理性（预期绩效水平不低于历史水平）",
    advice="把目标值提到不低于上年的水平，或在描述、依据中写明低于上年的原因。",
    example="上年培训合格率 ≥95%，本年 ≥90%",
    scopes=(Scope.ACROSS,),
    blocked=lambda facts: (
        without_rows(facts) or ("" if facts.context.last_year else "没有该项目上年度的绩效目标，无法比较。")
    ),
)
def below_last_year(facts: TableFacts) -> Iterator[Hit]:
    """Held against last year's target, since an equal one is normal and the actual may not be known yet.

    Counts may fall with the budget, and costs are the business of other rules.
    """
    last = TableFacts(facts.context.last_year)
    before: dict[tuple[str, str], RowFacts] = {}
    for row in last.rows:
        before[bare_name(row.indicator.name), row.unit] = row
    poorer = _budget(facts) < _budget(last)
    for row in facts.rows:
        old = before.get((bare_name(row.indicator.name), row.unit))
        if old is None or row.is_under("成本") or (poorer and row.unit != "%"):
            continue
        if _is_weaker(row, old) and not _gives_a_reason(facts, row):
            said = f"第{row.number}行“{row.indicator.name}”的指标值“{row.indicator.value}”"
            message = f"{said}不及上年的“{old.indicator.value}”，没有说明原因。"
            yield row.hit("value", message, f"{old.indicator.value} → {row.indicator.value}")


def _budget(facts: TableFacts) -> Decimal:
    return facts.table.budget or Decimal(0)


def _is_weaker(row: RowFacts, old: RowFacts) -> bool:
    if not (row.value.kind == old.value.kind == ValueKind.NUMBER):
        return False
    if row.value.comparator in RISING and old.value.comparator in RISING:
        return row.value.number < old.value.number
    if row.value.comparator in FALLING and old.value.comparator in FALLING:
        return row.value.number > old.value.number
    return False


def _gives_a_reason(facts: TableFacts, row: RowFacts) -> bool:
    text = row.indicator.description + row.indicator.basis
    return any(word in text for word in facts.policy.value(REASONS))
