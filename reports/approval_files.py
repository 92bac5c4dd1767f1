"""The approval (批复) as a file, from the versions it locked and not from today's rows."""

from collections.abc import Iterator

from django.db.models import QuerySet

from indicators.approvals import sort_words
from indicators.document import booklet_from_json, table_from_json
from indicators.layout.approval import ApprovedTable, Letter, lay_out_approval
from indicators.layout.publication import Publication
from indicators.reviewed import NARRATIVE, TABLE
from indicators.rows import print_options
from projects.models import Approval
from reports.files import File, published_file
from workflow.models import Status, Version

APPROVAL_FORMATS = ("pdf", "docx", "html", "pdfa")


def approval_file(approval: Approval, extension: str, *, versions: QuerySet[Version], is_whole: bool) -> File:
    """Return the approval document with ``versions`` as its annex; where they are not all it says so.

    Raises KeyError for a format that is not known.
    """
    name = [approval.document_number, approval.department_name, approval_words(approval)]
    if not is_whole:
        name.append("节选")
    return published_file(name, extension, approval_publication(approval, versions, is_whole=is_whole))


def approval_publication(approval: Approval, approved: QuerySet[Version], *, is_whole: bool) -> Publication:
    """Return what the approval says with what it approved, in a query."""
    letter = Letter(
        issuer=approval.issuer,
        document_number=approval.document_number,
        title=_title(approval),
        addressee=approval.department_name,
        text=approval.text,
        approved_on=approval.approved_on,
        is_whole=is_whole,
    )
    versions = list(approved.select_related("document"))
    narratives = [booklet_from_json(each.document.text) for each in versions if each.kind == NARRATIVE]
    narratives.sort(key=lambda booklet: booklet.department_code)
    options = print_options(approval.fiscal_year, status=Status.APPROVED)
    return lay_out_approval(letter, narratives, list(approved_tables(versions)), options)


def approved_tables(versions: list[Version]) -> Iterator[ApprovedTable]:
    """Yield the tables among the versions as they were stored, by unit, in the order of their approval."""
    stored = [
        ApprovedTable(table_from_json(each.document.text), each.target == Status.CANCELLED)
        for each in versions
        if each.kind == TABLE
    ]
    yield from sorted(stored, key=lambda each: each.table.department_code)


def approval_words(approval: Approval) -> str:
    """Return 批复, or 补充批复（第2次）."""
    return sort_words(approval.sort, approval.sequence)


def _title(approval: Approval) -> str:
    year = f"{approval.fiscal_year.year}年度"
    match approval.sort:
        case Approval.Sort.SUPPLEMENT:
            return f"关于补充批复{approval.department_name}\n{year}部门预算绩效目标的通知"
        case Approval.Sort.ADJUSTMENT:
            return f"关于批复{approval.department_name}\n{year}部门预算绩效目标调整的通知"
    return f"关于批复{approval.department_name}\n{year}部门预算绩效目标的通知"
