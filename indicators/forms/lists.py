"""What lists are narrowed to, and what was ticked in them, as the address or the form states it."""

from django import forms
from django.http import QueryDict

from departments.forms.fields import filter_choice, filter_order, filter_text
from departments.models import User
from indicators import listings
from indicators.forms.ticked import keys_in, means_all, number_in
from indicators.listings import Filled, Found, ListFilter
from projects.models import Category, Declaration, DepartmentYear
from workflow.models import Status

WITHOUT = "none"
MINE = "mine"


class ProjectFilterForm(forms.Form):
    """A filter that makes no sense is an error: left out, acts would reach more than was asked for."""

    q = filter_text("编码或名称", "编码或名称")
    status = filter_choice("状态", "全部状态", Status.choices)
    category = filter_choice("类别", "需填报的类别", [*Category.choices, (WITHOUT, listings.NO_CATEGORY)])
    findings = filter_choice("审核提示", "全部提示", Found.choices)
    filled = filter_choice("完整度", "全部完整度", Filled.choices)
    assignee = filter_choice("经办人", "全部经办人")
    sort = filter_order(listings.ORDERS)

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
    if not means_all(data):
        return visible.filter(pk__in=keys_in(data.getlist("selected")))
    key = number_in(data.get("filed", ""))
    filed = DepartmentYear.objects.visible_to(user).filter(pk=key).first()
    form = filed and ProjectFilterForm(QueryDict(data.get("filter", "")), filed=filed, user=user)
    if not form or not form.is_valid():
        return visible.none()
    return listings.find(visible.filter(department_year=filed), form.wanted())
