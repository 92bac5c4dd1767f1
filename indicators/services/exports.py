"""What leaves the site is recorded: prints, exports, downloads. One entry for each table that leaves."""

from collections.abc import Iterable, Sequence
from uuid import uuid4

from django.db import transaction

from indicators.document import Change
from indicators.models import Attachment, DepartmentOpinion, Opinion
from projects.models import Approval, Declaration, DepartmentYear, Publication
from trail.services import record
from workflow.models import Version

PRINT, EXPORT, DOWNLOAD = "print", "export", "download"
Subject = Declaration | DepartmentYear | Version | Opinion | DepartmentOpinion | Approval | Publication
_MODELS = {"declaration": Declaration, "department_year": DepartmentYear}
_KINDS = {Declaration: "declaration", DepartmentYear: "department_year", Approval: "approval"}


@transaction.atomic
def record_export(
    *, actor, subject: Subject | Sequence[Declaration], what: str, format: str, is_print: bool = False
) -> None:
    """Say in the trail that somebody took a file of a table, of a department's year or of several tables.

    ``subject`` may be a part of one, such as a version or an opinion. ``what`` names the file, ``format`` is
    its ending. ``is_print`` where it was opened to be read or printed. To be called once the file is made:
    what failed leaves nothing.
    """
    subjects = subject if isinstance(subject, Sequence) else [subject]
    batch = uuid4().hex if len(subjects) > 1 else ""
    for each in subjects:
        record(
            **_object(each),
            actor=actor,
            action=PRINT if is_print else EXPORT,
            changes=_facts(what, format),
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
    record(
        **_object(attachment.declaration),
        actor=actor,
        action=DOWNLOAD,
        changes=[Change("file", attachment.get_kind_display(), "", attachment.name)],
    )


def _object(subject: Subject) -> dict[str, str | int]:
    """Return what an entry is about: the table or the department's year, whatever part of it was taken."""
    if isinstance(subject, Version):
        subject = _MODELS[subject.kind].objects.get(pk=subject.object_id)
    if isinstance(subject, Opinion):
        subject = subject.declaration
    elif isinstance(subject, DepartmentOpinion | Publication):
        subject = subject.department_year
    is_table = isinstance(subject, Declaration)
    department = (subject.department_year if is_table else subject).department
    return {
        "kind": _KINDS[type(subject)],
        "object_id": subject.pk,
        "label": f"{department.code} {subject.name or subject.project}" if is_table else str(subject),
        "department_code": department.code,
    }


def _facts(what: str, format: str) -> list[Change]:
    return [Change("what", "文件", "", what), Change("format", "格式", "", format.upper())]
