"""What was decided about a department's year: 调整, 批复, 公开."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from departments.models import Department
from projects.models.filing import Declaration, DepartmentYear
from projects.models.years import FiscalYear
from trail.services import named
from workflow.models import StoredDocument, Version

_HASH_LENGTH = 64


def _person(label: str, **options):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=label, related_name="+", **options
    )


class Adjustment(models.Model):
    """调整 after an approval: why a ``version`` was opened (domain.md §2.9).

    It is of one table of the year, or of the department's own text (no declaration).
    """

    class Sort(models.TextChoices):
        BUDGET = "budget", "预算调整"
        GOAL = "goal", "目标调整"
        VALUE = "value", "指标值调整"
        CANCEL = "cancel", "取消"
        RESTORE = "restore", "恢复"

    class Outcome(models.TextChoices):
        OPEN = "open", "办理中"
        APPROVED = "approved", "已批复"
        ABANDONED = "abandoned", "已撤销"

    department_year = models.ForeignKey(DepartmentYear, models.CASCADE, related_name="adjustments")
    declaration = models.ForeignKey(Declaration, models.CASCADE, null=True, related_name="adjustments")
    version = models.PositiveSmallIntegerField("版本")
    sorts = models.JSONField("调整类型", default=list)  # of Sort
    reason = models.TextField("调整原因")
    opened_by = _person("发起人")
    opened_at = models.DateTimeField("发起时间")
    outcome = models.CharField("结果", max_length=10, choices=Outcome, default=Outcome.OPEN)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "调整"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("declaration", "version"), name="adjustment_of_version_once"),
            models.UniqueConstraint(
                fields=("declaration",),
                condition=Q(outcome="open"),
                name="adjustment_open_once",
                violation_error_message="该项目已有一项调整正在办理。",
            ),
            models.UniqueConstraint(
                fields=("department_year", "version"),
                condition=Q(declaration=None),
                name="adjustment_of_text_version_once",
            ),
            models.UniqueConstraint(
                fields=("department_year",),
                condition=Q(declaration=None, outcome="open"),
                name="adjustment_of_text_open_once",
                violation_error_message="部门整体绩效目标已有一项调整正在办理。",
            ),
        )

    def __str__(self):
        return f"{self.declaration or self.department_year}第{self.version}版"


def versions_of(departments, path: str = "") -> Q:
    """Return the condition for the versions of what departments filed; ``path`` leads to a version."""
    tables = Declaration.objects.filter(department_year__department__in=departments).order_by()
    texts = DepartmentYear.objects.filter(department__in=departments).order_by()
    return Q(**{f"{path}kind": "declaration", f"{path}object_id__in": tables.values("pk")}) | Q(
        **{f"{path}kind": "department_year", f"{path}object_id__in": texts.values("pk")}
    )


class ApprovalQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return those for departments that ``user`` sees: a unit reads what its 主管部门 was told of it."""
        return self.reaching(Department.objects.visible_to(user))

    def reaching(self, departments):
        """Return those that are addressed to one of the departments, or approve something of one."""
        approved = Approval.versions.through.objects.filter(approval=OuterRef("pk"))
        return self.filter(
            Q(department__in=departments) | Exists(approved.filter(versions_of(departments, "version__")))
        )


class Approval(models.Model):
    """批复: an act of the finance bureau on a department's year, what it says and the versions it locks.

    ``sequence`` counts within year, department and sort: 补充批复 第2次. ``publish_by`` is the last day to
    publish.
    """

    class Sort(models.TextChoices):
        ORIGINAL = "original", "批复"
        SUPPLEMENT = "supplement", "补充批复"
        ADJUSTMENT = "adjustment", "调整批复"

    fiscal_year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="approvals")
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name="被批复单位", related_name="approvals"
    )
    department_name = models.CharField("被批复单位名称", max_length=200)
    sort = models.CharField("种类", max_length=20, choices=Sort, default=Sort.ORIGINAL)
    sequence = models.PositiveSmallIntegerField("次数", default=1)
    document_number = models.CharField("文号", max_length=100)
    approved_on = models.DateField("批复日期")
    issuer = models.CharField("批复单位", max_length=200)
    text = models.TextField("批复意见", blank=True)
    publish_by = models.DateField("公开期限")
    issued_by = _person("办理人")
    principal = _person("被代理人", null=True)
    issued_at = models.DateTimeField("办理时间")
    batch = models.CharField("批次", max_length=32)
    versions = models.ManyToManyField(Version, verbose_name="批复的版本", related_name="approvals")

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批复"
        ordering = ("-approved_on", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("fiscal_year", "department", "sort", "sequence"), name="approval_sequence_once"
            ),
            models.UniqueConstraint(
                fields=("document_number", "issuer"),
                name="approval_document_number_once",
                violation_error_message="该文号已用于另一份批复。",
            ),
        )

    def __str__(self):
        return f"{self.document_number} {self.department_name}"

    @property
    def by(self) -> str:
        """Who did it, as it is printed: 甲（代乙） of a deputy."""
        return named(self.issued_by, self.principal)


class Publication(models.Model):
    """公开: the booklet as it was published, frozen, with where and when. The newest is in force.

    ``department_name`` is what the department was called then, as the booklet says.
    ``print_options`` is how the year's form was printed then (indicators.layout.table.PrintOptions).
    """

    department_year = models.ForeignKey(DepartmentYear, models.PROTECT, related_name="publications")
    document = models.ForeignKey(
        StoredDocument, models.PROTECT, verbose_name="公开的文本", related_name="publications"
    )
    department_name = models.CharField("公开时的单位名称", max_length=200, default="")
    print_options = models.JSONField("版式", default=dict)
    published_on = models.DateField("公开日期")
    portal_address = models.URLField("公开网址", max_length=500, blank=True)
    number_withheld = models.PositiveIntegerField("不公开的项目数", default=0)
    published_by = _person("办理人")
    principal = _person("被代理人", null=True)
    at = models.DateTimeField("办理时间")
    batch = models.CharField("批次", max_length=32)

    class Meta:
        verbose_name = verbose_name_plural = "公开"
        ordering = ("-pk",)

    def __str__(self):
        return f"{self.department_year} {self.published_on}"

    @property
    def by(self) -> str:
        """Who did it, as it is printed: 甲（代乙） of a deputy."""
        return named(self.published_by, self.principal)


class PublishedFile(models.Model):
    """One file of a publication, kept as it was made; ``sha256`` is over its bytes."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="files")
    extension = models.CharField("格式", max_length=10)
    file = models.FileField("文件", upload_to="publications/")
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField("SHA-256", max_length=_HASH_LENGTH)

    class Meta:
        verbose_name = verbose_name_plural = "公开的文件"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("publication", "extension"), name="published_file_once"),
        )

    def __str__(self):
        return f"{self.publication}.{self.extension}"
