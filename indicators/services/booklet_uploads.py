"""A booklet uploaded in the browser: kept, looked at, and stored as far as its owner chose."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db import transaction
from django.urls import reverse

from indicators.document import (
    Booklet,
    Change,
    TargetTable,
    adopt_booklet,
    booklet_from_json,
    canonical_json,
    content_hash,
    narrative_changes,
    table_changes,
)
from indicators.document.changes import table_key
from indicators.importers import Reading
from indicators.rows import load_booklet
from indicators.services.booklets import ImportResult, import_booklet, with_listed_names, with_narrative_of
from indicators.services.project_lists import keep_upload
from indicators.services.tables import require_editable, require_open_to_additions
from indicators.services.telling import tell_finished
from projects.models import DepartmentYear, PendingImport
from workflow.models import Status

KIND = "booklet"


class UploadOutdatedError(Exception):
    """What is stored has changed since the preview was shown; nothing was written."""

    def __init__(self):
        super().__init__("预览之后系统中的内容有变化，本次没有写入；下面是重新比较的结果，核对后再确认。")


class State(StrEnum):
    """How a part of the file stands to what is stored."""

    NEW = "new"
    SAME = "same"
    DIFFERENT = "different"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class TablePreview:
    """A table of the file, how it stands to the stored one, and field by field what differs."""

    table: TargetTable
    state: State
    changes: tuple[Change, ...]

    @property
    def key(self) -> str:
        return table_key(self.table)


@dataclass(frozen=True, slots=True)
class BookletPreview:
    """A booklet held against what is stored. ``filed`` is None where that year has not begun."""

    filed: DepartmentYear | None
    narrative: State | None
    narrative_changes: tuple[Change, ...]
    tables: tuple[TablePreview, ...]
    absent: tuple[TargetTable, ...]
    seen: str

    @property
    def is_same(self) -> bool:
        """True where there is nothing to write."""
        states = (self.narrative, *(table.state for table in self.tables))
        return not {State.NEW, State.DIFFERENT} & set(states)


def keep_booklet(*, file_name: str, reading: Reading, year_filed: int | None, actor) -> PendingImport:
    """Keep a booklet as read until it is confirmed. Nothing is filed by it."""
    payload = {
        "booklet": json.loads(canonical_json(reading.booklet)),
        "messages": list(reading.messages),
        "year_filed": year_filed,
    }
    return keep_upload(kind=KIND, file_name=file_name, payload=payload, actor=actor)


def drop_booklet(*, pending: PendingImport, actor) -> None:
    """Forget an upload that its owner does not want stored."""
    PendingImport.objects.filter(pk=pending.pk, owner=actor).delete()


def booklet_of(pending: PendingImport) -> Booklet:
    """Return the booklet of an upload."""
    return booklet_from_json(json.dumps(pending.payload["booklet"], ensure_ascii=False))


def preview_booklet(booklet: Booklet) -> BookletPreview:
    """Return how a booklet stands to what is stored. Its department is there."""
    filed = (
        DepartmentYear.objects.select_related("department", "fiscal_year")
        .filter(department__code=booklet.department_code, fiscal_year__year=booklet.year)
        .first()
    )
    stored = _stored(filed, booklet)
    wanted = adopt_booklet(stored, booklet)
    if filed:
        wanted = with_listed_names(filed, wanted)
    before = {table.uid: table for table in stored.tables}
    statuses = dict(filed.declarations.values_list("uid", "status")) if filed else {}
    tables = tuple(_table_preview(filed, before.get(table.uid), table, statuses) for table in wanted.tables)
    uids = {table.uid for table in wanted.tables}
    changes = narrative_changes(stored, wanted)
    return BookletPreview(
        filed,
        _narrative_state(filed, stored, wanted, changes),
        changes,
        tables,
        tuple(table for table in stored.tables if table.uid not in uids),
        content_hash(stored),
    )


@transaction.atomic
def store_booklet(
    *, pending: PendingImport, tables: Collection[str], narrative: bool, seen: str, actor
) -> ImportResult:
    """Store the chosen tables (by ``TablePreview.key``), and the narrative where it was chosen.

    The rest stays as it is stored. Raises UploadOutdatedError where that is not what was ``seen``,
    NotEditableError where something chosen has left the preparer's hands, DepartmentMismatchError.
    """
    booklet = booklet_of(pending)
    preview = preview_booklet(booklet)
    if preview.seen != seen:
        raise UploadOutdatedError
    stored = _stored(preview.filed, booklet)
    adds = any(each.state == State.NEW and each.key in tables for each in preview.tables)
    if preview.filed and narrative:
        require_editable(preview.filed)
    if preview.filed and adds:
        require_open_to_additions(preview.filed)
    chosen = _chosen(stored, booklet, tables, narrative)
    result = import_booklet(booklet=chosen, actor=actor, replace=True, former_name=True)
    PendingImport.objects.filter(pk=pending.pk).delete()
    year = (booklet.year, booklet.department_code)
    tell_finished(
        text=(
            f"部门文本“{pending.file_name}”已导入{booklet.department_code} {booklet.department_name}"
            f"{booklet.year}年度，改动{len(result.changes)}处。"
        ),
        address=reverse("department-year", args=year),
        actor=actor,
    )
    return result


def _stored(filed: DepartmentYear | None, booklet: Booklet) -> Booklet:
    if filed:
        return load_booklet(filed, with_cancelled=True)
    return Booklet(booklet.year, booklet.department_code, booklet.department_name)


def _table_preview(
    filed: DepartmentYear | None, before: TargetTable | None, table: TargetTable, statuses: dict[str, str]
) -> TablePreview:
    changes = table_changes(before, table)
    if not changes:
        return TablePreview(table, State.SAME, ())
    status = statuses.get(table.uid) if before else filed and filed.status
    if status not in (None, Status.DRAFT):
        return TablePreview(table, State.LOCKED, changes if before else ())
    return TablePreview(table, State.DIFFERENT if before else State.NEW, changes if before else ())


def _narrative_state(
    filed: DepartmentYear | None, stored: Booklet, wanted: Booklet, changes: tuple[Change, ...]
) -> State | None:
    """Return how the narrative stands; None where the file has none."""
    if not (wanted.overall_goals or wanted.sub_goals or wanted.safeguards):
        return None
    if not changes:
        return State.SAME
    if filed and not filed.is_editable:
        return State.LOCKED
    is_there = stored.overall_goals or stored.sub_goals or stored.safeguards
    return State.DIFFERENT if is_there else State.NEW


def _chosen(stored: Booklet, booklet: Booklet, tables: Collection[str], narrative: bool) -> Booklet:
    """Return the booklet with stored content wherever the file's was not chosen."""
    before = {table_key(table): table for table in stored.tables}
    kept = (table if table_key(table) in tables else before.get(table_key(table)) for table in booklet.tables)
    chosen = replace(booklet, tables=tuple(table for table in kept if table is not None))
    return chosen if narrative else with_narrative_of(stored, chosen)
