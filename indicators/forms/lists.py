"""What lists are narrowed to, and what was ticked in them, as the address or the form states it."""

from django import forms
from django.http import QueryDict

from departments.models import User
from indicators import listings
from indicators.listings import Filled, Found, ListFilter
from projects.models import Category, Declaration, DepartmentYear
from workflow.models import Status

WITHOUT = "none"
MINE = "mine"
_ALL = "all"
_LONGEST_KEY = 19  # digits; a longer number is no key and overflows SQLite


def _choice(label: str, every: str, choices=()) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", every), *choices],
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": f"{label}没有“%(value)s”这一项，从列表中选择。"},
    )


class ProjectFilterForm(forms.Form):
    """A filter that makes no sense is an error: left out, acts would reach more than was asked for."""

    q = forms.CharField(
        label="编码或名称",
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"class": "form-control", "type": "search", "placeholder": "编码或名称"}
        ),
        error_messages={"max_length": "文字有%(show_value)d个字，最多%(limit_value)d个字，缩短后再筛选。"},
    )
    status = _choice("状态", "全部状态", Status.choices)
    category = _choice("类别", "需填报的类别", [*Category.choices, (WITHOUT, listings.NO_CATEGORY)])
    findings = _choice("审核提示", "全部提示", Found.choices)
    filled = _choice("完整度", "全部完整度", Filled.choices)
    assignee = _choice("经办人", "全部经办人")
    sort = forms.ChoiceField(
        required=False,
        choices=[("", ""), *((f"{sign}{name}",) * 2 for name in listings.ORDERS for sign in ("", "-"))],
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "没有排序方式“%(value)s”，在表头选择排序。"},
    )

    def __init__(self, data, *, filed: DepartmentYear, user: User):
        super().__init__(data)
        self.user = user
        self.people = {str(person.pk): person for person in listings.assignees_of(filed)}
        others = [(key, str(person)) for key, person in self.people.items() if person != user]
        self.fields["assignee"].choices = [("", "全部经办人"), (MINE, "我的"), *others, (WITHOUT, "未指定")]

    def wanted(self) -> ListFilter:
        """Return what is asked for; only after is_valid()."""
        cleaned = self.cleaned_data
        category = cleaned["category"]
        return ListFilter(
            text=cleaned["q"],
            status=Status(cleaned["status"]) if cleaned["status"] else None,
            category=("" if category == WITHOUT else category) if category else None,
            found=Found(cleaned["findings"]) if cleaned["findings"] else None,
            filled=Filled(cleaned["filled"]) if cleaned["filled"] else None,
            assignee=self._assignee(cleaned["assignee"]),
            order=cleaned["sort"],
        )

    def _assignee(self, chosen: str) -> User | bool | None:
        named = {"": None, MINE: self.user, WITHOUT: False}
        return named[chosen] if chosen in named else self.people[chosen]


def ticked(data: QueryDict, user: User):
    """Return the declarations that a list's form names, of those ``user`` may see, in their order.

    ``scope`` “all” is every project that the filter of the list (``filter``, a query string) asks for in the
    department's year ``filed``; else it is those ticked (``selected``).
    """
    visible = Declaration.objects.visible_to(user)
    if data.get("scope") != _ALL:
        return visible.filter(pk__in=filter(_is_key, data.getlist("selected")))
    key = data.get("filed", "")
    filed = DepartmentYear.objects.visible_to(user).filter(pk=key).first() if _is_key(key) else None
    form = filed and ProjectFilterForm(QueryDict(data.get("filter", "")), filed=filed, user=user)
    if not form or not form.is_valid():
        return visible.none()
    return listings.find(visible.filter(department_year=filed), form.wanted())


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) < _LONGEST_KEY
