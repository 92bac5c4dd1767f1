"""The auditor's workbook: every row as it is stored, flat, typed, and exactly the list of the page."""

import dataclasses
import datetime
import io
import subprocess
import zipfile
from decimal import Decimal
from urllib.parse import unquote

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from indicators.services import create_declaration
from indicators.typed_columns import value_columns
from indicators.values import canonical_unit
from projects.models import Declaration, FiscalYear
from reports import audit_views, audit_workbook
from reports.audit_workbook import Counts, TooManyRowsError, refuse_too_many
from reports.flat_workbook import Column, FlatSheet, FlatWorkbook, Style
from reports.office_text import printable
from reports.workbook.book import CUT
from tests.sample_documents import HOSTILE_TEXTS, hostile_table
from tests.test_audit_search import SEARCH, add_declarations

WORKBOOK = reverse("audit-workbook")
SHEETS = ["项目", "资金支出计划", "指标", "说明"]
TEXTS = ("first_tier", "second_tier", "name", "description", "value", "basis")
KEYS = ["年度", "单位编码", "项目编码", "申报编号"]


@pytest.fixture
def export(signed_in, auditor):
    """Return a function that downloads the workbook and opens it: export(**query) -> Workbook."""

    def download(user=auditor, **query):
        answer = signed_in(user).get(WORKBOOK, query)
        assert answer.status_code == 200
        return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))

    return download


def records(sheet) -> list[dict]:
    titles, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(titles, row, strict=True)) for row in rows]


def about(workbook) -> dict[tuple[str, str], object]:
    return {
        (kind, name): value for kind, name, value in workbook["说明"].iter_rows(min_row=2, values_only=True)
    }


def number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def in_wan(yuan: Decimal | None) -> float | None:
    return None if yuan is None else float(yuan / 10_000)


def moment(day: datetime.date | None) -> datetime.datetime | None:
    return day and datetime.datetime(day.year, day.month, day.day)


def text(stored: str) -> str | None:
    return stored or None


# what is written is what is stored


@pytest.fixture
def varied(other_department_year) -> list[Declaration]:
    """Return three real tables, one that is all blank, and one with a date, amounts to the 分 and a zero."""
    add_declarations(other_department_year, 1, name="", budget=None)
    add_declarations(
        other_department_year,
        1,
        budget=Decimal("123456789.01"),
        other_funding=Decimal(0),
        prepared_on=datetime.date(2023, 11, 20),
        preparer_phone="03158820000",
        beneficiaries="no",
    )
    return list(Declaration.objects.order_by("department_year__department__code", "position"))


def test_projects_are_as_stored(export, varied):
    rows = records(export()["项目"])
    assert rows == [
        {
            "年度": 2024,
            "单位编码": row.department_year.department.code,
            "项目编码": text(row.project.code),
            "申报编号": row.pk,
            "单位名称": row.department_year.name,
            "项目名称": text(row.name),
            "项目类别": text(row.project.get_category_display()),
            "项目属性": text(row.project.get_nature_display()),
            "预算数（万元）": in_wan(row.budget),
            "财政资金（万元）": in_wan(row.fiscal_funding),
            "其他资金（万元）": in_wan(row.other_funding),
            "资金用途": text(row.purpose),
            "绩效目标": text(row.goal),
            "有无服务对象": {"yes": "有", "no": "无", "undecided": "未定"}[row.beneficiaries],
            "指标数": row.indicators.count(),
            "指标框架": "2015",
            "状态": "草稿",
            "版本": row.version,
            "修订号": row.revision,
            "填报人": text(row.preparer),
            "联系电话": text(row.preparer_phone),
            "填报日期": moment(row.prepared_on),
        }
        for row in varied
    ]
    assert [row["预算数（万元）"] for row in rows] == [1.8, 29.73, 1.8, None, 12345.678901]
    assert [row["其他资金（万元）"] for row in rows] == [None, None, None, None, 0]


def test_plans_are_as_stored(export, varied):
    rows = records(export()["资金支出计划"])
    assert [(row["申报编号"], row["月份"], row["累计支出（%）"]) for row in rows] == [
        (declaration.pk, milestone.month, number(milestone.percent))
        for declaration in varied
        for milestone in declaration.milestones.all()
    ]


def test_indicators_are_as_stored(export, varied, declaration):
    for place, value in enumerate(("1-2期", "2024年7月1日前", "健全", "按文件执行", "100.00(%)"), start=1):
        stored = declaration.indicators.get(position=place)
        stored.value = value
        stored.weight = Decimal("12.5")
        for name, read in value_columns(value).items():
            setattr(stored, name, read)
        stored.save()
    rows = records(export()["指标"])
    kinds = {"number": "数值", "range": "区间", "date": "日期", "qualitative": "定性", "text": "文字"}
    assert rows == [
        {
            "年度": 2024,
            "单位编码": filed.department_year.department.code,
            "项目编码": text(filed.project.code),
            "申报编号": filed.pk,
            "单位名称": filed.department_year.name,
            "项目名称": text(filed.name),
            "序号": place,
            "一级指标": text(row.first_tier),
            "二级指标": text(row.second_tier),
            "三级指标": text(row.name),
            "绩效指标描述": text(row.description),
            "指标值": text(row.value),
            "值类型": kinds[row.value_kind],
            "计算符号": text(row.comparator),
            "数值": number(row.number),
            "上限": number(row.upper),
            "日期": moment(row.date),
            "计量单位": text(row.unit),
            "统一计量单位": text(canonical_unit(row.unit)),
            "指标值确定依据": text(row.basis),
            "权重": number(row.weight),
        }
        for filed in varied
        for place, row in enumerate(filed.indicators.all(), start=1)
    ]
    assert {row["值类型"] for row in rows} == set(kinds.values())


def test_the_sheets_join_by_their_keys(export, varied):
    workbook = export()
    projects = {tuple(row[key] for key in KEYS): row for row in records(workbook["项目"])}
    assert len(projects) == len(varied)
    counted = dict.fromkeys(projects, 0)
    for row in records(workbook["指标"]):
        counted[tuple(row[key] for key in KEYS)] += 1
    assert counted == {key: row["指标数"] for key, row in projects.items()}
    assert {tuple(row[key] for key in KEYS) for row in records(workbook["资金支出计划"])} == projects.keys()


def test_hostile_texts_come_out_as_text(export, department_year):
    # SQLite keeps 15 digits of an amount, and PostgreSQL no text with a zero character.
    indicators = tuple(
        dataclasses.replace(row, **{name: getattr(row, name).replace("\x00", "") for name in TEXTS})
        for row in hostile_table().indicators
    )
    table = dataclasses.replace(
        hostile_table(), budget=Decimal("9999999999999.99"), purpose="@x", indicators=indicators
    )
    create_declaration(department_year=department_year, table=table, actor=None)
    workbook = export(q="单击")
    (project,) = records(workbook["项目"])
    stored = Declaration.objects.get(name__contains="单击")
    assert project["项目编码"] == "000012345678901234567"
    assert project["项目名称"] == stored.name
    assert project["绩效目标"] == "=1+1"
    assert (project["预算数（万元）"], project["财政资金（万元）"]) == (999999999.999999, -0.000001)
    assert [row["累计支出（%）"] for row in records(workbook["资金支出计划"])] == [0, 260, None, 99999.99]
    assert [row["指标值"] for row in records(workbook["指标"])] == [
        printable(row.value).replace("_x0041_", "_x005F_x0041_") for row in stored.indicators.all()
    ]
    kinds = {cell.data_type for sheet in workbook for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert [sheet._hyperlinks for sheet in workbook] == [[]] * 4


# the list of the page, no more and no less


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"sort": "-budget"},
        {"sort": "name", "q": "个项目"},
        {"department": "286001", "year": "2024"},
        {"q": "水利"},
    ],
)
def test_the_workbook_holds_the_list_of_the_page_in_its_order(
    query, export, signed_in, auditor, other_department_year
):
    add_declarations(other_department_year, 60)
    client = signed_in(auditor)
    answers = [client.get(SEARCH, {**query, "page": page}) for page in (1, 2)]
    count = answers[0].context["page"].paginator.num_pages
    shown = [row.pk for answer in answers[:count] for row in answer.context["page"]]
    workbook = export(**query)
    assert [row["申报编号"] for row in records(workbook["项目"])] == shown
    sums, told = answers[0].context["sums"], about(workbook)
    assert told["行数", "项目"] == sums.projects == len(shown)
    assert told["合计", "预算数（万元）"] == in_wan(sums.budget)


def test_a_supervisor_takes_away_only_what_they_see(export, supervisor, other_department_year):
    workbook = export(supervisor)
    assert {row["单位编码"] for row in records(workbook["项目"])} == {"286001"}
    assert about(workbook)["范围", "可以查看的部门"] == "286曹妃甸区委（主管部门审核人）"


# the sheets


def test_sheets_are_flat_with_a_frozen_header_and_filters(export, varied):
    workbook = export()
    assert workbook.sheetnames == SHEETS
    for sheet in workbook:
        assert sheet.merged_cells.ranges == set()
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert sheet.print_title_rows == "$1:$1"
        assert all(cell.font.b and cell.fill.fgColor.rgb == "FFE6EAEF" for cell in sheet[1])
        assert all(sheet.column_dimensions[cell.column_letter].width >= 7 for cell in sheet[1])


def test_codes_are_text_and_amounts_are_numbers(export, varied):
    sheet = export()["项目"]
    titles = [cell.value for cell in sheet[1]]
    cells = dict(zip(titles, sheet[sheet.max_row], strict=True))
    assert (cells["单位编码"].data_type, cells["单位编码"].number_format) == ("s", "@")
    assert (cells["联系电话"].value, cells["联系电话"].number_format) == ("03158820000", "@")
    assert (cells["预算数（万元）"].data_type, cells["预算数（万元）"].number_format) == ("n", "#,##0.00####")
    assert cells["填报日期"].is_date
    assert cells["项目名称"].quotePrefix


def test_the_last_sheet_says_what_this_is(export, auditor, varied):
    before = timezone.localtime().replace(microsecond=0, tzinfo=None)
    workbook = export(department="286001", q="机关", year="2024", sort="code")
    told = about(workbook)
    assert told["来源", "导出人"] == "陈志远（auditor）"
    written = datetime.datetime.fromisoformat(told["来源", "导出时间"])
    assert before <= written <= timezone.localtime().replace(tzinfo=None)
    assert told["范围", "可以查看的部门"] == "全部部门（审计）"
    assert [value for (kind, _), value in told.items() if kind == "筛选"] == [
        "2024年度",
        "286001 曹妃甸区直机关工委及所属单位",
        "“机关”",
        "全部",
        "项目编码升序",
    ]
    assert [value for (kind, _), value in told.items() if kind == "行数"] == [2, 8, 12]
    assert told["合计", "预算数（万元）"] == 31.53
    assert told["说明", "截断的文字"] == 0
    assert "万元" in told["列：项目", "预算数（万元）"]
    assert workbook.properties.creator == "陈志远（auditor）"


def test_the_answer_is_a_file_named_after_the_filters(signed_in, auditor, department_year):
    answer = signed_in(auditor).get(WORKBOOK, {"year": "2024", "department": "286001"})
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert answer["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert unquote(answer["Content-Disposition"]) == (
        "attachment; filename*=utf-8''项目支出绩效目标审计导出_2024年度_286001_"
        f"{timezone.localdate():%Y%m%d}.xlsx"
    )


def test_an_empty_list_is_a_workbook_of_headers(export, department_year):
    workbook = export(q="水利")
    assert [workbook[name].max_row for name in SHEETS[:3]] == [1, 1, 1]
    assert workbook["项目"]["A1"].value == "年度"


def test_a_text_longer_than_a_cell_is_cut_and_counted(export, declaration):
    declaration.goal = "长" * 32_768
    declaration.purpose = "满" * 32_767
    declaration.save()
    workbook = export(department="286001")
    row = records(workbook["项目"])[0]
    assert row["绩效目标"] == "长" * (32_767 - len(CUT)) + CUT
    assert row["资金用途"] == "满" * 32_767
    assert about(workbook)["说明", "截断的文字"] == 1


def test_a_workbook_costs_the_same_queries_at_one_row_and_at_three_hundred(
    signed_in, auditor, department_year
):
    client = signed_in(auditor)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert b"".join(client.get(WORKBOOK).streaming_content)
        return len(captured)

    few = queries()
    add_declarations(department_year, 300)
    # Seven of them record that the file left, the lock of PostgreSQL among them.
    assert queries() == few <= 19


# too much


def test_more_rows_than_a_worksheet_holds_are_refused():
    refuse_too_many(Counts(1_048_575, 1_048_575, 1_048_575))
    with pytest.raises(
        TooManyRowsError, match="“指标”有1048576行，超出Excel工作表1048575行的上限，没有导出；"
    ):
        refuse_too_many(Counts(1, 1, 1_048_576))


def test_the_page_says_why_it_does_not_export_too_much(monkeypatch, signed_in, auditor, department_year):
    monkeypatch.setattr(audit_views, "MOST_ROWS", 21)
    answer = signed_in(auditor).get(WORKBOOK, {"q": "机关"}, follow=True)
    assert answer.redirect_chain == [(f"{SEARCH}?q=%E6%9C%BA%E5%85%B3", 302)]
    assert "共有22行，超出网页一次导出21行的上限，没有导出" in answer.text
    monkeypatch.setattr(audit_views, "MOST_ROWS", 22)
    answer = signed_in(auditor).get(WORKBOOK, {"q": "机关"})
    assert b"".join(answer.streaming_content).startswith(b"PK")


# any flat workbook


def flat(*values, style=Style.TEXT) -> tuple[bytes, FlatSheet]:
    file = io.BytesIO()
    created = datetime.datetime(2024, 5, 6, 7, 8, 9, tzinfo=datetime.UTC)
    with FlatWorkbook(file, title="<标题>&", creator="甲", created=created) as book:
        sheet = book.add_sheet("表", [Column(f"列{place}", 9, str, style) for place in range(len(values))])
        sheet.write(values)
    return file.getvalue(), sheet


def cells(content: bytes) -> list:
    return [cell.value for cell in openpyxl.load_workbook(io.BytesIO(content))["表"][2]]


@pytest.mark.parametrize("stored", HOSTILE_TEXTS)
def test_a_text_stays_as_it_is_but_for_what_a_workbook_cannot_hold(stored):
    content, _ = flat(stored, "后")
    kept = stored.translate(dict.fromkeys(map(ord, "\x00\x07\x08\x0b\x0c\x7f\ufffe\uffff")))
    # openpyxl does not read Excel's own escape.
    assert cells(content)[0].replace("_x005F_", "_") == kept


def test_what_looks_like_an_escape_is_escaped():
    content, _ = flat("_x0041_与_x与x0041_")
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert ">_x005F_x0041_与_x与x0041_<" in sheet


def test_numbers_are_written_exactly():
    values = (0, -1, Decimal("1E+2"), Decimal("0.000001"), Decimal("9999999999999.99"))
    content, _ = flat(*values, style=Style.NUMBER)
    assert cells(content) == [0, -1, 100, 0.000001, 9999999999999.99]


def test_days_before_the_calendar_of_excel_are_text():
    days = (datetime.date(1900, 3, 1), datetime.date(1900, 2, 28), datetime.date(9999, 12, 31))
    content, _ = flat(*days, style=Style.DATE)
    assert cells(content) == [
        datetime.datetime(1900, 3, 1),
        "1900-02-28",
        datetime.datetime(9999, 12, 31),
    ]


@pytest.mark.parametrize(
    ("stored", "cut"),
    [
        ("长" * 32_767, 0),
        ("长" * 32_768, 1),
        ("𠅤" * 16_383, 0),
        ("𠅤" * 16_384, 1),
        ("长" * 32_767 + "\x07", 0),
    ],
)
def test_what_a_cell_holds_is_counted_as_excel_counts(stored, cut):
    content, sheet = flat(stored)
    (kept,) = cells(content)
    assert len(kept.encode("utf-16-le")) <= 32_767 * 2
    assert kept.endswith(CUT) == bool(cut)
    assert sheet.cut_texts == cut


def test_after_a_failure_nothing_is_written():
    file = io.BytesIO()

    def fail():
        with FlatWorkbook(file, title="", creator="", created=timezone.now()) as book:
            sheets.append(book.add_sheet("表", [Column("列", 9, str)]))
            raise LookupError

    sheets = []
    with pytest.raises(LookupError):
        fail()
    assert file.getvalue() == b""


def test_office_opens_it(varied, office_to_pdf, tmp_path):
    output = tmp_path / "audit.xlsx"
    call_command("export_audit", "--year", "2024", "--output", str(output), verbosity=0)
    pdf = office_to_pdf(output)
    read = subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, text=True, check=True).stdout
    for piece in ("13020924P00077210002M", "12,345.678901", "2023-11-20", "三张表按“申报编号”连接"):
        assert piece in read


# the command


def test_the_command_writes_the_year_of_the_whole_site(varied, next_year, tmp_path, capsys):
    output = tmp_path / "new" / "audit.xlsx"
    call_command("export_audit", "--year", "2024", "--output", str(output))
    assert capsys.readouterr().out == f"已写入 {output}：项目 5 行，资金支出计划 14 行，指标 20 行。\n"
    workbook = openpyxl.load_workbook(output)
    assert [row["申报编号"] for row in records(workbook["项目"])] == [row.pk for row in varied]
    assert about(workbook)["来源", "导出人"] == "export_audit 命令"
    assert [file.name for file in output.parent.iterdir()] == ["audit.xlsx"]


def test_the_command_takes_one_department_with_its_units(varied, supervisor, tmp_path, capsys):
    output = tmp_path / "audit.xlsx"
    call_command("export_audit", "--year", "2024", "--department", "286", "--output", str(output))
    assert "项目 2 行，资金支出计划 8 行，指标 12 行" in capsys.readouterr().out
    told = about(openpyxl.load_workbook(output))
    assert told["筛选", "部门"] == "286 曹妃甸区委及所属单位"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--year", "2031"), "系统中没有2031年度，核对 --year。"),
        (("--year", "2024", "--department", "999"), "没有编码为“999”的部门，核对 --department。"),
    ],
)
def test_the_command_says_what_is_not_there(arguments, message, department_year, tmp_path):
    with pytest.raises(CommandError, match=message):
        call_command("export_audit", *arguments, "--output", str(tmp_path / "audit.xlsx"))
    assert list(tmp_path.iterdir()) == []


def test_a_failed_command_leaves_the_file_of_before(monkeypatch, department_year, tmp_path):
    output = tmp_path / "audit.xlsx"
    output.write_bytes(b"before")
    monkeypatch.setattr(audit_workbook, "MOST_ROWS", 11)
    with pytest.raises(CommandError, match="“指标”有12行，超出Excel工作表11行的上限"):
        call_command("export_audit", "--year", "2024", "--output", str(output))
    assert output.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [output]


def test_a_place_that_cannot_be_written_is_named(department_year, tmp_path):
    with pytest.raises(CommandError, match=f"不能写入 {tmp_path}：Is a directory"):
        call_command("export_audit", "--year", "2024", "--output", str(tmp_path))
    assert list(tmp_path.parent.glob(f".{tmp_path.name}*")) == []


def test_a_year_without_filings_is_a_workbook_of_headers(department_year, tmp_path, capsys):
    FiscalYear.objects.create(year=2030, frame="2021")
    call_command("export_audit", "--year", "2030", "--output", str(tmp_path / "audit.xlsx"))
    assert "项目 0 行，资金支出计划 0 行，指标 0 行" in capsys.readouterr().out
