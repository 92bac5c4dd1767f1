"""Write one project's 绩效目标表 to a file."""

from django.core.management.base import BaseCommand, CommandError

from projects.models import Declaration
from reports.files import table_file
from reports.management.arguments import add_export_arguments, write_file


class Command(BaseCommand):
    help = "导出一个项目的绩效目标表。"

    def add_arguments(self, parser):
        parser.add_argument("--project", required=True, metavar="CODE", help="项目编码（21位）")
        parser.add_argument("--department", metavar="CODE", help="单位编码；项目编码在多个单位出现时给出")
        add_export_arguments(parser)

    def handle(self, *, project, department, year, format, output, **options):
        declarations = Declaration.objects.filter(
            project__code=project, department_year__fiscal_year__year=year
        ).select_related("department_year__fiscal_year")
        if department:
            declarations = declarations.filter(department_year__department__code=department)
        found = list(declarations[:2])
        if not found:
            raise CommandError(f"没有项目“{project}”{year}年度的申报，请核对 --project 和 --year。")
        if len(found) > 1:
            raise CommandError(f"项目编码“{project}”在多个单位出现，请用 --department 指明单位。")
        write_file(table_file, found[0], format, output, self.stdout)
