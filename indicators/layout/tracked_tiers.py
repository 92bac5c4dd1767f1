"""Rows under another tier than before, marked on the paper: in the merged cell, or beside the row's name."""

from collections.abc import Iterator, Mapping

from indicators.document import TargetTable
from indicators.document.model import Indicator
from indicators.layout.grid import Cell, Grid, Role
from indicators.tracked_changes import Kind, Run

Runs = tuple[Run, ...]


def tier_changes(
    old: TargetTable, new: TargetTable, grid: Grid, parts: Mapping[str, Kind]
) -> tuple[dict[str, Runs], dict[str, str]]:
    """Return the runs of tiers that changed for all their rows, and where each other row stood, by path.

    ``grid`` shows ``new`` with the rows that were removed, ``parts`` says which came and which went. Where a
    row stood (产出指标›时效指标) goes by the path of its name.
    """
    before = {f"indicators/{row.uid}": row for row in old.indicators}
    after = {f"indicators/{row.uid}": row for row in new.indicators}
    runs: dict[str, Runs] = {}
    moved: dict[str, str] = {}
    for cell, rows in _tiers(grid):
        level = cell.path.rpartition("/")[2]
        kinds = {parts.get(row) for row in rows}
        former = {row: getattr(before[row], level) if row in before else None for row in rows}
        if len(kinds) == 1 and (kind := kinds.pop()):
            runs[cell.path] = (Run(kind, cell.text),)
        elif len({*former.values()}) == 1:
            runs |= _replaced(cell, former[rows[0]])
        else:
            away = (row for row, was in former.items() if was not in (None, cell.text))
            moved |= {f"{row}/name": _former_place(before[row], after[row]) for row in away}
    return runs, moved


def _tiers(grid: Grid) -> Iterator[tuple[Cell, list[str]]]:
    """Yield every tier cell with the paths of the rows it stands for."""
    places = list(grid.placed())
    rows = {
        place.row: place.cell.path.rpartition("/")[0] for place in places if place.cell.path.endswith("/name")
    }
    for place in places:
        if place.cell.role == Role.TIER and place.cell.path:
            yield place.cell, [rows[number] for number in range(place.row, place.row + place.cell.rows)]


def _replaced(cell: Cell, before: str) -> dict[str, Runs]:
    if before == cell.text:
        return {}
    runs = (Run(Kind.DELETED, before), Run(Kind.INSERTED, cell.text))
    return {cell.path: tuple(run for run in runs if run.text)}


def _former_place(before: Indicator, after: Indicator) -> str:
    tiers = (before.second_tier,)
    if before.first_tier != after.first_tier:
        tiers = (before.first_tier, before.second_tier)
    return "›".join(tier or "未定" for tier in tiers)
