"""Copying: from any project into one table, or a department's last year into this one at once."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.urls import reverse

from indicators import storage
from indicators.document import (
    Booklet,
    Change,
    Milestone,
    TargetTable,
    content_hash,
    narrative_changes,
    new_uid,
    table_changes,
)
from indicators.document.carrying import Carried, CarriedNarrative, Choices, Part, carry, carry_narrative
from indicators.rows import load_narrative, load_table, load_tables
from indicators.services.findings import (
    expire_department_findings,
    lock_findings,
    refresh_table_findings,
)
from indicators.services.tables import (
    add_declaration,
    claim,
    lock_declarations,
    record_table,
    require_editable,
    require_in_hands,
)
from indicators.services.telling import tell_finished
from projects.adjusting import leaving_among
from projects.models import Declaration, DepartmentYear
from projects.services import end_no_projects, record_department_year

NARRATIVE = ""  # what stands for the narrative where a table's source is named by its uid


class ChangedSinceError(Exception):
    """Source or target were changed after the page was opened; nothing was copied."""

    def __init__(self):
        super().__init__("来源或本年的内容在打开之后有改动，本次没有复制；下面是最新的内容，核对后重新确认。")


@dataclass(frozen=True, slots=True)
class Pair:
    """A project of the source year, and its declaration of this year (None where it is not filed yet)."""

    source: Declaration
    source_table: TargetTable
    target: Declaration | None
    target_table: TargetTable
    is_leaving: bool = False

    @property
    def is_locked(self) -> bool:
        """True where this year's table has left the preparer's hands, or is being cancelled."""
        return self.target is not None and (self.is_leaving or not self.target.is_editable)

    def choices(self, wanted: "YearChoices") -> Choices:
        """Return what of the year's choices concerns this project."""
        prefix = f"{self.source.uid}:"
        return Choices(
            parts=wanted.parts,
            overwrite=wanted.overwrite,
            shifts=frozenset(key.removeprefix(prefix) for key in wanted.shifts if key.startswith(prefix)),
            is_listed=self.target is not None and self.target.is_listed,
        )


@dataclass(frozen=True, slots=True)
class YearPlan:
    """What copying a year starts from: the pairs in the order of the source, and both narratives."""

    pairs: tuple[Pair, ...]
    source: Booklet
    target: Booklet

    @property
    def seen(self) -> str:
        """The hash of all of it: a copy is made only of what was looked at."""
        tables = [table for pair in self.pairs for table in (pair.source_table, pair.target_table)]
        return documents_hash(self.source, self.target, *tables)


@dataclass(frozen=True, slots=True)
class YearChoices:
    """What to copy of a year: uids of source declarations, parts, sections of the narrative.

    ``shifts`` are keys of ticked proposals behind the uid of their source and a colon.
    """

    projects: Collection[str]
    parts: Collection[str]
    sections: Collection[str]
    overwrites: bool = False
    shifts: Collection[str] = frozenset()

    @property
    def overwrite(self) -> frozenset[str]:
        """The parts that are written over: never name and people of what is filed already."""
        return frozenset(self.parts) - {Part.FACTS} if self.overwrites else frozenset()


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """What a copy did to one declaration of this year."""

    declaration: Declaration
    carried: Carried
    changes: tuple[Change, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class CopiedYear:
    """What copying a year did."""

    tables: tuple[CopiedTable, ...]
    narrative: CarriedNarrative


def documents_hash(*documents: TargetTable | Booklet) -> str:
    """Return the hash of what a person looked at before confirming a copy."""
    return hashlib.sha256("".join(map(content_hash, documents)).encode()).hexdigest()


def plan_of(department_year: DepartmentYear, source_year: DepartmentYear) -> YearPlan:
    """Return the projects of the source year with this year's declarations, in few queries."""
    targets = list(
        department_year.declarations.select_related(
            "project", "department_year__department", "department_year__fiscal_year"
        )
    )
    tables = {table.uid: table for table in load_tables(department_year.declarations.all())}
    by_project = {target.project_id: target for target in targets}
    by_code = {target.project.code.upper(): target for target in targets if target.project.code}
    last = source_year.declarations.counted()
    source_tables = load_tables(last)
    sources = {source.uid: source for source in last.select_related("project")}
    pairs, leaving = [], leaving_among(targets)
    for table in source_tables:
        source = sources[table.uid]
        target = by_project.get(source.project_id) or by_code.get(table.project_code.upper())
        stored = tables[target.uid] if target else blank_table(department_year, table.project_code)
        is_leaving = target is not None and target.pk in leaving
        pairs.append(Pair(source, table, target, stored, is_leaving))
    return YearPlan(tuple(pairs), load_narrative(source_year), load_narrative(department_year))


def blank_table(department_year: DepartmentYear, project_code: str) -> TargetTable:
    """Return the table of a project that is not filed yet."""
    fiscal_year = department_year.fiscal_year
    return TargetTable(
        fiscal_year.year,
        department_year.department.code,
        department_year.name,
        project_code,
        "",
        frame=fiscal_year.frame,
        milestones=tuple(Milestone(month, None) for month in fiscal_year.milestone_months),
        uid=new_uid(),
    )


@transaction.atomic
def copy_table(
    *, declaration: Declaration, source: Declaration, choices: Choices, seen: str, actor
) -> CopiedTable:
    """Copy the chosen parts of another declaration into one.

    Raises NotEditableError after approval, ChangedSinceError where either differs from what was ``seen``.
    """
    declaration.refresh_from_db(fields=("revision", "status"))
    require_editable(declaration)
    source_table, stored = load_table(source), load_table(declaration)
    if documents_hash(source_table, stored) != seen:
        raise ChangedSinceError
    carried = carry(source_table, stored, choices)
    changes = table_changes(stored, carried.table)
    if changes:
        claim(declaration, declaration.revision)
        storage.write_table(declaration, carried.table)
        refresh_table_findings(declarations=[declaration])
        _record_table(declaration, source.department_year, changes, actor)
        end_no_projects(department_year=declaration.department_year, actor=actor)
    return CopiedTable(declaration, carried, changes, False)


@transaction.atomic
def copy_year(
    *,
    department_year: DepartmentYear,
    source_year: DepartmentYear,
    choices: YearChoices,
    seen: str,
    actor,
) -> CopiedYear:
    """Copy chosen projects and sections of the narrative of one year into another: all of it or nothing.

    Raises NotEditableError where the year, or a chosen table, has left the preparer's hands;
    ChangedSinceError where anything differs from what was ``seen``.
    """
    lock_declarations(department_year)
    lock_findings(department_year)  # one copy at a time: the second finds what the first has written
    department_year.refresh_from_db(fields=("revision", "status"))
    require_editable(department_year)
    plan = plan_of(department_year, source_year)
    if plan.seen != seen:
        raise ChangedSinceError
    chosen = [pair for pair in plan.pairs if pair.source.uid in choices.projects]
    copied = tuple(_copy_pair(department_year, pair, choices) for pair in chosen)
    narrative, narrative_changed = _copy_narrative(department_year, plan, choices)
    written = [each for each in copied if each.changes]
    refresh_table_findings(declarations=[each.declaration for each in written])
    _record_year(department_year, source_year, narrative_changed, written, actor)
    tell_finished(
        text=f"已从{source_year}复制{len(written)}个项目到{department_year}，核对待定事项后送审。",
        address=reverse(
            "department-year", args=(department_year.fiscal_year.year, department_year.department.code)
        ),
        actor=actor,
    )
    return CopiedYear(copied, narrative)


def _copy_pair(department_year: DepartmentYear, pair: Pair, wanted: YearChoices) -> CopiedTable:
    """Write the rows of one project; the calling service records it."""
    carried = carry(pair.source_table, pair.target_table, pair.choices(wanted))
    if pair.target is None:
        is_same = pair.source.project.department_id == department_year.department_id
        project = pair.source.project if is_same else None
        declaration = add_declaration(department_year, carried.table, project)
        return CopiedTable(declaration, carried, table_changes(None, carried.table), True)
    require_in_hands(pair.target)
    changes = table_changes(pair.target_table, carried.table)
    if changes:
        claim(pair.target, pair.target.revision)
        storage.write_table(pair.target, carried.table)
    return CopiedTable(pair.target, carried, changes, False)


def _copy_narrative(
    department_year: DepartmentYear, plan: YearPlan, wanted: YearChoices
) -> tuple[CarriedNarrative, Sequence[Change]]:
    """Write the narrative, whose links lead to what is filed by now; the calling service records it."""
    prefix = f"{NARRATIVE}:"
    codes = department_year.declarations.exclude(project__code="").values_list("project__code", flat=True)
    carried = carry_narrative(
        plan.source,
        plan.target,
        sections=wanted.sections,
        overwrite=wanted.overwrites,
        shifts=frozenset(key.removeprefix(prefix) for key in wanted.shifts if key.startswith(prefix)),
        codes=frozenset(codes),
    )
    changes = narrative_changes(plan.target, carried.booklet)
    if changes:
        claim(department_year, department_year.revision)
        storage.write_narrative(department_year, carried.booklet)
        expire_department_findings(department_year=department_year)
    return carried, changes


def _record_year(
    department_year: DepartmentYear,
    source_year: DepartmentYear,
    narrative_changed: Sequence[Change],
    written: Iterable[CopiedTable],
    actor,
) -> None:
    """Enter a copied year into the trail: one batch, an entry for the narrative and for each table."""
    batch = uuid4().hex
    if narrative_changed:
        record_department_year(
            department_year,
            actor=actor,
            action="copy",
            changes=narrative_changed,
            reason=_reason(source_year),
            batch=batch,
        )
    for each in written:
        _record_table(each.declaration, source_year, each.changes, actor, batch)
    end_no_projects(department_year=department_year, actor=actor, batch=batch)


def _record_table(
    declaration: Declaration, source_year: DepartmentYear, changes: Iterable[Change], actor, batch: str = ""
) -> None:
    record_table(
        declaration, actor=actor, action="copy", changes=changes, reason=_reason(source_year), batch=batch
    )


def _reason(source_year: DepartmentYear) -> str:
    return f"复制自{source_year}"
