"""The indicator library: indicators to be taken over, with five reference standards (财预〔2021〕101号)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from departments.models import Department
from indicators.values import Comparator


class LibraryIndicator(models.Model):
    """One indicator of the library. Tiers are names, as they stand in a table.

    ``words`` (segmented terms, separated by blanks) and ``initials`` (first letters of the pinyin of name
    and keywords) are derived, for searching.
    """

    class Standing(models.TextChoices):
        PROPOSED = "proposed", "待审定"
        APPROVED = "approved", "已入库"
        REJECTED = "rejected", "未采纳"
        RETIRED = "retired", "已停用"

    sector = models.CharField("行业领域", max_length=50, blank=True)
    subsector = models.CharField("行业类别", max_length=50, blank=True)
    funding_use = models.CharField("资金用途", max_length=100, blank=True)
    first_tier = models.CharField("一级指标", max_length=50)
    second_tier = models.CharField("二级指标", max_length=50)
    name = models.CharField("三级指标", max_length=100)
    explanation = models.TextField("指标解释")
    formula = models.TextField("计算公式", blank=True)
    direction = models.CharField(
        "方向", max_length=1, choices=[(sign, sign) for sign in Comparator], blank=True
    )
    unit = models.CharField("计量单位", max_length=20, blank=True)
    plan_standard = models.TextField("计划标准", blank=True)
    history_standard = models.TextField("历史标准", blank=True)
    industry_standard = models.TextField("行业标准", blank=True)
    expenditure_standard = models.TextField("预算支出标准", blank=True)
    other_standard = models.TextField("其他标准", blank=True)
    keywords = models.CharField("关键词", max_length=200, blank=True)
    words = models.TextField(editable=False, blank=True)
    initials = models.CharField(max_length=300, editable=False, blank=True)
    usage_count = models.PositiveIntegerField("使用次数", default=0)
    standing = models.CharField("状态", max_length=10, choices=Standing, default=Standing.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="提出人", related_name="+", null=True
    )
    proposed_for = models.ForeignKey(
        Department, models.PROTECT, verbose_name="提出单位", related_name="+", null=True
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="审定人", related_name="+", null=True
    )
    decided_at = models.DateTimeField("审定时间", null=True)
    remark = models.TextField("审定意见", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "指标库"
        ordering = ("sector", "subsector", "first_tier", "second_tier", "name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("sector", "subsector", "funding_use", "second_tier", "name"),
                condition=Q(standing="approved"),
                name="library_indicator_once",
                violation_error_message="指标库已有同一领域、类别、用途下的同名指标。",
            ),
        )
        indexes = (models.Index(fields=("standing", "second_tier"), name="library_standing_tier"),)

    def __str__(self):
        return self.name


class LibraryUse(models.Model):
    """How often a department took an indicator from the library."""

    indicator = models.ForeignKey(LibraryIndicator, models.CASCADE, related_name="uses")
    department = models.ForeignKey(Department, models.CASCADE, related_name="+")
    count = models.PositiveIntegerField("使用次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "指标库使用次数"
        constraints = (models.UniqueConstraint(fields=("indicator", "department"), name="library_use_once"),)

    def __str__(self):
        return f"{self.department} {self.indicator} {self.count}"
