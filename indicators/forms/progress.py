"""What the 进度 page is filtered by, and which units are urged on."""

from django import forms
from django.http import QueryDict

from departments.models import Department
from indicators import progress
from indicators.progress import ProgressFilter, Standing
from projects.models import FiscalYear

OVERDUE = "overdue"
_ALL = "all"
_LONGEST_CODE = 6


class ProgressFilterForm(forms.Form):
    """A filter that makes no sense is an error: left out, acts would reach more than was asked for."""

    q = forms.CharField(
        label="编码或名称",
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"class": "form-control", "type": "search", "placeholder": "单位编码或名称"}
        ),
        error_messages={"max_length": "文字有%(show_value)d个字，最多%(limit_value)d个字，缩短后再筛选。"},
    )
    standing = forms.ChoiceField(
        label="进度",
        required=False,
        choices=[
            ("", "全部进度"),
            *((each.value, each.label) for each in Standing),
            (OVERDUE, "已逾期"),
        ],
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": "没有进度“%(value)s”，从列表中选择。"},
    )
    sort = forms.ChoiceField(
        required=False,
        choices=[("", ""), *((f"{sign}{name}",) * 2 for name in progress.ORDERS for sign in ("", "-"))],
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "没有排序方式“%(value)s”，在表头选择排序。"},
    )

    def wanted(self) -> ProgressFilter:
        """Return what is asked for; only after is_valid()."""
        cleaned = self.cleaned_data
        chosen = cleaned["standing"]
        return ProgressFilter(
            text=cleaned["q"],
            standing=Standing(chosen) if chosen and chosen != OVERDUE else None,
            overdue=chosen == OVERDUE,
            order=cleaned["sort"],
        )


def units_to_remind(data: QueryDict, user, fiscal_year: FiscalYear) -> list[Department]:
    """Return the units that the form names, of those ``user`` may see.

    ``scope`` “all” is every unit with something unfinished that the filter of the page (``filter``, a query
    string) asks for; else it is those ticked (``selected``, codes).
    """
    if data.get("scope") == _ALL:
        form = ProgressFilterForm(QueryDict(data.get("filter", "")))
        rows = progress.rows_of(user, fiscal_year, form.wanted()) if form.is_valid() else []
        return [row.department for row in rows if row.standing.is_unfinished]
    codes = [code for code in data.getlist("selected") if len(code) <= _LONGEST_CODE]
    return list(Department.objects.visible_to(user).filter(code__in=codes).order_by("code"))
