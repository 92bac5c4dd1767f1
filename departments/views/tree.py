"""部门: the tree as a list, a new department, what may change of one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from departments.forms.fields import refused
from departments.forms.tree import DepartmentFilterForm, DepartmentForm, NewDepartmentForm
from departments.permissions import administers_everything, administrable_by, may_add_departments
from departments.services import add_department, change_department
from departments.views.access import for_administrators

ROWS_PER_PAGE = 50


@require_safe
@for_administrators
def department_list(request: HttpRequest) -> HttpResponse:
    """List the departments in the order of their codes: each 主管部门, then its units."""
    today = timezone.localdate()
    form = DepartmentFilterForm(request.GET)
    found = administrable_by(request.user)
    found = form.narrow(found, today) if form.is_valid() else found.none()
    rows = found.with_people().select_related("predecessor")
    context = {
        "form": form,
        "page": Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page")),
        "today": today,
        "may_add": may_add_departments(request.user),
    }
    return render(request, "departments/departments.html", context)


@require_http_methods(["GET", "POST"])
@for_administrators
def new_department(request: HttpRequest) -> HttpResponse:
    """Add a department; an administrator of a part of the tree adds units there alone."""
    if not may_add_departments(request.user):
        raise PermissionDenied
    form = NewDepartmentForm(
        request.POST if request.method == "POST" else None,
        within=administrable_by(request.user),
        may_add_any=administers_everything(request.user),
    )
    if form.is_valid():
        try:
            department = add_department(**form.values(), actor=request.user)
        except IntegrityError:  # somebody was faster
            form.add_error("code", f"编码 {form.cleaned_data['code']} 刚被使用，核对后填写。")
        else:
            messages.success(request, f"已新建部门 {department.code} {department.name}。")
            return redirect("departments")
    context = {"form": form, "forms": refused([form])}
    return render(request, "departments/new_department.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_administrators
def edit_department(request: HttpRequest, code: str) -> HttpResponse:
    """Change a department, or end it by its 停用日期."""
    within = administrable_by(request.user)
    department = get_object_or_404(within.select_related("parent"), code=code)
    typed = request.POST if request.method == "POST" else None
    form = DepartmentForm(typed, within=within, department=department)
    if form.is_valid():
        changes = change_department(department=department, values=form.values(), actor=request.user)
        messages.success(request, _saved(changes))
        return redirect("edit-department", code)
    context = {
        "form": form,
        "forms": refused([form]),
        "department": department,
        "units": department.units.count(),
        "successors": department.successors.all(),
    }
    return render(request, "departments/edit_department.html", context, status=422 if form.is_bound else 200)


def _saved(changes) -> str:
    if not changes:
        return "没有改动。"
    is_renamed = any(change.path == "name" for change in changes)
    return "已保存。" + ("已建立的预算年度仍用原名称，以后建立的年度用新名称。" if is_renamed else "")
