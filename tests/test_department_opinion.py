"""审核意见书: what is proposed, who writes it, that it says when it is out of date, its files."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from indicators.checks.opinion import Grade, PointOpinion
from indicators.checks.review_points import REVIEW_POINTS
from indicators.layout.opinion_letter import WIDTHS
from indicators.models import DepartmentOpinion
from indicators.rows import load_table
from indicators.services import OpinionError, save_table
from indicators.services.department_opinions import (
    draft_department_opinion,
    is_stale,
    review_of,
    save_department_opinion,
)
from indicators.services.findings import refresh_department_findings
from indicators.services.opinions import save_opinion
from projects.models import Declaration
from tests.personas import PERSONAS
from trail.models import Entry
from workflow.models import Status
from workflow.services import RevisionConflictError, TransitionError

PAPER = Path(settings.BASE_DIR) / "static/css/paper.css"


@pytest.fixture
def graded(department_year, reviewer):
    """Return 286001's year with a 良 on its first table and a 差 on its second."""
    Declaration.objects.update(status=Status.FINANCE_FIRST)
    for declaration, grade, text in zip(
        department_year.declarations.order_by("position"),
        (Grade.GOOD, Grade.POOR),
        ("同意。", "目标不能衡量。\n不予安排。"),
        strict=True,
    ):
        points = {point.name: PointOpinion(grade) for point in REVIEW_POINTS}
        save_opinion(
            declaration=declaration, revision=declaration.revision, points=points, text=text, actor=reviewer
        )
    refresh_department_findings(department_year=department_year)
    return department_year


def write(filed, actor, **other):
    given = {"overall": Grade.FAIR, "text": "修改后重报。", "documents_hash": review_of(filed).documents_hash}
    return save_department_opinion(department_year=filed, actor=actor, **{**given, **other})


def refused(error, filed, actor, **other):
    """Assert that an opinion is refused and leaves nothing behind; return the refusal."""
    before = (list(DepartmentOpinion.objects.values()), Entry.objects.count())
    with pytest.raises(error) as refusal:
        write(filed, actor, **other)
    assert (list(DepartmentOpinion.objects.values()), Entry.objects.count()) == before
    return refusal.value


def test_the_draft_counts_grades_and_names_what_cannot_pass(graded):
    draft = draft_department_opinion(graded, review_of(graded))
    lines = draft.text.splitlines()
    assert draft.overall == Grade.POOR
    assert lines[0] == ("你单位报送2024年度项目支出绩效目标2项，预算数合计31.53万元。经审核：良1项，差1项。")
    assert lines[1].startswith("共性问题：")
    assert "计量单位写法不规范（2项）" in lines[1]
    second = Declaration.objects.order_by("position").last()
    assert lines[2] == f"“{second}”评定为差：目标不能衡量。 不予安排。"
    assert len(lines) == 3


def test_tables_without_a_review_sheet_are_counted(department_year):
    Declaration.objects.update(status=Status.SUBMITTED)
    review = review_of(department_year)
    assert dict(review.distribution)[None] == 2
    assert "未评定2项" in draft_department_opinion(department_year, review).text


def test_what_was_not_filed_is_counted_apart(graded, reviewer, signed_in):
    second = graded.declarations.order_by("position").last()
    Declaration.objects.filter(pk=second.pk).update(status=Status.DRAFT)
    review = review_of(graded)
    assert ([each.grade for each in review.tables], review.unfiled) == ([Grade.GOOD], 1)
    draft = draft_department_opinion(graded, review)
    assert draft.overall == Grade.GOOD
    assert draft.text.splitlines()[0] == (
        "你单位报送2024年度项目支出绩效目标1项，预算数合计1.80万元。经审核：良1项。"
        "另有1项尚未报送，不在本次审核之内。"
    )
    assert "未报送 <b>1</b>" in signed_in(reviewer).get(address()).text


def test_what_was_returned_stays_in_the_letter_it_was_returned_with(graded, reviewer):
    opinion = write(graded, reviewer)
    second = graded.declarations.order_by("position").last()
    Declaration.objects.filter(pk=second.pk).update(status=Status.RETURNED)
    review = review_of(graded)
    assert not is_stale(opinion, review)
    lines = draft_department_opinion(graded, review).text.splitlines()
    assert lines[0].startswith("你单位报送2024年度项目支出绩效目标2项（其中1项已退回修改），预算数")
    assert lines[-1].startswith(f"“{second}”评定为差：")


def test_what_is_filed_later_makes_the_letter_out_of_date(graded, reviewer):
    second = graded.declarations.order_by("position").last()
    Declaration.objects.filter(pk=second.pk).update(status=Status.DRAFT)
    opinion = write(graded, reviewer)
    Declaration.objects.filter(pk=second.pk).update(status=Status.SUBMITTED)
    assert is_stale(opinion, review_of(graded))


def test_an_opinion_is_kept_with_its_trail(graded, reviewer):
    opinion = write(graded, reviewer, document_number="审〔2024〕3号")
    assert (opinion.overall, opinion.author, opinion.document_number) == ("fair", reviewer, "审〔2024〕3号")
    entry = Entry.objects.last()
    assert (entry.action, entry.kind, entry.capacity) == ("save_opinion", "department_year", "财政审核人")
    assert [(each["place"], each["after"]) for each in entry.changes] == [
        ("审核意见书 综合评定等级", "中"),
        ("审核意见书 审核意见", "修改后重报。"),
        ("审核意见书 编号", "审〔2024〕3号"),
    ]
    entries = Entry.objects.count()
    write(graded, reviewer, document_number="审〔2024〕3号")
    assert Entry.objects.count() == entries


def test_it_is_out_of_date_once_a_table_changes(graded, reviewer):
    opinion = write(graded, reviewer)
    assert not is_stale(opinion, review_of(graded))
    change_goal(graded)
    assert is_stale(opinion, review_of(graded))


def change_goal(filed, actor=None):
    declaration = filed.declarations.first()
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.RETURNED)
    declaration.refresh_from_db()
    table = replace(load_table(declaration), goal="一年内办成两件事。")
    save_table(declaration=declaration, table=table, revision=declaration.revision, actor=actor)


@pytest.mark.parametrize("persona", [persona for persona in PERSONAS if persona != "reviewer"])
def test_only_the_finance_bureau_writes_it(graded, persona, request):
    refused(PermissionDenied, graded, request.getfixturevalue(persona))


def test_nobody_writes_it_on_what_they_prepared(graded, reviewer):
    change_goal(graded, reviewer)
    assert "不相容职务分离" in str(refused(TransitionError, graded, reviewer))


def test_it_is_not_written_on_what_changed_meanwhile(graded, reviewer):
    before = review_of(graded).documents_hash
    change_goal(graded)
    refused(RevisionConflictError, graded, reviewer, documents_hash=before)


def test_it_says_something(graded, reviewer):
    assert refused(OpinionError, graded, reviewer, text=" ").messages == ("填写审核意见。",)


# the page and the files


def address(name="department-opinion", *more):
    return reverse(name, args=(2024, "286001", *more))


def test_a_reviewer_edits_and_saves_the_draft(signed_in, reviewer, auditor, graded):
    client = signed_in(reviewer)
    page = client.get(address())
    assert "草拟" in page.text
    sent = {
        "overall": "fair",
        "text": "按意见修改。",
        "document_number": "",
        "documents_hash": page.context["documents_hash"],
    }
    assert client.post(address(), sent).status_code == 302
    assert DepartmentOpinion.objects.get().text == "按意见修改。"
    read = signed_in(auditor).get(address())
    assert read.context["form"] is None
    assert "按意见修改。" in read.text
    change_goal(graded)
    assert "已有变动，核对后重新填写" in signed_in(auditor).get(address()).text
    answer = client.post(address(), sent)
    assert answer.status_code == 409
    assert answer.context["documents_hash"] != sent["documents_hash"]


def test_a_refused_opinion_comes_back_as_typed(signed_in, reviewer, graded):
    answer = signed_in(reviewer).post(address(), {"overall": "best", "text": "", "documents_hash": "x"})
    assert answer.status_code == 422
    assert [problem.message for problem in answer.context["problems"]] == [
        "等级从优、良、中、差中选择。",
        "填写审核意见。",
    ]


def test_before_it_is_written_readers_are_told_so(signed_in, preparer, graded):
    assert "还没有审核意见书" in signed_in(preparer).get(address()).text
    assert signed_in(preparer).get(address("opinion-letter-file", "pdf")).status_code == 404


@pytest.mark.parametrize(("extension", "begins"), [("pdf", b"%PDF-"), ("docx", b"PK"), ("html", b"<!DOC")])
def test_the_letter_can_be_taken_away(signed_in, reviewer, auditor, graded, extension, begins):
    write(graded, reviewer)
    answer = signed_in(auditor).get(address("opinion-letter-file", extension))
    assert answer.content.startswith(begins)
    if extension == "pdf":
        with pikepdf.open(io.BytesIO(answer.content)) as pdf:
            assert len(pdf.pages) == 2
    if extension == "html":
        assert "2024年度预算绩效目标审核意见书" in answer.text


def test_an_outsider_finds_no_letter(signed_in, reviewer, outsider, graded):
    write(graded, reviewer)
    assert signed_in(outsider).get(address("opinion-letter-file", "pdf")).status_code == 404


def test_a_letter_out_of_date_is_marked(signed_in, reviewer, auditor, graded):
    write(graded, reviewer)
    change_goal(graded)
    assert "填报内容已有变动" in signed_in(auditor).get(address("opinion-letter-file", "html")).text


def test_the_style_sheet_knows_the_columns_of_the_list():
    rule = r"\.grid-opinions col:nth-child\((\d+)\) { width: ([\d.]+)mm; }"
    found = {int(number): float(width) for number, width in re.findall(rule, PAPER.read_text())}
    assert found == dict(enumerate(WIDTHS, start=1))
    assert sum(WIDTHS) == 180
