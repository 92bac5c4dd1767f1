"""Units: known spellings, and whether a unit fits what the indicator's name counts (R25, R26)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from indicators.checks.facts import RowFacts, TableFacts
from indicators.checks.known_units import KNOWN_UNITS
from indicators.checks.model import Hit, Quality, Severity
from indicators.checks.registry import parameter, rule
from indicators.checks.rules.frame import without_rows
from indicators.values import ValueKind

UNITS = parameter(
    "R25.units",
    KNOWN_UNITS,
    "计量单位词典（“元/人”一类的复合单位，各部分在词典中即可）",
)
SPELLINGS = parameter(
    "R25.spellings",
    {"百分比": "%", "百分号": "%", "千分比": "‰", "千分号": "‰", "次数": "次"},
    "计量单位的不规范写法及其规范写法",
)
_DEFAULT_UNITS = frozenset(UNITS.default)
_PARTS = re.compile(r"[/*·×()]")
_SCALE = re.compile(r"^[0-9十百千万亿]+")
# After one of these any noun may follow: 个行政村, 家企业, 名教师, 套教材.
_COUNTING = frozenset(
    "个项件份篇本册套台辆架部具支只枚把张块条根盏座栋幢间所处口眼孔道段片面幅副盒盆箱包袋瓶桶罐卷株棵头匹"
) | (frozenset("羽尾艘门节笔宗起例名位户家对批期次场届组类种"))
_BRACKETS = "()（）"


@lru_cache(maxsize=4096)
def _is_composed(unit: str, known: frozenset[str]) -> bool:
    return all(_is_part(part, known) for part in _PARTS.split(unit))


def _is_part(part: str, known: frozenset[str]) -> bool:
    bare = _SCALE.sub("", part)
    return not bare or bare in known or part in known or bare[0] in _COUNTING


def _known_units(facts: TableFacts) -> frozenset[str]:
    units = facts.policy.value(UNITS)
    return _DEFAULT_UNITS if units is UNITS.default else frozenset(units)


@rule(
    "R25",
    "计量单位写法不规范",
    Severity.WARNING,
    Quality.COMPLETENESS,
    basis="本系统规则：由《国务院关于在我国统一实行法定计量单位的命令》和指标“量化易评”的要求引出",
    advice="改用规范的计量单位，如“%”“次”“人次”“万元”；词典中没有的单位，请核对是否录错。",
    example="≥95百分比",
    blocked=without_rows,
)
def unit_spelling(facts: TableFacts) -> Iterator[Hit]:
    spellings = facts.policy.value(SPELLINGS)
    known = _known_units(facts)
    for row in facts.rows:
        typed = row.value.unit
        if not typed:
            continue
        if good := spellings.get("".join(typed.split()).strip(_BRACKETS)):
            yield _misspelt(row, typed, good)
        elif row.unit not in known and not _is_composed(row.unit, known):
            said = f"第{row.number}行指标值“{row.indicator.value}”的单位“{typed}”"
            yield row.hit("value", f"{said}不在单位词典中，请核对是否录错。", typed, severity=Severity.HINT)


def _misspelt(row: RowFacts, typed: str, good: str) -> Hit:
    message = f"第{row.number}行指标值“{row.indicator.value}”的单位“{typed}”应写作“{good}”。"
    return row.hit("value", message, typed, fix_to=row.indicator.value.replace(typed, good))


# R26: what a name counts, by its ending

_TRAILING = re.compile(r"(?:[（(][^（）()]*[）)]|[：:，。、；;])+$")
_RATIO = re.compile(r"(?:率|比例|占比|比重|百分比|满意度|知晓度)$")
# Rates with a unit of their own, and ratios told as plain numbers or in times.
_OTHER_RATE = re.compile(
    r"(?:频|(?<!成)功|分辨|容积|汇|速|斜|曲|倍|心|码|帧|周转|流通|市盈|市净|生产|产出|生育|杠杆|折射|折光|电导|磁导|热导|刷新"
    r"|采样|传输|产|表|统|(?<!有)效)率$"
    r"|(?:投入产出|性价|成本效益|效益成本|师生|生师|医护|护患|床护|医患|男女|性别|传动|放大|配)比例?$"
)
# Names whose number can only be a percentage.
_PERCENTAGE = re.compile(
    r"(?:完成|完工|合格|达标|及时|按期|按时|准时|覆盖|知晓|参与|到位|办结|准确|优良|优秀|通过|运转|完好|就业|入学|成活"
    r"|执行|拨付|整改)率$|满意度$|知晓度$"
)
_OF_A_RATIO = re.compile(r"[%‰‱/:比倍成点之]|^厘$|^BP$|^bp$")
_OF_TIMES = re.compile(r"(?<!人)次|[场期回轮批届起遍趟例件宗]")
_OF_PEOPLE = re.compile(r"[人名位员]")


@lru_cache(maxsize=8192)
def bare_name(name: str) -> str:
    """Return an indicator's name without blanks and without brackets or punctuation at its end."""
    return _TRAILING.sub("", "".join(name.split()))


@lru_cache(maxsize=8192)
def _measure(name: str) -> str:
    """Return what a name counts: 比率, 次数, 人数, or '' where its ending does not tell."""
    bare = bare_name(name)
    if _RATIO.search(bare):
        return "" if _OTHER_RATE.search(bare) else "比率"
    if bare.endswith("次数"):
        return "" if bare.endswith("人次数") else "次数"
    return "人数" if bare.endswith("人数") else ""


def unit_contradicts_name(row: RowFacts) -> str:
    """Return what the name counts (比率, 次数, 人数) where the value's unit is of another kind, else ''."""
    measure = _measure(row.indicator.name)
    if not measure:
        return ""
    if row.value.kind == ValueKind.DATE:
        return measure
    if row.value.number is None:
        return ""
    return "" if _fits(measure, row) else measure


def _fits(measure: str, row: RowFacts) -> bool:
    unit = _SCALE.sub("", row.unit)
    if measure == "次数":
        return not unit or bool(_OF_TIMES.search(unit))
    if measure == "人数":
        return not unit or bool(_OF_PEOPLE.search(unit))
    if unit:
        # Surveys are also told in points (满意度 ≥90分).
        return bool(_OF_A_RATIO.search(unit)) or (unit == "分" and row.indicator.name.endswith("度"))
    # 合格率 ≥95 lacks its sign; 0.95 is a fraction, and deaths are told per 100 000 without saying so.
    is_percentage = _PERCENTAGE.search(bare_name(row.indicator.name))
    return bool(row.unit) or not is_percentage or row.value.number <= 1


@rule(
    "R26",
    "指标名称与计量单位不符",
    Severity.WARNING,
    Quality.RELEVANCE,
    basis="本系统规则：由财预〔2021〕101号“指标要可衡量、量化易评”引出",
    advice="率、比例、满意度用%，次数用次、场、期，人数用人、人次；要写完成时限的，名称改为“……完成时间”，指标值写到月或日。",
    example="按期完成率 ≤1年",
    blocked=without_rows,
)
def name_against_unit(facts: TableFacts) -> Iterator[Hit]:
    for row in facts.rows:
        if measure := unit_contradicts_name(row):
            yield row.hit("value", _mismatch(measure, row), f"{row.indicator.name} {row.indicator.value}")


def _mismatch(measure: str, row: RowFacts) -> str:
    said = f"第{row.number}行“{row.indicator.name}”是{measure}，指标值“{row.indicator.value}”"
    if row.value.kind == ValueKind.DATE:
        return f"{said}却是日期。"
    return f"{said}的单位却是“{row.value.unit}”。" if row.value.unit else f"{said}没有写%。"
