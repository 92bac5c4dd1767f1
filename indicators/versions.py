"""The versions of a table, or of a department's text: which is in force, and how each is printed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Max, QuerySet

from indicators.document import Booklet, TargetTable, booklet_from_json, table_from_json
from indicators.layout.booklet import lay_out_narrative, lay_out_publication
from indicators.layout.publication import Publication
from indicators.reviewed import NARRATIVE, TABLE, Reviewed, year_of
from indicators.rows import load_tables, print_options
from projects.models import Declaration
from workflow.models import Reviewable, Status, Version
from workflow.transitions import ACTS, APPROVE, APPROVE_CANCELLATION, PUBLISH

_LABELS = {act.name: act.label for act in ACTS}
# What makes a version the one in force; a cancellation is in force too.
SETTLING = tuple(act.name for act in (APPROVE, APPROVE_CANCELLATION, PUBLISH))


@dataclass(frozen=True, slots=True)
class Kept:
    """One version as a list shows it: the move that stored it, and what became of it.

    ``differs`` says that it says something else than the one before, None of the first.
    """

    version: Version
    act: str
    standing: str
    is_in_force: bool
    differs: bool | None

    @property
    def title(self) -> str:
        """第2版（现行）"""
        return f"第{self.version.number}版（{self.standing}）"

    @property
    def identity(self) -> str:
        return self.version.document.content_hash[:16]


def kind_of(reviewed: Reviewed) -> str:
    """Return the kind that the versions of a table, or of a department's text, are kept under."""
    return TABLE if isinstance(reviewed, Declaration) else NARRATIVE


def moves_of(reviewed: Reviewed) -> QuerySet[Version]:
    """Return all that was stored of a table, or of a department's text, oldest first, without contents."""
    moves = Version.objects.filter(kind=kind_of(reviewed), object_id=reviewed.pk).order_by("pk")
    return moves.select_related("document", "actor", "principal").defer("document__text")


def kept_versions(reviewed: Reviewed) -> list[Kept]:
    """Return the versions of something, newest first, in one query."""
    moves = list(moves_of(reviewed))
    settled = [move for move in moves if move.act in SETTLING]
    before = [None, *moves]
    kept = [
        Kept(
            move,
            _LABELS[move.act],
            _standing(move, settled),
            move in settled and move.number == settled[-1].number,
            former and former.document.content_hash != move.document.content_hash,
        )
        for former, move in zip(before, moves, strict=False)
    ]
    return kept[::-1]


def version_in_force(reviewed: Reviewed) -> Version | None:
    """Return what was approved last of something, its cancellation too; None before the first approval."""
    return versions_in_force(kind_of(reviewed), [reviewed.pk]).get(reviewed.pk)


def versions_in_force(kind: str, keys: Collection[int]) -> dict[int, Version]:
    """Return by primary key what was approved last of each, with its contents; in one query."""
    settled = Version.objects.filter(kind=kind, object_id__in=keys, act__in=SETTLING)
    newest = settled.order_by().values("object_id").annotate(newest=Max("pk")).values("newest")
    found = Version.objects.filter(pk__in=newest).select_related("document", "actor", "principal")
    return {version.object_id: version for version in found}


def tables_in_force(declarations: Iterable[Declaration]) -> dict[int, TargetTable]:
    """Return by primary key what holds of each: of a table under adjustment what was approved last.

    What was cancelled and is not restored yet is left out; what was never approved is as it is written.
    """
    found = list(declarations)
    adjusted = {each.pk for each in found if is_being_adjusted(each)}
    settled = versions_in_force(TABLE, adjusted)
    written = Declaration.objects.filter(pk__in={each.pk for each in found} - adjusted)
    keys = {each.uid: each.pk for each in found}
    return {keys[table.uid]: table for table in load_tables(written)} | {
        pk: document_of(version) for pk, version in settled.items() if version.target != Status.CANCELLED
    }


def is_being_adjusted(reviewable: Reviewable) -> bool:
    """True from the opening of an adjustment to its approval or its end."""
    return reviewable.version > 1 and not reviewable.is_settled


def document_of(version: Version) -> TargetTable | Booklet:
    """Return what a version says, from its stored bytes."""
    read = table_from_json if version.kind == TABLE else booklet_from_json
    return read(version.document.text)


def publication_of(declaration: Declaration, table: TargetTable) -> Publication:
    """Return a table as it is now, laid out: with its version, and the mark of what is not in force."""
    options = print_options(declaration.department_year.fiscal_year, status=declaration.status)
    publication = lay_out_publication(table, options)
    if declaration.status == Status.CANCELLED:
        publication = replace(publication, mark=Status.CANCELLED.label)
    is_numbered = declaration.version > 1 or declaration.is_settled
    return replace(publication, edition=f"第{declaration.version}版") if is_numbered else publication


def publication_of_version(reviewed: Reviewed, kept: Kept) -> Publication:
    """Return a version laid out as it is printed; whatever is not in force says so on every page."""
    document = document_of(kept.version)
    year = year_of(reviewed)
    if isinstance(document, Booklet):
        publication = replace(lay_out_narrative(document), identity=kept.version.document.content_hash)
    else:
        publication = lay_out_publication(document, print_options(year.fiscal_year))
    in_force = kept.is_in_force and kept.version.target != Status.CANCELLED
    return replace(publication, mark="" if in_force else kept.title, edition=f"第{kept.version.number}版")


def _standing(move: Version, settled: Sequence[Version]) -> str:
    """Return 现行, 已取消, 已被第2版替代; before its approval 批复前, or 未批复 where there was none."""
    if move.act not in SETTLING:
        return "批复前" if any(each.number == move.number for each in settled) else "未批复"
    following = next((each for each in settled if each.number > move.number), None)
    if following:
        return f"已被第{following.number}版替代"
    return Status.CANCELLED.label if move.target == Status.CANCELLED else "现行"
