"""Importing a project list: what the preview showed is carried out, all of it or nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from departments.models import Role
from indicators import document, storage
from indicators.document import Change, ImportNote, NoteKind, TargetTable
from indicators.importers.project_list import LABELS, ListLayout, ProjectList, read_project_list
from indicators.importers.sheets import Sheet
from indicators.project_list_changes import REOPENING, CellChange, Comparison, Group, ListEntry
from indicators.project_lists import compare_list, may_keep_mappings
from indicators.rows import load_tables
from indicators.services.findings import (
    expire_department_findings,
    lock_findings,
    refresh_table_findings,
)
from indicators.services.reviewing import lock_tables, subject_of
from indicators.services.tables import WindowClosedError, add_declaration, record_table
from indicators.services.telling import tell_finished, tell_of_moves
from perfbudget.lib.money import format_wan
from projects.calendar import calendar_of
from projects.models import ColumnMapping, Declaration, DepartmentYear, FiscalYear, PendingImport
from projects.services import end_no_projects, record_department_year
from trail.services import record
from workflow.roles import capacities
from workflow.services import RevisionConflictError, Subject, TransitionError, claim_revision, move
from workflow.transitions import REOPEN

KIND = "project_list"
KEPT_FOR = timedelta(days=1)
_RETURNED_BY_LIST = "项目清单改动了其中的内容，核对后重新送审。"


class ListOutdatedError(Exception):
    """What is stored has changed since the preview was shown; nothing was written."""

    def __init__(self):
        super().__init__(
            "预览之后系统中的内容有变化，本次没有导入。下面是按现在的内容重新比较的结果，核对后再确认。"
        )


class MappingNameError(ValueError):
    """A choice of columns of that name is there already; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class ListImported:
    """How many declarations an import made, changed, put back to draft and only marked as listed."""

    created: int = 0
    changed: int = 0
    reopened: int = 0
    marked: int = 0
    controls: int = 0


@dataclass(frozen=True, slots=True)
class _Written:
    """A declaration that was written, and what the trail keeps of it."""

    declaration: Declaration
    changes: tuple[Change, ...]


@transaction.atomic
def keep_upload(*, kind: str, file_name: str, payload: dict, actor) -> PendingImport:
    """Keep what somebody uploaded until they confirm it; what is older than a day goes.

    It is nobody's work yet, so nothing enters the trail.
    """
    PendingImport.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return PendingImport.objects.create(
        uid=uuid4().hex, owner=actor, kind=kind, file_name=file_name[:255], payload=payload
    )


def uploads_of(user, kind: str) -> QuerySet[PendingImport]:
    """Return what ``user`` uploaded within a day and has not confirmed: nobody else sees it."""
    return PendingImport.objects.filter(owner=user.pk, kind=kind, created_at__gte=timezone.now() - KEPT_FOR)


@transaction.atomic
def choose_layout(*, pending: PendingImport, layout: ListLayout, actor) -> None:
    """Keep how an uploaded list is to be read. Of the owner's own upload, so nothing enters the trail."""
    pending.payload["layout"] = layout.plain()
    PendingImport.objects.filter(pk=pending.pk, owner=actor).update(payload=pending.payload)


@transaction.atomic
def save_list_mapping(*, name: str, layout: ListLayout, heads: dict[str, str], actor) -> ColumnMapping:
    """Save a choice of columns under a name, by their heads.

    A 财政审核人 or 系统管理员 may save over a known name; anybody else gets MappingNameError.
    """
    known = ColumnMapping.objects.filter(purpose=ColumnMapping.Purpose.LIST, name=name).first()
    if known and not may_keep_mappings(actor):
        raise MappingNameError(
            f"已有名为“{name}”的列对应关系，换一个名称保存；需要更正的，由财政审核人保存。"
        )
    before = dict(known.columns) if known else {}
    mapping = known or ColumnMapping(purpose=ColumnMapping.Purpose.LIST, name=name)
    mapping.sheet, mapping.head_row = layout.sheet[:100], layout.head_row
    mapping.columns, mapping.amount_unit = heads, layout.amount_unit
    mapping.save()
    record(
        actor=actor,
        action="edit" if known else "create",
        kind="column_mapping",
        object_id=mapping.pk,
        label=f"{mapping.get_purpose_display()} {name}",
        changes=[
            Change(f"columns/{field}", LABELS[field], before.get(field, ""), heads.get(field, ""))
            for field in dict.fromkeys((*before, *heads))
            if before.get(field) != heads.get(field)
        ],
    )
    return mapping


def read_pending(pending: PendingImport) -> tuple[FiscalYear, ProjectList]:
    """Return the fiscal year of an upload and its list, read as chosen; raises KeyError before that."""
    layout = ListLayout(**pending.payload["layout"])
    plain = next(plain for plain in pending.payload["sheets"] if plain["name"] == layout.sheet)
    fiscal_year = FiscalYear.objects.get(year=pending.payload["year"])
    return fiscal_year, read_project_list(Sheet.from_plain(plain), layout)


@transaction.atomic
def import_project_list(
    *, pending: PendingImport, groups: Iterable[Group], fingerprint: str, actor
) -> ListImported:
    """Carry out the chosen groups of a preview; ``fingerprint`` is that of the comparison that was shown.

    Approved tables stay as they are; what is under review goes back to its preparer where its content
    changes and the importer may bring it back. Raises ListOutdatedError where what is stored does not give
    the same preview any more, WindowClosedError where a preparer imports and no window is open.
    """
    fiscal_year, listed = read_pending(pending)
    comparison = compare_list(listed, fiscal_year, actor)
    if comparison.fingerprint() != fingerprint:
        raise ListOutdatedError
    _require_open_windows(comparison, actor)
    try:
        done = _Import(comparison, frozenset(groups), pending, actor).run()
    except (RevisionConflictError, TransitionError) as error:
        raise ListOutdatedError from error
    tell_finished(
        text=(
            f"{fiscal_year}项目清单“{pending.file_name}”已导入：新增{done.created}个项目，"
            f"改动{done.changed}个，退回核对{done.reopened}个。"
        ),
        address=f"{reverse('home')}?year={fiscal_year.year}",
        actor=actor,
    )
    return done


def _require_open_windows(comparison: Comparison, actor) -> None:
    """Raise WindowClosedError where a preparer's list asks for what no window is open for.

    The finance bureau's own list is bound by none: control figures come between the rounds.
    """
    asked = [entry for entry in comparison.entries if entry.declaration is None or entry.changes]
    departments = {entry.department.pk: entry.department for entry in asked}
    reviewing = capacities(actor, Role.FINANCE, departments.values())
    for pk, department in departments.items():
        if pk in reviewing:
            continue
        year = comparison.department_years.get(pk) or DepartmentYear(name=department.name)
        year.department, year.fiscal_year = department, comparison.fiscal_year
        calendar = calendar_of(year)
        for entry in asked:
            held = entry.declaration
            window = calendar.window(held) if held else calendar.window_to_add
            if entry.department.pk == pk and not window.is_open:
                raise WindowClosedError(held or year, window)


class _Import:
    """One import: all rows first, the trail at the end."""

    def __init__(
        self, comparison: Comparison, groups: frozenset[Group], pending: PendingImport, actor
    ) -> None:
        self._comparison, self._groups, self._pending, self._actor = comparison, groups, pending, actor
        self._batch = uuid4().hex
        self._opened: list[DepartmentYear] = []
        self._reopening: list[tuple[Subject, str]] = []

    def run(self) -> ListImported:
        self._lock()
        created = [self._create(entry) for entry in self._comparison.new] if Group.NEW in self._groups else []
        changed = self._change_all()
        marked = [self._mark(entry) for entry in self._comparison.to_mark if self._takes_name(entry)]
        controls = self._set_controls() if Group.CONTROL in self._groups else []
        _refresh([written.declaration for written in (*created, *changed)])
        PendingImport.objects.filter(pk=self._pending.pk).delete()
        result = ListImported(len(created), len(changed), len(self._reopening), len(marked), len(controls))
        self._reopen()
        self._record(_merged((*created, *changed, *marked)), controls, result)
        return result

    def _lock(self) -> None:
        """Take what is there in the order that saving takes it: nothing is locked after the trail's head."""
        lock_tables(
            Declaration.objects.filter(pk__in=[e.declaration.pk for e in self._comparison.open_entries])
        )
        for year in sorted(self._comparison.department_years.values(), key=lambda year: year.pk):
            lock_findings(year)

    def _reopen(self) -> None:
        """Give what was under review back to its preparers, when all rows are written: the trail is last."""
        for subject, reason in self._reopening:
            move(subjects=[subject], act=REOPEN, actor=self._actor, reason=reason, batch=self._batch)
        reopened = [subject.filed for subject, _ in self._reopening]
        tell_of_moves(filings=reopened, act=REOPEN, actor=self._actor, reason=_RETURNED_BY_LIST)

    def _create(self, entry: ListEntry) -> _Written:
        listed, department_year = entry.listed, self._department_year(entry)
        table = TargetTable(
            year=self._comparison.fiscal_year.year,
            department_code=entry.department.code,
            department_name=department_year.name,
            project_code=listed.project_code,
            name=listed.name,
            category=listed.category,
            frame=self._comparison.fiscal_year.frame,
            budget=listed.budget,
            fiscal_funding=listed.fiscal_funding,
            other_funding=listed.other_funding,
        )
        if not listed.category and (known := self._known_category(entry)):
            table = replace(table, category=known)
        declaration = add_declaration(department_year, table)
        declaration.is_listed, declaration.control_figure = True, listed.control_figure
        declaration.save(update_fields=("is_listed", "control_figure"))
        changes = (*document.table_changes(None, table), *_control_change(None, listed.control_figure))
        return _Written(declaration, changes)

    def _known_category(self, entry: ListEntry) -> str:
        """Return the category of a project of earlier years, which a list without categories leaves alone."""
        code = entry.listed.project_code
        project = entry.department.projects.filter(code__iexact=code).first() if code else None
        return project.get_category_display() if project else ""

    def _department_year(self, entry: ListEntry) -> DepartmentYear:
        years, department = self._comparison.department_years, entry.department
        if department.pk not in years:
            years[department.pk] = DepartmentYear.objects.create(
                department=department, fiscal_year=self._comparison.fiscal_year, name=department.name
            )
            self._opened.append(years[department.pk])
        year = years[department.pk]
        year.department, year.fiscal_year = department, self._comparison.fiscal_year
        return year

    def _change_all(self) -> list[_Written]:
        entries = [entry for entry in self._comparison.open_entries if entry.changes_in(self._groups)]
        pks = [entry.declaration.pk for entry in entries]
        tables = {table.uid: table for table in load_tables(Declaration.objects.filter(pk__in=pks))}
        return [self._change(entry, tables[entry.declaration.uid]) for entry in entries]

    def _change(self, entry: ListEntry, before: TargetTable) -> _Written:
        declaration, chosen = entry.declaration, entry.changes_in(self._groups)
        declaration.department_year = self._department_year(entry)
        values = {change.name: change.value for change in chosen}
        control_before, control = declaration.control_figure, values.pop("control_figure", None)
        if entry.is_submitted:
            self._reopening.append((subject_of(declaration, before), _reason(chosen)))
        else:
            claim_revision(declaration, declaration.revision)
        table = replace(before, **values)
        storage.write_table(declaration, table, before)
        if entry.cost_rows and "budget" in values:
            note = ImportNote(NoteKind.FORMER_BUDGET, "项目清单", str(before.budget))
            storage.write_notes(declaration.department_year, declaration, (*before.notes, note))
        if control is not None:
            declaration.control_figure = control
            declaration.save(update_fields=("control_figure",))
        controls = _control_change(control_before, control) if control is not None else ()
        return _Written(declaration, (*document.table_changes(before, table), *controls))

    def _takes_name(self, entry: ListEntry) -> bool:
        """A declaration is the list's where it bears the list's name."""
        return bool(entry.listed.name) and (Group.NAMES in self._groups or not entry.name_changes)

    def _mark(self, entry: ListEntry) -> _Written:
        entry.declaration.is_listed = True
        entry.declaration.save(update_fields=("is_listed",))
        entry.declaration.department_year = self._department_year(entry)
        return _Written(entry.declaration, (Change("is_listed", "来自项目清单", "否", "是"),))

    def _set_controls(self) -> list[tuple[DepartmentYear, Change]]:
        written = []
        for control in self._comparison.controls:
            year = self._comparison.department_years.get(control.department.pk)
            if year is None:  # its only projects are new and were left out
                continue
            claim_revision(year, year.revision)
            year.control_figure = control.after
            year.save(update_fields=("control_figure",))
            expire_department_findings(department_year=year)
            written.append((year, *_control_change(control.before, control.after)))
        return written

    def _record(
        self,
        written: Iterable[_Written],
        controls: Iterable[tuple[DepartmentYear, Change]],
        result: ListImported,
    ) -> None:
        by_year: dict[int, list[Change]] = defaultdict(list)
        years = {year.pk: year for year in (*self._opened, *(year for year, _ in controls))}
        for year, change in controls:
            by_year[year.pk].append(change)
        for year in years.values():
            action = "open" if year in self._opened else "import_list"
            record_department_year(
                year, actor=self._actor, action=action, changes=by_year[year.pk], batch=self._batch
            )
        for one in written:
            record_table(
                one.declaration,
                actor=self._actor,
                action="import_list",
                changes=one.changes,
                batch=self._batch,
            )
        for year in self._comparison.department_years.values():
            end_no_projects(department_year=year, actor=self._actor, batch=self._batch)
        self._record_list(result)

    def _record_list(self, result: ListImported) -> None:
        counts = {
            "created": ("新增", result.created),
            "changed": ("改动", result.changed),
            "reopened": ("退回核对", result.reopened),
            "absent": ("本次未出现", len(self._comparison.absent)),
            "problems": ("未导入的问题", len(self._comparison.problems)),
        }
        record(
            actor=self._actor,
            action="import",
            kind="project_list",
            object_id=self._batch,
            label=f"{self._comparison.fiscal_year}项目清单 {self._pending.file_name}",
            changes=[Change(name, place, "", str(number)) for name, (place, number) in counts.items()],
            batch=self._batch,
        )


def _reason(changes: Iterable[CellChange]) -> str:
    ranked = sorted(changes, key=lambda change: change.name not in REOPENING)
    said = "，".join(f"{change.label}由“{change.before}”改为“{change.after}”" for change in ranked)
    return f"项目清单导入：{said}，退回重新核对。"


def _control_change(before, after) -> tuple[Change, ...]:
    if after is None:
        return ()
    old = f"{format_wan(before)}万元" if before is not None else ""
    return (Change("control_figure", "控制数", old, f"{format_wan(after)}万元"),)


def _merged(written: Iterable[_Written]) -> list[_Written]:
    """Return one of each declaration: it may have been changed and marked."""
    found: dict[int, _Written] = {}
    for one in written:
        known = found.get(one.declaration.pk)
        found[one.declaration.pk] = (
            _Written(one.declaration, (*known.changes, *one.changes)) if known else one
        )
    return list(found.values())


def _refresh(declarations: Iterable[Declaration]) -> None:
    by_year: dict[int, list[Declaration]] = defaultdict(list)
    for declaration in declarations:
        by_year[declaration.department_year_id].append(declaration)
    for group in by_year.values():
        refresh_table_findings(declarations=group)
