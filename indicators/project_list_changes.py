"""What importing a project list would do: values that the preview shows and the import carries out."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from departments.models import Department
from indicators.importers.project_list import AMOUNTS, LABELS, ListedProject, ListProblem
from projects.models import EXEMPT, Declaration, DepartmentYear, FiscalYear
from workflow.models import Status

REOPENING = frozenset({"budget", "control_figure"})
_EXEMPT_LABELS = frozenset(category.label for category in EXEMPT)
_SECRET_WORDS = ("涉密", "绝密", "机密", "密级")


class Group(StrEnum):
    """What may be taken or left when a list is confirmed."""

    NEW = "new"
    AMOUNTS = "amounts"
    NAMES = "names"
    CONTROL = "control"

    @property
    def label(self) -> str:
        return {"new": "新增", "amounts": "金额变化", "names": "名称变化", "control": "单位控制数"}[self]


@dataclass(frozen=True, slots=True)
class CellChange:
    """A field whose cell says something else than what is stored; ``value`` is what it would become."""

    name: str
    before: str
    after: str
    value: Decimal | str

    @property
    def label(self) -> str:
        return LABELS[self.name]

    @property
    def group(self) -> Group:
        return Group.AMOUNTS if self.name in AMOUNTS else Group.NAMES


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A listed project and its declaration, None where it is new.

    ``cost_rows`` is how many of its cost values are just the budget that changes; ``is_beyond`` says that
    its table is further on in the review than who imports may bring it back from.
    """

    listed: ListedProject
    department: Department
    declaration: Declaration | None = None
    changes: tuple[CellChange, ...] = ()
    cost_rows: int = 0
    is_beyond: bool = False
    is_leaving: bool = False

    @property
    def name(self) -> str:
        return self.listed.name or (self.declaration.name if self.declaration else "")

    @property
    def is_exempt(self) -> bool:
        category = self.listed.category
        if not category and self.declaration:
            category = self.declaration.project.get_category_display()
        return category in _EXEMPT_LABELS

    @property
    def is_approved(self) -> bool:
        """True of what was approved, also while an adjustment takes it out (取消), which changes nothing."""
        return self.declaration is not None and (self.declaration.is_settled or self.is_leaving)

    @property
    def is_submitted(self) -> bool:
        return self.declaration is not None and self.declaration.status in Status.UNDER_REVIEW

    def changes_in(self, groups: Iterable[Group]) -> tuple[CellChange, ...]:
        return tuple(change for change in self.changes if change.group in groups)

    @property
    def amount_changes(self) -> tuple[CellChange, ...]:
        return self.changes_in((Group.AMOUNTS,))

    @property
    def name_changes(self) -> tuple[CellChange, ...]:
        return self.changes_in((Group.NAMES,))


@dataclass(frozen=True, slots=True)
class ControlChange:
    """The 控制数 of a unit, the sum of its projects' in the list; amounts are 元."""

    department: Department
    before: Decimal | None
    after: Decimal


@dataclass
class Comparison:
    """What a list would do to a fiscal year."""

    fiscal_year: FiscalYear
    entries: list[ListEntry] = field(default_factory=list)
    absent: list[Declaration] = field(default_factory=list)
    controls: list[ControlChange] = field(default_factory=list)
    problems: list[ListProblem] = field(default_factory=list)
    foreign: Counter[str] = field(default_factory=Counter)  # rows by unit that is not the importer's
    department_years: dict[int, DepartmentYear] = field(default_factory=dict)  # by department

    @cached_property
    def new(self) -> list[ListEntry]:
        return [entry for entry in self.entries if entry.declaration is None]

    @cached_property
    def amounts(self) -> list[ListEntry]:
        return [entry for entry in self.open_entries if entry.amount_changes]

    @cached_property
    def names(self) -> list[ListEntry]:
        return [entry for entry in self.open_entries if entry.name_changes]

    @cached_property
    def approved(self) -> list[ListEntry]:
        """Entries that differ and are not touched: their tables are approved."""
        return [entry for entry in self.entries if entry.is_approved and entry.changes]

    @cached_property
    def beyond(self) -> list[ListEntry]:
        """Entries that differ and are not touched: their tables are beyond who imports."""
        return [entry for entry in self.entries if entry.is_beyond and entry.changes]

    @cached_property
    def open_entries(self) -> list[ListEntry]:
        known = [entry for entry in self.entries if entry.declaration is not None]
        return [entry for entry in known if not entry.is_approved and not entry.is_beyond]

    @property
    def unchanged(self) -> int:
        return sum(1 for entry in self.entries if entry.declaration is not None and not entry.changes)

    @property
    def secret(self) -> list[ListEntry]:
        """Entries whose names speak of secrets: they are told, since such projects do not belong here."""
        return [entry for entry in self.entries if any(word in entry.name for word in _SECRET_WORDS)]

    @property
    def groups(self) -> list[Group]:
        """Return the groups in which there is anything to take."""
        present = {Group.NEW: self.new, Group.AMOUNTS: self.amounts, Group.NAMES: self.names}
        return [group for group, rows in {**present, Group.CONTROL: self.controls}.items() if rows]

    @property
    def to_mark(self) -> list[ListEntry]:
        """Return the entries whose declarations the list names as its own for the first time."""
        return [entry for entry in self.open_entries if not entry.declaration.is_listed]

    @property
    def has_work(self) -> bool:
        return bool(self.groups or self.to_mark)

    def fingerprint(self) -> str:
        """Return a hash of all that the preview shows: what is confirmed is what was seen."""
        shown = [
            [_seen(entry) for entry in self.entries],
            [declaration.pk for declaration in self.absent],
            [[change.department.code, str(change.before), str(change.after)] for change in self.controls],
            [[problem.place, problem.message] for problem in self.problems],
            sorted(self.foreign.items()),
        ]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def _seen(entry: ListEntry) -> list:
    declaration = entry.declaration
    stored = [declaration.pk, declaration.status, declaration.is_listed] if declaration else []
    changes = [[change.name, change.before, change.after] for change in entry.changes]
    return [entry.listed.row, entry.department.code, stored, changes, entry.cost_rows, entry.is_beyond]
