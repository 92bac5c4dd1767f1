"""The papers of the finance review as files: the 绩效目标审核表 of a table, the 审核意见书 of a unit."""

from django.utils import timezone

from indicators.checks.opinion import Grade
from indicators.document import TargetTable, table_from_json
from indicators.layout import opinion_letter
from indicators.layout.opinion_letter import OpinionLetter, ReviewedTable, lay_out_opinion_letter
from indicators.layout.review_sheet import TITLE, Review, lay_out_review_sheet
from indicators.models import DepartmentOpinion, Opinion
from indicators.rows import load_table
from indicators.services.department_opinions import is_stale, review_of
from indicators.services.opinions import grades_of, points_of
from reports.files import File, published_file
from workflow.models import StoredDocument

SHEET_FORMATS = ("pdf", "docx", "xlsx", "html", "pdfa")
LETTER_FORMATS = ("pdf", "docx", "html", "pdfa")


def review_sheet_file(opinion: Opinion, extension: str) -> File:
    """Return the 审核表 of what was reviewed then. Raises KeyError for a format that is not known."""
    table = _reviewed(opinion)
    review = Review(
        points=points_of(opinion),
        grades=grades_of(opinion),
        overall=Grade(opinion.overall),
        text=opinion.text,
        reviewer=opinion.by,
        reviewed_on=timezone.localdate(opinion.written_at),
    )
    name = (table.department_code, table.project_code, table.name, TITLE)
    return published_file(name, extension, lay_out_review_sheet(table, review))


def opinion_letter_file(opinion: DepartmentOpinion, extension: str) -> File:
    """Return the 审核意见书 of a unit's year. Raises KeyError for a format that is not known."""
    filed = opinion.department_year
    review = review_of(filed)
    letter = OpinionLetter(
        year=filed.fiscal_year.year,
        addressee=filed.name,
        document_number=opinion.document_number,
        overall=Grade(opinion.overall),
        text=opinion.text,
        reviewer=opinion.by,
        written_on=timezone.localdate(opinion.written_at),
        identity=opinion.documents_hash,
        mark="填报内容已有变动" if is_stale(opinion, review) else "",
    )
    tables = [
        ReviewedTable(
            str(each.declaration),
            each.declaration.budget,
            each.grade,
            each.opinion.text if each.opinion else "",
        )
        for each in review.tables
    ]
    name = (filed.department.code, filed.name, f"{filed.fiscal_year.year}年{opinion_letter.TITLE}")
    return published_file(name, extension, lay_out_opinion_letter(letter, tables))


def _reviewed(opinion: Opinion) -> TargetTable:
    """Return the table as it was reviewed: it was stored when it was submitted, whatever became of it."""
    stored = StoredDocument.objects.filter(content_hash=opinion.document_hash).first()
    return table_from_json(stored.text) if stored else load_table(opinion.declaration)
