"""Putting made-up booklets into the database fast, to measure what reads them."""

from collections.abc import Iterator

DEFAULT_MONTHS = [3, 6, 10, 12]
_BATCH = 2000


def fill_database(tables: int, seed: int) -> int:
    """Store that many made-up tables of one year with their departments' narratives; return how many.

    Rows are made in bulk, without the services and their trail, which take ten times as long.
    """
    from django.db import transaction

    from indicators.demo_data import MOST_DEPARTMENTS, generate_booklets
    from projects.models import FiscalYear

    departments = min(MOST_DEPARTMENTS, max(1, tables // 40))
    projects = -(-tables // departments)
    stored = 0
    year = FiscalYear.objects.create(year=2024, milestone_months=DEFAULT_MONTHS, frame="2021")
    for booklet in generate_booklets(departments, projects, seed):
        with transaction.atomic():
            _store(booklet, year)
        stored += len(booklet.tables)
    return stored


def _store(booklet, year) -> None:
    from departments.models import Department
    from indicators import storage
    from projects.models import Declaration, DepartmentYear, Project

    department = Department.objects.create(
        code=booklet.department_code, name=booklet.department_name, region_code="130299"
    )
    department_year = DepartmentYear.objects.create(
        department=department, fiscal_year=year, name=booklet.department_name
    )
    projects = Project.objects.bulk_create(
        [Project(department=department, code=table.project_code) for table in booklet.tables], _BATCH
    )
    declarations = Declaration.objects.bulk_create(
        [
            Declaration(
                uid=table.uid,
                project=project,
                department_year=department_year,
                position=position,
                **{name: getattr(table, name) for name in _PLAIN},
            )
            for position, (table, project) in enumerate(zip(booklet.tables, projects, strict=True), start=1)
        ],
        _BATCH,
    )
    _store_parts(booklet.tables, declarations)
    storage.write_narrative(department_year, booklet)


_PLAIN = ("name", "budget", "fiscal_funding", "other_funding", "purpose", "goal", "beneficiaries")
_TEXTS = ("uid", "first_tier", "second_tier", "name", "description", "value", "basis", "weight")


def _store_parts(tables, declarations) -> None:
    from indicators.models import Indicator
    from projects.models import FundingMilestone

    pairs = list(zip(tables, declarations, strict=True))
    FundingMilestone.objects.bulk_create(
        [
            FundingMilestone(declaration=declaration, month=milestone.month, percent=milestone.percent)
            for table, declaration in pairs
            for milestone in table.milestones
        ],
        _BATCH,
    )
    Indicator.objects.bulk_create(
        [row for table, declaration in pairs for row in _indicators(table, declaration)], _BATCH
    )


def _indicators(table, declaration) -> Iterator:
    from indicators.models import Indicator

    for position, part in enumerate(table.indicators, start=1):
        texts = {name: getattr(part, name) for name in _TEXTS}
        yield Indicator(declaration=declaration, position=position, **texts)
