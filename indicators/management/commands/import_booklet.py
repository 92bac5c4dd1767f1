"""Import a department's booklet from a file."""

import json
from decimal import Decimal
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from departments.models import User
from indicators.document import Booklet, NoteKind
from indicators.importers import ImportRefused, Reading, read_booklet
from indicators.services import (
    DepartmentMismatchError,
    ImportResult,
    NotEditableError,
    import_booklet,
)
from perfbudget.lib.money import format_wan

EXIT_REFUSED = 2
YEARS = range(2000, 2100)  # what the database holds
_NOTE_LABELS = {
    NoteKind.HEADING: "标题按格式重排",
    NoteKind.MISSING_HEADING: "缺少标题",
    NoteKind.DOUBLED_TITLE: "标题重复",
    NoteKind.NUMBERING: "手工编号改为自动编号",
    NoteKind.CONVERSION_MARK: "转换标记",
    NoteKind.OUTER_BLANKS: "首尾空白",
    NoteKind.FORMER_BUDGET: "调整前的预算数",
    NoteKind.LISTED_NAME: "名称来自项目清单",
}
_WORTH_A_LOOK = (NoteKind.MISSING_HEADING, NoteKind.DOUBLED_TITLE)


class Command(BaseCommand):
    help = "导入部门绩效文本（文本、Excel或Word）。涉密项目按保密规定另行报送，不得录入。"

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, metavar="PATH", help="要导入的文件")
        parser.add_argument("--year", type=int, help="预算年度；文件中不一致或没有写明时必须给出")
        parser.add_argument("--dry-run", action="store_true", help="只检查并显示结果，不写入")
        parser.add_argument("--json", action="store_true", help="以JSON输出结果")
        parser.add_argument("--replace", action="store_true", help="以文件内容覆盖系统中不同的内容")
        parser.add_argument("--actor", metavar="NAME", help="记入操作日志的用户名")

    def handle(self, *, path, year, dry_run, json, replace, actor, **options):
        if year is not None and year not in YEARS:
            raise CommandError(f"--year {year} 不是预算年度，应在2000至2099之间。", returncode=EXIT_REFUSED)
        try:
            user = User.objects.get(username=actor) if actor else None
            reading = read_booklet(path, year=year)
            result = import_booklet(booklet=reading.booklet, actor=user, replace=replace, dry_run=dry_run)
        except User.DoesNotExist as error:
            raise CommandError(f"没有用户名为“{actor}”的用户。", returncode=EXIT_REFUSED) from error
        except (ImportRefused, DepartmentMismatchError, NotEditableError) as error:
            raise CommandError(f"未导入，系统中的数据没有改动。\n{error}", returncode=EXIT_REFUSED) from error
        report = _report(reading, result, all_notes=options["verbosity"] > 1)
        if json:
            self.stdout.write(_as_json(reading.booklet, result, report))
        else:
            self.stdout.write("\n".join([*report, _outcome(result, dry_run)]))


def _counts(booklet: Booklet) -> dict[str, object]:
    budget = sum((table.budget or Decimal(0) for table in booklet.tables), Decimal(0))
    return {
        "department": booklet.department_code,
        "year": booklet.year,
        "overall_items": len(booklet.overall_goals),
        "sub_goals": len(booklet.sub_goals),
        "projects": len(booklet.tables),
        "milestones": sum(len(table.milestones) for table in booklet.tables),
        "indicators": sum(len(table.indicators) for table in booklet.tables),
        "budget_wan": format_wan(budget),
    }


def _as_json(booklet: Booklet, result: ImportResult, report: list[str]) -> str:
    line = {**_counts(booklet), "changed": result.changed, "messages": report}
    return json.dumps(line, ensure_ascii=False)


def _report(reading: Reading, result: ImportResult, *, all_notes: bool) -> list[str]:
    """Return what was seen (by default only what a person should look at), what differs, what was done."""
    booklet = reading.booklet
    notes = [*booklet.notes, *(note for table in booklet.tables for note in table.notes)]
    return [
        *reading.messages,
        *(
            f"{note.place}：{_NOTE_LABELS[note.kind]}“{note.text}”。"
            for note in notes
            if all_notes or note.kind in _WORTH_A_LOOK
        ),
        *(
            f"{'不同' if result.refused else '改动'}：{change}"
            for change in result.changes
            if result.refused or change.before
        ),
        *result.messages,
    ]


def _outcome(result: ImportResult, dry_run: bool) -> str:
    if result.changed:
        return f"已导入，共{len(result.changes)}处变动。"
    if dry_run and result.changes and not result.refused:
        return f"试运行：将有{len(result.changes)}处变动，未写入。"
    return "系统中的数据没有改动。"
