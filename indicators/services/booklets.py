"""Importing a booklet: its department's year becomes what the file says, all of it or nothing."""

from collections import Counter
from dataclasses import dataclass
from dataclasses import replace as with_values
from uuid import uuid4

from django.db import transaction

from departments.models import Department
from indicators import document, storage
from indicators.document import Booklet, Change, TargetTable
from indicators.models import Frame, SecondTier
from indicators.rows import load_booklet
from indicators.services.findings import expire_department_findings, refresh_table_findings
from indicators.services.tables import (
    add_declaration,
    claim,
    record_creation,
    record_table,
    require_open_to_additions,
)
from projects.models import Declaration, DepartmentYear, FiscalYear
from projects.services import end_no_projects, record_department_year

DEFAULT_MONTHS = (3, 6, 10, 12)


class DepartmentMismatchError(ValueError):
    """The booklet's department is known by another name; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did or would do. ``refused`` means rows edited since differ and nothing was written."""

    changes: tuple[Change, ...]
    changed: bool
    refused: bool
    messages: tuple[str, ...]


def import_booklet(
    *, booklet: Booklet, actor, replace: bool = False, dry_run: bool = False, former_name: bool = False
) -> ImportResult:
    """Store a booklet that was read from a file.

    What is not there yet is added. Where stored content differs, nothing at all is written without
    ``replace``; tables that the booklet lacks are never removed. With ``former_name`` a year that is not
    there yet begins under the name in the file. Raises DepartmentMismatchError, NotEditableError.
    """
    with transaction.atomic():
        result = _import(booklet, actor, replace, former_name)
        if dry_run:
            transaction.set_rollback(True)
    return with_values(result, changed=False) if dry_run else result


def _import(booklet: Booklet, actor, replace: bool, former_name: bool) -> ImportResult:
    messages: list[str] = []
    created: list[Department | FiscalYear] = []
    department_year = _department_year(booklet, messages, created, former_name)
    stored = load_booklet(department_year, with_cancelled=True)
    if _has_narrative(stored) and not _has_narrative(booklet):
        messages.append("文件中没有部门整体绩效目标，系统中的保持不变。")
        booklet = with_narrative_of(stored, booklet)
    adopted = document.adopt_booklet(stored, booklet)
    wanted = with_listed_names(department_year, adopted)
    messages += _names_not_taken(adopted, wanted)
    absent = _tables_only_in(stored, wanted)
    changes = document.booklet_changes(stored, _with_tables(wanted, absent))
    messages += [f"文件中没有系统已有的项目“{table.name}”，该项目保持不变。" for table in absent]
    if not changes:
        return ImportResult((), False, False, (*messages, "与系统中的内容完全一致，没有改动。"))
    if not replace and (differing := _differences(stored, wanted)):
        messages.append(
            f"系统中的内容与文件有{len(differing)}处不同，未作任何改动；确认以文件为准时用 --replace。"
        )
        return ImportResult(differing, False, True, tuple(messages))
    _write(department_year, stored, wanted, created, actor)
    return ImportResult(changes, True, False, tuple(messages))


def with_listed_names(department_year: DepartmentYear, adopted: Booklet) -> Booklet:
    """Return an adopted booklet with the names that came from the 项目清单: a file does not change them."""
    names = dict(department_year.declarations.filter(is_listed=True).values_list("uid", "name"))
    tables = (with_values(table, name=names.get(table.uid, table.name)) for table in adopted.tables)
    return with_values(adopted, tables=tuple(tables))


def _names_not_taken(adopted: Booklet, wanted: Booklet) -> list[str]:
    return [
        f"项目“{table.name}”的名称来自项目清单，文件中的“{read.name}”没有采用。"
        for read, table in zip(adopted.tables, wanted.tables, strict=True)
        if read.name != table.name
    ]


def _tables_only_in(stored: Booklet, wanted: Booklet) -> tuple[TargetTable, ...]:
    uids = {table.uid for table in wanted.tables}
    return tuple(table for table in stored.tables if table.uid not in uids)


def _with_tables(booklet: Booklet, tables: tuple[TargetTable, ...]) -> Booklet:
    return with_values(booklet, tables=(*booklet.tables, *tables))


def _differences(stored: Booklet, wanted: Booklet) -> tuple[Change, ...]:
    """Return the changes that would touch stored content: not new tables, not a narrative where none was."""
    uids = {table.uid for table in stored.tables}
    known = tuple(table for table in wanted.tables if table.uid in uids)
    compared = with_values(wanted, tables=(*known, *_tables_only_in(stored, wanted)))
    changes = document.booklet_changes(stored, compared)
    if _has_narrative(stored):
        return changes
    return tuple(change for change in changes if change.path.startswith("tables/"))


def with_narrative_of(stored: Booklet, booklet: Booklet) -> Booklet:
    """Return the booklet with the stored narrative: a file of tables alone says nothing about it."""
    return with_values(
        booklet,
        overall_goals=stored.overall_goals,
        sub_goals=stored.sub_goals,
        safeguards=stored.safeguards,
        notes=stored.notes,
    )


def _has_narrative(booklet: Booklet) -> bool:
    return bool(booklet.overall_goals or booklet.sub_goals or booklet.safeguards)


def _write(department_year: DepartmentYear, stored: Booklet, wanted: Booklet, created: list, actor) -> None:
    """Write all rows first, then the trail: one entry for the narrative and one for each table."""
    written = _write_tables(department_year, stored, wanted)
    narrative = document.narrative_changes(stored, wanted)
    if narrative:
        claim(department_year, department_year.revision)
        storage.write_narrative(department_year, wanted)
        storage.write_notes(department_year, None, wanted.notes)
        expire_department_findings(department_year=department_year)
    refresh_table_findings(declarations=[declaration for declaration, _ in written])
    batch = uuid4().hex
    for made in created:
        record_creation(made, actor=actor, batch=batch)
    if narrative:
        record_department_year(department_year, actor=actor, action="import", changes=narrative, batch=batch)
    for declaration, changes in written:
        record_table(declaration, actor=actor, action="import", changes=changes, batch=batch)
    end_no_projects(department_year=department_year, actor=actor, batch=batch)


def _write_tables(
    department_year: DepartmentYear, stored: Booklet, wanted: Booklet
) -> list[tuple[Declaration, tuple[Change, ...]]]:
    """Write the tables that differ and return them with their changes."""
    before = {table.uid: table for table in stored.tables}
    declarations = {
        declaration.uid: declaration
        for declaration in department_year.declarations.select_related(
            "project", "department_year__department", "department_year__fiscal_year"
        )
    }
    if any(table.uid not in declarations for table in wanted.tables):
        require_open_to_additions(department_year)
    written: list[tuple[Declaration, tuple[Change, ...]]] = []
    for position, table in enumerate(wanted.tables, start=1):
        changes = document.table_changes(before.get(table.uid), table)
        declaration = declarations.get(table.uid)
        if declaration is None:
            declaration = add_declaration(department_year, table)
        elif changes:
            claim(declaration, declaration.revision)
            storage.write_table(declaration, table)
        if changes:
            storage.write_notes(department_year, declaration, table.notes)
            written.append((declaration, changes))
        _place(declaration, position)
    return written


def _place(declaration: Declaration, position: int) -> None:
    if declaration.position != position:
        declaration.position = position
        declaration.save(update_fields=("position",))


def _department_year(
    booklet: Booklet, messages: list[str], created: list, former_name: bool
) -> DepartmentYear:
    """Return the department's year, made with its department and fiscal year where they are not there yet."""
    department, is_new = Department.objects.get_or_create(
        code=booklet.department_code,
        defaults={
            "name": booklet.department_name,
            "parent": Department.objects.filter(code=booklet.department_code[:3]).first(),
            "region_code": _region_code(booklet),
        },
    )
    if is_new:
        messages.append(f"新增单位 {department}。")
        created.append(department)
    fiscal_year = _fiscal_year(booklet, messages, created)
    name = booklet.department_name if former_name else department.name
    department_year, _ = DepartmentYear.objects.get_or_create(
        department=department, fiscal_year=fiscal_year, defaults={"name": name}
    )
    if department_year.name != booklet.department_name:
        raise DepartmentMismatchError(
            f"单位编码{department.code}在系统中的名称是“{department_year.name}”，文件中是"
            f"“{booklet.department_name}”；请核对编码，单位确已更名的先在系统中更名再导入。"
        )
    return department_year


def _region_code(booklet: Booklet) -> str:
    """Return the 行政区划 most project codes begin with (domain.md §1.8)."""
    regions = Counter(table.project_code[:6] for table in booklet.tables)
    return regions.most_common(1)[0][0] if regions else ""


def _fiscal_year(booklet: Booklet, messages: list[str], created: list) -> FiscalYear:
    found = FiscalYear.objects.filter(year=booklet.year).first()
    if found:
        return found
    months = Counter(
        tuple(milestone.month for milestone in table.milestones) for table in booklet.tables
    ).most_common(1)
    frame = _fitting_frame(booklet)
    messages.append(f"新增预算年度{booklet.year}，指标框架：{frame.name}。")
    fiscal_year = FiscalYear.objects.create(
        year=booklet.year, milestone_months=list(months[0][0] if months else DEFAULT_MONTHS), frame=frame.code
    )
    created.append(fiscal_year)
    return fiscal_year


def _fitting_frame(booklet: Booklet) -> Frame:
    """Return the frame that knows most of the booklet's tiers, the newest of equals."""
    tiers = [
        (indicator.first_tier, indicator.second_tier)
        for table in booklet.tables
        for indicator in table.indicators
    ]
    known = Counter(
        code
        for code, *names in SecondTier.objects.values_list(
            "first_tier__frame__code", "first_tier__name", "name"
        )
        for tier in tiers
        if tier == tuple(names)
    )
    return max(Frame.objects.all(), key=lambda frame: (known[frame.code], frame.code))
