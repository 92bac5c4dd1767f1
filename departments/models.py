"""Who: the department tree, its people, the role each has for which part of the tree, and their deputies."""

from enum import nonmember

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.utils import timezone


class DepartmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the departments any role of ``user`` covers."""
        return self.covered_by(Membership.objects.held_by(user))

    def covered_by(self, memberships):
        """Return the departments in the subtree of one of the memberships; no department means the root."""
        granted = memberships.values("department")
        everywhere = Exists(memberships.filter(department=None))
        return self.filter(Q(pk__in=granted) | Q(parent__in=granted) | Q(everywhere))

    def with_people(self):
        """Add ``people``: how many have a role for the department or a unit below it."""
        here = Q(department=OuterRef("pk")) | Q(department__parent=OuterRef("pk"))
        together = Membership.objects.filter(here).order_by().annotate(all=Value(1)).values("all")
        return self.annotate(people=Subquery(together.values_list(Count("user", distinct=True))))


class Department(models.Model):
    """A 主管部门 (three-digit code) or a 单位 (six digits, beginning with its department's three)."""

    code = models.CharField("编码", max_length=6, unique=True, error_messages={"unique": "该编码已被使用。"})
    name = models.CharField("名称", max_length=200)
    region_code = models.CharField("行政区划", max_length=6, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="主管部门", related_name="units", null=True, blank=True
    )
    predecessor = models.ForeignKey(
        "self", models.PROTECT, verbose_name="前身", related_name="successors", null=True, blank=True
    )
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("停用日期", null=True, blank=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "部门"
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9]{3}([0-9]{3})?$"),
                name="department_code_shape",
                violation_error_message="部门编码应为3位数字（主管部门）或6位数字（单位）。",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | Q(code__regex=r"^[0-9]{6}$"),
                name="department_parent_of_units_only",
                violation_error_message="主管部门（3位编码）不能再有上级。",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=models.F("valid_from")),
                name="department_validity_order",
                violation_error_message="停用日期不能早于启用日期。",
            ),
        )

    def __str__(self):
        return f"{self.code}{self.name}"


class User(AbstractUser):
    """A person; ``full_name`` is the 姓名 that is printed and recorded."""

    first_name = last_name = None
    full_name = models.CharField("姓名", max_length=50)
    office_phone = models.CharField("办公电话", max_length=30, blank=True)
    must_change_password = models.BooleanField("须修改密码", default=False)
    password_set_at = models.DateTimeField("密码设置时间", default=timezone.now)

    REQUIRED_FIELDS = ("full_name",)

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        ordering = ("username",)

    def __str__(self):
        return self.full_name or self.username

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return self.full_name


class Role(models.TextChoices):
    PREPARER = "preparer", "填报人"
    LEADER = "leader", "单位负责人"
    SUPERVISOR = "supervisor", "主管部门审核人"
    FINANCE = "finance", "财政审核人"
    AUDITOR = "auditor", "审计"
    ADMINISTRATOR = "administrator", "系统管理员"
    SECURITY = "security", "安全管理员"
    AUDIT_ADMINISTRATOR = "audit_administrator", "审计管理员"

    REVIEWING = nonmember(("leader", "supervisor", "finance"))
    ADMINISTERING = nonmember(("administrator", "security", "audit_administrator"))  # 三员


MOST_FINANCE_STEPS = 3


class MembershipQuerySet(models.QuerySet):
    def held_by(self, user):
        """Return the roles ``user`` has, own ones and those he stands in for today (代理)."""
        deputising = Delegation.objects.in_force().filter(deputy=user.pk, membership__user__is_active=True)
        return self.filter(Q(user=user.pk) | Q(pk__in=deputising.values("membership")))


class Membership(models.Model):
    """A role for a department and the units below it; without a department, for all of them.

    ``finance_step`` keeps a 财政审核人 to one step of the finance review, 1 to 3; without it he may do any.
    """

    user = models.ForeignKey(User, models.PROTECT, verbose_name="用户", related_name="memberships")
    role = models.CharField("角色", max_length=20, choices=Role)
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name="部门", related_name="memberships", null=True, blank=True
    )
    finance_step = models.PositiveSmallIntegerField("财政审核环节", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        ordering = ("user", "role", "department")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "role", "department"),
                name="membership_once",
                violation_error_message="该用户在该部门已有此角色。",
            ),
            models.UniqueConstraint(
                fields=("user", "role"),
                condition=Q(department=None),
                name="membership_of_all_once",
                violation_error_message="该用户已有全部部门的此角色。",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
            models.CheckConstraint(
                condition=Q(finance_step=None)
                | Q(role=Role.FINANCE, finance_step__range=(1, MOST_FINANCE_STEPS)),
                name="membership_finance_step_of_finance",
                violation_error_message="只有财政审核人可以限定财政审核环节（1至3）。",
            ),
        )

    def __str__(self):
        return f"{self.user}：{self.department or '全部部门'}{self.get_role_display()}"


class DelegationQuerySet(models.QuerySet):
    def in_force(self):
        """Return those that hold today."""
        today = timezone.localdate()
        return self.filter(starts_on__lte=today, ends_on__gte=today, ended_at=None)


class Delegation(models.Model):
    """代理: for a period, both days included, a deputy acts in a reviewing role that is another person's."""

    membership = models.ForeignKey(
        Membership, models.CASCADE, verbose_name="任职", related_name="delegations"
    )
    deputy = models.ForeignKey(User, models.PROTECT, verbose_name="代理人", related_name="deputising")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    reason = models.TextField("原因", blank=True)
    named_by = models.ForeignKey(User, models.PROTECT, verbose_name="指定人", related_name="+")
    named_at = models.DateTimeField("指定时间")
    ended_at = models.DateTimeField("提前结束时间", null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "代理"
        ordering = ("-starts_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")),
                name="delegation_period",
                violation_error_message="代理的结束日期不能早于开始日期。",
            ),
        )

    def __str__(self):
        return f"{self.deputy}代{self.membership.user}（{self.starts_on}至{self.ends_on}）"

    def runs_on(self, day) -> bool:
        """True where it holds on the day or will later."""
        return self.ended_at is None and self.ends_on >= day

    def state_on(self, day) -> str:
        """Return how it stands on a day, as people read it."""
        if self.ended_at is not None:
            return "已提前结束"
        if self.ends_on < day:
            return "已到期"
        return "代理中" if self.starts_on <= day else "未开始"
