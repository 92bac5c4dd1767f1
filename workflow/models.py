"""What is filed and reviewed: where it stands, its versions as they were moved, what was said about it."""

from enum import nonmember

from django.conf import settings
from django.db import models
from django.db.models import Q

from trail.models import AppendOnlyQuerySet
from trail.services import named

_HASH_LENGTH = 64


class Status(models.TextChoices):
    """Where something filed stands (domain.md §3.2), in the order of its way.

    ``EDITABLE`` are those in the preparer's hands.
    """

    DRAFT = "draft", "草稿"
    RETURNED = "returned", "被退回"
    ADJUSTING = "adjusting", "调整中"
    SUBMITTED = "submitted", "待单位审核"
    AT_SUPERVISOR = "at_supervisor", "待主管部门审核"
    FINANCE_FIRST = "finance_first", "待财政审核"
    FINANCE_SECOND = "finance_second", "待财政复审"
    FINANCE_THIRD = "finance_third", "待财政终审"
    TO_APPROVE = "to_approve", "待批复"
    APPROVED = "approved", "已批复"
    PUBLISHED = "published", "已公开"
    CANCELLED = "cancelled", "已取消"

    EDITABLE = nonmember(("draft", "returned", "adjusting"))
    UNDER_REVIEW = nonmember(
        ("submitted", "at_supervisor", "finance_first", "finance_second", "finance_third", "to_approve")
    )
    SETTLED = nonmember(("approved", "published", "cancelled"))
    IN_FORCE = nonmember(("approved", "published"))


class Reviewable(models.Model):
    """Something that is filed and reviewed: a declaration, a department's year.

    ``version`` counts from 1; an adjustment opens the next one. ``moved_at`` is when it got to its status.
    """

    status = models.CharField("状态", max_length=20, choices=Status, default=Status.DRAFT)
    revision = models.PositiveIntegerField("修订号", default=0)
    version = models.PositiveSmallIntegerField("版本", default=1)
    moved_at = models.DateTimeField("状态变更时间", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_editable(self) -> bool:
        """True while it is in the preparer's hands."""
        return self.status in Status.EDITABLE

    @property
    def is_settled(self) -> bool:
        """True once it was approved, published or cancelled: from there only an adjustment leads on."""
        return self.status in Status.SETTLED


def _person(label: str, **options):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=label, related_name="+", **options
    )


class OfObject(models.Model):
    """A row about something that is reviewed: ``kind`` and ``object_id`` are those of its trail entries."""

    kind = models.CharField("对象类别", max_length=40)
    object_id = models.PositiveBigIntegerField("对象标识")

    class Meta:
        abstract = True


class StoredDocument(models.Model):
    """Canonical JSON as it was stored, once for all versions that say the same; never changed.

    ``sha256`` is over the bytes of ``text``; ``content_hash`` is the 校验码 that is printed, which leaves out
    uids and import notes (indicators.document.canonical).
    """

    sha256 = models.CharField("SHA-256", max_length=_HASH_LENGTH, primary_key=True)
    content_hash = models.CharField("校验码", max_length=_HASH_LENGTH, db_index=True)
    text = models.TextField("规范JSON")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "版本内容"

    def __str__(self):
        return self.content_hash[:12]


class Version(OfObject):
    """What something said when it was moved, by whom, from where to where. One row a move, never changed.

    ``number`` is the version it was then (Reviewable.version). ``skipped`` are the statuses that do not apply
    to the unit. ``principal`` is whom the actor stood in for.
    """

    number = models.PositiveSmallIntegerField("版本")
    revision = models.PositiveIntegerField("修订号")
    act = models.CharField("操作", max_length=40)
    source = models.CharField("原状态", max_length=20, choices=Status)
    target = models.CharField("新状态", max_length=20, choices=Status)
    skipped = models.JSONField("跳过的环节", default=list)
    document = models.ForeignKey(StoredDocument, models.PROTECT, verbose_name="内容", related_name="versions")
    actor = _person("操作人", null=True)
    principal = _person("被代理人", null=True)
    capacity = models.CharField("身份", max_length=100, blank=True)
    reason = models.TextField("原因", blank=True)
    at = models.DateTimeField("时间")
    batch = models.CharField("批次", max_length=32, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "版本"
        ordering = ("pk",)
        indexes = (
            models.Index(fields=("kind", "object_id", "number"), name="version_object"),
            models.Index(fields=("actor", "act"), name="version_actor"),
            models.Index(fields=("batch",), name="version_batch"),
        )

    def __str__(self):
        return f"第{self.number}版 {self.act}"

    @property
    def by(self) -> str:
        """Who did it, as it is printed: 甲（代乙） of a deputy."""
        return named(self.actor, self.principal)


class Comment(OfObject):
    """批注: a remark on a field, a row or the whole (path ""), or an answer to one (``parent``).

    ``quote`` is what the place said then. Only an open 须整改 keeps its object from being passed.
    """

    class Sort(models.TextChoices):
        RECTIFY = "rectify", "须整改"
        GENERAL = "general", "一般意见"
        QUESTION = "question", "询问"

    version = models.PositiveSmallIntegerField("版本")
    path = models.CharField("位置", max_length=200, blank=True)
    place = models.TextField("位置名称", blank=True)
    quote = models.TextField("原文", blank=True)
    sort = models.CharField("类别", max_length=10, choices=Sort, default=Sort.GENERAL)
    text = models.TextField("批注")
    parent = models.ForeignKey("self", models.PROTECT, related_name="answers", null=True)
    author = _person("批注人")
    capacity = models.CharField("身份", max_length=100, blank=True)
    at = models.DateTimeField("时间")
    resolved_by = _person("销号人", null=True)
    resolved_for = _person("销号的被代理人", null=True)
    resolved_at = models.DateTimeField("销号时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "批注"
        ordering = ("pk",)
        indexes = (models.Index(fields=("kind", "object_id"), name="comment_object"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="comment_resolved_by_somebody",
            ),
        )

    def __str__(self):
        return f"{self.get_sort_display()}：{self.text}"

    @property
    def closed_by(self) -> str:
        """Who resolved it, as it is printed: 甲（代乙） of a deputy."""
        return named(self.resolved_by, self.resolved_for)


class Notification(models.Model):
    """消息: something a person should know, with the page (``address``, a path of this site) it is about.

    Of those with the same ``key`` a person gets one. ``emailed_at`` is when it was sent by e-mail, if at all.
    """

    class Sort(models.TextChoices):
        RETURNED = "returned", "被退回"
        WAITING = "waiting", "待我办理"
        DEADLINE = "deadline", "临近截止"
        COMMENT = "comment", "批注"
        REMINDER = "reminder", "催办"
        FINISHED = "finished", "任务完成"
        DECIDED = "decided", "批复与公开"

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="收件人", related_name="notifications"
    )
    sort = models.CharField("类别", max_length=10, choices=Sort)
    text = models.TextField("内容")
    address = models.CharField("页面", max_length=300, blank=True)
    key = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读时间", null=True)
    emailed_at = models.DateTimeField("邮件发送时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=("recipient",), condition=Q(read_at=None), name="notification_unread"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("recipient", "key"), condition=~Q(key=""), name="notification_key_once"
            ),
        )

    def __str__(self):
        return self.text
