"""What is promised: the indicators of a table, and what an import did not keep."""

from django.db import models
from django.db.models import Q

from indicators.document import NoteKind
from indicators.models.frames import SecondTier
from indicators.values import Comparator, ValueKind
from projects.models import Declaration, DepartmentYear, Ordered


class Indicator(Ordered):
    """One row of a table. The texts are the truth; ``category`` and the typed value are derived from them.

    A tier that is not in the year's frame is kept as text with no category: judging it is a check's work.
    """

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="indicators")
    first_tier = models.TextField("一级指标", blank=True)
    second_tier = models.TextField("二级指标", blank=True)
    category = models.ForeignKey(SecondTier, models.PROTECT, null=True, related_name="indicators")
    name = models.TextField("三级指标", blank=True)
    description = models.TextField("绩效指标描述", blank=True)
    value = models.TextField("指标值", blank=True)
    value_kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in ValueKind])
    comparator = models.CharField(max_length=1, choices=[(sign, sign) for sign in Comparator], blank=True)
    number = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    upper = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    date = models.DateField(null=True)
    unit = models.TextField(blank=True)
    basis = models.TextField("指标值确定依据", blank=True)
    weight = models.DecimalField("权重", max_digits=6, decimal_places=2, null=True, blank=True)

    class Meta(Ordered.Meta):
        verbose_name = verbose_name_plural = "绩效指标"
        constraints = (models.UniqueConstraint(fields=("declaration", "uid"), name="indicator_uid"),)

    def __str__(self):
        return f"{self.name} {self.value}"


class ImportNote(models.Model):
    """What an import saw and did not keep, of a department's year or of one of its tables."""

    department_year = models.ForeignKey(DepartmentYear, models.CASCADE, related_name="import_notes")
    declaration = models.ForeignKey(Declaration, models.CASCADE, null=True, related_name="import_notes")
    kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in NoteKind])
    place = models.TextField()
    text = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = "导入记录"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in NoteKind]), name="note_kind_known"
            ),
        )

    def __str__(self):
        return f"{self.place}：{self.text}"
