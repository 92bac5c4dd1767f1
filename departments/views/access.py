"""Who gets as far as these pages: others are refused, what an administrator does not reach is not there."""

from functools import wraps

from django.core.exceptions import PermissionDenied

from departments.permissions import may_administer


def for_administrators(view):
    """Refuse everybody but a 系统管理员 (403)."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not may_administer(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
