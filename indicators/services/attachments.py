"""Files beside a table: adding one, and withdrawing it. Nothing is deleted."""

import hashlib
from pathlib import PurePath

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from departments.permissions import may_prepare
from indicators.document import Change, content_hash
from indicators.file_types import FileTypeError, type_of
from indicators.models import Attachment
from indicators.rows import load_table
from indicators.services.tables import lock_declaration, record_table
from perfbudget.lib.text import clean_text
from projects.calendar import window_for
from projects.models import Declaration

LARGEST = 20 * 1024 * 1024
MOST_OF_A_TABLE = 30
LONGEST_NAME = 120
PRINTED_DIGITS = 16  # of the hash, as 校验码 at the foot of every page


class AttachmentError(ValueError):
    """The file is not taken; ``messages`` are Chinese sentences, all that is wrong."""

    def __init__(self, messages):
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


def too_large(name: str, size: int) -> str:
    """Return what is said of a file of ``size`` bytes, more than is taken."""
    limit = LARGEST // 1024 // 1024
    return f"“{name}”有{size / 1024 / 1024:.1f}MB，超过{limit}MB的上限，压缩或拆分后再上传。"


@transaction.atomic
def add_attachment(
    *, declaration: Declaration, kind: str, name: str, data: bytes, printed_hash: str = "", actor
) -> Attachment:
    """Keep a file beside a table. ``printed_hash`` is the 校验码 on a signed scan, blank for today's version.

    Once the table has been submitted, and while no window is open for it, only its signed scan is still
    added. Raises PermissionDenied, AttachmentError.
    """
    _require_preparer(declaration, actor)
    held = _lock(declaration)
    name = _file_name(name)
    digest = hashlib.sha256(data).hexdigest()
    media_type = _checked_type(held, kind, name, data, digest)
    attachment = Attachment(
        declaration=declaration,
        kind=kind,
        name=name,
        media_type=media_type,
        size=len(data),
        sha256=digest,
        document_hash=_version_of(declaration, kind, printed_hash),
        uploaded_by=actor,
    )
    # The name on disk is ours alone: what a person typed never becomes a path.
    attachment.file.save(f"{digest}{PurePath(name).suffix.lower()}", ContentFile(data), save=False)
    attachment.save(force_insert=True)
    _record(attachment, "attach", before="", after=f"{name}（SHA-256 {digest}）", actor=actor)
    return attachment


@transaction.atomic
def withdraw_attachment(*, attachment: Attachment, actor) -> None:
    """Take a file out of use; it stays stored. Nothing is withdrawn while the table cannot be filed.

    Raises PermissionDenied, AttachmentError.
    """
    _require_preparer(attachment.declaration, actor)
    held = _lock(attachment.declaration)
    if not held.is_editable:
        raise AttachmentError(
            [f"“{held}”{held.get_status_display()}，附件不能撤下；确需更换的，先撤回送审。"]
        )
    window = window_for(held)
    if not window.is_open:
        raise AttachmentError([f"“{held}”的附件现在不能撤下：{window.message}"])
    waiting = Attachment.objects.filter(pk=attachment.pk, withdrawn_at=None)
    if not waiting.update(withdrawn_at=timezone.now()):
        raise AttachmentError([f"附件“{attachment.name}”已经撤下。"])
    before = f"{attachment.name}（SHA-256 {attachment.sha256}）"
    _record(attachment, "withdraw_attachment", before=before, after="", actor=actor)


def _lock(declaration: Declaration) -> Declaration:
    """Return the declaration as it is once nobody else is changing it."""
    lock_declaration(declaration)
    parts = Declaration.objects.select_related("department_year__department", "department_year__fiscal_year")
    return parts.get(pk=declaration.pk)


def _require_preparer(declaration: Declaration, actor) -> None:
    if not may_prepare(actor, declaration.department_year.department):
        raise PermissionDenied("只有本单位或其主管部门的填报人可以上传和撤下附件。")


def _file_name(name: str) -> str:
    """Return the bare file name, shortened in the middle of nothing: the ending stays."""
    bare = PurePath(clean_text(name).replace("\\", "/")).name.replace("\n", " ")
    stem, dot, ending = bare.rpartition(".")
    return f"{stem[:LONGEST_NAME]}{dot}{ending[:10]}" if dot else bare[:LONGEST_NAME]


def _checked_type(declaration: Declaration, kind: str, name: str, data: bytes, digest: str) -> str:
    """Return the media type the file is handed out as; raise AttachmentError with all that is wrong."""
    problems = []
    if kind not in Attachment.Kind.values:
        problems.append("选择附件的类别。")
    elif not declaration.is_editable and kind != Attachment.Kind.SIGNED:
        problems.append(
            f"“{declaration}”{declaration.get_status_display()}，只能补传签字盖章扫描件；"
            "其他材料在撤回送审后上传。"
        )
    elif kind != Attachment.Kind.SIGNED and not (window := window_for(declaration)).is_open:
        problems.append(f"“{declaration}”现在只能补传签字盖章扫描件：{window.message}")
    if len(data) > LARGEST:
        problems.append(too_large(name, len(data)))
    present = Attachment.objects.filter(declaration=declaration, withdrawn_at=None)
    if present.count() >= MOST_OF_A_TABLE:
        problems.append(f"一张表最多{MOST_OF_A_TABLE}个附件，撤下不用的再上传。")
    if (same := present.filter(sha256=digest, kind=kind).first()) is not None:
        problems.append(f"“{name}”与已上传的“{same.name}”内容相同，不必重复上传。")
    media_type = ""
    try:
        media_type = type_of(name, data[: LARGEST + 1]).media_type if len(data) <= LARGEST else ""
    except FileTypeError as error:
        problems.append(f"“{name}”{error}")
    if problems:
        raise AttachmentError(problems)
    return media_type


def _version_of(declaration: Declaration, kind: str, printed_hash: str) -> str:
    """Return the hash of the version a signed scan shows: today's, or as much of another as was printed."""
    if kind != Attachment.Kind.SIGNED:
        return ""
    today = content_hash(load_table(declaration))
    printed = printed_hash.strip().lower()
    return today if not printed or today.startswith(printed) else printed


def _record(attachment: Attachment, action: str, *, before: str, after: str, actor) -> None:
    place = f"附件（{attachment.get_kind_display()}）"
    change = Change(f"attachments/{attachment.pk}", place, before, after)
    record_table(attachment.declaration, action=action, changes=(change,), actor=actor)
