"""What the checks found, kept so that lists can count it in SQL. Derived: it can always be made again."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from indicators.checks import Severity, State
from indicators.models.answers import Explanation
from indicators.models.policy import RULE_CODE_LENGTH, SEVERITIES
from projects.models import Declaration, DepartmentYear, OfDepartmentQuerySet
from trail.models import ReadableJSON

_HASH_LENGTH = 64
_STORED_STATES = [(State.FOUND.value, "有提示"), (State.NOT_RUN.value, "未运行")]


class Pending(models.TextChoices):
    """What of a run waits to be computed again (待重算)."""

    NOTHING = "nothing", "已是最新"
    ACROSS = "across", "表间规则待重算"
    ALL = "all", "待重算"


class CheckRun(models.Model):
    """The last run of the rules over one table, or over a department's own text (no declaration).

    The hashes name what was read: the document with its uids and import notes; what was applied (the year's
    policy and settings, the edition of the rules); what stood beside the document ('' where the rules across
    tables are pending). ``passed`` and ``off`` are rule codes; rules that found something or could not run
    are Finding rows. The run of the department's own text also bears the ``stamp`` of all rows of the year,
    taken when every run of the year was seen to fit ('' before).
    """

    department_year = models.ForeignKey(DepartmentYear, models.CASCADE, related_name="check_runs")
    declaration = models.OneToOneField(Declaration, models.CASCADE, null=True, related_name="check_run")
    document_hash = models.CharField(max_length=_HASH_LENGTH)
    policy_hash = models.CharField(max_length=_HASH_LENGTH)
    context_hash = models.CharField(max_length=_HASH_LENGTH, blank=True)
    stamp = models.CharField(max_length=_HASH_LENGTH, blank=True)
    checked_at = models.DateTimeField("审核时间")
    pending = models.CharField("待重算", max_length=10, choices=Pending, default=Pending.NOTHING)
    passed = models.JSONField("通过的规则", default=list)
    off = models.JSONField("停用的规则", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "审核"
        constraints = (
            models.UniqueConstraint(
                fields=("department_year",),
                condition=Q(declaration=None),
                name="check_run_of_narrative_once",
            ),
            models.CheckConstraint(condition=Q(pending__in=Pending.values), name="check_run_pending_known"),
        )

    def __str__(self):
        return str(self.declaration or self.department_year)


class FindingQuerySet(OfDepartmentQuerySet):
    department_path = "run__department_year__department"

    def found(self):
        """Return what was found, without the rules that could not run."""
        return self.filter(state=State.FOUND)

    def with_answer(self):
        """Annotate ``answered``: a 情况说明 holds for what was found now and was not rejected."""
        same = Explanation.objects.filter(
            department_year=OuterRef("run__department_year"),
            rule=OuterRef("rule"),
            evidence_hash=OuterRef("evidence_hash"),
        )
        return self.annotate(answered=Exists(same.exclude(verdict=Explanation.Verdict.REJECTED)))

    def blocking(self):
        """Return what blocks submission: 须改正, and 须说明 that nobody has explained as it stands."""
        return (
            self.found()
            .with_answer()
            .filter(Q(severity=Severity.ERROR) | Q(needs_reason=True, answered=False))
        )


class Finding(models.Model):
    """One rule on one document, with all its places; ``severity`` is that of the gravest.

    ``hits`` is a list of {path, row, message, advice, evidence, severity, fix}, fix being {path, before,
    after} or null.
    ``evidence_hash`` covers the document's uid, the paths, the evidence and the texts of the cells:
    explanations are tied to it.
    """

    run = models.ForeignKey(CheckRun, models.CASCADE, related_name="findings")
    rule = models.CharField("规则", max_length=RULE_CODE_LENGTH)
    state = models.CharField("结果", max_length=10, choices=_STORED_STATES)
    severity = models.CharField("严重程度", max_length=10, choices=SEVERITIES)
    needs_reason = models.BooleanField("须写情况说明", default=False)
    reason = models.TextField("未运行的原因", blank=True)
    hits = models.JSONField("位置", default=list, encoder=ReadableJSON)
    evidence_hash = models.CharField(max_length=_HASH_LENGTH, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审核提示"
        ordering = ("rule",)
        constraints = (
            models.UniqueConstraint(fields=("run", "rule"), name="finding_once_a_run"),
            models.CheckConstraint(
                condition=Q(state__in=[state for state, _ in _STORED_STATES]), name="finding_state_stored"
            ),
            models.CheckConstraint(
                condition=Q(severity__in=[severity.value for severity in Severity]),
                name="finding_severity_known",
            ),
        )
        indexes = (models.Index(fields=("rule", "state"), name="finding_rule_state"),)

    def __str__(self):
        return f"{self.rule} {self.get_severity_display()}"
