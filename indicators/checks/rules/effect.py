"""Effects, satisfaction, and what a quality or an indicator is (R41–R46, R61, R62)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from indicators.checks.facts import RowFacts, TableFacts
from indicators.checks.model import Hit, Quality, Severity
from indicators.checks.registry import parameter, rule
from indicators.values import ValueKind

PROCESS_WORDS = parameter(
    "process_words",
    ("完成", "开展", "组织开展", "组织实施", "组织培训", "举办", "召开", "承办", "做好", "提供优质服务"),
    "写在效益指标名称开头即表示过程的词（R41）",
)
VAGUE_WORDS = parameter(
    "vague_words",
    (
        *("优质", "有效", "显著", "明显", "一定程度", "进一步", "逐步", "不断", "大力", "切实"),
        *("提高", "提升", "加强", "增强", "促进", "改善"),
    ),
    "不能作为考核对象的笼统词（R42）",
)

_NUMERIC = (ValueKind.NUMBER, ValueKind.RANGE)
_SPACES = re.compile(r"[\s，。；、,;：:“”\"()（）]+")

# A name that ends so names what is counted, whatever stands before: 提供就业岗位数, 提高粮食产量.
_MEASURED = re.compile(
    r"(?:(?<!效)率|比例|占比|比重|数|(?<![质力])量|额|(?<!价)值|次|面积|里程|长度|收入|成本|费用|支出|时间|时长|"
    r"时限|指数|得分|分数|(?<![力制程进深])度|浓度|安全感|幸福感|获得感|岗位|投资)(?:[（(].*)?$"
)
_HOW_MEASURED = re.compile(
    "占|÷|×|比例|比重|之比|除以|平均|为准|统计|得分|评分|打分|考核|问卷|抽样|抽查|测评|公式|口径|样本|每|同比|比上年"
)


def _is_effect(row: RowFacts) -> bool:
    """Whether a row stands under 效益 (or 可持续影响); some forms put 满意度 under it as well."""
    first, second = row.indicator.first_tier, row.indicator.second_tier
    return ("效益" in first or "效益" in second or "可持续" in second) and "满意" not in second


def _is_satisfaction(row: RowFacts) -> bool:
    return "满意" in row.indicator.second_tier or "满意" in row.indicator.first_tier


@lru_cache(maxsize=64)
def _alternatives(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if word) or "(?!)"


@lru_cache(maxsize=64)
def _process(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"(?:{_alternatives(words)})|提供.{{0,8}}服务$")


@lru_cache(maxsize=64)
def _vague(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(_alternatives(words))


@lru_cache(maxsize=64)
def _vague_ending(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"(?:{_alternatives(words)}|增加|增长)+$")


def _words(facts: TableFacts, words) -> tuple[str, ...]:
    return tuple(facts.policy.value(words))


# Acts that were counted, or an output checked: a quality or a quantity, whatever tier they stand under.
_OUTPUT = re.compile(
    r"(?:工作|任务|计划|项目|工程|活动|培训|采购|建设|检查|事项|^)完成(?:及时)?[率量](?:[（(].*)?$"
    r"|(?:工程|设备|项目|竣工|货物)验收(?:合格|通过)率$|培训合格率$"
)
_COUNTED_ACTS = re.compile(r"(?:次数|场次|场数|期数|批次)(?:[（(].*)?$")


@rule(
    "R41",
    "效益指标写的是过程、服务或质量",
    Severity.WARNING,
    Quality.RELEVANCE,
    basis="财预〔2021〕101号：效益指标反映产出带来的经济、社会、生态效果；对效益与质量混淆的公开批评",
    advice="改写为产出带来的变化，例如“某类对象受益率”“某类事件发生数比上年下降”，并写明统计口径。",
    example="社会效益指标：提供优质服务 ≥95%",
)
def effect_is_a_process(facts: TableFacts) -> Iterator[Hit]:
    """R41: a name that begins with an act, unless it ends in something counted (domain.md §4.6)."""
    process = _process(_words(facts, PROCESS_WORDS))
    for row in facts.rows:
        if _is_effect(row):
            name = row.indicator.name.strip()
            begun = process.match(name)
            if begun and _MEASURED.search(name) and not _COUNTED_ACTS.search(name):
                begun = None
            found = begun or _OUTPUT.search(name)
            if found:
                message = f"效益指标“{name}”写的是过程、服务或质量，没有说明产生了什么效果。"
                yield row.hit("name", message, found[0])


@rule(
    "R42",
    "以笼统词作为考核对象",
    Severity.WARNING,
    Quality.RELEVANCE,
    basis="财预〔2021〕101号：绩效指标应当量化易评",
    advice="写明可以统计的对象和计算公式，例如“某某率 = 合格数 ÷ 总数”；确属定性的，用定性值并写明评判标准。",
    example="社会效益指标：提供优质服务 ≥95%",
)
def vague_object(facts: TableFacts) -> Iterator[Hit]:
    """R42: a vague word with a percentage, nothing countable in the name and no formula (domain.md §4.6)."""
    words = _words(facts, VAGUE_WORDS)
    vague, ending = _vague(words), _vague_ending(words)
    for row in facts.rows:
        if row.value.kind not in _NUMERIC or row.unit not in ("%", "") or _is_satisfaction(row):
            continue
        name = row.indicator.name.strip()
        found = vague.search(name)
        if not found or not (_is_effect(row) or row.is_under("质量")):
            continue
        if _MEASURED.search(ending.sub("", name)) or _HOW_MEASURED.search(row.indicator.description):
            continue
        value = row.indicator.value
        message = f"“{name}”以“{found[0]}”为考核对象，“{value}”按什么公式计算没有说明。"
        yield row.hit("name", message, found[0])


_SATISFIED = re.compile("(?:不满意|满意)(?:度|率|程度|情况)")


@rule(
    "R43",
    "以满意度充当效益",
    Severity.WARNING,
    Quality.RELEVANCE,
    basis="财预〔2021〕101号：满意度是单独的一级指标；对以满意度代替效益的公开批评",
    advice="把满意度移到满意度指标之下，效益指标改写为服务对象得到的实际变化。",
    example="社会效益指标：群众满意度 ≥90%",
)
def satisfaction_as_effect(facts: TableFacts) -> Iterator[Hit]:
    """R43: 满意度 under 效益, or a description shared by an effect and a satisfaction (domain.md §4.6)."""
    effects = [row for row in facts.rows if _is_effect(row)]
    if not effects:
        return
    surveys = {_bare(row.indicator.description) for row in facts.rows if _is_satisfaction(row)} - {""}
    for row in effects:
        found = _SATISFIED.search(row.indicator.name)
        if found:
            message = f"效益指标“{row.indicator.name}”是满意度，不是项目的效果。"
            yield row.hit("name", message, found[0])
        elif _bare(row.indicator.description) in surveys:
            message = f"效益指标“{row.indicator.name}”的描述与满意度指标的描述相同。"
            yield row.hit("description", message, row.indicator.description)


# What is left of 服务对象满意度 or 社会公众或服务对象满意程度 without these words is whom one asks.
_NOBODY = re.compile(
    "服务对象|受益对象|社会公众|公众|对象|社会|相关|有关|各类|各方|广大|人员|人群|群体|使用者|受益者|受众|满意|程度|"
    "指标|综合|总体|整体|提高|提升|加强|增强|促进|保障|确保|达到|反映|情况|质量|水平|工作|服务|项目|实施|开展|进行|效果|"
    "不断|切实|持续|有效|进一步|稳步|逐步|明显|显著|大力|"
    "单位|资金|政策|主管|部门|通过|采用|采取|取得|获得|得到|方式|方法|发放|不少于|不低于|份|数|对|的|本|我|及|和|与|或|等|率|度|[^\u3400-\u9fff]"
)
_SURVEY = re.compile(
    "问卷|调查|抽样|样本|电话|访问|访谈|走访|回访|测评|评议|评价|打分|评分|随机|座谈|投票|扫码|回收|占|÷|比例"
)


@lru_cache(maxsize=4096)
def _asked(name: str, description: str) -> tuple[bool, bool]:
    """Return whether a satisfaction row says who is asked, and how."""
    named = bool(_NOBODY.sub("", name) or len(_NOBODY.sub("", _SURVEY.sub("", description))) > 1)
    return named, bool(_SURVEY.search(name + description))


@rule(
    "R44",
    "满意度没有说明对谁、怎样调查",
    Severity.WARNING,
    Quality.RELEVANCE,
    basis="财预〔2021〕101号：满意度指标应明确服务对象，并通过问卷调查等方式取得",
    advice="写明调查对象和方式，例如“参训人员满意度：对参训人员问卷调查，样本不少于（ ）份”。",
    example="服务对象满意度 ≥90%，描述“提高服务对象满意度”",
)
def satisfaction_of_nobody(facts: TableFacts) -> Iterator[Hit]:
    """R44: neither whom nor how is a warning, one of the two missing a hint (domain.md §4.6)."""
    for row in facts.rows:
        name = row.indicator.name
        if not _is_satisfaction(row) or not name.strip():
            continue
        named, surveyed = _asked(name, row.indicator.description)
        if named and surveyed:
            continue
        if not named and not surveyed:
            yield row.hit("name", f"“{name}”没有说明是谁的满意度，也没有说明怎样调查。", name)
        elif surveyed:
            message = f"“{name}”没有说明是谁的满意度。"
            yield row.hit("name", message, name, severity=Severity.HINT)
        else:
            message = f"“{name}”没有说明调查方式和样本。"
            yield row.hit("description", message, name, severity=Severity.HINT)


_DROPPED = re.compile(
    "^(?:(?:进一步|不断|有效|切实)?(?:提高|提升|加强|增强|促进|改善|保障|确保|反映)|和|并|与)+"
)
_DROPPED_END = re.compile("(?:的?情况|指标|的?程度)$")
_FORMULA = re.compile(
    "占|÷|×|[%％/=＝0-9]|比例|比重|之比|除以|平均|[每指即]|按(?![期时质])|根据|依据|以.{1,20}(?:为准|计)|统计|记录|台账|"
    "报告|得分|评分|考核|问卷|抽|测|样本|反映|载明|日期|数据|口径|公式|数量|总|实际|合计|累计|标准|规定"
)
_FEWEST_FOR_FORMULA = 3


@lru_cache(maxsize=16384)
def _bare(text: str) -> str:
    """Return a text without marks, words of improvement before it and 情况 after it."""
    return _DROPPED_END.sub("", _DROPPED.sub("", _SPACES.sub("", text)))


@rule(
    "R45",
    "描述没有说出名称以外的内容",
    Severity.WARNING,
    Quality.RELEVANCE,
    basis="财预〔2021〕101号：指标解释应说明定义、统计口径或计算公式",
    advice="在描述中写明统计范围和计算公式，例如“合格人数 ÷ 参训人数 × 100%，按考核成绩统计”。",
    example="三级指标“服务对象满意度”，描述“提高服务对象满意度”",
)
def description_repeats_name(facts: TableFacts) -> Iterator[Hit]:
    """R45: description = name; and as a hint where no description tells how to measure (domain.md §4.6)."""
    described, told = 0, False
    for row in facts.rows:
        name, description = row.indicator.name, row.indicator.description
        if not description or not name:
            continue
        described += 1
        told = told or bool(_FORMULA.search(description))
        bare = _bare(description)
        if bare and bare == _bare(name):
            yield row.hit("description", f"描述“{description}”只重复了指标名称“{name}”。", description)
    if described >= _FEWEST_FOR_FORMULA and not told:
        message = "全表的绩效指标描述都没有写统计口径或计算公式。"
        yield Hit("indicators", message, severity=Severity.HINT)


# 合格, 达标, 符合要求 carry their own standard; a degree does not.
_DEGREE = re.compile(
    "提升|提高|改善|增强|显著|明显|有效|良好|较好|较高|逐步|持续|不断|长期|加强|促进|改进|优化|好转|满意|定性|稳定|^[≥>＞=＝]?[优良好]$"
)
_OWN_STANDARD = re.compile("达标|合格|符合|标准|要求|规定|目标|健全|[：:]")
_JUDGED = re.compile(
    "标准|达到|按(?![期时质])|以.{2,20}(?:为准|判|评|衡量)|考核|评价|评估|评定|评分|打分|得分|测评|判定|判断|认定|衡量|是否|等级|"
    "分档|印发|出台|建成|抽查|检查|检测|监测|验收|问卷|调查|统计|同比|上年|对比|相比|不超|发生|÷|[%％0-9]|占|"
    "[为即视](?:优|良|好|合格|达成|建立|健全|完成|有效|提升|达标|显著)"
)


@rule(
    "R46",
    "定性指标没有评判标准",
    Severity.WARNING,
    Quality.RELEVANCE,
    basis="财预〔2021〕101号：定性指标的解释应说明评判的内容和方式",
    advice="写明评判什么、谁来评判、达到什么情形为达成、部分达成、未达成；能够量化的，改为定量指标。",
    example="社会效益指标“服务能力” 有效提升，描述“提升服务能力”",
)
def judged_without_standard(facts: TableFacts) -> Iterator[Hit]:
    """R46: a degree (有效提升) with nothing that says how it is judged (domain.md §4.6)."""
    for row in facts.rows:
        if row.value.kind != ValueKind.QUALITATIVE:
            continue
        indicator = row.indicator
        value = indicator.value.strip()
        if not _DEGREE.search(value) or _OWN_STANDARD.search(value) or "《" in indicator.basis:
            continue
        if not _JUDGED.search(indicator.description):
            message = f"定性指标“{indicator.name}”的指标值是“{value}”，没有说明怎样评判。"
            yield row.hit("description", message, value)


# 系统正常运行率 measures a quality, the 正常运转率 of an office nothing.
_NO_QUALITY = re.compile(
    r"^(?:保障|保证|确保)?(?:机构|单位|机关|部门|工作|日常|业务|办公)*正常(?:运转|运行|开展)(?:率|情况|保障率)?$"
    r"|(?<!整改)(?:完成|完工|开工)(?:率|情况|程度)(?:[（(].*)?$|(?:预算|资金|支出)(?:执行|支付|支出|到位|使用)率$"
)


@rule(
    "R61",
    "质量指标没有反映质量",
    Severity.HINT,
    Quality.RELEVANCE,
    basis="本系统规则：由财预〔2021〕101号质量指标反映产出达到的标准、水平引申",
    advice="改为产出合格的程度，例如“培训考核合格率”“验收合格率”“差错率”；完成多少属于数量指标。",
    example="质量指标：正常运转率 ≥95%",
)
def quality_without_quality(facts: TableFacts) -> Iterator[Hit]:
    """R61: running at all, and done or not, are no quality (domain.md §4.7)."""
    for row in facts.rows_under("质量"):
        name = row.indicator.name.strip()
        found = _NO_QUALITY.search(name)
        if found:
            message = f"质量指标“{name}”反映的是是否完成或运转，没有反映质量好坏。"
            yield row.hit("name", message, found[0])


_QUOTED = re.compile("《[^》]*》|“[^”]*”|（[^）]*）|\\([^)]*\\)|<[^>]*>|〈[^〉]*〉")
# 高等, 中等 and 等级 are words; 老、弱、病、残 and 甲、乙类 are one object.
_LISTED = re.compile("(?<=[\u3400-\u9fffA-Za-z0-9.]{2})、(?=[\u3400-\u9fffA-Za-z0-9]{2})")
_ET_CETERA = re.compile(
    "(?<=..)(?<![高中初平同对均相不优特头甲乙丙劣上下一二两三四五六七八九])等"
    "(?:次数|(?![级于待额值同效份奖高候离距功第保次差线外]))"
)


@rule(
    "R62",
    "一项指标包含多个对象",
    Severity.HINT,
    Quality.RELEVANCE,
    basis="本系统规则：由财预〔2021〕101号指标应当细化、可以衡量引申",
    advice="拆成几项指标，每项只写一个对象、一个数值。",
    example="数量指标：组织学习培训、座谈交流等次数 ≥500人次",
)
def several_objects(facts: TableFacts) -> Iterator[Hit]:
    """R62: one number for what 、 or 等 lists in the name; survey groups are left alone (domain.md §4.7)."""
    for row in facts.rows:
        name = row.indicator.name
        if ("、" not in name and "等" not in name) or row.value.kind not in _NUMERIC:
            continue
        if _is_satisfaction(row):
            continue
        plain = _QUOTED.sub("", name)
        if _LISTED.search(plain) or _ET_CETERA.search(plain):
            value = row.indicator.value
            yield row.hit("name", f"“{name}”把多个对象合在一起，只有一个指标值“{value}”。", name)
