"""Answering findings: taking a fix, writing and judging a 情况说明."""

from collections.abc import Iterable
from urllib.parse import urldefrag

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from indicators import services
from indicators.checks import RULES
from indicators.findings import findings_of, findings_of_all, phrases_of
from indicators.forms.answers import Answerable, ExplainForm, FixForm, VerdictForm
from indicators.forms.problems import form_problems
from indicators.models import Explanation
from indicators.services.explanations import (
    ExplanationError,
    explain,
    explain_narrative,
    judge_explanation,
)
from indicators.services.fixes import FixError, apply_fix
from indicators.views import pages
from indicators.views.access import (
    require_preparer,
    require_reviewer,
    visible_declaration,
    visible_department_year,
)
from indicators.views.notes import standing_of
from projects.models import DepartmentYear
from workflow.services import RevisionConflictError


@require_POST
def take_fix(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one field right as a note proposed."""
    declaration = visible_declaration(request.user, pk)
    require_preparer(request.user, declaration.department_year.department)
    declaration_page = reverse("table", args=(pk,))
    form = FixForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有改写：浏览器发来的内容不完整，刷新页面后重试。")
        return redirect(declaration_page)
    try:
        apply_fix(declaration=declaration, actor=request.user, **form.cleaned_data)
    except (FixError, RevisionConflictError, services.NotEditableError) as refusal:
        messages.error(request, str(refusal))
        return redirect(declaration_page)
    taken = form.cleaned_data
    messages.success(request, f"已将“{taken['before']}”改写为“{taken['after']}”。")
    return redirect(way_back(request) or declaration_page)


def explain_rule(request: HttpRequest, year: int, code: str, rule: str) -> HttpResponse:
    """Write one 情况说明 for a rule in all ticked documents of the unit."""
    filed = visible_department_year(request.user, year, code)
    require_preparer(request.user, filed.department)
    if rule not in RULES:
        raise Http404
    typed = request.POST if request.method == "POST" else None
    form = ExplainForm(typed, documents=_documents(filed, rule))
    if form.is_valid() and _explained(form, filed, rule, request.user):
        messages.success(request, f"已对{len(form.cleaned_data['document'])}项写明情况说明，等待审核人审定。")
        return redirect(way_back(request) or pages.address_of(filed))
    context = {
        "filed": filed,
        "rule": RULES[rule],
        "form": form,
        "problems": form_problems(form),
        "phrases": phrases_of(filed.department),
        "next": way_back(request),
    }
    return render(request, "indicators/explain.html", context, status=422 if form.is_bound else 200)


@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an explanation, or not."""
    visible = Explanation.objects.visible_to(request.user)
    explanation = get_object_or_404(visible.select_related("department_year__department"), pk=pk)
    require_reviewer(request.user, explanation.department_year.department)
    form = VerdictForm(request.POST)
    back = way_back(request) or pages.address_of(explanation.department_year)
    if not form.is_valid():
        return _not_judged(request, back, [problem.message for problem in form_problems(form)])
    try:
        judge_explanation(
            explanation=explanation,
            accepted=form.accepted,
            remark=form.cleaned_data["remark"],
            actor=request.user,
        )
    except ExplanationError as refusal:
        return _not_judged(request, back, refusal.messages)
    messages.success(request, f"{explanation.rule}的情况说明：{explanation.get_verdict_display()}。")
    return redirect(back)


def way_back(request: HttpRequest) -> str:
    """Return the path of the page the form stood on (``next``) if it is one of ours, else ''."""
    back = request.POST.get("next", "") or request.GET.get("next", "")
    is_path = back.startswith("/")  # redirect() takes anything else for the name of an address
    return back if is_path and url_has_allowed_host_and_scheme(back, None) else ""


def _not_judged(request: HttpRequest, back: str, reasons: Iterable[str]) -> HttpResponse:
    for reason in reasons:
        messages.error(request, reason)
    return redirect(urldefrag(back).url)  # at the top of the page, where the reasons stand


def _documents(filed: DepartmentYear, rule: str) -> list[Answerable]:
    """Return the documents in the preparer's hands in which the rule asks for a reason."""
    counted = filed.declarations.counted().select_related("department_year__fiscal_year")
    declarations = [each for each in counted if each.is_editable]
    found = findings_of_all(declarations)
    listed = [(declaration, found.get(declaration.pk, ())) for declaration in declarations]
    if filed.is_editable:
        listed.append((None, findings_of(filed)))
    return [
        Answerable(
            declaration,
            tuple(hit.message for hit in item.hits),
            item.blocks,
            item.explanation,
            standing_of(item),
        )
        for declaration, items in listed
        for item in items
        if item.rule.code == rule and item.needs_reason
    ]


def _explained(form: ExplainForm, filed: DepartmentYear, rule: str, actor) -> bool:
    """Write the explanation in all ticked documents, or in none; False puts what is wrong into the form."""
    text = form.cleaned_data["text"]
    try:
        with transaction.atomic():
            if declarations := form.declarations():
                explain(rule=rule, declarations=declarations, text=text, actor=actor)
            if form.is_about_narrative:
                explain_narrative(rule=rule, department_year=filed, text=text, actor=actor)
    except ExplanationError as refusal:
        form.add_error("text", list(refusal.messages))
    except services.NotEditableError as refusal:
        form.add_error(None, str(refusal))
    return not form.errors
