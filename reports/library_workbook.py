"""The indicator library as a workbook that can be edited and imported again."""

from operator import attrgetter
from typing import BinaryIO

from django.db.models import QuerySet

from indicators.library_columns import COLUMNS, EXPORTED_ONLY
from indicators.models import LibraryIndicator
from reports.audit_workbook import ABOUT, Scope
from reports.flat_workbook import Column, FlatWorkbook, Style

TITLE = "指标库"
_WIDTHS = {"explanation": 50, "formula": 40, "name": 28, "direction": 6, "unit": 10}
_WIDTH = 16
SHEET_COLUMNS = (
    *(
        Column(column.title, _WIDTHS.get(column.field, _WIDTH), attrgetter(column.field), Style.WRAPPED)
        for column in COLUMNS
    ),
    Column(EXPORTED_ONLY[0], 10, attrgetter("usage_count"), Style.NUMBER),
    Column(EXPORTED_ONLY[1], 10, lambda indicator: indicator.get_standing_display()),
)
_PER_FETCH = 500


def write_library_workbook(file: BinaryIO, indicators: QuerySet[LibraryIndicator], scope: Scope) -> int:
    """Write the indicators in their order to ``file``; return how many."""
    with FlatWorkbook(file, title=TITLE, creator=scope.person, created=scope.at) as book:
        sheet = book.add_sheet(TITLE, SHEET_COLUMNS)
        for indicator in indicators.iterator(chunk_size=_PER_FETCH):
            sheet.write(column.value(indicator) for column in SHEET_COLUMNS)
        about = book.add_sheet("说明", ABOUT)
        about.write(("来源", "导出人", scope.person))
        about.write(("来源", "导出时间", f"{scope.at:%Y-%m-%d %H:%M:%S}"))
        for name, value in scope.filters:
            about.write(("筛选", name, value))
        about.write(("行数", "指标", sheet.rows))
        about.write(("说明", "再导入", "改好后可以在指标库“导入”中读回；使用次数和状态不读。"))
    return sheet.rows
