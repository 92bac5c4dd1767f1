"""What is brought in from other systems: which column holds what, and uploads that wait for a yes."""

from django.conf import settings
from django.db import models


class ColumnMapping(models.Model):
    """Which column of a foreign workbook holds which field, saved so that it is chosen once.

    ``columns`` is {field: text of the column's head}; ``head_row`` counts from 1.
    """

    class Purpose(models.TextChoices):
        LIST = "list", "项目清单导入"
        BACKFILL = "backfill", "回填导出"

    class AmountUnit(models.TextChoices):
        YUAN = "yuan", "元"
        WAN = "wan", "万元"

    purpose = models.CharField("用途", max_length=10, choices=Purpose)
    name = models.CharField("名称", max_length=100)
    sheet = models.CharField("工作表", max_length=100, blank=True)
    head_row = models.PositiveSmallIntegerField("表头所在行", default=1)
    columns = models.JSONField("列对应关系", default=dict)
    amount_unit = models.CharField("金额单位", max_length=4, choices=AmountUnit, blank=True)
    template = models.FileField("模板文件", upload_to="templates/", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "列对应关系"
        ordering = ("purpose", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("purpose", "name"),
                name="column_mapping_once",
                violation_error_message="已有同名的列对应关系。",
            ),
        )

    def __str__(self):
        return self.name


class PendingImport(models.Model):
    """What somebody uploaded and has not confirmed yet, as read; the preview and the import read it.

    Its owner alone sees it; a day later it is gone.
    """

    uid = models.CharField(max_length=32, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="pending_imports")
    kind = models.CharField("类别", max_length=20)
    file_name = models.CharField("文件名", max_length=255, blank=True)
    payload = models.JSONField("内容", default=dict)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "待确认的导入"
        ordering = ("-created_at",)

    def __str__(self):
        return self.file_name or self.uid
