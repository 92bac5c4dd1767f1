"""Files beside a table: told by content, private, withdrawn but never deleted."""

import io
import zipfile

import openpyxl
import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document
from PIL import Image

from indicators.document import content_hash
from indicators.file_types import FileTypeError, type_of
from indicators.models import Attachment
from indicators.rows import load_table
from indicators.services import attachments as services
from projects.models import Declaration
from tests.personas import PERSONAS
from trail.models import Entry
from workflow.models import Status


def pdf() -> bytes:
    content = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(content)
    return content.getvalue()


def picture(kind: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(content, kind)
    return content.getvalue()


def word() -> bytes:
    content = io.BytesIO()
    Document().save(content)
    return content.getvalue()


def workbook() -> bytes:
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    return content.getvalue()


def archive(entries: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in entries.items():
            made.writestr(name, text)
    return content.getvalue()


FILES = {
    "立项依据.pdf": pdf,
    "实施方案.docx": word,
    "测算.xlsx": workbook,
    "扫描件.jpg": lambda: picture("JPEG"),
    "扫描件.JPEG": lambda: picture("JPEG"),
    "扫描件.png": lambda: picture("PNG"),
}


@pytest.fixture(autouse=True)
def files_directory(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.mark.parametrize("name", FILES)
def test_five_kinds_of_file_are_taken(name):
    assert name.lower().endswith(type_of(name, FILES[name]()).endings)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("报告.pdf", b"MZ\x90\x00 a program", "不是可以接收的文件"),
        ("网页.pdf", b"<html><script>alert(1)</script>", "不是可以接收的文件"),
        ("报告.docx", archive({"a": "b"}), "不是可以接收的文件"),
        ("报告.docx", b"PK\x03\x04 torn", "文件已损坏"),
        ("报告.pdf", b"%PDF-1.7 torn", "PDF已损坏"),
        ("图.png", picture("PNG")[:40], "图片已损坏"),
        ("图.png", picture("JPEG"), "内容是JPG图片，文件名却以“.png”结尾"),
        ("带宏.xlsx", archive({"xl/workbook.xml": "", "xl/vbaProject.bin": ""}), "文件含有宏"),
        ("炸弹.docx", archive({"word/document.xml": "0" * 210_000_000}), "解压后过大"),
    ],
)
def test_what_is_something_else_is_refused(name, data, said):
    with pytest.raises(FileTypeError, match=said):
        type_of(name, data)


def test_a_locked_pdf_is_refused():
    content = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        document.save(content, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(FileTypeError, match="取消密码"):
        type_of("密.pdf", content.getvalue())


def upload(client, declaration, *, name="立项依据.pdf", data=None, kind="basis", **typed):
    file = SimpleUploadedFile(name, pdf() if data is None else data)
    address = reverse("attachments", args=(declaration.pk,))
    return client.post(address, {"kind": kind, "file": file, **typed}, follow=True)


def test_a_file_is_kept_recorded_and_handed_out(signed_in, preparer, declaration):
    client = signed_in(preparer)

    page = upload(client, declaration)

    assert "已上传“立项依据.pdf”" in page.text
    kept = Attachment.objects.get()
    assert (kept.name, kept.media_type, kept.size) == ("立项依据.pdf", "application/pdf", len(pdf()))
    assert "立项依据" not in kept.file.name
    entry = Entry.objects.last()
    assert (entry.action, entry.kind, entry.object_id) == ("attach", "declaration", str(declaration.pk))
    assert kept.sha256 in entry.changes[0]["after"]
    handed = client.get(reverse("attachment-file", args=(kept.pk,)))
    assert b"".join(handed.streaming_content).startswith(b"%PDF")
    assert handed["Content-Disposition"].startswith("attachment")
    assert handed["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("persona", PERSONAS)
def test_a_file_is_handed_out_to_those_who_see_the_table(persona, request, signed_in, preparer, declaration):
    kept = services.add_attachment(
        declaration=declaration, kind="basis", name="依据.pdf", data=pdf(), actor=preparer
    )
    client = signed_in(request.getfixturevalue(persona))
    answer = client.get(reverse("attachment-file", args=(kept.pk,)))
    assert answer.status_code == (404 if persona == "outsider" else 200)


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_kept(signed_in, preparer, declaration):
    entries = Entry.objects.count()
    page = upload(signed_in(preparer), declaration, name="a.exe", data=b"MZ", kind="", printed_hash="12")
    assert page.status_code == 422
    for said in ("选择附件的类别。", "16位数字和字母"):
        assert said in page.text
    assert not Attachment.objects.exists()
    assert Entry.objects.count() == entries


def test_a_file_that_is_too_large_is_refused_before_it_is_read(signed_in, preparer, declaration):
    page = upload(signed_in(preparer), declaration, data=b"%PDF-" + bytes(services.LARGEST))
    assert page.status_code == 422
    assert "超过20MB的上限" in page.text
    assert not Attachment.objects.exists()


def test_the_same_file_is_not_kept_twice(signed_in, preparer, declaration):
    client, data = signed_in(preparer), pdf()
    upload(client, declaration, data=data)
    page = upload(client, declaration, data=data, name="另一名称.pdf")
    assert "与已上传的“立项依据.pdf”内容相同" in page.text
    assert Attachment.objects.count() == 1


def test_a_signed_scan_shows_whether_the_table_has_changed_since(signed_in, preparer, declaration):
    client = signed_in(preparer)
    page = upload(client, declaration, kind="signed", name="扫描件.png", data=picture("PNG"))
    assert "与现版本一致" in page.text
    assert Attachment.objects.get().document_hash == content_hash(load_table(declaration))

    declaration.goal += "。另加一句"
    declaration.save(update_fields=["goal"])

    assert "与现版本不符" in client.get(reverse("attachments", args=(declaration.pk,))).text


def test_a_scan_of_an_older_print_is_told_by_its_printed_hash(signed_in, preparer, declaration):
    client = signed_in(preparer)
    page = upload(client, declaration, kind="signed", printed_hash="0123456789ABCDEF")
    assert "与现版本不符" in page.text
    assert Attachment.objects.get().document_hash == "0123456789abcdef"


def test_a_withdrawn_file_stays_stored_and_is_handed_out_no_more(signed_in, preparer, declaration):
    client = signed_in(preparer)
    upload(client, declaration)
    kept = Attachment.objects.get()

    page = client.post(reverse("withdraw-attachment", args=(kept.pk,)), follow=True)

    assert "已撤下" in page.text
    assert Entry.objects.last().action == "withdraw_attachment"
    kept.refresh_from_db()
    assert kept.withdrawn_at
    assert kept.file.storage.exists(kept.file.name)
    assert client.get(reverse("attachment-file", args=(kept.pk,))).status_code == 404


def test_a_submitted_table_takes_its_signed_scan_alone_and_gives_nothing_up(signed_in, preparer, declaration):
    client = signed_in(preparer)
    upload(client, declaration)
    kept = Attachment.objects.get()
    Declaration.objects.update(status=Status.SUBMITTED)
    entries = Entry.objects.count()

    refused = upload(client, declaration, name="补充.pdf", data=pdf() + b"%")
    assert (refused.status_code, "只能补传签字盖章扫描件" in refused.text) == (422, True)
    kept_page = client.post(reverse("withdraw-attachment", args=(kept.pk,)), follow=True)
    assert "附件不能撤下" in kept_page.text
    kept.refresh_from_db()
    assert (kept.withdrawn_at, Entry.objects.count()) == (None, entries)

    upload(client, declaration, kind="signed", name="扫描件.png", data=picture("PNG"))
    assert Attachment.objects.filter(kind="signed").exists()


def test_the_name_of_an_upload_never_becomes_a_path(preparer, declaration):
    kept = services.add_attachment(
        declaration=declaration, kind="other", name="..\\..\\x/../../etc/说明.pdf", data=pdf(), actor=preparer
    )
    assert kept.name == "说明.pdf"
    assert kept.file.name.startswith("attachments/")


@pytest.mark.parametrize("persona", ["leader", "auditor", "administrator"])
def test_those_who_only_read_add_and_withdraw_nothing(persona, request, signed_in, preparer, declaration):
    kept = services.add_attachment(
        declaration=declaration, kind="basis", name="依据.pdf", data=pdf(), actor=preparer
    )
    client = signed_in(request.getfixturevalue(persona))
    entries = Entry.objects.count()
    assert upload(client, declaration, name="新.pdf").status_code == 403
    assert client.post(reverse("withdraw-attachment", args=(kept.pk,))).status_code == 403
    kept.refresh_from_db()
    assert (Attachment.objects.count(), kept.withdrawn_at, Entry.objects.count()) == (1, None, entries)


def test_the_list_takes_as_many_queries_for_many_files(
    signed_in, preparer, declaration, django_assert_max_num_queries
):
    client = signed_in(preparer)

    def queries():
        with django_assert_max_num_queries(100) as counted:
            assert client.get(reverse("attachments", args=(declaration.pk,))).status_code == 200
        return len(counted)

    services.add_attachment(declaration=declaration, kind="basis", name="1.pdf", data=pdf(), actor=preparer)
    one = queries()
    for number in range(2, 20):
        data = pdf() + b"%" + str(number).encode()
        services.add_attachment(
            declaration=declaration, kind="basis", name=f"{number}.pdf", data=data, actor=preparer
        )
    assert queries() == one
