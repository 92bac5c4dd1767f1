"""When: fiscal years, how they are printed and reviewed, and the windows in which things are filed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from departments.models import Department


def one_finance_step() -> list[str]:
    return ["财政审核"]


class FiscalYear(models.Model):
    """A budget year: months of the 资金支出计划, frame of tiers, how the form is printed and reviewed.

    ``finance_steps`` are the names of the one to three steps of the finance review; ``publication_days``
    count from the approval (domain.md §5).
    """

    year = models.PositiveSmallIntegerField("预算年度", unique=True)
    milestone_months = models.JSONField("资金支出计划月份", default=list)
    frame = models.CharField("指标框架", max_length=20)
    has_weights = models.BooleanField("填报指标权重", default=False)
    prints_foot_line = models.BooleanField("打印签字行", default=False)
    prints_blank_other_as_zero = models.BooleanField("其他资金为空时印0.00", default=False)
    has_supervisor_step = models.BooleanField("主管部门审核", default=True)
    finance_steps = models.JSONField("财政审核环节", default=one_finance_step)
    publication_days = models.PositiveSmallIntegerField("批复后公开期限（日）", default=20)

    class Meta:
        verbose_name = verbose_name_plural = "预算年度"
        ordering = ("-year",)
        constraints = (
            models.CheckConstraint(
                condition=Q(year__range=(2000, 2099)),
                name="fiscal_year_range",
                violation_error_message="预算年度应在2000至2099之间。",
            ),
        )

    def __str__(self):
        return f"{self.year}年度"


class Round(models.Model):
    """轮次: a window in which things are filed. Both days are included; without ``closes_on`` it stays open.

    ``set_by`` is who set its days last; ``closed_at`` is when somebody closed it by hand. A year without
    rounds is open at any time.
    """

    class Sort(models.TextChoices):
        FIRST = "first", "一上"
        SECOND = "second", "二上"
        APPROVAL = "approval", "批复"
        ADJUSTMENT = "adjustment", "调整"
        SUPPLEMENT = "supplement", "追加"

    fiscal_year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="rounds")
    sort = models.CharField("轮次", max_length=20, choices=Sort)
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("截止日期", null=True, blank=True)
    note = models.TextField("说明", blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField("关闭时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = verbose_name_plural = "轮次"
        ordering = ("opens_on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                name="round_period",
                violation_error_message="截止日期不能早于开始日期。",
            ),
        )

    def __str__(self):
        return f"{self.fiscal_year}{self.get_sort_display()}"


class Extension(models.Model):
    """延期: a round stays open for one department, and the units below it, until another day."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="extensions")
    department = models.ForeignKey(Department, models.PROTECT, related_name="extensions")
    closes_on = models.DateField("延至")
    reason = models.TextField("原因")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField("批准时间")

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        ordering = ("-pk",)

    def __str__(self):
        return f"{self.department}{self.round}延至{self.closes_on}"
