"""The versions of a table and of a department's text: listed, read on paper, compared two by two."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from indicators.document import Booklet, TargetTable, content_hash, narrative_changes, table_changes
from indicators.document.marked_changes import marked
from indicators.layout.booklet import lay_out_narrative
from indicators.layout.html import publication_html
from indicators.layout.publication import Publication
from indicators.reviewed import Reviewed, name_of, year_of
from indicators.rows import load_narrative, load_table
from indicators.side_by_side import side_by_side
from indicators.versions import (
    Kept,
    document_of,
    kept_versions,
    publication_of,
    publication_of_version,
)
from indicators.views.access import visible_declaration, visible_department_year
from indicators.views.addresses import addresses_of, page_address
from indicators.views.pages import FORMATS
from projects.models import Declaration
from projects.routes import status_label

NOW = "now"  # 现稿, in an address


@dataclass(frozen=True, slots=True)
class Side:
    """One of two that are compared: ``key`` is a version's primary key, or NOW."""

    key: str
    title: str
    document: TargetTable | Booklet
    publication: Publication


@require_safe
def table_versions(request, pk):
    """List what was stored of a table, newest first."""
    return _list(request, visible_declaration(request.user, pk))


@require_safe
def narrative_versions(request, year, code):
    """List what was stored of a department's text, newest first."""
    return _list(request, visible_department_year(request.user, year, code))


@require_safe
def table_version(request, pk, version):
    """Show one version of a table on paper."""
    return _paper(request, visible_declaration(request.user, pk), version)


@require_safe
def narrative_version(request, year, code, version):
    """Show one version of a department's text on paper."""
    return _paper(request, visible_department_year(request.user, year, code), version)


@require_safe
def compare_tables(request, pk):
    """Show two versions of a table side by side: ``before`` and ``after`` of the address."""
    return _comparison(request, visible_declaration(request.user, pk))


@require_safe
def compare_narratives(request, year, code):
    """Show two versions of a department's text side by side."""
    return _comparison(request, visible_department_year(request.user, year, code))


def kept_version(reviewed: Reviewed, pk: int) -> Kept:
    """Return one version of something, or raise Http404 where it has none of that key."""
    found = next((kept for kept in kept_versions(reviewed) if kept.version.pk == pk), None)
    if found is None:
        raise Http404
    return found


def _list(request, reviewed: Reviewed):
    kept = kept_versions(reviewed)
    now = content_hash(_load(reviewed))
    differs = bool(kept) and kept[0].version.document.content_hash != now
    context = {
        **_about(reviewed),
        "lines": [(each, page_address(reviewed, "version", each.version.pk)) for each in kept],
        "now": {"identity": now[:16], "differs": differs},
        "before": _first_of(kept, now),
    }
    return render(request, "indicators/versions.html", context)


def _paper(request, reviewed: Reviewed, pk: int):
    kept = kept_version(reviewed, pk)
    publication = publication_of_version(reviewed, kept)
    context = {
        **_about(reviewed),
        "kept": kept,
        "publication": publication,
        "paper": publication_html(publication),
        "files": [(label, page_address(reviewed, "version-file", pk, each)) for each, label in FORMATS],
    }
    return render(request, "indicators/version.html", context)


def _comparison(request, reviewed: Reviewed):
    kept = kept_versions(reviewed)
    before = _side(
        reviewed, kept, request.GET.get("before") or _first_of(kept, content_hash(_load(reviewed)))
    )
    after = _side(reviewed, kept, request.GET.get("after") or NOW)
    changes = narrative_changes if isinstance(before.document, Booklet) else table_changes
    context = {
        **_about(reviewed),
        "before": before,
        "after": after,
        "choices": [(NOW, "现稿"), *((str(each.version.pk), _choice(each)) for each in kept)],
        "rows": [
            (change.place, *marked(change.before, change.after))
            for change in changes(before.document, after.document)
        ],
        "pair": side_by_side(publication_html(before.publication), publication_html(after.publication)),
    }
    return render(request, "indicators/compare_versions.html", context)


def _side(reviewed: Reviewed, kept: list[Kept], key: str) -> Side:
    if key == NOW:
        document = _load(reviewed)
        status = status_label(reviewed.status, year_of(reviewed).fiscal_year)
        title = f"现稿（第{reviewed.version}版，{status}）"
        if isinstance(document, Booklet):
            return Side(key, title, document, lay_out_narrative(document))
        return Side(key, title, document, publication_of(reviewed, document))
    found = next((each for each in kept if str(each.version.pk) == key), None)
    if found is None:
        raise Http404
    return Side(key, _choice(found), document_of(found.version), publication_of_version(reviewed, found))


def _first_of(kept: list[Kept], now: str) -> str:
    """Return what is compared with unless somebody asks otherwise: what is in force.

    Where that is what is written ``now``, the last that said something else: there is something to see then.
    """
    others = [each for each in kept if each.version.document.content_hash != now]
    in_force = next((each for each in others if each.is_in_force), None)
    chosen = in_force or next(iter(others or kept), None)
    return str(chosen.version.pk) if chosen else NOW


def _choice(kept: Kept) -> str:
    return f"{kept.title} {timezone.localtime(kept.version.at):%Y-%m-%d} {kept.act}"


def _load(reviewed: Reviewed) -> TargetTable | Booklet:
    return load_table(reviewed) if isinstance(reviewed, Declaration) else load_narrative(reviewed)


def _about(reviewed: Reviewed) -> dict:
    is_table = isinstance(reviewed, Declaration)
    return {
        "reviewed": reviewed,
        "declaration": reviewed if is_table else None,
        "filed": year_of(reviewed),
        "name": name_of(reviewed),
        "addresses": addresses_of(reviewed),
    }
