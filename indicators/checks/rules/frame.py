"""The frame of tiers, their number and their weights (R16–R23)."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from indicators.checks.facts import RowFacts, TableFacts
from indicators.checks.model import Hit, Quality, Severity
from indicators.checks.registry import parameter, rule
from indicators.checks.texts import is_numbered
from indicators.document.model import Beneficiaries
from indicators.frames import FRAMES
from perfbudget.lib.money import format_wan

GUIDE_2021 = "财预〔2021〕101号《中央部门项目支出核心绩效目标和指标设置及取值指引（试行）》"
GUIDE_2015 = "财预〔2015〕88号《中央部门预算绩效目标管理办法》"
OPINIONS_2018 = "中发〔2018〕34号《中共中央 国务院关于全面实施预算绩效管理的意见》"
COST, OUTPUT, EFFECT, SATISFACTION = "成本", "产出", "效益", "满意度"

# What a tier's name holds; the first that is found decides: 社会成本 is a cost, 公众满意度 a satisfaction.
_FIRST_TIERS = {"满意": SATISFACTION, "成本": COST, "产出": OUTPUT, "效益": EFFECT, "效果": EFFECT}
_SECOND_TIERS = {
    "满意": SATISFACTION,
    "数量": "数量",
    "质量": "质量",
    "时效": "时效",
    "成本": COST,
    "经济": "经济效益",
    "社会": "社会效益",
    "生态": "生态效益",
    "环境": "生态效益",
    "可持续": "可持续影响",
}

NEEDS_COST = parameter(
    "R18.names",
    ("工程", "修缮", "购置", "维修", "装修", "改造", "新建", "扩建", "改建", "迁建", "加固"),
    "项目名称含这些词的，成本指标缺失须说明",
)
MANY_TASKS = parameter("R20.tasks", 3, "绩效目标编号任务达到此数时，每个二级指标不应都只有一项")
FEWEST_INDICATORS = parameter("R21.fewest", 4, "任何项目的指标少于此数时提示")
FEW_INDICATORS = parameter("R21.few", 6, "大额项目的指标少于此数时提示")
LARGE_BUDGET = parameter("R21.large", 5_000_000, "大额项目：预算数不低于（元）")
MANY_INDICATORS = parameter("R21.many", 15, "小额项目的指标多于此数时提示")
SMALL_BUDGET = parameter("R21.small", 1_000_000, "小额项目：预算数不高于（元）")
PROFILE_WITH_COST = parameter(
    "R23.with_cost",
    {COST: 20, OUTPUT: 40, EFFECT: 20, SATISFACTION: 10},
    "设成本指标时各一级指标的权重",
)
PROFILE = parameter(
    "R23.without_cost", {OUTPUT: 50, EFFECT: 30, SATISFACTION: 10}, "不设成本指标时各一级指标的权重"
)


@lru_cache(maxsize=1024)
def first_tier_kind(name: str) -> str:
    """Return which first tier a name means (产出指标 → 产出), '' if none."""
    return _kind(name, _FIRST_TIERS)


@lru_cache(maxsize=1024)
def second_tier_kind(name: str) -> str:
    """Return which second tier a name means (社会公众满意度指标 → 满意度), '' if none."""
    return _kind(name, _SECOND_TIERS)


@lru_cache(maxsize=1024)
def official_kind(name: str) -> str:
    """Return the second tier a name means if it is an official one, with or without 指标; '' if not."""
    return second_tier_kind(name) if _plain_tier(name) in _OFFICIAL else ""


def _kind(name: str, kinds: dict[str, str]) -> str:
    plain = _plain_tier(name)
    return next((kind for word, kind in kinds.items() if word in plain), "")


def _plain_tier(name: str) -> str:
    return "".join(name.split()).removesuffix("指标")


_OFFICIAL = {_plain_tier(name) for tiers in FRAMES.values() for names in tiers.values() for name in names}


#: Frame code → kind of second tier → kind of the first tier it belongs to.
_PLACES = {
    code: {
        second_tier_kind(second): first_tier_kind(first)
        for first, seconds in tiers.items()
        for second in seconds
    }
    for code, tiers in FRAMES.items()
}


def _tiers(row: RowFacts) -> tuple[str, str]:
    return first_tier_kind(row.indicator.first_tier), second_tier_kind(row.indicator.second_tier)


def frame_of(facts: TableFacts) -> str:
    """Return the code of the table's frame: as declared, else by where 成本 stands, else ''."""
    if facts.table.frame:
        return facts.table.frame if facts.table.frame in FRAMES else ""
    places = {first for first, second in map(_tiers, facts.rows) if COST in (first, second)}
    return {frozenset((COST,)): "2021", frozenset((OUTPUT,)): "2015"}.get(frozenset(places), "")


def without_rows(facts: TableFacts) -> str:
    """Return why a rule about rows cannot be run on a table that has none."""
    return "" if facts.table.indicators else "表中还没有绩效指标。"


def _kinds_present(facts: TableFacts) -> set[str]:
    """Return the kinds of both tiers in the table; a 数量 is an output wherever it stands."""
    kinds = {kind for row in facts.rows for kind in _tiers(row)}
    if kinds & {"数量", "质量", "时效"}:
        kinds.add(OUTPUT)
    if kinds & {"经济效益", "社会效益", "生态效益", "可持续影响"}:
        kinds.add(EFFECT)
    return kinds


@rule(
    "R16",
    "缺少产出、效益或满意度指标",
    Severity.ERROR,
    Quality.COMPLETENESS,
    basis=f"{OPINIONS_2018}；{GUIDE_2015}",
    advice="补上所缺的一级指标：产出写做了什么、做到什么质量，效益写带来什么变化，满意度写谁满意、怎样调查。",
    example="只有产出指标和满意度指标的表",
)
def first_tier_missing(facts: TableFacts) -> Iterator[Hit]:
    """产出 or 效益 missing; 满意度 is not asked for where the declaration says there is no 服务对象."""
    present = _kinds_present(facts)
    for tier in (OUTPUT, EFFECT):
        if tier not in present:
            yield Hit("indicators", f"表中没有{tier}指标。", f"{tier}指标")
    if SATISFACTION not in present and facts.table.beneficiaries != Beneficiaries.NO:
        yield Hit(
            "indicators",
            "表中没有满意度指标，申报信息也没有写明项目无服务对象。",
            "满意度指标",
            advice="补上服务对象满意度指标；确无服务对象的，在申报信息中选“无服务对象”。",
            severity=Severity.WARNING,
        )


@rule(
    "R17",
    "缺少数量或质量指标",
    Severity.WARNING,
    Quality.COMPLETENESS,
    basis=f"{GUIDE_2021}：数量指标和质量指标原则上均需设置",
    advice="在产出指标下补上数量指标（做多少）和质量指标（做到什么标准）。",
    example="产出指标只有数量指标和时效指标的表",
    blocked=without_rows,
)
def count_or_quality_missing(facts: TableFacts) -> Iterator[Hit]:
    present = _kinds_present(facts)
    for tier in ("数量", "质量"):
        if tier not in present:
            yield Hit("indicators", f"产出指标下没有{tier}指标。", f"{tier}指标")


@rule(
    "R18",
    "缺少成本指标",
    Severity.WARNING,
    Quality.COMPLETENESS,
    basis=f"{OPINIONS_2018}；{GUIDE_2021}：工程基建、大型修缮及购置项目必须设置成本指标",
    advice="补上成本指标，宜写单位成本（如每平方米造价、人均培训成本）或分项成本控制数。",
    example="没有成本指标的校舍维修工程",
    blocked=without_rows,
)
def cost_missing(facts: TableFacts) -> Iterator[Hit]:
    """须说明 under the 2015 frame and for works and purchases, else 提示."""
    if COST in _kinds_present(facts):
        return
    word = next((word for word in facts.policy.value(NEEDS_COST) if word in facts.table.name), "")
    grave = bool(word) or frame_of(facts) == "2015"
    message = f"项目名称含“{word}”，而表中没有成本指标。" if word else "表中没有成本指标。"
    yield Hit(
        "indicators", message, word or "成本指标", severity=Severity.WARNING if grave else Severity.HINT
    )


def _frame_unknown(facts: TableFacts) -> str:
    if reason := without_rows(facts):
        return reason
    return "" if frame_of(facts) else "表上没有注明指标框架的版本，成本指标的位置也不能说明。"


@rule(
    "R19",
    "二级指标不在应属的一级指标下",
    Severity.ERROR,
    Quality.COMPLETENESS,
    basis=f"{GUIDE_2015}附表、{GUIDE_2021}的指标框架",
    advice="按本年度的指标框架，把该行移到应属的一级指标下。",
    example="2021年框架的表中，成本指标列在产出指标下",
    blocked=_frame_unknown,
)
def tier_in_the_wrong_place(facts: TableFacts) -> Iterator[Hit]:
    """A guessed frame says nothing about tiers it lacks: many forms with 成本 in front keep 可持续影响."""
    frame = frame_of(facts)
    for row in facts.rows:
        first, second = first_tier_kind(row.indicator.first_tier), official_kind(row.indicator.second_tier)
        expected = _PLACES[frame].get(second, "")
        if not (first and second) or first == expected or not (expected or facts.table.frame):
            continue
        typed = f"{row.indicator.first_tier}—{row.indicator.second_tier}"
        right = f"应列在{expected}指标下" if expected else "该框架没有这个二级指标"
        yield row.hit("second_tier", f"第{row.number}行“{typed}”不合{frame}年框架，{right}。", typed)


@rule(
    "R20",
    "任务多而指标少",
    Severity.WARNING,
    Quality.RELEVANCE,
    basis="绩效评价通报的常见问题“避重就轻”；财预〔2021〕101号：指标要与主要支出方向相匹配",
    advice="对照绩效目标逐项补充指标，至少为每项主要任务设一个数量指标，并补上相应的质量或时效指标。",
    example="目标列了五项任务，数量指标只有一项",
    blocked=without_rows,
)
def one_indicator_for_many_tasks(facts: TableFacts) -> Iterator[Hit]:
    """Only one indicator in every second tier while the goal numbers three tasks or more."""
    goal = facts.table.goal
    tiers = Counter(
        second_tier_kind(name) or name for name in (row.indicator.second_tier for row in facts.rows)
    )
    if max(tiers.values()) > 1 or not is_numbered(goal):
        return
    opening = goal.strip(" \n。；;").startswith(facts.tasks[0])
    tasks = facts.tasks[1:] if opening else facts.tasks
    if len(tasks) >= facts.policy.value(MANY_TASKS):
        yield Hit(
            "indicators",
            f"绩效目标列了{len(tasks)}项任务，而每个二级指标下都只有1项指标，不足以反映全部任务。",
            "；".join(tasks),
        )


@rule(
    "R21",
    "指标数量与项目规模不相称",
    Severity.HINT,
    Quality.APPROPRIATENESS,
    basis="本系统规则：由财预〔2021〕101号“重点突出、量化易评”引出",
    advice="大额项目按主要支出方向补充指标；小额项目保留能反映主要产出和效果的指标。",
    example="预算5000万元的项目只有4项指标",
    blocked=lambda facts: without_rows(facts) or ("" if facts.table.budget is not None else "预算数为空。"),
)
def number_of_indicators(facts: TableFacts) -> Iterator[Hit]:
    count, budget, value = len(facts.rows), facts.table.budget, facts.policy.value
    if count < value(FEWEST_INDICATORS):
        judged = "不足以反映产出、质量、效益和满意度"
    elif budget >= value(LARGE_BUDGET) and count < value(FEW_INDICATORS):
        judged = "难以反映大额项目的主要产出和效果"
    elif budget <= value(SMALL_BUDGET) and count > value(MANY_INDICATORS):
        judged = "对小额项目来说偏多，重点不突出"
    else:
        return
    yield Hit("indicators", f"预算数{format_wan(budget)}万元，指标{count}项，{judged}。", f"{count}项")


@rule(
    "R22",
    "指标重复",
    Severity.ERROR,
    Quality.COMPLETENESS,
    basis="本系统规则：同一指标不得重复计分",
    advice="删去重复的一行；确为不同对象的，在名称或描述中写明各自的对象。",
    example="两行都是：验收合格率，验收合格数占总数的比例，≥95%",
    blocked=without_rows,
)
def repeated_row(facts: TableFacts) -> Iterator[Hit]:
    """The whole row again is an error, its name alone a hint: 补助标准 for three groups is normal."""
    by_name: dict[str, list[RowFacts]] = {}
    for row in facts.rows:
        by_name.setdefault(_squeezed(row.indicator.name), []).append(row)
    for name, rows in by_name.items():
        if name and len(rows) > 1:
            yield from _repeats(name, rows)


def _repeats(name: str, rows: list[RowFacts]) -> Iterator[Hit]:
    """Yield a hit for every row after the first of those that share a name."""
    known: dict[tuple[str, str], int] = {}
    for row in rows:
        cells = _squeezed(row.indicator.description), _squeezed(row.indicator.value)
        if cells in known:
            same = f"与第{known[cells]}行完全相同"
            yield row.hit("name", f"第{row.number}行“{name}”的名称、描述和指标值{same}。", name)
        elif known:
            message = f"第{row.number}行与第{rows[0].number}行同名：“{name}”，请确认是否为不同对象。"
            yield row.hit("name", message, name, severity=Severity.HINT)
        known.setdefault(cells, row.number)


def _squeezed(text: str) -> str:
    return "".join(text.split())


@rule(
    "R23",
    "权重不合规定",
    Severity.ERROR,
    Quality.COMPLETENESS,
    basis=f"{GUIDE_2021}：设成本指标的，成本、产出、效益、满意度为20、40、20、10；未设的，产出、效益、满意度为50、30、10",
    advice="逐行填写大于0的权重，使合计等于本年度规定的总权重，各一级指标合计与规定的分配一致。",
    example="各行权重合计95，规定为90",
    blocked=lambda facts: (
        without_rows(facts) or ("" if facts.context.has_weights else "本年度的表式不设指标权重。")
    ),
)
def weights(facts: TableFacts) -> Iterator[Hit]:
    faulty = False
    for row in facts.rows:
        weight = row.indicator.weight
        if weight is None or weight <= 0:
            faulty = True
            said = "没有填写权重" if weight is None else f"权重为{_plain(weight)}，应大于0"
            yield row.hit("weight", f"第{row.number}行“{row.indicator.name}”{said}。", _plain(weight))
    total = sum((row.indicator.weight or Decimal(0) for row in facts.rows), Decimal(0))
    wanted = facts.context.weight_total
    if total != wanted:
        message = f"各行权重合计{_plain(total)}，规定为{_plain(wanted)}。"
        yield Hit("indicators", message, _plain(total))
    elif not faulty:
        yield from _off_the_profile(facts)


def _off_the_profile(facts: TableFacts) -> Iterator[Hit]:
    """Yield the first tiers whose weights differ from the profile, which only judges its own total."""
    totals: Counter[str] = Counter()
    for row in facts.rows:
        totals[first_tier_kind(row.indicator.first_tier)] += row.indicator.weight
    chosen = facts.policy.value(PROFILE_WITH_COST if COST in totals else PROFILE)
    profile = {tier: Decimal(str(weight)) for tier, weight in chosen.items()}
    if sum(profile.values()) != facts.context.weight_total or "" in totals:
        return
    if SATISFACTION not in totals:
        profile[EFFECT] = profile.get(EFFECT, Decimal(0)) + profile.pop(SATISFACTION, Decimal(0))
    for tier, weight in totals.items():
        if tier in profile and weight != profile[tier]:
            message = f"{tier}指标权重合计{_plain(weight)}，按规定的分配为{_plain(profile[tier])}。"
            yield Hit("indicators", message, f"{tier}指标{_plain(weight)}", severity=Severity.WARNING)


def _plain(number: Decimal | None) -> str:
    return "" if number is None else format(number.normalize(), "f")
