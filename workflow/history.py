"""What was done before: the last move of each object, and who had a hand in it (不相容职务分离)."""

from collections.abc import Collection, Iterable

from django.db.models import Max, Q

from departments.models import Role
from trail.models import Entry
from workflow.models import Version
from workflow.transitions import (
    ACTS,
    APPROVE,
    APPROVE_CANCELLATION,
    PASS,
    PUBLISH,
    REOPEN,
    TRANSITIONS,
)

_SETTLING = tuple(act.name for act in (APPROVE, APPROVE_CANCELLATION, PUBLISH))
_ACTS_OF_PREPARERS = {row.act for row in TRANSITIONS if row.role == Role.PREPARER} - {REOPEN}
# Who reviews, reads, opens a year, hands control figures down has not prepared; everything else is preparing.
NOT_PREPARING = frozenset(
    {
        *(act.name for act in ACTS if act not in _ACTS_OF_PREPARERS),
        *("comment", "answer_comment", "resolve_comment", "reopen_comment"),
        *("judge_explanation", "save_opinion", "hand_over", "import_list"),
        *("open", "take_back_no_projects", "print", "export", "download", "remind"),
    }
)
# A 项目清单 that the finance bureau hands down prepares nothing; a 填报人 who files by one does.
PREPARING = ~Q(action__in=NOT_PREPARING) | (Q(action="import_list") & ~Q(capacity=""))


def last_moves(kind: str, object_ids: Collection[int]) -> dict[int, Version]:
    """Return the last move of each object that was ever moved."""
    newest = (
        Version.objects.filter(kind=kind, object_id__in=object_ids)
        .order_by()
        .values("object_id")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    return {
        version.object_id: version
        for version in Version.objects.filter(pk__in=newest).select_related("actor", "principal")
    }


def settled_versions(kind: str, object_ids: Collection[int]) -> dict[int, list[Version]]:
    """Return the moves that settled each object, newest first: approvals, and what came behind them."""
    found: dict[int, list[Version]] = {}
    moves = Version.objects.filter(kind=kind, object_id__in=object_ids, act__in=_SETTLING)
    for version in moves.order_by("-pk"):
        found.setdefault(version.object_id, []).append(version)
    return found


def last_settled(kind: str, object_id: int, before: int) -> Version:
    """Return how the newest version below ``before`` was settled."""
    settling = settled_versions(kind, [object_id])[object_id]
    return next(version for version in settling if version.number < before)


def highest_numbers(kind: str, object_ids: Collection[int]) -> dict[int, int]:
    """Return the highest version of each object that was ever moved, abandoned ones too."""
    moves = Version.objects.filter(kind=kind, object_id__in=object_ids).order_by()
    return dict(moves.values_list("object_id").annotate(Max("number")))


def highest_number(kind: str, object_id: int) -> int:
    """Return the highest version there was, abandoned ones too; 1 where nothing was ever moved."""
    return highest_numbers(kind, [object_id]).get(object_id, 1)


def prepared_by(people: Iterable[int], kind: str, object_ids: Collection[int]) -> set[int]:
    """Return which of the objects one of the people (primary keys) wrote in or submitted."""
    entries = Entry.objects.filter(
        PREPARING, kind=kind, object_id__in=[str(pk) for pk in object_ids], actor__in=list(people)
    )
    return {int(pk) for pk in entries.order_by().values_list("object_id", flat=True).distinct()}


def passed_by(people: Iterable[int], kind: str, object_ids: Collection[int]) -> set[tuple[int, int, str]]:
    """Return (object, version, level) of what the people, or their deputies, let pass."""
    keys = list(people)
    moves = Version.objects.filter(Q(actor__in=keys) | Q(principal__in=keys), act=PASS.name)
    moves = moves.filter(kind=kind, object_id__in=object_ids)
    return set(moves.order_by().values_list("object_id", "number", "source"))
