"""What a reviewer reads: the paper, what changed since their level last saw it, last year's values."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from indicators.document import Booklet, Change, TargetTable
from indicators.document.changes import indicator_key, match_parts
from indicators.document.labels import INDICATOR
from indicators.document.places import narrative_places, table_places
from indicators.layout.booklet import lay_out_narrative, lay_out_publication
from indicators.layout.publication import Publication
from indicators.layout.table import PrintOptions
from indicators.layout.tracked import (
    Runs,
    Tracked,
    first_within,
    texts_of,
    track_narrative,
    track_table,
)
from indicators.reviewed import Reviewed
from indicators.rows import load_narrative, load_table, print_options
from indicators.tracked_changes import Kind, Run
from indicators.versions import document_of, kind_of, tables_in_force
from perfbudget.lib.ratios import rate
from projects.models import Declaration
from workflow.models import Status, Version
from workflow.transitions import APPROVE, APPROVE_CANCELLATION, PASS, RETURN, RETURN_ONE

_SEEN = (PASS.name, RETURN.name, RETURN_ONE.name)
_RETURNED = (RETURN.name, RETURN_ONE.name)
_APPROVED = (APPROVE.name, APPROVE_CANCELLATION.name)
ADDED, REMOVED = "新增", "删除"


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One line of the list of changes: a field with its runs, or a row that came or went with its texts.

    ``what`` is ADDED or REMOVED of a row, '' of a field. A row's path is that of a tier of it too.
    """

    place: str
    path: str
    runs: Runs
    what: str = ""


@dataclass(frozen=True, slots=True)
class ReviewPaper:
    """What stands on the paper now, and what changed since ``since``, None for a first filing.

    ``texts`` and ``places`` are what is printed at each path and what people call it.
    """

    document: TargetTable | Booklet
    publication: Publication
    tracked: Tracked
    texts: Mapping[str, str]
    places: Mapping[str, str]
    since: Version | None

    @property
    def changes(self) -> list[ChangeLine]:
        """Return what changed, from the top of the paper down, then what stands nowhere on it."""
        merged = texts_of(self.tracked.publication)
        rows = {row: kind for row, kind in self.tracked.parts.items() if row.startswith("indicators/")}
        lines = [
            *(_row_line(row, kind, merged, self.places) for row, kind in rows.items()),
            *(
                ChangeLine(self.places.get(path, "删除的内容"), path, runs)
                for path, runs in self.tracked.runs.items()
                if path.rpartition("/")[0] not in rows and not _is_tier(path)
            ),
            *(self._unprinted_line(change) for change in self.tracked.unprinted),
        ]
        order = {path: number for number, path in enumerate(merged)}
        return sorted(lines, key=lambda line: order.get(first_within(order, line.path), len(order)))

    def _unprinted_line(self, change: Change) -> ChangeLine:
        """Return the line of a change that is no text of the paper; that of a tier leads to its row."""
        row, _, name = change.path.rpartition("/")
        is_tier = _is_tier(change.path)
        place = f"{self.places[row]} {INDICATOR[name]}" if is_tier else change.place
        return ChangeLine(place, row if is_tier else "", _pair(change.before, change.after))


def review_paper(reviewed: Reviewed) -> ReviewPaper:
    """Return what a table, or a department's text, says now, and what changed since it was last seen."""
    new = load_table(reviewed) if isinstance(reviewed, Declaration) else load_narrative(reviewed)
    return paper_since(seen_before(reviewed), reviewed, new)


def paper_since(since: Version | None, reviewed: Reviewed, new: TargetTable | Booklet) -> ReviewPaper:
    """Return what is written as it is read: on paper, with what changed since a version."""
    old = document_of(since) if since else None
    if isinstance(reviewed, Declaration):
        options = print_options(reviewed.department_year.fiscal_year, status=reviewed.status)
        return _table_paper(old, new, options, since)
    publication = lay_out_narrative(new)
    tracked = track_narrative(old, new)
    return ReviewPaper(new, publication, tracked, texts_of(publication), narrative_places(new), since)


def _table_paper(
    old: TargetTable | None, new: TargetTable, options: PrintOptions, since: Version | None
) -> ReviewPaper:
    publication = lay_out_publication(new, options)
    texts = texts_of(publication)
    printed = {path: place for path, place in table_places(new).items() if first_within(texts, path)}
    return ReviewPaper(new, publication, track_table(old, new, options), texts, printed, since)


def seen_before(reviewed: Reviewed) -> Version | None:
    """Return the version with which what stands there now is compared.

    What the level where it stands passed or returned last; in the preparer's hands, what was returned last;
    else what was approved before. None for a first filing.
    """
    moves = Version.objects.filter(kind=kind_of(reviewed), object_id=reviewed.pk)
    moves = moves.select_related("document", "actor", "principal").order_by("-pk")
    of_this_version = moves.filter(number=reviewed.version)
    seen = None
    if reviewed.status in Status.UNDER_REVIEW:
        seen = of_this_version.filter(source=reviewed.status, act__in=_SEEN).first()
    elif reviewed.is_editable:
        seen = of_this_version.filter(act__in=_RETURNED).first()
    return seen or moves.filter(number__lt=reviewed.version, act__in=_APPROVED).first()


@dataclass(frozen=True, slots=True)
class LastYear:
    """What the same project filed one year before, as it is in force."""

    declaration: Declaration
    values: Mapping[str, str]  # last year's 指标值 by the path of this year's
    budget: Decimal | None
    growth: Decimal | None  # of the budget, in percent

    @property
    def year(self) -> int:
        return self.declaration.department_year.fiscal_year.year


def last_year_of(declaration: Declaration, table: TargetTable) -> LastYear | None:
    """Return what the project of a table filed one year before; None where it filed nothing."""
    former = Declaration.objects.counted().filter(
        project=declaration.project_id,
        department_year__fiscal_year__year=declaration.department_year.fiscal_year.year - 1,
    )
    before = former.select_related("department_year__fiscal_year").first()
    held = tables_in_force([before]).get(before.pk) if before else None
    if held is None:
        return None
    pairs = match_parts(held.indicators, table.indicators, indicator_key, by_order=False)
    values = {f"indicators/{now.uid}/value": then.value for then, now in pairs if then and now}
    growth = None
    if declaration.budget is not None and held.budget:
        growth = rate(declaration.budget - held.budget, held.budget)
    return LastYear(before, values, held.budget, growth)


def _row_line(row: str, kind: Kind, merged: Mapping[str, str], places: Mapping[str, str]) -> ChangeLine:
    text = " ".join(text for path, text in merged.items() if path.startswith(f"{row}/") and text)
    runs = (Run(kind, text),) if text else ()
    if kind == Kind.INSERTED:
        return ChangeLine(places[row], row, runs, ADDED)
    return ChangeLine("绩效指标", row, runs, REMOVED)


def _pair(before: str, after: str) -> Runs:
    return tuple(run for run in (Run(Kind.DELETED, before), Run(Kind.INSERTED, after)) if run.text)


def _is_tier(path: str) -> bool:
    return path.endswith(("/first_tier", "/second_tier"))
