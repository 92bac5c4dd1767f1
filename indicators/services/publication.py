"""公开: choosing what is published, publishing it once and for all, saying where (docs/decisions/0033)."""

import dataclasses
import datetime
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone

from departments.models import Role
from departments.permissions import may_prepare
from indicators.disclosure import Disclosure, Problem, disclosure_of
from indicators.document import Booklet, Change, canonical_json, content_hash
from indicators.layout.table import PrintOptions
from indicators.services.reviewing import move_narrative, move_tables
from indicators.services.tables import lock_declaration, lock_declarations, record_table
from perfbudget.lib.text import clean_text
from projects.models import Declaration, DepartmentYear, Publication, PublishedFile, WithheldReason
from trail.services import record
from workflow.models import Status, StoredDocument
from workflow.roles import Capacity, capacities
from workflow.services import RevisionConflictError, claim_revision
from workflow.steps import require_role
from workflow.transitions import PUBLISH

LONGEST_NOTE = 500
LONGEST_ADDRESS = 500
_PLACE = "公开选择"
_PUBLIC = "公开"


class PublicationError(ValueError):
    """Something is not published, withheld or recorded; ``problems`` are all reasons. Nothing was changed."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(problems)
        super().__init__("".join(problem.message for problem in problems))


@dataclass(frozen=True, slots=True)
class Choice:
    """公开 (``reason`` blank) or 不公开 of a project; ``revision`` is what the person saw."""

    revision: int
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file of the booklet as it will be handed out."""

    extension: str
    content: bytes


Render = Callable[[Booklet, PrintOptions], Sequence[RenderedFile]]


@transaction.atomic
def set_disclosure(*, department_year: DepartmentYear, choices: Mapping[int, Choice], actor) -> int:
    """Choose 公开 or 不公开 for projects by primary key; return how many changed. One batch, one entry each.

    Raises PermissionDenied, PublicationError with all that is wrong, RevisionConflictError.
    """
    if not may_prepare(actor, department_year.department):
        raise PermissionDenied(
            f"公开或不公开由填报人选择，本人不是“{department_year.department.name}”的填报人。"
        )
    chosen = {pk: _cleaned(choice) for pk, choice in choices.items()}
    of_year = department_year.declarations.select_related("project", "department_year__department")
    declarations = {each.pk: each for each in of_year.filter(pk__in=chosen).order_by("pk")}
    if declarations.keys() != chosen.keys():
        raise RevisionConflictError
    changing = [
        each for pk, each in declarations.items() if _said(each) != (chosen[pk].reason, chosen[pk].note)
    ]
    if problems := [problem for each in changing for problem in _wrong_choice(each, chosen[each.pk])]:
        raise PublicationError(problems)
    changes = [_changes_of_choice(each, chosen[each.pk]) for each in changing]
    for each in changing:
        _store_choice(each, chosen[each.pk])
    batch = uuid4().hex
    for each, changed in zip(changing, changes, strict=True):
        record_table(each, actor=actor, action="set_disclosure", changes=changed, batch=batch)
    return len(changing)


def publish_year(
    *,
    department_year: DepartmentYear,
    published_on: datetime.date,
    portal_address: str,
    revisions: Mapping[int, int],
    narrative_revision: int,
    render: Render,
    actor,
) -> Publication:
    """Publish what was approved of a department's year: one publication, its files, one batch of moves.

    ``revisions`` are those the person saw, by primary key. ``render`` makes the files before anything is
    written, as drawing takes long; where it raises, nothing is published. Raises TransitionError,
    PublicationError, RevisionConflictError.
    """
    require_role([department_year.department], Role.LEADER, PUBLISH, actor)
    found = disclosure_of(department_year)
    _require_as_seen(found, revisions, narrative_revision)
    problems = (*found.problems, *problems_of_act(found, published_on, portal_address))
    if problems:
        raise PublicationError(problems)
    files = render(found.booklet, found.options)
    with _no_files_left_behind() as kept, transaction.atomic():
        lock_declarations(department_year)
        held = DepartmentYear.objects.select_related("department", "fiscal_year").get(pk=department_year.pk)
        again = disclosure_of(held)
        _require_as_seen(again, revisions, narrative_revision)
        if again.booklet != found.booklet or again.published != found.published:
            raise RevisionConflictError
        batch = uuid4().hex
        publication = _store(again, published_on, portal_address.strip(), batch, actor)
        stored = [_store_file(publication, file, kept) for file in files]
        _move(again, batch, actor)
        _record(publication, "publish", _published(publication, again, stored), actor, batch)
    return publication


@transaction.atomic
def update_portal_address(*, publication: Publication, portal_address: str, actor) -> None:
    """Say where a publication is read on the government's portal; the same address writes nothing.

    Raises TransitionError where ``actor`` is no 单位负责人 of the unit, PublicationError.
    """
    require_role([publication.department_year.department], Role.LEADER, PUBLISH, actor)
    address = portal_address.strip()
    if problems := list(_wrong_address(str(publication.department_year), address)):
        raise PublicationError(problems)
    held = Publication.objects.select_related("department_year__department", "department_year__fiscal_year")
    held = held.get(pk=publication.pk)
    if held.portal_address == address:
        return
    changed = Change("portal_address", "公开网址", held.portal_address, address)
    same = Publication.objects.filter(pk=held.pk, portal_address=held.portal_address)
    if not same.update(portal_address=address):
        raise RevisionConflictError
    _record(held, "update_portal_address", (changed,), actor)


def problems_of_act(found: Disclosure, published_on: datetime.date, portal_address: str) -> Iterator[Problem]:
    """Yield what is wrong with when and where something is published."""
    approved_on = max((approval.approved_on for approval in found.approvals), default=None)
    if approved_on and published_on < approved_on:
        yield Problem(
            "公开日期",
            f"公开日期{published_on.isoformat()}早于批复日期{approved_on.isoformat()}，填写批复当日或以后的日期。",
        )
    if published_on > timezone.localdate():
        yield Problem("公开日期", f"公开日期{published_on.isoformat()}还没有到，填写今日或以前的日期。")
    yield from _wrong_address("公开网址", portal_address.strip())


def _wrong_address(place: str, address: str) -> Iterator[Problem]:
    if not address:
        return
    if len(address) > LONGEST_ADDRESS:
        yield Problem(place, f"公开网址有{len(address)}字，最多{LONGEST_ADDRESS}字。")
    try:
        URLValidator(schemes=("http", "https"))(address)
    except ValidationError:
        yield Problem(place, f"“{address}”不是网址，应以 http:// 或 https:// 开头。")


def _cleaned(choice: Choice) -> Choice:
    note = clean_text(choice.note) if choice.reason else ""
    return dataclasses.replace(choice, note=note)


def _said(declaration: Declaration) -> tuple[str, str]:
    return declaration.withheld_reason, declaration.withheld_note


def _wrong_choice(declaration: Declaration, choice: Choice) -> Iterator[Problem]:
    place, pk = str(declaration), declaration.pk
    if declaration.status in (Status.PUBLISHED, Status.CANCELLED):
        yield Problem(place, f"{declaration.get_status_display()}，不能再选择公开或不公开。", pk)
    if choice.reason and choice.reason not in WithheldReason.values:
        yield Problem(place, f"没有不公开原因“{choice.reason}”，从列表中选择。", pk)
    if choice.reason == WithheldReason.OTHER and not choice.note:
        yield Problem(place, "其他依法不公开的，须在说明中写明依据。", pk)
    if len(choice.note) > LONGEST_NOTE:
        yield Problem(place, f"不公开的说明有{len(choice.note)}字，最多{LONGEST_NOTE}字。", pk)


def _changes_of_choice(declaration: Declaration, choice: Choice) -> tuple[Change, ...]:
    fields = (
        ("withheld_reason", _PLACE, declaration.withheld_reason, choice.reason),
        ("withheld_note", "不公开的说明", declaration.withheld_note, choice.note),
    )
    told = [(path, place, _told(path, old), _told(path, new)) for path, place, old, new in fields]
    return tuple(Change(*each) for each in told if each[2] != each[3])


def _told(path: str, value: str) -> str:
    """Return a choice as the trail tells it: 公开, or 不公开 with its reason."""
    if path != "withheld_reason":
        return value
    return f"不公开（{WithheldReason(value).label}）" if value else _PUBLIC


def _store_choice(declaration: Declaration, choice: Choice) -> None:
    lock_declaration(declaration)
    claim_revision(declaration, choice.revision)
    Declaration.objects.filter(pk=declaration.pk).update(
        withheld_reason=choice.reason, withheld_note=choice.note
    )


def _require_as_seen(found: Disclosure, revisions: Mapping[int, int], narrative_revision: int) -> None:
    if found.revisions != dict(revisions) or found.filed.revision != narrative_revision:
        raise RevisionConflictError


@contextmanager
def _no_files_left_behind() -> Iterator[list[PublishedFile]]:
    """Remove the files kept so far where something goes wrong: a database rolls back, a disk does not."""
    kept: list[PublishedFile] = []
    try:
        yield kept
    except BaseException:
        for each in kept:
            each.file.delete(save=False)
        raise


def _store(
    found: Disclosure, published_on: datetime.date, portal_address: str, batch: str, actor
) -> Publication:
    text = canonical_json(found.booklet)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    document = StoredDocument(sha256=sha256, content_hash=content_hash(found.booklet), text=text)
    StoredDocument.objects.bulk_create([document], ignore_conflicts=True)
    return Publication.objects.create(
        department_year=found.filed,
        document_id=sha256,
        department_name=found.booklet.department_name,
        print_options=dataclasses.asdict(found.options),
        published_on=published_on,
        portal_address=portal_address,
        number_withheld=len(found.withheld),
        published_by=actor,
        principal=_capacity(found.filed, actor).principal,
        at=timezone.now(),
        batch=batch,
    )


def _store_file(publication: Publication, file: RenderedFile, kept: list[PublishedFile]) -> PublishedFile:
    digest = hashlib.sha256(file.content).hexdigest()
    stored = PublishedFile(
        publication=publication, extension=file.extension, size=len(file.content), sha256=digest
    )
    stored.file.save(f"{digest}.{file.extension}", ContentFile(file.content), save=False)
    kept.append(stored)
    stored.save(force_insert=True)
    return stored


def _move(found: Disclosure, batch: str, actor) -> None:
    if found.narrative and found.filed.status == Status.APPROVED:
        move_narrative(
            department_year=found.filed,
            revision=found.filed.revision,
            act=PUBLISH,
            actor=actor,
            batch=batch,
        )
    going = {
        line.declaration.pk: line.declaration.revision
        for line in found.shown
        if line.declaration.status == Status.APPROVED
    }
    if going:
        move_tables(revisions=going, act=PUBLISH, actor=actor, batch=batch)


def _published(
    publication: Publication, found: Disclosure, files: Sequence[PublishedFile]
) -> tuple[Change, ...]:
    facts = (
        ("published_on", "公开日期", publication.published_on.isoformat()),
        ("portal_address", "公开网址", publication.portal_address),
        ("document_hash", "校验码", content_hash(found.booklet)),
        ("tables", "公开的项目数", str(len(found.shown))),
        ("number_withheld", "不公开的项目数", str(publication.number_withheld)),
        *((f"files/{file.extension}", f"{file.extension}文件", f"SHA-256 {file.sha256}") for file in files),
    )
    return tuple(Change(path, place, "", text) for path, place, text in facts if text)


def _capacity(filed: DepartmentYear, actor) -> Capacity:
    return capacities(actor, Role.LEADER, [filed.department])[filed.department_id]


def _record(publication: Publication, action: str, changes, actor, batch: str = "") -> None:
    filed = publication.department_year
    capacity = _capacity(filed, actor)
    record(
        actor=actor,
        principal=capacity.principal,
        capacity=capacity.label,
        action=action,
        kind="publication",
        object_id=publication.pk,
        label=f"{filed} 公开",
        changes=changes,
        department_code=filed.department.code,
        batch=batch,
    )
