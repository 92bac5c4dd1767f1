"""完整性和规范性: what a form must hold, import notes, units of money (R01–R03, R07, R08, R10)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from indicators.checks.facts import BookletFacts, TableFacts, Text
from indicators.checks.model import Hit, Quality, Scope, Severity
from indicators.checks.registry import parameter, rule
from indicators.checks.rules import naming, spelling  # noqa: F401 - they declare R04–R06 and R09
from indicators.checks.texts import listed, shown
from indicators.document import ImportNote, NoteKind, SafeguardSection, TargetTable
from perfbudget.lib.money import YUAN_PER_WAN, format_wan

_FORM = "本系统规则：依据绩效目标审核表“规范完整性”（填报完整，无缺项、错项）"


# R01 to R03: what must be filled in, and sums

_TEXT_FIELDS = (
    ("project_code", "项目编码"),
    ("name", "项目名称"),
    ("purpose", "资金用途"),
    ("goal", "绩效目标"),
)
_CELLS = (
    ("first_tier", "一级指标"),
    ("second_tier", "二级指标"),
    ("name", "三级指标"),
    ("description", "绩效指标描述"),
)


@rule(
    "R01",
    "必填项未填",
    Severity.ERROR,
    Quality.COMPLETENESS,
    basis=_FORM + "；预算项目绩效目标表的必填项",
    advice="按表式补填；项目编码、名称和预算数与预算项目库一致。",
    example="（绩效指标描述为空）",
)
def required_fields(facts: TableFacts) -> Iterator[Hit]:
    """Blank required fields. A blank 指标值 is R24's, a blank 依据 R57's; 其他资金 may be blank (R03)."""
    table = facts.table
    for name, label in _TEXT_FIELDS:
        if not getattr(table, name).strip():
            yield Hit(name, f"{label}没有填写。")
    if table.budget is None:
        yield Hit("budget", "预算数没有填写。")
    elif table.budget <= 0:
        yield Hit("budget", f"预算数为{format_wan(table.budget)}万元，应大于0。", format_wan(table.budget))
    yield from _blank_plan(table)
    if not table.indicators:
        yield Hit("indicators", "绩效指标没有填写，一行也没有。")
    for row in facts.rows:
        for name, label in _CELLS:
            if not getattr(row.indicator, name).strip():
                yield row.hit(name, f"第{row.number}行{label}没有填写。")


def _blank_plan(table: TargetTable) -> Iterator[Hit]:
    if not any(milestone.percent is not None for milestone in table.milestones):
        yield Hit("milestones", "资金支出计划没有填写。")
        return
    for milestone in table.milestones:
        if milestone.percent is None:
            yield Hit(f"milestones/{milestone.month}", f"资金支出计划{milestone.month}月底没有填写。")


def _no_budget(facts: TableFacts) -> str:
    return "" if facts.table.budget is not None else "没有填写预算数，无从比较。"


@rule(
    "R02",
    "预算数不等于各项资金之和",
    Severity.ERROR,
    Quality.COMPLETENESS,
    basis=_FORM + "；预算数＝财政资金＋其他资金",
    advice="核对预算数、财政资金和其他资金，使三者相符；空白按0计。",
    example="预算数29.73，财政资金29.00，其他资金为空",
    blocked=_no_budget,
)
def amounts_add_up(facts: TableFacts) -> Iterator[Hit]:
    """The budget is the exact sum, in 元, of its two parts; a blank counts 0."""
    table = facts.table
    total = (table.fiscal_funding or 0) + (table.other_funding or 0)
    if table.budget != total:
        parts = f"财政资金{_wan(table.fiscal_funding)}、其他资金{_wan(table.other_funding)}"
        yield Hit(
            "budget",
            f"预算数{_wan(table.budget)}与{parts}之和{_wan(Decimal(total))}不等，"
            f"相差{_wan(abs(table.budget - total))}。",
            format_wan(table.budget),
        )


def _wan(yuan: Decimal | None) -> str:
    return "（空）" if yuan is None else f"{format_wan(yuan)}万元"


@rule(
    "R03",
    "其他资金为空",
    Severity.HINT,
    Quality.COMPLETENESS,
    basis="本系统规则：空白不等于0，合计时按0处理并予说明",
    advice="确无其他资金的可不填，也可填0。",
    example="其他资金（空）",
)
def blank_other_funding(facts: TableFacts) -> Iterator[Hit]:
    if facts.table.other_funding is None:
        yield Hit("other_funding", "其他资金为空，按0处理。")


# R07 and R08: what the import noted

_PART_TWO = "第二部分"
_SECTIONS = {"总体绩效目标": "overall_goals", "分项绩效目标": "sub_goals", "工作保障措施": "safeguards"}
_HEADING_NUMBER = re.compile(r"\s*[0-9０-９一二三四五六七八九十]{1,4}\s*[.．、]")


def _notes(facts: TableFacts | BookletFacts) -> tuple[ImportNote, ...]:
    return facts.table.notes if isinstance(facts, TableFacts) else facts.booklet.notes


def _not_imported(facts: TableFacts | BookletFacts) -> str:
    return "" if _notes(facts) else "不是从文件导入的，没有导入记录。"


def _of_kind(facts: TableFacts | BookletFacts, kind: NoteKind) -> list[ImportNote]:
    return [note for note in _notes(facts) if note.kind == kind]


def _section_path(title: str) -> str:
    return next((path for words, path in _SECTIONS.items() if words in title), "")


@rule(
    "R07",
    "标题、编号缺少或顺序不一致",
    Severity.HINT,
    Quality.COMPLETENESS,
    basis="本系统规则：文本分“第一部分”“第二部分”，每张表有“序号.项目名称绩效目标表”的标题",
    advice="补上标题和序号，使各表顺序与分项绩效目标一致；用本系统导出的文本会自动生成标题。",
    example="（第二张表之前没有标题）",
    scopes=(Scope.TABLE, Scope.ACROSS, Scope.NARRATIVE),
    blocked=_not_imported,
)
def headings(facts: TableFacts | BookletFacts) -> Iterator[Hit]:
    if isinstance(facts, TableFacts):
        yield from _table_heading(facts)
        return
    for note in _of_kind(facts, NoteKind.MISSING_HEADING):
        message = f"导入的文件缺少标题“{note.text}”（{note.place}）。"
        yield Hit(_section_path(note.text), message, note.text)
    yield from _order_of_tables(facts)


def _table_heading(facts: TableFacts) -> Iterator[Hit]:
    for note in _of_kind(facts, NoteKind.MISSING_HEADING):
        yield Hit("", f"导入的文件中，这张表之前没有标题（{note.place}），应为“{note.text}”。", note.text)
    booklet = facts.context.booklet
    if booklet is None or len(booklet.tables) < 2:
        return  # a table by itself needs no number
    for note in _of_kind(facts, NoteKind.HEADING):
        if not _HEADING_NUMBER.match(note.text):
            yield Hit("", f"表的标题{shown(note.text)}没有序号（{note.place}）。", note.text)


def _order_of_tables(facts: BookletFacts) -> Iterator[Hit]:
    booklet = facts.booklet
    places = {table.project_code: place for place, table in enumerate(booklet.tables) if table.project_code}
    first = [min(known) for part in booklet.sub_goals if (known := _places(part.project_codes, places))]
    if first != sorted(first):
        names = [booklet.tables[place].name for place in first[:5]]
        message = f"各表的顺序与分项绩效目标不一致，分项绩效目标的顺序是{'、'.join(map(shown, names))}。"
        yield Hit("sub_goals", message, "、".join(names))


def _places(codes: tuple[str, ...], places: dict[str, int]) -> list[int]:
    return [places[code] for code in codes if code in places]


COMMON_SAFEGUARDS = parameter(
    "common_safeguards",
    (
        *("完善制度建设", "做好绩效自评", "加强内部监督", "加强宣传培训调研", "加强支出管理"),
        *("加强绩效运行监控", "规范财务资产管理"),
    ),
    "工作保障措施的通用标题",
)


@rule(
    "R08",
    "标题重复，内容与标题不符",
    Severity.WARNING,
    Quality.COMPLETENESS,
    basis=_FORM,
    advice="删去重复的标题；把写在别的标题下的内容移到自己的标题下。",
    example="一、总体绩效目标（连写两次）",
    scopes=(Scope.NARRATIVE,),
    blocked=_not_imported,
)
def doubled_titles(facts: BookletFacts) -> Iterator[Hit]:
    for note in _of_kind(facts, NoteKind.DOUBLED_TITLE):
        yield Hit(_section_path(note.text), f"标题“{note.text}”重复（{note.place}）。", note.text)
    titles = facts.policy.value(COMMON_SAFEGUARDS)
    for section in facts.booklet.safeguards:
        yield from _foreign_measures(section, titles)


def _foreign_measures(section: SafeguardSection, titles: tuple[str, ...]) -> Iterator[Hit]:
    """Measures that bear the common title of another section: （三）完善制度建设 … 2、做好绩效自评。"""
    if not section.title.strip().startswith(tuple(titles)):
        return
    openings = (re.split("[。：:\n]", item.text, maxsplit=1)[0] for item in section.items)
    found = [
        opening
        for opening in openings
        if opening.removesuffix("等") in titles and not section.title.strip().startswith(opening)
    ]
    if found:
        message = f"标题{shown(section.title)}之下写了{listed(found)}的内容。"
        yield Hit(f"safeguards/{section.uid}/items", message, "、".join(found))


# R10: 元 taken for 万元

# An amount of money by itself: 元/人, 每人50元 and 人均50元 are prices, 2亿元 is neither.
_AMOUNT = re.compile(r"(?<![\d.,])(?P<number>\d[\d,]{0,17}(?:\.\d{1,6})?)\s?(?P<unit>万元|元)(?!\s?[/／每])")
_PRICE = re.compile("(?:每|均|单价|标准|按)[^，。；：、\n]{0,8}\\Z")
_PRICE_NAME = re.compile("每|均|单价|单位|标准")
_SUM = re.compile("(?:预算|经费|资金|安排|投入|支出|[共合]计|总)[^，。；、\n]{0,6}\\Z")
_LOOK_BACK = 16
_OWN_TEXTS = ("purpose", "goal")

SMALLEST_BUDGET = parameter("smallest_budget", 100, "预算数小于此数（元）即提示核对单位")
LARGEST_BUDGET = parameter("largest_budget", 1_000_000, "预算数大于此数（万元）即提示核对单位")


class _Amount(NamedTuple):
    yuan: Decimal
    typed: str
    digits: int
    in_wan: bool
    stated_as_sum: bool


@rule(
    "R10",
    "金额单位可能有误",
    Severity.WARNING,
    Quality.APPROPRIATENESS,
    basis="本系统规则：表内金额以万元计，文字中的金额与预算数不应恰好相差一万倍",
    advice="核对该处金额的单位是元还是万元，与预算数统一。",
    example="≤29.73元（预算数29.73万元）",
    blocked=_no_budget,
)
def unit_of_amounts(facts: TableFacts) -> Iterator[Hit]:
    """Amounts in the texts that are the budget times or divided by 10 000, to the last digit.

    A coincidence is likely for few digits: 50万元 of budget and 50元 a day. One digit is never taken; two of
    an amount in 元 only for cost indicators and where the text speaks of a sum.
    """
    budget = facts.table.budget
    if not budget or budget < 0:
        return
    smallest, largest = facts.policy.value(SMALLEST_BUDGET), facts.policy.value(LARGEST_BUDGET)
    if budget < smallest or budget > largest * YUAN_PER_WAN:
        size = "小" if budget < smallest else "大"
        yield Hit("budget", f"预算数{_wan(budget)}过{size}，请核对单位是否为万元。", _wan(budget))
    yield from _funding_off(facts.table)
    for text in facts.texts:
        if "元" in text.text:
            yield from _amounts_off(facts, text, budget)


def _funding_off(table: TargetTable) -> Iterator[Hit]:
    for name, label in (("fiscal_funding", "财政资金"), ("other_funding", "其他资金")):
        part = getattr(table, name)
        if part and _is_off(part, table.budget):
            yield Hit(
                name,
                f"{label}{_wan(part)}与预算数{_wan(table.budget)}恰好相差一万倍，请核对单位。",
                _wan(part),
            )


def _is_off(amount: Decimal, budget: Decimal) -> bool:
    return amount == budget * YUAN_PER_WAN or amount * YUAN_PER_WAN == budget


def _amounts_off(facts: TableFacts, text: Text, budget: Decimal) -> Iterator[Hit]:
    row = facts.rows[text.row - 1] if text.row else None
    if row and _PRICE_NAME.search(row.indicator.name):
        return
    is_cost = row is not None and "成本" in row.indicator.first_tier + row.indicator.second_tier
    amounts = _amounts(text.text)
    for amount in amounts:
        least = 2 if is_cost or amount.stated_as_sum or amount.in_wan else 3
        if amount.digits >= least and _is_off(amount.yuan, budget):
            yield _off(text, amount.typed, budget)
            return
    total = sum(amount.yuan for amount in amounts)
    if len(amounts) > 1 and text.path in _OWN_TEXTS and _is_off(Decimal(total), budget):
        yield _off(text, "、".join(amount.typed for amount in amounts[:5]), budget)


def _amounts(text: str) -> list[_Amount]:
    amounts = []
    for found in _AMOUNT.finditer(text):
        before = max(0, found.start() - _LOOK_BACK)
        if _PRICE.search(text, before, found.start()):
            continue
        digits, in_wan = found["number"].replace(",", ""), found["unit"] == "万元"
        yuan = Decimal(digits) * (YUAN_PER_WAN if in_wan else 1)
        stated_as_sum = _SUM.search(text, before, found.start()) is not None
        amounts.append(_Amount(yuan, found[0], _significant(digits), in_wan, stated_as_sum))
    return amounts


def _significant(number: str) -> int:
    """Return how many digits of a number tell something: 3 of 29.70, 1 of 50000."""
    digits = number.strip("0") if "." in number else number.lstrip("0")
    return len(digits.replace(".", "").strip("0"))


def _off(text: Text, typed: str, budget: Decimal) -> Hit:
    message = f"{text.place}中的“{typed}”与预算数{_wan(budget)}恰好相差一万倍，请核对是元还是万元。"
    return Hit(text.path, message, typed, text.row)
