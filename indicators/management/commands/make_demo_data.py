"""Fill the database with made-up booklets: to try the site, the checks and their speed."""

from collections import Counter

from django.core.management.base import BaseCommand, CommandError

from departments.services import create_department
from indicators.demo_data import DemoBooklet, generate, supervising_departments
from indicators.demo_data.words import REGION
from indicators.document import Booklet
from indicators.services import DepartmentMismatchError, import_booklet

EXIT_REFUSED = 2


class Command(BaseCommand):
    help = (
        "生成演示数据：虚构的滨河区若干单位的绩效文本，一部分表带有常见的填报缺陷。"
        "同样的参数生成同样的内容，再次运行不作改动；系统中已有不同内容的单位不会被覆盖。"
    )

    def add_arguments(self, parser):
        parser.add_argument("--departments", type=int, default=10, metavar="N", help="单位数，默认10")
        parser.add_argument("--projects", type=int, default=12, metavar="M", help="每个单位的项目数，默认12")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="随机种子，默认1")
        parser.add_argument("--year", type=int, default=2024, help="预算年度，默认2024")

    def handle(self, *, departments, projects, seed, year, **options):
        try:
            made = generate(departments, projects, seed, year)
        except ValueError as error:
            raise CommandError(str(error), returncode=EXIT_REFUSED) from error
        counts: Counter[str] = Counter()
        for demo in made:
            code = demo.booklet.department_code[:3]
            create_department(code=code, name=supervising_departments()[code], region_code=REGION, actor=None)
            counts["new"] += _store(demo.booklet, counts["new"])
            counts.update(_counts(demo))
        self.stdout.write(
            f"共{departments}个单位、{counts['tables']}个项目、{counts['indicators']}条绩效指标；"
            f"{counts['defective']}张表中有{counts['defects']}处填报缺陷。"
            + (f"新写入{counts['new']}个单位。" if counts["new"] else "系统中已有这些内容，没有改动。")
        )


def _store(booklet: Booklet, stored: int) -> bool:
    """Store a booklet as one import; return whether anything was written."""
    try:
        result = import_booklet(booklet=booklet, actor=None)
    except DepartmentMismatchError as error:
        raise _refusal(str(error), stored) from error
    if result.refused:
        name = f"{booklet.department_code}{booklet.department_name}"
        reason = f"单位{name}{booklet.year}年度在系统中已有不同的内容（{len(result.changes)}处）。"
        raise _refusal(reason, stored)
    return result.changed


def _refusal(reason: str, stored: int) -> CommandError:
    before = f"此前已写入{stored}个单位。" if stored else "系统中的数据没有改动。"
    advice = "演示数据不覆盖已有内容：请用原来的参数再次运行，或换一个空数据库。"
    return CommandError(f"{reason}{before}\n{advice}", returncode=EXIT_REFUSED)


def _counts(demo: DemoBooklet) -> dict[str, int]:
    return {
        "tables": len(demo.booklet.tables),
        "indicators": sum(len(table.indicators) for table in demo.booklet.tables),
        "defective": sum(1 for defects in demo.planted if defects),
        "defects": sum(map(len, demo.planted)),
    }
