"""What is filed and reviewed: its status and the revision that every save raises."""

from django.db import models


class Status(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已送审"
    APPROVED = "approved", "已批复"


class Reviewable(models.Model):
    """Something that is filed and reviewed: a declaration, a department's year."""

    status = models.CharField("状态", max_length=20, choices=Status, default=Status.DRAFT)
    revision = models.PositiveIntegerField("修订号", default=0)

    class Meta:
        abstract = True
