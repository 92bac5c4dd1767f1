"""What a queue is filtered by, and what was ticked in it, as the address or the form states it."""

from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from departments.forms import department_filter
from departments.forms.fields import filter_order, filter_text
from departments.models import Department
from indicators import queue_lists
from indicators.forms.ticked import keys_in, means_all, revisions_in
from indicators.queue_lists import QUEUES, Found, QueueFilter
from indicators.services.batches import ACTS, Seen
from projects.models import Declaration, DepartmentYear, FiscalYear
from workflow.models import Status
from workflow.transitions import Act

_LONGEST_REASON = 1000


class QueueFilterForm(forms.Form):
    """A filter that makes no sense is an error: left out, acts would reach more than was asked for."""

    q = filter_text("项目或单位", "项目编码、名称或单位")
    year = forms.TypedChoiceField(
        label="年度",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": "没有预算年度“%(value)s”，从列表中选择年度。"},
    )
    department = department_filter()
    status = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部状态"), *Status.choices],
        error_messages={"invalid_choice": "没有状态“%(value)s”，从列表中选择。"},
    )
    sort = filter_order(queue_lists.ORDERS)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["department"].queryset = Department.objects.visible_to(user)
        years = FiscalYear.objects.values_list("year", flat=True)
        self.fields["year"].choices = [("", "全部年度"), *((each, f"{each}年度") for each in years)]
        for name in ("year", "department", "status"):
            self.fields[name].widget.attrs["class"] = "form-select"

    def wanted(self) -> QueueFilter:
        """Return what is asked for; only after is_valid()."""
        cleaned = self.cleaned_data
        return QueueFilter(
            text=cleaned["q"],
            year=cleaned["year"],
            department=cleaned["department"],
            status=Status(cleaned["status"]) if cleaned["status"] else None,
            order=cleaned["sort"],
        )


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """What a person wants done to what they ticked; ``act`` is None where the form names none there is."""

    act: Act | None
    reason: str
    adopts_drafts: bool
    is_confirmed: bool


def batch_request(data: QueryDict) -> BatchRequest:
    """Return what a form asks for."""
    return BatchRequest(
        ACTS.get(data.get("act", "")),
        data.get("reason", "").strip(),
        "adopt" in data,
        "confirmed" in data,
    )


def picked(data: QueryDict, user) -> Found:
    """Return the tables and texts that a queue's form names, of those ``user`` may see.

    ``scope`` “all” is all that the filter of the list (``filter``, a query string) asks for in the queue
    ``queue``; else it is those ticked (``selected``, ``narrative``).
    """
    if means_all(data):
        form = QueueFilterForm(QueryDict(data.get("filter", "")), user=user)
        queue = QUEUES.get(data.get("queue", ""))
        if queue is None or not form.is_valid():
            return Found(Declaration.objects.none(), DepartmentYear.objects.none())
        return queue_lists.find(queue, user, form.wanted())
    return Found(
        Declaration.objects.visible_to(user).filter(pk__in=keys_in(data.getlist("selected"))),
        DepartmentYear.objects.visible_to(user).filter(pk__in=keys_in(data.getlist("narrative"))),
    )


def seen(data: QueryDict, user) -> Seen:
    """Return what the confirmation showed, from fields such as ``table=12:3``, of what ``user`` may see."""
    tables, narratives = (revisions_in(data.getlist(name)) for name in ("table", "text"))
    return Seen(
        _visible(tables, Declaration.objects.visible_to(user)),
        _visible(narratives, DepartmentYear.objects.visible_to(user)),
    )


def reason_problem(request: BatchRequest) -> str:
    """Return what is wrong with the reason, "" where nothing is."""
    if request.act.needs_reason and not request.reason:
        return f"{request.act.label}须写明原因，填报单位据此修改。"
    if len(request.reason) > _LONGEST_REASON:
        return f"原因有{len(request.reason)}个字，最多{_LONGEST_REASON}个字，缩短后再提交。"
    return ""


def _visible(revisions: dict[int, int], rows) -> dict[int, int]:
    seen_keys = set(rows.filter(pk__in=revisions).values_list("pk", flat=True))
    return {pk: revision for pk, revision in revisions.items() if pk in seen_keys}
