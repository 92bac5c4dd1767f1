"""Write a department's 项目支出绩效目标汇总表 to a file."""

from django.core.management.base import BaseCommand

from reports.files import summary_file
from reports.management.arguments import add_export_arguments, find_department_year, write_file


class Command(BaseCommand):
    help = "导出一个单位的项目支出绩效目标汇总表。"

    def add_arguments(self, parser):
        parser.add_argument("--department", required=True, metavar="CODE", help="单位编码（6位）")
        add_export_arguments(parser)

    def handle(self, *, department, year, format, output, **options):
        write_file(summary_file, find_department_year(department, year), format, output, self.stdout)
