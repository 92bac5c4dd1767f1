"""Whether more or less is better, told from an indicator's name (R29)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from indicators.checks.facts import RowFacts, TableFacts
from indicators.checks.model import Hit, Quality, Severity
from indicators.checks.registry import parameter, rule
from indicators.checks.rules.frame import without_rows
from indicators.checks.rules.timing import always_kept
from indicators.checks.rules.units import bare_name, unit_contradicts_name
from indicators.values import Comparator

LOW_IS_GOOD = parameter(
    "R29.low_is_good",
    (
        *("死亡", "发病", "失业", "辍学", "负债", "漏损", "误差", "逾期", "空置", "返贫", "流失"),
        *("投诉", "故障", "差错", "返修", "伤亡", "事故", "违规", "不合格", "再犯罪", "发案"),
    ),
    "越低越好的对象（名称以其加“率”“数”“起数”等结尾时用≥或＞即为方向有误）",
)
RISING = (Comparator.AT_LEAST, Comparator.MORE_THAN)
FALLING = (Comparator.AT_MOST, Comparator.LESS_THAN)
_BOUNDS = (*RISING, *FALLING)
_TOLD_AS = "(?:率|比率|比例|占比|人数|户数|数量|件数|起数|例数|次数|数|量|面积|事件|天数)?"
# 投诉办结率, 死亡率下降幅度, 故障排除时间: the name tells what is done about it.
_DONE_ABOUT_IT = re.compile(
    "降低|下降|减少|压减|缩短|化解|控制|防范|防止|预防|避免|挽回|处置|处理|办结|回复|修复|排除|抢修|维修|救治|整改|节约|节省|节支"
    "|受理|查处|查办|侦破|破案|打击|处罚|调处|调解|审理|发现|监测|排查|检查|报告|统计|救助|帮扶|安置|培训|慰问|演练"
    "|应急|保险|保障|理赔|赔付|宣传|追回|清退|清理|清收|领取|享受|服务|补助|补贴|零|无|未|不发生|消除|达标"
)
# 受理投诉件数 counts deeds; 培训补贴差错率 is a rate of errors whatever it is about.
_DONE_ABOUT_THE_RATE = re.compile(
    "降低|下降|减少|压减|缩短|化解|控制|防范|防止|预防|避免|挽回|处置|查处|查办|侦破|打击|发现|检出|追回|清退|清收"
    "|零|无|未|不发生|消除|达标|(?:抽检|抽查|检查|排查|巡查|监督).*(?:不合格|违规)"
)
_RATE = re.compile("(?:率|比例|占比)$")
_FEWER = re.compile("降低|下降|减少|压减|缩短|降幅|节约|节省|节支")
_TIME_LIMIT = re.compile(
    "(?:时限|耗时|平均住院日|时延|(?:响应|处理|办理|修复|等候|等待|办结|审批|到场|到达)时间)$"
)
_SHOULD_LAST = re.compile("保修|质保|保存|保管|存放|公示|开放|使用|有效|服务|供应|演练|培训|学习")
_COST = re.compile("(?:成本|造价|单价|费用)(?:控制数|控制额|限额)?$")
_GOOD_IF_HIGH = re.compile(
    "(?:合格|达标|完成|完工|及时|准时|按期|按时|覆盖|知晓|参与|优良|优秀|成活|入学|就业|运转|准确|到位|拨付|办结|治愈|普及|完好"
    "|兑现|参保|巩固|化解|整改|通过|好评|满意|认可)率$|(?:知晓|认可)度$|受益.{0,6}(?:人数|户数|人次|人口|面积)$"
)
_NOT_GOOD = re.compile("[不未非违超差错误损缺漏废失退返拖欠]|投诉|逾期|滞后|事故")
_SPANS = ("年", "个月", "月", "天", "日", "个工作日", "工作日", "小时", "分钟", "秒", "周")


@lru_cache(maxsize=16)
def _low_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(map(re.escape, words)) or '(?!)'}){_TOLD_AS}$")


@lru_cache(maxsize=8192)
def _kind_of_low(name: str, words: tuple[str, ...]) -> str:
    """Return why less is better by the bare name: 时限, 成本 or 对象 (a bad thing counted); '' if unknown."""
    if _FEWER.search(name):
        return ""
    if _TIME_LIMIT.search(name):
        return "" if _SHOULD_LAST.search(name) else "时限"
    if _COST.search(name):
        return "成本"
    if not _low_pattern(words).search(name):
        return ""
    done = _DONE_ABOUT_THE_RATE if _RATE.search(name) else _DONE_ABOUT_IT
    return "" if done.search(name) else "对象"


def _should_be_low(row: RowFacts, words: tuple[str, ...]) -> bool:
    kind = _kind_of_low(bare_name(row.indicator.name), words)
    if not kind or (kind == "时限" and row.unit not in _SPANS):
        return False
    return not _FEWER.search(row.indicator.description)


def should_be_high(row: RowFacts) -> bool:
    """True where the name is surely one of the kind that is better the higher it is."""
    return _is_good_if_high(bare_name(row.indicator.name))


@lru_cache(maxsize=8192)
def _is_good_if_high(name: str) -> bool:
    if name.endswith("满意度"):
        return not name.endswith("不满意度")
    return bool(_GOOD_IF_HIGH.search(name)) and not _NOT_GOOD.search(name)


@rule(
    "R29",
    "指标方向有误",
    Severity.WARNING,
    Quality.APPROPRIATENESS,
    basis="本系统规则：由财预〔2015〕88号“绩效指标应能合理衡量目标实现程度”引出",
    advice="越高越好的指标用≥，越低越好的指标（成本、时限、差错、事故等）用≤。",
    example="满意度 ≤90%",
    blocked=without_rows,
)
def wrong_direction(facts: TableFacts) -> Iterator[Hit]:
    """Silent where R26 or R27 speak: there the value is not of the kind the name tells."""
    low = tuple(facts.policy.value(LOW_IS_GOOD))
    for row in facts.rows:
        comparator = row.value.comparator
        if row.value.number is None or comparator not in _BOUNDS:
            continue
        if comparator in RISING:
            wrong = "越低越好" if _should_be_low(row, low) else ""
        else:
            wrong = "越高越好" if should_be_high(row) else ""
        if wrong and not unit_contradicts_name(row) and not always_kept(facts, row):
            said = f"第{row.number}行“{row.indicator.name}”{wrong}，指标值“{row.indicator.value}”"
            yield row.hit("value", f"{said}用“{comparator}”，方向相反。", row.indicator.value)
