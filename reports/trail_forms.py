"""What the 操作日志 and the 安全日志 are filtered by, as the address states it."""

from django import forms

from departments.forms import department_filter
from departments.forms.fields import DayField, filter_choice, filter_text
from departments.models import Department
from departments.permissions import trail_departments_of
from projects.models import Declaration
from trail.labels import ACTIONS, Sort, label_of
from trail.models import SecurityEvent
from trail.search import TrailFilter

NEEDS_BOUNDS = (
    "查找字段和内容要读每条记录，须同时写明起始日期、部门或项目（完整的编码，或名称），缩小范围后再查询。"
)
MOST_TABLES = 200  # of a name that several projects have
WRONG_ORDER = "截止日期不能早于起始日期，改正后再查询。"


class PeriodForm(forms.Form):
    """A filter that makes no sense is an error: left out, the list would hold more than was asked for."""

    who = filter_text("操作人")
    since = DayField(label="起")
    until = DayField(label="止")

    def __init__(self, data):
        super().__init__(data)
        for name in ("since", "until"):
            self.fields[name].widget.attrs["class"] = "form-control day"
            self.fields[name].error_messages["invalid"] = "日期应为年-月-日，例如 2024-07-01。"

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", WRONG_ORDER)
        return cleaned

    @property
    def narrows(self) -> bool:
        """True where a filter is set, right or wrong."""
        return any(self.data.get(name) for name in self.fields)

    def described(self) -> list[tuple[str, str]]:
        """Return the name and the value of every filter that is set, in words; only after is_valid()."""
        return [
            (self.fields[name].label, str(dict(self.fields[name].choices).get(value, value)))
            if isinstance(self.fields[name], forms.ChoiceField)
            and not isinstance(self.fields[name], forms.ModelChoiceField)
            else (self.fields[name].label, str(value))
            for name, value in self.cleaned_data.items()
            if value
        ]


class TrailFilterForm(PeriodForm):
    """Filters of the 操作日志."""

    department = department_filter()
    action = filter_choice("操作", "全部操作")
    what = filter_text("对象")
    inside = filter_text("字段和内容")
    batch = filter_text("批次")
    address = filter_text("网络地址")

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["department"].queryset = trail_departments_of(user)
        self.fields["department"].widget.attrs["class"] = "form-select"
        sorts = [(_every(sort), f"{sort.value}（全部）") for sort in Sort]
        names = [
            (sort.value, [(name, label_of(name)) for name in actions]) for sort, actions in ACTIONS.items()
        ]
        self.fields["action"].choices = [("", "全部操作"), *sorts, *names]
        for name, hint in (("what", "编码、名称"), ("inside", "字段、原值、新值")):
            self.fields[name].widget.attrs["placeholder"] = hint

    def clean(self):
        cleaned = super().clean()
        what = cleaned.get("what", "")
        self.tables = _tables_with(what)
        if cleaned.get("inside"):
            self.tables = self.tables or _tables_named(what)
            if not (cleaned.get("since") or cleaned.get("department") or self.tables):
                self.add_error("inside", NEEDS_BOUNDS)
        return cleaned

    def wanted(self) -> TrailFilter:
        """Return what is asked for; only after is_valid()."""
        cleaned = dict(self.cleaned_data)
        if self.tables:
            cleaned |= {"what": "", "tables": self.tables}
        department, action = cleaned.pop("department"), cleaned.pop("action")
        sort = next((sort for sort in Sort if _every(sort) == action), None)
        return TrailFilter(
            **cleaned,
            departments=_codes_below(department) if department else None,
            sort=sort,
            action="" if sort else action,
        )


class SecurityFilterForm(PeriodForm):
    """Filters of the 安全日志."""

    sort = filter_choice("类别", "全部类别", SecurityEvent.Sort.choices)
    address = filter_text("网络地址")


def _every(sort: Sort) -> str:
    """Return what stands in an address for all actions of a sort; some have the name of one of them."""
    return f"every-{sort.key}"


def _tables_with(code: str) -> list[str]:
    """Return the keys of the tables of every year of a project, as entries name them; its code is whole."""
    tables = Declaration.objects.filter(project__code=code.strip().upper()) if code.strip() else ()
    return [str(table.pk) for table in tables]


def _tables_named(name: str) -> list[str]:
    """Return the keys of the tables whose name has these letters, none where they are too many to be read."""
    if not name:
        return []
    found = Declaration.objects.filter(name__icontains=name).values_list("pk", flat=True)
    keys = [str(key) for key in found[: MOST_TABLES + 1]]
    return keys if len(keys) <= MOST_TABLES else []


def _codes_below(department: Department) -> list[str]:
    return [department.code, *department.units.values_list("code", flat=True)]
