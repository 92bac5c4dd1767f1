"""Goal, money and indicators of one table against each other (R47–R51)."""

import re
from collections.abc import Iterator

from indicators.checks.clauses import (
    Clause,
    Matcher,
    amount,
    any_of,
    is_aim,
    is_countable,
    pairs,
    says_alike,
    sentences_of,
    starts_with_action,
    tasks_in,
    without_titles,
)
from indicators.checks.facts import RowFacts, TableFacts
from indicators.checks.model import Hit, Quality, Severity
from indicators.checks.registry import rule
from indicators.checks.task_words import (
    ACTION,
    ACTION_AT_END,
    DUTY_WORDS,
    EMPTY_WORDS,
    EXPENSE_WORDS,
    USE_WORDS,
)
from indicators.checks.texts import Quantity, listed, quantities, shown

_MOST_NAMED = 8
_HAN = re.compile(r"[\u3400-\u9fff]")
_EDGE = re.compile(r"[，,；;。、\n（(]")


def _without_goal_or_rows(facts: TableFacts) -> str:
    if not _HAN.search(facts.table.goal):
        return "绩效目标为空，无法与绩效指标对照。"
    return "" if _HAN.search(facts.rows_text) else "没有绩效指标，无法与绩效目标对照。"


def _without_purpose(facts: TableFacts) -> str:
    return "" if _HAN.search(facts.table.purpose) else "资金用途为空，无法核对。"


def _without_purpose_or_rows(facts: TableFacts) -> str:
    no_rows = "" if _HAN.search(facts.rows_text) else "没有绩效指标，无法与资金用途对照。"
    return _without_purpose(facts) or no_rows


def _named(texts: list[str]) -> str:
    more = f"等{len(texts)}项" if len(texts) > _MOST_NAMED else ""
    return listed(texts[:_MOST_NAMED]) + more


def _around(text: str, place: int, reach: int = 40) -> str:
    """Return the words between the marks before and after a place."""
    before = _EDGE.split(text[max(0, place - reach) : place])[-1]
    return before + _EDGE.split(text[place : place + reach])[0]


# Goal and indicators


@rule(
    "R47",
    "目标任务没有对应的指标",
    Severity.WARNING,
    Quality.RELEVANCE,
    basis="财预〔2021〕101号：指标与目标高度关联，产出指标反映主要任务",
    advice="请为每项主要任务设一个产出指标，名称写明做什么、按什么计数（如“××培训班期数”“××评选次数”），"
    "或从绩效目标中删去不再实施的任务。",
    example="目标“开展主题知识竞赛和读书活动”，指标只有“组织业务培训”",
    blocked=_without_goal_or_rows,
)
def task_without_indicator(facts: TableFacts) -> Iterator[Hit]:
    """R47: one finding for the table that lists the tasks of the goal no indicator speaks of."""
    tasks = tasks_in(without_titles(facts.table.goal))
    parts = [part for task in tasks for part in _uncovered(task, facts.matcher)]
    if not parts:
        return
    # Where a number is wrong there is an indicator: that is R49's to say.
    told = [hit.evidence.partition("；")[0] for hit in number_differs_from_goal(facts)]
    missing = list(dict.fromkeys(part.text for part in parts if not any(map(part.whole.count, told))))
    if missing:
        yield Hit("goal", f"绩效目标中的{_named(missing)}没有对应的绩效指标。", "；".join(missing))


def _uncovered(task: list[Clause], matcher: Matcher) -> list[Clause]:
    """Return the parts no indicator speaks of; parts that share one deed share its indicator too."""
    missing = [part for part in task if not matcher.covers_task(part.whole) and matcher.content(part.text)]
    if len(missing) in (0, len(task)) or all(starts_with_action(part.text) for part in task):
        return missing
    return [part for part in missing if quantities(part.text)]


_GENERIC_QUALITY = re.compile(
    r"运转|运行率|事务|履职|综合|(?:工作|任务|业务|职责|计划|目标).{0,4}(?:完成|开展|落实|执行|实施|保障)率"
)


@rule(
    "R48",
    "指标不能从目标中得出",
    Severity.HINT,
    Quality.RELEVANCE,
    basis="财预〔2021〕101号：绩效指标是绩效目标的细化和量化，应与目标高度关联",
    advice="请改用绩效目标中写明的任务作指标，或在绩效目标中补写这项工作。",
    example="目标讲集体学习和志愿服务，指标为“组织业务培训”“正常运转率”",
    blocked=_without_goal_or_rows,
)
def indicator_not_in_goal(facts: TableFacts) -> Iterator[Hit]:
    """R48: 数量 indicators, and 质量 indicators of running and completing, that nothing written leads to."""
    table = facts.table
    known = f"{table.goal}\n{table.purpose}\n{table.name}"
    for row in facts.rows:
        name, tier = row.indicator.name, row.indicator.second_tier
        if not ("数量" in tier or ("质量" in tier and _GENERIC_QUALITY.search(name))):
            continue
        if _HAN.search(name) and not _leads_to(row, facts.matcher, table.goal, known):
            yield row.hit("name", f"指标{shown(name)}在绩效目标、资金用途和项目名称中都找不到来由。", name)


def _leads_to(row: RowFacts, matcher: Matcher, goal: str, known: str) -> bool:
    """True where the value's number, or a word of name or description, is in what is known."""
    value = row.value
    if value.number and any(
        each.number == value.number and each.unit.startswith(value.unit or each.unit[:1] or " ")
        for each in quantities(goal)
    ):
        return True
    said = row.indicator.name
    if any(pair in known for pair in matcher.content(said)):
        return True
    said += "\n" + row.indicator.description
    return (
        any(pair in known for pair in matcher.content(said))
        or any(word in known for word in matcher.weak.findall(said))
        or says_alike(said, known)
        or any(pair[0] in known and pair[1] in known for pair in matcher.content(row.indicator.name))
    )


_COUNT_AT_END = re.compile(r"(?:人次|次数|面积|里程|长度|时长|规模|总?数?量|.数)$")
# 每期50人, 其中女性200人, 三年共, 约, 500余人: numbers of something else, or none to hold to.
_OTHER_NUMBER = re.compile(
    r"每|人均|户均|平均|其中|累计|截至|上年|去年|往年|总投资|概算|三年|五年|期间|规划|较|比上|同比|增长|下降|降低|减少|提高"
    r"|缩短|约|近|余|第|超"
)
_RANGE_BEFORE = re.compile(r"\d\s*[-~—–～至到]+\s*$")
_SURE_PAIRS, _SURE_SHARE = 2, 0.5
_SENTENCE_END = re.compile(r"[。；;\n]")
_SPELLINGS = {"人": "名", "名": "人"}
_DIGITS = str.maketrans("一二两三四五六七八九", "1223456789", "内")
_OTHER_UNIT = ("次", "余", "多", "/", "元", "天", "年")


@rule(
    "R49",
    "目标中的数字与指标值不一致",
    Severity.WARNING,
    Quality.RELEVANCE,
    basis="本系统规则：同一事项在绩效目标和绩效指标中只应有一个数",
    advice="请核对后统一绩效目标中的数字与指标值，或写明两者口径不同之处。",
    example="目标“培训党务干部500人次”，指标“党务干部培训人次”为“≥450人次”",
    blocked=_without_goal_or_rows,
)
def number_differs_from_goal(facts: TableFacts) -> Iterator[Hit]:
    """R49: a number of the goal and an indicator of the same unit and object that differ.

    Where either is met elsewhere, or several could be meant (a sum over places, parts of a whole), nothing
    is said.
    """
    told = [(each, amount(each.number, each.unit)) for each in quantities(facts.table.goal) if each.unit]
    said = {told_amount.number for _, told_amount in told}
    open_rows = [
        (row, value)
        for row, value in facts.amounts
        if value.number not in said and value.number and value.unit and not row.is_under("成本")
    ]
    if not told or not open_rows:
        return
    settled = {value.number for _, value in facts.amounts}
    for row, value in open_rows:
        same_unit = [
            each
            for each, counted in told
            if counted.number not in settled and _is_in(counted.unit, value.unit) and is_countable(each)
        ]
        rivals = [each for each in same_unit if _is_about(each, row, facts)]
        if len(rivals) == 1 and not _has_neighbour(rivals[0], same_unit, facts.table.goal):
            text, typed = rivals[0].text, row.indicator.value
            message = f"绩效目标中为“{text}”，而指标{shown(row.indicator.name)}的值为{shown(typed)}。"
            yield row.hit("value", message, f"{text}；{typed}")


def _is_in(following: str, unit: str) -> bool:
    """True where what follows a number begins with the unit and goes on to no other (人 / 人次)."""
    spelt = unit if following.startswith(unit) else _SPELLINGS.get(unit, unit)
    return following.startswith(spelt) and not following[len(spelt) :].startswith(_OTHER_UNIT)


def _is_about(quantity: Quantity, row: RowFacts, facts: TableFacts) -> bool:
    """True where the words around a number of the goal name the row's object."""
    goal, start = facts.table.goal, quantity.start
    near = _around(goal, start, 24)
    if _OTHER_NUMBER.search(near) or _RANGE_BEFORE.search(goal[max(0, start - 8) : start]):
        return False
    bare = _COUNT_AT_END.sub("", row.indicator.name)
    if row.unit in ("%", "‰") or "效益" in row.indicator.first_tier:  # of one object there are many effects
        return bool(bare) and _in_digits(bare) in _in_digits(near)
    own = set(pairs(any_of(facts.policy.value(EMPTY_WORDS)).sub(" ", bare)))
    shared = sum(1 for pair in own if pair in near)
    return shared >= min(_SURE_PAIRS, max(len(own), 1)) and shared >= _SURE_SHARE * len(own)


def _in_digits(text: str) -> str:
    """Return 培训后六个月 and 培训后6个月内 alike."""
    return text.translate(_DIGITS)


def _has_neighbour(quantity: Quantity, same_unit: list[Quantity], goal: str) -> bool:
    """True where the sentence counts more in that unit: 甲村5公里、乙村7公里 may add up to the value."""
    others = (each for each in same_unit if each is not quantity)
    return any(
        not _SENTENCE_END.search(goal[slice(*sorted((quantity.start, each.start)))]) for each in others
    )


# Money and indicators

_PURPOSE_LEAD = re.compile(r"^.{0,12}?(?:用于|用作)|^(?:以及|及|和|等)")
_SUM_AT_END = re.compile(r"(?:\d[\d,.]*\s*(?:万|亿)?元)?(?:等)?(?:方面)?(?:的)?(?:支出|开支|费用|经费)?$")
# 电动自行车、成品油等产品抽查: kinds of what one deed is done to.
_ONE_DEED = re.compile(rf"等.*(?:{ACTION.pattern})")
_SUM = re.compile(r"每|计|共|合计|单价|其中|人均|约|按|年|为|由|因|自|已|该|我|本|\d")


@rule(
    "R50",
    "资金用途没有对应的指标",
    Severity.HINT,
    Quality.RELEVANCE,
    basis="财预〔2021〕101号：产出指标应与主要支出方向相匹配，不应有大的缺口",
    advice="请为主要支出方向补设产出指标（如“××购置数量”“××建设个数”“聘请专家授课场次”），零星支出可不设。",
    example="用途“购置图书、电教设备；党员活动室建设；聘请专家授课”，没有相应指标",
    blocked=_without_purpose_or_rows,
)
def purpose_without_indicator(facts: TableFacts) -> Iterator[Hit]:
    """R50: one hint that lists what the money is for and no indicator speaks of.

    A list of nouns tells how a thing is done as often as what is bought: there most of it must be missing.
    """
    matcher = facts.matcher
    items = list(_items_of(facts.table.purpose))
    missing = [
        _SUM_AT_END.sub("", item)
        for item in items
        if not matcher.covers(item, weak_words_count=True) and _is_direction(item, facts)
    ]
    if not missing or next(purpose_names_no_use(facts), None):
        return
    is_gap = len(missing) * 2 > len(items) and len(missing) > 1
    if is_gap or any(map(_is_a_deed, missing)):
        yield Hit("purpose", f"资金用途中的{_named(missing)}没有对应的绩效指标。", "；".join(missing))


def _is_a_deed(item: str) -> bool:
    if starts_with_action(item):
        return not ACTION_AT_END.search(item)
    return "、" in item and bool(_ONE_DEED.search(item))


def _is_direction(item: str, facts: TableFacts) -> bool:
    """True for what is more than a common expense, and not the project itself, which all rows speak of."""
    content = set(facts.matcher.content(item))
    if not content or item.endswith("费") or any_of(facts.policy.value(EXPENSE_WORDS)).search(item):
        return False
    return not content.intersection(facts.matcher.content(facts.table.name))


def _items_of(purpose: str) -> Iterator[str]:
    """Yield what a purpose lists; 购置图书、设备 or 图书、设备等采购 is one item, a list of nouns is many."""
    for pieces in sentences_of(without_titles(purpose)):
        for piece in pieces:
            plain = _PURPOSE_LEAD.sub("", piece)
            if not plain or _SUM.match(plain) or is_aim(plain):
                continue
            parts = [part.strip() for part in plain.split("、") if part.strip()]
            deeds = [starts_with_action(part) for part in parts]
            if not parts or (deeds[0] and not all(deeds)) or (not any(deeds) and _ONE_DEED.search(parts[-1])):
                yield plain
            else:
                yield from parts


_VAGUE_USE = re.compile(
    r"所需|需要|需求|运转|维持|顺利|必要|相应|各种|方面|保证|履职|履行|职能|发展|事业|本单位|支付|推动|做好|专项|用途|财政"
)
_PLAIN_USE = re.compile(r"人员|服务|公里|平方米|立方米|户数|\d")
_SHORTEST = 4


@rule(
    "R51",
    "资金用途没有说明用在何处",
    Severity.WARNING,
    Quality.COMPLETENESS,
    basis="本系统规则：资金用途应逐项写明支出内容，机构沿革和职责不是用途",
    advice="请逐项写明资金买什么、补给谁、做什么（如“用于购置××；举办××培训班；补助××”），并尽量写出数量和标准。",
    example="区直机关工委于2018年12月成立机关团工委，统一领导区直机关团的工作",
    blocked=_without_purpose,
)
def purpose_names_no_use(facts: TableFacts) -> Iterator[Hit]:
    """R51: history and duties without a word of use, or words too general to tell any use."""
    table = facts.table
    purpose = table.purpose.replace(table.department_name, "") if table.department_name else table.purpose
    if len(_HAN.findall(purpose)) < _SHORTEST:
        return
    duty = any_of(facts.policy.value(DUTY_WORDS)).search(purpose)
    if duty and not any_of(facts.policy.value(USE_WORDS)).search(purpose):
        message = f"资金用途{shown(table.purpose)}只讲沿革或职责，没有说明资金用在何处。"
        yield Hit("purpose", message, _around(purpose, duty.start()))
    elif not _PLAIN_USE.search(purpose) and not _says_anything(facts, purpose):
        yield Hit("purpose", f"资金用途{shown(table.purpose)}过于笼统，没有说明资金用在何处。", table.purpose)


def _says_anything(facts: TableFacts, purpose: str) -> bool:
    general = any_of(facts.policy.value(EMPTY_WORDS))
    return bool(pairs(_VAGUE_USE.sub(" ", general.sub(" ", purpose))))
