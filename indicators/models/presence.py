"""Who has a table, or a department's text, open for editing: a courtesy, never a lock."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from projects.models import Declaration, DepartmentYear


class Presence(models.Model):
    """Since when somebody edits a table, or the department's own text (no declaration), and when last seen.

    Derived from heartbeats: it says nothing about content and holds no right, so nothing enters the trail.
    """

    department_year = models.ForeignKey(DepartmentYear, models.CASCADE, related_name="presences")
    declaration = models.ForeignKey(Declaration, models.CASCADE, null=True, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateTimeField("开始时间")
    seen_at = models.DateTimeField("最近一次")

    class Meta:
        verbose_name = verbose_name_plural = "正在填报"
        constraints = (
            models.UniqueConstraint(fields=("declaration", "user"), name="presence_once"),
            models.UniqueConstraint(
                fields=("department_year", "user"),
                condition=Q(declaration=None),
                name="presence_at_text_once",
            ),
        )

    def __str__(self):
        return f"{self.user} {self.declaration or self.department_year}"
