"""An administrator at work in the browser: a department, a person in it, another role."""

from django.urls import reverse
from playwright.sync_api import expect

from departments.models import Department, User


def test_a_person_gets_a_department_an_account_and_two_roles(
    transactional_db, administrator, department_year, sign_in, console_errors
):
    page = sign_in(administrator)
    page.goto(reverse("home"))
    rail = page.get_by_role("navigation", name="主菜单")
    rail.get_by_role("link", name="部门", exact=True).click()
    page.get_by_role("link", name="新建部门").click()
    page.get_by_label("编码").fill("286002")
    page.get_by_label("名称").fill("曹妃甸区档案馆")
    page.get_by_role("button", name="新建").click()
    expect(page.get_by_role("status")).to_have_text("已新建部门 286002 曹妃甸区档案馆。")

    rail.get_by_role("link", name="用户").click()
    page.get_by_role("link", name="新建用户").click()
    page.get_by_label("用户名").fill("wangfang")
    page.get_by_label("密码", exact=False).first.fill("海河之畔2024")
    page.get_by_label("再输一遍密码").fill("海河之畔2025")
    page.get_by_label("角色").select_option("填报人")
    page.get_by_label("部门").select_option("286002 曹妃甸区档案馆")
    page.get_by_role("button", name="新建").click()
    problems = page.get_by_role("alert").get_by_role("link")
    expect(problems).to_have_text(
        ["姓名：没有填写姓名，填写后再保存。", "再输一遍密码：两遍密码不一致，重新输入。"]
    )
    problems.first.click()
    page.keyboard.type("王芳")  # the link leads into the field
    page.get_by_label("密码", exact=False).first.fill("海河之畔2024")
    page.get_by_label("再输一遍密码").fill("海河之畔2024")
    assert [error for error in console_errors if "422" not in error] == []
    console_errors.clear()
    page.get_by_role("button", name="新建").click()
    expect(page.get_by_role("status")).to_have_text("已新建用户 王芳（wangfang）。")

    page.get_by_label("角色").select_option("单位负责人")
    page.get_by_label("部门").select_option("286001 曹妃甸区直机关工委")
    page.get_by_role("button", name="授予").click()
    page.get_by_role("button", name="撤销曹妃甸区档案馆的填报人任职").click()
    expect(page.get_by_role("status")).to_have_text("已撤销曹妃甸区档案馆的填报人任职。")

    held = User.objects.get(username="wangfang").memberships.get()
    assert (held.role, held.department) == ("leader", Department.objects.get(code="286001"))
