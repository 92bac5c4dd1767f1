"""Files beside a table in a real browser: put there, taken away, withdrawn, told to be outdated."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from indicators.services import save_field
from tests.test_attachments import pdf, picture


@pytest.fixture(autouse=True)
def files_directory(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def upload(page, name, media_type, data, kind):
    page.get_by_label("类别").select_option(label=kind)
    page.set_input_files("input[type=file]", {"name": name, "mimeType": media_type, "buffer": data})
    page.get_by_role("button", name="上传", exact=True).click()


def test_a_preparer_keeps_files_beside_a_table(
    page, sign_in, transactional_db, preparer, declaration, tmp_path
):
    sign_in(preparer).goto(reverse("table", args=(declaration.pk,)))
    page.get_by_role("link", name="附件").click()
    expect(page.get_by_text("还没有附件。")).to_be_visible()

    content = pdf()
    upload(page, "立项依据.pdf", "application/pdf", content, "立项依据")
    upload(page, "签字表.png", "image/png", picture("PNG"), "签字盖章扫描件")
    expect(page.get_by_role("row", name="签字盖章扫描件 签字表.png")).to_contain_text("与现版本一致")
    save_field(declaration=declaration, path="goal", base=declaration.goal, typed="改了目标", actor=preparer)
    page.reload()
    expect(page.get_by_role("row", name="签字盖章扫描件 签字表.png")).to_contain_text("与现版本不符")

    with page.expect_download() as begun:
        page.get_by_role("link", name="立项依据.pdf").click()
    assert begun.value.suggested_filename == "立项依据.pdf"
    begun.value.save_as(tmp_path / "taken.pdf")
    assert (tmp_path / "taken.pdf").read_bytes() == content

    page.get_by_role("button", name="撤下 立项依据.pdf").click()
    expect(page.get_by_role("status")).to_contain_text("已撤下“立项依据.pdf”")
    expect(page.get_by_role("link", name="立项依据.pdf")).to_have_count(0)


def test_a_file_of_another_kind_is_refused_in_words(
    page, sign_in, transactional_db, preparer, declaration, console_errors
):
    sign_in(preparer).goto(reverse("attachments", args=(declaration.pk,)))
    upload(page, "程序.pdf", "application/pdf", b"MZ not a document", "其他材料")
    expect(page.get_by_role("alert")).to_contain_text("不是可以接收的文件")
    assert all("422" in error for error in console_errors)
    console_errors.clear()
