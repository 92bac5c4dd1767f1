"""Reading: a department's year, and one table as on paper."""

from django.db.models import Count, Sum
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from departments.permissions import may_review
from indicators.checks.opinion import draft_opinion
from indicators.document import content_hash
from indicators.finding_lists import counts_of_table, tally
from indicators.findings import ledger_of, outcomes_of, phrases_of
from indicators.forms.lists import ProjectFilter
from indicators.forms.opinions import OpinionForm
from indicators.forms.problems import form_problems
from indicators.layout.booklet import lay_out_narrative, lay_out_publication
from indicators.layout.html import publication_html
from indicators.models import Finding, Opinion
from indicators.rows import load_narrative, load_table, print_options
from indicators.services.findings import refresh_department_findings
from indicators.views.access import may_edit, visible_declaration, visible_department_year
from indicators.views.editing import PARTS
from indicators.views.marking import MarkedPaper
from indicators.views.notes import margin_of, marks_of
from projects.models import Declaration, DepartmentYear

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
    refresh_department_findings(department_year=filed)
    wanted = ProjectFilter(request.GET)
    declarations = filed.declarations.filter(wanted.condition())
    booklet = load_narrative(filed)
    context = {
        "filed": filed,
        "may_edit": may_edit(request.user, filed),
        "years": _year_links(filed),
        "filter": wanted,
        "declarations": declarations.select_related("project").annotate(
            rows=Count("indicators"), **counts_of_table()
        ),
        "sums": _sums(declarations),
        "all_sums": _sums(filed.declarations),
        "finding_sums": tally(Finding.objects.found().filter(run__declaration__in=declarations.order_by())),
        "has_narrative": any((booklet.overall_goals, booklet.sub_goals, booklet.safeguards)),
        "formats": FORMATS,
        **_margin(filed, publication_html(lay_out_narrative(booklet)), "narrative", request.user),
    }
    return render(request, "indicators/department_year.html", context)


@require_safe
def table(request, pk):
    """Show one table as the official form on paper, with what the rules found beside it."""
    declaration = visible_declaration(request.user, pk)
    refresh_department_findings(department_year=declaration.department_year)
    return table_page(request, declaration)


def table_page(request, declaration: Declaration, *, opinion_form=None, status: int = 200):
    """Answer with a table's page; ``opinion_form`` is one that was typed and refused."""
    filed = declaration.department_year
    document = load_table(declaration)
    options = print_options(filed.fiscal_year, status=declaration.status)
    publication = lay_out_publication(document, options)
    context = {
        "declaration": declaration,
        "filed": filed,
        "may_edit": may_edit(request.user, declaration),
        "publication": publication,
        "before": filed.declarations.filter(position__lt=declaration.position).last(),
        "after": filed.declarations.filter(position__gt=declaration.position).first(),
        "formats": FORMATS,
        "attachment_count": declaration.attachments.filter(withdrawn_at=None).count(),
        "parts": PARTS,
        **_margin(declaration, publication_html(publication), "paper", request.user),
    }
    if may_review(request.user, filed.department):
        known = opinion_of(declaration)
        form = opinion_form or OpinionForm(**known)
        stored = known["stored"]
        context |= {
            "opinion_form": form,
            "opinion_problems": form_problems(form) if form.is_bound else (),
            "opinion": stored,
            "opinion_is_outdated": stored and stored.document_hash != content_hash(document),
        }
    return render(request, "indicators/table.html", context, status=status)


def opinion_of(declaration: Declaration) -> dict:
    """Return the opinion that the findings propose (``draft``) and the one that was left (``stored``)."""
    return {
        "draft": draft_opinion(outcomes_of(declaration)),
        "stored": Opinion.objects.filter(declaration=declaration).select_related("author").first(),
    }


def address_of(filed: DepartmentYear) -> str:
    return reverse("department-year", args=(filed.fiscal_year.year, filed.department.code))


def _margin(document: Declaration | DepartmentYear, html, name: str, user) -> dict:
    """Return the document's HTML, marked, under ``name``, and the margin beside it."""
    filed = document.department_year if isinstance(document, Declaration) else document
    paper = MarkedPaper(html)
    margin = margin_of(paper, ledger_of(document))
    may_explain = may_edit(user, document)
    return {
        name: paper.marked(marks_of(margin.notes)),
        "margin": margin,
        "may_judge": may_review(user, filed.department),
        "phrases": phrases_of(filed.department) if may_explain else (),
    }


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
