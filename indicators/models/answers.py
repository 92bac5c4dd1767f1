"""What people answer to the findings: 情况说明 by the unit, 四性 opinions by a reviewer."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from indicators.checks.opinion import Grade
from indicators.models.policy import RULE_CODE_LENGTH
from projects.models import Declaration, DepartmentYear, OfDepartmentQuerySet
from trail.models import ReadableJSON
from trail.services import named

_HASH_LENGTH = 64
GRADES = [(grade.value, grade.label) for grade in Grade]


def _person(label: str, **options):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=label, related_name="+", **options
    )


def _grade(label: str):
    return models.CharField(label, max_length=10, choices=GRADES)


class ExplanationQuerySet(OfDepartmentQuerySet):
    department_path = "department_year__department"


class Explanation(models.Model):
    """情况说明: why what a rule found in one document stands (no declaration: the department's own text).

    It holds as long as ``evidence_hash`` is that of the finding. Earlier texts and verdicts are in the trail.
    """

    class Verdict(models.TextChoices):
        OPEN = "open", "待审"
        ACCEPTED = "accepted", "采纳"
        REJECTED = "rejected", "不采纳"

    department_year = models.ForeignKey(DepartmentYear, models.CASCADE, related_name="explanations")
    declaration = models.ForeignKey(Declaration, models.CASCADE, null=True, related_name="explanations")
    rule = models.CharField("规则", max_length=RULE_CODE_LENGTH)
    text = models.TextField("情况说明")
    evidence_hash = models.CharField(max_length=_HASH_LENGTH)
    author = _person("说明人")
    written_at = models.DateTimeField("说明时间")
    verdict = models.CharField("审定", max_length=10, choices=Verdict, default=Verdict.OPEN)
    remark = models.TextField("审定意见", blank=True)
    judge = _person("审定人", null=True)
    judge_principal = _person("审定的被代理人", null=True)
    judged_at = models.DateTimeField("审定时间", null=True)

    objects = ExplanationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "情况说明"
        ordering = ("rule",)
        constraints = (
            models.UniqueConstraint(fields=("declaration", "rule"), name="explanation_once"),
            models.UniqueConstraint(
                fields=("department_year", "rule"),
                condition=Q(declaration=None),
                name="explanation_of_narrative_once",
            ),
        )

    def __str__(self):
        return f"{self.rule} {self.text}"

    @property
    def judged_by(self) -> str:
        """Who judged it, as it is printed: 甲（代乙） of a deputy; "" where nobody has."""
        return named(self.judge, self.judge_principal) if self.judge else ""


class Opinion(models.Model):
    """四性 opinion on one table as a person left it; ``document_hash`` is the 校验码 of what was read.

    ``points`` are the 审核要点 of the 绩效目标审核表 with what was said to each: {point: {grade, text}}.
    """

    declaration = models.OneToOneField(Declaration, models.CASCADE, related_name="opinion")
    completeness = _grade("完整性")
    relevance = _grade("相关性")
    appropriateness = _grade("适当性")
    feasibility = _grade("可行性")
    overall = _grade("综合评定等级")
    points = models.JSONField("审核要点", default=dict, encoder=ReadableJSON)
    text = models.TextField("总体意见")
    document_hash = models.CharField(max_length=_HASH_LENGTH)
    author = _person("审核人")
    principal = _person("被代理人", null=True)
    written_at = models.DateTimeField("审核日期")

    class Meta:
        verbose_name = verbose_name_plural = "绩效目标审核意见"

    def __str__(self):
        return f"{self.declaration} {self.get_overall_display()}"

    @property
    def by(self) -> str:
        """Who wrote it, as it is printed: 甲（代乙） of a deputy."""
        return named(self.author, self.principal)


class DepartmentOpinion(models.Model):
    """审核意见书: what the finance review says of a department's year, written anew while that changes.

    ``documents_hash`` is over the 校验码 of all it was written about.
    """

    department_year = models.OneToOneField(DepartmentYear, models.CASCADE, related_name="opinion")
    overall = _grade("综合评定等级")
    text = models.TextField("审核意见")
    document_number = models.CharField("编号", max_length=100, blank=True)
    documents_hash = models.CharField(max_length=_HASH_LENGTH)
    author = _person("审核人")
    principal = _person("被代理人", null=True)
    written_at = models.DateTimeField("审核日期")

    class Meta:
        verbose_name = verbose_name_plural = "审核意见书"

    def __str__(self):
        return f"{self.department_year} {self.get_overall_display()}"

    @property
    def by(self) -> str:
        """Who wrote it, as it is printed: 甲（代乙） of a deputy."""
        return named(self.author, self.principal)
