"""What is filed: a department's year with its narrative, projects, their declarations."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from departments.models import Department
from projects.codes import PROJECT_CODE_LENGTH
from projects.models.years import FiscalYear
from workflow.models import Reviewable, Status


class OfDepartmentQuerySet(models.QuerySet):
    """Rows that belong to a department; ``department_path`` leads from the row to it."""

    department_path = "department"

    def visible_to(self, user):
        departments = Department.objects.visible_to(user)
        return self.filter(**{f"{self.department_path}__in": departments})


class DepartmentYear(Reviewable):
    """A department's year: its name as of that year, its control figure, its narrative (第一部分).

    A unit that files no projects says so (无项目申报确认): who and when stand here until it is taken back.
    """

    department = models.ForeignKey(Department, models.PROTECT, verbose_name="单位", related_name="years")
    fiscal_year = models.ForeignKey(
        FiscalYear, models.PROTECT, verbose_name="预算年度", related_name="department_years"
    )
    name = models.CharField("当年名称", max_length=200)
    control_figure = models.DecimalField(
        "控制数（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    no_projects_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="无项目确认人",
        related_name="+",
        null=True,
        blank=True,
    )
    no_projects_confirmed_at = models.DateTimeField("无项目确认时间", null=True, blank=True)

    objects = OfDepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "部门年度"
        ordering = ("-fiscal_year__year", "department__code")
        constraints = (
            models.UniqueConstraint(
                fields=("department", "fiscal_year"),
                name="department_year_once",
                violation_error_message="该单位已有此预算年度。",
            ),
        )

    def __str__(self):
        return f"{self.fiscal_year} {self.department.code}{self.name}"


class Ordered(models.Model):
    """A part that people put in order and programs point to by uid."""

    uid = models.CharField(max_length=32, editable=False)
    position = models.PositiveIntegerField("顺序")

    class Meta:
        abstract = True
        ordering = ("position",)


class OverallGoal(Ordered):
    """One item of 一、总体绩效目标."""

    department_year = models.ForeignKey(DepartmentYear, models.CASCADE, related_name="overall_goals")
    text = models.TextField("总体绩效目标")

    class Meta(Ordered.Meta):
        verbose_name = verbose_name_plural = "总体绩效目标"
        constraints = (models.UniqueConstraint(fields=("department_year", "uid"), name="overall_goal_uid"),)

    def __str__(self):
        return self.text


class SafeguardSection(Ordered):
    """One block of 三、工作保障措施."""

    department_year = models.ForeignKey(DepartmentYear, models.CASCADE, related_name="safeguards")
    title = models.TextField("标题")

    class Meta(Ordered.Meta):
        verbose_name = verbose_name_plural = "工作保障措施"
        constraints = (
            models.UniqueConstraint(fields=("department_year", "uid"), name="safeguard_section_uid"),
        )

    def __str__(self):
        return self.title


class SafeguardItem(Ordered):
    """One numbered measure of a block."""

    section = models.ForeignKey(SafeguardSection, models.CASCADE, related_name="items")
    text = models.TextField("措施")

    class Meta(Ordered.Meta):
        verbose_name = verbose_name_plural = "保障措施条目"
        constraints = (models.UniqueConstraint(fields=("section", "uid"), name="safeguard_item_uid"),)

    def __str__(self):
        return self.text


class Category(models.TextChoices):
    """Class of a project; tables are due for 特定目标类 and 其他运转类 (domain.md §1.8).

    运转类 is what of it is no 公用经费; ``EXEMPT`` files no table and is counted apart.
    """

    STAFF = "staff", "人员类"
    OFFICE = "office", "公用经费"
    OPERATION = "operation", "运转类"
    SPECIFIC = "specific", "特定目标类"


EXEMPT = (Category.STAFF, Category.OFFICE)


class Nature(models.TextChoices):
    NEW = "new", "新增"
    CONTINUED = "continued", "延续"


class Project(models.Model):
    """What money is asked for, over the years. The code is text: it has letters and leading digits matter."""

    department = models.ForeignKey(Department, models.PROTECT, verbose_name="单位", related_name="projects")
    code = models.CharField("项目编码", max_length=PROJECT_CODE_LENGTH, blank=True)
    category = models.CharField("项目类别", max_length=20, choices=Category, blank=True)
    nature = models.CharField("项目属性", max_length=20, choices=Nature, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "项目"
        constraints = (
            models.UniqueConstraint(
                fields=("department", "code"),
                condition=~Q(code=""),
                name="project_code_once_in_department",
                violation_error_message="本单位已有此项目编码的项目。",
            ),
        )
        # Which other units use a code is asked whenever a page of a unit opens.
        indexes = (models.Index(fields=("code",), name="project_code"),)

    def __str__(self):
        return self.code or "（编码未定）"


class WithheldReason(models.TextChoices):
    """Why a table is not published. Never 国家秘密: what is classified may not be in this system at all."""

    WORK_SECRET = "work_secret", "工作秘密"
    BUSINESS_SECRET = "business_secret", "商业秘密"
    PRIVACY = "privacy", "个人隐私"
    OTHER = "other", "其他依法不公开"


class DeclarationQuerySet(OfDepartmentQuerySet):
    department_path = "department_year__department"

    def counted(self):
        """Return what enters sums and booklets: all but what was cancelled (取消)."""
        return self.exclude(status=Status.CANCELLED)


class Declaration(Reviewable):
    """A project's filing for one fiscal year. Amounts are 元; a blank amount is NULL, which is not zero.

    It is published (公开) unless there is a reason to withhold it.
    """

    class Beneficiaries(models.TextChoices):
        YES = "yes", "有"
        NO = "no", "无"
        UNDECIDED = "undecided", "未定"

    uid = models.CharField(max_length=32, unique=True, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, verbose_name="项目", related_name="declarations")
    department_year = models.ForeignKey(
        DepartmentYear, models.PROTECT, verbose_name="部门年度", related_name="declarations"
    )
    position = models.PositiveIntegerField("在文本中的顺序")
    name = models.TextField("项目名称", blank=True)
    budget = models.DecimalField("预算数（元）", max_digits=18, decimal_places=2, null=True, blank=True)
    fiscal_funding = models.DecimalField(
        "财政资金（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    other_funding = models.DecimalField(
        "其他资金（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    purpose = models.TextField("资金用途", blank=True)
    goal = models.TextField("绩效目标", blank=True)
    beneficiaries = models.CharField(
        "有无服务对象", max_length=20, choices=Beneficiaries, default=Beneficiaries.UNDECIDED
    )
    preparer = models.CharField("填报人", max_length=50, blank=True)
    preparer_phone = models.CharField("联系电话", max_length=30, blank=True)
    prepared_on = models.DateField("填报日期", null=True, blank=True)
    is_listed = models.BooleanField("来自项目清单", default=False)  # its name is the list's
    control_figure = models.DecimalField(
        "控制数（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    withheld_reason = models.CharField("不公开的原因", max_length=20, choices=WithheldReason, blank=True)
    withheld_note = models.TextField("不公开的说明", blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="经办人",
        related_name="assigned_declarations",
        null=True,
        blank=True,
    )

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目申报"
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=("project", "department_year"),
                name="declaration_once_a_year",
                violation_error_message="该项目在此预算年度已有申报。",
            ),
        )
        # Queues ask across all departments for what waits at one step.
        indexes = (models.Index(fields=("status",), name="declaration_status"),)

    def __str__(self):
        return self.name or "（名称未填）"


class SubGoal(Ordered):
    """One item of 二、分项绩效目标, with links to the declarations it speaks of."""

    department_year = models.ForeignKey(DepartmentYear, models.CASCADE, related_name="sub_goals")
    title = models.TextField("标题")
    goal = models.TextField("绩效目标", blank=True)
    indicators = models.TextField("绩效指标", blank=True)
    declarations = models.ManyToManyField(
        Declaration, verbose_name="对应项目", related_name="sub_goals", blank=True
    )

    class Meta(Ordered.Meta):
        verbose_name = verbose_name_plural = "分项绩效目标"
        constraints = (models.UniqueConstraint(fields=("department_year", "uid"), name="sub_goal_uid"),)

    def __str__(self):
        return self.title


class FundingMilestone(models.Model):
    """One node of the 资金支出计划: cumulative percent (25 is 25%) at the end of a month; NULL if blank."""

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="milestones")
    month = models.PositiveSmallIntegerField("月份")
    percent = models.DecimalField("累计支出（%）", max_digits=7, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "资金支出计划"
        ordering = ("month",)
        constraints = (
            models.UniqueConstraint(fields=("declaration", "month"), name="milestone_once_a_month"),
            models.CheckConstraint(condition=Q(month__range=(1, 12)), name="milestone_month_range"),
        )

    def __str__(self):
        return f"{self.month}月底 {self.percent}%"
