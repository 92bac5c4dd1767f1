"""Files: who may take which, what they are called, and that they are what their ending says."""

import io
import json
import zipfile
from dataclasses import replace
from urllib.parse import quote

import openpyxl
import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from indicators.document import booklet_from_json, new_uid, table_from_json
from indicators.rows import load_booklet, load_table
from indicators.services import create_declaration
from projects.models import Declaration
from tests.personas import PERSONAS
from trail.models import Entry
from workflow.models import Status

FORMATS = ("html", "pdf", "xlsx", "docx", "json")
BEGINNINGS = {
    "html": b"<!DOCTYPE html>",
    "pdf": b"%PDF-",
    "xlsx": b"PK",
    "docx": b"PK",
    "json": b'{"content":',
}
READERS = [persona for persona in PERSONAS if persona != "outsider"]


def _addresses(declaration, extension="json"):
    year = (2024, "286001", extension)
    return [
        reverse("table-file", args=(declaration.pk, extension)),
        reverse("booklet-file", args=year),
        reverse("summary-file", args=year),
    ]


@pytest.mark.parametrize("persona", READERS)
def test_who_sees_a_department_may_take_its_files(request, signed_in, declaration, persona):
    client = signed_in(request.getfixturevalue(persona))
    entries = Entry.objects.count()
    for address in _addresses(declaration):
        assert client.get(address).status_code == 200
    assert Entry.objects.count() == entries + len(_addresses(declaration))  # each is recorded


def test_files_are_only_read(signed_in, auditor, declaration):
    entries = Entry.objects.count()
    year = (2024, "286001", "pdf")
    papers = [("review-sheet-file", (declaration.pk, "pdf")), ("opinion-letter-file", year)]
    papers += [("approval-file", (1, "pdf"))]
    for address in (*_addresses(declaration), *(reverse(name, args=args) for name, args in papers)):
        assert signed_in(auditor).post(address).status_code == 405
    assert Entry.objects.count() == entries


def test_an_outsider_finds_no_files(signed_in, outsider, declaration):
    for address in _addresses(declaration):
        assert signed_in(outsider).get(address).status_code == 404


def test_a_stranger_is_sent_to_the_login(client, declaration):
    for address in _addresses(declaration):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"].startswith("/login/")) == (302, True)


@pytest.mark.parametrize("extension", ["exe", "PDF", "xls"])
def test_an_unknown_format_is_not_found(signed_in, preparer, declaration, extension):
    for address in _addresses(declaration, extension):
        assert signed_in(preparer).get(address).status_code == 404


@pytest.mark.parametrize("extension", FORMATS)
def test_every_format_is_what_it_says(signed_in, preparer, declaration, extension):
    for address in _addresses(declaration, extension):
        answer = signed_in(preparer).get(address)
        assert answer.content.startswith(BEGINNINGS[extension])
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_table_is_named_after_unit_code_and_project(signed_in, preparer, declaration):
    answer = signed_in(preparer).get(reverse("table-file", args=(declaration.pk, "json")))
    name = "286001_13020924P00077210002M_2024年度机关团工作活动经费_绩效目标表.json"
    assert quote(name) in answer.headers["Content-Disposition"]


def test_a_pdf_can_be_looked_at_in_the_browser(signed_in, preparer, declaration):
    address = reverse("table-file", args=(declaration.pk, "pdf"))
    assert signed_in(preparer).get(address + "?preview").headers["Content-Disposition"].startswith("inline")
    page = reverse("table-file", args=(declaration.pk, "html"))
    assert signed_in(preparer).get(page + "?preview").headers["Content-Disposition"].startswith("attachment")


def test_the_archive_is_pdf_a_under_a_name_of_its_own(signed_in, preparer, declaration):
    for address in _addresses(declaration, "pdfa"):
        answer = signed_in(preparer).get(address)
        assert answer.headers["Content-Disposition"].endswith(quote("存档.pdf"))
        with pikepdf.open(io.BytesIO(answer.content)) as pdf:
            assert pdf.open_metadata().pdfa_status == "2U"


def test_json_is_the_document_exactly(signed_in, auditor, declaration):
    client = signed_in(auditor)
    table, booklet, _ = (client.get(address).content for address in _addresses(declaration))
    assert table_from_json(table) == load_table(declaration)
    assert booklet_from_json(booklet) == load_booklet(declaration.department_year)


def test_a_draft_says_so_until_it_is_approved(signed_in, auditor, declaration):
    address = reverse("table-file", args=(declaration.pk, "html"))
    assert "草稿" in signed_in(auditor).get(address).content.decode()
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.APPROVED)
    assert "草稿" not in signed_in(auditor).get(address).content.decode()


def _select(client, *pks, extension="pdf", **more):
    return client.post(reverse("selected-files"), {"selected": pks, "extension": extension, **more})


def test_selected_tables_are_one_pdf(signed_in, preparer, department_year):
    pks = department_year.declarations.values_list("pk", flat=True)
    answer = _select(signed_in(preparer), *pks)
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) == 2


@pytest.mark.parametrize("extension", ["xlsx", "docx", "html", "json"])
def test_selected_tables_are_a_zip_with_a_file_each(signed_in, preparer, department_year, extension):
    pks = department_year.declarations.values_list("pk", flat=True)
    answer = _select(signed_in(preparer), *pks, extension=extension)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == [
            f"286001_13020924P00077210002M_2024年度机关团工作活动经费_绩效目标表.{extension}",
            f"286001_13020924P00077110001C_]2024年度机关党组织活动经费_绩效目标表.{extension}",
        ]


def test_two_tables_of_one_name_both_come(signed_in, preparer, department_year):
    table = replace(load_booklet(department_year).tables[0], project_code="", name="同名/项目")
    pks = [
        create_declaration(
            department_year=department_year, table=replace(table, uid=new_uid()), actor=None
        ).pk
        for _ in range(2)
    ]
    answer = _select(signed_in(preparer), *pks, extension="json")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["286001_同名项目_绩效目标表.json", "286001_同名项目_绩效目标表(2).json"]


def test_what_may_not_be_seen_is_left_out(signed_in, preparer, declaration, other_department_year):
    foreign = other_department_year.declarations.get()
    answer = _select(signed_in(preparer), declaration.pk, foreign.pk, extension="json")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert len(archive.namelist()) == 1
    assert _select(signed_in(preparer), foreign.pk).status_code == 302


@pytest.mark.parametrize(
    ("back", "goes_to"),
    [("/years/2024/departments/286001/", None), ("https://evil.example/", "/"), ("", "/")],
)
def test_nothing_selected_leads_back_to_our_own_page(signed_in, preparer, back, goes_to):
    answer = signed_in(preparer).post(reverse("selected-files"), {"next": back}, follow=False)
    assert answer.headers["Location"] == (goes_to or back)
    page = signed_in(preparer).post(reverse("selected-files"), {"next": back}, follow=True)
    assert "没有选择任何项目" in page.content.decode()


def test_selecting_is_a_post_with_a_token(preparer, declaration):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(preparer)
    assert strict.get(reverse("selected-files")).status_code == 405
    assert _select(strict, declaration.pk).status_code == 403


@pytest.mark.parametrize("extension", FORMATS)
def test_commands_write_the_same_files(department_year, tmp_path, capsys, extension):
    year = ("--year", "2024", "--format", extension)
    table, booklet, summary = (tmp_path / "new" / f"{name}.{extension}" for name in "tbs")
    call_command("export_table", "--project", "13020924P00077210002M", *year, "--output", str(table))
    call_command("export_booklet", "--department", "286001", *year, "--output", str(booklet))
    call_command("export_summary", "--department", "286001", *year, "--output", str(summary))
    assert "已写入" in capsys.readouterr().out
    for path in (table, booklet, summary):
        assert path.read_bytes().startswith(BEGINNINGS[extension])


def test_commands_say_what_is_not_there(department_year, tmp_path):
    rest = ("--year", "2024", "--format", "json", "--output", str(tmp_path / "x"))
    with pytest.raises(CommandError, match="没有单位“999001”2024年度"):
        call_command("export_booklet", "--department", "999001", *rest)
    with pytest.raises(CommandError, match="没有项目“1”2024年度"):
        call_command("export_table", "--project", "1", *rest)
    assert not (tmp_path / "x").exists()


def test_a_code_of_two_units_asks_for_the_department(other_department_year, tmp_path):
    output = tmp_path / "x.json"
    code = "13020924P00077210002M"
    rest = ("--project", code, "--year", "2024", "--format", "json", "--output", str(output))
    with pytest.raises(CommandError, match="在多个单位出现"):
        call_command("export_table", *rest)
    call_command("export_table", *rest, "--department", "387001")
    assert json.loads(output.read_text())["content"]["department_code"] == "387001"


def test_the_summary_workbook_adds_up(signed_in, auditor, department_year):
    answer = signed_in(auditor).get(reverse("summary-file", args=(2024, "286001", "xlsx")))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [cell.value for cell in sheet[sheet.max_row] if cell.value is not None] == ["合计", 31.53, 12]


def test_keys_that_are_none_are_passed_over(signed_in, preparer, declaration):
    answer = _select(signed_in(preparer), "9" * 30, "x", declaration.pk, extension="json")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert len(archive.namelist()) == 1


def test_too_many_at_once_are_refused_and_not_cut(signed_in, preparer, declaration):
    answer = signed_in(preparer).post(
        reverse("selected-files"), {"selected": [str(number) for number in range(501)]}, follow=True
    )
    assert "选择了501个项目，一次最多500个" in answer.content.decode()
