"""What was done: entries that are only ever appended, and the head of their chain."""

import json

from django.conf import settings
from django.db import models
from django.db.models import Q

from trail.chain import GENESIS


class AppendOnlyError(TypeError):
    """Somebody tried in Python to change what is append-only; the database would refuse it too."""


def _refused(name):
    def refuse(self, *args, **kwargs):
        what = self.model._meta.verbose_name
        raise AppendOnlyError(f"{what}只能追加，不能修改或删除：不允许 {name}()。")

    refuse.__name__ = name
    return refuse


class AppendOnlyQuerySet(models.QuerySet):
    """Refuses in Python what the triggers refuse in the database (trail.triggers)."""

    update = _refused("update")
    delete = _refused("delete")
    bulk_update = _refused("bulk_update")
    update_or_create = _refused("update_or_create")


class EntryQuerySet(AppendOnlyQuerySet):
    """Rows that are written one by one, by trail.services alone."""

    bulk_create = _refused("bulk_create")


class ReadableJSON(json.JSONEncoder):
    """Keep Chinese as it is: SQLite stores the text it is given, and escapes cannot be searched."""

    def __init__(self, **options):
        super().__init__(**{**options, "ensure_ascii": False})


class Entry(models.Model):
    """One act: who did what to which object, when, why, and every field it changed.

    ``actor_name`` of a deputy is 甲（代乙）; ``capacity`` is the role acted in, where one was needed.
    ``changes`` is a list of {path, place, before, after}. Every column is covered by ``hash`` (see chain.py).
    """

    sequence = models.PositiveBigIntegerField("序号", primary_key=True)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="操作人", related_name="+", null=True
    )
    actor_name = models.TextField("操作人姓名")
    capacity = models.CharField("身份", max_length=100, blank=True)
    action = models.CharField("操作", max_length=40)
    kind = models.CharField("对象类别", max_length=40)
    object_id = models.CharField("对象标识", max_length=64)
    label = models.TextField("对象")
    department_code = models.CharField("部门编码", max_length=20, blank=True)
    changes = models.JSONField("变更内容", default=list, encoder=ReadableJSON)
    reason = models.TextField("原因", blank=True)
    batch = models.CharField("批次", max_length=32, blank=True)
    address = models.CharField("网络地址", max_length=64, blank=True)
    previous_hash = models.CharField("前一条校验值", max_length=64)
    hash = models.CharField("校验值", max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "操作日志"
        indexes = (
            # With the actor: else SQLite, without statistics, reads all that a person ever did to tell
            # whether they filled in one table.
            models.Index(fields=("kind", "object_id", "actor"), name="trail_entry_object"),
            models.Index(fields=("actor", "sequence"), name="trail_entry_actor"),
            models.Index(fields=("at",), name="trail_entry_at"),
            models.Index(fields=("department_code", "sequence"), name="trail_entry_department"),
            models.Index(fields=("action", "sequence"), name="trail_entry_action"),
            models.Index(fields=("batch",), condition=~Q(batch=""), name="trail_entry_batch"),
        )

    def __str__(self):
        return f"第{self.sequence}条：{self.actor_name} {self.action} {self.label}"


class Head(models.Model):
    """The last entry's sequence and hash: one row, made by the migration, advanced by ``record()`` alone."""

    sequence = models.PositiveBigIntegerField("末条序号", default=0)
    hash = models.CharField("末条校验值", max_length=64, default=GENESIS)

    class Meta:
        verbose_name = verbose_name_plural = "操作日志末条登记"
        constraints = (
            models.CheckConstraint(
                condition=Q(pk=1), name="trail_head_only_one", violation_error_message="末条登记只有一行。"
            ),
        )

    def __str__(self):
        return f"第{self.sequence}条 {self.hash}"


class SecurityEvent(models.Model):
    """安全日志: an attempt that was refused. Beside the trail: nobody can fill the chain by knocking."""

    class Sort(models.TextChoices):
        DENIED = "denied", "越权访问"
        LOGIN_FAILED = "login_failed", "登录失败"
        LOCKED_OUT = "locked_out", "登录锁定"
        MOVE_REFUSED = "move_refused", "办理被拒"

    at = models.DateTimeField("时间")
    sort = models.CharField("类别", max_length=20, choices=Sort)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="用户", related_name="+", null=True
    )
    actor_name = models.TextField("用户名", blank=True)
    method = models.CharField("请求方式", max_length=10, blank=True)
    path = models.TextField("页面", blank=True)
    detail = models.TextField("说明", blank=True)
    address = models.CharField("网络地址", max_length=64, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "安全日志"
        ordering = ("-pk",)
        indexes = (models.Index(fields=("at",), name="security_event_at"),)

    def __str__(self):
        return f"{self.get_sort_display()} {self.actor_name} {self.path}"
