"""Rows → document, in a number of queries that does not grow with the number of tables."""

from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from indicators import document
from indicators.layout.table import PrintOptions
from indicators.models import ImportNote, Indicator, SecondTier
from projects.models import Declaration, DepartmentYear, FiscalYear, SafeguardSection
from workflow.models import Status


def with_parts(declarations: QuerySet[Declaration]) -> QuerySet[Declaration]:
    """Let declarations be fetched with all that their documents hold, in four queries."""
    return declarations.select_related(
        "project", "department_year__department", "department_year__fiscal_year"
    ).prefetch_related("milestones", "indicators", "import_notes")


def load_tables(declarations: QuerySet[Declaration]) -> list[document.TargetTable]:
    """Return the declarations as documents, in the order of the query set."""
    return [table_of(declaration) for declaration in with_parts(declarations)]


def load_table(declaration: Declaration) -> document.TargetTable:
    """Return one declaration as a document."""
    return load_tables(Declaration.objects.filter(pk=declaration.pk))[0]


def load_booklet(department_year: DepartmentYear, *, with_cancelled: bool = False) -> document.Booklet:
    """Return a department's year, with its narrative and its tables, as a document.

    What was cancelled is no part of a booklet; who compares a file with all that is stored asks for it.
    """
    declarations = Declaration.objects.filter(department_year=department_year)
    tables = load_tables(declarations if with_cancelled else declarations.counted())
    return load_narrative(department_year, tables)


def load_narrative(
    department_year: DepartmentYear, tables: Iterable[document.TargetTable] = ()
) -> document.Booklet:
    """Return a department's year with the given tables, by default with its narrative alone."""
    sections = SafeguardSection.objects.prefetch_related("items")
    year = (
        DepartmentYear.objects.select_related("department", "fiscal_year")
        .prefetch_related(
            "overall_goals", "sub_goals__declarations__project", Prefetch("safeguards", sections)
        )
        .get(pk=department_year.pk)
    )
    return document.Booklet(
        year=year.fiscal_year.year,
        department_code=year.department.code,
        department_name=year.name,
        overall_goals=tuple(_item(goal) for goal in year.overall_goals.all()),
        sub_goals=tuple(_sub_goal(sub_goal) for sub_goal in year.sub_goals.all()),
        safeguards=tuple(
            document.SafeguardSection(
                section.title, tuple(_item(item) for item in section.items.all()), uid=section.uid
            )
            for section in year.safeguards.all()
        ),
        tables=tuple(tables),
        notes=_notes(year.import_notes.filter(declaration=None)),
    )


def frame_tiers(frame: str) -> list[tuple[str, str]]:
    """Return the tiers of a frame in their official order: the names of a first one and a second one each."""
    tiers = SecondTier.objects.filter(first_tier__frame__code=frame)
    ordered = tiers.order_by("first_tier__position", "position")
    return list(ordered.values_list("first_tier__name", "name"))


def print_options(fiscal_year: FiscalYear, *, status: str = Status.DRAFT) -> PrintOptions:
    """Return how the year's form is printed; what is not approved is marked 草稿."""
    return PrintOptions(
        foot_line=fiscal_year.prints_foot_line,
        blank_other_as_zero=fiscal_year.prints_blank_other_as_zero,
        weights=fiscal_year.has_weights,
        draft=status not in Status.IN_FORCE,
    )


def table_of(declaration: Declaration) -> document.TargetTable:
    """Return a declaration fetched ``with_parts`` as a document."""
    year, project = declaration.department_year, declaration.project
    return document.TargetTable(
        year=year.fiscal_year.year,
        department_code=year.department.code,
        department_name=year.name,
        project_code=project.code,
        name=declaration.name,
        category=project.get_category_display(),
        nature=project.get_nature_display(),
        frame=year.fiscal_year.frame,
        budget=declaration.budget,
        fiscal_funding=declaration.fiscal_funding,
        other_funding=declaration.other_funding,
        purpose=declaration.purpose,
        milestones=tuple(
            document.Milestone(milestone.month, milestone.percent)
            for milestone in declaration.milestones.all()
        ),
        goal=declaration.goal,
        beneficiaries=document.Beneficiaries(declaration.beneficiaries),
        preparer=declaration.preparer,
        preparer_phone=declaration.preparer_phone,
        prepared_on=declaration.prepared_on,
        indicators=tuple(_indicator(row) for row in declaration.indicators.all()),
        uid=declaration.uid,
        notes=(*_notes(declaration.import_notes.all()), *_notes_of_list(declaration)),
    )


def _indicator(row: Indicator) -> document.Indicator:
    return document.Indicator(
        row.first_tier,
        row.second_tier,
        row.name,
        row.description,
        row.value,
        row.basis,
        row.weight,
        uid=row.uid,
    )


def _item(row) -> document.NarrativeItem:
    return document.NarrativeItem(row.text, uid=row.uid)


def _sub_goal(row) -> document.SubGoal:
    codes = tuple(declaration.project.code for declaration in row.declarations.all())
    return document.SubGoal(row.title, row.goal, row.indicators, codes, uid=row.uid)


def _notes_of_list(declaration: Declaration) -> tuple[document.ImportNote, ...]:
    listed = document.ImportNote(document.NoteKind.LISTED_NAME, "项目清单", declaration.name)
    return (listed,) if declaration.is_listed else ()


def _notes(rows: Iterable[ImportNote]) -> tuple[document.ImportNote, ...]:
    return tuple(document.ImportNote(document.NoteKind(row.kind), row.place, row.text) for row in rows)
