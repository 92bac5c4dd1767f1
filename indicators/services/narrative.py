"""Saving one field of a department's narrative, and acts on its parts: as services.cells does for a table."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from indicators import document, storage
from indicators.checks.cells import NoSuchCellError, cell_text, with_cell_text
from indicators.document import Booklet, Change
from indicators.document.fields import NoSuchFieldError, read_field
from indicators.rows import load_narrative
from indicators.services.cells import CellConflictError, CellGoneError, last_entry_about
from indicators.services.findings import expire_department_findings
from indicators.services.tables import claim, require_in_hands, with_real_links
from perfbudget.lib.text import clean_text
from projects.models import DepartmentYear
from projects.services import record_department_year
from workflow.roles import preparing_capacity

_FIELD = re.compile(
    r"overall_goals/[^/]+|sub_goals/[^/]+/(title|goal|indicators)|safeguards/[^/]+/(title|items/[^/]+)"
)


@dataclass(frozen=True, slots=True)
class SavedNarrative:
    """What an act left of the narrative: as it is stored now, what changed, the revision."""

    booklet: Booklet
    changes: tuple[Change, ...]
    revision: int


@transaction.atomic
def save_narrative_field(
    *, department_year: DepartmentYear, path: str, base: str, typed: str, actor
) -> SavedNarrative:
    """Store what was typed into one field; ``base`` is the text it held when the person began.

    Raises FieldError, CellConflictError, CellGoneError, NotEditableError, NoSuchFieldError.
    """
    if not is_field(path):
        raise NoSuchFieldError(path)
    held, stored = lock_narrative(department_year)
    try:
        changed = read_narrative(stored, path, typed)
    except NoSuchCellError:
        raise CellGoneError from None
    present = cell_text(stored, path)
    if changed == stored:
        return SavedNarrative(stored, (), held.revision)
    require_in_hands(held)
    if clean_text(base) != present:
        raise _conflict(held, stored, changed, path, typed)
    return _store(held, stored, changed, actor)


@transaction.atomic
def change_narrative(
    *, department_year: DepartmentYear, change: Callable[[Booklet], Booklet], actor
) -> SavedNarrative:
    """Do a pure act to whatever the narrative says by now; whatever ``change`` raises changes nothing.

    Raises NotEditableError.
    """
    held, stored = lock_narrative(department_year)
    return _store(held, stored, with_real_links(held, change(stored)), actor)


def is_field(path: str) -> bool:
    """True where a path has the shape of a field of the narrative, whether or not its part is there."""
    return _FIELD.fullmatch(path) is not None


def read_narrative(booklet: Booklet, path: str, typed: str) -> Booklet:
    """Return the narrative with what was typed into one field. Raises FieldError, NoSuchCellError."""
    return with_cell_text(booklet, path, read_field(path, typed))


def lock_narrative(department_year: DepartmentYear) -> tuple[DepartmentYear, Booklet]:
    """Return a department's year with its text as they are once nobody else is changing them."""
    rows = DepartmentYear.objects.select_for_update(no_key=True)
    rows.order_by().values_list("pk").get(pk=department_year.pk)
    held = DepartmentYear.objects.select_related("department", "fiscal_year").get(pk=department_year.pk)
    return held, load_narrative(held)


def _store(held: DepartmentYear, stored: Booklet, booklet: Booklet, actor) -> SavedNarrative:
    changes = document.narrative_changes(stored, booklet)
    if changes:
        claim(held, held.revision)
        storage.write_narrative(held, booklet)
        expire_department_findings(department_year=held)
        capacity = preparing_capacity(actor, held.department)
        record_department_year(held, action="edit", changes=changes, actor=actor, capacity=capacity)
    return SavedNarrative(booklet if changes else stored, changes, held.revision)


def _conflict(
    held: DepartmentYear, stored: Booklet, changed: Booklet, path: str, typed: str
) -> CellConflictError:
    places = {change.path: change.place for change in document.narrative_changes(stored, changed)}
    entry = last_entry_about(held, "department_year", path)
    return CellConflictError(
        path=path,
        place=places.get(path) or places.get(f"{path}/text", ""),
        mine=typed,
        theirs=cell_text(stored, path),
        by=entry.actor_name if entry else "",
        at=entry.at if entry else None,
        revision=held.revision,
    )
