"""Saving one field of a table: the smallest act there is, done a hundred times while a table is filled in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from indicators.document import TargetTable
from indicators.document.fields import (
    FieldError,
    NoSuchRowError,
    field_place,
    field_text,
    read_field,
    says_the_same,
    with_field,
)
from indicators.services.tables import (
    ListedNameError,
    Saved,
    lock_table,
    require_in_hands,
    store_change,
)
from projects.codes import PROJECT_CODE_LENGTH
from projects.models import Declaration, Project
from trail.models import Entry
from workflow.models import Reviewable

NAME_IS_MISSING = "填写项目名称，打印的标题由它构成。"
_ENTRIES_LOOKED_AT = 100


class CellGoneError(Exception):
    """The row of the field was deleted meanwhile; nothing was changed."""

    def __init__(self):
        super().__init__("该行已被删除，填写的内容没有保存。")


@dataclass
class CellConflictError(Exception):
    """Somebody else changed that very field since it was opened; nothing was changed.

    ``by`` and ``at`` say who and when, as far as the trail tells.
    """

    path: str
    place: str
    mine: str
    theirs: str
    by: str
    at: datetime | None
    revision: int


@transaction.atomic
def save_field(*, declaration: Declaration, path: str, base: str, typed: str, actor) -> Saved:
    """Store what was typed into one field; ``base`` is the text it held when the person began.

    A field that says it already is left alone, so that a request sent twice does no harm. Other fields may
    have changed meanwhile: only this one is compared. Raises FieldError for text that cannot be stored,
    CellConflictError, CellGoneError, NotEditableError, NoSuchFieldError.
    """
    held, stored = lock_table(declaration)
    try:
        present = field_text(stored, path)
    except NoSuchRowError:
        raise CellGoneError from None
    if says_the_same(path, typed, present):
        return Saved(stored, (), held.revision)
    require_in_hands(held)
    table = with_field(stored, path, checked_value(held, path, typed))
    if not says_the_same(path, base, present):
        raise _conflict(held, stored, path, typed)
    return store_change(held, stored, table, actor=actor)


def project_code_problem(code: str) -> str:
    """Return what is wrong with the form of a 项目编码 as a Chinese sentence, '' where nothing is."""
    if code and len(code) != PROJECT_CODE_LENGTH:
        return f"项目编码应为{PROJECT_CODE_LENGTH}位，现为{len(code)}位；核对是否漏录或多录。"
    return ""


def taken_code_problem(code: str) -> str:
    """Return the sentence for a 项目编码 that another project of the unit has."""
    return f"本单位已有编码为“{code}”的项目，核对编码，或修改已有的项目。"


def checked_value(declaration: Declaration, path: str, typed: str) -> Any:
    """Return the value of what was typed into a field: ``read_field``, and what other rows have to say.

    Raises FieldError, ListedNameError.
    """
    if path == "name" and declaration.is_listed:
        raise ListedNameError
    value = read_field(path, typed)
    if path == "name" and not value:
        raise FieldError(NAME_IS_MISSING)
    if path == "project_code" and value:
        if problem := project_code_problem(value):
            raise FieldError(problem)
        same = Project.objects.filter(department=declaration.project.department_id, code=value)
        if same.exclude(pk=declaration.project_id).exists():
            raise FieldError(taken_code_problem(value))
    return value


def _conflict(held: Declaration, stored: TargetTable, path: str, typed: str) -> CellConflictError:
    entry = last_entry_about(held, "declaration", path)
    return CellConflictError(
        path=path,
        place=field_place(stored, path),
        mine=typed,
        theirs=field_text(stored, path),
        by=entry.actor_name if entry else "",
        at=entry.at if entry else None,
        revision=held.revision,
    )


def last_entry_about(reviewable: Reviewable, kind: str, path: str) -> Entry | None:
    """Return the newest act that changed a field, or the row it is in; ``kind`` as the trail calls it."""
    entries = Entry.objects.filter(kind=kind, object_id=str(reviewable.pk)).order_by("-sequence")
    return next(
        (
            entry
            for entry in entries[:_ENTRIES_LOOKED_AT]
            if any(_concerns(change["path"], path) for change in entry.changes)
        ),
        None,
    )


def _concerns(changed: str, path: str) -> bool:
    """True where a change of ``changed`` touched ``path``: itself, what it is in, or all there is in it."""
    return changed == path or path.startswith(f"{changed}/") or changed == f"{path}/text"
