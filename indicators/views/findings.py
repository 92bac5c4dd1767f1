"""审核提示清单: what the rules found in all documents a person may see."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from departments.permissions import preparable_by
from indicators import finding_lists
from indicators.checks import RULES, Severity
from indicators.checks.model import Rule
from indicators.finding_lists import FindingFilter, Standing
from indicators.forms.findings import FindingFilterForm
from indicators.models import Finding, Pending

ROWS_PER_PAGE = 50
MOST_DEPARTMENTS = 20  # in the counts beside the list; the filter reaches the others


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as the list shows it."""

    finding: Finding
    address: str  # of the note beside its document
    may_explain: bool

    @property
    def rule(self) -> Rule:
        return RULES[self.finding.rule]

    @property
    def severity(self) -> Severity:
        return Severity(self.finding.severity)

    @property
    def standing(self) -> Standing:
        return Standing(self.finding.standing)

    @property
    def is_pending(self) -> bool:
        return self.finding.run.pending != Pending.NOTHING

    @property
    def messages(self) -> list[str]:
        return [hit["message"] for hit in self.finding.hits]


@require_safe
def finding_list(request: HttpRequest) -> HttpResponse:
    """List the findings that the filters in the address ask for, with counts by rule and by department."""
    form = FindingFilterForm(request.GET, user=request.user)
    wanted = form.wanted() if form.is_valid() else None
    found = found_for(request.user, wanted)
    tally = finding_lists.tally(found)
    paginator = Paginator(finding_lists.for_list(found), ROWS_PER_PAGE)
    paginator.count = sum(number for _, number in tally)
    page = paginator.get_page(request.GET.get("page"))
    by_department = list(finding_lists.counts_by_department(found)[: MOST_DEPARTMENTS + 1])
    context = {
        "form": form,
        "wanted": wanted,
        "tally": tally,
        "total": paginator.count,
        "page": page,
        "lines": _lines(page.object_list, request.user),
        "by_rule": finding_lists.counts_by_rule(found),
        "by_department": by_department[:MOST_DEPARTMENTS],
        "has_more_departments": len(by_department) > MOST_DEPARTMENTS,
        "here": request.get_full_path(),
    }
    return render(request, "indicators/findings.html", context)


def found_for(user, wanted: FindingFilter | None):
    """Return what ``user`` may see of what is wanted; nothing where that could not be understood."""
    visible = Finding.objects.visible_to(user)
    return finding_lists.find(visible, wanted) if wanted else visible.none()


def _lines(findings: Iterable[Finding], user) -> list[Line]:
    preparable = set(preparable_by(user).values_list("pk", flat=True))
    return [
        Line(
            finding,
            _address(finding),
            finding.needs_reason and finding.run.department_year.department_id in preparable,
        )
        for finding in findings
    ]


def _address(finding: Finding) -> str:
    run = finding.run
    note = f"#note-{finding.rule}"
    if run.declaration_id:
        return reverse("table", args=(run.declaration_id,)) + note
    filed = run.department_year
    return reverse("department-year", args=(filed.fiscal_year.year, filed.department.code)) + note
