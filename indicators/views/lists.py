"""A department's year: its projects as a list to work on, with their sums, and its narrative."""

from dataclasses import dataclass, replace

from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from departments.models import Department
from departments.permissions import handover_departments_of, may_prepare
from indicators import listings
from indicators.cancelled import cancellation_reasons
from indicators.completeness import Completeness
from indicators.editions import added_after_approval, has_two_editions
from indicators.forms.lists import ProjectFilterForm
from indicators.layout.booklet import lay_out_narrative
from indicators.layout.html import publication_html
from indicators.layout.tracked import texts_of
from indicators.rows import load_narrative
from indicators.services.findings import refresh_department_findings
from indicators.views.access import calendar_for_page, may_add, may_edit, visible_department_year
from indicators.views.locks import lock_of
from indicators.views.pages import FORMATS, margin_context
from indicators.views.remark_lists import remarks_for
from indicators.views.sorting import filter_of, heads_of
from indicators.views.standing import standing_of
from projects.adjusting import leaving_among
from projects.calendar import deadlines_of
from projects.deadlines import countdowns_for
from projects.models import EXEMPT, Declaration, DepartmentYear
from workflow.models import Status

ROWS_PER_PAGE = 50
_LARGEST_FIRST = {
    *("budget", "fiscal_funding", "other_funding", "indicators", "errors", "warnings", "hints"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A project as the list shows it; ``completeness`` is None where no table is due.

    ``cancelled`` is the reason why it was cancelled, None where it was not; ``is_added`` marks 追加项目.
    """

    declaration: Declaration
    completeness: Completeness | None
    may_edit: bool
    cancelled: str | None = None
    is_added: bool = False

    @property
    def excess(self):
        """How far the 预算数 goes beyond the 控制数 (元); None where it does not."""
        difference = self.declaration.difference
        return -difference if difference is not None and difference < 0 else None


@require_safe
def department_year(request, year, code):
    """List a department's projects of a year as the address asks, above its narrative."""
    filed = visible_department_year(request.user, year, code)
    refresh_department_findings(department_year=filed)
    booklet, year_sums = load_narrative(filed), listings.year_sums(filed)
    narrative = lay_out_narrative(booklet)
    rights = _rights(request.user, filed)
    context = {
        "filed": filed,
        "years": _year_links(filed),
        "year_sums": year_sums,
        "deadlines": deadlines_of(calendar_for_page(filed).rounds),
        "closed": _closed(filed) if rights["may_submit"] else "",
        "may_add": may_add(request.user, filed) and not filed.no_projects_confirmed_at,
        "formats": FORMATS,
        "has_two_editions": has_two_editions(filed),
        "countdowns": countdowns_for(Department.objects.filter(pk=filed.department_id), filed.fiscal_year),
        "ways": _ways(filed),
        "standing": standing_of(filed, request.user),
        "has_narrative": any((booklet.overall_goals, booklet.sub_goals, booklet.safeguards)),
        **rights,
        **_list(request, filed),
        **margin_context(filed, publication_html(narrative), "narrative", request.user),
        "margin_remarks": remarks_for(request.user, filed, texts_of(narrative)),
    }
    return render(request, "indicators/department_year.html", context)


def _closed(filed: DepartmentYear) -> str:
    """Return why nothing new can be filed now, "" while it can or where no draft waits for it."""
    drafts = filed.declarations.filter(status=Status.DRAFT)
    return calendar_for_page(filed).window_to_add.message if drafts.exists() else ""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to fill an empty list: its title, its address, what it is for."""

    title: str
    address: str
    hint: str


def _ways(filed: DepartmentYear) -> tuple[Way, ...]:
    year = (filed.fiscal_year.year, filed.department.code)
    return (
        Way(
            "导入项目清单", f"{reverse('project-list')}?year={year[0]}", "用预算管理一体化系统导出的项目清单"
        ),
        Way("从上年复制", reverse("copy-year", args=year), "沿用上年的目标和指标，再逐项核定"),
        Way("上传已有文本", _upload_address(*year), "读取上年的部门文本、Word或Excel文件"),
    )


def _upload_address(year: int, code: str) -> str:
    return f"{reverse('upload-booklet')}?year={year}&department={code}"


def _rights(user, filed: DepartmentYear) -> dict:
    department = filed.department
    return {
        "may_edit": may_edit(user, filed),
        "may_submit": may_prepare(user, department),
        "may_hand_over": handover_departments_of(user).filter(pk=department.pk).exists(),
        "lock": lock_of(filed, user),
    }


def _list(request, filed: DepartmentYear) -> dict:
    may_fill_in = may_prepare(request.user, filed.department)
    form = ProjectFilterForm(request.GET, filed=filed, user=request.user)
    wanted = form.wanted() if form.is_valid() else None
    found = listings.find(filed.declarations.all(), wanted) if wanted else filed.declarations.none()
    sums = listings.sums_of(found)
    order = wanted.order if wanted else ""
    paginator = Paginator(listings.for_list(found, order), ROWS_PER_PAGE)
    paginator.count = sums.listed
    page = paginator.get_page(request.GET.get("page"))
    reasons = cancellation_reasons(page.object_list)
    added, leaving = added_after_approval(page.object_list, filed), leaving_among(page.object_list)
    return {
        "form": form,
        "wanted": wanted,
        "sums": sums,
        "page": page,
        "lines": [
            replace(
                _line(
                    declaration,
                    filed,
                    may_fill_in and declaration.pk not in leaving,
                    reasons.get(declaration.pk),
                ),
                is_added=declaration.pk in added,
            )
            for declaration in page.object_list
        ],
        "heads": heads_of(_TITLES, order, _LARGEST_FIRST),
        "filter": filter_of(request),
    }


def _line(declaration: Declaration, filed: DepartmentYear, may_fill_in: bool, cancelled: str | None) -> Line:
    if declaration.status == Status.CANCELLED:  # it is checked no more
        declaration.errors = declaration.warnings = declaration.hints = 0
        return Line(declaration, None, False, cancelled or "")
    is_due = declaration.project.category not in EXEMPT
    completeness = Completeness(declaration.filled) if is_due else None
    is_open = declaration.is_editable and calendar_for_page(filed).window(declaration).is_open
    return Line(declaration, completeness, may_fill_in and is_open)


_TITLES = {
    "code": "编码",
    "name": "项目名称",
    "category": "类别",
    "budget": "预算数",
    "fiscal_funding": "财政资金",
    "other_funding": "其他资金",
    "difference": "控制数余额",
    "indicators": "指标数",
    "completeness": "完整度",
    "errors": "须改正",
    "warnings": "须说明",
    "hints": "提示",
    "assignee": "经办人",
    "status": "状态",
}


def _year_links(filed: DepartmentYear) -> list[tuple[int, str, bool]]:
    years = filed.department.years.order_by("-fiscal_year").values_list("fiscal_year__year", flat=True)
    code = filed.department.code
    return [
        (year, reverse("department-year", args=(year, code)), year == filed.fiscal_year.year)
        for year in years
    ]
