"""What leaves the site is recorded: prints, exports, downloads. One entry for each table that leaves."""

from collections.abc import Iterable, Sequence
from uuid import uuid4

from django.db import transaction

from indicators.document import Change
from indicators.models import Attachment, DepartmentOpinion, Opinion
from projects.models import Declaration, DepartmentYear, Publication
from trail.services import record
from workflow.models import Version

PRINT, EXPORT, DOWNLOAD = "print", "export", "download"
Filed = Declaration | DepartmentYear
Part = Version | Opinion | DepartmentOpinion | Publication
_MODELS = {"declaration": Declaration, "department_year": DepartmentYear}


@transaction.atomic
def record_export(
    *, actor, subject: Filed | Part | Sequence[Declaration], what: str, format: str, is_print: bool = False
) -> None:
    """Say in the trail that somebody took a file of a table, of a department's year or of several tables.

    ``subject`` may be a part of one, such as a version or an opinion. ``what`` names the file, ``format`` is
    its ending. ``is_print`` where it was opened to be read or printed. To be called once the file is made:
    what failed leaves nothing.
    """
    filed = _filed(subject)
    batch = uuid4().hex if len(filed) > 1 else ""
    for each in filed:
        department = _department_of(each)
        is_table = isinstance(each, Declaration)
        record(
            actor=actor,
            action=PRINT if is_print else EXPORT,
            kind="declaration" if is_table else "department_year",
            object_id=each.pk,
            label=f"{department.code} {each.name or each.project}" if is_table else str(each),
            changes=_facts(what, format),
            department_code=department.code,
            batch=batch,
        )


@transaction.atomic
def record_list_export(
    *, actor, name: str, what: str, filters: Iterable[tuple[str, str]], rows: int | None = None
) -> None:
    """Say in the trail that somebody took a list: ``name`` is its page, ``filters`` what narrowed it."""
    kept_to = [Change(f"filter-{number}", place, "", text) for number, (place, text) in enumerate(filters)]
    counted = [] if rows is None else [Change("rows", "行数", "", str(rows))]
    record(
        actor=actor,
        action=EXPORT,
        kind="list",
        object_id=name,
        label=what,
        changes=[*_facts(what, "xlsx"), *counted, *kept_to],
    )


@transaction.atomic
def record_download(*, actor, attachment: Attachment) -> None:
    """Say in the trail that somebody took an attachment."""
    declaration = attachment.declaration
    department = _department_of(declaration)
    record(
        actor=actor,
        action=DOWNLOAD,
        kind="declaration",
        object_id=declaration.pk,
        label=f"{department.code} {declaration.name or declaration.project}",
        changes=[Change("file", attachment.get_kind_display(), "", attachment.name)],
        department_code=department.code,
    )


def _filed(subject: Filed | Part | Sequence[Declaration]) -> Sequence[Filed]:
    if isinstance(subject, Sequence):
        return subject
    if isinstance(subject, Version):
        subject = _MODELS[subject.kind].objects.get(pk=subject.object_id)
    if isinstance(subject, Filed):
        return [subject]
    return [subject.declaration if isinstance(subject, Opinion) else subject.department_year]


def _department_of(filed: Filed):
    return (filed.department_year if isinstance(filed, Declaration) else filed).department


def _facts(what: str, format: str) -> list[Change]:
    return [Change("what", "文件", "", what), Change("format", "格式", "", format.upper())]
