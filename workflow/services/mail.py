"""Sending messages by e-mail, where the site has a mail server: one digest for each person."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone

from workflow.models import Notification

logger = logging.getLogger(__name__)
OLDEST = timedelta(days=7)  # what nobody could send for longer is no news
MOST_IN_A_MAIL = 50


@dataclass(frozen=True, slots=True)
class Sent:
    """How many mails went out, and how many did not: these are tried again the next time."""

    mails: int
    failures: int


def send_digests() -> Sent:
    """Send each person with an e-mail address one mail with what is unread and was not sent yet.

    A mail that cannot be sent is logged and keeps no other from being sent. What is sent is marked mail by
    mail, so that a command that breaks off sends nothing twice.
    """
    waiting = Notification.objects.filter(
        emailed_at=None,
        read_at=None,
        created_at__gte=timezone.now() - OLDEST,
        recipient__is_active=True,
    ).exclude(recipient__email="")
    people: dict[int, list[Notification]] = {}
    for each in waiting.select_related("recipient").order_by("recipient", "pk"):
        people.setdefault(each.recipient_id, []).append(each)
    connection = get_connection()
    outcomes = [_send(given, connection) for given in people.values()]
    return Sent(sum(outcomes), len(outcomes) - sum(outcomes))


def _send(given: list[Notification], connection) -> bool:
    recipient = given[0].recipient
    mail = EmailMessage(
        f"预算绩效目标管理：{len(given)}条新消息",
        _body(given),
        to=[recipient.email],
        connection=connection,
    )
    try:
        mail.send()
    except (SMTPException, OSError, ValueError) as error:  # ValueError: an address with a line break
        logger.error("No mail to %s: %s", recipient.username, error)
        return False
    sent = Notification.objects.filter(pk__in=[each.pk for each in given])
    sent.update(emailed_at=timezone.now())
    return True


def _body(given: list[Notification]) -> str:
    lines = [f"{given[0].recipient}：", "", *_lines(given[:MOST_IN_A_MAIL])]
    if len(given) > MOST_IN_A_MAIL:
        lines.append(f"……另有{len(given) - MOST_IN_A_MAIL}条，登录系统后在“消息”中查看。")
    return "\n".join([*lines, "", "本邮件由系统自动发出，不必回复。"])


def _lines(given: Iterable[Notification]) -> Iterable[str]:
    for each in given:
        yield f"[{each.get_sort_display()}] {each.text}"
        if settings.SITE_ADDRESS and each.address:
            yield f"    {settings.SITE_ADDRESS}{each.address}"
