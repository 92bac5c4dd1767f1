"""规则: what the finance bureau decided about the rules of a fiscal year, tried before it is saved."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from departments.permissions import may_change_policy, sees_across_departments
from indicators.checks import RULES
from indicators.forms.rules import RulesForm
from indicators.policy import policy_of
from indicators.services.policy import change_policy, policy_with, try_policy
from projects.models import FiscalYear


@require_http_methods(["GET", "HEAD", "POST"])
def rule_settings(request: HttpRequest) -> HttpResponse:
    """Show the rules of the year in the address; try a change of them, or save it."""
    if not sees_across_departments(request.user):
        raise PermissionDenied("规则由财政审核人设置，审计、财政审核人和主管部门审核人可以查看。")
    may_change = may_change_policy(request.user)
    if request.method == "POST" and not may_change:
        raise PermissionDenied("规则由负责全部部门的财政审核人设置，本人可以查看，不能修改。")
    years = list(FiscalYear.objects.all())
    fiscal_year = _chosen(years, request.GET.get("year", ""))
    context = {
        "fiscal_year": fiscal_year,
        "years": [(year.year, f"?year={year.year}", year == fiscal_year) for year in years],
        "may_change": may_change,
    }
    if fiscal_year is None:
        return render(request, "indicators/rules.html", context, status=422 if request.POST else 200)
    if request.method == "POST":
        return _change(request, fiscal_year, context)
    return render(
        request, "indicators/rules.html", {**context, "form": RulesForm(policy=policy_of(fiscal_year))}
    )


def _change(request: HttpRequest, fiscal_year: FiscalYear, context: dict) -> HttpResponse:
    """Try or save what was typed; everything that is wrong is said at once, and all that was typed stays."""
    policy = policy_of(fiscal_year)
    form = RulesForm(request.POST, policy=policy)
    if not form.is_valid():
        problems = form.problems()
        if form.has_error("opened", "conflict"):
            form = RulesForm(form.rebased(), policy=policy)
        context |= {"form": form, "problems": problems}
        return render(request, "indicators/rules.html", context, status=422)
    wanted = {"rules": form.rules(), "parameters": form.parameters()}
    if request.POST.get("act") == "try":
        trial = try_policy(fiscal_year=fiscal_year, policy=policy_with(policy, **wanted))
        by_rule = [(RULES[code], number) for code, number in trial.by_rule.items()]
        context |= {"form": form, "trial": trial, "by_rule": by_rule}
        return render(request, "indicators/rules.html", context)
    changes = change_policy(fiscal_year=fiscal_year, actor=request.user, **wanted)
    done = f"已保存{fiscal_year}规则，改动{len(changes)}处。" if changes else "规则没有变化，未作改动。"
    messages.success(request, done)
    return redirect(request.get_full_path())


def _chosen(years: list[FiscalYear], asked: str) -> FiscalYear | None:
    """Return the year asked for, by default the newest, None where there is none."""
    if not asked:
        return next(iter(years), None)
    found = [year for year in years if str(year.year) == asked]
    if not found:
        raise Http404
    return found[0]
