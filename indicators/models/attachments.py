"""Files that stand behind a table: 立项依据, the signed scan of one of its versions, and the like."""

from django.conf import settings
from django.db import models

from projects.models import Declaration, OfDepartmentQuerySet


class AttachmentQuerySet(OfDepartmentQuerySet):
    department_path = "declaration__department_year__department"


class Attachment(models.Model):
    """A private file beside a table. ``document_hash`` is that of the version a signed scan shows.

    It is never deleted: withdrawn, it stays for the trail and is handed out no more.
    """

    class Kind(models.TextChoices):
        BASIS = "basis", "立项依据"
        ESTIMATE = "estimate", "预算测算"
        PLAN = "plan", "实施方案"
        SIGNED = "signed", "签字盖章扫描件"
        OTHER = "other", "其他材料"

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="attachments")
    kind = models.CharField("类别", max_length=10, choices=Kind)
    file = models.FileField("文件", upload_to="attachments/%Y/%m/")
    name = models.CharField("文件名", max_length=255)
    media_type = models.CharField("格式", max_length=100)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField(max_length=64)
    document_hash = models.CharField("对应版本", max_length=64, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="上传人", related_name="+"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    withdrawn_at = models.DateTimeField("撤下时间", null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ("kind", "uploaded_at", "pk")

    def __str__(self):
        return self.name
