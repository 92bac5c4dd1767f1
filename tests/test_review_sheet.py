"""The 绩效目标审核表 on its page and as a printed sheet."""

import datetime
import io
import re
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.urls import reverse

from indicators.checks import Quality
from indicators.checks.opinion import Grade, PointOpinion
from indicators.checks.review_points import QUESTIONS, REVIEW_POINTS, points_asking
from indicators.document import canonical_json, content_hash
from indicators.layout.review_sheet import WIDTHS, Review, lay_out_review_sheet
from indicators.models import Opinion
from indicators.policy import policy_of
from indicators.rows import load_table
from indicators.services import change_policy, open_year, save_table
from indicators.services.opinions import save_opinion
from projects.models import Declaration
from tests.personas import PERSONAS
from tests.sample_documents import team_table
from trail.models import Entry
from workflow.models import Status, StoredDocument

PAPER = Path(settings.BASE_DIR) / "static/css/paper.css"
POINTS = {point.name: PointOpinion(Grade.GOOD, f"{point.label}尚可。") for point in REVIEW_POINTS}
REVIEW = Review(
    points=POINTS,
    grades=dict.fromkeys(Quality, Grade.GOOD),
    overall=Grade.FAIR,
    text="目标不够具体。\n修改后重报。",
    reviewer="赵丽华",
    reviewed_on=datetime.date(2024, 1, 9),
)


def grid_of(review=REVIEW):
    return next(lay_out_review_sheet(team_table(), review).sheets()).grid


def test_the_sheet_has_the_columns_the_style_sheet_knows():
    rule = r"\.grid-review col:nth-child\((\d+)\) { width: ([\d.]+)mm; }"
    found = {int(number): float(width) for number, width in re.findall(rule, PAPER.read_text())}
    assert found == dict(enumerate(WIDTHS, start=1))
    assert sum(WIDTHS) == 180


def test_every_row_of_the_sheet_is_full():
    for review in (REVIEW, replace(REVIEW, points={})):
        grid = grid_of(review)
        covered = [[0] * len(WIDTHS) for _ in grid.rows]
        for place in grid.placed():
            for row in range(place.row, place.row + place.cell.rows):
                for column in range(place.column, place.column + place.cell.columns):
                    covered[row][column] += 1
        assert covered == [[1] * len(WIDTHS) for _ in grid.rows]


def test_the_sheet_says_each_point_and_the_whole():
    texts = [[cell.text for cell in row.cells] for row in grid_of().rows]
    assert texts[5] == ["完整性\n（良）", "规范完整性", REVIEW_POINTS[0].asks, "良", "规范完整性尚可。"]
    assert texts[6] == ["明确清晰性", REVIEW_POINTS[1].asks, "良", "明确清晰性尚可。"]
    assert texts[-3:] == [
        ["综合评定等级", "中（修改完善后重报）"],
        ["总体意见", "目标不够具体。\n修改后重报。"],
        ["审核人：赵丽华", "审核日期：2024-01-09", "审核单位（盖章）："],
    ]


# the page


@pytest.fixture
def reviewed(declaration):
    """Return the first table where the finance bureau has it."""
    Declaration.objects.update(status=Status.FINANCE_FIRST)
    declaration.refresh_from_db()
    return declaration


def typed(page, **changes):
    """Return what the form of a page would send."""
    form = page.context["opinion_panel"].form
    begun = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in {**begun, **changes}.items() if value is not None}


def test_a_year_asks_in_its_own_words_and_a_sheet_keeps_them(signed_in, reviewer, reviewed):
    year, question = reviewed.department_year.fiscal_year, QUESTIONS["clarity"].name
    change_policy(fiscal_year=year, rules={}, parameters={question: "目标可否衡量？"}, actor=reviewer)
    client, address = signed_in(reviewer), reverse("table", args=(reviewed.pk,))
    page = client.get(address)
    assert "目标可否衡量？" in page.text
    assert REVIEW_POINTS[1].asks not in page.text
    client.post(reverse("save-opinion", args=(reviewed.pk,)), typed(page, overall="good"))
    assert Opinion.objects.get().points["clarity"]["asks"] == "目标可否衡量？"

    change_policy(fiscal_year=year, rules={}, parameters={question: "目标是否清楚？"}, actor=reviewer)
    sheet = client.get(reverse("review-sheet-file", args=(reviewed.pk, "html"))).text
    assert "目标可否衡量？" in sheet
    assert "目标是否清楚？" not in sheet
    page = client.get(address)
    assert "目标是否清楚？" in page.text
    client.post(reverse("save-opinion", args=(reviewed.pk,)), typed(page))
    assert Opinion.objects.get().points["clarity"]["asks"] == "目标是否清楚？"


def test_the_questions_are_on_the_page_of_rules_and_carried_into_the_next_year(
    signed_in, reviewer, declaration
):
    year, question = declaration.department_year.fiscal_year, QUESTIONS["goal"].name
    page = signed_in(reviewer).get(reverse("rules"), {"year": year.year})
    assert len(page.context["form"].questions()) == len(REVIEW_POINTS)
    assert REVIEW_POINTS[2].asks in page.text
    change_policy(fiscal_year=year, rules={}, parameters={question: "是否属于部门职责？"}, actor=reviewer)
    opened, _ = open_year(previous=year, actor=reviewer)
    assert points_asking(policy_of(opened))[2].asks == "是否属于部门职责？"


def test_a_reviewer_edits_and_saves_the_drafted_sheet(signed_in, reviewer, reviewed):
    client, address = signed_in(reviewer), reverse("table", args=(reviewed.pk,))
    page = client.get(address)
    panel = page.context["opinion_panel"]
    assert panel.stored is None
    assert "草拟" in page.text
    assert panel.form["clarity_text"].value() == panel.form.draft.points["clarity"].text
    assert panel.form["text"].value() == panel.form.draft.text

    typed_over = {"clarity_text": "目标清楚。", "indicators_grade": "good", "relevance": "excellent"}
    sent = typed(page, **typed_over, appropriateness="")  # drafted as 中, now the lowest of its points
    answer = client.post(reverse("save-opinion", args=(reviewed.pk,)), sent)

    assert answer.url.endswith("#opinion")
    stored = Opinion.objects.get()
    assert stored.points["clarity"] == {"grade": "good", "text": "目标清楚。"}
    assert (stored.author, stored.relevance, stored.overall) == (reviewer, Grade.EXCELLENT, Grade.GOOD)
    panel = client.get(address).context["opinion_panel"]
    assert (panel.form["clarity_text"].value(), panel.form["relevance"].value()) == (
        "目标清楚。",
        "excellent",
    )
    assert panel.form["completeness"].value() is None
    assert not panel.is_outdated


def test_a_refused_sheet_comes_back_as_typed(signed_in, reviewer, reviewed):
    client = signed_in(reviewer)
    page = client.get(reverse("table", args=(reviewed.pk,)))
    sent = typed(page, overall="best", text="", goal_grade="", goal_text="与职责相符。")
    answer = client.post(reverse("save-opinion", args=(reviewed.pk,)), sent)
    assert answer.status_code == 422
    panel = answer.context["opinion_panel"]
    assert [problem.message for problem in panel.problems] == [
        "综合评定的等级从优、良、中、差中选择。",
        "填写总体意见。",
        "选择目标相关性的等级。",
    ]
    assert panel.form["goal_text"].value() == "与职责相符。"
    assert not Opinion.objects.exists()


def test_a_sheet_on_what_changed_meanwhile_is_a_conflict(signed_in, reviewer, reviewed):
    client = signed_in(reviewer)
    sent = typed(client.get(reverse("table", args=(reviewed.pk,))), text="同意。")
    Declaration.objects.update(revision=reviewed.revision + 2)
    entries = Entry.objects.count()
    answer = client.post(reverse("save-opinion", args=(reviewed.pk,)), sent)
    assert answer.status_code == 409
    assert "打开之后已有变动" in answer.text
    assert answer.context["opinion_panel"].form["text"].value() == "同意。"
    assert (Opinion.objects.count(), Entry.objects.count()) == (0, entries)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.APPROVED])
def test_a_sheet_out_of_turn_is_a_conflict(signed_in, reviewer, reviewed, status):
    client = signed_in(reviewer)
    sent = typed(client.get(reverse("table", args=(reviewed.pk,))))
    Declaration.objects.update(status=status)
    answer = client.post(reverse("save-opinion", args=(reviewed.pk,)), sent)
    assert answer.status_code == 409
    assert "在主管部门审核和财政审核时填写" in answer.text
    assert not Opinion.objects.exists()


@pytest.fixture
def opinion(reviewed, reviewer):
    return save_opinion(
        declaration=reviewed, revision=reviewed.revision, points=POINTS, text="同意。", actor=reviewer
    )


def test_others_read_the_sheet(signed_in, preparer, auditor, opinion, reviewed):
    for person in (preparer, auditor):
        page = signed_in(person).get(reverse("table", args=(reviewed.pk,)))
        assert page.context["opinion_panel"].form is None
        assert "规范完整性尚可。" in page.text


def test_a_sheet_on_an_earlier_text_says_so(signed_in, preparer, opinion, reviewed):
    change_goal(reviewed, preparer)
    page = signed_in(preparer).get(reverse("table", args=(reviewed.pk,)))
    assert "这张表已有改动，请核对后重新填写" in page.text


def change_goal(declaration, actor):
    Declaration.objects.update(status=Status.RETURNED)
    declaration.refresh_from_db()
    table = replace(load_table(declaration), goal="一年内办成两件事。", name="改过的名称")
    save_table(declaration=declaration, table=table, revision=declaration.revision, actor=actor)


# the files


def file_of(client, declaration, extension):
    return client.get(reverse("review-sheet-file", args=(declaration.pk, extension)))


@pytest.mark.parametrize(
    ("extension", "begins"),
    [("pdf", b"%PDF-"), ("docx", b"PK"), ("xlsx", b"PK"), ("html", b"<!DOCTYPE html>")],
)
def test_the_sheet_can_be_taken_away(signed_in, auditor, opinion, reviewed, extension, begins):
    answer = file_of(signed_in(auditor), reviewed, extension)
    assert answer.status_code == 200
    assert answer.content.startswith(begins)


def test_the_sheet_fits_one_page_and_names_what_was_reviewed(signed_in, auditor, opinion, reviewed):
    html = file_of(signed_in(auditor), reviewed, "html").text
    assert f"校验码 {opinion.document_hash[:16]}" in html
    with pikepdf.open(io.BytesIO(file_of(signed_in(auditor), reviewed, "pdf").content)) as pdf:
        assert len(pdf.pages) == 1


def test_the_sheet_prints_what_was_reviewed_though_it_changed_since(
    signed_in, auditor, preparer, opinion, reviewed
):
    table = load_table(reviewed)
    StoredDocument.objects.create(
        sha256="0" * 64, content_hash=content_hash(table), text=canonical_json(table)
    )
    change_goal(reviewed, preparer)
    html = file_of(signed_in(auditor), reviewed, "html").text
    assert table.name in html
    assert "改过的名称" not in html


def test_there_is_no_sheet_before_one_was_filled_in(signed_in, auditor, reviewed):
    assert file_of(signed_in(auditor), reviewed, "pdf").status_code == 404


def test_a_sheet_has_no_other_format(signed_in, auditor, opinion, reviewed):
    assert file_of(signed_in(auditor), reviewed, "json").status_code == 404


@pytest.mark.parametrize("persona", PERSONAS)
def test_who_sees_a_table_may_take_its_sheet(persona, request, signed_in, opinion, reviewed):
    user = request.getfixturevalue(persona)
    expected = 404 if persona == "outsider" else 200
    assert file_of(signed_in(user), reviewed, "html").status_code == expected
    stranger = file_of(type(signed_in(user))(), reviewed, "html")
    assert stranger.status_code == 302


def test_office_opens_the_sheet(signed_in, auditor, opinion, reviewed, office_to_pdf, tmp_path):
    document = tmp_path / "sheet.docx"
    document.write_bytes(file_of(signed_in(auditor), reviewed, "docx").content)
    with pikepdf.open(office_to_pdf(document)) as pdf:
        assert len(pdf.pages) == 1
