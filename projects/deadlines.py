"""批复后公开期限: until when what was approved has to be published, and how many days are left."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet
from django.utils import timezone

from departments.models import Department, Membership, Role
from projects.models import Approval, Declaration, FiscalYear
from workflow.models import Status


@dataclass(frozen=True, slots=True)
class Countdown:
    """How far the last day to publish what an approval approved is off."""

    approval: Approval
    today: date

    @property
    def days_left(self) -> int:
        """Days until the last one; below zero they have passed."""
        return (self.approval.publish_by - self.today).days

    @property
    def is_overdue(self) -> bool:
        return self.days_left < 0

    @property
    def words(self) -> str:
        """Say it as people do: 12日后到期, 今日到期, 已逾期3日."""
        if self.is_overdue:
            return f"已逾期{-self.days_left}日"
        return f"{self.days_left}日后到期" if self.days_left else "今日到期"


def unpublished_approvals(departments: QuerySet[Department], fiscal_year: FiscalYear) -> QuerySet[Approval]:
    """Return the approvals of which some public table in the departments is not published yet."""
    waiting = Declaration.objects.filter(
        department_year__department__in=departments,
        department_year__fiscal_year=fiscal_year,
        status=Status.APPROVED,
        withheld_reason="",
    )
    approvals = Approval.objects.filter(fiscal_year=fiscal_year)
    return approvals.filter(
        versions__kind="declaration", versions__object_id__in=waiting.values(key=F("pk"))
    ).distinct()


def countdowns_for(departments: QuerySet[Department], fiscal_year: FiscalYear) -> list[Countdown]:
    """Return what has to be published in the departments, the most urgent first."""
    today = timezone.localdate()
    waiting = unpublished_approvals(departments, fiscal_year).order_by("publish_by", "pk")
    return [Countdown(approval, today) for approval in waiting]


def countdowns_of_units(user, fiscal_year: FiscalYear) -> list[Countdown]:
    """Return what has to be published in the departments that ``user`` fills in or leads."""
    own = Membership.objects.held_by(user).filter(role__in=(Role.PREPARER, Role.LEADER))
    return countdowns_for(Department.objects.covered_by(own), fiscal_year)
