"""What the finance bureau decided about the rules for a fiscal year; only differences from the defaults."""

from django.db import models
from django.db.models import Q

from indicators.checks import Severity
from projects.models import FiscalYear
from trail.models import ReadableJSON

RULE_CODE_LENGTH = 10
SEVERITIES = [(severity.value, severity.label) for severity in Severity]


class RuleSetting(models.Model):
    """One rule in one year; a blank severity leaves the rule's own."""

    fiscal_year = models.ForeignKey(FiscalYear, models.CASCADE, related_name="rule_settings")
    rule = models.CharField("规则", max_length=RULE_CODE_LENGTH)
    enabled = models.BooleanField("启用", default=True)
    severity = models.CharField("严重程度", max_length=10, choices=SEVERITIES, blank=True)
    reason_required = models.BooleanField("须写情况说明", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "规则设置"
        ordering = ("fiscal_year", "rule")
        constraints = (
            models.UniqueConstraint(fields=("fiscal_year", "rule"), name="rule_setting_once_a_year"),
            models.CheckConstraint(
                condition=Q(severity__in=["", *(severity.value for severity in Severity)]),
                name="rule_setting_severity_known",
            ),
        )

    def __str__(self):
        return f"{self.fiscal_year} {self.rule}"


class ParameterSetting(models.Model):
    """One threshold or word list in one year, as plain JSON."""

    fiscal_year = models.ForeignKey(FiscalYear, models.CASCADE, related_name="parameter_settings")
    name = models.CharField("参数", max_length=60)
    value = models.JSONField("取值", encoder=ReadableJSON)

    class Meta:
        verbose_name = verbose_name_plural = "参数设置"
        ordering = ("fiscal_year", "name")
        constraints = (
            models.UniqueConstraint(fields=("fiscal_year", "name"), name="parameter_setting_once_a_year"),
        )

    def __str__(self):
        return f"{self.fiscal_year} {self.name}"
