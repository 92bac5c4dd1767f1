"""甲（代乙） on 审核表, 审核意见书 and verdicts; 代填 in the trail of a department's year."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from departments.models import Delegation, Role
from departments.services import grant_role
from indicators.checks.opinion import Grade, PointOpinion
from indicators.checks.review_points import REVIEW_POINTS
from indicators.models import Explanation, Finding
from indicators.services import explain, judge_explanation, refresh_department_findings
from indicators.services.department_opinions import review_of, save_department_opinion
from indicators.services.opinions import save_opinion
from indicators.services.reviewing import filed_of
from projects.models import Declaration
from projects.services import record_department_year
from tests.personas import person
from tests.published import publish
from trail.models import Entry
from workflow.models import Notification, Status
from workflow.services.comments import add_comment, reopen_comment, resolve_comment

BOTH = "冯新民（代赵丽华）"


@pytest.fixture
def deputy(reviewer):
    """Return 冯新民 of the finance bureau's first step, who stands in for the 财政审核人 today."""
    deputy = person("deputy", "冯新民", Role.AUDITOR, None)
    today = timezone.localdate()
    Delegation.objects.create(
        membership=reviewer.memberships.get(), deputy=deputy, starts_on=today,
        ends_on=today + timedelta(days=1), named_by=reviewer, named_at=timezone.now(),
    )  # fmt: skip
    return deputy


@pytest.fixture
def at_finance(declaration):
    Declaration.objects.update(status=Status.FINANCE_FIRST)
    declaration.refresh_from_db()
    return declaration


@pytest.fixture
def explained(department_year, declaration, preparer):
    """Return the answer of the preparer to what a rule asks to be explained in the first table."""
    refresh_department_findings(department_year=department_year)
    rule = Finding.objects.filter(run__declaration=declaration, needs_reason=True).first().rule
    (answer,) = explain(
        rule=rule, declarations=[declaration], text="已按合同约定的进度安排支出，见附件。", actor=preparer
    )
    return answer


def _opinion(declaration, actor):
    points = {point.name: PointOpinion(Grade.GOOD) for point in REVIEW_POINTS}
    return save_opinion(
        declaration=declaration, revision=declaration.revision, points=points, text="同意。", actor=actor
    )


def test_the_review_sheet_names_the_deputy_and_whom_they_stood_in_for(at_finance, deputy, signed_in):
    assert _opinion(at_finance, deputy).by == BOTH
    client = signed_in(deputy)
    sheet = client.get(reverse("review-sheet-file", args=(at_finance.pk, "html")))
    assert f"审核人：{BOTH}" in sheet.content.decode()
    assert f"{BOTH} " in client.get(reverse("review-table", args=(at_finance.pk,))).content.decode()


def test_what_somebody_writes_for_themselves_names_nobody_else(at_finance, reviewer, deputy):
    _opinion(at_finance, deputy)
    points = {point.name: PointOpinion(Grade.FAIR) for point in REVIEW_POINTS}
    again = save_opinion(
        declaration=at_finance, revision=at_finance.revision, points=points, text="修改。", actor=reviewer
    )
    assert (again.by, again.principal) == ("赵丽华", None)


def test_the_opinion_letter_names_both(at_finance, department_year, deputy, signed_in):
    refresh_department_findings(department_year=department_year)
    _opinion(at_finance, deputy)
    save_department_opinion(
        department_year=department_year,
        overall=Grade.GOOD,
        text="同意。",
        documents_hash=review_of(department_year).documents_hash,
        actor=deputy,
    )
    client, year = signed_in(deputy), (2024, "286001")
    letter = client.get(reverse("opinion-letter-file", args=(*year, "html")))
    assert f"审核人：{BOTH}" in letter.content.decode()
    assert BOTH in client.get(reverse("department-opinion", args=year)).content.decode()


def test_a_verdict_is_recorded_in_its_role_and_for_whom(explained, deputy, signed_in):
    judge_explanation(explanation=explained, accepted=False, remark="没有附合同", actor=deputy)
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.actor_name, entry.capacity) == ("judge_explanation", BOTH, "财政审核人")
    assert Explanation.objects.get().judged_by == BOTH
    page = signed_in(deputy).get(reverse("table", args=(explained.declaration_id,)))
    assert f"{BOTH} " in page.content.decode()


def test_who_wrote_a_rejected_explanation_is_told_once(explained, preparer, reviewer):
    judge_explanation(explanation=explained, accepted=False, remark="没有附合同", actor=reviewer)
    (told,) = Notification.objects.filter(text__contains="不采纳")
    assert (told.recipient, told.sort) == (preparer, "comment")
    assert told.text.endswith(f"{explained.rule}的情况说明：没有附合同")
    assert told.address == reverse("table", args=(explained.declaration_id,))


def test_an_accepted_explanation_tells_nobody(explained, reviewer):
    judge_explanation(explanation=explained, accepted=True, actor=reviewer)
    assert not Notification.objects.exists()


def test_a_deputy_does_not_judge_what_the_principal_wrote(explained, reviewer, deputy):
    Explanation.objects.update(author=reviewer)
    explained.refresh_from_db()
    before = list(Explanation.objects.values()), Entry.objects.count()
    with pytest.raises(PermissionDenied):
        judge_explanation(explanation=explained, accepted=True, actor=deputy)
    assert (list(Explanation.objects.values()), Entry.objects.count()) == before


def test_what_a_department_does_for_the_year_of_its_unit_is_recorded_as_filled_in(
    department_year, supervisor
):
    grant_role(
        user=supervisor, role=Role.PREPARER, department=supervisor.memberships.get().department, actor=None
    )
    department_year.department.refresh_from_db()
    record_department_year(department_year, actor=supervisor, action="confirm_no_projects")
    assert Entry.objects.latest("sequence").capacity == "填报人（代填）"


def _deputise(principal, deputy) -> None:
    today = timezone.localdate()
    Delegation.objects.create(
        membership=principal.memberships.get(), deputy=deputy, starts_on=today,
        ends_on=today, named_by=principal, named_at=timezone.now(),
    )  # fmt: skip


def test_a_publication_names_both(approved_year, leader, signed_in):
    deputy = person("standing_in", "周文斌", Role.SUPERVISOR, approved_year.department)
    _deputise(leader, deputy)
    assert publish(approved_year, deputy).by == "周文斌（代李国强）"
    page = signed_in(leader).get(reverse("publication", args=(2024, "286001")))
    assert "周文斌（代李国强） 办理" in page.content.decode()


def test_a_closed_comment_names_both(at_finance, deputy, reviewer, signed_in):
    filed = filed_of(at_finance)
    remark = add_comment(filed=filed, sort="rectify", text="补充依据", actor=reviewer)
    resolve_comment(comment=remark, filed=filed, actor=deputy)
    assert remark.closed_by == BOTH
    page = signed_in(reviewer).get(reverse("review-table", args=(at_finance.pk,)))
    assert f"✓ {BOTH} " in page.content.decode()
    reopen_comment(comment=remark, filed=filed, actor=reviewer)
    assert remark.resolved_for is None
