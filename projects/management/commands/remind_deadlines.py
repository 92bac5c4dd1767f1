"""Remind preparers of rounds that end soon; run it every morning (cron)."""

from django.core.management.base import BaseCommand

from projects.services import remind_of_deadlines


class Command(BaseCommand):
    help = "提醒填报人临近截止的轮次（截止前7日、3日、1日各一次）；每天运行一次。"

    def handle(self, *args, **options):
        number = remind_of_deadlines()
        self.stdout.write(f"已发出{number}条截止提醒。")
