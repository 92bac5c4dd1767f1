"""Reading: a department's year, and one table as on paper."""

from django.db.models import Count, Sum
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from indicators.forms.lists import ProjectFilter
from indicators.layout.booklet import lay_out_narrative, lay_out_publication
from indicators.layout.html import publication_html
from indicators.rows import load_narrative, load_table, print_options
from indicators.views.access import may_edit, visible_declaration, visible_department_year
from projects.models import DepartmentYear

FORMATS = (
    ("pdf", "PDF"),
    ("docx", "Word"),
    ("xlsx", "Excel"),
    ("html", "网页"),
    ("pdfa", "PDF/A 存档"),
    ("json", "数据 JSON"),
)


@require_safe
def department_year(request, year, code):
    """Show what a department filed for a year: its projects with their sums, and its narrative."""
    filed = visible_department_year(request.user, year, code)
    wanted = ProjectFilter(request.GET)
    declarations = filed.declarations.filter(wanted.condition())
    booklet = load_narrative(filed)
    context = {
        "filed": filed,
        "may_edit": may_edit(request.user, filed),
        "years": _year_links(filed),
        "filter": wanted,
        "declarations": declarations.select_related("project").annotate(rows=Count("indicators")),
        "sums": _sums(declarations),
        "all_sums": _sums(filed.declarations),
        "narrative": publication_html(lay_out_narrative(booklet)),
        "has_narrative": any((booklet.overall_goals, booklet.sub_goals, booklet.safeguards)),
        "formats": FORMATS,
    }
    return render(request, "indicators/department_year.html", context)


@require_safe
def table(request, pk):
    """Show one table as the official form on paper."""
    declaration = visible_declaration(request.user, pk)
    filed = declaration.department_year
    options = print_options(filed.fiscal_year, status=declaration.status)
    publication = lay_out_publication(load_table(declaration), options)
    context = {
        "declaration": declaration,
        "filed": filed,
        "may_edit": may_edit(request.user, declaration),
        "publication": publication,
        "paper": publication_html(publication),
        "before": filed.declarations.filter(position__lt=declaration.position).last(),
        "after": filed.declarations.filter(position__gt=declaration.position).first(),
        "formats": FORMATS,
    }
    return render(request, "indicators/table.html", context)


def _sums(declarations) -> dict:
    """Return the number of projects and the sums of their amounts in 元; a blank amount counts 0."""
    amounts = ("budget", "fiscal_funding", "other_funding")
    return declarations.aggregate(projects=Count("pk"), **{name: Sum(name, default=0) for name in amounts})


def _year_links(filed: DepartmentYear) -> list[tuple[int, str, bool]]:
    years = filed.department.years.order_by("-fiscal_year").values_list("fiscal_year__year", flat=True)
    code = filed.department.code
    return [
        (year, reverse("department-year", args=(year, code)), year == filed.fiscal_year.year)
        for year in years
    ]
