"""Document → rows: the writing that services share. Called inside their transaction, never by a view."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from indicators import document
from indicators.models import ImportNote, Indicator
from indicators.typed_columns import category_ids, value_columns
from projects.models import (
    Category,
    Declaration,
    DepartmentYear,
    FundingMilestone,
    Nature,
    OverallGoal,
    SafeguardItem,
    SafeguardSection,
    SubGoal,
)

_PROJECT_FIELDS = ("project_code", "category", "nature")
_PLAIN_FIELDS = (
    "name",
    "budget",
    "fiscal_funding",
    "other_funding",
    "purpose",
    "goal",
    "beneficiaries",
    "preparer",
    "preparer_phone",
    "prepared_on",
)
_TEXTS_OF_INDICATOR = ("first_tier", "second_tier", "name", "description", "value", "basis", "weight")


def write_table(
    declaration: Declaration, table: document.TargetTable, stored: document.TargetTable | None = None
) -> None:
    """Make the rows of a declaration (and its project) say what the document says.

    Where ``stored``, what they say now, is given, only what differs is written.
    """
    if _differs(table, stored, _PROJECT_FIELDS):
        _write_project(declaration, table)
    if names := [name for name in _PLAIN_FIELDS if _differs(table, stored, (name,))]:
        for name in names:
            setattr(declaration, name, getattr(table, name))
        declaration.save(update_fields=names)
    if _differs(table, stored, ("milestones",)):
        _write_milestones(declaration, table.milestones)
    _write_indicators(declaration, table, stored.indicators if stored else None)


def write_narrative(department_year: DepartmentYear, booklet: document.Booklet) -> None:
    """Make the narrative rows of a department's year say what the document says."""
    _sync_items(OverallGoal, {"department_year": department_year}, booklet.overall_goals)
    _write_sub_goals(department_year, booklet.sub_goals)
    sections = [
        SafeguardSection(department_year=department_year, uid=part.uid, position=position, title=part.title)
        for position, part in enumerate(booklet.safeguards, start=1)
    ]
    _sync(SafeguardSection, {"department_year": department_year}, sections, ("position", "title"))
    stored = {section.uid: section for section in department_year.safeguards.all()}
    for part in booklet.safeguards:
        _sync_items(SafeguardItem, {"section": stored[part.uid]}, part.items)


def write_notes(
    department_year: DepartmentYear, declaration: Declaration | None, notes: Iterable[document.ImportNote]
) -> None:
    """Replace the import notes of a department's year, or of one of its tables; rows.py draws LISTED_NAME."""
    ImportNote.objects.filter(department_year=department_year, declaration=declaration).delete()
    ImportNote.objects.bulk_create(
        ImportNote(
            department_year=department_year,
            declaration=declaration,
            kind=note.kind,
            place=note.place,
            text=note.text,
        )
        for note in notes
        if note.kind != document.NoteKind.LISTED_NAME
    )


def _differs(table: document.TargetTable, stored: document.TargetTable | None, names: Iterable[str]) -> bool:
    return stored is None or any(getattr(table, name) != getattr(stored, name) for name in names)


def _write_project(declaration: Declaration, table: document.TargetTable) -> None:
    project = declaration.project
    project.code = table.project_code
    project.category = _value_of(Category, table.category)
    project.nature = _value_of(Nature, table.nature)
    project.save(update_fields=("code", "category", "nature"))


def _value_of(choices: type[models.TextChoices], label: str) -> str:
    return next((choice.value for choice in choices if choice.label == label), "")


def _write_milestones(declaration: Declaration, milestones: Sequence[document.Milestone]) -> None:
    declaration.milestones.exclude(month__in=[milestone.month for milestone in milestones]).delete()
    FundingMilestone.objects.bulk_create(
        (
            FundingMilestone(declaration=declaration, month=milestone.month, percent=milestone.percent)
            for milestone in milestones
        ),
        update_conflicts=True,
        unique_fields=("declaration", "month"),
        update_fields=("percent",),
    )


def _write_indicators(
    declaration: Declaration, table: document.TargetTable, stored: Sequence[document.Indicator] | None
) -> None:
    """Write the rows that are new, moved or changed; all of them where nothing is known to be stored."""
    before = {part.uid: (position, part) for position, part in enumerate(stored or (), start=1)}
    now = {part.uid: (position, part) for position, part in enumerate(table.indicators, start=1)}
    if stored is None or before.keys() - now.keys():
        declaration.indicators.exclude(uid__in=now).delete()
    written = [placed for uid, placed in now.items() if before.get(uid) != placed]
    if not written:
        return
    categories = category_ids(declaration.department_year.fiscal_year.frame)
    rows = [
        Indicator(
            declaration=declaration,
            uid=part.uid,
            position=position,
            category_id=categories.get((part.first_tier, part.second_tier)),
            **{name: getattr(part, name) for name in _TEXTS_OF_INDICATOR},
            **value_columns(part.value),
        )
        for position, part in written
    ]
    derived = ("category", "value_kind", "comparator", "number", "upper", "date", "unit")
    _upsert(Indicator, {"declaration": declaration}, rows, ("position", *_TEXTS_OF_INDICATOR, *derived))


def _write_sub_goals(department_year: DepartmentYear, parts: Sequence[document.SubGoal]) -> None:
    rows = [
        SubGoal(
            department_year=department_year,
            uid=part.uid,
            position=position,
            title=part.title,
            goal=part.goal,
            indicators=part.indicators,
        )
        for position, part in enumerate(parts, start=1)
    ]
    columns = ("position", "title", "goal", "indicators")
    _sync(SubGoal, {"department_year": department_year}, rows, columns)
    by_code = {
        declaration.project.code: declaration
        for declaration in department_year.declarations.select_related("project")
    }
    stored = {sub_goal.uid: sub_goal for sub_goal in department_year.sub_goals.all()}
    for part in parts:
        linked = [by_code[code] for code in part.project_codes if code in by_code]
        stored[part.uid].declarations.set(linked)


def _sync_items(
    model: type[models.Model], parent: dict[str, models.Model], items: Sequence[document.NarrativeItem]
) -> None:
    rows = [
        model(**parent, uid=item.uid, position=position, text=item.text)
        for position, item in enumerate(items, start=1)
    ]
    _sync(model, parent, rows, ("position", "text"))


def _sync(
    model: Any, parent: dict[str, models.Model], rows: Sequence[models.Model], columns: Sequence[str]
) -> None:
    """Make the parts of ``parent`` be exactly ``rows``: parts are the same where their uid is."""
    model.objects.filter(**parent).exclude(uid__in=[row.uid for row in rows]).delete()
    _upsert(model, parent, rows, columns)


def _upsert(
    model: Any, parent: dict[str, models.Model], rows: Sequence[models.Model], columns: Sequence[str]
) -> None:
    model.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=(*parent, "uid"), update_fields=columns
    )
