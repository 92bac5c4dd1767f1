"""A project list held against what is stored: what importing it would do, cell by cell. Reads only.

The number of queries does not grow with the list. A blank cell of the list says nothing, and other funding
of 0 is the same as none: neither is a change.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from departments.models import Department, Membership, Role
from departments.permissions import importable_by
from indicators.checks.facts import TableFacts
from indicators.checks.rules.cost import rows_at_budget
from indicators.document import TargetTable
from indicators.document.changes import printed_value
from indicators.importers.project_list import AMOUNTS, ListedProject, ListProblem, ProjectList
from indicators.project_list_changes import CellChange, Comparison, ControlChange, ListEntry
from indicators.reviewed import filed_of
from indicators.rows import load_tables
from perfbudget.lib.money import format_wan
from projects.adjusting import leaving_among
from projects.listings import UNIT_CODE
from projects.models import Declaration, DepartmentYear, FiscalYear, Project
from workflow.steps import TransitionError, steps
from workflow.transitions import REOPEN

_NAMES = ("name", "project_code", "category")


def units_for_import(user):
    """Return the units whose list ``user`` may import: 填报人 and 财政审核人 in their scope."""
    return importable_by(user).filter(code__regex=UNIT_CODE)


def may_keep_mappings(user) -> bool:
    """True for a 财政审核人 or 系统管理员: what they save under a known name replaces what was there."""
    keeping = (Role.FINANCE, Role.ADMINISTRATOR)
    return Membership.objects.filter(user=user.pk, role__in=keeping).exists()


def compare_list(listed: ProjectList, fiscal_year: FiscalYear, user) -> Comparison:
    """Return what importing the list into a fiscal year would do, as far as ``user`` may import it."""
    comparison = Comparison(fiscal_year, problems=list(listed.problems))
    by_unit = _Units(listed, fiscal_year, user).sort(comparison)
    comparison.department_years = {
        year.department_id: year
        for year in DepartmentYear.objects.filter(fiscal_year=fiscal_year, department__in=list(by_unit))
    }
    stored = _Stored(fiscal_year, [department.pk for department in by_unit])
    for department, projects in by_unit.items():
        _compare_unit(comparison, listed, department, projects, stored)
    _count_cost_rows(comparison)
    _mark_leaving(comparison)
    _mark_beyond(comparison, user)
    _compare_controls(comparison, by_unit)
    comparison.problems.sort(key=lambda problem: problem.row)
    return comparison


def _mark_leaving(comparison: Comparison) -> None:
    """Tell the tables that are being cancelled: a list does not change them."""
    leaving = leaving_among(entry.declaration for entry in comparison.entries if entry.declaration)
    for index, entry in enumerate(comparison.entries):
        if entry.declaration and entry.declaration.pk in leaving:
            comparison.entries[index] = replace(entry, is_leaving=True)


def _mark_beyond(comparison: Comparison, user) -> None:
    """Tell the tables that who imports may not bring back from where they are in the review."""
    waiting = {index: entry for index, entry in enumerate(comparison.entries) if entry.is_submitted}
    found = steps([filed_of(entry.declaration) for entry in waiting.values()], REOPEN, user)
    for index, step in zip(waiting, found, strict=True):
        if isinstance(step, TransitionError):
            comparison.entries[index] = replace(comparison.entries[index], is_beyond=True)


class _Units:
    """Finds the units that rows name, by code or by their name of today or of the year."""

    def __init__(self, listed: ProjectList, fiscal_year: FiscalYear, user) -> None:
        self._listed = listed
        codes = {project.department_code for project in listed.projects}
        names = {project.department_name for project in listed.projects if not project.department_code}
        years = DepartmentYear.objects.filter(fiscal_year=fiscal_year, name__in=names)
        units = Department.objects.filter(code__regex=UNIT_CODE)
        named = units.filter(name__in=names) if names else units.none()
        by_year = dict(years.values_list("department_id", "name")) if names else {}
        found = {
            unit.pk: unit
            for unit in chain(
                Department.objects.filter(code__in=codes),
                named,
                Department.objects.filter(pk__in=by_year) if by_year else (),
            )
        }
        self._by_code = {unit.code: unit for unit in found.values()}
        self._by_name: dict[str, set[Department]] = defaultdict(set)
        for unit in found.values():
            self._by_name[unit.name].add(unit)
            if unit.pk in by_year:
                self._by_name[by_year[unit.pk]].add(unit)
        self._mine = set(units_for_import(user).filter(pk__in=found).values_list("pk", flat=True))

    def sort(self, comparison: Comparison) -> dict[Department, list[ListedProject]]:
        """Return the rows by unit; what is not the importer's or unknown goes into the comparison."""
        sorted_rows: dict[Department, list[ListedProject]] = defaultdict(list)
        for project in self._listed.projects:
            unit, message = self._unit_of(project)
            if unit is None:
                comparison.problems.append(self._problem(project, message))
            elif unit.pk not in self._mine:
                comparison.foreign[str(unit)] += 1
            else:
                sorted_rows[unit].append(project)
        return dict(sorted(sorted_rows.items(), key=lambda pair: pair[0].code))

    def _unit_of(self, project: ListedProject) -> tuple[Department | None, str]:
        code, name = project.department_code, project.department_name
        if code:
            return self._by_code.get(
                code
            ), f"系统中没有编码为{code}的单位，核对编码，或由系统管理员先建立该单位。"
        units = self._by_name.get(name, set())
        if len(units) == 1:
            return next(iter(units)), ""
        known = "有几个同名的单位" if units else "没有这个名称的单位"
        return None, f"系统中{known}，在清单中加上6位单位编码后再导入。"

    def _problem(self, project: ListedProject, message: str) -> ListProblem:
        name = "department_code" if project.department_code else "department_name"
        value = project.department_code or project.department_name
        return ListProblem(project.row, self._listed.place(project.row, name), value, message)


class _Stored:
    """The declarations of a year's units, to be found by code or, where there is none, by name."""

    def __init__(self, fiscal_year: FiscalYear, departments: Sequence[int]) -> None:
        self.by_unit: dict[int, list[Declaration]] = defaultdict(list)
        declarations = Declaration.objects.filter(
            department_year__fiscal_year=fiscal_year, department_year__department__in=departments
        )
        for declaration in declarations.select_related(
            "project", "department_year__department", "department_year__fiscal_year"
        ):
            self.by_unit[declaration.department_year.department_id].append(declaration)
        self._by_code = {
            (unit, declaration.project.code.upper()): declaration
            for unit, declarations in self.by_unit.items()
            for declaration in declarations
            if declaration.project.code
        }
        self._codes = {
            (unit, code.upper())
            for unit, code in Project.objects.filter(department__in=departments)
            .exclude(code="")
            .values_list("department_id", "code")
        }

    def find(self, unit: int, listed: ListedProject) -> tuple[Declaration | None, str]:
        """Return the declaration of a row, or None and, where it is not simply new, why none is certain."""
        code = listed.project_code.upper()
        if code and (found := self._by_code.get((unit, code))):
            return found, ""
        same = [declaration for declaration in self.by_unit[unit] if declaration.name == listed.name]
        if code:
            same = [declaration for declaration in same if not declaration.project.code]
        if len(same) > 1:
            return None, f"系统中本单位有{len(same)}个同名项目，先在系统中补填项目编码再导入。"
        if same and code and (unit, code) in self._codes:
            return (
                None,
                "系统中同名的申报没有项目编码，而此编码属于本单位往年的项目，先在系统中补填编码再导入。",
            )
        return next(iter(same), None), ""


def _compare_unit(
    comparison: Comparison,
    listed: ProjectList,
    department: Department,
    projects: Iterable[ListedProject],
    stored: _Stored,
) -> None:
    year = comparison.department_years.get(department.pk)
    matched: set[int] = set()
    for project in projects:
        declaration, problem = stored.find(department.pk, project)
        if declaration and declaration.pk in matched:
            problem = "清单中另有一行与系统中的同一个申报对应，补全项目编码后再导入。"
        elif not declaration and not problem:
            problem = _why_not_new(project, department, year, comparison.fiscal_year)
        if declaration:
            matched.add(declaration.pk)
        if problem:
            name = "project_code" if project.project_code else "name"
            place, value = listed.place(project.row, name), project.project_code or project.name
            comparison.problems.append(ListProblem(project.row, place, value, problem))
            continue
        changes = _changes(project, declaration) if declaration else ()
        comparison.entries.append(ListEntry(project, department, declaration, changes))
    comparison.absent += [row for row in stored.by_unit[department.pk] if row.pk not in matched]


def _why_not_new(
    project: ListedProject, department: Department, year: DepartmentYear | None, fiscal_year: FiscalYear
) -> str:
    if year is not None and year.is_settled:
        return f"{department.name}{fiscal_year}已批复，不能增加项目。"
    return "" if project.name else "系统中没有这个编码的项目，清单又没有项目名称，补全名称后再导入。"


def _changes(listed: ListedProject, declaration: Declaration) -> tuple[CellChange, ...]:
    stored = {
        "project_code": declaration.project.code,
        "category": declaration.project.get_category_display(),
        **{name: getattr(declaration, name) for name in ("name", *AMOUNTS)},
    }
    return tuple(
        CellChange(name, _printed(name, stored[name]), _printed(name, value), value)
        for name in (*AMOUNTS, *_NAMES)
        if (value := getattr(listed, name)) not in (None, "") and not _is_same(name, stored[name], value)
    )


def _is_same(name: str, stored: Decimal | str | None, value: Decimal | str) -> bool:
    if name == "project_code":
        return stored.upper() == value.upper()
    if name == "other_funding":
        return (stored or 0) == value
    return stored == value


def _printed(name: str, value: Decimal | str | None) -> str:
    return format_wan(value, grouped=True) if name in AMOUNTS else printed_value(name, value)


def _count_cost_rows(comparison: Comparison) -> None:
    """Count the cost values that repeat a budget the list changes: they will be flagged (R40b)."""
    changed = {
        entry.declaration.uid: place
        for place, entry in enumerate(comparison.entries)
        if entry.declaration and any(change.name == "budget" for change in entry.changes)
    }
    if not changed:
        return
    pks = [comparison.entries[place].declaration.pk for place in changed.values()]
    for table in load_tables(Declaration.objects.filter(pk__in=pks)):
        place = changed[table.uid]
        entry = comparison.entries[place]
        comparison.entries[place] = ListEntry(
            entry.listed, entry.department, entry.declaration, entry.changes, cost_rows_at_budget(table)
        )


def cost_rows_at_budget(table: TargetTable) -> int:
    """Return how many cost values of a table are just its budget."""
    return len(rows_at_budget(TableFacts(table)))


def _compare_controls(comparison: Comparison, by_unit: Mapping[Department, Sequence[ListedProject]]) -> None:
    """A unit's 控制数 is the sum of its projects', where the list states all of them and leaves none out."""
    if comparison.problems:
        return
    incomplete = {row.department_year.department_id for row in comparison.absent}
    taken: dict[Department, list[ListedProject]] = defaultdict(list)
    for entry in comparison.entries:
        taken[entry.department].append(entry.listed)
    for department, projects in by_unit.items():
        figures = [project.control_figure for project in projects]
        year = comparison.department_years.get(department.pk)
        is_approved = year is not None and year.is_settled
        if (
            None in figures
            or department.pk in incomplete
            or len(taken[department]) < len(projects)
            or is_approved
        ):
            continue
        before, after = year.control_figure if year else None, sum(figures, Decimal(0))
        if before != after:
            comparison.controls.append(ControlChange(department, before, after))
