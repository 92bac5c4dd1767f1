"""What was done before: the last move of each object, and who had a hand in it (不相容职务分离)."""

from collections.abc import Collection, Iterable

from django.db.models import Max, Q

from trail.models import Entry
from workflow.models import Version
from workflow.transitions import ACTS, PASS, SUBMIT

# Who reviews, reads or hands down control figures has not prepared; everything else is preparing.
NOT_PREPARING = frozenset(
    {
        *(act.name for act in ACTS if act != SUBMIT),
        *("comment", "answer_comment", "resolve_comment", "reopen_comment"),
        *("judge_explanation", "save_opinion", "hand_over", "import_list"),
        *("print", "export", "download", "remind"),
    }
)


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


def last_settled(kind: str, object_id: int, before: int) -> Version:
    """Return how the newest version below ``before`` was settled: its approval, or what came behind it."""
    settling = Version.objects.filter(
        kind=kind,
        object_id=object_id,
        number__lt=before,
        act__in=("approve", "approve_cancellation", "publish"),
    )
    return settling.latest("pk")


def highest_number(kind: str, object_id: int) -> int:
    """Return the highest version there was, abandoned ones too; 1 where nothing was ever moved."""
    moves = Version.objects.filter(kind=kind, object_id=object_id)
    return moves.aggregate(highest=Max("number"))["highest"] or 1


def prepared_by(people: Iterable[int], kind: str, object_ids: Collection[int]) -> set[int]:
    """Return which of the objects one of the people (primary keys) wrote in or submitted."""
    entries = Entry.objects.filter(
        kind=kind, object_id__in=[str(pk) for pk in object_ids], actor__in=list(people)
    ).exclude(action__in=NOT_PREPARING)
    return {int(pk) for pk in entries.order_by().values_list("object_id", flat=True).distinct()}


def passed_by(people: Iterable[int], kind: str, object_ids: Collection[int]) -> set[tuple[int, int, str]]:
    """Return (object, version, level) of what the people, or their deputies, let pass."""
    keys = list(people)
    moves = Version.objects.filter(Q(actor__in=keys) | Q(principal__in=keys), act=PASS.name)
    moves = moves.filter(kind=kind, object_id__in=object_ids)
    return set(moves.order_by().values_list("object_id", "number", "source"))
