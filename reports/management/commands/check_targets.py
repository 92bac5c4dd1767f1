"""Check the targets of departments, or a document in a file, by the rules of 智能审核."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from departments.models import Department
from indicators.checks import RULES
from indicators.document import Booklet, DocumentError, TargetTable, booklet_from_json, table_from_json
from projects.models import DepartmentYear, FiscalYear
from reports.check_batch import check_document, check_years
from reports.check_lines import Tally, UnitLines
from reports.check_summary import tally_summary, unit_summary
from reports.check_workbook import CheckWorkbook
from reports.management.output_file import replacing

EXIT_REFUSED = 2
_ALL = "全部"
_DEPARTMENT_CODE = re.compile(r"[0-9]{3}(?:[0-9]{3})?")
_NUMBERED = len("R01")


class Command(BaseCommand):
    help = (
        "按审核规则检查绩效目标：系统中的各单位，或文件中的一份文档。"
        "有提示不算失败，退出码为0；参数或文件有误时为2。"
    )

    def add_arguments(self, parser):
        parser.add_argument("--department", metavar="CODE", help="部门或单位编码；不写为全部部门")
        parser.add_argument("--year", metavar="Y", help="预算年度；不写为全部年度")
        parser.add_argument(
            "--rule",
            action="append",
            default=[],
            metavar="R26",
            dest="rules",
            help="只运行这条规则，可以写多次",
        )
        parser.add_argument(
            "--document",
            type=Path,
            metavar="FILE",
            help="检查一份规范JSON文件（项目表或部门文本），不读数据库",
        )
        parser.add_argument("--json", action="store_true", help="每处提示输出一行JSON")
        parser.add_argument("--output", type=Path, metavar="PATH.xlsx", help="把审核提示清单写成Excel文件")
        parser.add_argument("--processes", default="1", metavar="N", help="同时使用几个进程，默认1")

    def handle(self, *, json, output, processes, **options):
        wanted = _wanted(**options)
        checked = wanted.check(_number(processes, "--processes", "进程数", 1, 64))
        if output is None:
            self._check(checked, json, None)
            return
        if output.suffix.lower() != ".xlsx":
            raise _refusal(f"--output 应为 .xlsx 文件，现在是“{output}”。")
        try:
            with (
                replacing(output) as file,
                CheckWorkbook(
                    file, person="check_targets 命令", at=timezone.localtime(), scope=wanted.described()
                ) as book,
            ):
                self._check(checked, json, book)
        except OSError as error:
            raise _refusal(f"不能写入 {output}：{error.strerror}。") from error
        if not json:
            self.stdout.write(f"已写入 {output}。")

    def _check(self, checked: Iterator[UnitLines], json: bool, book: CheckWorkbook | None) -> None:
        """Print each unit when it is checked; nothing of it is kept."""
        tally = Tally()
        for unit in checked:
            tally.add(unit)
            if book:
                book.add(unit)
            self._print([line.as_json() for line in unit.lines] if json else unit_summary(unit))
        if not json:
            self._print(tally_summary(tally))

    def _print(self, lines: Iterable[str]) -> None:
        if text := "\n".join(lines):
            self.stdout.write(text)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for: a document, or the part of the database."""

    codes: tuple[str, ...]
    department: str
    year: int | None
    document: TargetTable | Booklet | None

    def check(self, processes: int) -> Iterator[UnitLines]:
        if self.document:
            return iter([check_document(self.document, self.codes)])
        years = DepartmentYear.objects.all()
        if self.department:
            years = years.filter(department__code__startswith=self.department)
        if self.year:
            years = years.filter(fiscal_year__year=self.year)
        return check_years(years, self.codes, processes=processes)

    def described(self) -> tuple[tuple[str, str], ...]:
        """Return what was asked for in words, for the workbook."""
        rules = "、".join(self.codes) or _ALL
        if self.document:
            return ("规则", rules), ("文件", "不在系统中的文档")
        year = f"{self.year}年度" if self.year else _ALL
        return ("年度", year), ("部门", self.department or _ALL), ("规则", rules)


def _wanted(
    *, department: str | None, year: str | None, rules: list[str], document: Path | None, **_
) -> _Wanted:
    codes = tuple(sorted({known for code in rules for known in _known_rules(code)}))
    if document is None:
        code = _known_department(department) if department is not None else ""
        return _Wanted(codes, code, _known_year(year) if year is not None else None, None)
    if department is not None or year is not None:
        raise _refusal("--document 检查文件本身，不能与 --department、--year 同时使用。")
    return _Wanted(codes, "", None, _read(document))


def _known_rules(code: str) -> list[str]:
    """Return a rule with its parts: R54 and R54b."""
    wanted = code.strip().casefold()
    if known := [own for own in RULES if wanted in (own.casefold(), own[:_NUMBERED].casefold())]:
        return known
    codes = sorted(RULES)
    raise _refusal(f"没有编号为“{code}”的规则，规则编号为{codes[0]}至{codes[-1]}，核对 --rule。")


def _known_department(code: str) -> str:
    """Return the code of a unit, or of a department: three digits, with which its units' codes begin."""
    known = _DEPARTMENT_CODE.fullmatch(code) and Department.objects.filter(code__startswith=code).exists()
    if not known:
        raise _refusal(f"没有编码为“{code}”的部门或单位，核对 --department。")
    return code


def _known_year(text: str) -> int:
    year = _number(text, "--year", "预算年度", 2000, 2099)
    if not FiscalYear.objects.filter(year=year).exists():
        raise _refusal(f"系统中没有{year}年度，核对 --year。")
    return year


def _number(text: str, option: str, label: str, least: int, most: int) -> int:
    if not (str(text).isdecimal() and least <= int(text) <= most):
        raise _refusal(f"{label}应为{least}至{most}的整数，现在是“{text}”，核对 {option}。")
    return int(text)


def _read(path: Path) -> TargetTable | Booklet:
    try:
        text = path.read_bytes()
        return table_from_json(text) if _kind(text) == "table" else booklet_from_json(text)
    except FileNotFoundError:
        raise _refusal(f"没有文件 {path}，核对 --document。") from None
    except OSError as error:
        raise _refusal(f"不能读取 {path}：{error.strerror}。") from error
    except DocumentError as error:
        raise _refusal(f"不能检查 {path}：{error}") from error


def _kind(text: bytes) -> str | None:
    """Return what kind of document the JSON says it is; None where the reader will say what is wrong."""
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return plain.get("kind") if isinstance(plain, dict) else None


def _refusal(message: str) -> CommandError:
    return CommandError(message, returncode=EXIT_REFUSED)
