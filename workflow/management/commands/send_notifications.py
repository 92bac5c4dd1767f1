"""Send unread messages by e-mail; run it every few minutes (cron)."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workflow.services.mail import send_digests


class Command(BaseCommand):
    help = "将未读且未发送的消息按人汇总，以邮件发出；没有设置邮件服务器时不发送。"

    def handle(self, *args, **options):
        if not settings.SENDS_EMAIL:
            self.stdout.write("没有设置邮件服务器（PERFBUDGET_EMAIL_URL），没有发送。")
            return
        sent = send_digests()
        self.stdout.write(f"已发出{sent.mails}封邮件。")
        if sent.failures:
            raise CommandError(f"有{sent.failures}封没有发出，原因见日志；下次运行时重新发送。")
