"""The 调整对照表 as a file, of one table, of a department's text or of its year."""

from indicators.layout.comparison import Comparison, lay_out_comparison
from reports.files import File, published_file


def comparison_file(comparison: Comparison, extension: str) -> File:
    """Return a 调整对照表. Raises KeyError for a format that is not known."""
    own = comparison.adjusted[0] if len(comparison.adjusted) == 1 else None
    which = (own.code, own.name) if own else ()
    name = (comparison.department_code, *which, f"{comparison.year}年度绩效目标调整对照表")
    return published_file(name, extension, lay_out_comparison(comparison))
