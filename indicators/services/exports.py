"""What leaves the site is recorded: prints, exports, downloads. One entry for each table that leaves."""

from collections.abc import Iterable, Sequence
from uuid import uuid4

from django.db import transaction

from departments.models import Department, Role
from departments.permissions import role_acted_in
from indicators.document import Change
from indicators.models import Attachment, DepartmentOpinion, Opinion
from projects.models import Approval, Declaration, DepartmentYear, Publication
from trail.services import record
from workflow.models import Version
from workflow.roles import Capacity, reading_capacities

PRINT, EXPORT, DOWNLOAD = "print", "export", "download"
Subject = Declaration | DepartmentYear | Version | Opinion | DepartmentOpinion | Approval | Publication
_NOBODY = Capacity("")
# Lists that one of these roles opens; any other is of what all roles of a person cover.
_LIST_ROLES = {
    "trail-search": (Role.AUDITOR, Role.AUDIT_ADMINISTRATOR),
    "trail-head": (Role.AUDITOR, Role.AUDIT_ADMINISTRATOR),
    "security-log": (Role.AUDITOR, Role.AUDIT_ADMINISTRATOR, Role.SECURITY, Role.ADMINISTRATOR),
}
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
    subjects = [_filed(each) for each in (subject if isinstance(subject, Sequence) else [subject])]
    batch = uuid4().hex if len(subjects) > 1 else ""
    seen_as = reading_capacities(actor, [_department(each) for each in subjects])
    for each in subjects:
        capacity = seen_as.get(_department(each).pk, _NOBODY)
        record(
            **_object(each),
            actor=actor,
            capacity=capacity.label,
            principal=capacity.principal,
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
        capacity=role_acted_in(actor, *_LIST_ROLES.get(name, Role)),
        action=EXPORT,
        kind="list",
        object_id=name,
        label=what,
        changes=[*_facts(what, "xlsx"), *counted, *kept_to],
    )


@transaction.atomic
def record_download(*, actor, attachment: Attachment) -> None:
    """Say in the trail that somebody took an attachment."""
    department = _department(attachment.declaration)
    capacity = reading_capacities(actor, [department]).get(department.pk, _NOBODY)
    record(
        **_object(attachment.declaration),
        actor=actor,
        capacity=capacity.label,
        principal=capacity.principal,
        action=DOWNLOAD,
        changes=[Change("file", attachment.get_kind_display(), "", attachment.name)],
    )


def _filed(subject: Subject) -> Declaration | DepartmentYear | Approval:
    """Return the table or the department's year, whatever part of it was taken; an approval is its own."""
    if isinstance(subject, Version):
        return _MODELS[subject.kind].objects.get(pk=subject.object_id)
    if isinstance(subject, Opinion):
        return subject.declaration
    return subject.department_year if isinstance(subject, DepartmentOpinion | Publication) else subject


def _department(filed: Declaration | DepartmentYear | Approval) -> Department:
    return (filed.department_year if isinstance(filed, Declaration) else filed).department


def _object(filed: Declaration | DepartmentYear | Approval) -> dict[str, str | int]:
    is_table, department = isinstance(filed, Declaration), _department(filed)
    return {
        "kind": _KINDS[type(filed)],
        "object_id": filed.pk,
        "label": f"{department.code} {filed.name or filed.project}" if is_table else str(filed),
        "department_code": department.code,
    }


def _facts(what: str, format: str) -> list[Change]:
    return [Change("what", "文件", "", what), Change("format", "格式", "", format.upper())]
