"""Write the auditor's workbook of a year to a file, for the whole site or one part of the tree."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from departments.models import Department
from projects.models import Declaration, FiscalYear
from reports.audit import AuditFilter, find
from reports.audit_workbook import Scope, TooManyRowsError, write_audit_workbook
from reports.management.output_file import replacing


class Command(BaseCommand):
    help = "导出一个年度的项目、资金支出计划和指标，供审计使用。"

    def add_arguments(self, parser):
        parser.add_argument("--year", type=int, required=True, help="预算年度")
        parser.add_argument("--department", metavar="CODE", help="部门或单位编码；不写为全部部门")
        parser.add_argument("--output", type=Path, required=True, metavar="PATH", help="写到哪个文件")

    def handle(self, *, year, department, output, **options):
        wanted = AuditFilter(_known_year(year), _department(department) if department else None)
        scope = Scope("export_audit 命令", "全部部门", wanted.described(), timezone.localtime())
        try:
            with replacing(output) as file:
                counts = write_audit_workbook(file, find(Declaration.objects.all(), wanted), scope)
        except TooManyRowsError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"不能写入 {output}：{error.strerror}。") from error
        rows = "，".join(f"{name} {number} 行" for name, number in counts.named())
        self.stdout.write(f"已写入 {output}：{rows}。")


def _known_year(year: int) -> int:
    if not FiscalYear.objects.filter(year=year).exists():
        raise CommandError(f"系统中没有{year}年度，核对 --year。")
    return year


def _department(code: str) -> Department:
    try:
        return Department.objects.get(code=code)
    except Department.DoesNotExist:
        raise CommandError(f"没有编码为“{code}”的部门，核对 --department。") from None
