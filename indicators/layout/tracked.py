"""What changed since an earlier version, marked on the paper: removed rows put back, every text as runs."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from typing import TypeVar

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from indicators.document import Booklet, Change, TargetTable, narrative_changes, table_changes
from indicators.document.changes import indicator_key, item_key, match_parts, title_key
from indicators.document.model import Indicator, SafeguardSection
from indicators.layout.booklet import lay_out_narrative, lay_out_publication
from indicators.layout.grid import Role
from indicators.layout.publication import Block, Heading, Paragraph, Publication, SheetBlock
from indicators.layout.table import PrintOptions
from indicators.layout.tracked_tiers import Runs, tier_changes
from indicators.tracked_changes import Kind, tracked

Part = TypeVar("Part")
_CONTENT = re.compile(r'( data-path="([^"]*)"[^>]*>)([^<]*)')
_TAGS = {Kind.INSERTED: "<ins>{}</ins>", Kind.DELETED: "<del>{}</del>", Kind.SAME: "{}"}


@dataclass(frozen=True, slots=True)
class Tracked:
    """A publication with what was removed put back in its place.

    ``runs`` are the texts that differ, by path; ``parts`` the rows and sections that came or went as a whole;
    ``moved`` where single rows stood, by the path of their names; ``unprinted`` what differs and is no text
    of the paper, tiers among it.
    """

    publication: Publication
    runs: Mapping[str, Runs] = field(default_factory=dict)
    parts: Mapping[str, Kind] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    unprinted: tuple[Change, ...] = ()

    @property
    def shows_changes(self) -> bool:
        """True where the paper shows a difference."""
        return bool(self.runs or self.moved)


def track_table(old: TargetTable | None, new: TargetTable, options: PrintOptions) -> Tracked:
    """Return a table with its changes since ``old``; None stands for a first filing: nothing is marked."""
    publication = lay_out_publication(new, options)
    if old is None:
        return Tracked(publication)
    old = replace(old, indicators=_named_as(old.indicators, new.indicators, indicator_key))
    merged = lay_out_publication(replace(new, indicators=_with_removed_rows(old, new)), options)
    before, after = texts_of(lay_out_publication(old, options)), texts_of(publication)
    parts = _parts_that_came_or_went(before, after)
    runs = _runs(before, after)
    unprinted = _unprinted(_moved_apart(table_changes(old, new), before, after), runs, parts)
    tiers, moved = tier_changes(old, new, next(merged.sheets()).grid, parts)
    return Tracked(_renamed(merged), runs | tiers, parts, moved, unprinted)


def track_narrative(old: Booklet | None, new: Booklet) -> Tracked:
    """Return a narrative with its changes since ``old``, as ``track_table``."""
    publication = lay_out_narrative(new)
    if old is None:
        return Tracked(publication)
    old = replace(
        old,
        overall_goals=_named_as(old.overall_goals, new.overall_goals, item_key),
        sub_goals=_named_as(old.sub_goals, new.sub_goals, title_key),
        safeguards=_sections_named_as(old.safeguards, new.safeguards),
    )
    former = lay_out_narrative(old)
    before, after = texts_of(former), texts_of(publication)
    runs = _runs(before, after)
    parts = _parts_that_came_or_went(before, after)
    merged = replace(publication, blocks=tuple(_with_removed_blocks(former.blocks, publication.blocks)))
    changes = _moved_apart(narrative_changes(old, new), before, after)
    return Tracked(merged, runs, parts, unprinted=_unprinted(changes, runs, parts))


def texts_of(publication: Publication) -> dict[str, str]:
    """Return what is printed at every path, without leads; tiers stand for several rows and are left out."""
    texts: dict[str, str] = {}
    for block in publication.blocks:
        match block:
            case Heading(path=path) if path:
                texts[path] = block.text.removeprefix(block.lead)
            case Paragraph(path=path) if path:
                texts[path] = block.text
            case SheetBlock():
                cells = (place.cell for place in block.grid.placed())
                texts |= {cell.path: cell.text for cell in cells if cell.path and cell.role != Role.TIER}
    return texts


def first_within(texts: Iterable[str], path: str) -> str:
    """Return the path itself where it has a text, else the first within the row it names; '' for neither."""
    return next((each for each in texts if path and (each == path or each.startswith(f"{path}/"))), "")


def tracked_html(html: SafeString, runs: Mapping[str, Runs], tails: Mapping[str, SafeString]) -> SafeString:
    """Return a rendered publication with its changes marked, and with ``tails`` at the end of their cells.

    Works on our own markup alone, where what carries ``data-path`` holds nothing but escaped text.
    """

    def content(match: re.Match) -> str:
        path = unescape(match[2])
        text = _marked(match[3], runs[path]) if path in runs else match[3]
        return f"{match[1]}{text}{tails.get(path, '')}"

    return mark_safe(_CONTENT.sub(content, html))  # noqa: S308 - escaped in _marked


def runs_html(runs: Runs) -> SafeString:
    """Return runs as escaped HTML with ``ins`` and ``del``."""
    return mark_safe(  # noqa: S308
        "".join(_TAGS[run.kind].format(conditional_escape(run.text)) for run in runs)
    )


def _marked(content: str, runs: Runs) -> str:
    """Return the content of a cell with its text replaced by runs; a lead before it stays."""
    printed = conditional_escape("".join(run.text for run in runs if run.kind != Kind.DELETED))
    if not printed:  # blank by now, or put back
        removed = conditional_escape("".join(run.text for run in runs))
        printed = removed if content.endswith(removed) else ""
    return f"{content.removesuffix(printed)}{runs_html(runs)}"


def _runs(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, Runs]:
    paths = dict.fromkeys((*after, *before))
    pairs = ((path, before.get(path, ""), after.get(path, "")) for path in paths)
    return {path: tracked(old, new) for path, old, new in pairs if old != new}


def _parts_that_came_or_went(before: Iterable[str], after: Iterable[str]) -> dict[str, Kind]:
    """Return what became of the rows, sub-goals and sections that only one of the versions has."""
    old, new = ({path.rpartition("/")[0] for path in paths} for paths in (before, after))
    return dict.fromkeys(old - new, Kind.DELETED) | dict.fromkeys(new - old, Kind.INSERTED)


def _named_as(old: Sequence[Part], new: Sequence[Part], key: Callable) -> tuple[Part, ...]:
    """Return the old parts with the uids of those they became."""
    pairs = match_parts(old, new, key, by_order=False)
    uids = {before.uid: after.uid for before, after in pairs if before and after}
    return tuple(replace(part, uid=uids.get(part.uid, part.uid)) for part in old)


def _sections_named_as(
    old: Sequence[SafeguardSection], new: Sequence[SafeguardSection]
) -> tuple[SafeguardSection, ...]:
    items = {section.uid: section.items for section in new}
    return tuple(
        replace(section, items=_named_as(section.items, items.get(section.uid, ()), item_key))
        for section in _named_as(old, new, title_key)
    )


def _with_removed_rows(old: TargetTable, new: TargetTable) -> tuple[Indicator, ...]:
    """Return the rows of ``new`` with those removed put back: behind the row they stood behind."""
    rows = list(new.indicators)
    kept = {row.uid for row in rows}
    previous = None
    for row in old.indicators:
        if row.uid not in kept:
            rows.insert(_place_for(row, previous, rows), row)
        previous = row
    return tuple(rows)


def _place_for(row: Indicator, previous: Indicator | None, rows: Sequence[Indicator]) -> int:
    """Return where a removed row goes: into its tier, so that the tiers stay in one piece."""
    for same in (_tiers, lambda each: each.first_tier):
        within = [number for number, each in enumerate(rows) if same(each) == same(row)]
        if within:
            behind = (number for number in within if previous and rows[number].uid == previous.uid)
            return next(behind, within[0] - 1 if same is _tiers else within[-1]) + 1
    return len(rows)


def _tiers(row: Indicator) -> tuple[str, str]:
    return row.first_tier, row.second_tier


def _with_removed_blocks(old: Iterable[Block], new: Iterable[Block]) -> list[Block]:
    blocks = list(new)
    kept = {_name(block) for block in blocks}
    place = 0
    for block in old:
        if _name(block) in kept:
            place = next(number for number, each in enumerate(blocks, 1) if _name(each) == _name(block))
        else:
            blocks.insert(place, block)
            place += 1
    return blocks


def _name(block: Block) -> str:
    return getattr(block, "path", "") or getattr(block, "anchor", "")


def _renamed(publication: Publication) -> Publication:
    """Return the publication with ids of its own: the clean copy stands on the same page."""
    blocks = tuple(replace(block, anchor=f"tracked-{block.anchor}") for block in publication.sheets())
    return replace(publication, blocks=blocks, identity="")


def _unprinted(
    changes: Iterable[Change], runs: Mapping[str, Runs], parts: Mapping[str, Kind]
) -> tuple[Change, ...]:
    """Return the changes that no run shows; of a row that came or went its texts say all."""

    def is_shown(path: str) -> bool:
        part = path.rpartition("/")[0]
        return path in runs or path in parts or part in parts or part in runs

    return tuple(change for change in changes if not is_shown(change.path))


def _moved_apart(changes: Iterable[Change], before: Iterable[str], after: Iterable[str]) -> Iterator[Change]:
    """Yield the changes without those of an order that only what came and went makes another."""
    old, new = list(before), list(after)
    for change in changes:
        parent = change.path.removesuffix("order") if change.path.endswith("/order") else ""
        kept = {path for path in {*old} & {*new} if path.startswith(parent)}
        if not parent or [path for path in old if path in kept] != [path for path in new if path in kept]:
            yield change
