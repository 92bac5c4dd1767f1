"""Uploading a booklet: read, looked at, stored as far as its owner chose; nothing else changes."""

import dataclasses
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from departments.models import Department
from indicators.document import NarrativeItem, new_uid
from indicators.importers import LARGEST_FILE, read_booklet_bytes
from indicators.layout.booklet import lay_out_booklet
from indicators.layout.table import PrintOptions
from indicators.layout.text_form import text_form
from indicators.rows import load_booklet, load_table
from indicators.services import import_booklet
from projects.models import DepartmentYear, FiscalYear, PendingImport
from reports.word import write_word
from reports.workbook import write_workbook
from tests.sample_documents import seed_booklet
from trail.models import Entry
from workflow.models import Status

UPLOAD = "/booklets/upload/"
FORMATS = {
    "txt": lambda publication: text_form(publication).encode(),
    "xlsx": write_workbook,
    "docx": write_word,
}


@pytest.fixture
def client(signed_in, preparer):
    return signed_in(preparer)


def file_of(booklet, extension="docx", name="上年文本"):
    content = FORMATS[extension](lay_out_booklet(booklet, PrintOptions()))
    return SimpleUploadedFile(f"{name}.{extension}", content)


def changed_booklet():
    """Return the seed's booklet with one table changed, one left out and one more."""
    booklet = seed_booklet()
    first, second = booklet.tables
    more = dataclasses.replace(
        second, name="2024年新增项目", project_code="13020924P00999110001C", uid=new_uid()
    )
    changed = dataclasses.replace(first, budget=Decimal(20000), goal="改过的目标。")
    return dataclasses.replace(
        booklet, overall_goals=(NarrativeItem("改过的总体目标。"),), tables=(changed, more)
    )


def last_year():
    """Return the seed's booklet as that of 2023."""
    booklet = seed_booklet()
    tables = (
        dataclasses.replace(table, year=2023, name=table.name.replace("2024", "2023"), uid=new_uid())
        for table in booklet.tables
    )
    return dataclasses.replace(booklet, year=2023, tables=tuple(tables))


def uploaded(client, booklet, extension="docx", **data):
    response = client.post(UPLOAD, {"file": file_of(booklet, extension), **data})
    assert response.status_code == 302, response.text
    return response.url


def confirm(client, address, **chosen):
    seen = client.get(address).context["preview"].seen
    return client.post(address, {"seen": seen, "step": "store", **chosen})


def keys(client, address) -> dict[str, str]:
    return {row.table.name: row.key for row in client.get(address).context["preview"].tables}


# Reading


@pytest.mark.parametrize("extension", FORMATS)
def test_every_format_leads_to_the_preview(client, department_year, extension):
    address = uploaded(client, last_year(), extension, year="2023")
    page = client.get(address)
    assert page.status_code == 200
    assert [row.state for row in page.context["preview"].tables] == ["new", "new"]
    assert "只写入2023年度" in page.text
    assert DepartmentYear.objects.count() == 1


def test_a_booklet_that_is_stored_already_has_nothing_to_write(client, department_year):
    booklet = load_booklet(department_year)
    linked = read_booklet_bytes(FORMATS["docx"](lay_out_booklet(booklet, PrintOptions()))).booklet
    import_booklet(booklet=linked, actor=None, replace=True)
    page = client.get(uploaded(client, booklet))
    assert page.context["preview"].is_same
    assert "完全一致，不需要写入" in page.text
    assert 'value="store"' not in page.text


def test_what_differs_is_shown_field_by_field(client):
    page = client.get(uploaded(client, changed_booklet()))
    preview = page.context["preview"]
    assert [row.state for row in preview.tables] == ["different", "new"]
    assert [change.place for change in preview.tables[0].changes] == ["预算数", "绩效目标"]
    assert [table.name for table in preview.absent] == [seed_booklet().tables[1].name]
    assert preview.narrative == "different"
    assert "<del>1.80</del>" in page.text
    assert "<ins>2.00</ins>" in page.text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("文本.docx", b"%PDF-1.7 ", "这是PDF文件，不能导入"),
        ("文本.txt", b"PK\x03\x04broken", "工作簿已损坏"),
        ("文本.txt", "没有表格。\n".encode(), "没有找到绩效目标表"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_places(client, name, content, words):
    response = client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 422
    assert words in response.text
    assert not PendingImport.objects.exists()


def test_a_file_that_is_too_large_is_not_read(client):
    response = client.post(UPLOAD, {"file": SimpleUploadedFile("大.txt", bytes(LARGEST_FILE + 1))})
    assert response.status_code == 422
    assert "超过上限20MB" in response.text


@pytest.mark.parametrize(("data", "words"), [({}, "没有选择文件"), ({"year": "去年"}, "应为四位数字")])
def test_a_form_without_sense_is_refused(client, data, words):
    response = client.post(UPLOAD, data)
    assert response.status_code == 422
    assert words in response.text


def test_another_departments_booklet_is_refused(client, other_department_year):
    booklet = dataclasses.replace(
        seed_booklet(),
        department_code="387001",
        department_name="曹妃甸区图书馆",
        tables=tuple(
            dataclasses.replace(table, department_code="387001", department_name="曹妃甸区图书馆")
            for table in seed_booklet().tables
        ),
    )
    response = client.post(UPLOAD, {"file": file_of(booklet)})
    assert response.status_code == 422
    assert "本人不是该单位的填报人" in response.text


def test_a_year_that_nobody_opened_is_refused(client):
    response = client.post(UPLOAD, {"file": file_of(seed_booklet()), "year": "2031"})
    assert response.status_code == 422
    assert "2031年度的文本，该年度还没有开设" in response.text


# Storing


def test_last_years_booklet_becomes_last_years_data(client, department_year):
    before = load_booklet(department_year)
    address = uploaded(client, last_year(), year="2023")
    response = confirm(client, address, tables=list(keys(client, address).values()), narrative="1")
    assert response.url == reverse("department-year", args=(2023, "286001"))
    stored = DepartmentYear.objects.get(fiscal_year__year=2023)
    assert [table.name for table in load_booklet(stored).tables] == [
        table.name for table in last_year().tables
    ]
    assert load_booklet(department_year) == before
    assert not PendingImport.objects.exists()
    assert Entry.objects.filter(action="import", actor_name="张慧敏").count() == 3


def test_afterwards_it_can_be_copied_into_this_year(client):
    address = uploaded(client, last_year(), year="2023")
    seen = client.get(address).context["preview"].seen
    chosen = {"seen": seen, "step": "onward", "tables": list(keys(client, address).values())}
    assert client.post(address, chosen).url == reverse("copy-year", args=(2024, "286001"))


def test_only_what_was_ticked_is_written(client, department_year):
    address = uploaded(client, changed_booklet())
    confirm(client, address, tables=[keys(client, address)["2024年新增项目"]])
    stored = load_booklet(department_year)
    assert [table.name for table in stored.tables] == [
        *(table.name for table in seed_booklet().tables),
        "2024年新增项目",
    ]
    assert stored.tables[0].goal == seed_booklet().tables[0].goal
    assert stored.overall_goals == seed_booklet().overall_goals


def test_what_is_there_is_overwritten_where_it_is_ticked(client, declaration, department_year):
    address = uploaded(client, changed_booklet())
    confirm(client, address, tables=[keys(client, address)[declaration.name]], narrative="1")
    assert load_table(declaration).goal == "改过的目标。"
    assert load_booklet(department_year).overall_goals == (NarrativeItem("改过的总体目标。"),)
    assert department_year.declarations.count() == 2


def test_nothing_is_ticked_over_what_is_there_by_default(client, declaration):
    page = client.get(uploaded(client, changed_booklet()))
    assert page.context["form"].tables() == {changed_booklet().tables[1].project_code}
    assert not page.context["narrative_is_ticked"]


def test_nothing_chosen_is_refused(client):
    address = uploaded(client, changed_booklet())
    response = confirm(client, address)
    assert response.status_code == 422
    assert "没有选择要写入的内容" in response.text


def test_a_change_after_the_preview_writes_nothing(client, declaration):
    address = uploaded(client, changed_booklet())
    seen = client.get(address).context["preview"].seen
    key = keys(client, address)[declaration.name]
    type(declaration).objects.filter(pk=declaration.pk).update(goal="他人改过")
    entries = Entry.objects.count()
    response = client.post(address, {"seen": seen, "tables": [key], "step": "store"})
    assert response.status_code == 409
    assert "预览之后系统中的内容有变化" in response.text
    assert load_table(declaration).goal == "他人改过"
    assert Entry.objects.count() == entries


def test_a_table_under_review_cannot_be_ticked(client, declaration):
    type(declaration).objects.filter(pk=declaration.pk).update(status=Status.SUBMITTED)
    address = uploaded(client, changed_booklet())
    page = client.get(address)
    assert page.context["preview"].tables[0].state == "locked"
    assert "已送审或已批复，不能改动" in page.text
    response = confirm(client, address, tables=[page.context["preview"].tables[0].key])
    assert response.status_code == 422
    assert load_table(declaration).goal == seed_booklet().tables[0].goal


def test_a_former_name_is_told_and_kept_for_that_year(client, department_year):
    Department.objects.filter(pk=department_year.department_id).update(name="曹妃甸区委机关工委")
    address = uploaded(client, last_year(), year="2023")
    assert "确认后2023年度按文件中的名称记录" in client.get(address).text
    confirm(client, address, tables=list(keys(client, address).values()))
    assert DepartmentYear.objects.get(fiscal_year__year=2023).name == "曹妃甸区直机关工委"


# The upload itself


def test_an_upload_is_its_owners_alone(client, signed_in, outsider, auditor):
    address = uploaded(client, last_year(), year="2023")
    for other in (outsider, auditor):
        assert signed_in(other).get(address).status_code == 404
        assert signed_in(other).post(address, {"step": "drop"}).status_code == 404
    assert PendingImport.objects.count() == 1


def test_an_upload_can_be_dropped(client):
    address = uploaded(client, last_year(), year="2023")
    response = client.post(address, {"step": "drop"}, follow=True)
    assert "已放弃" in response.text
    assert not PendingImport.objects.exists()
    assert not FiscalYear.objects.filter(year=2023).exists()


def test_an_upload_is_gone_after_a_day(client):
    address = uploaded(client, last_year(), year="2023")
    PendingImport.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert client.get(address).status_code == 404
    uploaded(client, seed_booklet())
    assert PendingImport.objects.count() == 1


def test_one_who_fills_in_nothing_cannot_upload(signed_in, auditor, department_year):
    response = signed_in(auditor).post(UPLOAD, {"file": file_of(last_year())})
    assert response.status_code == 403
    assert not PendingImport.objects.exists()


def test_a_name_of_the_project_list_is_not_changed_by_a_file(client, declaration):
    declaration.is_listed = True
    declaration.save()
    first, second = seed_booklet().tables
    renamed = dataclasses.replace(first, name="换了名称的项目", goal="改过的目标。")
    address = uploaded(client, dataclasses.replace(seed_booklet(), tables=(renamed, second)))
    assert "换了名称的项目" not in client.get(address).text

    key = keys(client, address)[declaration.name]
    assert confirm(client, address, tables=[key]).status_code == 302
    stored = load_table(declaration)
    assert (stored.name, stored.goal) == (declaration.name, "改过的目标。")
