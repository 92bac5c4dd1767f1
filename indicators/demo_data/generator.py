"""Booklets of a made-up district: for trying the site, for checks and for measuring.

Everything is drawn from the seed, the year, the unit and the number of the table, so that the same call gives
the same content (uids apart), and asking for more departments or projects keeps those there were: only the
narrative, which speaks of all projects, changes with their number.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

from indicators.demo_data import narrative
from indicators.demo_data.defects import Defect, plant_defects
from indicators.demo_data.drawing import Draw
from indicators.demo_data.kinds import KINDS, OFFICE
from indicators.demo_data.project_codes import project_code
from indicators.demo_data.register import Unit, units
from indicators.demo_data.tables import make_table, project_name
from indicators.demo_data.templates import Kind
from indicators.demo_data.words import REGION
from indicators.document import Booklet, TargetTable
from perfbudget.lib.text import chinese_number

MOST_DEPARTMENTS = sum(1 for _ in units())
MOST_PROJECTS = 999
DEFECTIVE = 0.25
_OFFICE_SHARE = 0.4
_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class DemoBooklet:
    """A booklet and, for each of its tables in order, the defects planted in it: none in most."""

    booklet: Booklet
    planted: tuple[tuple[Defect, ...], ...]


def generate_booklets(departments: int, projects: int, seed: int, year: int = 2024) -> Iterator[Booklet]:
    """Yield the booklets of that many units, each with so many projects. Raises ValueError beyond limits."""
    return (made.booklet for made in generate(departments, projects, seed, year))


def generate(departments: int, projects: int, seed: int, year: int = 2024) -> Iterator[DemoBooklet]:
    """Yield the same booklets, each with the defects that were planted in its tables."""
    for label, number, least, most in (
        ("单位数", departments, 0, MOST_DEPARTMENTS),
        ("每个单位的项目数", projects, 0, MOST_PROJECTS),
        ("预算年度", year, 2000, 2099),
    ):
        if not least <= number <= most:
            raise ValueError(f"{label}应在{least}至{most}之间，现在是{number}。")
    return (
        _booklet(unit, ordinal, projects, f"{seed}/{year}/{unit.code}", year)
        for ordinal, unit in enumerate(islice(units(), departments), start=1)
    )


def _booklet(unit: Unit, ordinal: int, projects: int, seed: str, year: int) -> DemoBooklet:
    filed: list[tuple[Kind, TargetTable]] = []
    planted: list[tuple[Defect, ...]] = []
    names: set[str] = set()
    for number in range(1, projects + 1):
        draw, kind, name = _new_project(unit, f"{seed}/{number}", year, names)
        code = project_code(REGION, year - draw.one_of((0, 0, 0, 1, 1, 2)), ordinal * 1000 + number)
        table, defects = make_table(draw, kind, unit, year, name, code), ()
        if draw.chance(DEFECTIVE):
            table, defects = plant_defects(table, draw)
        filed.append((kind, table))
        planted.append(defects)
    draw = Draw(f"{seed}/narrative", year=year)
    booklet = Booklet(
        year,
        unit.code,
        unit.name,
        narrative.overall_goals(draw, unit.field),
        narrative.sub_goals(draw, filed),
        narrative.safeguards(draw),
        tuple(table for _, table in filed),
    )
    return DemoBooklet(booklet, tuple(planted))


def _new_project(unit: Unit, seed: str, year: int, names: set[str]) -> tuple[Draw, Kind, str]:
    """Return a kind and a name the unit has not used yet, and add the name to ``names``."""
    for attempt in count(1):
        draw = Draw(f"{seed}/{attempt}", year=year, last_year=year - 1)
        kind = draw.one_of(OFFICE if draw.chance(_OFFICE_SHARE) else KINDS[unit.field])
        name, bare = project_name(draw, kind, year)
        if attempt > _ATTEMPTS:  # the words run out: projects come in phases then
            phase = f"（{chinese_number(attempt - _ATTEMPTS + 1)}期）"
            name, bare = name + phase, bare + phase
        if bare not in names:
            names.add(bare)
            return draw, kind, name
    raise AssertionError("count() never ends")
