"""One made-up 绩效目标表 as a careful person fills it in: sums right, every task counted."""

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from indicators.demo_data.drawing import Draw
from indicators.demo_data.kinds import COMMON_ROWS
from indicators.demo_data.register import Unit
from indicators.demo_data.templates import Kind, Row, Spend
from indicators.demo_data.words import BASES, ELABORATIONS, WORDS
from indicators.document import Beneficiaries, Indicator, Milestone, TargetTable
from perfbudget.lib.money import in_wan

#: Short name → first and second tier, in the order of the form (indicators/migrations/0002_frames.py).
FRAMES = {
    "2015": {
        "数量": ("产出指标", "数量指标"),
        "质量": ("产出指标", "质量指标"),
        "时效": ("产出指标", "时效指标"),
        "成本": ("产出指标", "成本指标"),
        "经济": ("效益指标", "经济效益指标"),
        "社会": ("效益指标", "社会效益指标"),
        "生态": ("效益指标", "生态效益指标"),
        "持续": ("效益指标", "可持续影响指标"),
        "满意": ("满意度指标", "服务对象满意度指标"),
    },
    "2021": {
        "成本": ("成本指标", "经济成本指标"),
        "数量": ("产出指标", "数量指标"),
        "质量": ("产出指标", "质量指标"),
        "时效": ("产出指标", "时效指标"),
        "经济": ("效益指标", "经济效益指标"),
        "社会": ("效益指标", "社会效益指标"),
        "持续": ("效益指标", "社会效益指标"),
        "生态": ("效益指标", "生态效益指标"),
        "满意": ("满意度指标", "服务对象满意度指标"),
    },
}
# Most people type the sign of the form, some what their keyboard offers.
SPELLINGS = (
    *({},) * 12,
    {"≥": ">=", "≤": "<="},
    {"≥": "不低于", "≤": "不超过"},
    {"≥": "≧", "≤": "≦", "%": "％"},
)
EFFECTS = ("经济", "社会", "生态", "持续")
MONTHS = (3, 6, 10, 12)
LONG_TABLE, LONG_GOAL = 0.025, 0.03


class Shape(NamedTuple):
    """How many of each a table has: things bought (and as many counts), other indicators by tier."""

    spends: int
    quality: int
    time: int
    cost: int
    effects: int


SHAPES = (
    *(Shape(1, 1, 0, 1, 1), Shape(2, 1, 1, 1, 1), Shape(2, 1, 1, 1, 2), Shape(2, 2, 1, 2, 2)),
    *(Shape(3, 1, 1, 1, 2), Shape(3, 2, 1, 1, 3), Shape(3, 2, 2, 2, 3), Shape(4, 2, 1, 3, 3)),
)


class Purchase(NamedTuple):
    """A spend with its slots filled: how much is bought, at which price (元 a unit)."""

    spend: Spend
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


def frame_of(year: int) -> str:
    """Return the frame that was in force when the year was filed (财预〔2021〕101号 came in slowly)."""
    return "2015" if year < 2025 else "2021"


def make_table(draw: Draw, kind: Kind, unit: Unit, year: int, name: str, code: str) -> TargetTable:
    """Return one table. ``draw`` knows the year and has drawn the name's words."""
    purchases = list(_purchases(draw, kind, name))
    budget = sum(purchase.amount for purchase in purchases)
    other = _other_funding(draw, budget)
    rows = list(_rows(draw, kind, purchases))
    frame = frame_of(year)
    indicators = tuple(_in_frame(rows, frame, draw.one_of(SPELLINGS)))
    serves = any(row.tier == "满意" for row, _ in rows)
    return TargetTable(
        year=year,
        department_code=unit.code,
        department_name=unit.name,
        project_code=code,
        name=name,
        category=kind.category,
        nature="新增" if code[6:8] == f"{year % 100:02}" else "延续",
        frame=frame,
        budget=budget,
        fiscal_funding=budget - (other or 0),
        other_funding=other,
        purpose=_purpose(draw, purchases),
        milestones=_plan(draw),
        goal=_goal(draw, kind, purchases, rows),
        beneficiaries=Beneficiaries.YES if serves else Beneficiaries.NO,
        preparer=unit.preparer,
        preparer_phone=unit.phone,
        prepared_on=datetime.date(year - 1, 11, draw.between(1, 30)),
        indicators=indicators,
    )


def project_name(draw: Draw, kind: Kind, year: int) -> tuple[str, str]:
    """Return the name as printed, and the same without what tells year and document."""
    bare = draw.fill(draw.one_of(kind.names))
    forms = ("{0}年{2}", "{0}年{2}", "{0}年度{2}", "{2}", "{2}", "{2}（{1}年结转）", "冀财预〔{1}〕{3}号{2}")
    return draw.one_of(forms).format(year, year - 1, bare, draw.between(2, 180)), bare


def _purchases(draw: Draw, kind: Kind, name: str) -> Iterator[Purchase]:
    if draw.chance(LONG_TABLE):
        yield from _purchases_by_part(draw, kind)
        return
    count = draw.one_of(SHAPES).spends
    # One thing alone must be countable: a single piece would have a unit price equal to the budget.
    spends = kind.spends if count > 1 else [spend for spend in kind.spends if spend.quantity[0] > 1]
    named = max(spends, key=lambda spend: _likeness(name, spend.item + spend.counted))
    others = draw.some_of([spend for spend in spends if spend != named], count - 1)
    for spend in (named, *others):
        yield _purchase(draw, spend, *spend.quantity)


def _likeness(name: str, text: str) -> int:
    """Return how many pairs of neighbouring characters both have."""
    return len({*map("".join, pairwise(name))} & {*map("".join, pairwise(text))})


def _purchases_by_part(draw: Draw, kind: Kind) -> Iterator[Purchase]:
    """Yield one spend for each of 9 to 12 places or sorts: such a table takes several pages."""
    spend = draw.one_of(kind.spends[:2])
    slot = "{" + kind.parts + "}"
    least, most = spend.quantity
    for part in draw.some_of(WORDS[kind.parts], draw.between(9, 12)):
        named = Spend(
            *(
                text.replace(slot, part) if slot in text else part + text
                for text in (spend.item, spend.task, spend.counted)
            ),
            *spend[3:],
        )
        yield _purchase(draw, named, least, max(least, most // 4))


def _purchase(draw: Draw, spend: Spend, least: int, most: int) -> Purchase:
    quantity = draw.between(least, most)
    price = Decimal(draw.between(*spend.price))
    # Prices are round numbers, contract prices sometimes end in 分.
    price -= price % (100 if price >= 10_000 else 10 if price >= 1000 else 1)
    if price >= 1000 and draw.chance(0.06):
        price += Decimal(draw.between(1, 99)) / 100
    filled = (draw.fill(text, n=quantity) for text in spend[:4])
    return Purchase(Spend(*filled, spend.quantity, spend.price), quantity, price)


def _other_funding(draw: Draw, budget: Decimal) -> Decimal | None:
    """Return what does not come from the budget: mostly a blank, sometimes zero or a share."""
    if draw.chance(0.7):
        return None
    if draw.chance(0.5):
        return Decimal(0)
    return (budget * draw.between(5, 40) / 100).quantize(Decimal(100))


def _plan(draw: Draw) -> tuple[Milestone, ...]:
    """Return cumulative percents that keep pace with the year and leave no rush to its end."""
    first = draw.one_of((12, 15, 18, 20, 25, 25, 30))
    second = first + draw.one_of((20, 25, 28, 30, 33))
    third = max(second + draw.one_of((25, 30, 34, 40)), 78)
    percents = (first, second, min(third, 96), 100)
    if draw.chance(0.05):
        percents = (Decimal("16.67"), 50, Decimal("83.33"), 100)
    return tuple(Milestone(month, Decimal(percent)) for month, percent in zip(MONTHS, percents, strict=True))


def _rows(draw: Draw, kind: Kind, purchases: Sequence[Purchase]) -> Iterator[tuple[Row, str]]:
    """Yield the indicators, each with what its value rests on: mostly the class of the standard alone."""
    chosen = [*_counts(draw, kind, purchases), *_costs(draw, purchases), *_judged(draw, kind, purchases)]
    classes_alone = draw.chance(0.6)
    for row in chosen:
        basis = _basis(draw, kind, row.tier)
        yield row, basis.partition("：")[0] if classes_alone else basis


def _counts(draw: Draw, kind: Kind, purchases: Sequence[Purchase]) -> Iterator[Row]:
    forms = (
        "反映{counted}，以{evidence}为准",
        "年度内实际的{counted}，按{evidence}统计",
        "{evidence}载明的{counted}",
    )
    form = draw.one_of(forms)
    for spend, quantity, _ in purchases:
        description = form.format(counted=spend.counted, evidence=kind.evidence)
        yield Row("数量", spend.counted, description, f"≥{quantity}{spend.unit}")


def _costs(draw: Draw, purchases: Sequence[Purchase]) -> Iterator[Row]:
    """Yield unit prices, or what is paid for a single piece; for many parts one each."""
    wanted = draw.one_of(SHAPES).cost if len(purchases) < 5 else len(purchases)
    for spend, quantity, price in draw.some_of(purchases, wanted):
        if quantity == 1:
            yield Row("成本", f"{spend.item}成本控制数", f"合同约定的{spend.item}费用", f"≤{money(price)}")
        else:
            description = f"每{spend.unit}平均支出，{spend.item}支出÷{spend.counted}"
            yield Row("成本", f"{spend.item}单位成本", description, f"≤{money(price)}/{spend.unit}")


def _judged(draw: Draw, kind: Kind, purchases: Sequence[Purchase]) -> Iterator[Row]:
    """Yield quality, time, effects and satisfaction as the kind tells them."""
    shape = draw.one_of([shape for shape in SHAPES if shape.spends >= min(len(purchases), 3)])
    by_tier: dict[str, list[Row]] = {}
    for row in kind.rows:
        by_tier.setdefault("效益" if row.tier in EFFECTS else row.tier, []).append(row)
    wanted = {"质量": shape.quality, "时效": shape.time, "效益": shape.effects, "满意": 1}
    if kind.category == "运转类" and draw.chance(0.2):
        del wanted["满意"]
    for tier, count in wanted.items():
        for row in draw.some_of(by_tier.get(tier, ()), count):
            yield Row(row.tier, *(draw.fill(text) for text in row[1:]))
    if draw.chance(0.15):
        yield draw.one_of(COMMON_ROWS)
    if len(purchases) > 4:
        yield from _qualities_by_part(draw, purchases)


def _qualities_by_part(draw: Draw, purchases: Sequence[Purchase]) -> Iterator[Row]:
    for spend, *_ in purchases:
        description = f"验收合格数量占{spend.counted}的比例"
        yield Row("质量", f"{spend.item}验收合格率", description, draw.fill("≥{95..99}%"))


def _basis(draw: Draw, kind: Kind, tier: str) -> str:
    forms = BASES["效益" if tier in EFFECTS else tier]
    known = [form for form in forms if kind.standard or "{standard}" not in form]
    return draw.fill(draw.one_of(known), theme=kind.theme, standard=draw.fill(kind.standard))


def _in_frame(rows: Sequence[tuple[Row, str]], frame: str, spelling: dict[str, str]) -> Iterator[Indicator]:
    order = list(FRAMES[frame])
    for row, basis in sorted(rows, key=lambda pair: order.index(pair[0].tier)):
        yield Indicator(
            *FRAMES[frame][row.tier], row.name, row.description, _spelt(row.value, spelling), basis
        )


def _spelt(value: str, spelling: dict[str, str]) -> str:
    return value.translate(str.maketrans(spelling))


def _purpose(draw: Draw, purchases: Sequence[Purchase]) -> str:
    """Return what the money buys, item by item, with or without the sums."""
    items = [purchase.spend.item for purchase in purchases]
    form = draw.between(1, 4)
    if form == 1:
        return f"用于{'、'.join(items)}等支出。" if len(items) > 2 else f"用于{'和'.join(items)}。"
    if form == 2:
        costs = (f"{item}{money(bought.amount)}" for item, bought in zip(items, purchases, strict=True))
        return f"主要用于：{'，'.join(costs)}。"
    prices = (
        f"{spend.item}{quantity}{spend.unit}，每{spend.unit}{money(price)}，计{money(quantity * price)}"
        for spend, quantity, price in purchases
    )
    return f"用于{'；'.join(prices)}。"


def _goal(draw: Draw, kind: Kind, purchases: Sequence[Purchase], rows: Sequence[tuple[Row, str]]) -> str:
    """Return the goal: an aim, the tasks with their quantities, sometimes what comes of it."""
    aim = f"通过项目实施，{draw.fill(kind.aim)}。" if draw.chance(0.5) else ""
    tasks = [purchase.spend.task for purchase in purchases]
    if draw.chance(0.4):
        tasks += [text for row, _ in rows if row.tier in EFFECTS and (text := in_words(row))][:1]
    if draw.chance(LONG_GOAL):
        tasks = [_elaborated(draw, task) for task in tasks]
    if draw.chance(0.15):
        return f"{aim}{'，'.join(tasks)}。"
    line = draw.one_of(("\n", "\n", ""))
    mark = draw.one_of(("、", "、", "."))
    numbered = (f"{number}{mark}{task}。" for number, task in enumerate(tasks, start=1))
    return line.join(filter(None, (aim, *numbered)))


def _elaborated(draw: Draw, task: str) -> str:
    return f"{task}。{'；'.join(draw.some_of(ELABORATIONS, draw.between(8, 14)))}"


def in_words(row: Row | Indicator) -> str:
    """Return a target as a clause (知晓率不低于85%), or nothing where its value is no bound."""
    words = {"≥": "不低于", "≤": "不超过"}.get(row.value[:1])
    return f"{row.name}{words}{row.value[1:]}" if words else ""


def money(yuan: Decimal) -> str:
    """Return an amount as people write it: 35万元, 1.8万元, 450元."""
    amount, unit = (in_wan(yuan), "万元") if yuan >= 10_000 else (yuan, "元")
    return f"{format(amount.normalize(), 'f')}{unit}"
