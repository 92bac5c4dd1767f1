"""The department's own text against its tables (R52–R54)."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from indicators.checks.clauses import (
    Amount,
    amount,
    any_of,
    is_aim,
    is_countable,
    pairs,
    parts_of,
    says_alike,
    sentences_of,
    starts_with_action,
    without_titles,
)
from indicators.checks.facts import BookletFacts
from indicators.checks.model import Hit, Quality, Scope, Severity
from indicators.checks.registry import parameter, rule
from indicators.checks.task_words import ACTION
from indicators.checks.texts import listed, quantities, shown
from indicators.document import SubGoal, TargetTable
from indicators.values import canonical_unit, parse_value
from perfbudget.lib.money import format_wan

FOUND_SHARE = parameter("narrative_found_percent", 34, "分项目标中的事项在项目表中至少出现多少（%）才算一致")
_DUTY_VERBS = (
    "指导 领导 负责 统一 协调 监督 督促 组织 配合 协助 协同 贯彻 拟订 拟定 研究 承担 承办 管理 参与 了解 "
    "掌握 检查 执行 落实 起草 制定 审批 推进 推动 加强 做好 抓好 会同 统筹 主管 开展 规划 提出 对 按照 "
    "根据"
)
DUTY_VERBS = parameter("narrative_duty_verbs", tuple(_DUTY_VERBS.split()), "总体目标中属于职责表述的开头词")
_NO_PROJECT = "基本支出 公用经费 人员经费 人员支出 工资 日常公用 机关运行 机关运转"
BASIC_SPENDING_WORDS = parameter(
    "narrative_basic_spending_words", tuple(_NO_PROJECT.split()), "分项目标由基本支出安排的标志词"
)

_STRAY = re.compile(r"[\s\[\]【】（）()《》“”\"'、，,。.．:：；;<>〈〉]+")
_YEAR = re.compile(r"(?:19|20)\d\d\s*年?度?")
_TITLE_TAIL = re.compile(r"(?:项目)?(?:分项)?绩效目标(?:及|和|与)?(?:绩效指标)?$")
_LIKE_A_PROJECT = re.compile(r"(?:经费|项目|资金|补助|补贴|工程|专项|购置费|建设|改造)$")
_NEAR_NAME = 0.5
_ORGANISED_BY_PROJECT = 0.5
_NEW_DEED = re.compile(r"(?<=..)(?=印制|购置|采购|聘请|举办)")
_MOST_NAMED = 8


def _plain(name: str) -> str:
    """Return a project's name or a 分项's title without year, stray symbols and 分项绩效目标、绩效指标."""
    bare = _STRAY.sub("", _YEAR.sub("", name))
    return _TITLE_TAIL.sub("", bare)


def _likeness(one: str, other: str) -> float:
    """Return the share of pairs of letters in common, of the longer name."""
    first, second = set(pairs(one)), set(pairs(other))
    return len(first & second) / max(len(first), len(second), 1)


def _is_named(one: str, other: str) -> bool:
    return bool(one and other) and (one in other or other in one)


def _linked(part: SubGoal, facts: BookletFacts) -> list[TargetTable]:
    """Return the tables a 分项 is about: those it is linked to, else those of its name."""
    tables = facts.booklet.tables
    by_code = [table for table in tables if table.project_code and table.project_code in part.project_codes]
    title = _plain(part.title)
    return by_code or [table for table in tables if _is_named(title, _plain(table.name))]


# 分项目标 and project tables


def _without_parts_or_tables(facts: BookletFacts) -> str:
    if not facts.booklet.sub_goals:
        return "没有分项绩效目标，无法与项目表对照。"
    return "" if facts.booklet.tables else "没有项目绩效目标表，无法与分项绩效目标对照。"


@rule(
    "R52",
    "分项目标与项目表不一致",
    Severity.WARNING,
    Quality.COMPLETENESS,
    basis="本系统规则：部门分项绩效目标与项目绩效目标表讲的是同一件事，名称、任务和数字应一致",
    advice="请核对后统一：项目表未安排的任务从分项目标中删去，已安排的补入项目表；名称和数字以项目表为准。",
    example="分项目标“慰问困难职工”“评选活动2次”，项目表中没有",
    scopes=(Scope.NARRATIVE,),
    blocked=_without_parts_or_tables,
)
def part_differs_from_tables(facts: BookletFacts) -> Iterator[Hit]:
    """R52: names that differ by a letter or two, tasks and numbers of a 分项 that its project lacks."""
    yield from _misnamed_safeguards(facts)
    for part in facts.booklet.sub_goals:
        tables = _linked(part, facts)
        if tables:
            yield from _misnamed_part(part, tables)
            yield from _missing_in_tables(part, tables, facts)


def _misnamed_safeguards(facts: BookletFacts) -> Iterator[Hit]:
    """Yield 保障措施 headings that are nearly a project's name, and no other heading is that name."""
    sections = [(section, _plain(section.title)) for section in facts.booklet.safeguards]
    titles = {title for _, title in sections}
    projects = {_plain(table.name): table.name for table in facts.booklet.tables}
    names = [name for plain, name in projects.items() if plain not in titles]
    for section, title in sections:
        if title in projects or not _LIKE_A_PROJECT.search(title):
            continue
        near = _nearest(title, names)
        if near:
            message = f"保障措施标题{shown(title)}与项目名称{shown(_plain(near))}不一致。"
            yield Hit(f"safeguards/{section.uid}/title", message, section.title)


def _nearest(title: str, names: Iterable[str]) -> str:
    """Return the name most like the title without being it or holding it; '' where none is near."""
    plain = [(name, _plain(name)) for name in names]
    if any(_is_named(title, bare) for _, bare in plain):
        return ""
    near = [(_likeness(title, bare), name) for name, bare in plain]
    share, name = max(near, default=(0, ""))
    return name if share >= _NEAR_NAME else ""


def _misnamed_part(part: SubGoal, tables: list[TargetTable]) -> Iterator[Hit]:
    title = _plain(part.title)
    if len(tables) == 1 and _LIKE_A_PROJECT.search(title) and (near := _nearest(title, [tables[0].name])):
        message = f"分项标题{shown(title)}与项目名称{shown(_plain(near))}不一致。"
        yield Hit(f"sub_goals/{part.uid}/title", message, part.title)


def _missing_in_tables(part: SubGoal, tables: list[TargetTable], facts: BookletFacts) -> Iterator[Hit]:
    known = "\n".join(map(_text_of, tables))
    amounts = _amounts_of(tables, known)
    # A 分项 of another name stands for a field of work, of which its projects are only a part.
    is_one_project = len(tables) == 1 and _is_named(_plain(part.title), _plain(tables[0].name))
    for name in ("goal", "indicators"):
        text = without_titles(getattr(part, name))
        tasks = _missing_tasks(text, known, facts) if is_one_project else []
        tasks += [task for task in _missing_numbers(text, amounts) if task not in tasks]
        if tasks:
            more = f"等{len(tasks)}处" if len(tasks) > _MOST_NAMED else ""
            named = listed(tasks[:_MOST_NAMED]) + more
            message = f"分项{shown(_plain(part.title))}中的{named}在项目绩效目标表中没有。"
            yield Hit(f"sub_goals/{part.uid}/{name}", message, "；".join(tasks))


def _text_of(table: TargetTable) -> str:
    cells = (f"{row.name}\n{row.description}\n{row.value}" for row in table.indicators)
    return "\n".join((table.name, table.purpose, table.goal, *cells))


def _missing_tasks(text: str, known: str, facts: BookletFacts) -> list[str]:
    """Return the tasks of a text of whose words next to none are known, nor words like them."""
    needed = facts.policy.value(FOUND_SHARE)
    missing = []
    for pieces in sentences_of(text):
        for task in _tasks_of(pieces):
            own = pairs(task)
            found = sum(1 for pair in own if pair in known)
            if len(own) > 1 and 100 * found < needed * len(own) and not says_alike(task, known):
                missing.append(task)
    return list(dict.fromkeys(missing))


def _tasks_of(pieces: list[str]) -> Iterator[str]:
    """Yield the smallest parts that hold a deed: 购置图书印制材料、电教设备 has 购置图书 and 印制材料."""
    for piece in pieces:
        if is_aim(piece) or not ACTION.search(piece):
            continue
        for part in parts_of(piece):
            deeds = _NEW_DEED.split(part) if starts_with_action(part) else [part]
            yield from (task for deed in deeds for task in deed.split("、") if ACTION.search(task))


_MONEY = re.compile("[万亿百千]?元")
# 实施项目3个 counts tables, 到2025年 and 累计 belong to a plan, the rest is vague.
_OTHER_NUMBER = re.compile(r"项目|累计|截至|上年|去年|规划|以来|期间|同比|第|约|近|余|多|现有|共有|下辖|辖")


def _missing_numbers(text: str, amounts: set[Amount]) -> list[str]:
    """Return the clauses whose number of things no table has, as a value, in its texts or as a sum."""
    missing = []
    for pieces in sentences_of(text):
        for piece in pieces:
            if _OTHER_NUMBER.search(piece):
                continue
            missing += [
                piece
                for found in quantities(piece)
                if found.unit
                and is_countable(found)
                and not _MONEY.match(found.unit)
                and not _is_known(amount(found.number, found.unit), amounts)
            ]
    return list(dict.fromkeys(missing))


def _is_known(said: Amount, amounts: set[Amount]) -> bool:
    return any(
        said.number == known.number and (not known.unit or said.unit[:1] == known.unit[:1])
        for known in amounts
    )


def _amounts_of(tables: list[TargetTable], known: str) -> set[Amount]:
    """Return what the tables say by number: their values, the sums of values of one unit, their texts."""
    values = [parse_value(row.value) for table in tables for row in table.indicators]
    single = [
        amount(value.number, canonical_unit(value.unit)) for value in values if value.number is not None
    ]
    uppers = [amount(value.upper, canonical_unit(value.unit)) for value in values if value.upper is not None]
    sums: dict[str, Decimal] = {}
    for value in single:
        sums[value.unit] = sums.get(value.unit, Decimal(0)) + value.number
    totals = (Amount(total, unit) for unit, total in sums.items())
    written = (amount(found.number, found.unit) for found in quantities(known) if found.unit)
    return {*single, *uppers, *totals, *written}


# 总体目标


def _without_overall_goals(facts: BookletFacts) -> str:
    return (
        ""
        if any(item.text.strip() for item in facts.booklet.overall_goals)
        else "没有总体绩效目标，无法核对。"
    )


# 三个代表, 两个维护, 一支队伍 count nothing.
_RESULT = re.compile(
    r"20\d\d|今年|本年|年内|年底|全年|力争|达到|百分之|[两二三四五六七八九十百千]+(?:余)?(?:次|项|家|场|所|期|万|亿)"
)
_DUTY_SHARE = 0.6


@rule(
    "R53",
    "总体目标照抄职责",
    Severity.WARNING,
    Quality.RELEVANCE,
    basis="《预算法实施条例》及财预〔2015〕88号：绩效目标应指向明确、细化量化，反映年度产出和效果",
    advice="请写明本年度要办成哪几件事、达到什么结果，并带上数量、比例或时间（如“年内完成××，××率达到××%”）。",
    example="指导区直机关党的政治建设……领导区直机关各部门机关党的纪律检查工作",
    scopes=(Scope.NARRATIVE,),
    blocked=_without_overall_goals,
)
def overall_goals_copy_duties(facts: BookletFacts) -> Iterator[Hit]:
    """R53: the overall goals begin as duties do, and none names a year, a result or a number of anything."""
    texts = [item.text.strip() for item in facts.booklet.overall_goals if item.text.strip()]
    verbs = any_of(facts.policy.value(DUTY_VERBS))
    duties = [text for text in texts if verbs.search(text[:12])]
    if len(duties) < _DUTY_SHARE * len(texts) or any(map(_names_a_result, texts)):
        return
    evidence = "；".join(text[:20] for text in duties[:3])
    message = f"总体绩效目标共{len(texts)}条，均为职责表述，没有本年度的结果，也没有数字。"
    yield Hit("overall_goals", message, evidence)


def _names_a_result(text: str) -> bool:
    return bool(_RESULT.search(text)) or any(found.unit for found in quantities(text))


# 分项 and projects


@rule(
    "R54",
    "分项目标与项目不对应",
    Severity.WARNING,
    Quality.COMPLETENESS,
    basis="本系统规则：有项目的分项目标应有项目绩效目标表，有表的项目应列入分项目标（由基本支出安排的分项除外）",
    advice="请补齐缺少的项目绩效目标表或分项目标；分项由基本支出安排的，请在分项目标中写明。",
    example="分项“党建阵地建设经费”没有项目表",
    scopes=(Scope.NARRATIVE,),
    blocked=_without_parts_or_tables,
)
def part_without_project(facts: BookletFacts) -> Iterator[Hit]:
    """R54: a 分项 named like a project that has no table; a table no 分项 speaks of.

    Where most tables are in no 分项 the department tells its goals by field of work, which is legal.
    """
    parts = facts.booklet.sub_goals
    basic = any_of(facts.policy.value(BASIC_SPENDING_WORDS))
    for part in parts:
        title = _plain(part.title)
        text = part.title + part.goal + part.indicators
        if _linked(part, facts) or not _LIKE_A_PROJECT.search(title) or basic.search(text):
            continue
        if not _nearest(title, [table.name for table in facts.booklet.tables]):
            message = f"分项{shown(title)}没有对应的项目绩效目标表。"
            yield Hit(f"sub_goals/{part.uid}/title", message, part.title)
    yield from _projects_without_part(facts)


def _projects_without_part(facts: BookletFacts) -> Iterator[Hit]:
    tables, parts = facts.booklet.tables, facts.booklet.sub_goals
    codes = {code for part in parts for code in part.project_codes}
    titles = [_plain(part.title) for part in parts]
    text = "\n".join(part.title + part.goal + part.indicators for part in parts)
    left_out = [table for table in tables if table.project_code not in codes]
    left_out = [table for table in left_out if not _is_spoken_of(_plain(table.name), titles, text)]
    if len(left_out) > _ORGANISED_BY_PROJECT * len(tables):
        return
    for table in left_out:
        message = f"项目{shown(_plain(table.name))}没有列入分项绩效目标。"
        yield Hit("sub_goals", message, f"{table.project_code} {table.name}".strip())


def _is_spoken_of(name: str, titles: list[str], text: str) -> bool:
    own = pairs(name)
    said = sum(1 for pair in own if pair in text)
    return (
        not own
        or any(_is_named(name, title) or _likeness(name, title) >= _NEAR_NAME for title in titles)
        or said >= 0.6 * len(own)
    )


def _without_project_spending(facts: BookletFacts) -> str:
    if facts.context.project_spending is None:
        return "没有部门项目支出预算数，无法核对项目预算合计。"
    return "" if facts.booklet.tables else "没有项目绩效目标表，无法核对项目预算合计。"


@rule(
    "R54b",
    "项目预算合计超过项目支出",
    Severity.WARNING,
    Quality.COMPLETENESS,
    basis="本系统规则：项目绩效目标表的预算数合计不应超过部门预算的项目支出",
    advice="请核对各项目表的预算数和部门预算的项目支出，更正填错的一方。",
    example="项目支出30.00万元，项目表合计31.53万元",
    scopes=(Scope.NARRATIVE,),
    blocked=_without_project_spending,
)
def projects_exceed_spending(facts: BookletFacts) -> Iterator[Hit]:
    """The project-sum part of R54, an entry of its own: it needs a figure that is in no document."""
    total = sum((table.budget for table in facts.booklet.tables if table.budget is not None), Decimal(0))
    limit = facts.context.project_spending
    if total > limit:
        message = f"项目表预算数合计{format_wan(total)}万元，超过部门项目支出{format_wan(limit)}万元。"
        yield Hit("tables", message, f"{format_wan(total)}万元")
