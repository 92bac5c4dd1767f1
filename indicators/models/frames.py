"""The official frame of first and second tiers, as data with a version."""

from django.db import models


class Frame(models.Model):
    """A version of the official frame of first and second tiers, such as 2015 or 2021."""

    code = models.CharField("版本", max_length=20, unique=True)
    name = models.CharField("名称", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "指标框架"
        ordering = ("code",)

    def __str__(self):
        return self.name


class FirstTier(models.Model):
    """A 一级指标 of a frame."""

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="first_tiers")
    name = models.CharField("一级指标", max_length=50)
    position = models.PositiveSmallIntegerField("顺序")

    class Meta:
        verbose_name = verbose_name_plural = "一级指标"
        ordering = ("frame", "position")
        constraints = (models.UniqueConstraint(fields=("frame", "name"), name="first_tier_once"),)

    def __str__(self):
        return self.name


class SecondTier(models.Model):
    """A 二级指标 under its 一级指标."""

    first_tier = models.ForeignKey(FirstTier, models.PROTECT, related_name="second_tiers")
    name = models.CharField("二级指标", max_length=50)
    position = models.PositiveSmallIntegerField("顺序")

    class Meta:
        verbose_name = verbose_name_plural = "二级指标"
        ordering = ("first_tier", "position")
        constraints = (models.UniqueConstraint(fields=("first_tier", "name"), name="second_tier_once"),)

    def __str__(self):
        return self.name
