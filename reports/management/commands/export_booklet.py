"""Write a department's 部门绩效文本 to a file."""

from django.core.management.base import BaseCommand

from reports.files import booklet_file
from reports.management.arguments import add_export_arguments, find_department_year, write_file


class Command(BaseCommand):
    help = "导出一个单位的部门绩效文本。"

    def add_arguments(self, parser):
        parser.add_argument("--department", required=True, metavar="CODE", help="单位编码（6位）")
        add_export_arguments(parser)

    def handle(self, *, department, year, format, output, **options):
        write_file(booklet_file, find_department_year(department, year), format, output, self.stdout)
