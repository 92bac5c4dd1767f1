"""What is wrong with a site's settings about people: `manage.py check`, and more with `--deploy`."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import DatabaseError


@register(Tags.security)
def settings_can_hold(app_configs, **kwargs) -> list[Error]:
    """Refuse to start with settings under which nobody could work."""
    from departments.passwords import MOST_CLASSES

    errors = []
    if settings.IDLE_SECONDS <= settings.IDLE_WARNING_SECONDS:
        errors.append(
            Error("PERFBUDGET_IDLE_MINUTES 太小：失效前2分钟提醒，至少为3。", id="departments.E001")
        )
    options = [validator.get("OPTIONS", {}) for validator in settings.AUTH_PASSWORD_VALIDATORS]
    if any(each.get("least", 0) > MOST_CLASSES for each in options):
        errors.append(Error(f"PERFBUDGET_PASSWORD_CLASSES 最多为{MOST_CLASSES}。", id="departments.E002"))
    return errors


@register(Tags.security, deploy=True)
def no_demo_users(app_configs, **kwargs) -> list[Warning]:
    """Warn of demo users on a site that is no demonstration."""
    from departments.demo import active_demo_users

    if settings.DEMO or settings.DEBUG:
        return []
    try:
        names = [user.username for user in active_demo_users()]
    except DatabaseError:  # not migrated yet: nobody is there
        return []
    if not names:
        return []
    hint = "在“用户”页停用；确为演示站点的，设 PERFBUDGET_DEMO=1。"
    return [Warning(f"正式站点上有演示用户：{'、'.join(names)}。", hint=hint, id="departments.W001")]
