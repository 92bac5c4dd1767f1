"""Which projects file a table: 人员类 and 公用经费 are exempt and counted apart (domain.md §3.5)."""

from indicators.document.model import Booklet, TargetTable

EXEMPT_CATEGORIES = ("人员类", "公用经费")


def filed_tables(booklet: Booklet) -> tuple[TargetTable, ...]:
    """Return the tables a booklet prints: all but those of exempt projects in which nothing was filled in.

    A project list brings them in with their amounts; what somebody filled in is printed all the same.
    """
    return tuple(table for table in booklet.tables if not files_no_table(table))


def files_no_table(table: TargetTable) -> bool:
    """Return whether a project is exempt and nothing was filled in: nothing to print, nothing to check."""
    return table.category in EXEMPT_CATEGORIES and not (table.purpose or table.goal or table.indicators)
