"""What the 进度 page is filtered by, and which units are urged on."""

from django import forms
from django.http import QueryDict

from departments.forms.fields import filter_order, filter_text
from departments.models import Department
from indicators import progress
from indicators.forms.ticked import means_all
from indicators.progress import ProgressFilter, Standing
from projects.models import FiscalYear

OVERDUE = "overdue"
_LONGEST_CODE = 6


class ProgressFilterForm(forms.Form):
    """A filter that makes no sense is an error: left out, acts would reach more than was asked for."""

    q = filter_text("编码或名称", "单位编码或名称")
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
    sort = filter_order(progress.ORDERS)

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
    if means_all(data):
        form = ProgressFilterForm(QueryDict(data.get("filter", "")))
        rows = progress.rows_of(user, fiscal_year, form.wanted()) if form.is_valid() else []
        return [row.department for row in rows if row.standing.is_unfinished]
    codes = [code for code in data.getlist("selected") if code.isdecimal() and len(code) <= _LONGEST_CODE]
    return list(Department.objects.visible_to(user).filter(code__in=codes).order_by("code"))
