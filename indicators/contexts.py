"""Rows → ``checks.Context``: what stands beside the documents of a department's year."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import F, QuerySet

from indicators.checks import Context, Policy
from indicators.checks.signatures import Alike
from indicators.document import Booklet, TargetTable, canonical_json
from indicators.policy import policy_hash, policy_of
from indicators.rows import load_narrative, load_tables
from indicators.versions import tables_in_force
from projects.models import Declaration, DepartmentYear, Project


@dataclass(frozen=True, slots=True)
class DepartmentCase:
    """A department's year ready for the checks: its booklet, and each table with its context."""

    booklet: Booklet
    booklet_context: Context
    tables: tuple[tuple[TargetTable, Context], ...]

    @property
    def narrative(self) -> Booklet:
        """The department's own text without its tables."""
        return replace(self.booklet, tables=())


def case_of(department_year: DepartmentYear, policy: Policy | None = None) -> DepartmentCase:
    """Return all documents of a department's year with their contexts, in a constant number of queries.

    Without ``policy`` that of the fiscal year holds. No row tells the 项目支出 budget: the rule that needs it
    says so.
    """
    booklet = load_narrative(department_year, load_tables(_tables_of(department_year)))
    alone = context_alone(department_year, policy or policy_of(department_year.fiscal_year))
    common = replace(alone, booklet=booklet, codes_elsewhere=_codes_elsewhere(department_year))
    last_year = _last_year(department_year)
    signed = [(table, Alike.of(table)) for table in booklet.tables]
    tables = tuple(
        (
            table,
            replace(
                common,
                siblings=tuple(other for other, _ in signed if other.uid != table.uid),
                alike=tuple(alike for other, alike in signed if other.uid != table.uid) or None,
                last_year=last_year.get(table.uid),
            ),
        )
        for table in booklet.tables
    )
    return DepartmentCase(booklet, common, tables)


def context_alone(department_year: DepartmentYear, policy: Policy) -> Context:
    """Return what the rules about one table need: the policy, and how the year and the department are set."""
    return Context(
        policy=policy,
        region_code=department_year.department.region_code,
        has_weights=department_year.fiscal_year.has_weights,
    )


def context_of(declaration: Declaration) -> Context:
    """Return the context of one table, which takes loading the department's year."""
    case = case_of(declaration.department_year)
    return next(context for table, context in case.tables if table.uid == declaration.uid)


def document_hash(document: TargetTable | Booklet) -> str:
    """Return the SHA-256 of a document with its uids and import notes, which the rules read and point to."""
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def applied_hash(context: Context) -> str:
    """Return the hash of what the rules about one table read beside it: the policy, the year's settings."""
    return _digest(
        policy_hash(context.policy), context.region_code, context.has_weights, context.weight_total
    )


def context_hashes(case: DepartmentCase) -> dict[str, str]:
    """Return the hash of what stands beside each table, by uid, and beside the narrative ('')."""
    common = case.booklet_context
    beside = _digest(
        document_hash(case.narrative),
        *(document_hash(table) for table in case.booklet.tables),
        common.project_spending,
    )
    hashes = {"": beside}
    for table, context in case.tables:
        last_year = document_hash(context.last_year) if context.last_year else None
        hashes[table.uid] = _digest(beside, last_year, context.codes_elsewhere.get(table.project_code))
    return hashes


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _tables_of(department_year: DepartmentYear):
    """Return what is filed; what was cancelled is checked no more, and stands beside nothing."""
    return Declaration.objects.filter(department_year=department_year).counted()


def _last_year(department_year: DepartmentYear) -> dict[str, TargetTable]:
    """Return what is in force of the same projects one year before, by the uid of this year's declaration."""
    before = last_year_of_projects(department_year).order_by("pk")
    pairs = before.filter(project__declarations__department_year=department_year)
    found = list(pairs.annotate(own_uid=F("project__declarations__uid")).only("uid", "status", "version"))
    held = tables_in_force(found)
    return {each.own_uid: held[each.pk] for each in found if each.pk in held}


def last_year_of_projects(department_year: DepartmentYear) -> QuerySet[Declaration]:
    """Return what the projects of a department's year filed one year before."""
    return Declaration.objects.filter(
        project__in=_tables_of(department_year).values("project"),
        department_year__fiscal_year__year=department_year.fiscal_year.year - 1,
    ).counted()


def same_codes_elsewhere(department_year: DepartmentYear) -> QuerySet[Declaration]:
    """Return the declarations of other units in the same fiscal year that bear a project code of this one."""
    codes = _tables_of(department_year).exclude(project__code="").values("project__code")
    # By way of the projects: a database that keeps no statistics would read every declaration of the year.
    namesakes = Project.objects.filter(code__in=codes).exclude(department=department_year.department_id)
    same_year = Declaration.objects.filter(
        project__in=namesakes, department_year__fiscal_year=department_year.fiscal_year_id
    )
    return same_year.counted()


def _codes_elsewhere(department_year: DepartmentYear) -> Mapping[str, tuple[str, ...]]:
    """Return for each project code of this year the names of the other units that use it this year."""
    others = same_codes_elsewhere(department_year)
    units = defaultdict(dict)
    for code, name in others.order_by("department_year__department__code").values_list(
        "project__code", "department_year__name"
    ):
        units[code][name] = True
    return {code: tuple(names) for code, names in units.items()}
