"""What a printed booklet carries of its document, and so what reading it back can give.

``read_booklet_text(text_form(lay_out_booklet(document, options)), year=document.year)`` equals
``printed(document, options)``; docs/booklet-format.md says it in words.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from indicators.document.due import filed_tables
from indicators.document.model import (
    Booklet,
    Indicator,
    Milestone,
    NarrativeItem,
    SafeguardSection,
    SubGoal,
    TargetTable,
)
from indicators.importers.booklet import link
from indicators.importers.indicator_rows import inherited_tiers
from indicators.layout.table import PrintOptions

FORM = PrintOptions()
_TEXTS = ("first_tier", "second_tier", "name", "description", "value", "basis")
_TIERS = _TEXTS[:2]


def printed(booklet: Booklet, options: PrintOptions = FORM, *, blank_lines: bool = False) -> Booklet:
    """Return the booklet as it comes back from paper printed with the options.

    ``blank_lines`` says whether the format keeps blank lines inside a text (a workbook does, text does not).
    Uids and notes are new and none: they take no part in equality.
    """
    printer = _Printer(booklet, options, blank_lines)
    tables = [printer.table(table) for table in filed_tables(booklet)]
    return Booklet(
        booklet.year,
        booklet.department_code,
        printer.text(booklet.department_name),
        overall_goals=printer.items(booklet.overall_goals),
        sub_goals=link(map(printer.sub_goal, booklet.sub_goals), tables),
        safeguards=tuple(map(printer.safeguard, booklet.safeguards)),
        tables=tuple(tables),
    )


@dataclasses.dataclass(frozen=True)
class _Printer:
    booklet: Booklet
    options: PrintOptions
    blank_lines: bool

    def text(self, text: str) -> str:
        if not self.blank_lines:
            text = "\n".join(line for line in text.split("\n") if line.strip())
        return text.strip()

    def items(self, items: Iterable[NarrativeItem]) -> tuple[NarrativeItem, ...]:
        return tuple(NarrativeItem(self.text(item.text)) for item in items)

    def sub_goal(self, part: SubGoal) -> SubGoal:
        return SubGoal(self.text(part.title), self.text(part.goal), self.text(part.indicators))

    def safeguard(self, part: SafeguardSection) -> SafeguardSection:
        return SafeguardSection(self.text(part.title), self.items(part.items))

    def table(self, table: TargetTable) -> TargetTable:
        """Keep what stands on the form: no category, nature, frame or beneficiaries."""
        other = table.other_funding
        if other is None and self.options.blank_other_as_zero:
            other = Decimal(0)
        return TargetTable(
            year=self.booklet.year,
            department_code=table.department_code,
            department_name=self.text(table.department_name),
            project_code=table.project_code.strip(),
            name=self.text(table.name),
            budget=table.budget,
            fiscal_funding=table.fiscal_funding,
            other_funding=other,
            purpose=self.text(table.purpose),
            milestones=tuple(Milestone(part.month, part.percent) for part in table.milestones),
            goal=self.text(table.goal),
            indicators=tuple(self._indicators(table.indicators)),
            **self._foot(table),
        )

    def _foot(self, table: TargetTable) -> dict:
        if not self.options.foot_line:
            return {}
        return {
            "preparer": self.text(table.preparer),
            "preparer_phone": self.text(table.preparer_phone),
            "prepared_on": table.prepared_on,
        }

    def _indicators(self, indicators: Sequence[Indicator]) -> Iterator[Indicator]:
        """Yield the rows that print anything; a blank tier is that of the row above."""
        tiers = ("", "")
        for row, printed_tiers in zip(indicators, _printed_tiers(indicators), strict=True):
            texts = {name: self.text(getattr(row, name)) for name in _TEXTS}
            weight = row.weight if self.options.weights else None
            shown = (*map(self.text, printed_tiers), *(texts[name] for name in _TEXTS if name not in _TIERS))
            if any(shown) or weight is not None:
                tiers = inherited_tiers(texts["first_tier"], texts["second_tier"], tiers)
                yield Indicator(**texts | dict(zip(_TIERS, tiers, strict=True)), weight=weight)


def _printed_tiers(indicators: Sequence[Indicator]) -> Iterator[tuple[str, str]]:
    """Yield the tier texts that begin in each row: one that equals the row above is merged with it."""
    above: Indicator | None = None
    for row in indicators:
        new_first = above is None or row.first_tier != above.first_tier
        new_second = new_first or row.second_tier != above.second_tier
        yield row.first_tier if new_first else "", row.second_tier if new_second else ""
        above = row
