"""Reading: one table as on paper, and the margin beside a sheet."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from departments.permissions import may_review
from indicators.findings import ledger_of, phrases_of
from indicators.layout.html import publication_html
from indicators.layout.tracked import texts_of
from indicators.reviewed import year_of
from indicators.rows import load_table
from indicators.services.findings import refresh_department_findings
from indicators.versions import publication_of
from indicators.views.access import may_edit, may_submit, visible_declaration
from indicators.views.locks import lock_of, sent_back
from indicators.views.marking import MarkedPaper
from indicators.views.notes import margin_of, marks_of
from indicators.views.opinion_panel import opinion_panel
from indicators.views.remark_lists import remarks_for
from indicators.views.standing import standing_of
from projects.models import Declaration, DepartmentYear
from workflow.models import Status

FORMATS = (
    ("pdf", "PDF"),
    ("docx", "Word"),
    ("xlsx", "Excel"),
    ("html", "网页"),
    ("pdfa", "PDF/A 存档"),
    ("json", "数据 JSON"),
)


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
    publication = publication_of(declaration, document)
    context = {
        "declaration": declaration,
        "filed": filed,
        "may_edit": may_edit(request.user, declaration),
        "publication": publication,
        "before": filed.declarations.filter(position__lt=declaration.position).last(),
        "after": filed.declarations.filter(position__gt=declaration.position).first(),
        "formats": FORMATS,
        "attachment_count": declaration.attachments.filter(withdrawn_at=None).count(),
        "lock": lock_of(declaration, request.user),
        "standing": standing_of(declaration, request.user),
        "may_submit": may_submit(request.user, declaration),
        **margin_context(declaration, publication_html(publication), "paper", request.user),
        "margin_remarks": remarks_for(request.user, declaration, texts_of(publication)),
        "opinion_panel": opinion_panel(request.user, declaration, document, form=opinion_form),
    }
    return render(request, "indicators/table.html", context, status=status)


def address_of(filed: DepartmentYear) -> str:
    return reverse("department-year", args=(filed.fiscal_year.year, filed.department.code))


def margin_context(document: Declaration | DepartmentYear, html, name: str, user) -> dict:
    """Return the document's HTML, marked, under ``name``, the margin beside it, and why it came back."""
    filed = year_of(document)
    paper = MarkedPaper(html)
    margin = margin_of(paper, ledger_of(document), Status(document.status))
    may_explain = may_edit(user, document)
    return {
        name: paper.marked(marks_of(margin.notes)),
        "margin": margin,
        "sent_back": sent_back(document),
        "may_judge": may_review(user, filed.department),
        "phrases": phrases_of(filed.department) if may_explain else (),
    }
