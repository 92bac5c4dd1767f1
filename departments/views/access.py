"""Who gets as far as these pages: others are refused, what an administrator does not reach is not there."""

from functools import wraps

from django.core.exceptions import PermissionDenied

from departments.permissions import grants_roles, may_administer


def for_people_managers(view):
    """Refuse everybody but who keeps accounts or grants roles: 系统管理员, 安全管理员 (403)."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not may_administer(request.user) and not grants_roles(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def for_administrators(view):
    """Refuse everybody but a 系统管理员 (403)."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not may_administer(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
