"""Who has a table open for editing: a courtesy, never a lock."""

from django.conf import settings
from django.db import models

from projects.models import Declaration


class Presence(models.Model):
    """Since when somebody edits a table, and when they were last seen at it.

    Derived from heartbeats: it says nothing about content and holds no right, so nothing enters the trail.
    """

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateTimeField("开始时间")
    seen_at = models.DateTimeField("最近一次")

    class Meta:
        verbose_name = verbose_name_plural = "正在填报"
        constraints = (models.UniqueConstraint(fields=("declaration", "user"), name="presence_once"),)

    def __str__(self):
        return f"{self.user} {self.declaration}"
