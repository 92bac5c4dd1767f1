"""Goals and purposes cut into clauses, and whether indicators speak of them (R47–R50, R52).

Overlap is by pairs of Chinese letters after empty words are taken out; one shared pair is enough, for well-made
tables name an output in other words than the goal does. All of it can be shown to people: no model, no weights.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import NamedTuple

from indicators.checks.facts import RowFacts, TableFacts
from indicators.checks.registry import parameter
from indicators.checks.texts import Quantity, quantities

EMPTY_WORDS = parameter(
    "matching_empty_words",
    tuple(
        "组织 开展 工作 活动 完成 加强 进行 实施 推进 提高 提升 改善 增强 保障 确保 促进 业务 服务 资金 经费 费用 支出 项目 "
        "任务 目标 绩效 质量 数量 效果 水平 能力 各项 各类 各级 全年 年度 本年 当年 每年 全区 全县 全市 全省 全体 所属 我区 我县 "
        "我市 区直 县直 市直 机关 单位 部门 本级 上级 下达 交办 有关 相关 其他 其它 日常 正常 常规 按期 及时 按时 按照 根据 有效 "
        "优质 情况 举办 举行 召开 用于 主要 以及 等等 不少于 不低于 不超过 不高于 达到 超过 以上 以下 以内 人员 计划 预期 既定 "
        "规定 要求 标准 次数 人数 人次 场次 期数 家次 户数 公里 平方米 立方米 万元 亿元 个月 季度 工作日".split()
    ),
    "与指标对照时不算重合的词",
)
WEAK_WORDS = parameter(
    "matching_weak_words",
    ("培训", "建设", "管理"),
    "单独出现不算重合的词（项目名称也含有时才算）",
)

# Different words for one thing: a goal may use one and an indicator another.
_LIKE = tuple(
    frozenset(group.split())
    for group in (
        "购置 采购 购买 购入 配备 配置 更新 装备",
        "维修 修缮 修复 改造 维护 检修 养护 修补 大修 改建 保养",
        "新建 修建 兴建 建成 建造 扩建 改扩建 竣工 完工",
        "宣传 宣讲 普及 科普 公益广告 讲座",
        "检查 巡查 排查 督查 巡检 抽查 执法",
        "检测 监测 抽检 检验 化验 采样",
        "补助 补贴 救助 资助 发放 津贴 受助 奖补",
        "慰问 走访 看望",
        "信息化 系统 平台 软件 数字化 网络",
        "绿化 造林 植树 栽植 苗木 补植 树木 树",
        "图书 书籍 刊物",
        "印制 印刷 编印 手册 资料 材料 宣传册",
        "房屋 校舍 用房 楼 场馆 宿舍",
        "道路 公路 路面 街道 巷道",
        "竞赛 比赛 大赛 赛事 联赛",
        "评选 表彰 奖励 先进",
        "诊疗 门诊 患者 就诊 住院 病人",
        "垃圾 保洁 清运 环卫 清扫",
        "污水 水质 排水 管网",
        "消防 火灾 灭火",
        "老年人 老人 养老",
        "学生 在校生 幼儿 儿童",
        "农户 农民 种植户 养殖户",
        "企业 公司 经营主体 商户",
        "课题 科研 研究 论文",
        "招聘 就业 岗位 用工",
        "演练 拉练",
        "演出 文艺 惠民",
        "体检 筛查 检查",
        "疫苗 免疫 接种",
        "聘用 聘请 招募 雇佣",
        "河道 水库 堤防 沟渠 灌区",
        "安保 保安",
        "会议 座谈会 推介会 洽谈会 论坛",
    )
)
_ACTIONS = (
    "举办|举行|召开|开展|组织|承办|参加|培训|轮训|评选|评审|评比|表彰|奖励|慰问|走访|购置|采购|购买|配备|更新|更换|印制|印刷|编印|制作"
    "|编制|编写|出版|拍摄|发放|发布|建设|新建|改建|扩建|修建|建成|改造|维修|修缮|修复|修补|安装|铺设|硬化|绿化|种植|栽植|补植|治理|整治"
    "|清理|清淤|清运|检测|监测|检查|抽检|抽查|检验|巡查|巡检|排查|普查|调查|调研|勘察|测绘|研发|开发|升级|聘请|聘用|招募|招聘|选派|救助"
    "|补助|补贴|资助|扶持|帮扶|办理|审理|受理|审计|宣讲|宣传|征集|采集|收集|整理|接待|演练|防治|接种|诊疗|筛查|体检|引进|储备|养护|保洁"
    "|租赁|租用|施划|收购|处置|孵化|代办|调解"
)
_ACTION = re.compile(_ACTIONS)
_STARTS_WITH_ACTION = re.compile(rf"(?:用于|积极|深入|扎实|认真|继续|统一|定期|全年|计划|拟)*(?:{_ACTIONS}|完成)")
_ACTIVITY_AT_END = re.compile(
    r"(?:学习|活动|竞赛|比赛|大赛|培训|班|讲座|评选|评比|仪式|宣誓|演练|检查|宣传|慰问|建设|改造|维修|维护|调查|调研|演出|展览|会议|论坛|监测"
    r"|检测|巡查|治理|整治|表彰|体检|筛查|接种|防治|养护|保洁|绿化|采购|购置|印制|审计|评审|评估|座谈会|招聘会)"
    r"\s*(?:\d[\d,.]*\D{0,4})?$"
)
_ADVERBS = (
    r"(?:进一步|不断|切实|全面|有效|持续|着力|大力|充分|逐步|稳步|更好地?|积极|扎实|深入|认真|继续|同时|并|从而|以便?|有力|统筹|严格|稳妥"
    r"|最大限度地?|此外|最终|基本)*"
)
# What a goal hopes for, holds to or refers to; the effect indicators speak of that in words of their own.
_AIM = re.compile(
    _ADVERBS + r"(?:加强|提高|提升|改善|保障|确保|保证|促进|推动|推进|完善|优化|增强|满足|实现|巩固|维护|维持|防范|消除|减少|降低|深化|落实|发挥"
    r"|营造|树立|弘扬|方便|解决|缓解|健全|规范|强化|保持|带动|助力|使|让|通过|根据|按照|依据|依照|围绕|统一领导|负责|贯彻|坚持|做好|抓好"
    r"|扩大|拓展|丰富|力争|争取|引导|鼓励|支持|打造|构建|激发|凝聚|杜绝|避免|严防|预防|防止|建立健全|形成|达到|符合|遵守|执行|节约|控制"
    r"|为了|为(?=进一步|贯彻|深入|全面|提|保|确|加|促|推|实|切|更|落|满|解)|严格按|项目(?:实施|建成|完成)后|(?:全面)?学习贯彻)"
)
# 能够正常开展 tells a state, not a task.
_STATE = re.compile("正常|能够|得以|得到|顺利|有序|专款专用|满意|知晓|有保障")
_LEADS = re.compile(
    r"^(?:[一二三四五六七八九]是|第[一二三四五六七八九]|首先|其次|其中|同时|目标\s*\d+|[（(]\s*[\d一二三四五六七八九十]+\s*[）)]|\d+[、.．])[：:，、\s]*"
)
_PIECES = re.compile(r"[，,；;。！!：:\n]+")
_JOINTS = re.compile(r"、|以及|并且|并|(?<!平)和(?![谐平睦])|及(?![时格其])|(?<!参)与(?!会)")
_AT_ACTIONS = re.compile(rf"(?:、|以及|并且?|和|及|与)(?={_ACTIONS})")
_TITLES = re.compile(r"《[^》]*》(?:要求|精神|规定|的通知)?")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_CALENDAR = re.compile(r"年(?!级)|月|[日号](?!\w)|季度|[时点](?![\u4e00-\u9fff])|届|周年|级|号")
_LARGE = 20  # equal numbers from here on are hardly by chance, whatever their units
_MOST_CLAUSES = 60


class Clause(NamedTuple):
    """A part of a text that names one thing to do, and the whole with what was said about it."""

    text: str
    whole: str


class Amount(NamedTuple):
    """A number without 万 and 亿, and its unit without them."""

    number: Decimal
    unit: str


@lru_cache(maxsize=64)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, filter(None, words)), key=len, reverse=True)) or r"(?!)")


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of the words of a policy, the longest first."""
    return _any_of(tuple(words))


def pairs(text: str) -> list[str]:
    """Return the pairs of neighbouring Chinese letters in their order, doubles kept."""
    return [run[at : at + 2] for run in _HAN_RUN.findall(text) for at in range(len(run) - 1)]


def without_titles(text: str) -> str:
    """Return the text without cited documents, whose words are not those of the writer."""
    return _TITLES.sub(" ", text)


def is_aim(piece: str) -> bool:
    """True where a piece of a goal hopes, holds to or refers, and names no task."""
    return bool(_AIM.match(piece) or _STATE.search(piece))


def starts_with_action(text: str) -> bool:
    return bool(_STARTS_WITH_ACTION.match(text))


def pieces_of(text: str) -> list[str]:
    """Return what stands between commas and stops, without 一是, 1、 and the like."""
    found = (_LEADS.sub("", piece.strip()).strip() for piece in _PIECES.split(text[:4000]))
    return [piece for piece in found if piece][:_MOST_CLAUSES]


def tasks_in(text: str) -> Iterator[list[Clause]]:
    """Yield the tasks a text names, each as its parts; a piece without a deed belongs to the one before.

    举办培训班，全年不少于6期 is one task; 开展集体学习和志愿者活动 is one of two parts; aims (提高水平) are none.
    """
    current = ""
    wholes: list[list[str]] = []
    for piece in pieces_of(text):
        if is_aim(piece):
            current = ""
        elif _ACTION.search(piece) or (piece.startswith("完成") and quantities(piece)):
            current = piece
            wholes.append([piece])
        elif current:
            wholes[-1].append(piece)
    for pieces in wholes:
        parts = parts_of(pieces[0])
        said = "，".join(pieces[1:])
        yield [Clause(part, f"{part}，{said}" if said else part) for part in parts]


def parts_of(piece: str) -> list[str]:
    """Split a compound task at 、和及并 where each part is a task of its own, else at new deeds only."""
    parts = [part.strip() for part in _JOINTS.split(piece)]
    if len(parts) > 1 and all(starts_with_action(part) or _ACTIVITY_AT_END.search(part) for part in parts):
        return parts
    return [part for part in map(str.strip, _AT_ACTIONS.split(piece)) if part]


def is_countable(quantity: Quantity) -> bool:
    """True for a number of things: no date, no year, no ordinal."""
    return not _CALENDAR.match(quantity.unit)


def amount(number: Decimal, unit: str) -> Amount:
    """Return 1.2万人次 as 12000 人次."""
    if unit[:1] == "万":
        return Amount(number * 10_000, unit[1:])
    return Amount(number * 100_000_000, unit[1:]) if unit[:1] == "亿" else Amount(number, unit)


def amount_of(row: RowFacts) -> Amount | None:
    """Return the number of an indicator's value, None where it has none or is a range."""
    value = row.value
    return None if value.number is None or value.upper is not None else amount(value.number, row.unit)


def same_amount(said: Amount, value: Amount) -> bool:
    """True where both may mean one amount: 500名 and 500人, but not 2次 and 2台."""
    if said.number != value.number:
        return False
    one, other = said.unit, value.unit
    return one.startswith(other) or (one != "" and other.startswith(one)) or said.number >= _LARGE


class Matcher:
    """Tells whether the indicators of a table speak of a clause."""

    def __init__(self, facts: TableFacts):
        self.facts = facts
        self.known = facts.rows_text
        weak = tuple(facts.policy.value(WEAK_WORDS))
        self.weak = any_of(weak)
        self.empty = any_of((*facts.policy.value(EMPTY_WORDS), *weak))

    @cached_property
    def amounts(self) -> list[Amount]:
        return [found for row in self.facts.rows if (found := amount_of(row))]

    def content(self, text: str) -> list[str]:
        """Return the pairs of letters that tell what a text is about."""
        return pairs(self.empty.sub(" ", text))

    def covers(self, clause: str, *, weak_words_count: bool = False) -> bool:
        """True where an indicator shares a pair of letters, a number or a like word with the clause."""
        if any(pair in self.known for pair in self.content(clause)):
            return True
        for word in set(self.weak.findall(clause)):
            if word in self.known and (weak_words_count or word in self.facts.table.name):
                return True
        return self._counts(clause) or self._says_alike(clause)

    def _counts(self, clause: str) -> bool:
        said = (amount(found.number, found.unit) for found in quantities(clause) if is_countable(found))
        return any(same_amount(one, value) for one in said for value in self.amounts)

    def _says_alike(self, clause: str) -> bool:
        return any(
            any(word in clause for word in group) and any(word in self.known for word in group)
            for group in _LIKE
        )
