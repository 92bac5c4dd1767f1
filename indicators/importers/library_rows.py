"""Rows of a library file, whatever holds them: heads → columns, cells → values, problems with places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indicators.importers.outcome import Problems, shown
from indicators.library_columns import (
    BY_FIELD,
    BY_TITLE,
    COLUMNS,
    EXPORTED_ONLY,
    IDENTITY,
    LibraryColumn,
    problems_of,
    tidy,
)
from indicators.library_tiers import Tier
from perfbudget.lib.text import clean_text

REQUIRED = tuple(column.title for column in COLUMNS if column.required)


@dataclass(frozen=True, slots=True)
class LibraryCell:
    """The text of a cell, and its place in words."""

    text: str
    place: str


class LibraryReader:
    """Reads one file: give it a head, then the rows below it; cells are known by the key of their column."""

    def __init__(self, tiers: Sequence[Tier], problems: Problems):
        self.tiers, self.problems = tiers, problems
        self.rows: list[dict[str, str]] = []
        self.unread: list[str] = []
        self._columns: dict[object, LibraryColumn] = {}
        self._places: dict[tuple[str, ...], str] = {}

    def read_head(self, cells: Mapping[object, LibraryCell]) -> None:
        """Take the columns from a row of heads; those the library has no column for are not read."""
        self._columns = {}
        for key, cell in cells.items():
            title = plain_title(cell.text)
            column = BY_TITLE.get(title)
            if column in self._columns.values():
                self.problems.add(cell.place, f"表头有两列“{title}”，只保留一列。")
            elif column:
                self._columns[key] = column
            elif title and title not in EXPORTED_ONLY:
                self.unread.append(f"列“{title}”不是指标库的列，没有读取。")

    def read_row(self, cells: Mapping[object, LibraryCell], place: str) -> None:
        """Read an indicator; ``place`` is that of the row, for a cell that is not there."""
        placed = {
            column.field: cells.get(key, LibraryCell("", place)) for key, column in self._columns.items()
        }
        values = {field: tidy(BY_FIELD[field], clean_text(cell.text)) for field, cell in placed.items()}
        if not any(values.values()):
            return
        unread = {problem.place for problem in self.problems.listed}
        for column, problem in problems_of(values, self.tiers):
            if placed[column.field].place not in unread:  # what it holds could not be taken at all
                self.problems.add(placed[column.field].place, problem)
        self._require_once(values, place)
        self.rows.append(values)

    def _require_once(self, values: Mapping[str, str], place: str) -> None:
        identity = tuple(values.get(field, "") for field in IDENTITY)
        earlier = self._places.setdefault(identity, place)
        if values.get("name") and earlier != place:
            self.problems.add(place, f"{shown(values['name'])}与{earlier}是同一指标，只保留一行。")


def plain_title(text: str) -> str:
    """Return a head without blanks and line breaks, as the columns are named."""
    return "".join(text.split())


def is_head(texts: Sequence[str]) -> bool:
    """True for a row that holds the heads of all columns every indicator needs."""
    return {plain_title(text) for text in texts}.issuperset(REQUIRED)
