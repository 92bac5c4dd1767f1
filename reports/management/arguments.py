"""What the export commands share: finding what is asked for, writing the file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from projects.models import DepartmentYear
from reports.files import ALL_FORMATS, File
from reports.management.output_file import replacing
from reports.pdf import PdfEngineMissingError


def add_export_arguments(parser) -> None:
    parser.add_argument("--year", type=int, required=True, help="预算年度")
    parser.add_argument("--format", choices=ALL_FORMATS, required=True, help="文件格式")
    parser.add_argument("--output", type=Path, required=True, metavar="PATH", help="写到哪个文件")


def find_department_year(code: str, year: int) -> DepartmentYear:
    years = DepartmentYear.objects.select_related("department", "fiscal_year")
    try:
        return years.get(department__code=code, fiscal_year__year=year)
    except DepartmentYear.DoesNotExist as error:
        raise CommandError(
            f"没有单位“{code}”{year}年度的绩效目标，请核对 --department 和 --year。"
        ) from error


def write_file(make: Callable[[Any, str], File], subject: Any, extension: str, path: Path, stdout) -> None:
    """Make the file of ``subject`` and write it; raises CommandError where the engine is missing."""
    try:
        file = make(subject, extension)
    except PdfEngineMissingError as error:
        raise CommandError(str(error)) from error
    try:
        with replacing(path) as output:
            output.write(file.content)
    except OSError as error:
        raise CommandError(f"不能写入 {path}：{error.strerror}。") from error
    stdout.write(f"已写入 {path}，{len(file.content)} 字节。")
