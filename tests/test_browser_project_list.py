"""A project list brought in and written back in a real browser, with forty projects."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from projects.models import Declaration
from tests.project_list_files import PARTY, TEAM, list_workbook, project_rows, saved
from tests.test_backfill import template_book


@pytest.fixture
def people(transactional_db, preparer, reviewer, settings, tmp_path):
    """Return the personas, stored for the live server's threads to see."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return preparer, reviewer


def serious(page):
    """Return what axe calls serious or worse."""
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]


def test_forty_projects_are_imported_by_a_preparer(page, people, sign_in, tmp_path):
    file = tmp_path / "清单.xlsx"
    dearer = (*TEAM[:5], 20000, 20000, "", 20000)
    broken = (*PARTY[:2], 1.3e20, *PARTY[3:])
    file.write_bytes(list_workbook(dearer, broken, *project_rows(40)))
    sign_in(people[0]).goto("/")
    page.get_by_role("link", name="导入项目清单").first.click()
    assert serious(page) == []
    page.get_by_label("项目清单文件").set_input_files(file)
    page.get_by_role("button", name="上传并读取").click()

    expect(page.get_by_label("预算数")).to_have_value("5")
    assert serious(page) == []
    page.get_by_role("button", name="下一步：核对变化").click()

    expect(page.get_by_role("heading", name="新增 40 个")).to_be_visible()
    expect(page.locator("main")).to_contain_text("工作表“项目清单”C4")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("checkbox", name="名称变化").uncheck()
    page.get_by_role("button", name="确认导入").click()

    expect(page.get_by_role("status")).to_contain_text("已导入2024年度项目清单：新增40个，改动1个。")
    changed = Declaration.objects.get(project__code=TEAM[2])
    assert (int(changed.budget), changed.name) == (20000, "2024年度机关团工作活动经费")
    page.goto(f"/tables/{changed.pk}/")
    expect(page.locator(".margin")).to_contain_text("成本指标值等于调整前的预算数")


def test_a_template_is_kept_and_filled(page, people, sign_in, tmp_path, department_year):
    file = tmp_path / "模板.xlsx"
    file.write_bytes(saved(template_book()))
    sign_in(people[1]).goto("/backfill/")
    page.get_by_role("link", name="上传目标系统的导入模板").click()
    page.get_by_label("名称").fill("一体化导入模板")
    page.get_by_label("模板文件").set_input_files(file)
    page.get_by_role("button", name="上传", exact=True).click()

    expect(page.get_by_label("指标值（数值）")).to_have_value("10")
    assert serious(page) == []
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("button", name="预览").click()
    expect(page.locator("main")).to_contain_text(re.compile(r"将写入 \d+ 行"))
    assert serious(page) == []
    with page.expect_download() as waiting:
        page.get_by_role("link", name="导出Excel").click()
    assert waiting.value.suggested_filename == "一体化导入模板_2024年度.xlsx"
    assert waiting.value.path().read_bytes().startswith(b"PK")
