"""代理: whom I stand in for, who stands in for me, and naming a deputy."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from departments.forms.delegation import DelegationForm
from departments.forms.fields import refused
from departments.models import Delegation
from departments.permissions import delegable_by, may_delegate, possible_deputies
from departments.services import AdministrationError, end_delegation, name_deputy

ROWS_PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    """List the delegations that concern a person, and name a deputy for a role that is his to delegate."""
    memberships = delegable_by(request.user)
    may_name = memberships.exists()
    if request.method != "POST":
        return _page(request, _form(memberships) if may_name else None)
    if not may_name:
        raise PermissionDenied
    form = _form(memberships, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        named = name_deputy(**form.cleaned_data, actor=request.user)
    except AdministrationError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, status=422)
    messages.success(request, f"{named.starts_on}至{named.ends_on}由{named.deputy}代理。")
    return redirect("delegations")


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a delegation before its last day."""
    delegation = get_object_or_404(_concerning(request.user), pk=pk)
    if not may_delegate(request.user, delegation.membership):
        raise PermissionDenied
    try:
        end_delegation(delegation=delegation, actor=request.user)
    except AdministrationError as refusal:
        messages.error(request, str(refusal))
        memberships = delegable_by(request.user)
        return _page(request, _form(memberships), status=409)
    messages.success(request, f"已结束{delegation.deputy}的代理。")
    return redirect("delegations")


def _form(memberships, data=None) -> DelegationForm:
    return DelegationForm(data, memberships=memberships, deputies=possible_deputies(memberships))


def _concerning(user):
    """Return the delegations of roles the person may delegate, and those by which he stands in."""
    found = Delegation.objects.select_related(
        "deputy", "membership__user", "membership__department", "named_by"
    )
    return found.filter(Q(membership__in=delegable_by(user).values("pk")) | Q(deputy=user.pk))


def _page(request: HttpRequest, form: DelegationForm | None, *, status: int = 200) -> HttpResponse:
    page = Paginator(_concerning(request.user), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    mine = set(delegable_by(request.user).values_list("pk", flat=True))
    rows = [
        (
            delegation,
            delegation.state_on(today),
            delegation.membership_id in mine and delegation.runs_on(today),
        )
        for delegation in page
    ]
    context = {"form": form, "forms": refused([form]) if form else [], "page": page, "rows": rows}
    return render(request, "departments/delegations.html", context, status=status)
