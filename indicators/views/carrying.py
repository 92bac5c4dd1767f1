"""Copying: from another project into a table, and a department's earlier year into this one."""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from indicators.document.carrying import Kind, Line
from indicators.forms.carrying import CopyTableForm, CopyYearForm, SourceSearch
from indicators.rows import load_table
from indicators.services import NotEditableError
from indicators.services.carrying import (
    ChangedSinceError,
    CopiedTable,
    copy_table,
    copy_year,
    documents_hash,
    plan_of,
)
from indicators.views.access import (
    refusal_to_edit,
    require_preparer,
    visible_declaration,
    visible_department_year,
)
from indicators.views.editing import not_editable
from projects.models import Declaration, DepartmentYear
from workflow.services import RevisionConflictError

SOURCES_PER_PAGE = 20
_REPORT = "copy_report"  # in the session: the report of the last copy, read once or again until the next


# One table


def copy_into_table(request, pk):
    """Choose a source for a table, then its parts and the years that move; afterwards show the report."""
    declaration = visible_declaration(request.user, pk)
    require_preparer(request.user, declaration.department_year.department)
    back = reverse("table", args=(pk,))
    if "done" in request.GET and request.method != "POST":
        onward = reverse("edit-table", args=(pk,))
        return _report_page(request, declaration.department_year, onward, f"table/{pk}", declaration)
    if refusal_to_edit(declaration):
        return not_editable(request, declaration, back)
    source = _source_of(request, declaration)
    if source is None:
        return _source_page(request, declaration)
    return _copy_table_page(request, declaration, source)


def _source_of(request, declaration: Declaration) -> Declaration | None:
    pk = request.GET.get("source", "")
    if not pk:
        return None
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19) or int(pk) == declaration.pk:
        raise Http404
    return visible_declaration(request.user, int(pk))


def _source_page(request, declaration: Declaration):
    """Offer the same project's earlier years, then whatever is found."""
    search = SourceSearch(request.GET)
    others = _with_rows(request.user).exclude(pk=declaration.pk)
    year = declaration.department_year.fiscal_year.year
    earlier = others.filter(_same_project(declaration), department_year__fiscal_year__year__lt=year)
    found = (
        others.filter(search.condition())
        if search.text
        else others.filter(department_year__department=declaration.department_year.department)
    )
    found = found.exclude(pk__in=earlier.order_by().values("pk"))
    context = {
        "declaration": declaration,
        "filed": declaration.department_year,
        "search": search,
        "earlier": earlier,
        "page": Paginator(found, SOURCES_PER_PAGE).get_page(request.GET.get("page")),
        "is_refused": request.method == "POST",
    }
    return render(
        request, "indicators/carry_source.html", context, status=422 if request.method == "POST" else 200
    )


def _with_rows(user):
    return (
        Declaration.objects.visible_to(user)
        .select_related("project", "department_year__department", "department_year__fiscal_year")
        .annotate(rows=Count("indicators"))
        .order_by("-department_year__fiscal_year__year", "department_year__department__code", "position")
    )


def _same_project(declaration: Declaration) -> Q:
    same = Q(project=declaration.project_id)
    code = declaration.project.code
    return same | Q(project__code__iexact=code) if code else same


def _copy_table_page(request, declaration: Declaration, source: Declaration, refusal: str = ""):
    source_table, table = load_table(source), load_table(declaration)
    same_project = Declaration.objects.filter(_same_project(declaration), pk=source.pk).exists()
    typed = request.POST if request.method == "POST" else None
    form = CopyTableForm(
        typed,
        source=source_table,
        target=table,
        is_listed=declaration.is_listed,
        same_project=same_project,
    )
    if not refusal and form.is_valid():
        return _copy_table(request, declaration, source, form)
    context = {
        "declaration": declaration,
        "filed": declaration.department_year,
        "source": source,
        "form": form,
        "refusal": refusal,
        "same_project": same_project,
        "seen": documents_hash(source_table, table),
    }
    status = 409 if refusal else 422 if form.is_bound else 200
    return render(request, "indicators/carry_table.html", context, status=status)


def _copy_table(request, declaration: Declaration, source: Declaration, form: CopyTableForm):
    try:
        copied = copy_table(
            declaration=declaration,
            source=source,
            choices=form.choices(),
            seen=form.cleaned_data["seen"],
            actor=request.user,
        )
    except (ChangedSinceError, RevisionConflictError) as error:
        return _copy_table_page(request, declaration, source, refusal=str(error))
    except NotEditableError:
        return not_editable(request, declaration, reverse("table", args=(declaration.pk,)))
    request.session[_REPORT] = {
        "of": f"table/{declaration.pk}",
        "source": str(source.department_year),
        "tables": [_plain(copied)],
        "narrative": [],
    }
    return redirect(f"{reverse('copy-table', args=(declaration.pk,))}?done=1")


# A whole year


def copy_into_year(request, year, code):
    """Choose an earlier year's projects and narrative, check the years that move, then copy all at once."""
    filed = visible_department_year(request.user, year, code)
    require_preparer(request.user, filed.department)
    back = reverse("department-year", args=(year, code))
    if "done" in request.GET and request.method != "POST":
        return _report_page(request, filed, back, f"year/{filed.pk}")
    if refusal_to_edit(filed):
        return not_editable(request, filed, back)
    sources = list(_earlier_years(request.user, filed))
    source = _chosen_year(sources, request.GET.get("source", ""))
    if source is None:
        context = {"filed": filed, "sources": sources}
        status = 422 if request.method == "POST" else 200
        return render(request, "indicators/carry_nothing.html", context, status=status)
    return _copy_year_page(request, filed, source, sources)


def _earlier_years(user, filed: DepartmentYear):
    """Return the department's earlier years, and those of the one it came from, newest first."""
    department = filed.department
    same = Q(department=department) | Q(department=department.predecessor_id)
    return (
        DepartmentYear.objects.visible_to(user)
        .filter(same, fiscal_year__year__lt=filed.fiscal_year.year)
        .select_related("department", "fiscal_year")
        .order_by("-fiscal_year__year", "department__code")
    )


def _chosen_year(sources: list[DepartmentYear], pk: str) -> DepartmentYear | None:
    if not pk:
        return next(iter(sources), None)
    found = next((source for source in sources if str(source.pk) == pk), None)
    if found is None:
        raise Http404
    return found


def _copy_year_page(request, filed: DepartmentYear, source: DepartmentYear, sources, refusal: str = ""):
    plan = plan_of(filed, source)
    form = CopyYearForm(request.POST if request.method == "POST" else None, plan=plan)
    is_valid = form.is_valid()
    step = request.POST.get("step", "")
    if is_valid and step == "copy" and not refusal:
        return _copy_year(request, filed, source, sources, form)
    context = {
        "filed": filed,
        "source": source,
        "sources": sources,
        "plan": plan,
        "form": form,
        "refusal": refusal,
        "seen": plan.seen,
    }
    if is_valid and step in ("check", "copy"):
        context |= {"groups": form.shift_groups(), "chosen": form.chosen(), "choices": form.choices()}
        status = 409 if refusal else 200
        return render(request, "indicators/carry_check.html", context, status=status)
    context["rows"] = [(pair, form.is_ticked(pair)) for pair in plan.pairs]
    status = 422 if form.is_bound and step != "choose" else 200
    return render(request, "indicators/carry_year.html", context, status=status)


def _copy_year(request, filed: DepartmentYear, source: DepartmentYear, sources, form: CopyYearForm):
    try:
        copied = copy_year(
            department_year=filed,
            source_year=source,
            choices=form.choices(),
            seen=form.cleaned_data["seen"],
            actor=request.user,
        )
    except (ChangedSinceError, RevisionConflictError, NotEditableError) as error:
        return _copy_year_page(request, filed, source, sources, refusal=str(error))
    request.session[_REPORT] = {
        "of": f"year/{filed.pk}",
        "source": str(source),
        "tables": [_plain(each) for each in copied.tables],
        "narrative": _plain_lines(copied.narrative.report),
    }
    address = reverse("copy-year", args=(filed.fiscal_year.year, filed.department.code))
    return redirect(f"{address}?done=1")


# The report


def _plain(copied: CopiedTable) -> dict:
    return {
        "pk": copied.declaration.pk,
        "name": str(copied.declaration),
        "code": copied.carried.table.project_code,
        "is_new": copied.is_new,
        "is_changed": bool(copied.changes),
        "lines": _plain_lines(copied.carried.report),
    }


def _plain_lines(lines: tuple[Line, ...]) -> list[list[str]]:
    return [[line.kind, line.place, line.text] for line in lines]


def _report_page(request, filed: DepartmentYear, back: str, of: str, declaration: Declaration | None = None):
    """Show the report of the last copy; one of another page, or none, leads back."""
    report = request.session.get(_REPORT, {})
    if report.get("of") != of:
        return redirect(back)
    common = _common_lines(report["tables"])
    tables = [
        {**table, **_by_kind([line for line in table["lines"] if line not in common])}
        for table in report["tables"]
    ]
    narrative = _by_kind(report["narrative"])
    context = {
        "filed": filed,
        "declaration": declaration,
        "back": back,
        "source": report["source"],
        "common": [(place, text) for _, place, text in common],
        "tables": tables,
        "narrative": narrative if report["narrative"] else None,
        "made": sum(table["is_new"] for table in tables),
        "filled": sum(table["is_changed"] and not table["is_new"] for table in tables),
        "shifted": sum(len(part["shifted"]) for part in (*tables, narrative)),
        "open": sum(len(part["open"]) for part in (*tables, narrative)) + len(common),
    }
    return render(request, "indicators/carry_report.html", context)


def _common_lines(tables: list[dict]) -> list[list[str]]:
    """Return what is to be decided of every table alike, so that it is said once."""
    if len(tables) < 2:
        return []
    first, *others = (table["lines"] for table in tables)
    return [line for line in first if line[0] == Kind.OPEN and all(line in lines for lines in others)]


def _by_kind(lines: list[list[str]]) -> dict[str, list[tuple[str, str]]]:
    return {kind.value: [(place, text) for of, place, text in lines if of == kind] for kind in Kind}
