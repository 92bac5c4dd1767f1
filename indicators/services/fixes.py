"""One-click fixes: what a finding proposes is done to that one field, through the one write path."""

import re
import unicodedata

from django.core.exceptions import PermissionDenied
from django.db import transaction

from departments.permissions import may_prepare
from indicators.checks.cells import Document, NoSuchCellError, cell_text, with_cell_text
from indicators.document import Change
from indicators.findings import findings_of
from indicators.rows import load_narrative, load_table
from indicators.services.tables import save_narrative, save_table
from projects.models import Declaration, DepartmentYear


class FixError(ValueError):
    """The fix is not proposed, or the field has changed since; the message is a Chinese sentence."""


@transaction.atomic
def apply_fix(
    *, declaration: Declaration, path: str, before: str, after: str, revision: int, actor
) -> tuple[Change, ...]:
    """Put one field of a table right as a stored finding proposes, where the field still says ``before``.

    Raises FixError, PermissionDenied, RevisionConflictError, NotEditableError.
    """
    _require_proposal(declaration, declaration.department_year, path, before, after, actor)
    table = _fixed(load_table(declaration), path, before, after)
    return save_table(declaration=declaration, table=table, revision=revision, actor=actor, action="fix")


@transaction.atomic
def apply_narrative_fix(
    *, department_year: DepartmentYear, path: str, before: str, after: str, revision: int, actor
) -> tuple[Change, ...]:
    """Put one field of the department's own text right. Raises as ``apply_fix``."""
    _require_proposal(department_year, department_year, path, before, after, actor)
    booklet = _fixed(load_narrative(department_year), path, before, after)
    return save_narrative(department_year=department_year, booklet=booklet, revision=revision, actor=actor)


def _require_proposal(
    document: Declaration | DepartmentYear,
    department_year: DepartmentYear,
    path: str,
    before: str,
    after: str,
    actor,
) -> None:
    if not may_prepare(actor, department_year.department):
        raise PermissionDenied("只有本单位或其主管部门的填报人可以修改。")
    fixes = (hit.fix for item in findings_of(document) for hit in item.hits if hit.fix)
    if not any((fix.path, fix.before, fix.after) == (path, before, after) for fix in fixes):
        raise FixError(f"没有把“{before}”改为“{after}”的建议，请刷新页面后重试。")
    if _digits(before) != _digits(after):
        raise FixError(f"把“{before}”改为“{after}”会改动数字，请自行修改。")


def _fixed(document: Document, path: str, before: str, after: str) -> Document:
    held = cell_text(document, path)
    if held != before:
        raise FixError(f"该处现为“{held}”，不再是“{before}”，没有改动。")
    try:
        return with_cell_text(document, path, after)
    except NoSuchCellError as error:
        raise FixError(f"该处已不存在，没有改动：“{before}”。") from error


def _digits(text: str) -> str:
    return "".join(re.findall(r"\d", unicodedata.normalize("NFKC", text)))
