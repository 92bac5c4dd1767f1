"""write_workbook() makes an XLSX file of a publication, to print and to read."""

from reports.workbook.writer import write_workbook

__all__ = ["write_workbook"]
