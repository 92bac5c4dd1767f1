"""Changing what is under review: every save raises the revision, and only from the one it was made on."""

from django.db.models import F


class RevisionConflictError(Exception):
    """Somebody else saved in between; nothing was changed."""

    def __init__(self):
        super().__init__("该内容在打开之后已被他人修改，本次未保存。")


def claim_revision(reviewable, revision: int) -> None:
    """Raise the revision of ``reviewable`` from ``revision`` by one, or raise RevisionConflictError.

    The conditional UPDATE is guard and lock at once, on SQLite too; call it first inside the transaction.
    """
    current = type(reviewable).objects.filter(pk=reviewable.pk, revision=revision)
    if not current.update(revision=F("revision") + 1):
        raise RevisionConflictError
    reviewable.revision = revision + 1
