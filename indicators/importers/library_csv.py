"""CSV files → rows of the indicator library: the starter set, one file for each sector."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from indicators.importers.library_rows import REQUIRED, LibraryCell, LibraryReader, is_head
from indicators.importers.outcome import Problems
from indicators.library_tiers import Tier


def read_library_csv(paths: Iterable[Path], *, tiers: Sequence[Tier]) -> tuple[dict[str, str], ...]:
    """Return the rows (field → text) of all files. Raises ImportRefused with all problems of all files."""
    problems = Problems()
    reader = LibraryReader(tiers, problems)
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            _read_file(csv.reader(file), path.name, reader, problems)
    problems.refuse_if_any()
    return tuple(reader.rows)


def _read_file(lines, name: str, reader: LibraryReader, problems: Problems) -> None:
    head = next(lines, [])
    if not is_head(head):
        problems.add(name, f"第一行须是表头，并有{'、'.join(REQUIRED)}各列。")
        return
    reader.read_head(_cells(head, f"{name} 第1行"))
    for line in lines:
        place = f"{name} 第{lines.line_num}行"
        reader.read_row(_cells(line, place), place)


def _cells(texts: Iterable[str], place: str) -> dict[object, LibraryCell]:
    return {number: LibraryCell(text, place) for number, text in enumerate(texts)}
