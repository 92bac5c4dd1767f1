"""调整对照表: 原值 beside 新值, the 调剂金额 and their sum, in HTML, PDF, XLSX and DOCX from one grid."""

import io
import re
import subprocess
from dataclasses import replace
from decimal import Decimal

import docx
import openpyxl
import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone

from indicators.adjustments import comparison_of, comparison_of_year
from indicators.document import Change, new_uid
from indicators.layout.comparison import (
    WIDTHS,
    WIDTHS_OF_TEXT,
    Adjusted,
    Comparison,
    lay_out_comparison,
)
from indicators.layout.grid import CONTINUED, Break
from indicators.layout.html import paper_css
from indicators.rows import load_table
from indicators.services import create_declaration, save_table
from indicators.services.adjustment import abandon_adjustment, open_adjustment
from perfbudget.lib.money import format_wan
from projects.models import Approval
from reports.pdf import print_publication
from tests.approved_tables import approve
from tests.queries import queries_of
from tests.sample_documents import team_table
from workflow.models import Status, Version
from workflow.transitions import APPROVE_CANCELLATION


def adjusted(transfer, *, code="A", is_budget=True, changes=None, is_approved=True):
    return Adjusted(
        code=code,
        name=f"项目{code}",
        versions=(1, 2),
        sorts="预算调整",
        reason="年中调剂。",
        changes=changes if changes is not None else (Change("budget", "预算数", "1.00万元", "2.00万元"),),
        transfer=transfer,
        is_budget=is_budget,
        is_approved=is_approved,
    )


def sheet(*rows):
    return Comparison(2024, "286001", "区直机关工委", rows)


def texts(comparison):
    grid = next(lay_out_comparison(comparison).sheets()).grid
    return [[cell.text for cell in row.cells] for row in grid.rows]


# layout


CHANGES = tuple(Change(f"field{n}", f"内容{n}", "原", "新") for n in range(3))


@pytest.mark.parametrize(
    ("rows", "widths"),
    [
        ((adjusted(Decimal("10000"), changes=CHANGES), adjusted(None, code="B", changes=())), WIDTHS),
        ((replace(adjusted(None, changes=CHANGES), is_text=True), adjusted(None, code="B")), WIDTHS),
        ((replace(adjusted(None, changes=CHANGES), is_text=True),) * 2, WIDTHS_OF_TEXT),
    ],
)
def test_every_cell_has_its_place(rows, widths):
    grid = next(lay_out_comparison(sheet(*rows)).sheets()).grid
    assert (grid.widths, sum(widths)) == (widths, 267)
    covered = [[0] * len(widths) for _ in grid.rows]
    for place in grid.placed():
        for row in range(place.row, place.row + place.cell.rows):
            for column in range(place.column, place.column + place.cell.columns):
                covered[row][column] += 1
    assert covered == [[1] * len(widths) for _ in grid.rows]


def test_a_row_says_field_old_and_new_and_the_sum_moved():
    rows = texts(sheet(adjusted(Decimal("10000"))))
    assert rows[0] == ["2024年度预算绩效目标调整对照表"]
    assert rows[3] == [
        *("1", "项目A\nA\n第1版→第2版", "预算调整", "年中调剂。"),
        *("预算数", "1.00万元", "2.00万元", "1.00"),
    ]


def test_a_blank_value_says_so():
    rows = texts(sheet(adjusted(None, changes=(Change("goal", "绩效目标", "", "新"),))))
    assert rows[3][5:] == ["（空）", "新", ""]


def test_transfers_that_add_up_to_nothing_need_no_note():
    comparison = sheet(adjusted(Decimal("10000")), adjusted(Decimal("-10000"), code="B"))
    assert comparison.note == ""
    assert ["合计", "0.00"] in texts(comparison)


def test_transfers_that_do_not_add_up_are_noted():
    comparison = sheet(adjusted(Decimal("10000")), adjusted(Decimal("-4000"), code="B"))
    assert "2个项目作了预算调整，调剂金额合计0.60万元，不为0" in comparison.note
    assert ["说明", comparison.note] in texts(comparison)


def test_a_cancelled_project_is_not_counted_among_those_that_transfer():
    gone = adjusted(Decimal("-60000"), code="C", is_budget=False)
    assert sheet(adjusted(Decimal("10000")), adjusted(Decimal("-10000"), code="B"), gone).note == ""
    uneven = sheet(adjusted(Decimal("10000")), adjusted(Decimal("-4000"), code="B"), gone)
    assert "2个项目作了预算调整，调剂金额合计0.60万元，不为0" in uneven.note


def test_the_money_of_a_cancelled_project_goes_to_others():
    gone = adjusted(Decimal("-60000"), code="C", is_budget=False)
    assert sheet(adjusted(Decimal("40000")), adjusted(Decimal("20000"), code="B"), gone).note == ""


def test_the_next_page_says_an_amount_no_second_time():
    changes = (Change("budget", "预算数", "1.00万元", "2.00万元"), Change("goal", "绩效目标", "旧", "新"))
    grid = next(lay_out_comparison(sheet(adjusted(Decimal("10000"), changes=changes))).sheets()).grid
    for continued in (CONTINUED, ""):
        lower = grid.cut([4], continued).rows[4]
        assert [cell.text for cell in lower.cells] == [
            *("1", f"项目A\nA\n第1版→第2版{continued}", f"预算调整{continued}", f"年中调剂。{continued}"),
            *("绩效目标", "旧", "新", ""),
        ]
        assert lower.cells[-1].number is None


@pytest.mark.parametrize(
    "second", [adjusted(None, code="B"), adjusted(Decimal("1"), code="B", is_budget=False)]
)
def test_one_project_alone_transfers_to_no_other(second):
    assert sheet(adjusted(Decimal("10000")), second).note == ""


def test_what_is_not_approved_is_marked():
    assert lay_out_comparison(sheet(adjusted(None))).mark == ""
    assert lay_out_comparison(sheet(adjusted(None), adjusted(None, is_approved=False))).mark == "未批复"


@pytest.mark.parametrize(("name", "widths"), [("comparison", WIDTHS), ("text-comparison", WIDTHS_OF_TEXT)])
def test_the_style_sheet_knows_the_widths_of_the_sheet(name, widths):
    rule = rf"\.grid-{name} col:nth-child\((\d+)\) {{ width: ([\d.]+)mm; }}"
    found = {int(number): float(width) for number, width in re.findall(rule, paper_css())}
    assert found == dict(enumerate(widths, start=1))


# from rows


@pytest.fixture
def change_budget(preparer):
    """Return a function that opens an adjustment of an approved table and writes another budget."""

    def change(declaration, budget, *sorts):
        open_adjustment(
            reviewed=declaration,
            sorts=sorts or ["budget"],
            reason="按<文件>调剂。",
            revision=declaration.revision,
            actor=preparer,
        )
        declaration.refresh_from_db()
        table = replace(load_table(declaration), budget=budget)
        save_table(declaration=declaration, table=table, revision=declaration.revision, actor=preparer)
        declaration.refresh_from_db()

    return change


def test_under_way_it_compares_with_what_is_written(declaration, people, change_budget):
    approve(declaration, **people)
    change_budget(declaration, Decimal("20000"))
    (only,) = comparison_of(declaration).adjusted
    assert [(change.path, change.before, change.after) for change in only.changes] == [
        ("budget", "1.80万元", "2.00万元")
    ]
    assert (only.transfer, only.versions, only.is_approved) == (Decimal("2000"), (1, 2), False)


def test_approved_it_stays_what_it_was_while_the_next_is_written(declaration, people, change_budget):
    approve(declaration, **people)
    change_budget(declaration, Decimal("20000"))
    approve(declaration, **people)
    declaration.adjustments.update(outcome="approved")
    change_budget(declaration, Decimal("5000"))
    first, second = comparison_of_year(declaration.department_year).adjusted
    assert (first.transfer, first.is_approved) == (Decimal("2000"), True)
    assert (second.transfer, second.is_approved) == (Decimal("-15000"), False)
    assert comparison_of(declaration).adjusted == (second,)


def test_what_was_dropped_is_left_out(declaration, people, change_budget):
    approve(declaration, **people)
    change_budget(declaration, Decimal("20000"))
    abandon_adjustment(
        reviewed=declaration, reason="不调了。", revision=declaration.revision, actor=people["preparer"]
    )
    assert comparison_of(declaration) is None
    assert comparison_of_year(declaration.department_year).adjusted == ()


def test_a_cancellation_takes_the_whole_budget_and_a_restoration_gives_it_back(declaration, people):
    approve(declaration, **people)
    preparer = people["preparer"]
    open_adjustment(
        reviewed=declaration,
        sorts=["cancel"],
        reason="项目不再实施。",
        revision=declaration.revision,
        actor=preparer,
    )
    declaration.refresh_from_db()
    (only,) = comparison_of(declaration).adjusted
    assert [(each.place, each.before, each.after) for each in only.changes] == [
        ("项目", "预算数1.80万元", "已取消")
    ]
    assert only.transfer == Decimal("-18000")
    approve(declaration, **people, act=APPROVE_CANCELLATION)
    declaration.adjustments.update(outcome="approved")
    open_adjustment(
        reviewed=declaration,
        sorts=["restore"],
        reason="恢复实施。",
        revision=declaration.revision,
        actor=preparer,
    )
    assert comparison_of(declaration).adjusted[0].transfer == Decimal("18000")


def test_a_department_takes_as_many_queries_with_two_as_with_one(
    department_year, people, change_budget, auditor, signed_in
):
    client, address = signed_in(auditor), reverse("adjustments", args=(2024, "286001"))

    def count():
        return queries_of(client, address)

    first, second = department_year.declarations.all()
    approve(first, **people)
    change_budget(first, Decimal("20000"))
    before = count()
    approve(second, **people)
    change_budget(second, Decimal("20000"))
    assert count() == before


# pages and files


REASON = "因年中工作任务调整，按照区委区政府部署，部分调研任务推迟到下一年度开展。"


def rows_by_page(pdf):
    """Return on each page how many rows of changes begin, and how often the reason does."""
    pages = pikepdf.open(io.BytesIO(pdf)).pages
    texts = [run_pdftotext(pdf, number) for number in range(1, len(pages) + 1)]
    return [(text.count("第几项"), text.count("因年中")) for text in texts]


def run_pdftotext(pdf, page):
    words = ["pdftotext", "-raw", "-f", str(page), "-l", str(page), "-", "-"]
    text = subprocess.run(words, input=pdf, capture_output=True, check=True).stdout.decode()
    return "".join(text.split())


def test_a_page_is_filled_with_rows_whatever_is_written_beside_all_of_them():
    changes = tuple(Change(f"field{n}", "第几项", "原值", "新值") for n in range(45))
    comparison = sheet(replace(adjusted(None, changes=changes), reason=REASON * 4))
    found = rows_by_page(print_publication(lay_out_comparison(comparison)).pdf)
    assert [rows for rows, _ in found] == [19, 21, 5]
    assert [reasons for _, reasons in found] == [4, 0, 0]


def test_a_page_ends_where_what_is_written_beside_the_next_rows_does_not_fit():
    changes = tuple(Change(f"field{n}", "第几项", "原值", "新值") for n in range(2))
    rows = (replace(adjusted(None, changes=changes), reason=REASON * 6),) * 3
    found = rows_by_page(print_publication(lay_out_comparison(sheet(*rows))).pdf)
    assert found == [(2, 6), (2, 6), (2, 6)]


def test_a_short_text_beside_many_rows_is_said_on_each_page_and_a_long_one_once():
    changes = tuple(Change(f"field{n}", "内容", "原", "新") for n in range(4))
    grid = next(
        lay_out_comparison(sheet(replace(adjusted(None, changes=changes), reason=REASON * 4))).sheets()
    ).grid
    below = grid.broken([Break(5)]).rows[6].cells
    assert [cell.text for cell in below[1:4]] == [
        f"项目A\nA\n第1版→第2版{CONTINUED}",
        f"预算调整{CONTINUED}",
        CONTINUED,
    ]


@pytest.fixture
def approved_year(department_year, people):
    """Return the year with a 批复 of its first table, without its second."""
    first = department_year.declarations.order_by("position").first()
    approve(first, **people)
    approval = Approval.objects.create(
        fiscal_year=department_year.fiscal_year, department=department_year.department,
        department_name=department_year.name, document_number="曹财预〔2024〕1号", approved_on="2024-02-01",
        issuer="曹妃甸区财政局", publish_by="2024-02-21", issued_by=people["approver"],
        issued_at=timezone.now(), batch="b",
    )  # fmt: skip
    approval.versions.set(Version.objects.filter(kind="declaration", object_id=first.pk, act="approve"))
    return department_year


def test_a_project_added_after_the_approval_has_a_line(approved_year, people, change_budget):
    first, second = approved_year.declarations.order_by("position")
    (line,) = comparison_of_year(approved_year).adjusted
    assert (line.name, line.sorts, line.versions, line.is_approved) == (second.name, "新增", (0, 1), False)
    assert line.transfer == second.budget
    approve(second, **people)
    approved = second.budget
    change_budget(second, Decimal("20000"))
    added, changed = comparison_of_year(approved_year).adjusted
    assert (added.transfer, added.is_approved) == (approved, True)  # as it was approved, not as it is written
    assert (changed.sorts, changed.transfer) == ("预算调整", Decimal("20000") - approved)
    change_budget(first, Decimal("30000"))
    assert [each.name for each in comparison_of_year(approved_year).adjusted] == [
        *(first.name, second.name, second.name)
    ]


def test_what_was_cancelled_before_any_approval_was_not_added(approved_year):
    approved_year.declarations.filter(status=Status.DRAFT).update(status=Status.CANCELLED)
    assert comparison_of_year(approved_year).adjusted == ()


def test_without_an_approval_nothing_is_added(department_year):
    assert comparison_of_year(department_year).adjusted == ()


@pytest.mark.parametrize("extension", ["html", "pdf", "xlsx", "docx"])
def test_an_added_project_is_in_every_format(extension, approved_year, auditor, signed_in):
    second = approved_year.declarations.order_by("position").last()
    answer = signed_in(auditor).get(reverse("adjustments-file", args=(2024, "286001", extension)))
    said = "".join(text_of(answer.content, extension).split())
    for words in (second.name, "第1版", "新增", "未列入批复", f"预算数{format_wan(second.budget)}万元"):
        assert words in said


def text_of(content, extension):
    if extension == "pdf":
        return run_pdftotext(content, 1)
    if extension == "html":
        return re.sub("<[^>]+>", "", content.decode())
    if extension == "docx":
        tables = docx.Document(io.BytesIO(content)).tables
        return "".join(cell.text for table in tables for row in table.rows for cell in row.cells)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return "".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row if value)


def test_added_projects_cost_no_more_queries(approved_year, auditor, preparer, signed_in):
    client, address = signed_in(auditor), reverse("adjustments", args=(2024, "286001"))
    before = queries_of(client, address)
    for number in range(5):
        table = replace(team_table(), uid=new_uid(), project_code=f"13020924P0007731000{number}A")
        create_declaration(department_year=approved_year, table=table, actor=preparer)
    assert queries_of(client, address) == before


def test_the_tables_page_shows_old_beside_new(declaration, people, change_budget, auditor, signed_in):
    approve(declaration, **people)
    change_budget(declaration, Decimal("20000"))
    text = signed_in(auditor).get(reverse("table", args=(declaration.pk,))).text
    assert "第2版调整中；现行为" in text
    assert "调剂金额 <b>0.20</b> 万元" in text
    assert "<del>1.80</del>万元" in text
    assert "<ins>2.00</ins>万元" in text
    assert "按&lt;文件&gt;调剂。" in text


def test_an_approved_table_says_its_version_in_print(declaration, people, auditor, signed_in):
    version = approve(declaration, **people)
    text = signed_in(auditor).get(reverse("table-file", args=(declaration.pk, "html"))).text
    assert f"第1版 校验码 {version.document.content_hash[:16]}" in text
    assert "草稿" not in text


@pytest.mark.parametrize("name", ["adjustment-file", "adjustments-file"])
def test_the_sheet_comes_in_every_format(name, declaration, people, change_budget, auditor, signed_in):
    approve(declaration, **people)
    change_budget(declaration, Decimal("20000"))
    arguments = (declaration.pk,) if name == "adjustment-file" else (2024, "286001")
    client = signed_in(auditor)
    files = {
        extension: client.get(reverse(name, args=(*arguments, extension)))
        for extension in ("html", "pdf", "xlsx", "docx")
    }
    assert {response.status_code for response in files.values()} == {200}
    assert files["pdf"].content.startswith(b"%PDF")
    assert "1.80万元" in files["html"].text
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"].content))
    values = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert "1.80万元" in values
    assert 0.2 in values


@pytest.mark.parametrize("extension", ["json", "exe"])
def test_there_is_no_other_format(extension, declaration, people, change_budget, auditor, signed_in):
    approve(declaration, **people)
    change_budget(declaration, Decimal("20000"))
    address = reverse("adjustment-file", args=(declaration.pk, extension))
    assert signed_in(auditor).get(address).status_code == 404


def test_there_is_no_sheet_without_an_adjustment(declaration, auditor, signed_in):
    client = signed_in(auditor)
    assert client.get(reverse("adjustment-file", args=(declaration.pk, "pdf"))).status_code == 404
    assert "本年度没有调整" in client.get(reverse("adjustments", args=(2024, "286001"))).text


def test_an_outsider_finds_no_sheet(declaration, people, change_budget, outsider, signed_in):
    approve(declaration, **people)
    change_budget(declaration, Decimal("20000"))
    client = signed_in(outsider)
    assert client.get(reverse("adjustment-file", args=(declaration.pk, "pdf"))).status_code == 404
    assert client.get(reverse("adjustments-file", args=(2024, "286001", "pdf"))).status_code == 404
