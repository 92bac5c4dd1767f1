"""Reading the library from workbooks and CSV files, and writing it (importers/library_*.py, reports)."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from departments.models import Role
from departments.services import grant_role
from indicators.frames import FRAMES
from indicators.importers import ImportRefused
from indicators.importers.library_csv import read_library_csv
from indicators.importers.library_workbook import read_library_workbook
from indicators.library_columns import COLUMNS
from indicators.models import LibraryIndicator
from indicators.segmentation import LIBRARY_DATA
from indicators.services.library import load_starter, values_of
from trail.models import Entry

TIERS = list(
    dict.fromkeys((first, second) for frame in FRAMES.values() for first in frame for second in frame[first])
)
HEAD = ["一级指标", "二级指标", "三级指标", "指标解释", "方向", "计量单位"]
ROW = ["产出指标", "质量指标", "培训合格率", "考核合格的比例。", ">=", "%"]


def workbook(*rows, title="指标库", merge="") -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    return saved(book)


def saved(book) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(data: bytes):
    return read_library_workbook(data, tiers=TIERS)


def problems_of(data: bytes) -> list[str]:
    with pytest.raises(ImportRefused) as refusal:
        read(data)
    return [str(problem) for problem in refusal.value.problems]


def test_a_workbook_is_read_by_its_heads_in_any_order():
    heads, row = [*reversed(HEAD), "备 注"], [*reversed(ROW), "另外"]
    reading = read(workbook(["唐山市绩效指标库"], heads, row, ["注：共一条"]))
    assert reading.rows == (
        {
            "first_tier": "产出指标",
            "second_tier": "质量指标",
            "name": "培训合格率",
            "explanation": "考核合格的比例。",
            "direction": "≥",
            "unit": "%",
        },
    )
    assert reading.messages == (
        "工作表“指标库”A4：该行只有一格有内容，没有读取。",
        "列“备注”不是指标库的列，没有读取。",
    )


def test_all_problems_are_told_with_their_cells():
    data = workbook(
        HEAD,
        ["产出指标", "质量指标", "", "没有名称。", "大于", "%"],
        ROW,
        ROW,
        ["效益指标", "质量指标", "错位", "二级指标不在一级指标之下。", "", "一" * 21],
    )
    assert problems_of(data) == [
        "工作表“指标库”C2：“三级指标”没有填写，该列每行都要填写。",
        "工作表“指标库”E2：“方向”的“大于”无法识别，应为≥、＞、＝、＜、≤之一或空白。",
        "工作表“指标库”第4行：“培训合格率”与工作表“指标库”第3行是同一指标，只保留一行。",
        "工作表“指标库”F5：“计量单位”有21字，不能超过20字。",
        "工作表“指标库”B5：“二级指标”的“质量指标”不在“效益指标”之下，应为经济效益指标、社会效益指标、生态效益指标、可持续影响指标之一。",
    ]


def test_a_formula_is_refused():
    (problem,) = problems_of(workbook(HEAD, [*ROW[:3], '=CONCATENATE("考","核")', *ROW[4:]]))
    assert problem.startswith("工作表“指标库”D2：")
    assert "公式" in problem


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (workbook(["一级指标", "二级指标"], ["产出指标", "质量指标"]), "没有找到指标"),
        (workbook(HEAD), "没有找到指标"),
        (workbook(HEAD, ROW, ["", "", "培训人次"], merge="A2:A3"), "跨行合并"),
        (workbook([*HEAD, "方向"], [*ROW, "≥"]), "表头有两列“方向”"),
        (b"PK\x03\x04 not a workbook", "已损坏"),
    ],
)
def test_what_is_no_library_is_refused(data, message):
    assert message in problems_of(data)[0]


def test_a_sheet_without_the_heads_is_not_read():
    book = load_workbook(io.BytesIO(workbook(HEAD, ROW)))
    book.create_sheet("说明").append(["来源", "导出人", "张慧敏"])
    assert len(read(saved(book)).rows) == 1


def test_csv_files_are_read_together_and_their_problems_too(tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(f"{','.join(HEAD)}\n{','.join(ROW)}\n", encoding="utf-8-sig")
    assert [row["name"] for row in read_library_csv([good], tiers=TIERS)] == ["培训合格率"]
    bad.write_text(f"{','.join(HEAD)}\n产出指标,质量指标,,解释,,\n{','.join(ROW)}\n", encoding="utf-8")
    with pytest.raises(ImportRefused) as refusal:
        read_library_csv([good, bad], tiers=TIERS)
    assert [problem.place for problem in refusal.value.problems] == ["bad.csv 第2行", "bad.csv 第3行"]


def test_the_starter_set_is_sound_and_large(db):
    rows = read_library_csv(sorted(LIBRARY_DATA.glob("*.csv")), tiers=TIERS)
    assert len(rows) >= 300
    call_command("load_library")
    assert LibraryIndicator.objects.filter(standing=LibraryIndicator.Standing.APPROVED).count() == len(rows)
    call_command("load_library")
    assert LibraryIndicator.objects.count() == len(rows)


# The pages


@pytest.fixture
def library(db):
    load_starter(
        rows=[
            dict(zip((column.field for column in COLUMNS), texts, strict=False))
            for texts in (
                (
                    "教育",
                    "职业教育",
                    "=1+1",
                    "产出指标",
                    "质量指标",
                    "培训合格率",
                    "考核合格的比例。\n按期统计。",
                ),
                ("", "", "", "成本指标", "经济成本指标", "人均培训成本", "人均支出。", "", "", "", "0.05"),
            )
        ]
    )
    return LibraryIndicator.objects.order_by("pk")


def upload(client, data: bytes, **fields):
    file = SimpleUploadedFile("指标库.xlsx", data)
    return client.post(reverse("library-import"), {"file": file, **fields})


def test_what_is_exported_imports_again_unchanged(library, reviewer, signed_in):
    client = signed_in(reviewer)
    exported = b"".join(client.get(reverse("library-workbook")).streaming_content)
    assert [row["name"] for row in read(exported).rows] == ["人均培训成本", "培训合格率"]
    assert read(exported).messages == ()
    assert sorted(read(exported).rows, key=str) == sorted(map(values_of, library), key=str)
    assert "文件与指标库一致" in upload(client, exported).text


def test_the_workbook_holds_what_the_list_shows(library, preparer, signed_in):
    response = signed_in(preparer).get(reverse("library-workbook"), {"q": "成本"})
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content)))["指标库"]
    assert [[cell.value for cell in row[5:6]] for row in sheet.iter_rows()] == [
        ["三级指标"],
        ["人均培训成本"],
    ]


def test_a_filter_that_makes_no_sense_exports_nothing(library, preparer, signed_in):
    response = signed_in(preparer).get(reverse("library-workbook"), {"tier": "没有"})
    assert (response.status_code, response.url) == (302, f"{reverse('library')}?tier=%E6%B2%A1%E6%9C%89")


def test_an_import_is_shown_before_it_is_written(library, reviewer, signed_in):
    client = signed_in(reviewer)
    data = workbook(
        ["行业领域", "行业类别", "资金用途", *HEAD],
        ["教育", "职业教育", "'=1+1", *ROW],
        ["", "", "", "产出指标", "数量指标", "培训人次", "参加培训的人次。", "", "人次"],
    )
    book = load_workbook(io.BytesIO(data))
    book.active["C2"].value, book.active["C2"].data_type = "=1+1", "s"
    preview = upload(client, saved(book))
    assert preview.status_code == 200
    plan = preview.context["preview"].plan
    assert [row["name"] for row in plan.new] == ["培训人次"]
    assert [one.cells for one in plan.changed] == [
        [
            ("指标解释", "考核合格的比例。\n按期统计。", "考核合格的比例。"),
            ("方向", "", "≥"),
            ("计量单位", "", "%"),
        ]
    ]
    assert LibraryIndicator.objects.count() == 2

    agreed = {"token": preview.context["preview"].pending.uid, "digest": preview.context["preview"].digest}
    assert client.post(reverse("library-import"), agreed).status_code == 302
    assert LibraryIndicator.objects.get(name="培训合格率").unit == "%"
    assert Entry.objects.latest("sequence").label == "指标库导入：新增1条，变化1条"
    lost = client.post(reverse("library-import"), agreed)
    assert (lost.status_code, "预览的文件已不在" in lost.text) == (422, True)


def test_a_library_that_moved_since_the_preview_is_shown_again(library, reviewer, signed_in):
    client = signed_in(reviewer)
    preview = upload(client, workbook(HEAD, ROW)).context["preview"]
    load_starter(rows=[dict(zip(("first_tier", "second_tier", "name", "explanation"), ROW, strict=False))])
    count = LibraryIndicator.objects.count()
    again = client.post(reverse("library-import"), {"token": preview.pending.uid, "digest": preview.digest})
    assert (again.status_code, "在预览之后有变动" in again.text) == (409, True)
    assert LibraryIndicator.objects.count() == count


def test_nobody_imports_what_somebody_else_uploaded(library, reviewer, auditor, signed_in):
    preview = upload(signed_in(reviewer), workbook(HEAD, ROW)).context["preview"]
    grant_role(user=auditor, role=Role.FINANCE, department=None, actor=None)
    response = signed_in(auditor).post(
        reverse("library-import"), {"token": preview.pending.uid, "digest": preview.digest}
    )
    assert (response.status_code, "预览的文件已不在" in response.text) == (422, True)
    assert LibraryIndicator.objects.count() == 2


def test_a_refused_file_changes_nothing_and_names_all_cells(library, reviewer, signed_in):
    response = upload(signed_in(reviewer), workbook(HEAD, ["产出指标", "别的", "", "解释", "", ""]))
    assert response.status_code == 422
    assert "指标库”C2" in response.text
    assert "指标库”B2" in response.text
    assert LibraryIndicator.objects.count() == 2
