"""Which projects file a table: 人员类 and 公用经费 are exempt and counted apart (domain.md §3.5)."""

from indicators.document.model import Booklet, TargetTable

EXEMPT_CATEGORIES = ("人员类", "公用经费")


def filed_tables(booklet: Booklet) -> tuple[TargetTable, ...]:
    """Return the tables a booklet prints: all but those of exempt projects in which nothing was filled in.

    A project list brings them in with their amounts; what somebody filled in is printed all the same.
    """
    return tuple(table for table in booklet.tables if not _is_exempt(table))


def _is_exempt(table: TargetTable) -> bool:
    return table.category in EXEMPT_CATEGORIES and not (table.purpose or table.goal or table.indicators)
