"""The pages of the project list: upload, columns, preview; whose they are, and what they refuse."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.models import ColumnMapping, Declaration, PendingImport, Project
from tests.project_list_files import NEW, TEAM, list_workbook, project_rows, uploaded
from trail.models import Entry
from workflow.models import Status

OTHERS = ("reviewer", "leader", "auditor", "outsider")


def send(client, data: bytes, name="清单.xlsx", year=2024):
    return client.post(reverse("project-list"), {"year": year, "file": SimpleUploadedFile(name, data)})


@pytest.fixture
def sent(preparer, signed_in, department_year):
    """Return a client of the preparer and the upload of a list with one new project."""
    client = signed_in(preparer)
    send(client, list_workbook(NEW, TEAM))
    return client, PendingImport.objects.get()


def columns_of(pending, **changed):
    layout = pending.payload["layout"]
    typed = {f"column_{name}": str(column) for name, column in layout["columns"].items()}
    return {**typed, "amount_unit": layout["amount_unit"], "department_code": "", **changed}


def confirm(client, pending, *groups):
    address = reverse("project-list-preview", args=(pending.uid,))
    fingerprint = client.get(address).context["fingerprint"]
    return client.post(address, {"fingerprint": fingerprint, "groups": groups})


def test_a_list_goes_from_upload_to_import(sent):
    client, pending = sent
    address = reverse("project-list-columns", args=(pending.uid,))
    page = client.get(address)
    assert "工会活动经费" in page.text
    assert page.context["form"]["column_budget"].value() == "5"

    answer = client.post(address, columns_of(pending))
    assert answer.url == reverse("project-list-preview", args=(pending.uid,))
    page = client.get(answer.url)
    assert "涉密项目按保密规定另行报送" in page.text
    assert "<ins>机关团工作活动经费</ins>" in page.text

    answer = confirm(client, pending, "new")
    assert answer.url == "/?year=2024"
    assert "已导入2024年度项目清单：新增1个，改动0个。" in client.get(answer.url).text
    assert Project.objects.filter(code=NEW[2]).exists()
    assert not PendingImport.objects.exists()


def test_a_saved_choice_is_taken_next_time(sent):
    client, pending = sent
    client.post(reverse("project-list-columns", args=(pending.uid,)), columns_of(pending, save_as="项目库"))
    mapping = ColumnMapping.objects.get()
    assert (mapping.name, mapping.columns["budget"], mapping.amount_unit) == ("项目库", "预算数", "yuan")
    assert Entry.objects.filter(kind="column_mapping", action="create").exists()

    answer = send(client, list_workbook(NEW, above=(("又一份",), ("第二行",))))
    newest = PendingImport.objects.first()
    assert answer.url == reverse("project-list-preview", args=(newest.uid,))
    assert newest.payload["layout"]["head_row"] == 3
    assert "已按保存的列对应关系“项目库”读取。" in client.get(answer.url).text


def test_a_file_without_units_is_that_of_the_only_unit(preparer, signed_in, department_year):
    client = signed_in(preparer)
    send(client, list_workbook(NEW[2:], heads=("项目编码", "项目名称", "类别", "预算数（元）")))
    pending = PendingImport.objects.get()
    assert pending.payload["layout"]["department_code"] == "286001"


def test_another_row_of_heads_may_be_chosen(sent):
    client, pending = sent
    page = client.get(reverse("project-list-columns", args=(pending.uid,)) + "?sheet=项目清单&head_row=1")
    assert page.context["layout"].head_row == 1
    assert page.context["layout"].columns == {}
    assert client.get(reverse("project-list-columns", args=(pending.uid,)) + "?head_row=x").status_code == 200


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"column_project_code": "", "column_name": ""}, "至少选择项目编码或项目名称所在的列"),
        ({"column_department_code": "", "column_department_name": ""}, "选择单位编码或单位名称所在的列"),
        ({"amount_unit": ""}, "选择金额列以元还是万元为单位"),
        ({"column_budget": "6"}, "G列已选作“财政资金”，一列只能对应一项"),
        ({"column_budget": "99"}, "从文件的各列中选择"),
        ({"department_code": "12"}, "单位编码应为6位数字"),
        ({"save_as": "字" * 101}, "名称最多100字"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(changed, message, sent):
    client, pending = sent
    answer = client.post(
        reverse("project-list-columns", args=(pending.uid,)), columns_of(pending, save_as="甲") | changed
    )
    assert (answer.status_code, message in answer.text) == (422, True)
    assert not ColumnMapping.objects.exists()


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"%PDF-1.7", "清单.xlsx", "这是PDF文件"),
        (b"", "清单.xlsx", "文件是空的"),
        (b"PK\x03\x04", "清单.xlsx", "已损坏"),
        (b"x" * (10 * 1024 * 1024 + 1), "清单.csv", "超过10MB的上限"),
    ],
)
def test_a_file_that_is_no_list_is_refused(data, name, message, preparer, signed_in, department_year):
    answer = send(signed_in(preparer), data, name)
    assert (answer.status_code, message in answer.text) == (422, True)
    assert not PendingImport.objects.exists()


def test_an_upload_without_a_file_or_a_year_is_refused(preparer, signed_in, department_year):
    answer = signed_in(preparer).post(reverse("project-list"), {"year": "1999"})
    assert answer.status_code == 422
    assert "选择要上传的文件。" in answer.text
    assert "从列出的预算年度中选择。" in answer.text


@pytest.mark.parametrize("persona", OTHERS)
@pytest.mark.parametrize("name", ["project-list-preview", "project-list-columns"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_upload_is_its_owners_alone(persona, name, method, request, sent, signed_in):
    _, pending = sent
    client = signed_in(request.getfixturevalue(persona))
    assert getattr(client, method)(reverse(name, args=(pending.uid,))).status_code == 404
    assert PendingImport.objects.filter(pk=pending.pk).exists()
    assert not Project.objects.filter(code=NEW[2]).exists()


def test_the_pages_ask_to_sign_in(sent, client):
    _, pending = sent
    for name in ("project-list-preview", "project-list-columns"):
        assert client.get(reverse(name, args=(pending.uid,))).status_code == 302


def test_what_changed_meanwhile_is_shown_anew(sent):
    client, pending = sent
    address = reverse("project-list-preview", args=(pending.uid,))
    fingerprint = client.get(address).context["fingerprint"]
    Declaration.objects.filter(project__code=TEAM[2]).update(status=Status.APPROVED)
    answer = client.post(address, {"fingerprint": fingerprint, "groups": ["new"]})
    assert answer.status_code == 409
    assert "预览之后系统中的内容有变化" in answer.text
    assert "已批复，不改动" in answer.text
    assert answer.context["ticked"] == ["new"]
    assert not Project.objects.filter(code=NEW[2]).exists()


def test_a_confirmation_without_its_preview_is_refused(sent):
    client, pending = sent
    answer = client.post(reverse("project-list-preview", args=(pending.uid,)), {"groups": ["new", "x"]})
    assert answer.status_code == 422
    assert not Project.objects.filter(code=NEW[2]).exists()


def test_the_preview_costs_the_same_queries_for_one_row_and_for_two_hundred(
    preparer, signed_in, department_year
):
    client = signed_in(preparer)

    def queries(rows):
        pending = uploaded(list_workbook(*rows), preparer)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(reverse("project-list-preview", args=(pending.uid,)))
        assert page.text.count("新的项目") == len(rows)
        return len(captured)

    rows = [(*row[:3], f"新的项目{place}", *row[4:]) for place, row in enumerate(project_rows(200))]
    assert queries(rows[:1]) == queries(rows)


def test_the_name_of_a_listed_project_cannot_be_typed_over(sent):
    client, pending = sent
    confirm(client, pending, "names")
    declaration = Declaration.objects.get(project__code=TEAM[2])
    assert 'name="name"' not in client.get(reverse("edit-table", args=(declaration.pk,))).text
    typed = {"path": "name", "base": declaration.name, "value": "自己改的名称"}
    refused = client.post(reverse("save-field", args=(declaration.pk,)), typed)
    assert refused.status_code == 422
    assert "名称来自项目清单" in refused.json()["problem"]
    declaration.refresh_from_db()
    assert declaration.name == TEAM[3]
