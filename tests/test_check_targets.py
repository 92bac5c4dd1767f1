"""check_targets: lines of JSON, what narrows them, documents in files, the workbook, bad input."""

import datetime
import json
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from indicators.checks import (
    RULES,
    Context,
    Policy,
    RulePolicy,
    Severity,
    State,
    check_narrative,
    check_table,
)
from indicators.contexts import case_of
from indicators.document import booklet_from_json, canonical_json
from indicators.rows import load_booklet
from indicators.services import import_booklet
from projects.models import DepartmentYear, FiscalYear
from reports.check_batch import AlikeTables, check_document, check_years
from reports.check_lines import UnitLines
from reports.check_workbook import CheckWorkbook
from tests.sample_documents import seed_booklet

KEYS = [
    "department",
    "year",
    "project",
    "rule",
    "severity",
    "path",
    "row",
    "message",
    "advice",
    "evidence",
    "fix",
]
TEAM, PARTY = "13020924P00077210002M", "13020924P00077110001C"
SEED_SHEETS = ["提示", "未运行", "汇总", "说明"]


@pytest.fixture
def run(capsys):
    """Return a function that runs the command and gives what it printed."""

    def run(*arguments):
        call_command("check_targets", *map(str, arguments))
        return capsys.readouterr().out

    return run


@pytest.fixture
def found(run):
    """Return a function that runs the command with --json and gives the objects."""
    return lambda *arguments: [json.loads(line) for line in run("--json", *arguments).splitlines()]


def refuse(*arguments):
    with pytest.raises(CommandError) as refused:
        call_command("check_targets", *map(str, arguments))
    assert refused.value.returncode == 2
    return str(refused.value)


@pytest.fixture
def document_file(tmp_path):
    """Return a function that writes a document as canonical JSON and gives the path."""

    def write(document):
        path = tmp_path / "document.json"
        path.write_text(canonical_json(document), encoding="utf-8")
        return path

    return write


@pytest.fixture
def copied_year(other_department_year):
    """Return the library's year: its table is the first of 286001 once more."""
    return other_department_year


# Lines


def test_every_line_has_exactly_the_keys(department_year, found):
    lines = found()
    assert lines
    assert [line for line in lines if list(line) != KEYS] == []


def test_a_line_says_where_and_what(department_year, found):
    lines = [line for line in found("--rule", "R25") if (line["project"], line["row"]) == (PARTY, 2)]
    table = seed_of(department_year, PARTY)
    value = table.indicators[1].value
    path = f"indicators/{table.indicators[1].uid}/value"
    assert lines == [
        {
            "department": "286001",
            "year": 2024,
            "project": PARTY,
            "rule": "R25",
            "severity": "warning",
            "path": path,
            "row": 2,
            "message": lines[0]["message"],
            "advice": RULES["R25"].advice,
            "evidence": lines[0]["evidence"],
            "fix": {"path": path, "before": value, "after": value.replace("百分比", "%")},
        }
    ]
    assert "百分比" in lines[0]["message"]


def seed_of(department_year, code):
    return next(table for table in load_booklet(department_year).tables if table.project_code == code)


def test_the_departments_own_text_has_no_project(department_year, found):
    assert {line["project"] for line in found()} == {None, TEAM, PARTY}
    assert {line["project"] for line in found("--rule", "R53")} == {None}


def test_one_line_for_each_place_the_rules_found(department_year, found):
    case = case_of(department_year)
    outcomes = [
        *check_narrative(case.booklet, case.booklet_context),
        *(outcome for table, context in case.tables for outcome in check_table(table, context)),
    ]
    hits = [(outcome.rule.code, hit.path, hit.row) for outcome in outcomes for hit in outcome.hits]
    lines = [(line["rule"], line["path"], line["row"]) for line in found()]
    assert sorted(lines, key=str) == sorted(hits, key=str)


def test_a_place_may_be_lighter_than_its_rule(department_year, found):
    severities = {line["severity"] for line in found("--rule", "R55")}
    assert RULES["R55"].severity == Severity.WARNING
    assert severities == {"hint"}


def test_the_severity_of_the_site_stands_above_that_of_a_place(copied_year):
    booklet = seed_booklet()
    policy = Policy({"R55": RulePolicy(severity=Severity.ERROR)}, {})
    table, sibling = booklet.tables
    context = Context(policy=policy, booklet=booklet, siblings=(sibling,))
    unit = UnitLines("286001", "曹妃甸区直机关工委", 2024)
    unit.add(table, check_table(table, context), policy)
    assert [line.severity for line in unit.lines if line.rule == "R55"] == [Severity.ERROR]


# What narrows them


def test_a_rule_runs_alone_however_it_is_written(department_year, found):
    lines = found("--rule", "r26")
    assert {line["rule"] for line in lines} == {"R26"}
    assert lines == [line for line in found() if line["rule"] == "R26"]


def test_several_rules_run_together(department_year, found):
    assert {line["rule"] for line in found("--rule", "R26", "--rule", "R53")} == {"R26", "R53"}


def test_a_rule_brings_its_parts(department_year, run):
    assert "R54b 未运行" in run("--rule", "R54")


def test_a_unit_and_a_department_narrow(copied_year, found):
    assert {line["department"] for line in found()} == {"286001", "387001"}
    assert {line["department"] for line in found("--department", "387001")} == {"387001"}
    assert {line["department"] for line in found("--department", "286")} == {"286001"}


def test_a_year_narrows(department_year, next_year, found):
    assert {line["year"] for line in found("--year", 2024)} == {2024}
    assert found("--year", 2025) == []


def test_a_copy_in_another_unit_is_found_even_where_one_unit_is_asked_for(copied_year, found):
    line = next(line for line in found("--department", "387001", "--rule", "R55"))
    assert line["severity"] == "warning"
    assert "曹妃甸区直机关工委项目“2024年度机关团工作活动经费”" in line["message"]


def test_the_likest_of_all_tables_of_the_year_is_found(copied_year):
    tables = seed_booklet().tables
    alike = AlikeTables(FiscalYear.objects.get(year=2024), Policy({}, {}))
    copy = replace(tables[0], uid="of-the-library")
    assert [near.project_code for near in alike.likest([copy])["of-the-library"]] == [TEAM]


def test_a_table_nothing_is_like_has_no_likest(department_year, declaration):
    policy = Policy({}, {"alike_hint_percent": 90})
    alike = AlikeTables(department_year.fiscal_year, policy)
    assert alike.likest([replace(seed_booklet().tables[0], uid=declaration.uid)]) == {declaration.uid: ()}


# The summary


def test_the_summary_counts_by_department_and_rule(department_year, run):
    text = run("--rule", "R26", "--rule", "R40")
    assert text.splitlines()[:3] == [
        "286001曹妃甸区直机关工委 2024年度：2张绩效目标表，须改正0处，须说明3处，提示0处。",
        "  R26 指标名称与计量单位不符：2份，须说明3处",
        "  R40 未运行（2份）：没有配置预算支出标准。",
    ]


def test_several_units_are_summed_up(copied_year, run):
    text = run("--rule", "R26")
    assert "合计2个单位年度、3张绩效目标表，须改正0处，须说明4处，提示0处。" in text


def test_nothing_to_check_is_said(department_year, next_year, run):
    assert run("--year", 2025).strip() == "没有可以检查的绩效目标。"


def test_lines_alone_are_printed_as_json(copied_year, run, tmp_path):
    text = run("--json", "--output", tmp_path / "list.xlsx")
    assert [line for line in text.splitlines() if not line.startswith('{"department"')] == []


# Documents in files


def test_a_booklet_in_a_file_is_checked_without_a_database(document_file, found):
    path = document_file(seed_booklet())
    codes = {(line["project"], line["rule"]) for line in found("--document", path)}
    assert {(PARTY, "R05"), (None, "R53"), (TEAM, "R55"), (PARTY, "R55")} <= codes


def test_a_table_in_a_file_is_checked_alone(document_file, found):
    path = document_file(seed_booklet().tables[1])
    lines = found("--document", path)
    assert {(line["department"], line["year"], line["project"]) for line in lines} == {
        ("286001", 2024, PARTY)
    }
    assert {line["rule"] for line in lines} >= {"R05", "R26"}
    assert not {line["rule"] for line in lines} & {"R53", "R55"}


def test_rules_narrow_a_document_too(document_file, found):
    path = document_file(seed_booklet())
    assert {line["rule"] for line in found("--document", path, "--rule", "R25")} == {"R25"}


def test_weights_in_a_document_are_checked_where_there_are_any():
    table = seed_booklet().tables[0]
    row = replace(table.indicators[0], weight=Decimal(-5))
    weighted = replace(table, indicators=(row, *table.indicators[1:]))
    assert check_document(table, ["R23"]).states == {("R23", State.NOT_RUN): 1}
    assert check_document(weighted, ["R23"]).states == {("R23", State.FOUND): 1}


def test_tables_that_share_a_uid_are_still_told_apart():
    first, second = seed_booklet().tables
    doubled = replace(seed_booklet(), tables=(first, replace(second, uid=first.uid)))
    assert {line.project for line in check_document(doubled, ["R25"]).lines} == {TEAM, PARTY}


def test_the_exported_booklet_is_what_the_command_reads(department_year, tmp_path, run, found):
    path = tmp_path / "booklet.json"
    export = ("--department", "286001", "--year", "2024", "--format", "json", "--output", str(path))
    call_command("export_booklet", *export)
    assert len(booklet_from_json(path.read_bytes()).tables) == 2
    run("--document", path)
    assert found("--document", path, "--rule", "R26") == found("--rule", "R26")


# The workbook


def test_the_workbook_has_a_row_for_each_line(copied_year, found, run, tmp_path):
    path = tmp_path / "lists" / "审核提示清单.xlsx"
    assert f"已写入 {path}。" in run("--output", path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == SEED_SHEETS
    rows = list(book["提示"].iter_rows(min_row=2, values_only=True))
    shown = [(row[0], row[1], row[3], row[5], row[9], row[10]) for row in rows]
    assert shown == [
        (
            line["year"],
            line["department"],
            line["project"],
            line["rule"],
            line["row"],
            line["message"],
        )
        for line in found()
    ]


def test_the_workbook_says_what_was_not_run_and_why(department_year, run, tmp_path):
    path = tmp_path / "list.xlsx"
    run("--output", path, "--rule", "R40", "--rule", "R15")
    rows = openpyxl.load_workbook(path)["未运行"].iter_rows(min_row=2, values_only=True)
    start = (2024, "286001", "曹妃甸区直机关工委")
    assert list(rows) == [
        (*start, "R15", RULES["R15"].title, "本单位只有2个项目，不足3个。", 2, "全部"),
        (*start, "R40", RULES["R40"].title, "没有配置预算支出标准。", 2, "全部"),
    ]


def test_the_workbook_counts_places_and_documents_by_rule(department_year, run, tmp_path):
    path = tmp_path / "list.xlsx"
    run("--output", path, "--rule", "R25", "--rule", "R40", "--rule", "R02")
    rows = openpyxl.load_workbook(path)["汇总"].iter_rows(min_row=2, values_only=True)
    assert [(row[0], *row[2:]) for row in rows] == [
        ("R02", 0, 0, 0, 0, 0, 2, 0, 0),
        ("R25", 0, 6, 0, 6, 2, 0, 0, 0),
        ("R40", 0, 0, 0, 0, 0, 0, 2, 0),
        ("R40b", 0, 0, 0, 0, 0, 2, 0, 0),
    ]


def test_the_workbook_says_what_was_asked_for(department_year, run, tmp_path):
    path = tmp_path / "list.xlsx"
    run("--output", path, "--rule", "R25", "--year", 2024)
    rows = list(openpyxl.load_workbook(path)["说明"].iter_rows(min_row=2, values_only=True))
    assert ("范围", "年度", "2024年度") in rows
    assert ("范围", "规则", "R25") in rows
    assert ("数量", "须说明（处）", 6) in rows


def test_places_beyond_a_worksheet_go_on_in_another(tmp_path):
    unit = check_document(seed_booklet(), ["R25"])
    path = tmp_path / "list.xlsx"
    at = datetime.datetime(2024, 1, 2, 3, 4, 5)
    with path.open("wb") as file, CheckWorkbook(file, person="某人", at=at, most_rows=4) as book:
        book.add(unit)
    written = openpyxl.load_workbook(path)
    assert written.sheetnames == ["提示", "未运行", "提示（2）", "汇总", "说明"]
    rows = [written[name].iter_rows(min_row=2, values_only=True) for name in ("提示", "提示（2）")]
    assert [len(list(part)) for part in rows] == [4, 2]


# Several processes


@pytest.mark.django_db(transaction=True)
def test_several_processes_find_the_same(transactional_db):
    first = seed_booklet()
    second = replace(
        first,
        department_code="387001",
        tables=tuple(
            replace(table, department_code="387001", uid=f"copy-{number}")
            for number, table in enumerate(first.tables)
        ),
    )
    for booklet in (first, second):
        import_booklet(booklet=booklet, actor=None)
    alone = [unit.lines for unit in check_years(DepartmentYear.objects.all())]
    together = [unit.lines for unit in check_years(DepartmentYear.objects.all(), processes=2)]
    assert len(alone) == 2
    assert together == alone


# Bad input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--rule", "R99"), "没有编号为“R99”的规则，规则编号为R01至R62，核对 --rule。"),
        (("--department", "999999"), "没有编码为“999999”的部门或单位，核对 --department。"),
        (("--department", "28"), "没有编码为“28”的部门或单位，核对 --department。"),
        (("--department", ""), "没有编码为“”的部门或单位，核对 --department。"),
        (("--year", "明年"), "预算年度应为2000至2099的整数，现在是“明年”，核对 --year。"),
        (("--year", "2031"), "系统中没有2031年度，核对 --year。"),
        (("--processes", "0"), "进程数应为1至64的整数，现在是“0”，核对 --processes。"),
        (
            ("--document", "a.json", "--year", "2024"),
            "--document 检查文件本身，不能与 --department、--year 同时使用。",
        ),
    ],
)
def test_a_bad_argument_is_refused_with_a_sentence(department_year, arguments, message):
    assert refuse(*arguments) == message


def test_a_missing_document_is_refused(tmp_path):
    path = tmp_path / "none.json"
    assert refuse("--document", path) == f"没有文件 {path}，核对 --document。"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe\x00", "不是有效的JSON文件"),
        (b"{", "不是有效的JSON文件"),
        (b"[" * 100_000, "不是有效的JSON文件"),
        (b"[]", "不是绩效目标文件：缺少“schema”。"),
        (b'{"schema": 99, "kind": "table"}', "文件结构版本为“99”，本系统只读版本1。"),
        (b'{"schema": 1, "kind": "poem"}', "文件种类为“poem”"),
        (b'{"schema": 1, "kind": "table", "content": {"year": "x"}}', "“table.year”的值“x”无法识别。"),
    ],
)
def test_a_file_that_is_no_document_is_refused(tmp_path, content, reason):
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    message = refuse("--document", path)
    assert message.startswith(f"不能检查 {path}：")
    assert reason in message


def test_another_ending_than_xlsx_is_refused(department_year, tmp_path):
    path = tmp_path / "list.csv"
    assert refuse("--output", path) == f"--output 应为 .xlsx 文件，现在是“{path}”。"
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_that_cannot_be_written_is_refused(department_year, tmp_path):
    (tmp_path / "file").write_text("")
    assert refuse("--output", tmp_path / "file" / "list.xlsx").startswith("不能写入 ")
