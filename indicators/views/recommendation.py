"""Indicators and past tables recommended for a table: a page, and the content of the editor's dialog."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indicators.recommendation import EXPECTED, ProjectText, recommend_indicators, similar_tables, words_known
from indicators.rows import frame_tiers
from indicators.views.access import may_edit, visible_declaration
from projects.models import Declaration


@require_safe
def recommendation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the library and past tables have for a project like this one, and why."""
    declaration = visible_declaration(request.user, pk)
    text = ProjectText(declaration.name, declaration.purpose, declaration.goal)
    tiers = frame_tiers(declaration.department_year.fiscal_year.frame)
    kept = _names_by_tier(declaration)
    groups = recommend_indicators(text, tiers=tiers, kept=kept)
    served = {*kept, *(group.second_tier for group in groups)}
    context = {
        "declaration": declaration,
        "filed": declaration.department_year,
        "may_edit": may_edit(request.user, declaration),
        "is_blank": text.is_blank,
        "unserved": [second for _, second in tiers if second in EXPECTED and second not in served],
        "groups": groups,
        "tables": similar_tables(declaration, request.user, known=words_known()),
    }
    is_fetched = request.headers.get("X-Requested-With") == "fetch"
    name = "_recommendation.html" if is_fetched else "recommendation.html"
    return render(request, f"indicators/{name}", context)


def _names_by_tier(declaration: Declaration) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for second, name in declaration.indicators.values_list("second_tier", "name"):
        names.setdefault(second, []).append(name)
    return names
