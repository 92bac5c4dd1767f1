"""What people choose when they copy: a source, parts, and the years that move."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django import forms
from django.db.models import Q

from indicators.document import TargetTable
from indicators.document.carrying import (
    PARTS,
    SECTIONS,
    Choices,
    Part,
    is_filled,
    narrative_proposals,
    proposals_for,
)
from indicators.document.year_shift import Proposal
from indicators.services.carrying import NARRATIVE, Pair, YearChoices, YearPlan
from perfbudget.lib.money import format_wan
from perfbudget.lib.ratios import format_percent


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A proposed shift of a year as the page shows it."""

    key: str
    proposal: Proposal
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class ShiftGroup:
    """The proposed shifts of one project, or of the narrative."""

    title: str
    code: str
    rows: tuple[ShiftRow, ...]


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part of a table: what the source says, what the target says, what is chosen."""

    part: str
    title: str
    source: str
    target: str
    is_ticked: bool
    is_filled: bool
    overwrites: bool


class SourceSearch(forms.Form):
    """Which projects are looked for: part of a name, of a code, or of a department's name."""

    q = forms.CharField(required=False, max_length=100)

    @property
    def text(self) -> str:
        return self.cleaned_data.get("q", "") if self.is_valid() else ""

    def condition(self) -> Q:
        """Return the condition on declarations."""
        text = self.text
        return (
            Q(name__icontains=text)
            | Q(project__code__icontains=text)
            | Q(department_year__name__icontains=text)
            | Q(department_year__department__code__startswith=text)
        )


class _Choosing(forms.Form):
    """What both forms have: the hash of what the page showed, and ticks that come as lists of keys."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def ticks(self, name: str) -> frozenset[str]:
        """Return the ticked keys of a list; a key that is not offered does nothing."""
        return frozenset(self.data.getlist(name)) if self.is_bound else frozenset()

    def shift_rows(self, proposals: Iterable[Proposal], prefix: str = "") -> tuple[ShiftRow, ...]:
        """Return the proposals with their ticks: as typed where the list was shown, else as proposed."""
        was_shown = self.is_bound and "seen" in self.data
        typed = self.ticks("shifts")
        return tuple(
            ShiftRow(key, each, key in typed if was_shown else each.shift.ticked)
            for each in proposals
            for key in (prefix + each.key,)
        )


class CopyTableForm(_Choosing):
    """Which parts of one table go into another."""

    def __init__(
        self, data=None, *, source: TargetTable, target: TargetTable, is_listed: bool, same_project: bool
    ) -> None:
        super().__init__(data)
        self._source, self._target = source, target
        self._is_listed, self._same_project = is_listed, same_project

    def clean(self):
        if not self.ticks("parts") & set(Part):
            raise forms.ValidationError("没有选择要复制的内容，至少选择一项。")

    def choices(self) -> Choices:
        """Return what was chosen; asked after is_valid()."""
        return Choices(
            parts=self.ticks("parts") & set(Part),
            overwrite=self.ticks("overwrite"),
            shifts=self.ticks("shifts"),
            is_listed=self._is_listed,
            same_project=self._same_project,
        )

    def part_rows(self) -> list[PartRow]:
        rows = []
        for part, title in PARTS.items():
            filled = is_filled(self._target, part)
            in_source = is_filled(self._source, part)
            ticked = part in self.ticks("parts") if self.is_bound else in_source
            texts = (_shown(table, part) for table in (self._source, self._target))
            rows.append(PartRow(part, title, *texts, ticked, filled, part in self.ticks("overwrite")))
        return rows

    def shifts(self) -> tuple[ShiftRow, ...]:
        known = Choices(is_listed=self._is_listed, same_project=self._same_project)
        return self.shift_rows(proposals_for(self._source, self._target.year, known))


class CopyYearForm(_Choosing):
    """Which projects of a year, which parts, which sections of the narrative."""

    def __init__(self, data=None, *, plan: YearPlan) -> None:
        super().__init__(data)
        self._plan = plan

    def clean(self):
        if not self.chosen() and not self.sections():
            raise forms.ValidationError("没有选择项目，也没有选择部门整体绩效目标，至少选择一项。")

    def chosen(self) -> list[Pair]:
        """Return the ticked projects that can be copied."""
        ticked = self.ticks("projects")
        return [pair for pair in self._plan.pairs if pair.source.uid in ticked and not pair.is_locked]

    def sections(self) -> frozenset[str]:
        return self.ticks("sections") & SECTIONS.keys()

    def choices(self) -> YearChoices:
        """Return what was chosen; asked after is_valid(). Name and nature always come along."""
        return YearChoices(
            projects=frozenset(pair.source.uid for pair in self.chosen()),
            parts=(self.ticks("parts") & set(Part)) | {Part.FACTS},
            sections=self.sections(),
            overwrites="overwrites" in self.data,
            shifts=self.ticks("shifts"),
        )

    def shift_groups(self) -> list[ShiftGroup]:
        """Return the proposed shifts of all that was chosen, project by project."""
        wanted = self.choices()
        year = self._plan.target.year
        groups = [
            ShiftGroup(
                pair.source_table.name or "（名称未填）",
                pair.source_table.project_code,
                self.shift_rows(
                    proposals_for(pair.source_table, year, pair.choices(wanted)), f"{pair.source.uid}:"
                ),
            )
            for pair in self.chosen()
        ]
        narrative = narrative_proposals(self._plan.source, year, wanted.sections)
        groups.append(ShiftGroup("部门整体绩效目标", "", self.shift_rows(narrative, f"{NARRATIVE}:")))
        return [group for group in groups if group.rows]

    def is_ticked(self, pair: Pair) -> bool:
        """Return whether a project is ticked: by default one that nothing was written for this year."""
        if pair.is_locked:
            return False
        if self.is_bound:
            return pair.source.uid in self.ticks("projects")
        texts = (Part.PURPOSE, Part.GOAL, Part.INDICATORS)
        return not any(is_filled(pair.target_table, part) for part in texts)

    def part_ticks(self) -> list[tuple[str, str, bool]]:
        """Return (key, label, ticked) of the parts that can be left out."""
        offered = {part: title for part, title in PARTS.items() if part != Part.FACTS}
        return _ticks(offered, self.ticks("parts") if self.is_bound else set(offered))

    def section_ticks(self) -> list[tuple[str, str, bool]]:
        """Return (key, label, ticked) of the sections the source has; ticked where this year has none."""
        source, target = self._plan.source, self._plan.target
        offered = {name: title for name, title in SECTIONS.items() if getattr(source, name)}
        free = {name for name in offered if not getattr(target, name)}
        return _ticks(offered, self.ticks("sections") if self.is_bound else free)


def _ticks(offered: dict[str, str], ticked: Collection[str]) -> list[tuple[str, str, bool]]:
    return [(key, label, key in ticked) for key, label in offered.items()]


def _shown(table: TargetTable, part: Part) -> str:
    """Return a part of a table as text to be looked at."""
    match part:
        case Part.FACTS:
            facts = (table.name, table.category, table.nature, table.preparer)
            return "\n".join(filter(None, facts))
        case Part.MONEY:
            amounts = (table.budget, table.fiscal_funding, table.other_funding)
            named = zip(("预算数", "财政资金", "其他资金"), amounts, strict=True)
            return "\n".join(
                f"{name} {format_wan(amount, grouped=True)} 万元"
                for name, amount in named
                if amount is not None
            )
        case Part.PLAN:
            return _plan(table)
        case Part.INDICATORS:
            return "\n".join(f"{row.name} {row.value}".strip() for row in table.indicators)
    return getattr(table, part)


def _plan(table: TargetTable) -> str:
    filled: Sequence = [each for each in table.milestones if each.percent is not None]
    return "，".join(f"{each.month}月底 {format_percent(each.percent)}" for each in filled)
