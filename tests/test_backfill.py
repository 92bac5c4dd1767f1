"""回填导出: filed tables in the site's own template, which keeps its looks; whose tables, whose templates."""

import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from indicators.document import new_uid
from indicators.rows import load_table
from indicators.services import create_declaration, save_table
from projects.models import ColumnMapping, Declaration
from reports import backfill
from tests.project_list_files import saved
from tests.queries import queries_of
from tests.sample_documents import team_table
from trail.models import Entry

HEADS = (
    "单位编码", "项目编码", "项目名称", "预算数（元）", "绩效目标", "3月底", "一级指标", "二级指标",
    "三级指标", "符号", "指标值", "计量单位", "指标解释", "备注",
)  # fmt: skip
RED = PatternFill("solid", fgColor="FFFFCCCC")


def template_book(heads=HEADS):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "导入模板"
    sheet.append(["项目支出绩效目标导入模板"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(heads))
    sheet.append(list(heads))
    sheet.append(["示例编码", "示例", "示例名称", 1, "", 0.25])
    sheet.append(["又一示例", "示例", "第二行示例"])
    sheet.merge_cells("B3:B4")
    for cell in sheet[3]:
        cell.fill, cell.font = RED, Font(name="仿宋", size=9)
    sheet["F3"].number_format = "0%"
    sheet.column_dimensions["C"].width = 42
    validation = DataValidation(type="list", formula1='"≥,≤,＝"')
    validation.add("J3:J500")
    sheet.add_data_validation(validation)
    return book


@pytest.fixture
def keep(reviewer, signed_in, settings, tmp_path, department_year):
    """Return a function that uploads a template as the finance reviewer and returns its mapping."""
    settings.MEDIA_ROOT = tmp_path / "files"

    def keep(book=None, name="一体化导入模板"):
        file = SimpleUploadedFile("模板.xlsx", saved(book or template_book()))
        answer = signed_in(reviewer).post(reverse("backfill-template-new"), {"name": name, "file": file})
        assert answer.status_code == 302, answer.text
        return ColumnMapping.objects.get(name=name)

    return keep


def asked(mapping, **changed):
    return {"template": mapping.pk, "year": 2024, "department": "", **changed}


def filled(client, mapping, **changed):
    answer = client.get(reverse("backfill-workbook"), asked(mapping, **changed))
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))["导入模板"]


def test_every_indicator_is_a_row_under_the_heads_of_the_template(keep, preparer, signed_in):
    sheet = filled(signed_in(preparer), keep())
    tables = [load_table(declaration) for declaration in Declaration.objects.order_by("position")]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert [row[8] for row in rows] == [part.name for table in tables for part in table.indicators]
    first, part = tables[0], tables[0].indicators[0]
    assert rows[0][:9] == [
        "286001", first.project_code, first.name, 18000, first.goal, 0.25,
        part.first_tier, part.second_tier, part.name,
    ]  # fmt: skip
    assert rows[0][12] == part.description
    assert {row[1] for row in rows} == {table.project_code for table in tables}


def test_a_filled_template_is_recorded(keep, preparer, signed_in):
    filled(signed_in(preparer), keep())

    entry = Entry.objects.latest("sequence")
    assert (entry.actor, entry.action, entry.object_id) == (preparer, "export", "backfill")
    assert entry.label == "回填导出 一体化导入模板"


@pytest.mark.parametrize(
    ("value", "cells"),
    [
        ("≥95%", ["≥", 95, "%"]),
        ("＝18项", ["＝", 18, "项"]),
        ("1-2期", [None, "1-2期", None]),
        ("显著提高", [None, "显著提高", None]),
    ],
)
def test_signs_numbers_and_units_stand_apart(value, cells, keep, preparer, signed_in):
    declaration = Declaration.objects.order_by("position").first()
    table = load_table(declaration)
    first, *others = table.indicators
    table = replace(table, indicators=(replace(first, value=value), *others))
    save_table(declaration=declaration, table=table, revision=declaration.revision, actor=preparer)
    sheet = filled(signed_in(preparer), keep())
    assert [cell.value for cell in sheet[3][9:12]] == cells


def test_the_template_keeps_its_looks_and_gives_up_its_examples(keep, preparer, signed_in):
    sheet = filled(signed_in(preparer), keep())
    last = sheet.max_row
    assert last > 5
    for row in (3, 4, last):
        assert (sheet.cell(row, 3).fill.fgColor.rgb, sheet.cell(row, 3).font.name) == ("FFFFCCCC", "仿宋")
        assert sheet.cell(row, 6).number_format == "0%"
    assert sheet.column_dimensions["C"].width == 42
    assert sheet.data_validations.dataValidation[0].formula1 == '"≥,≤,＝"'
    texts = [cell.value for row in sheet.iter_rows(min_row=3) for cell in row]
    assert not any("示例" in str(text) for text in texts)
    assert [str(span) for span in sheet.merged_cells.ranges] == ["A1:N1"]


def test_codes_are_texts_and_no_text_becomes_a_formula(keep, preparer, signed_in):
    declaration = Declaration.objects.order_by("position").first()
    hostile = replace(load_table(declaration), goal='=HYPERLINK("x")', name="@SUM(A1)\x07")
    save_table(declaration=declaration, table=hostile, revision=declaration.revision, actor=preparer)
    sheet = filled(signed_in(preparer), keep())
    assert (sheet["E3"].value, sheet["E3"].data_type, sheet["E3"].quotePrefix) == (hostile.goal, "s", True)
    assert (sheet["C3"].value, sheet["C3"].data_type) == ("@SUM(A1)", "s")
    assert (sheet["A3"].data_type, sheet["A3"].number_format) == ("s", "@")


def test_a_template_without_indicators_has_a_row_for_every_project(keep, preparer, signed_in):
    mapping = keep(template_book(("项目编码", "项目名称", "预算数（万元）", "资金用途")))
    sheet = filled(signed_in(preparer), mapping)
    assert [(row[0].value, row[2].value) for row in sheet.iter_rows(min_row=3)] == [
        ("13020924P00077210002M", 1.8),
        ("13020924P00077110001C", 29.73),
    ]


def test_only_visible_tables_are_written(keep, outsider, preparer, signed_in, other_department_year):
    mapping = keep()
    names = {row[0].value for row in filled(signed_in(outsider), mapping).iter_rows(min_row=3)}
    assert names == {"387001"}
    answer = signed_in(outsider).get(reverse("backfill"), asked(mapping, department="286001"))
    assert "没有可以查看的部门“286001”" in answer.text
    refused = signed_in(outsider).get(reverse("backfill-workbook"), asked(mapping, department="286001"))
    assert refused.status_code == 302


def test_exempt_and_unfiled_tables_are_left_out(keep, preparer, signed_in, department_year):
    mapping, client = keep(), signed_in(preparer)
    first, second = Declaration.objects.order_by("position")
    type(first.project).objects.filter(pk=first.project_id).update(category="staff")
    codes = {row[1].value for row in filled(client, mapping).iter_rows(min_row=3)}
    assert codes == {second.project.code}
    page = client.get(reverse("backfill"), asked(mapping, only_filed="on"))
    assert "所选范围内没有可以导出的绩效目标表" in page.text


def test_the_preview_shows_the_first_rows_and_counts_all(keep, preparer, signed_in):
    page = signed_in(preparer).get(reverse("backfill"), asked(keep()))
    preview = page.context["preview"]
    number = sum(len(load_table(declaration).indicators) for declaration in Declaration.objects.all())
    assert (preview.number, len(preview.rows)) == (number, 10)
    assert preview.rows[0][:3] == ("286001", "13020924P00077210002M", "2024年度机关团工作活动经费")


def test_too_many_rows_are_refused_and_not_cut(keep, preparer, signed_in, monkeypatch):
    mapping = keep()
    monkeypatch.setattr(backfill, "MOST_ROWS", 5)
    answer = signed_in(preparer).get(reverse("backfill-workbook"), asked(mapping), follow=True)
    assert "一次最多5行，选择部门后分几次导出。" in answer.text


def test_a_lost_template_is_told(keep, preparer, signed_in):
    mapping = keep()
    mapping.template.storage.delete(mapping.template.name)
    for name in ("backfill", "backfill-workbook"):
        answer = signed_in(preparer).get(reverse(name), asked(mapping), follow=True)
        assert "的文件已不在，由财政审核人重新上传" in answer.text


@pytest.mark.parametrize("name", ["backfill", "backfill-workbook"])
def test_the_same_queries_for_two_tables_and_for_thirty(name, keep, preparer, signed_in, department_year):
    mapping, client = keep(), signed_in(preparer)

    def queries():
        return queries_of(client, reverse(name), asked(mapping))

    few = queries()
    for _ in range(28):
        table = replace(team_table(), uid=new_uid(), project_code="")
        create_declaration(department_year=department_year, table=table, actor=None)
    assert queries() == few


def test_libreoffice_opens_the_filled_template(keep, preparer, signed_in, office_to_pdf, tmp_path):
    answer = signed_in(preparer).get(reverse("backfill-workbook"), asked(keep()))
    file = tmp_path / "回填.xlsx"
    file.write_bytes(answer.content)
    assert office_to_pdf(file).read_bytes().startswith(b"%PDF-")


# Templates


def test_a_template_is_kept_with_its_guessed_columns_and_the_act_recorded(keep, reviewer):
    mapping = keep()
    assert (mapping.sheet, mapping.head_row, mapping.amount_unit) == ("导入模板", 2, "yuan")
    assert mapping.columns["number"] == "指标值"
    assert mapping.columns["comparator"] == "符号"
    assert "备注" not in mapping.columns.values()
    entry = Entry.objects.filter(kind="column_mapping").last()
    assert (entry.action, entry.actor_id, entry.label) == ("create", reviewer.pk, "回填导出 一体化导入模板")


def test_columns_of_a_template_are_changed(keep, reviewer, signed_in):
    mapping, client = keep(), signed_in(reviewer)
    address = reverse("backfill-template", args=(mapping.pk,))
    form = client.get(address).context["form"]
    typed = {field.html_name: field.value() for field in form.column_fields}
    typed |= {"column_purpose": "13", "amount_unit": "wan"}
    page = client.post(address, typed, follow=True)
    assert "已保存模板“一体化导入模板”的列对应关系。" in page.text
    assert not page.context["form"].is_bound
    mapping.refresh_from_db()
    assert (mapping.columns["purpose"], mapping.amount_unit) == ("备注", "wan")
    changes = Entry.objects.filter(kind="column_mapping").last().changes
    assert {change["path"] for change in changes} == {"columns/purpose", "amount_unit"}

    refused = client.post(address, {**typed, "column_goal": "13"})
    assert refused.status_code == 422
    assert "N列已选作“资金用途”" in refused.text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "文件是空的"),
        (b"PK\x03\x04", "损坏"),
        (b"%PDF-1.4", "模板"),
        (b"a,b", "模板不是可以接收的文件"),
        (b"x" * (2 * 1024 * 1024 + 1), "超过2MB的上限"),
    ],
)
def test_what_is_no_template_is_refused(data, message, reviewer, signed_in, department_year):
    file = SimpleUploadedFile("模板.xlsx", data)
    answer = signed_in(reviewer).post(reverse("backfill-template-new"), {"name": "模板", "file": file})
    assert (answer.status_code, message in answer.text) == (422, True)
    assert not ColumnMapping.objects.exists()


def test_a_name_is_given_once(keep, reviewer, signed_in):
    keep()
    file = SimpleUploadedFile("模板.xlsx", saved(template_book()))
    answer = signed_in(reviewer).post(
        reverse("backfill-template-new"), {"name": "一体化导入模板", "file": file}
    )
    assert (answer.status_code, "已有名为“一体化导入模板”的模板" in answer.text) == (422, True)
    assert ColumnMapping.objects.count() == 1


@pytest.mark.parametrize("persona", ["preparer", "leader", "auditor", "outsider"])
def test_only_finance_and_administrators_keep_templates(persona, keep, request, signed_in):
    mapping = keep()
    client = signed_in(request.getfixturevalue(persona))
    address = reverse("backfill-template", args=(mapping.pk,))
    assert client.get(address).status_code == client.post(address, {}).status_code == 403
    assert client.get(reverse("backfill")).status_code == 200
    mapping.refresh_from_db()
    assert mapping.amount_unit == "yuan"


def test_the_files_of_backfilling_ask_to_sign_in(keep, client):
    mapping = keep()
    assert client.get(reverse("backfill-workbook"), asked(mapping)).status_code == 302
    assert client.get(reverse("backfill-template", args=(mapping.pk,))).status_code == 302


def test_amounts_are_exact_in_either_unit(keep, preparer, signed_in):
    declaration = Declaration.objects.order_by("position").first()
    table = replace(load_table(declaration), budget=Decimal("123456.78"))
    save_table(declaration=declaration, table=table, revision=declaration.revision, actor=preparer)
    in_yuan = filled(signed_in(preparer), keep())
    in_wan = filled(signed_in(preparer), keep(template_book(("项目名称", "预算数（万元）")), "万元"))
    assert (in_yuan["D3"].value, in_wan["B3"].value) == (123456.78, 12.345678)
