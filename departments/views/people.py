"""用户: the list of people, a new one, the account with its roles, a new password."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.forms.fields import refused
from departments.forms.people import (
    AccountForm,
    GrantForm,
    NewAccountForm,
    PasswordForm,
    UserFilterForm,
    username_taken,
)
from departments.lockouts import locked_until
from departments.models import Membership, User
from departments.permissions import (
    administrable_by,
    grantable_by,
    grants_roles,
    may_add_people,
    may_administer,
    may_change_account,
    may_grant_in,
    may_set_password,
    people_administrable_by,
)
from departments.services import (
    AdministrationError,
    add_person,
    change_user,
    create_user,
    grant_role,
    revoke_role,
    set_password,
)
from departments.services.sessions import unlock_user
from departments.views.access import for_administrators, for_people_managers

ROWS_PER_PAGE = 50
_HELD = Prefetch("memberships", Membership.objects.select_related("department"))


@require_safe
@for_people_managers
def user_list(request: HttpRequest) -> HttpResponse:
    """List the people with their roles."""
    form = UserFilterForm(request.GET, within=administrable_by(request.user) | grantable_by(request.user))
    people = people_administrable_by(request.user)
    people = form.narrow(people) if form.is_valid() else people.none()
    page = Paginator(people.prefetch_related(_HELD), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "may_add": may_add_people(request.user)}
    return render(request, "departments/users.html", context)


@require_http_methods(["GET", "POST"])
@for_administrators
def new_user(request: HttpRequest) -> HttpResponse:
    """Add a person with a first password, and a first role where the administrator grants roles."""
    if not may_add_people(request.user):
        raise PermissionDenied
    typed = request.POST if request.method == "POST" else None
    account = NewAccountForm(typed)
    password = PasswordForm(typed, user=account.unsaved_user())
    grant_form = _grant_form(request, typed) if grants_roles(request.user) else None
    forms = [form for form in (account, password, grant_form) if form]
    are_valid = [form.is_valid() for form in forms]  # each says what is wrong with it
    if all(are_valid):
        first_role = grant_form.granted() if grant_form else {}
        add = add_person if grant_form else create_user
        try:
            user = add(
                **account.values(),
                **first_role,
                password=password.cleaned_data["password"],
                must_change_password=True,
                actor=request.user,
            )
        except IntegrityError:  # somebody was faster
            account.add_error("username", username_taken(account.cleaned_data["username"]))
        else:
            messages.success(request, f"已新建用户 {user.full_name}（{user.username}）。")
            return redirect("edit-user", user.pk)
    context = {"account": account, "password": password, "grant": grant_form, "forms": refused(forms)}
    return render(request, "departments/new_user.html", context, status=200 if typed is None else 422)


@require_http_methods(["GET", "POST"])
@for_people_managers
def edit_user(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an account, or deactivate it; the roles stand below it."""
    person = _person(request, pk)
    if request.method != "POST":
        return _account_page(request, person, AccountForm(user=person))
    _require_whole_account(request, person)
    form = AccountForm(request.POST, user=person)
    if form.is_valid():
        try:
            changes = change_user(user=person, **form.values(), actor=request.user)
        except AdministrationError as refusal:
            form.add_error("is_active", str(refusal))
        except IntegrityError:  # somebody was faster
            form.add_error("username", username_taken(form.cleaned_data["username"]))
        else:
            messages.success(request, "已保存。" if changes else "没有改动。")
            return redirect("edit-user", pk)
    return _account_page(request, person, form, status=422)


@require_http_methods(["GET", "POST"])
@for_people_managers
def set_user_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person another password; whoever is signed in with the old one is signed out."""
    person = _person(request, pk)
    if person == request.user:
        return redirect("change-password")  # which asks for the old one
    if not may_set_password(request.user, person):
        raise PermissionDenied
    form = PasswordForm(request.POST if request.method == "POST" else None, user=person)
    if form.is_valid():
        set_password(user=person, password=form.cleaned_data["password"], actor=request.user)
        messages.success(request, f"已设置 {person} 的密码，把新密码当面告知本人，登录后由本人修改。")
        return redirect("edit-user", pk)
    context = {"form": form, "person": person, "forms": refused([form])}
    return render(request, "departments/set_password.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_people_managers
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a person who is locked out try to sign in again."""
    person = _person(request, pk)
    is_locked = unlock_user(user=person, actor=request.user)
    messages.success(
        request, f"已解锁{person}，可以重新登录。" if is_locked else f"{person}没有锁定，没有改动。"
    )
    return redirect("edit-user", pk)


@require_POST
@for_people_managers
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a role in what the administrator grants roles for."""
    if not grants_roles(request.user):
        raise PermissionDenied
    person = _person(request, pk)
    form = _grant_form(request, request.POST)
    if not form.is_valid():
        return _account_page(request, person, AccountForm(user=person), form, status=422)
    try:
        is_new = grant_role(user=person, **form.granted(), actor=request.user)
    except AdministrationError as refusal:
        return _account_page(request, person, AccountForm(user=person), refusal=str(refusal), status=409)
    messages.success(request, "已授予任职。" if is_new else f"{person}已有这个任职，没有改动。")
    return redirect("edit-user", pk)


@require_POST
@for_people_managers
def revoke(request: HttpRequest, pk: int, membership: int) -> HttpResponse:
    """Take a role back."""
    person = _person(request, pk)
    held = get_object_or_404(person.memberships.select_related("department", "user"), pk=membership)
    if not may_grant_in(request.user, held.department):
        raise PermissionDenied
    try:
        revoke_role(membership=held, actor=request.user)
    except AdministrationError as refusal:
        return _account_page(request, person, AccountForm(user=person), refusal=str(refusal), status=409)
    place = held.department.name if held.department else "全部部门"
    messages.success(request, f"已撤销{place}的{held.get_role_display()}任职。")
    remains = people_administrable_by(request.user).filter(pk=pk).exists()
    return redirect("edit-user", pk) if remains else redirect("users")


def _person(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(people_administrable_by(request.user), pk=pk)


def _require_whole_account(request: HttpRequest, person: User) -> None:
    if not may_change_account(request.user, person):
        raise PermissionDenied


def _grant_form(request: HttpRequest, typed=None) -> GrantForm:
    everything = may_grant_in(request.user, None)
    return GrantForm(typed, within=grantable_by(request.user), may_grant_all=everything)


def _account_page(
    request: HttpRequest, person: User, form: AccountForm, grant_form=None, *, refusal="", status=200
) -> HttpResponse:
    is_other = person != request.user
    if grant_form is None and is_other and grants_roles(request.user):
        grant_form = _grant_form(request)
    within = set(grantable_by(request.user).values_list("pk", flat=True))
    everything = may_grant_in(request.user, None)
    held = [
        (membership, is_other and (everything or membership.department_id in within))
        for membership in person.memberships.select_related("department")
    ]
    context = {
        "form": form,
        "grant": grant_form,
        "forms": refused([each for each in (form, grant_form) if each]),
        "person": person,
        "held": held,
        "may_change": may_change_account(request.user, person),
        "may_set_password": may_set_password(request.user, person),
        "is_oneself": not is_other,
        "locked_until": locked_until(person.username),
        "keeps_accounts": may_administer(request.user),
        "refusal": refusal,
    }
    return render(request, "departments/edit_user.html", context, status=status)
