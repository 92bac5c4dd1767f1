"""Well-made tables and planted defects, kept as TOML that a person can read.

A table's amounts are 万元, its plan the cumulative percents of its months, its unit “code name”. A row is second tier
without 指标, name, description, value, basis; the frame says under which first tier it stands.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from indicators.document import Beneficiaries, ImportNote, Indicator, Milestone, NoteKind, TargetTable
from indicators.frames import FRAMES
from perfbudget.lib.money import YUAN_PER_WAN

FIXTURES = Path(__file__).parent / "fixtures"
MONTHS = (3, 6, 10, 12)
_AMOUNTS = {"budget": "budget", "fiscal": "fiscal_funding", "other": "other_funding"}
_TEXTS = {"name": "name", "code": "project_code", "purpose": "purpose", "goal": "goal"}
_BENEFICIARIES = {True: Beneficiaries.YES, False: Beneficiaries.NO}


def well_made_names() -> list[str]:
    """Return the names of the well-made tables, in order."""
    return sorted(path.stem for path in (FIXTURES / "tables").glob("*.toml"))


@cache
def well_made_table(name: str) -> TargetTable:
    """Return a well-made table by the name of its file."""
    return table_of(_read(FIXTURES / "tables" / f"{name}.toml"))


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
        milestones=milestones_of(fields["plan"]),
        beneficiaries=_BENEFICIARIES.get(fields.get("beneficiaries"), Beneficiaries.UNDECIDED),
        indicators=tuple(row_of(cells, fields["frame"]) for cells in fields["indicators"]),
        **{field: fields[key] for key, field in _TEXTS.items()},
        **{field: in_yuan(fields.get(key)) for key, field in _AMOUNTS.items()},
    )


def in_yuan(wan: int | Decimal | None) -> Decimal | None:
    """Return 万元 as 元; a blank stays a blank."""
    return None if wan is None else Decimal(wan) * YUAN_PER_WAN


def milestones_of(percents: list[int | Decimal | str]) -> tuple[Milestone, ...]:
    """Return a plan; an empty text is a node nobody filled in."""
    return tuple(
        Milestone(month, None if percent == "" else Decimal(percent))
        for month, percent in zip(MONTHS, percents, strict=True)
    )


def row_of(cells: list[str], frame: str) -> Indicator:
    """Return an indicator under the first tier that holds its second tier in the frame."""
    second, name, description, value, basis = cells
    return Indicator(*_tiers(second, frame), name, description, value, basis)


def _tiers(short: str, frame: str) -> tuple[str, str]:
    second = f"{short}指标"
    [first] = [first for first, seconds in FRAMES[frame].items() if second in seconds]
    return first, second
