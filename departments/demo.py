"""The people of a demonstration: everybody knows their names, so no real site has them."""

from dataclasses import dataclass

from django.db.models import Q

from departments.models import Role, User


@dataclass(frozen=True)
class DemoUser:
    """A person to try the site as."""

    username: str
    role: Role
    full_name: str
    office_phone: str
    everywhere: bool = False


DEMO_USERS = (
    DemoUser("preparer", Role.PREPARER, "张慧敏", "0315-8850112"),
    DemoUser("leader", Role.LEADER, "李国强", "0315-8850101"),
    DemoUser("supervisor", Role.SUPERVISOR, "王建军", "0315-8850106"),
    DemoUser("finance", Role.FINANCE, "赵丽华", "0315-8836021", everywhere=True),
    # Who let a table pass cannot approve it: that takes two of the finance bureau.
    DemoUser("approver", Role.FINANCE, "钱文华", "0315-8836022", everywhere=True),
    DemoUser("auditor", Role.AUDITOR, "陈志远", "0315-8836315", everywhere=True),
    DemoUser("administrator", Role.ADMINISTRATOR, "刘晓光", "0315-8836008", everywhere=True),
    DemoUser("security", Role.SECURITY, "周立新", "0315-8836009", everywhere=True),
    DemoUser("audit_administrator", Role.AUDIT_ADMINISTRATOR, "吴海燕", "0315-8836010", everywhere=True),
)


def active_demo_users():
    """Return those of them that are here and can sign in; a real 张慧敏 has another username."""
    either = Q()
    for each in DEMO_USERS:
        either |= Q(username=each.username, full_name=each.full_name)
    return User.objects.filter(either, is_active=True)
