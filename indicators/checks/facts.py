"""What the rules ask about a document, worked out once: rows read, goal split, context at hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from indicators.checks.clauses import Amount, Matcher, amount
from indicators.checks.model import DEFAULT_POLICY, Fix, Hit, Policy, Severity
from indicators.checks.signatures import Alike
from indicators.checks.task_words import EMPTY_WORDS, WEAK_WORDS
from indicators.checks.texts import tasks_of
from indicators.document import Booklet, Indicator, TargetTable
from indicators.values import IndicatorValue, canonical_unit, parse_value
from perfbudget.lib.text import chinese_number


@dataclass(frozen=True, slots=True)
class Context:
    """What stands beside a document. What is not known is empty, and rules that need it say so.

    ``siblings`` are the other tables of the unit and year; ``last_year`` the same project's table of the year
    before; ``codes_elsewhere`` gives the units in which a project code occurs besides this one. ``alike`` are
    the tables most like this one, where a batch has looked for them (None: compare with the siblings);
    ``project_spending`` is the department's 项目支出 budget in 元.
    """

    policy: Policy = DEFAULT_POLICY
    booklet: Booklet | None = None
    siblings: tuple[TargetTable, ...] = ()
    last_year: TargetTable | None = None
    codes_elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    region_code: str = ""
    has_weights: bool = False
    weight_total: Decimal = Decimal(90)
    alike: tuple[Alike, ...] | None = None
    project_spending: Decimal | None = None


@dataclass(slots=True)  # not frozen: ten are made for every table, and freezing takes three times as long
class RowFacts:
    """An indicator with its number from 1, its value as read and its unit in one spelling."""

    number: int
    indicator: Indicator
    value: IndicatorValue
    unit: str

    def hit(
        self,
        field_name: str,
        message: str,
        evidence: str = "",
        *,
        advice: str = "",
        fix_to: str | None = None,
        severity: Severity | None = None,
    ) -> Hit:
        """Return a hit in one cell of this row; ``fix_to`` proposes another text for that cell."""
        path = f"indicators/{self.indicator.uid}/{field_name}"
        fix = None if fix_to is None else Fix(path, getattr(self.indicator, field_name), fix_to)
        return Hit(path, message, evidence, self.number, advice, fix, severity)

    def is_under(self, *words: str) -> bool:
        """True where the second tier's name holds one of the words (数量, 质量, 时效, 成本, 社会效益 …)."""
        return any(word in self.indicator.second_tier for word in words)


class Text(NamedTuple):
    """A text people wrote: its path, its place for people, its indicator row where it has one."""

    path: str
    place: str
    text: str
    row: int | None = None


_CELLS = (
    ("name", "三级指标"),
    ("description", "绩效指标描述"),
    ("value", "指标值"),
    ("basis", "指标值确定依据"),
)


class TableFacts:
    """A table with its context; what rules share is computed on first use."""

    def __init__(self, table: TargetTable, context: Context | None = None):
        self.table = table
        self.context = context or Context()
        self.policy = self.context.policy
        self._rows_under: dict[tuple[str, ...], list[RowFacts]] = {}

    @cached_property
    def rows(self) -> tuple[RowFacts, ...]:
        rows = []
        for number, indicator in enumerate(self.table.indicators, start=1):
            value = parse_value(indicator.value)
            rows.append(RowFacts(number, indicator, value, canonical_unit(value.unit)))
        return tuple(rows)

    @cached_property
    def plan(self) -> tuple[tuple[int, Decimal], ...]:
        """Month and percent of the nodes of the 资金支出计划 that are filled in, in the order of the year."""
        nodes = ((node.month, node.percent) for node in self.table.milestones if node.percent is not None)
        return tuple(sorted(nodes))

    def rows_under(self, *words: str) -> list[RowFacts]:
        """Return the rows whose second tier's name holds one of the words."""
        if words not in self._rows_under:
            self._rows_under[words] = [row for row in self.rows if row.is_under(*words)]
        return self._rows_under[words]

    @cached_property
    def tasks(self) -> tuple[str, ...]:
        """The tasks of the goal: its numbered items, else its sentences."""
        return tasks_of(self.table.goal)

    @cached_property
    def rows_text(self) -> str:
        """Names and descriptions of the rows, a line each, without 满意度: what the indicators measure."""
        return "\n".join(
            f"{row.indicator.name} {row.indicator.description}"
            for row in self.rows
            if "满意" not in row.indicator.second_tier
        )

    @cached_property
    def amounts(self) -> tuple[tuple[RowFacts, Amount], ...]:
        """The rows whose value is one number, with 万 and 亿 multiplied out."""
        return tuple(
            (row, amount(row.value.number, row.unit))
            for row in self.rows
            if row.value.number is not None and row.value.upper is None
        )

    @cached_property
    def matcher(self) -> Matcher:
        """Tells whether an indicator speaks of a clause of the goal or the purpose."""
        values = [value for _, value in self.amounts]
        words = self.policy.value(EMPTY_WORDS), self.policy.value(WEAK_WORDS)
        return Matcher(self.rows_text, self.table.name, values, *words)

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Everything people wrote in this table, cell by cell."""
        table = self.table
        texts = [
            Text("name", "项目名称", table.name),
            Text("purpose", "资金用途", table.purpose),
            Text("goal", "绩效目标", table.goal),
        ]
        for row in self.rows:
            path, place = f"indicators/{row.indicator.uid}/", f"第{row.number}行"
            texts += [
                Text(path + name, place + label, getattr(row.indicator, name), row.number)
                for name, label in _CELLS
            ]
        return tuple(text for text in texts if text.text)


class BookletFacts:
    """A department's own text with its tables and their context."""

    def __init__(self, booklet: Booklet, context: Context | None = None):
        self.booklet = booklet
        self.context = context or Context(booklet=booklet)
        self.policy = self.context.policy

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Everything people wrote in the narrative, item by item."""
        booklet = self.booklet
        found = [
            Text(f"overall_goals/{item.uid}", f"总体绩效目标（{chinese_number(number)}）", item.text)
            for number, item in enumerate(booklet.overall_goals, start=1)
        ]
        for number, part in enumerate(booklet.sub_goals, start=1):
            place = f"分项绩效目标（{chinese_number(number)}）"
            found += (
                Text(f"sub_goals/{part.uid}/{name}", place + label, getattr(part, name))
                for name, label in (("title", "标题"), ("goal", "绩效目标"), ("indicators", "绩效指标"))
            )
        for number, section in enumerate(booklet.safeguards, start=1):
            place = f"工作保障措施（{chinese_number(number)}）"
            found.append(Text(f"safeguards/{section.uid}/title", f"{place}标题", section.title))
            found += (
                Text(f"safeguards/{section.uid}/items/{item.uid}", f"{place}第{row}条", item.text)
                for row, item in enumerate(section.items, start=1)
            )
        return tuple(text for text in found if text.text)
