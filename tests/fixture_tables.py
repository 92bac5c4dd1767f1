"""Well-made tables and planted defects, kept as TOML that a person can read.

A table's amounts are 万元, its plan the cumulative percents of its months, its unit “code name”. A row is
second tier without 指标, name, description, value, basis; the frame says under which first tier it stands.

A planted defect names a well-made table as its ``base``, what is changed in it, and the finding this must
bring: ``rule``, ``severity`` and ``at`` (goal, milestones/10, 7/value for a cell of row 7). ``also`` lists
rules that cannot help finding the same defect. A change is one or more of

    set      fields of the table's file, with new values
    blank    fields of the table's file, without a value
    put      places with their new text
    replace  a place, a piece of its text, the new piece
    drop     rows by number
    insert   rows, each led by the number of the row it follows
    weights  of the rows in order, where the form has them
    note     an import note: kind, place, text

and of what stands beside the table: ``beside`` (well-made tables taken for the unit's other projects,
"itself" for a copy of the base), ``last_year`` (true: the base a year earlier), ``standards`` (支出标准).
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from indicators.checks import Context, Policy, Severity
from indicators.document import Beneficiaries, ImportNote, Indicator, Milestone, NoteKind, TargetTable
from indicators.document.model import new_uid
from indicators.frames import FRAMES
from perfbudget.lib.money import YUAN_PER_WAN

FIXTURES = Path(__file__).parent / "fixtures"
MONTHS = (3, 6, 10, 12)
_TEXTS = {"name": "name", "code": "project_code", "purpose": "purpose", "goal": "goal"}
_AMOUNTS = {"budget": "budget", "fiscal": "fiscal_funding", "other": "other_funding"}
_BENEFICIARIES = {True: Beneficiaries.YES, False: Beneficiaries.NO}


# Well-made tables


def well_made_names() -> list[str]:
    """Return the names of the well-made tables, in order."""
    return sorted(path.stem for path in (FIXTURES / "tables").glob("*.toml"))


@cache
def well_made_table(name: str) -> TargetTable:
    """Return a well-made table by the name of its file."""
    return table_of(_fields(name))


def _fields(name: str) -> dict[str, Any]:
    return _read(FIXTURES / "tables" / f"{name}.toml")


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def table_of(fields: Mapping[str, Any]) -> TargetTable:
    """Return the table that the fields of a file describe."""
    code, _, name = fields["unit"].partition(" ")
    return TargetTable(
        year=fields["year"],
        department_code=code,
        department_name=name,
        category=fields["category"],
        nature=fields.get("nature", ""),
        frame=fields["frame"],
        milestones=_milestones(fields["plan"]),
        beneficiaries=_BENEFICIARIES.get(fields.get("beneficiaries"), Beneficiaries.UNDECIDED),
        indicators=tuple(_row(cells, fields["frame"]) for cells in fields["indicators"]),
        **{field: fields.get(key, "") for key, field in _TEXTS.items()},
        **{field: _in_yuan(fields.get(key)) for key, field in _AMOUNTS.items()},
    )


def _in_yuan(wan: int | Decimal | None) -> Decimal | None:
    """Return 万元 as 元; a blank stays a blank."""
    return None if wan is None else Decimal(wan) * YUAN_PER_WAN


def _milestones(percents: Sequence[int | Decimal | str]) -> tuple[Milestone, ...]:
    """Return a plan; an empty text is a node nobody filled in."""
    return tuple(
        Milestone(month, None if percent == "" else Decimal(percent))
        for month, percent in zip(MONTHS, percents, strict=True)
    )


def _row(cells: Sequence[str], frame: str) -> Indicator:
    """Return an indicator under the first tier that holds its second tier in the frame."""
    second, *others = cells
    second = f"{second}指标"
    [first] = [first for first, seconds in FRAMES[frame].items() if second in seconds]
    return Indicator(first, second, *others)


# Planted defects


@dataclass(frozen=True)
class PlantedDefect:
    """A well-made table with one defect in its context, and the finding it must bring at a place."""

    base: str
    table: TargetTable
    context: Context
    rule: str
    severity: Severity
    at: str
    also: frozenset[str]

    @property
    def place(self) -> tuple[str, int | None]:
        """Return the path and the row number of a hit at ``at``."""
        return _place(self.table, self.at)


def planted_defects() -> dict[str, PlantedDefect]:
    """Return the planted defects by a name for people: rule, base and place."""
    defects = {}
    for entry in _read(FIXTURES / "planted.toml")["planted"]:
        name = f"{entry['rule']} {entry['base']} {entry['at']}".strip()
        while name in defects:
            name += "'"
        defects[name] = _planted(entry)
    return defects


def _planted(entry: Mapping[str, Any]) -> PlantedDefect:
    return PlantedDefect(
        entry["base"],
        _changed(entry),
        _context(entry),
        entry["rule"],
        Severity(entry["severity"]),
        entry["at"],
        frozenset(entry.get("also", ())),
    )


def _changed(entry: Mapping[str, Any]) -> TargetTable:
    fields = _fields(entry["base"]) | entry.get("set", {})
    table = table_of({key: value for key, value in fields.items() if key not in entry.get("blank", ())})
    table = replace(table, indicators=well_made_table(entry["base"]).indicators)
    for at, text in entry.get("put", {}).items():
        table = _with_text(table, at, text)
    if "replace" in entry:
        at, old, new = entry["replace"]
        text = _text(table, at)
        assert text.count(old) == 1, f"{entry['base']}: {old}"
        table = _with_text(table, at, text.replace(old, new))
    if "note" in entry:
        kind, place, text = entry["note"]
        table = replace(table, notes=(ImportNote(NoteKind(kind), place, text),))
    return replace(table, indicators=_changed_rows(table, entry))


def _changed_rows(table: TargetTable, entry: Mapping[str, Any]) -> tuple[Indicator, ...]:
    rows = dict(enumerate(table.indicators, start=1))
    for number in entry.get("drop", ()):
        del rows[number]
    for place, (after, *cells) in enumerate(entry.get("insert", ()), start=1):
        rows[after + Decimal(place) / 100] = _row(cells, table.frame)
    weights = entry.get("weights") or [row.weight for row in rows.values()]
    ordered = [rows[number] for number in sorted(rows)]
    return tuple(
        replace(row, weight=None if weight is None else Decimal(weight))
        for row, weight in zip(ordered, weights, strict=True)
    )


def _text(table: TargetTable, at: str) -> str:
    number, _, cell = at.rpartition("/")
    return getattr(table.indicators[int(number) - 1], cell) if number else getattr(table, at)


def _with_text(table: TargetTable, at: str, text: str) -> TargetTable:
    number, _, cell = at.rpartition("/")
    if not number:
        return replace(table, **{at: text})
    rows = list(table.indicators)
    rows[int(number) - 1] = replace(rows[int(number) - 1], **{cell: text})
    return replace(table, indicators=tuple(rows))


def _place(table: TargetTable, at: str) -> tuple[str, int | None]:
    number, _, cell = at.partition("/")
    if not number.isdecimal():
        return at, None
    return f"indicators/{table.indicators[int(number) - 1].uid}/{cell}", int(number)


def _context(entry: Mapping[str, Any]) -> Context:
    base = well_made_table(entry["base"])
    siblings = [
        _copy(base) if name == "itself" else well_made_table(name) for name in entry.get("beside", ())
    ]
    return Context(
        policy=Policy({}, {"cost_standards": tuple(entry.get("standards", ()))}),
        siblings=tuple(siblings),
        last_year=replace(base, year=base.year - 1, uid=new_uid()) if entry.get("last_year") else None,
        has_weights="weights" in entry,
    )


def _copy(table: TargetTable) -> TargetTable:
    return replace(table, name=f"{table.name}（另一项目）", uid=new_uid())
